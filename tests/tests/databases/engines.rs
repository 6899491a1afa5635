//! The executor keeps its promises on both engines: values, transactions, errors, limits.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use ordervault_persistence::Error;
use ordervault_persistence::bulk::{Bulk as _, BulkInsert, BulkTemplate, BulkUpdate, ColumnType};
use ordervault_persistence::bundle::Bundle;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::{DEFAULT_READERS, Engine};
use ordervault_persistence::error::{CommitError, ConflictKind, DbError};
use ordervault_persistence::statement::{Bind, Statement, Template};
use ordervault_persistence::tx::Tx;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sea_query::{Expr, ExprTrait as _, Order, Query};

ordervault_tests::twin_tests!(
    values_come_back_as_they_went_in,
    bulk_values_come_back_as_they_went_in,
    key_lists_select,
    built_statements_run,
    bulk_insert_counts_what_it_inserted,
    bulk_update_counts_what_it_met,
    bulk_template_reads_and_changes,
    a_bundle_runs_all_that_it_is_given,
    a_bundle_changes_what_it_is_given_or_fails,
    bulk_misuse_is_an_error,
    wrong_number_of_values_is_an_error,
    commit_stores_and_drop_does_not,
    readers_cannot_write,
    snapshots_stand_still,
    conflicts_are_told_apart,
    an_error_loses_the_transaction,
    a_deferred_conflict_rolls_the_commit_back,
    a_held_lock_is_transient,
    dropped_calls_leave_nothing_open,
);

/// A row of the table `things`.
type Row = (i64, Option<i64>, Option<String>, Option<bool>);

static MAKE_THINGS: Template = Template::forked(
    "CREATE TABLE things (id INTEGER PRIMARY KEY, n INTEGER CHECK (n <> -1), s TEXT UNIQUE, b INTEGER) STRICT",
    "CREATE TABLE things (id BIGINT PRIMARY KEY, n BIGINT CHECK (n <> -1), s TEXT UNIQUE, b BOOLEAN)",
);
static MAKE_PARTS: Template = Template::forked(
    "CREATE TABLE parts (id INTEGER PRIMARY KEY, \
     thing INTEGER NOT NULL REFERENCES things DEFERRABLE INITIALLY DEFERRED) STRICT",
    "CREATE TABLE parts (id BIGINT PRIMARY KEY, \
     thing BIGINT NOT NULL REFERENCES things DEFERRABLE INITIALLY DEFERRED)",
);
static INSERT: Template = Template::new("INSERT INTO things (id, n, s, b) VALUES ($1, $2, $3, $4)");
static ALL: Template = Template::new("SELECT id, n, s, b FROM things ORDER BY id");
static BY_IDS: Template = Template::new("SELECT id FROM things WHERE id {in_keys:1} ORDER BY id {lock}");
static BY_TEXTS: Template = Template::new("SELECT id FROM things WHERE n > $1 AND s {in_keys:2} ORDER BY id");
static SET_N: Template = Template::new("UPDATE things SET n = $2 WHERE id = $1");
static INSERT_PART: Template = Template::new("INSERT INTO parts (id, thing) VALUES ($1, $2)");

static BULK_INSERT: BulkInsert = BulkInsert::new(
    "things",
    &[("id", ColumnType::Int), ("n", ColumnType::Int), ("s", ColumnType::Text), ("b", ColumnType::Bool)],
);
static BULK_INSERT_NEW: BulkInsert =
    BulkInsert::new("things", &[("id", ColumnType::Int), ("s", ColumnType::Text)])
        .suffix("ON CONFLICT (id) DO NOTHING");
static BULK_UPDATE: BulkUpdate = BulkUpdate::new(
    "things",
    &[("id", ColumnType::Int), ("n", ColumnType::Int)],
    &[("n", ColumnType::Int), ("s", ColumnType::Text), ("b", ColumnType::Bool)],
    "AND things.id > 0",
);
static BULK_ADD: BulkTemplate = BulkTemplate::new(
    "UPDATE things SET n = n + d.delta FROM {rows} WHERE things.id = d.id AND n + d.delta >= 0",
    &[("id", ColumnType::Int), ("delta", ColumnType::Int)],
);
static BULK_PARTS: BulkInsert =
    BulkInsert::new("parts", &[("id", ColumnType::Int), ("thing", ColumnType::Int)]);
static PARTS: Template = Template::new("SELECT id, thing FROM parts ORDER BY id");
static BULK_FIND: BulkTemplate = BulkTemplate::new(
    "SELECT things.id FROM {rows} JOIN things ON things.id = d.id AND things.s = d.s ORDER BY things.id",
    &[("id", ColumnType::Int), ("s", ColumnType::Text)],
);

async fn begin(db: &Db) -> Tx {
    db.begin().await.expect("a transaction begins")
}

/// A transaction in which the table exists.
async fn with_things(db: &Db) -> Tx {
    let mut tx = begin(db).await;
    tx.execute(&MAKE_THINGS.bind(())).await.expect("the table is made");
    tx
}

async fn insert(tx: &mut Tx, id: i64, n: i64) -> Result<u64, DbError> {
    tx.execute(&INSERT.bind((id, n, format!("thing {id}"), true))).await
}

/// Ids and numbers, as a new reader sees them.
async fn stored(db: &Db) -> Vec<(i64, Option<i64>)> {
    let mut conn = db.read().await.expect("a reader");
    let things: Vec<Row> = conn.fetch_all(&ALL.bind(())).await.expect("rows");
    things.into_iter().map(|(id, n, ..)| (id, n)).collect()
}

fn telling_values() -> Vec<Row> {
    vec![
        (i64::MIN, Some(i64::MAX), Some(String::new()), Some(true)),
        (-1, Some(i64::MIN), Some("123".into()), Some(false)),
        (0, None, None, None),
        (1, Some(0), Some("null".into()), Some(true)),
        (2, Some((1 << 53) + 1), Some("\"quoted\" \\ \n\t\u{1}\u{7f}".into()), None),
        (3, None, Some("1e3".into()), Some(false)),
        (4, Some(-2), Some("保温杯 \u{1F680} é".into()), Some(false)),
        (i64::MAX, Some(1), Some("[1,\"a\"]".into()), Some(true)),
    ]
}

async fn values_come_back_as_they_went_in(db: Db) {
    let mut tx = with_things(&db).await;
    for (id, n, s, b) in telling_values() {
        assert_eq!(tx.execute(&INSERT.bind((id, n, s, b))).await.expect("inserted"), 1);
    }
    let back: Vec<Row> = tx.conn().fetch_all(&ALL.bind(())).await.expect("rows");
    assert_eq!(back, telling_values());
}

async fn bulk_values_come_back_as_they_went_in(db: Db) {
    with_things(&db).await.commit().await.expect("committed");
    let texts = prop::option::of("[^\0]{0,12}");
    let row = (any::<Option<i64>>(), texts, any::<Option<bool>>());
    let samples = prop::collection::btree_map(any::<i64>(), row, 0..40);
    let mut runner = TestRunner::deterministic();
    let mut cases = vec![telling_values()];
    for _ in 0..50 {
        let sample = samples.new_tree(&mut runner).expect("a sample").current();
        let sample = sample.into_iter();
        // The column is unique, and has a CHECK of its own.
        let sample =
            sample.map(|(id, (n, s, b))| (id, n.filter(|n| *n != -1), s.map(|s| format!("{s}{id}")), b));
        cases.push(sample.collect());
    }
    for case in cases {
        let mut tx = begin(&db).await;
        let mut rows = BULK_INSERT.rows();
        for (id, n, s, b) in case.clone() {
            rows.push((id, n, s, b));
        }
        assert_eq!(tx.run_bulk(&BULK_INSERT, &rows).await.expect("inserted"), case.len() as u64);
        let back: Vec<Row> = tx.fetch_all(&ALL.bind(())).await.expect("rows");
        assert_eq!(back, case);
        tx.rollback().await;
    }
}

async fn key_lists_select(db: Db) {
    let mut tx = with_things(&db).await;
    for id in 1..=5 {
        insert(&mut tx, id, id).await.expect("inserted");
    }
    let ids: Vec<(i64,)> = tx.fetch_all(&BY_IDS.bind((vec![5, 2, 9],))).await.expect("rows");
    assert_eq!(ids, [(2,), (5,)]);
    let none: Vec<(i64,)> = tx.fetch_all(&BY_IDS.bind((Vec::<i64>::new(),))).await.expect("rows");
    assert_eq!(none, []);
    let texts = vec!["thing 1".to_owned(), "thing 4".to_owned(), "\"".to_owned()];
    let ids: Vec<(i64,)> = tx.fetch_all(&BY_TEXTS.bind((1, texts))).await.expect("rows");
    assert_eq!(ids, [(4,)]);
}

async fn built_statements_run(db: Db) {
    let mut tx = with_things(&db).await;
    for id in 1..=3 {
        insert(&mut tx, id, 10 * id).await.expect("inserted");
    }
    let query = Query::select()
        .columns(["id", "n"])
        .from("things")
        .and_where(Expr::col("n").gt(10))
        .and_where(Expr::col("s").is_in(["thing 2", "thing 3", "thing 4"]))
        .and_where(Expr::col("b").eq(true))
        .order_by("id", Order::Desc)
        .limit(1)
        .take();
    let statement = Statement::built(query);
    let row: Option<(i64, i64)> = tx.fetch_optional(&statement).await.expect("a row");
    assert_eq!(row, Some((3, 30)));
    assert_eq!(tx.fetch_one::<(i64, i64)>(&statement).await.expect("a row"), (3, 30));
}

async fn bulk_insert_counts_what_it_inserted(db: Db) {
    let mut tx = with_things(&db).await;
    let mut rows = BULK_INSERT_NEW.rows();
    assert_eq!(tx.run_bulk(&BULK_INSERT_NEW, &rows).await.expect("nothing to do"), 0);
    for id in 1..=3 {
        rows.push((id, format!("thing {id}")));
    }
    assert_eq!(tx.run_bulk(&BULK_INSERT_NEW, &rows).await.expect("inserted"), 3);
    rows.push([Bind::from(4_i64), Bind::from("b")]);
    assert_eq!(rows.len(), 4);
    assert_eq!(tx.run_bulk(&BULK_INSERT_NEW, &rows).await.expect("inserted"), 1);
}

async fn bulk_update_counts_what_it_met(db: Db) {
    let mut tx = with_things(&db).await;
    for id in 0..=3 {
        insert(&mut tx, id, 7).await.expect("inserted");
    }
    let mut rows = BULK_UPDATE.rows();
    rows.push((1, 7, 8, "new", false));
    rows.push((2, 6, 8, "version differs", false));
    rows.push((0, 7, 8, "excluded by the suffix", false));
    rows.push((9, 7, 8, "not there", false));
    rows.push((3, 7, None::<i64>, None::<&str>, None::<bool>));
    assert_eq!(tx.run_bulk(&BULK_UPDATE, &rows).await.expect("updated"), 2);
    let back: Vec<Row> = tx.fetch_all(&ALL.bind(())).await.expect("rows");
    let untouched = |id: i64| (id, Some(7), Some(format!("thing {id}")), Some(true));
    let changed = (1, Some(8), Some("new".to_owned()), Some(false));
    assert_eq!(back, [untouched(0), changed, untouched(2), (3, None, None, None)]);
}

async fn bulk_template_reads_and_changes(db: Db) {
    let mut tx = with_things(&db).await;
    for id in 1..=3 {
        insert(&mut tx, id, 5).await.expect("inserted");
    }
    let mut deltas = BULK_ADD.rows();
    deltas.push((1, -5));
    deltas.push((2, -6));
    deltas.push((3, 1));
    assert_eq!(tx.run_bulk(&BULK_ADD, &deltas).await.expect("updated"), 2);
    let mut keys = BULK_FIND.rows();
    keys.push((1, "thing 1"));
    keys.push((2, "thing 1"));
    keys.push((3, "thing 3"));
    let found: Vec<(i64,)> = tx.fetch_bulk(&BULK_FIND, &keys).await.expect("rows");
    assert_eq!(found, [(1,), (3,)]);
}

/// A fourth thing, parts of three, and more of two that are there, as far as these ids go.
fn bundle(more: [i64; 2]) -> Bundle {
    let (mut things, mut parts, mut added) = (BULK_INSERT.rows(), BULK_PARTS.rows(), BULK_ADD.rows());
    things.push((4, 40, "thing 4", true));
    for id in 1..=3 {
        parts.push((7 * id, id));
    }
    for id in more {
        added.push((id, 5));
    }
    let mut bundle = Bundle::default();
    bundle.add(&BULK_INSERT, things);
    bundle.add(&BULK_INSERT_NEW, BULK_INSERT_NEW.rows());
    bundle.add(&BULK_PARTS, parts);
    bundle.add(&BULK_ADD, added);
    bundle
}

async fn with_three_things(db: &Db) -> Tx {
    let mut tx = with_things(db).await;
    tx.execute(&MAKE_PARTS.bind(())).await.expect("the table is made");
    for id in 1..=3 {
        insert(&mut tx, id, 10 * id).await.expect("inserted");
    }
    tx
}

async fn a_bundle_runs_all_that_it_is_given(db: Db) {
    let mut tx = with_three_things(&db).await;
    tx.run_bundle(Bundle::default()).await.expect("nothing to do");
    tx.run_bundle(bundle([2, 3])).await.expect("written");
    tx.commit().await.expect("committed");
    assert_eq!(stored(&db).await, [(1, Some(10)), (2, Some(25)), (3, Some(35)), (4, Some(40))]);
    let parts: Vec<(i64, i64)> =
        db.read().await.expect("a reader").fetch_all(&PARTS.bind(())).await.expect("rows");
    assert_eq!(parts, [(7, 1), (14, 2), (21, 3)]);
}

async fn a_bundle_changes_what_it_is_given_or_fails(db: Db) {
    let mut tx = with_three_things(&db).await;
    let raced = tx.run_bundle(bundle([2, 5])).await.expect_err("there is no fifth thing");
    assert!(matches!(raced, Error::Raced), "{raced}");
    tx.rollback().await;
    with_things(&db).await.commit().await.expect("nothing is there");
    let mut tx = begin(&db).await;
    let mut parts = BULK_PARTS.rows();
    parts.push((1, 1));
    let mut broken = Bundle::default();
    broken.add(&BULK_PARTS, parts);
    let refused = tx.run_bundle(broken).await.expect_err("there is no such table");
    assert!(matches!(refused, Error::Db(_)), "{refused}");
    assert!(insert(&mut tx, 1, 1).await.is_err(), "the transaction is lost");
}

async fn bulk_misuse_is_an_error(db: Db) {
    let mut tx = with_things(&db).await;
    let mut too_few = BULK_ADD.rows();
    too_few.push((1_i64,));
    let mut wrong_type = BULK_ADD.rows();
    wrong_type.push((1, "2"));
    let mut of_another = BULK_FIND.rows();
    of_another.push((1, "2"));
    for rows in [too_few, wrong_type, of_another] {
        let error = tx.run_bulk(&BULK_ADD, &rows).await.expect_err("refused");
        assert!(matches!(error, DbError::Other(_)), "{error:?}");
    }
}

async fn wrong_number_of_values_is_an_error(db: Db) {
    let mut tx = with_things(&db).await;
    assert!(tx.execute(&SET_N.bind((1,))).await.is_err());
    assert!(tx.execute(&SET_N.bind((1, 2, 3))).await.is_err());
}

async fn commit_stores_and_drop_does_not(db: Db) {
    let mut tx = with_things(&db).await;
    insert(&mut tx, 1, 1).await.expect("inserted");
    tx.commit().await.expect("committed");
    let mut dropped = begin(&db).await;
    insert(&mut dropped, 2, 2).await.expect("inserted");
    drop(dropped);
    let mut given_up = begin(&db).await;
    insert(&mut given_up, 3, 3).await.expect("inserted");
    given_up.rollback().await;
    let mut tx = begin(&db).await;
    insert(&mut tx, 4, 4).await.expect("inserted");
    assert_eq!(stored(&db).await, [(1, Some(1))], "what is not committed is not seen");
    tx.commit().await.expect("committed");
    assert_eq!(stored(&db).await, [(1, Some(1)), (4, Some(4))]);
}

async fn readers_cannot_write(db: Db) {
    static WRITE: Template = Template::new("INSERT INTO things (id) VALUES ($1) RETURNING id");
    with_things(&db).await.commit().await.expect("committed");
    for conn in [db.read().await, db.snapshot().await] {
        let written = conn.expect("a reader").fetch_all::<(i64,)>(&WRITE.bind((1,))).await;
        assert!(written.is_err());
    }
    assert_eq!(stored(&db).await, []);
}

async fn snapshots_stand_still(db: Db) {
    static COUNT: Template = Template::new("SELECT COUNT(*) FROM things");
    with_things(&db).await.commit().await.expect("committed");
    let mut snapshot = db.snapshot().await.expect("a snapshot");
    let mut reader = db.read().await.expect("a reader");
    assert_eq!(snapshot.fetch_one::<(i64,)>(&COUNT.bind(())).await.expect("a row"), (0,));
    let mut tx = begin(&db).await;
    insert(&mut tx, 1, 1).await.expect("inserted");
    tx.commit().await.expect("committed");
    assert_eq!(snapshot.fetch_one::<(i64,)>(&COUNT.bind(())).await.expect("a row"), (0,));
    assert_eq!(reader.fetch_one::<(i64,)>(&COUNT.bind(())).await.expect("a row"), (1,));
}

async fn conflicts_are_told_apart(db: Db) {
    let mut tx = with_things(&db).await;
    tx.execute(&MAKE_PARTS.bind(())).await.expect("the table is made");
    insert(&mut tx, 1, 1).await.expect("inserted");
    tx.commit().await.expect("committed");
    let violations = [
        (INSERT.bind((1, 2, "other", true)), ConflictKind::Unique),
        (INSERT.bind((2, 2, "thing 1", true)), ConflictKind::Unique),
        (INSERT.bind((2, -1, "other", true)), ConflictKind::Check),
        (INSERT_PART.bind((1, None::<i64>)), ConflictKind::NotNull),
    ];
    for (statement, expected) in violations {
        let error = begin(&db).await.execute(&statement).await.expect_err("refused");
        assert!(matches!(error, DbError::Conflict { kind, .. } if kind == expected), "{error:?}");
        assert!(!error.is_transient());
    }
}

async fn an_error_loses_the_transaction(db: Db) {
    let mut tx = with_things(&db).await;
    insert(&mut tx, 1, 1).await.expect("inserted");
    tx.commit().await.expect("committed");
    let mut tx = begin(&db).await;
    insert(&mut tx, 2, 2).await.expect("inserted");
    insert(&mut tx, 1, 1).await.expect_err("a conflict");
    insert(&mut tx, 3, 3).await.expect_err("lost already");
    let outcome = tx.commit().await;
    assert!(matches!(outcome, Err(CommitError::RolledBack(_))), "{outcome:?}");
    assert_eq!(stored(&db).await, [(1, Some(1))]);
}

async fn a_deferred_conflict_rolls_the_commit_back(db: Db) {
    let mut tx = with_things(&db).await;
    tx.execute(&MAKE_PARTS.bind(())).await.expect("the table is made");
    tx.commit().await.expect("committed");
    let mut tx = begin(&db).await;
    insert(&mut tx, 1, 1).await.expect("inserted");
    tx.execute(&INSERT_PART.bind((1, 99))).await.expect("checked at the end");
    let error = tx.commit().await.expect_err("no thing 99");
    assert!(matches!(
        error,
        CommitError::RolledBack(DbError::Conflict { kind: ConflictKind::ForeignKey, .. })
    ));
    assert_eq!(stored(&db).await, []);
    let mut tx = begin(&db).await;
    insert(&mut tx, 2, 2).await.expect("the next transaction is not touched");
    tx.commit().await.expect("committed");
}

async fn a_held_lock_is_transient(db: Db) {
    let mut tx = with_things(&db).await;
    insert(&mut tx, 1, 1).await.expect("inserted");
    tx.commit().await.expect("committed");
    let mut holder = begin(&db).await;
    holder.execute(&SET_N.bind((1, 2))).await.expect("locked");
    let error = match db.begin().await {
        Ok(mut tx) => tx.execute(&SET_N.bind((1, 3))).await.expect_err("the row is locked"),
        Err(error) => error,
    };
    match db.engine() {
        Engine::Sqlite => assert!(matches!(error, DbError::Busy(_)), "{error:?}"),
        Engine::Postgres => assert!(matches!(error, DbError::LockTimeout(_)), "{error:?}"),
    }
    assert!(error.is_transient());
    holder.commit().await.expect("committed");
    assert_eq!(stored(&db).await, [(1, Some(2))]);
}

/// Drops a future after it was woken a number of times.
async fn drop_after<T>(wakes: usize, future: impl Future<Output = T>) {
    let mut future = pin!(future);
    let mut left = wakes;
    std::future::poll_fn(|context| {
        if left == 0 || future.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await;
}

async fn dropped_calls_leave_nothing_open(db: Db) {
    let mut tx = with_things(&db).await;
    insert(&mut tx, 0, 0).await.expect("inserted");
    tx.commit().await.expect("committed");
    // One reader is left, so that the next call meets what the dropped one left behind.
    let mut others = Vec::new();
    for _ in 1..DEFAULT_READERS {
        others.push(db.read().await.expect("a reader"));
    }
    for n in 1..=40 {
        let wakes = usize::try_from(n).expect("small");
        drop_after(wakes, db.snapshot()).await;
        // In a transaction left open, the first of these two would be all that is ever seen.
        assert_eq!(stored(&db).await, [(0, Some(n - 1))]);
        drop_after(wakes, db.begin()).await;
        drop_after(wakes, async {
            let mut tx = begin(&db).await;
            insert(&mut tx, 1, 1).await.expect("inserted");
            loop {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let mut tx = begin(&db).await;
        tx.execute(&SET_N.bind((0, n))).await.expect("no lock is left");
        tx.commit().await.expect("committed");
        assert_eq!(stored(&db).await, [(0, Some(n))]);
    }
}
