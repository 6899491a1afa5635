//! Checks that everything that is stored holds together, in one snapshot, while the shop goes on.
//!
//! To add a check: a variant of [`Code`], its line in this table, the check itself in the module of what it looks at
//! (`resource`: one resource and its history; `replay`: the history alone; `times`: when what happened; `order`, `product`: what
//! only they have; `stock`: the ledger; `pairs`: rows that must have a counterpart; `batches`; `seals`: rows that are sealed one by
//! one; `schema`; `checkpoints`), and a test that breaks it.

mod batches;
mod checkpoints;
mod order;
mod pairs;
mod product;
mod replay;
mod report;
mod resource;
mod schema;
mod seals;
mod stock;
mod times;

use ordervault_domain::customer::Customer;
use ordervault_domain::installation::Installation;
use ordervault_domain::member::Member;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;

pub use self::checkpoints::verify_checkpoints;
pub use self::report::{Code, Finding, MAX_LISTED_PER_CODE, Report};
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
        "SELECT EXISTS (SELECT 1 FROM order_search), EXISTS (SELECT 1 FROM product_search)",
        "SELECT FALSE, FALSE"
    );
    // PostgreSQL checks its pages when it reads them; everything else here reads them all.
    INTEGRITY: Template = Template::forked(
        "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        "SELECT '' WHERE FALSE"
    );
    FOREIGN_KEYS: Template = Template::forked(
        "SELECT \"table\", COALESCE(\"rowid\", 0), parent FROM pragma_foreign_key_check",
        "SELECT '', 0::bigint, '' WHERE FALSE"
    );
    INSTALLED: Template = Template::new(
        "SELECT (SELECT COUNT(*) FROM installations), EXISTS (SELECT 1 FROM history) AS has_history"
    );
}

/// The statements of all checks, for the committed snapshot.
pub(crate) static ALL_STATEMENTS: &[crate::statement::Statements] = &[
    STATEMENTS,
    batches::STATEMENTS,
    order::STATEMENTS,
    pairs::STATEMENTS,
    product::STATEMENTS,
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
    schema::check(db, schema, &mut report).await?;
    let mut conn = db.long_snapshot().await?;
    engine(&mut conn, &mut report).await?;
    installed(&mut conn, &mut report).await?;
    let (conn, mut ledger) = (&mut conn, 0);
    let corrections = times::corrections(conn, &mut report).await?;
    let known = (keys, corrections.as_slice());
    resource::check::<Installation>(conn, known, &mut report, &mut ledger, &mut progress).await?;
    resource::check::<Store>(conn, known, &mut report, &mut ledger, &mut progress).await?;
    resource::check::<Product>(conn, known, &mut report, &mut ledger, &mut progress).await?;
    resource::check::<Customer>(conn, known, &mut report, &mut ledger, &mut progress).await?;
    resource::check::<Member>(conn, known, &mut report, &mut ledger, &mut progress).await?;
    resource::check::<Order>(conn, known, &mut report, &mut ledger, &mut progress).await?;
    stock::check_surplus(conn, &mut report, ledger).await?;
    pairs::check(conn, &mut report).await?;
    batches::check(conn, &mut report).await?;
    seals::check(conn, keys, &mut report).await?;
    Ok(report)
}

async fn engine(conn: &mut Conn, report: &mut Report) -> Result<(), Error> {
    let mut found = |code, detail| {
        report.add(Finding { code, table: "database", id: None, name: String::new(), seq: None, detail });
    };
    _ = conn.fetch_one::<(bool, bool)>(&SEARCHES.bind(())).await?;
    for (detail,) in conn.fetch_all::<(String,)>(&INTEGRITY.bind(())).await? {
        found(Code::EngineDamage, detail);
    }
    for (table, row, parent) in conn.fetch_all::<(String, i64, String)>(&FOREIGN_KEYS.bind(())).await? {
        found(
            Code::EngineForeignKey,
            format!("row {row} of {table} refers to a row of {parent} that is not there"),
        );
    }
    Ok(())
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
