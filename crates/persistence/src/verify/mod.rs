//! Checks that everything that is stored holds together, slice by slice, while the shop goes on. What cannot be read is a
//! finding like others, and the rest is looked at (`slices`).
//!
//! To add a check: a variant of [`Code`], its line in this table, the check itself in the module of what it looks at
//! (`resource`: one resource and its history; `replay`: the history alone; `snapshots`: states that are kept of it; `times`: when what happened; `order`, `product`, `customer`: what
//! only they have; `words`: whether they are found by words; `stock`: the ledger; `pairs`: rows that must have a counterpart;
//! `batches`; `seals`: rows that are sealed one by one; `schema`; `checkpoints`), and a test that breaks it.

mod batches;
mod checkpoints;
mod customer;
mod order;
pub(crate) mod pairs;
pub(crate) mod product;
mod quick;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod resource;
mod schema;
mod seals;
pub(crate) mod slices;
pub(crate) mod snapshots;
pub(crate) mod stock;
mod times;
pub(crate) mod words;

use ordervault_domain::customer::Customer;
use ordervault_domain::id::OrderId;
use ordervault_domain::installation::Installation;
use ordervault_domain::member::Member;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;

pub use self::checkpoints::verify_checkpoints;
pub use self::quick::quick_check;
pub use self::report::{Code, Finding, MAX_LISTED_PER_CODE, Report};
use self::resource::Known;
use self::times::Correction;
use crate::db::Db;
use crate::error::Error;
use crate::migrate::{SCHEMA, Schema};
pub use crate::scan::Progress;
use crate::seal::KeyRing;
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    // Makes FTS5 forget what a connection remembers of an index from an earlier look: it does so where a search begins, but
    // not for `integrity_check`, which would then miss pages that a writer has merged into others since.
    SEARCHES: Template = Template::forked(
        "SELECT EXISTS (SELECT 1 FROM order_search), EXISTS (SELECT 1 FROM product_search),
             EXISTS (SELECT 1 FROM customer_search)",
        "SELECT FALSE, FALSE, FALSE"
    );
    // PostgreSQL checks its pages when it reads them; everything else here reads them all.
    INTEGRITY: Template = Template::forked(
        "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok' LIMIT $1",
        "SELECT '' WHERE FALSE LIMIT $1"
    );
    // By the page at which a table or index begins, which is how the check above calls it.
    TREES: Template = Template::forked(
        "SELECT rootpage, name FROM sqlite_schema WHERE rootpage > 0", "SELECT 0::bigint, '' WHERE FALSE"
    );
    FOREIGN_KEYS: Template = Template::forked(
        "SELECT \"table\", COALESCE(\"rowid\", 0), parent FROM pragma_foreign_key_check",
        "SELECT '', 0::bigint, '' WHERE FALSE"
    );
    TRACES: Template = Template::new(
        "SELECT EXISTS (SELECT 1 FROM orders WHERE id = $1) AS has_row,
             COALESCE((SELECT kind FROM history WHERE entity_id = $1 ORDER BY seq LIMIT 1), '') = 'order' AS has_history"
    );
    INSTALLED: Template = Template::new(
        "SELECT (SELECT COUNT(*) FROM installations), EXISTS (SELECT 1 FROM history) AS has_history"
    );
}

/// The statements of all checks, for the committed snapshot.
pub(crate) static ALL_STATEMENTS: &[crate::statement::Statements] = &[
    STATEMENTS,
    batches::STATEMENTS,
    customer::STATEMENTS,
    order::STATEMENTS,
    pairs::STATEMENTS,
    product::STATEMENTS,
    quick::STATEMENTS,
    seals::STATEMENTS,
    stock::STATEMENTS,
    times::STATEMENTS,
];

/// Looks at everything that is stored. Seals of keys that are not among these are not checked, and the report says so.
///
/// # Errors
/// Only when the database cannot be read; damage is reported, not returned as an error.
pub async fn verify(
    db: &Db,
    keys: Option<&KeyRing>,
    progress: impl FnMut(Progress) + Send,
) -> Result<Report, Error> {
    verify_as(&SCHEMA, db, keys, progress).await
}

/// The same for a program that makes this schema.
///
/// # Errors
/// As above.
pub async fn verify_as(
    schema: &Schema,
    db: &Db,
    keys: Option<&KeyRing>,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Report, Error> {
    let mut report = Report::default();
    before_orders(schema, db, keys, &mut report, &mut progress).await?;
    from_orders(db, keys, None, &mut report, &mut progress).await?;
    Ok(report)
}

/// Looks at everything, or, after a run that was stopped, at the orders behind one and all that is looked at after them. The report is
/// as full as it can be whenever this is dropped, and [`Report::up_to`] says how far it came.
///
/// # Errors
/// As above.
pub async fn verify_behind(
    db: &Db,
    keys: Option<&KeyRing>,
    after: Option<OrderId>,
    report: &mut Report,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<(), Error> {
    if after.is_none() {
        before_orders(&SCHEMA, db, keys, report, &mut progress).await?;
    }
    from_orders(db, keys, after, report, &mut progress).await
}

async fn before_orders(
    schema: &Schema,
    db: &Db,
    keys: Option<&KeyRing>,
    report: &mut Report,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<(), Error> {
    schema::check(db, schema, report).await?;
    engine(db, report).await?;
    let outcome = installed(&mut db.read().await?, report).await;
    slices::whole("installations", outcome, report)?;
    let corrections = corrections(db, report).await?;
    let known = Known { keys, corrections: &corrections, indexed: None };
    resource::check::<Installation>(db, known, None, report, progress).await?;
    resource::check::<Store>(db, known, None, report, progress).await?;
    resource::check::<Product>(db, known, None, report, progress).await?;
    resource::check::<Customer>(db, known, None, report, progress).await?;
    resource::check::<Member>(db, known, None, report, progress).await
}

async fn from_orders(
    db: &Db,
    keys: Option<&KeyRing>,
    after: Option<OrderId>,
    report: &mut Report,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<(), Error> {
    // What they are themselves was told before.
    let corrections = corrections(db, &mut Report::default()).await?;
    let known = Known { keys, corrections: &corrections, indexed: None };
    resource::check::<Order>(db, known, after.map(OrderId::get), report, progress).await?;
    let outcome = stock::check_surplus(db, report).await;
    slices::whole("stock_movements", outcome, report)?;
    pairs::check(db, report).await?;
    batches::check(db, report).await?;
    seals::check(db, keys, report).await?;
    report.up_to = None;
    Ok(())
}

/// Looks at one order alone: its row and lines, its history, what it moved in the stock, whether it can be found by words. `false`: there is no
/// such order, nor a history of one.
///
/// # Errors
/// When the database fails, or cannot be read.
pub async fn verify_order(
    db: &Db,
    keys: Option<&KeyRing>,
    id: OrderId,
    report: &mut Report,
) -> Result<bool, Error> {
    let corrections = corrections(db, report).await?;
    let known = Known { keys, corrections: &corrections, indexed: None };
    let (id, mut conn) = (id.get(), db.snapshot().await?);
    let (has_row, has_history): (bool, bool) = conn.fetch_one(&TRACES.bind((id,))).await?;
    if has_row {
        let outcome = resource::page::<Order>(&mut conn, known, &[id], report).await;
        slices::whole("orders", outcome, report)?;
    } else if has_history {
        let detail = "the order with this history is not there";
        report.add(report::finding::<Order>(Code::HistoryWithoutRow, id, None, detail));
    }
    Ok(has_row || has_history)
}

/// The corrections of the clock; none where they cannot be read.
async fn corrections(db: &Db, report: &mut Report) -> Result<Vec<Correction>, Error> {
    match times::corrections(&mut db.snapshot().await?, report).await {
        Err(error) if error.is_of_the_rows() => {
            slices::whole("installations", Err(error), report).map(|()| vec![])
        }
        corrections => corrections,
    }
}

/// What the engine itself finds. Where it gives up half-way, that is said, and what it found first.
async fn engine(db: &Db, report: &mut Report) -> Result<(), Error> {
    let mut found = integrity(&mut db.read().await?, i64::MAX, report).await;
    if found.as_ref().is_err_and(Error::is_of_the_rows) {
        found = integrity(&mut db.read().await?, 1, report).await;
    }
    slices::whole("database", found, report)?;
    let outcome = foreign_keys(&mut db.read().await?, report).await;
    slices::whole("database", outcome, report)
}

pub(crate) async fn integrity(conn: &mut Conn, rows: i64, report: &mut Report) -> Result<(), Error> {
    _ = conn.fetch_one::<(bool, bool, bool)>(&SEARCHES.bind(())).await?;
    let trees: Vec<(i64, String)> = conn.fetch_all(&TREES.bind(())).await?;
    for (told,) in conn.fetch_all::<(String,)>(&INTEGRITY.bind((rows,))).await? {
        for line in told.lines().filter(|line| !line.starts_with("***")) {
            let root = line.strip_prefix("Tree ").and_then(|rest| rest.split(' ').next()?.parse().ok());
            let tree = root.and_then(|root: i64| trees.iter().find(|(of, _)| *of == root));
            let of = tree.map(|(_, name)| format!("{name}: ")).unwrap_or_default();
            report.add(of_engine(Code::EngineDamage, format!("{of}{line}")));
        }
    }
    Ok(())
}

async fn foreign_keys(conn: &mut Conn, report: &mut Report) -> Result<(), Error> {
    for (table, row, parent) in conn.fetch_all::<(String, i64, String)>(&FOREIGN_KEYS.bind(())).await? {
        let detail = format!("row {row} of {table} refers to a row of {parent} that is not there");
        report.add(of_engine(Code::EngineForeignKey, detail));
    }
    Ok(())
}

fn of_engine(code: Code, detail: String) -> Finding {
    Finding { code, table: "database", id: None, name: String::new(), seq: None, detail }
}

/// A database in which anything happened is that of one installation.
async fn installed(conn: &mut Conn, report: &mut Report) -> Result<(), Error> {
    let (count, has_history): (i64, bool) = conn.fetch_one(&INSTALLED.bind(())).await?;
    if has_history && count != 1 {
        let detail = format!("there are {count} rows");
        let (code, table) = (Code::InstallationMissing, "installations");
        report.add(Finding { code, table, id: None, name: String::new(), seq: None, detail });
    }
    Ok(())
}
