//! The two engines, how a database is named, and the limits both are run with.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::DbError;

/// How long a caller waits for a free connection before it is told to come back.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection that was at rest for less is taken for well; after that it is asked first.
pub const POSTGRES_TRUSTED_IDLE: Duration = Duration::from_millis(100);
/// How long SQLite waits for another process that holds the write lock.
pub const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Size to which SQLite cuts the write-ahead log back after a checkpoint.
pub const SQLITE_JOURNAL_SIZE_LIMIT_BYTES: u64 = 64 * 1024 * 1024;
/// Pages of the write-ahead log after which SQLite writes it back into the file. Its own default, 1,000, writes back
/// after every few batches, and the same pages each time.
pub const SQLITE_AUTOCHECKPOINT_PAGES: u32 = 8_000;
/// First SQLite without the WAL-reset bug (<https://sqlite.org/wal.html>): 3.7.0 to 3.51.2 can lose commits.
pub const SQLITE_MIN_VERSION: (u32, u32, u32) = (3, 51, 3);
/// Oldest PostgreSQL that is tested.
pub const POSTGRES_MIN_MAJOR: u32 = 15;
/// Connections that PostgreSQL transactions share: one for the write queue, one that says that this process writes, the rest for
/// jobs and commands.
pub const POSTGRES_WRITERS: u32 = 5;
/// A write transaction gives up a locked row after this time: one locked row must not stall every order.
pub const POSTGRES_WRITE_LOCK_TIMEOUT: Duration = Duration::from_millis(500);
/// Lock time-out of everything else.
pub const POSTGRES_LOCK_TIMEOUT: Duration = Duration::from_secs(3);
/// PostgreSQL cancels a statement after this time.
pub const POSTGRES_STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// PostgreSQL ends a session that idles inside a transaction for this long.
pub const POSTGRES_IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);
/// Silence of the server after which the connection counts as lost. Longer than the statement time-out, so
/// that a server which is merely slow gets to say so itself.
pub const POSTGRES_ANSWER_TIMEOUT: Duration = Duration::from_secs(12);
/// Silence after COMMIT for which the outcome counts as unknown.
pub const POSTGRES_COMMIT_TIMEOUT: Duration = Duration::from_secs(8);
/// How PostgreSQL plans: whatever is read has an index, and whatever is joined is looked up in one, row by row. A planner that is
/// wrong about the data, or keeps a plan that it made while a table was small, would read all of it. And compiling takes longer
/// than any of these statements.
pub const POSTGRES_PLANNER: [(&str, &str); 5] = [
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_material", "off"),
    ("jit", "off"),
];
/// Prepared statements each connection keeps.
pub const STATEMENT_CACHE_STATEMENTS: usize = 256;
/// Default of [`DbOptions::readers`].
pub const DEFAULT_READERS: u32 = 6;

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded engine: one file, one writer.
    Sqlite,
    /// PostgreSQL 15 or later.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        })
    }
}

/// Which database to open.
#[derive(Clone)]
pub struct DbOptions {
    /// `sqlite:PATH` (made when missing, in a folder that exists) or `postgres://user:password@host/database`.
    pub url: String,
    /// Connections for reading.
    pub readers: u32,
}

impl DbOptions {
    /// The database at `url` with the default number of readers.
    pub fn new(url: impl Into<String>) -> DbOptions {
        DbOptions { url: url.into(), readers: DEFAULT_READERS }
    }

    /// The engine that the URL names.
    pub fn engine(&self) -> Result<Engine, DbError> {
        self.target().map(|target| match target {
            Target::Sqlite(_) => Engine::Sqlite,
            Target::Postgres(_) => Engine::Postgres,
        })
    }

    pub(crate) fn target(&self) -> Result<Target<'_>, DbError> {
        let url = self.url.as_str();
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path == ":memory:" {
                return Err(DbError::Unusable("the database URL names no file: write sqlite:PATH".into()));
            }
            return Ok(Target::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Target::Postgres(url));
        }
        Err(DbError::Unusable("the database URL must begin with sqlite: or postgres://".into()))
    }
}

// The URL may hold a password.
impl fmt::Debug for DbOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DbOptions").field("readers", &self.readers).finish_non_exhaustive()
    }
}

/// A parsed database URL.
pub(crate) enum Target<'a> {
    Sqlite(PathBuf),
    Postgres(&'a str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_names_the_engine() {
        for (url, engine) in [
            ("sqlite:data/shop.db", Some(Engine::Sqlite)),
            ("sqlite:///var/lib/shop.db", Some(Engine::Sqlite)),
            ("postgres://u:p@h/d", Some(Engine::Postgres)),
            ("postgresql://h/d", Some(Engine::Postgres)),
            ("sqlite:", None),
            ("sqlite::memory:", None),
            ("mysql://h/d", None),
            ("", None),
        ] {
            assert_eq!(DbOptions::new(url).engine().ok(), engine, "{url}");
        }
    }

    #[test]
    fn debug_hides_the_password() {
        assert!(!format!("{:?}", DbOptions::new("postgres://u:secret@h/d")).contains("secret"));
    }
}
