//! Conformance tests: one body, run on SQLite and on PostgreSQL.
//!
//! ```text
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
use ordervault_persistence::engine::{DbOptions, Engine};
use ordervault_persistence::migrate::migrate;
use ordervault_persistence::seal::KeyRing;

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

/// The keys of every test database.
pub fn keys() -> KeyRing {
    KeyRing::new([7; 32], [])
}

/// A database of its own, migrated and empty. It goes with this value, or with the test process.
pub struct Fresh {
    /// The database.
    pub db: Db,
    /// Its URL, for connections beside it.
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Fresh {
    /// A database of this engine.
    pub async fn on(engine: Engine) -> Self {
        let (url, folder) = match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                (format!("sqlite:{}", folder.path().join("test.db").display()), Some(folder))
            }
            Engine::Postgres => (postgres::fresh_database().await, None),
        };
        let db = Db::open(&DbOptions::new(&url)).await.expect("the database opens");
        migrate(&db).await.expect("the database migrates");
        Self { db, url, _folder: folder }
    }

    /// Sees that what is in it holds together, and drops it.
    pub async fn finish(self) {
        verify(&self.db).await;
        self.drop().await;
    }

    /// Drops it as it is, broken perhaps.
    pub async fn drop(self) {
        let engine = self.db.engine();
        self.db.close().await;
        if engine == Engine::Postgres {
            postgres::drop_database(&self.url).await;
        }
    }
}

/// Runs a body on a new, migrated SQLite file.
pub async fn on_sqlite<F: Future<Output = ()>>(body: impl FnOnce(Db) -> F) {
    run(Engine::Sqlite, body).await;
}

/// Runs a body on a new, migrated PostgreSQL database.
pub async fn on_postgres<F: Future<Output = ()>>(body: impl FnOnce(Db) -> F) {
    run(Engine::Postgres, body).await;
}

async fn run<F: Future<Output = ()>>(engine: Engine, body: impl FnOnce(Db) -> F) {
    let fresh = Fresh::on(engine).await;
    body(fresh.db.clone()).await;
    fresh.finish().await;
}

/// Runs after every test that touched a database, so that none can forget it: what the body left behind must
/// hold together. A test that breaks a database breaks a [`Fresh`] one of its own.
pub async fn verify(db: &Db) {
    let schema = ordervault_persistence::migrate::status(db).await.expect("the schema can be read");
    assert!(schema.is_current());
    let report = ordervault_persistence::verify::verify(db, Some(&keys()), |_| {})
        .await
        .expect("the database can be read");
    let findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert!(report.is_clean(), "{}", findings.join("\n"));
}
