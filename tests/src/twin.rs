//! Conformance tests: one body, run on SQLite and on PostgreSQL.
//!
//! ```ignore
//! async fn a_sold_piece_is_gone(db: Db) { … }
//!
//! ordervault_tests::twin_tests!(a_sold_piece_is_gone);
//! ```
//!
//! makes the tests `sqlite::a_sold_piece_is_gone` and `postgres::a_sold_piece_is_gone`. A body that is not named
//! there is dead code, and the compiler says so.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::future::Future;

use ordervault_persistence::db::Db;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::migrate::migrate;

use crate::postgres;

/// Makes two tests of each body; see the module.
#[macro_export]
macro_rules! twin_tests {
    ($($body:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $body() {
                $crate::twin::on_sqlite(super::$body).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $body() {
                $crate::twin::on_postgres(super::$body).await;
            })+
        }
    };
}

/// Runs a body on a new, migrated SQLite file.
pub async fn on_sqlite<F: Future<Output = ()>>(body: impl FnOnce(Db) -> F) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = Db::open(&DbOptions::new(url)).await.expect("the file opens");
    migrate(&db).await.expect("the file migrates");
    run(db, body).await;
}

/// Runs a body on a new, migrated PostgreSQL database.
pub async fn on_postgres<F: Future<Output = ()>>(body: impl FnOnce(Db) -> F) {
    let url = postgres::fresh_database().await;
    let db = Db::open(&DbOptions::new(&url)).await.expect("the database opens");
    run(db, body).await;
    postgres::drop_database(&url).await;
}

async fn run<F: Future<Output = ()>>(db: Db, body: impl FnOnce(Db) -> F) {
    body(db.clone()).await;
    verify(&db).await;
    db.close().await;
}

/// Runs after every test that touched a database, so that none can forget it: what the body left behind must
/// be consistent.
async fn verify(db: &Db) {
    let schema = ordervault_persistence::migrate::status(db).await.expect("the schema can be read");
    assert!(schema.is_current());
}
