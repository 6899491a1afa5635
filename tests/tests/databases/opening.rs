//! Opening, settings, migrations and broken connections of each engine.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ordervault_persistence::bulk::{Bulk as _, BulkTemplate, ColumnType};
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::error::{CommitError, DbError};
use ordervault_persistence::migrate::{migrate, status};
use ordervault_persistence::statement::Template;
use ordervault_persistence::tx::{Conn, Record};
use ordervault_tests::postgres;

fn file_url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("shop.db").display())
}

async fn open(url: &str) -> Db {
    Db::open(&DbOptions::new(url)).await.expect("the database opens")
}

async fn one<T>(conn: &mut Conn, template: &'static Template) -> T
where
    (T,): Record,
{
    conn.fetch_one::<(T,)>(&template.bind(())).await.map(|row| row.0).expect("a row")
}

#[tokio::test]
async fn sqlite_has_its_settings() {
    static JOURNAL_MODE: Template = Template::new("PRAGMA journal_mode");
    static SYNCHRONOUS: Template = Template::new("PRAGMA synchronous");
    static JOURNAL_SIZE_LIMIT: Template = Template::new("PRAGMA journal_size_limit");
    static AUTOCHECKPOINT: Template = Template::new("PRAGMA wal_autocheckpoint");
    static TEMP_STORE: Template = Template::new("PRAGMA temp_store");
    static FOREIGN_KEYS: Template = Template::new("PRAGMA foreign_keys");
    static BUSY_TIMEOUT: Template = Template::new("PRAGMA busy_timeout");
    static TRUSTED_SCHEMA: Template = Template::new("PRAGMA trusted_schema");
    static CELL_SIZE_CHECK: Template = Template::new("PRAGMA cell_size_check");
    static MMAP_SIZE: Template = Template::new("PRAGMA mmap_size");
    let folder = tempfile::tempdir().expect("a folder");
    let db = open(&file_url(folder.path())).await;
    let mut tx = db.begin().await.expect("a transaction");
    assert_eq!(one::<i64>(tx.conn(), &SYNCHRONOUS).await, 2, "FULL");
    assert_eq!(one::<i64>(tx.conn(), &JOURNAL_SIZE_LIMIT).await, 64 << 20);
    assert_eq!(one::<i64>(tx.conn(), &AUTOCHECKPOINT).await, 8_000);
    assert_eq!(one::<i64>(tx.conn(), &TEMP_STORE).await, 2, "MEMORY");
    for conn in [tx.conn(), &mut db.read().await.expect("a reader")] {
        assert_eq!(one::<String>(conn, &JOURNAL_MODE).await, "wal");
        assert_eq!(one::<i64>(conn, &FOREIGN_KEYS).await, 1);
        assert_eq!(one::<i64>(conn, &BUSY_TIMEOUT).await, 5000);
        assert_eq!(one::<i64>(conn, &TRUSTED_SCHEMA).await, 0);
        assert_eq!(one::<i64>(conn, &CELL_SIZE_CHECK).await, 1);
        assert_eq!(one::<i64>(conn, &MMAP_SIZE).await, 0);
    }
}

#[tokio::test]
async fn a_new_sqlite_file_is_its_owners_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = open(&file_url(folder.path())).await;
    migrate(&db).await.expect("migrated");
    for entry in std::fs::read_dir(folder.path()).expect("the folder") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
    db.close().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing");
    for (url, says) in [
        (file_url(&missing), missing.display().to_string()),
        ("mysql://h/d".to_owned(), "sqlite:".to_owned()),
        (postgres::server_url().replace("/postgres", "/no_such_database"), "no_such_database".to_owned()),
    ] {
        let error = Db::open(&DbOptions::new(url)).await.err().expect("refused");
        assert!(
            matches!(&error, DbError::Unusable(text) | DbError::File(text) if text.contains(&says)),
            "{error:?}"
        );
    }
    let error = Db::open(&DbOptions::new("postgres://x@127.0.0.1:1/x")).await.err().expect("nobody there");
    assert!(matches!(error, DbError::ConnectionLost(_)), "{error:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("shop.db"), "a letter to my aunt".repeat(99)).expect("written");
    let error = Db::open(&DbOptions::new(file_url(folder.path()))).await.err().expect("refused");
    assert!(matches!(error, DbError::Damaged(_)), "{error:?}");
}

#[tokio::test]
async fn postgres_has_its_settings() {
    static LOCK_TIMEOUT: Template = Template::new("SELECT current_setting('lock_timeout')");
    static STATEMENT_TIMEOUT: Template = Template::new("SELECT current_setting('statement_timeout')");
    static IDLE: Template = Template::new("SELECT current_setting('idle_in_transaction_session_timeout')");
    static READ_ONLY: Template = Template::new("SELECT current_setting('transaction_read_only')");
    static SCANS: Template = Template::new("SELECT current_setting('enable_seqscan')");
    static ISOLATION: Template = Template::new("SELECT current_setting('transaction_isolation')");
    let db = open(&postgres::empty_database().await).await;
    let mut tx = db.begin().await.expect("a transaction");
    let mut snapshot = db.snapshot().await.expect("a snapshot");
    let mut reader = db.read().await.expect("a reader");
    for (conn, lock_timeout, read_only, isolation) in [
        (tx.conn(), "500ms", "off", "read committed"),
        (&mut snapshot, "3s", "on", "repeatable read"),
        (&mut reader, "3s", "on", "read committed"),
    ] {
        assert_eq!(one::<String>(conn, &LOCK_TIMEOUT).await, lock_timeout);
        assert_eq!(one::<String>(conn, &STATEMENT_TIMEOUT).await, "10s");
        assert_eq!(one::<String>(conn, &IDLE).await, "10s");
        assert_eq!(one::<String>(conn, &READ_ONLY).await, read_only);
        assert_eq!(one::<String>(conn, &SCANS).await, "off");
        assert_eq!(one::<String>(conn, &ISOLATION).await, isolation);
    }
}

#[tokio::test]
async fn a_killed_connection_is_replaced() {
    static MAKE: Template = Template::new("CREATE TABLE t (id BIGINT)");
    static INSERT: Template = Template::new("INSERT INTO t VALUES ($1)");
    static COUNT: Template = Template::new("SELECT COUNT(*) FROM t");
    static ME: Template = Template::new("SELECT pg_backend_pid()::bigint");
    static KILL: Template = Template::new("SELECT pg_terminate_backend($1::bigint::int)");
    let db = open(&postgres::empty_database().await).await;
    let mut tx = db.begin().await.expect("a transaction");
    tx.execute(&MAKE.bind(())).await.expect("made");
    tx.commit().await.expect("committed");
    for in_commit in [false, true] {
        let mut tx = db.begin().await.expect("a transaction");
        tx.execute(&INSERT.bind((1,))).await.expect("inserted");
        let me: i64 = one(tx.conn(), &ME).await;
        let mut killer = db.read().await.expect("a reader");
        assert!(killer.fetch_one::<(bool,)>(&KILL.bind((me,))).await.expect("killed").0);
        if in_commit {
            let outcome = tx.commit().await;
            assert!(matches!(outcome, Err(CommitError::Unknown(_))), "{outcome:?}");
        } else {
            let error = tx.execute(&INSERT.bind((2,))).await.expect_err("dead");
            assert!(matches!(error, DbError::ConnectionLost(_)), "{error:?}");
            let outcome = tx.commit().await;
            assert!(matches!(outcome, Err(CommitError::RolledBack(_))), "{outcome:?}");
        }
        let mut tx = db.begin().await.expect("a new connection");
        assert_eq!(one::<i64>(tx.conn(), &COUNT).await, 0);
    }
}

async fn migrates_once(url: &str) {
    static TELL_OF_A_NEWER_ONE: Template = Template::forked(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES ($1, 'later', TRUE, x'', 0)",
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES ($1, 'later', TRUE, ''::bytea, 0)",
    );
    let processes = [open(url).await, open(url).await, open(url).await];
    assert_eq!(status(&processes[0]).await.expect("a status").applied, 0);
    let [a, b, c] = &processes;
    let (a, b, c) = tokio::join!(migrate(a), migrate(b), migrate(c));
    for outcome in [a, b, c] {
        assert!(outcome.expect("migrated").is_current());
    }
    let db = &processes[1];
    assert!(status(db).await.expect("a status").is_current());
    let mut tx = db.begin().await.expect("a transaction");
    tx.execute(&TELL_OF_A_NEWER_ONE.bind((999_999,))).await.expect("inserted");
    tx.commit().await.expect("committed");
    let error = migrate(db).await.expect_err("refused");
    assert!(matches!(&error, DbError::Unusable(text) if text.contains("999999")), "{error:?}");
}

#[tokio::test]
async fn sqlite_migrates_once() {
    let folder = tempfile::tempdir().expect("a folder");
    migrates_once(&file_url(folder.path())).await;
}

#[tokio::test]
async fn postgres_migrates_once() {
    migrates_once(&postgres::empty_database().await).await;
}

/// Each row of a bulk update must be looked up by key: a scan of the table per batch would sink the write queue.
#[tokio::test]
async fn sqlite_bulk_update_looks_rows_up_by_key() {
    static MAKE: Template = Template::new("CREATE TABLE t (id INTEGER PRIMARY KEY, version INTEGER) STRICT");
    static FILL: Template = Template::new(
        "INSERT INTO t (id, version) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
         SELECT i, 1 FROM n",
    );
    static ANALYZE: Template = Template::new("ANALYZE");
    static PLAN: BulkTemplate = BulkTemplate::new(
        "EXPLAIN QUERY PLAN UPDATE t SET version = d.version FROM {rows} \
         WHERE t.id = d.key_id AND t.version = d.key_version",
        &[("key_id", ColumnType::Int), ("key_version", ColumnType::Int), ("version", ColumnType::Int)],
    );
    let folder = tempfile::tempdir().expect("a folder");
    let db = open(&file_url(folder.path())).await;
    let mut tx = db.begin().await.expect("a transaction");
    for statement in [&MAKE, &FILL, &ANALYZE] {
        tx.execute(&statement.bind(())).await.expect("done");
    }
    let mut rows = PLAN.rows();
    rows.push((1, 1, 2));
    let plan: Vec<(i64, i64, i64, String)> = tx.fetch_bulk(&PLAN, &rows).await.expect("a plan");
    let plan: Vec<_> = plan.into_iter().map(|step| step.3).collect();
    assert!(plan.iter().any(|step| step.starts_with("SEARCH t USING INTEGER PRIMARY KEY")), "{plan:?}");
}

#[tokio::test]
async fn another_process_that_writes_to_the_file_is_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ours, theirs) = (open(&file_url(folder.path())).await, open(&file_url(folder.path())).await);
    let holder = theirs.begin().await.expect("a transaction");
    let error = ours.begin().await.err().expect("the file is locked");
    assert!(matches!(error, DbError::LockTimeout(_)), "{error:?}");
    holder.rollback().await;
    ours.begin().await.expect("the file is free");
}

#[tokio::test]
async fn a_full_disk_is_told_apart_and_passes() {
    static LIMIT: Template = Template::new("PRAGMA max_page_count = 20");
    static MAKE: Template = Template::new("CREATE TABLE t (s TEXT) STRICT");
    static FILL: Template = Template::new("INSERT INTO t VALUES ($1)");
    static COUNT: Template = Template::new("SELECT COUNT(*) FROM t");
    let folder = tempfile::tempdir().expect("a folder");
    let db = open(&file_url(folder.path())).await;
    let mut tx = db.begin().await.expect("a transaction");
    tx.execute(&MAKE.bind(())).await.expect("made");
    tx.execute(&LIMIT.bind(())).await.expect("the connection may use 20 pages");
    tx.commit().await.expect("committed");
    let mut tx = db.begin().await.expect("a transaction");
    let error = tx.execute(&FILL.bind(("x".repeat(1 << 20),))).await.expect_err("no room");
    assert!(matches!(error, DbError::StorageFull(_)), "{error:?}");
    let outcome = tx.commit().await;
    assert!(matches!(outcome, Err(CommitError::RolledBack(_))), "{outcome:?}");
    // The limit went with the connection.
    let mut tx = db.begin().await.expect("a new connection");
    tx.execute(&FILL.bind(("x".repeat(1 << 20),))).await.expect("room");
    tx.commit().await.expect("committed");
    assert_eq!(one::<i64>(&mut db.read().await.expect("a reader"), &COUNT).await, 1);
}
