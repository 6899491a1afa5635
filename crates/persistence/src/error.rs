//! Database errors, sorted by what the caller does about them.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::{PgDatabaseError, PgSeverity};
use sqlx::sqlite::SqliteError;

/// SQLite's extended result code for a write that failed.
const SQLITE_IOERR_WRITE: &str = "778";
/// Longest part of a statement that an error quotes.
const QUOTED_STATEMENT_CHARS: usize = 160;

/// A failed database operation. [`DbError::is_transient`] tells "try again later" from "look into it".
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The data contradict what is stored. Tell the caller which rule; repeating does not help.
    #[error("the change breaks a rule of the database ({kind})")]
    Conflict {
        /// The kind of rule.
        kind: ConflictKind,
        /// Name of the constraint. SQLite never tells it: for messages only, never for decisions.
        constraint: Option<String>,
        /// What failed.
        #[source]
        cause: Cause,
    },
    /// Two transactions got in each other's way. Run the whole transaction again.
    #[error("two transactions got in each other's way: run the transaction again")]
    Serialization(#[source] Cause),
    /// Somebody else holds a row (or, on SQLite, the database) for too long. Answer "come back later".
    #[error("a lock is held by somebody else for too long: try again later")]
    LockTimeout(#[source] Cause),
    /// No connection became free in time, or the server takes no more. Answer "come back later".
    #[error("no database connection became free in time: try again later")]
    Busy(#[source] Cause),
    /// The statement ran out of time and was cancelled.
    #[error("the statement ran out of time: try again later, or ask for less")]
    StatementTimeout(#[source] Cause),
    /// The connection broke, or the server is going down, starting up or no longer the primary.
    #[error("the connection to the database is lost: it is opened anew with the next try")]
    ConnectionLost(#[source] Cause),
    /// The disk of the database is full. Nothing is written until somebody makes room.
    #[error("the disk of the database is full: make room")]
    StorageFull(#[source] Cause),
    /// The storage failed. Acknowledge nothing until the database was reopened and looked at.
    #[error("the storage of the database failed: look at the disk, then run the verify command")]
    StorageIo(#[source] Cause),
    /// What is stored is damaged, here at least: other rows may be well.
    #[error("what the database has stored is damaged: run the verify command")]
    Damaged(#[source] Cause),
    /// The database cannot be used as it is. The text says why and what to do.
    #[error("{0}")]
    Unusable(String),
    /// The database file cannot be made or opened. The text says why and what to do.
    #[error("{0}")]
    File(String),
    /// Anything else: a mistake in this program, most likely.
    #[error("unexpected database error")]
    Other(#[source] Cause),
}

/// What goes wrong between rows and states.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A row that cannot become a value: somebody else has written it, or it is damaged.
    #[error("row {id} of {table} has something in {column} that cannot be: run the verify command")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row, by the id of the resource that it belongs to.
        id: i64,
    },
    /// Events that do not follow one another.
    #[error("the history does not hold together: run the verify command")]
    History(#[from] ordervault_domain::aggregate::Inconsistent),
    /// A value that cannot become text.
    #[error("a value cannot be written as JSON")]
    Encode(#[source] serde_json::Error),
    /// Another process changed a row in between.
    #[error("another process changed the same rows: run the transaction again")]
    Raced,
}

/// The kind of rule that a change breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictKind {
    /// A primary key or unique index.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A CHECK.
    Check,
    /// A NOT NULL.
    NotNull,
    /// A trigger, such as the one that keeps the history append-only.
    Trigger,
}

impl fmt::Display for ConflictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ConflictKind::Unique => "unique",
            ConflictKind::ForeignKey => "foreign key",
            ConflictKind::Check => "check",
            ConflictKind::NotNull => "not null",
            ConflictKind::Trigger => "trigger",
        })
    }
}

/// What was being done when the driver failed.
pub struct Cause {
    doing: Cow<'static, str>,
    source: Box<sqlx::Error>,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in `{}`", self.doing)
    }
}

// PostgreSQL's detail ("Key (email)=(…) already exists") holds personal data; only its message is shown.
impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in `{}`: {}", self.doing, self.source)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// Why COMMIT did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Nothing of the transaction was stored.
    #[error("the transaction was rolled back")]
    RolledBack(#[source] DbError),
    /// The answer was lost, or the storage failed on the way: stored or not, only looking tells.
    #[error("the outcome of the transaction is unknown")]
    Unknown(#[source] DbError),
}

impl DbError {
    /// Sorts a driver error that came up in a statement.
    pub(crate) fn new(doing: &str, source: sqlx::Error) -> DbError {
        let class = classify(&source);
        DbError::of(class, quoted(doing), source)
    }

    /// A driver error outside of any statement.
    pub(crate) fn while_doing(doing: &'static str, source: sqlx::Error) -> DbError {
        DbError::of(classify(&source), Cow::Borrowed(doing), source)
    }

    /// The server did not answer in time.
    pub(crate) fn silence(doing: &str) -> DbError {
        let source = sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
        DbError::of(Class::ConnectionLost, quoted(doing), source)
    }

    /// A statement was put together wrongly.
    pub(crate) fn misuse(doing: &str, problem: impl Into<String>) -> DbError {
        DbError::of(Class::Other, quoted(doing), sqlx::Error::InvalidArgument(problem.into()))
    }

    fn of(class: Class, doing: Cow<'static, str>, source: sqlx::Error) -> DbError {
        let constraint = source.as_database_error().and_then(|e| e.constraint()).map(str::to_owned);
        let cause = Cause { doing, source: Box::new(source) };
        match class {
            Class::Conflict(kind) => DbError::Conflict { kind, constraint, cause },
            Class::Serialization => DbError::Serialization(cause),
            Class::LockTimeout => DbError::LockTimeout(cause),
            Class::Busy => DbError::Busy(cause),
            Class::StatementTimeout => DbError::StatementTimeout(cause),
            Class::ConnectionLost => DbError::ConnectionLost(cause),
            Class::StorageFull => DbError::StorageFull(cause),
            Class::StorageIo => DbError::StorageIo(cause),
            Class::Damaged => DbError::Damaged(cause),
            Class::Other => DbError::Other(cause),
        }
    }

    /// Whether the same call may succeed later although nobody changed it: answer 503, not 500.
    pub fn is_transient(&self) -> bool {
        match self {
            DbError::Serialization(_)
            | DbError::LockTimeout(_)
            | DbError::Busy(_)
            | DbError::StatementTimeout(_)
            | DbError::ConnectionLost(_)
            | DbError::StorageFull(_)
            | DbError::StorageIo(_)
            | DbError::Damaged(_) => true,
            DbError::Conflict { .. } | DbError::Unusable(_) | DbError::File(_) | DbError::Other(_) => false,
        }
    }

    /// Whether the connection must not be used again. After a storage error SQLite may have rolled back by
    /// itself and holds pages that the disk never saw.
    pub(crate) fn spoils_connection(&self) -> bool {
        matches!(self, DbError::ConnectionLost(_) | DbError::Damaged(_)) || self.is_of_the_disk()
    }

    /// Whether the disk takes nothing, whatever is to be written.
    pub(crate) fn is_of_the_disk(&self) -> bool {
        matches!(self, DbError::StorageFull(_) | DbError::StorageIo(_))
    }
}

impl Error {
    /// Whether some of what is stored cannot be read: other rows may be well.
    #[must_use]
    pub fn is_of_the_rows(&self) -> bool {
        match self {
            Error::Db(DbError::Damaged(_) | DbError::StorageIo(_)) => true,
            Error::Db(DbError::Other(cause)) => {
                matches!(*cause.source, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_))
            }
            Error::Inconsistent { .. } | Error::History(_) => true,
            Error::Db(_) | Error::Encode(_) | Error::Raced => false,
        }
    }
}

/// Guarded statements must meet exactly the rows they were made for; otherwise another process was faster.
///
/// # Errors
/// When it was others.
pub(crate) fn expect_rows(expected: usize, affected: u64) -> Result<(), Error> {
    match u64::try_from(expected) {
        Ok(expected) if expected == affected => Ok(()),
        _ => Err(Error::Raced),
    }
}

/// The keys of a walk only rise. In a damaged tree a row may stand behind one with a later key, and a walk that went on from
/// there would never end.
///
/// # Errors
/// When the last key of a page does not come after the one before the page.
pub(crate) fn onwards<K: PartialOrd>(table: &'static str, id: i64, after: &K, last: &K) -> Result<(), Error> {
    if last > after { Ok(()) } else { Err(Error::Inconsistent { table, column: "its key", id }) }
}

impl CommitError {
    /// Sorts the driver's answer to COMMIT.
    ///
    /// PostgreSQL: severity ERROR means rolled back; FATAL and PANIC can come after the commit record was
    /// written. SQLite: a constraint or a busy file leaves the transaction open. A write into the log that failed
    /// left its last frame, the one that commits, unwritten or torn, which its checksum tells; after any other
    /// error of the disk, such as that of the flush behind it, the frame may or may not be there.
    pub(crate) fn new(doing: &str, source: sqlx::Error) -> CommitError {
        let certain = match source.as_database_error() {
            None => false,
            Some(error) => match error.try_downcast_ref::<PgDatabaseError>() {
                Some(postgres) => matches!(postgres.severity(), PgSeverity::Error),
                None => {
                    matches!(classify(&source), Class::Conflict(_) | Class::LockTimeout | Class::StorageFull)
                        || error.code().is_some_and(|code| code == SQLITE_IOERR_WRITE)
                }
            },
        };
        let error = DbError::new(doing, source);
        if certain { CommitError::RolledBack(error) } else { CommitError::Unknown(error) }
    }

    /// The database error behind it.
    pub fn into_inner(self) -> DbError {
        match self {
            CommitError::RolledBack(error) | CommitError::Unknown(error) => error,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Conflict(ConflictKind),
    Serialization,
    LockTimeout,
    Busy,
    StatementTimeout,
    ConnectionLost,
    StorageFull,
    StorageIo,
    Damaged,
    Other,
}

fn classify(error: &sqlx::Error) -> Class {
    match error {
        sqlx::Error::Database(error) => classify_answer(&**error),
        sqlx::Error::PoolTimedOut => Class::Busy,
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Class::ConnectionLost,
        _ => Class::Other,
    }
}

fn classify_answer(error: &dyn DatabaseError) -> Class {
    match error.kind() {
        ErrorKind::UniqueViolation => return Class::Conflict(ConflictKind::Unique),
        ErrorKind::ForeignKeyViolation => return Class::Conflict(ConflictKind::ForeignKey),
        ErrorKind::CheckViolation => return Class::Conflict(ConflictKind::Check),
        ErrorKind::NotNullViolation => return Class::Conflict(ConflictKind::NotNull),
        _ => {}
    }
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<SqliteError>().is_some() {
        code.parse().map_or(Class::Other, classify_sqlite)
    } else {
        classify_postgres(&code)
    }
}

/// SQLite's extended result codes (<https://sqlite.org/rescode.html>).
fn classify_sqlite(code: i32) -> Class {
    const CONSTRAINT_TRIGGER: i32 = 1811;
    const BUSY_SNAPSHOT: i32 = 517;
    const PRIMARY: i32 = 0xff;
    match code {
        CONSTRAINT_TRIGGER => return Class::Conflict(ConflictKind::Trigger),
        BUSY_SNAPSHOT => return Class::Serialization,
        _ => {}
    }
    match code & PRIMARY {
        5 | 6 => Class::LockTimeout,
        9 => Class::StatementTimeout,
        13 => Class::StorageFull,
        // READONLY, IOERR, CANTOPEN, PROTOCOL
        8 | 10 | 14 | 15 => Class::StorageIo,
        // CORRUPT, NOTADB
        11 | 26 => Class::Damaged,
        _ => Class::Other,
    }
}

/// PostgreSQL's SQLSTATE (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn classify_postgres(code: &str) -> Class {
    match code {
        "23P01" => Class::Conflict(ConflictKind::Unique),
        "P0001" => Class::Conflict(ConflictKind::Trigger),
        "40001" | "40P01" => Class::Serialization,
        "55P03" => Class::LockTimeout,
        "53300" => Class::Busy,
        "57014" => Class::StatementTimeout,
        // A write refused as read-only: this server became a standby, the primary is elsewhere.
        "25006" | "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => Class::ConnectionLost,
        "53100" => Class::StorageFull,
        "58030" | "58P01" | "58P02" => Class::StorageIo,
        "XX001" | "XX002" => Class::Damaged,
        _ if code.starts_with("08") => Class::ConnectionLost,
        _ => Class::Other,
    }
}

fn quoted(statement: &str) -> Cow<'static, str> {
    let mut text = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = text.char_indices().nth(QUOTED_STATEMENT_CHARS) {
        text.truncate(end);
        text.push('…');
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgres_codes() {
        for (code, class) in [
            ("40001", Class::Serialization),
            ("40P01", Class::Serialization),
            ("55P03", Class::LockTimeout),
            ("57014", Class::StatementTimeout),
            ("57P01", Class::ConnectionLost),
            ("08006", Class::ConnectionLost),
            ("25006", Class::ConnectionLost),
            ("53300", Class::Busy),
            ("53100", Class::StorageFull),
            ("58030", Class::StorageIo),
            ("P0001", Class::Conflict(ConflictKind::Trigger)),
            ("42P01", Class::Other),
        ] {
            assert_eq!(classify_postgres(code), class, "{code}");
        }
    }

    #[test]
    fn sqlite_codes() {
        for (code, class) in [
            (5, Class::LockTimeout),
            (261, Class::LockTimeout),
            (517, Class::Serialization),
            (13, Class::StorageFull),
            (10, Class::StorageIo),
            (1034, Class::StorageIo),
            (8, Class::StorageIo),
            (11, Class::Damaged),
            (1811, Class::Conflict(ConflictKind::Trigger)),
            (1, Class::Other),
        ] {
            assert_eq!(classify_sqlite(code), class, "{code}");
        }
    }

    #[test]
    fn a_lost_connection_leaves_the_commit_unknown() {
        let lost = || sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        assert!(matches!(CommitError::new("COMMIT", lost()), CommitError::Unknown(_)));
        assert!(matches!(CommitError::new("COMMIT", sqlx::Error::WorkerCrashed), CommitError::Unknown(_)));
        assert!(DbError::new("SELECT 1", lost()).is_transient());
        assert!(DbError::new("SELECT 1", lost()).spoils_connection());
    }

    #[test]
    fn the_chain_names_the_statement() {
        let error = DbError::new("SELECT\n   1", sqlx::Error::RowNotFound);
        assert_eq!(error.source().map(ToString::to_string), Some("in `SELECT 1`".into()));
        let long = DbError::new(&"x".repeat(500), sqlx::Error::RowNotFound);
        assert!(long.source().is_some_and(|cause| cause.to_string().len() < 200));
    }

    #[test]
    fn a_walk_never_turns_back() {
        for (after, last, goes_on) in [
            ((i64::MIN, 0), (1, 0), true),
            ((1, 0), (1, 1), true),
            ((1, 1), (1, 1), false),
            ((2, 0), (1, 9), false),
        ] {
            assert_eq!(onwards("orders", 1, &after, &last).is_ok(), goes_on, "{after:?} {last:?}");
        }
    }
}
