//! Pages of a file that cannot be read: what else there is, is looked at.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use ordervault_domain::id::OrderId;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::checkpoint::{Taken, take};
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::{DbOptions, Engine};
use ordervault_persistence::migrate::migrate;
use ordervault_persistence::statement::{Statement, Template};
use ordervault_persistence::transfer::{export, import, salvage};
use ordervault_persistence::tx::Record;
use ordervault_persistence::verify::{Code, Finding, Report, verify, verify_checkpoints, verify_order};
use ordervault_tests::postgres::OwnCluster;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, keys};
use ordervault_tests::twin::Fresh;

use crate::verify::place_many;

/// PostgreSQL's usual size.
const POSTGRES_PAGE_BYTES: usize = 8192;
/// SQLite's usual size.
const PAGE_BYTES: u64 = 4096;
/// As many as `place_many` places.
const ORDERS: u64 = 1_200;

static PAGES: Template =
    Template::new("SELECT pageno FROM dbstat WHERE name = $1 AND pagetype = 'leaf' ORDER BY path");
static ORDER_IDS: Template = Template::new("SELECT id FROM orders ORDER BY id");

#[tokio::test]
async fn pages_that_cannot_be_read_are_named_and_passed_over() {
    let fresh = Fresh::on(Engine::Sqlite).await;
    place_many(&fresh.db).await;
    let folder = tempfile::tempdir().expect("a folder");
    let checkpoints = folder.path().join("checkpoints");
    let taken = take(&fresh.db, &keys(), &checkpoints, Timestamp::from_millis(OPENING_MILLIS)).await;
    assert!(matches!(taken, Ok(Taken::Written(_))), "{taken:?}");
    for (table, named) in [
        ("orders", "orders"),
        ("order_lines", "orders"),
        ("history", "orders"),
        ("outbox", "history"),
        ("order_search_data", "orders"),
        ("stock_movements", "orders"),
        ("_sqlx_migrations", "_sqlx_migrations"),
    ] {
        let copy = folder.path().join(table);
        fresh.db.copy_to(&copy).await.expect("copied");
        let whole = Db::open_copy(&copy).await.expect("it opens");
        let pages: Vec<(i64,)> = rows(&whole, &PAGES.bind((table,))).await;
        whole.close().await;
        overwrite(&copy, pages[pages.len() / 2].0.unsigned_abs());
        let report = look(&copy).await;
        let told = |found: &Finding| found.code == Code::EngineDamage && found.detail.contains(": Tree ");
        assert!(report.findings.iter().any(told), "{table}: {report:?}");
        let found =
            report.findings.iter().find(|found| (found.code, found.table) == (Code::RowUnreadable, named));
        let found = found.unwrap_or_else(|| panic!("{table}: {report:?}"));
        assert!(found.detail.ends_with("database disk image is malformed"), "{found}");
        // What is on one page, and no more, is left out.
        let looked_at = report.looked_at["orders"];
        assert!((ORDERS * 5 / 6..=ORDERS).contains(&looked_at), "{table}: {looked_at}");
        assert!(report.looked_at["customers"] == 1 && report.looked_at["credentials"] == 1, "{report:?}");
        // The events are those of the checkpoint, unless they cannot be read: then that is said, and nothing else is lost.
        let report = look_at_checkpoints(&copy, &checkpoints).await;
        let unread = report.findings.iter().filter(|found| found.code == Code::RowUnreadable).count();
        assert_eq!(
            unread,
            usize::from(["history", "outbox", "_sqlx_migrations"].contains(&table)),
            "{table}: {report:?}"
        );
        assert_eq!(report.looked_at["checkpoints"], 1);
    }
    // One order of those around is known to be well, and one is known not to be.
    let copy = Db::open_copy(&folder.path().join("order_lines")).await.expect("it opens");
    let (ids, mut unwell): (Vec<(i64,)>, u64) = (rows(&fresh.db, &ORDER_IDS.bind(())).await, 0);
    for (id,) in &ids {
        let mut report = Report::default();
        let found = verify_order(&copy, Some(&keys()), OrderId::from_i64(*id), &mut report).await;
        assert!(found.expect("the database answers"));
        unwell += u64::from(!report.is_clean());
    }
    assert!((1..ORDERS / 10).contains(&unwell), "{unwell}");
    let nobodys = verify_order(&copy, Some(&keys()), OrderId::from_i64(7), &mut Report::default()).await;
    assert!(!nobodys.expect("the database answers"));
    copy.close().await;
    fresh.finish().await;
}

/// PostgreSQL looks at a page when it reads it.
#[tokio::test]
async fn pages_of_postgres_that_cannot_be_read_are_named_and_passed_over() {
    let cluster = OwnCluster::create();
    cluster.start("data");
    let open = async || Db::open(&DbOptions::new(cluster.url())).await.expect("it opens");
    let db = open().await;
    migrate(&db).await.expect("the schema");
    place_many(&db).await;
    db.close().await;
    for (table, named) in
        [("orders", "orders"), ("order_lines", "orders"), ("history", "orders"), ("outbox", "history")]
    {
        let ask = format!("psql -At {} -c \"SELECT pg_relation_filepath('{table}')\"", cluster.url());
        let file = cluster.folder().join("data").join(cluster.shell(&ask).trim());
        cluster.stop("data");
        let whole = std::fs::read(&file).expect("the file of the table");
        let mut damaged = whole.clone();
        let page = damaged.len() / 2 / POSTGRES_PAGE_BYTES * POSTGRES_PAGE_BYTES;
        damaged[page..][..POSTGRES_PAGE_BYTES].fill(0xa5);
        std::fs::write(&file, damaged).expect("overwritten");
        cluster.start("data");
        let db = open().await;
        let report = verify(&db, Some(&keys()), |_| {}).await.expect("damage is reported, not an error");
        let (salvaged, left_out) = salvaged(&db).await;
        db.close().await;
        let found =
            report.findings.iter().find(|found| (found.code, found.table) == (Code::RowUnreadable, named));
        let found = found.unwrap_or_else(|| panic!("{table}: {report:?}"));
        assert!(found.detail.contains("invalid page in block"), "{found}");
        let looked_at = report.looked_at["orders"];
        assert!((ORDERS / 2..=ORDERS).contains(&looked_at), "{table}: {looked_at}");
        assert!(report.looked_at["customers"] == 1, "{report:?}");
        assert_eq!(left_out.is_clean(), table != "history", "{table}: {left_out:?}");
        assert!(!salvaged.is_empty());
        cluster.stop("data");
        std::fs::write(&file, whole).expect("as it was");
        cluster.start("data");
    }
}

/// What a damaged page takes with it is left out by name; rows that cannot be read are made anew from their histories.
#[tokio::test]
async fn what_can_be_read_is_salvaged() {
    let fresh = Fresh::on(Engine::Sqlite).await;
    place_many(&fresh.db).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (whole, nothing) = salvaged(&fresh.db).await;
    assert!(nothing.is_clean(), "{nothing:?}");
    let mut exported = vec![];
    export(&fresh.db, &mut exported, |_| {}).await.expect("exported");
    assert!(exported == whole, "the salvage of a sound shop is another one than its export");
    for (table, loses) in [
        ("orders", false),
        ("order_lines", false),
        ("products", false),
        ("stock_movements", false),
        ("history", true),
        ("sqlite_autoindex_history_1", true),
    ] {
        let copy = folder.path().join(table);
        fresh.db.copy_to(&copy).await.expect("copied");
        let db = Db::open_copy(&copy).await.expect("it opens");
        let pages: Vec<(i64,)> = rows(&db, &PAGES.bind((table,))).await;
        db.close().await;
        overwrite(&copy, pages[pages.len() / 2].0.unsigned_abs());
        let db = Db::open_copy(&copy).await.expect("it opens");
        let (text, left_out) = salvaged(&db).await;
        db.close().await;
        let other = Fresh::on(Engine::Sqlite).await;
        let shop = Shop::with(&other.db, ManualClock::at(OPENING_MILLIS), 2).await;
        shop.clock.advance(1_000_000_000);
        let summary = import(&shop.writer, text.as_slice(), |_| {}).await.expect("imported");
        shop.close().await;
        assert!(summary.is_complete(), "{table}: {summary:?}");
        let orders = summary.adopted.orders;
        if loses {
            assert!((ORDERS * 3 / 4..ORDERS).contains(&orders), "{table}: {orders}");
            let named = left_out.findings.iter().filter(|found| found.table == "orders").count();
            assert_eq!(named as u64, ORDERS - orders, "{table}: {left_out:?}");
        } else {
            assert!(orders == ORDERS && left_out.is_clean(), "{table}: {orders} {left_out:?}");
        }
        let report = verify(&other.db, Some(&keys()), |_| {}).await.expect("verified");
        assert!(report.is_clean(), "{table}: {report:?}");
        other.finish().await;
    }
    fresh.finish().await;
}

async fn salvaged(db: &Db) -> (Vec<u8>, Report) {
    let mut bytes = vec![];
    let (_, left_out) = salvage(db, Some(&keys()), &mut bytes, |_| {}).await.expect("salvaged");
    (bytes, left_out)
}

/// Where nothing can be read, there is no end to close in on.
#[tokio::test]
async fn a_table_that_cannot_be_read_at_all_is_left_behind() {
    let fresh = Fresh::on(Engine::Sqlite).await;
    place_many(&fresh.db).await;
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy");
    fresh.db.copy_to(&copy).await.expect("copied");
    let whole = Db::open_copy(&copy).await.expect("it opens");
    let pages: Vec<(i64,)> = rows(&whole, &PAGES.bind(("product_search_docsize",))).await;
    whole.close().await;
    let [(page,)] = pages[..] else { panic!("one page: {pages:?}") };
    overwrite(&copy, page.unsigned_abs());
    let report = look(&copy).await;
    let found = |found: &&Finding| (found.code, found.table) == (Code::RowUnreadable, "product_search");
    let found = report.findings.iter().find(found).unwrap_or_else(|| panic!("{report:?}"));
    assert!(found.detail.contains("behind the beginning up to the end"), "{found}");
    assert_eq!(report.looked_at["orders"], ORDERS);
    fresh.finish().await;
}

async fn rows<T: Record>(db: &Db, statement: &Statement) -> Vec<T> {
    db.read().await.expect("a reader").fetch_all(statement).await.expect("rows")
}

async fn look(file: &Path) -> Report {
    let copy = Db::open_copy(file).await.expect("it opens");
    let report = verify(&copy, Some(&keys()), |_| {}).await.expect("damage is reported, not an error");
    copy.close().await;
    report
}

async fn look_at_checkpoints(file: &Path, checkpoints: &Path) -> Report {
    let (copy, mut report) = (Db::open_copy(file).await.expect("it opens"), Report::default());
    let outcome = verify_checkpoints(&copy, Some(&keys()), checkpoints, &mut report).await;
    outcome.expect("damage is reported, not an error");
    copy.close().await;
    report
}

fn overwrite(file: &Path, page: u64) {
    let file = File::options().write(true).open(file).expect("the file");
    file.write_all_at(&[0xa5; 4096], (page - 1) * PAGE_BYTES).expect("overwritten");
}
