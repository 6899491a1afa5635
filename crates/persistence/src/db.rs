//! An open database: connections for reading, and transactions.

use std::fs::OpenOptions;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, PgConnection, PgPool, SqliteConnection, SqlitePool,
};

use crate::ahead::Question;
use crate::engine::{
    ACQUIRE_TIMEOUT, DbOptions, Engine, POSTGRES_IDLE_IN_TRANSACTION_TIMEOUT, POSTGRES_LOCK_TIMEOUT,
    POSTGRES_MIN_MAJOR, POSTGRES_PLANNER, POSTGRES_STATEMENT_TIMEOUT, POSTGRES_TRUSTED_IDLE,
    POSTGRES_WRITERS, SQLITE_AUTOCHECKPOINT_PAGES, SQLITE_BUSY_TIMEOUT, SQLITE_JOURNAL_SIZE_LIMIT_BYTES,
    SQLITE_MIN_VERSION, STATEMENT_CACHE_STATEMENTS, Target,
};
use crate::error::DbError;
use crate::link::{Keeper, Kept, Link};
use crate::statement::Template;
use crate::tx::{Conn, Tx};

static COPY: Template = Template::forked("VACUUM INTO $1", "SELECT 1 WHERE $1 <> $1");
static NO_PATIENCE: Template = Template::new("PRAGMA busy_timeout = 0");
static CUT_BACK: Template = Template::new("PRAGMA wal_checkpoint(TRUNCATE)");

/// An open database. Cloning is cheap; all clones share the connections.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    keeper: Keeper,
}

#[derive(Clone)]
enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres { writers: PgPool, readers: PgPool, admin: Box<PgConnectOptions> },
}

/// Boxed, since a pool connects when it must: that is compiled here, once, and not into every future that reads or writes.
impl Pools {
    fn open(options: &DbOptions) -> BoxFuture<'_, Result<Pools, DbError>> {
        Box::pin(async move {
            match options.target()? {
                Target::Sqlite(path) => open_sqlite(&path, options.readers).await,
                Target::Postgres(url) => open_postgres(url, options.readers).await,
            }
        })
    }

    fn reader(&self) -> BoxFuture<'_, Result<Conn, sqlx::Error>> {
        Box::pin(async move {
            match self {
                Pools::Sqlite { readers, .. } => readers.acquire().await.map(Link::Sqlite).map(Conn::new),
                Pools::Postgres { readers, .. } => readers.acquire().await.map(Link::Postgres).map(Conn::new),
            }
        })
    }

    fn writer(&self) -> BoxFuture<'_, Result<Conn, sqlx::Error>> {
        Box::pin(async move {
            match self {
                Pools::Sqlite { writer, .. } => writer.acquire().await.map(Link::Sqlite).map(Conn::new),
                Pools::Postgres { writers, .. } => writers.acquire().await.map(Link::Postgres).map(Conn::new),
            }
        })
    }
}

impl Db {
    /// Opens the database, makes the SQLite file when it is missing, and refuses engines that are too old.
    pub async fn open(options: &DbOptions) -> Result<Db, DbError> {
        Ok(Db::of(Pools::open(options).await?))
    }

    fn of(pools: Pools) -> Db {
        Db { pools, keeper: Keeper::default() }
    }

    /// The engine behind it.
    pub fn engine(&self) -> Engine {
        match self.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres { .. } => Engine::Postgres,
        }
    }

    /// How many connections for reading there are at most.
    pub fn readers(&self) -> u32 {
        match &self.pools {
            Pools::Sqlite { readers, .. } => readers.options().get_max_connections(),
            Pools::Postgres { readers, .. } => readers.options().get_max_connections(),
        }
    }

    /// A connection for reading. Each statement sees the newest state.
    pub async fn read(&self) -> Result<Conn, DbError> {
        self.pools.reader().await.map_err(|error| DbError::while_doing("wait for a reader", error))
    }

    /// A connection for reading whose statements all see one state. It ends when it is dropped.
    pub async fn snapshot(&self) -> Result<Conn, DbError> {
        let conn = self.read().await?;
        let text = match conn.engine() {
            Engine::Sqlite => "BEGIN DEFERRED",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        conn.begun(text).await
    }

    /// Begins a write transaction. On SQLite there is one at a time; the others wait.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        self.begin_asking(vec![]).await
    }

    /// Begins a write transaction and asks these on the way, where the engine takes that in one text.
    pub(crate) async fn begin_asking(&self, questions: Vec<Question>) -> Result<Tx, DbError> {
        // The two limits are POSTGRES_WRITE_LOCK_TIMEOUT and POSTGRES_STATEMENT_TIMEOUT, in milliseconds.
        const POSTGRES_BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
             SET LOCAL lock_timeout = 500; SET LOCAL statement_timeout = 10000";
        let failed = |error| DbError::while_doing("wait for the writer", error);
        let mut kept = match self.engine() {
            Engine::Sqlite => Some(self.wait_for_kept().await.map_err(failed)?),
            Engine::Postgres => self.keeper.try_now(),
        };
        let left = kept.as_mut().and_then(|kept| kept.take());
        let was_left = left.is_some();
        let conn = match left {
            Some(link) => Conn::new(link),
            None => self.pools.writer().await.map_err(failed)?,
        };
        let conn = conn.kept(kept);
        let begun = match self.engine() {
            // A deferred transaction that turns into a writer fails at once when another one wrote in between,
            // without waiting for the busy time-out.
            Engine::Sqlite => conn.begun_asking("BEGIN IMMEDIATE", questions).await,
            Engine::Postgres => match conn.begun(POSTGRES_BEGIN).await {
                // It was lost while it waited; the pool asks after those that it lends.
                Err(error) if was_left && error.spoils_connection() => {
                    self.pools.writer().await.map_err(failed)?.begun(POSTGRES_BEGIN).await
                }
                begun => begun,
            },
        };
        begun.map(Tx::new)
    }

    async fn wait_for_kept(&self) -> Result<Kept, sqlx::Error> {
        tokio::time::timeout(ACQUIRE_TIMEOUT, self.keeper.wait()).await.map_err(|_| sqlx::Error::PoolTimedOut)
    }

    /// Does anybody, in whichever process, have a connection to this SQLite file? Asked before it is opened here.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn is_open_elsewhere(path: &Path) -> Result<bool, DbError> {
        // In this mode SQLite takes the whole file for itself, or fails.
        let alone =
            reading_options(path).locking_mode(SqliteLockingMode::Exclusive).busy_timeout(Duration::ZERO);
        let asked = async {
            let mut connection = SqliteConnection::connect_with(&alone).await?;
            connection.execute("BEGIN IMMEDIATE; ROLLBACK").await?;
            connection.close().await
        };
        match asked.await.map_err(|error| DbError::while_doing("open the database file", error)) {
            Ok(()) => Ok(false),
            Err(DbError::LockTimeout(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Opens a copy of a SQLite database that nobody writes to: not a byte of it changes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn open_copy(path: &Path) -> Result<Db, DbError> {
        let options = reading_options(path).read_only(true).immutable(true);
        let pool = SqlitePoolOptions::new().max_connections(2);
        let failed = |error| DbError::while_doing("open the copy of the database", error);
        let readers = pool.connect_with(options).await.map_err(failed)?;
        Ok(Db::of(Pools::Sqlite { writer: readers.clone(), readers }))
    }

    /// Writes what is in the database now into an empty file, beside all who read and write.
    ///
    /// # Errors
    /// On PostgreSQL, when the database cannot be read, or the file not be written.
    pub async fn copy_to(&self, path: &Path) -> Result<(), DbError> {
        if self.engine() == Engine::Postgres {
            return Err(DbError::Unusable(
                "backups are made of SQLite files; PostgreSQL has tools of its own: see docs/recovery.md"
                    .to_owned(),
            ));
        }
        let path = path.to_string_lossy().into_owned();
        self.read().await?.fetch_all::<(i64,)>(&COPY.bind((path,))).await.map(drop)
    }

    /// Writes SQLite's log back into the file and cuts it to nothing, unless somebody is just reading or writing: tells
    /// whether it did.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn truncate_log(&self) -> Result<bool, DbError> {
        if self.engine() == Engine::Postgres {
            return Ok(true);
        }
        // Closed afterwards, and its lack of patience with it.
        let mut conn = self.session().await?;
        conn.fetch_all::<(i64,)>(&NO_PATIENCE.bind(())).await?;
        let (is_busy, _, _): (i64, i64, i64) = conn.fetch_one(&CUT_BACK.bind(())).await?;
        Ok(is_busy == 0)
    }

    /// A connection of its own, with which locks of a session are kept; it is closed, not reused, when it is dropped.
    pub(crate) async fn session(&self) -> Result<Conn, DbError> {
        let conn = self.unkept().await.map(Conn::closed_when_dropped);
        conn.map_err(|error| DbError::while_doing("wait for a connection", error))
    }

    /// A connection that will not wait for the next transaction: on SQLite the one that does so now.
    async fn unkept(&self) -> Result<Conn, sqlx::Error> {
        let mut kept = match self.engine() {
            Engine::Sqlite => Some(self.wait_for_kept().await?),
            Engine::Postgres => None,
        };
        if let Some(kept) = &mut kept {
            **kept = None;
        }
        self.pools.writer().await
    }

    /// Closes all connections after their statements.
    pub async fn close(self) {
        self.give_back().await;
        match self.pools {
            Pools::Sqlite { writer, readers } => {
                // The last connection that closes writes the log back into the file; a reader could not.
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { writers, readers, .. } => {
                readers.close().await;
                writers.close().await;
            }
        }
    }

    /// Gives the connection that waits for the next transaction back to its pool.
    pub(crate) async fn give_back(&self) {
        *self.keeper.wait().await = None;
    }

    /// The pool or the options that migrations run on.
    pub(crate) fn migration_target(&self) -> MigrationTarget<'_> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => MigrationTarget::Sqlite(writer),
            Pools::Postgres { admin, .. } => MigrationTarget::Postgres(admin),
        }
    }
}

/// Where migrations run: on SQLite's writer; on a PostgreSQL connection of their own, without time-outs.
pub(crate) enum MigrationTarget<'a> {
    Sqlite(&'a SqlitePool),
    Postgres(&'a PgConnectOptions),
}

async fn open_sqlite(path: &Path, readers: u32) -> Result<Pools, DbError> {
    create_sqlite_file(path)?;
    let options = reading_options(path);
    let for_writing = options
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // What was erased is not left behind in free pages, or in the free part of others.
        .pragma("secure_delete", "ON")
        .pragma("journal_size_limit", SQLITE_JOURNAL_SIZE_LIMIT_BYTES.to_string())
        .pragma("wal_autocheckpoint", SQLITE_AUTOCHECKPOINT_PAGES.to_string())
        // Each bulk statement keeps the pages it changes until it ends; in a file they cost a system call each.
        .pragma("temp_store", "MEMORY");
    // SQLite lives in the process: a connection neither ages nor breaks by idling.
    let pool = SqlitePoolOptions::new()
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false);
    let failed = |error| DbError::while_doing("open the database file", error);
    let writer = pool.clone().max_connections(1).connect_with(for_writing).await.map_err(failed)?;
    check_sqlite_version(&writer).await?;
    let readers = pool.max_connections(readers.max(1)).connect_lazy_with(options.read_only(true));
    Ok(Pools::Sqlite { writer, readers })
}

/// What every connection to a file has in common.
fn reading_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(SQLITE_BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENT_CACHE_STATEMENTS)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0")
        // An index for one statement is made by reading the whole table.
        .pragma("automatic_index", "OFF")
        .disable_statement_logging()
}

/// Makes the file for its owner alone; SQLite gives the same rights to the files beside it.
fn create_sqlite_file(path: &Path) -> Result<(), DbError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| {
        DbError::File(format!(
            "cannot open the database file {}: {error}; its folder must exist and be writable",
            path.display()
        ))
    })
}

async fn check_sqlite_version(writer: &SqlitePool) -> Result<(), DbError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(writer)
        .await
        .map_err(|error| DbError::while_doing("ask SQLite for its version", error))?;
    if sqlite_is_current(&version) {
        return Ok(());
    }
    let (major, minor, patch) = SQLITE_MIN_VERSION;
    Err(DbError::Unusable(format!(
        "SQLite {version} can lose commits: build this program with SQLite {major}.{minor}.{patch} or later"
    )))
}

fn sqlite_is_current(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= SQLITE_MIN_VERSION
}

async fn open_postgres(url: &str, readers: u32) -> Result<Pools, DbError> {
    let admin = PgConnectOptions::from_str(url)
        .map_err(|error| DbError::while_doing("read the database URL", error))?
        .application_name("ordervault")
        .statement_cache_capacity(STATEMENT_CACHE_STATEMENTS)
        .disable_statement_logging();
    check_postgres(&admin).await?;
    let limits = [
        ("statement_timeout", POSTGRES_STATEMENT_TIMEOUT),
        ("lock_timeout", POSTGRES_LOCK_TIMEOUT),
        ("idle_in_transaction_session_timeout", POSTGRES_IDLE_IN_TRANSACTION_TIMEOUT),
    ];
    let limited = admin.clone().options(limits.map(|(name, limit)| (name, limit.as_millis().to_string())));
    let limited = limited.options(POSTGRES_PLANNER);
    let for_writing = limited.clone();
    let for_reading = limited.options([("default_transaction_read_only", "on")]);
    let pool = PgPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
    let writers = pool.clone().max_connections(POSTGRES_WRITERS).connect_lazy_with(for_writing);
    // The pool asks after a connection when it gets it back. To ask each time that it is lent, too, would be one of three round
    // trips of a short read.
    let pool = pool.test_before_acquire(false).before_acquire(|connection, known| {
        Box::pin(async move {
            if known.idle_for >= POSTGRES_TRUSTED_IDLE {
                connection.ping().await?;
            }
            Ok(true)
        })
    });
    let readers = pool.max_connections(readers.max(1)).connect_lazy_with(for_reading);
    Ok(Pools::Postgres { writers, readers, admin: Box::new(admin) })
}

/// Says at once and clearly why a server cannot be used; a pool would try until its time is up.
async fn check_postgres(options: &PgConnectOptions) -> Result<(), DbError> {
    const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
    let check = async {
        let mut connection = PgConnection::connect_with(options).await?;
        let version: String =
            sqlx::query_scalar("SHOW server_version_num").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(version)
    };
    let server = || format!("PostgreSQL at {}:{}", options.get_host(), options.get_port());
    let version = match tokio::time::timeout(CONNECT_TIMEOUT, check).await {
        Ok(Ok(version)) => version,
        Ok(Err(error)) => return Err(unreachable_server(&server(), error)),
        Err(_) => return Err(DbError::silence(&format!("connect to {}", server()))),
    };
    let major = version.parse::<u32>().unwrap_or(0) / 10_000;
    if major < POSTGRES_MIN_MAJOR {
        let server = server();
        return Err(DbError::Unusable(format!(
            "{server} has version {major}: {POSTGRES_MIN_MAJOR} or later is needed"
        )));
    }
    Ok(())
}

/// A refusal by the server (password, missing database) stays as it is until somebody changes something.
fn unreachable_server(server: &str, error: sqlx::Error) -> DbError {
    let refused = error.as_database_error().is_some_and(|answer| {
        let code = answer.code().unwrap_or_default();
        code.starts_with("28") || code.starts_with("3D")
    });
    if refused {
        return DbError::Unusable(format!("{server} refuses: {error}"));
    }
    DbError::new(&format!("connect to {server}"), error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::POSTGRES_WRITE_LOCK_TIMEOUT;

    #[test]
    fn old_sqlite_is_refused() {
        for (version, current) in [
            ("3.51.3", true),
            ("3.52.0", true),
            ("4.0", true),
            ("3.51.2", false),
            ("3.40.1", false),
            ("x", false),
        ] {
            assert_eq!(sqlite_is_current(version), current, "{version}");
        }
    }

    #[test]
    fn the_limits_in_begin_are_the_constants() {
        assert_eq!(POSTGRES_WRITE_LOCK_TIMEOUT.as_millis(), 500);
        assert_eq!(POSTGRES_STATEMENT_TIMEOUT.as_millis(), 10_000);
    }
}
