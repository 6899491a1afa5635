//! Connections and transactions: the one place that runs statements.

use std::future::Future;
use std::time::Duration;

use futures_util::StreamExt as _;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Either, Executor as _, PgConnection, Postgres, Sqlite, SqliteConnection};
use tokio::runtime::Handle;

use crate::ahead::{self, Ahead, Question};
use crate::bulk::{Bulk, Rows};
use crate::bundle::{self, Bundle, Part};
use crate::engine::{Engine, POSTGRES_ANSWER_TIMEOUT, POSTGRES_COMMIT_TIMEOUT};
use crate::error::{CommitError, DbError, Error};
use crate::link::{Kept, Link};
use crate::record::Packed;
pub use crate::record::Record;
use crate::statement::{Statement, composed};

/// A connection to read with. Functions that read take `&mut Conn`: from [`Db::read`](crate::db::Db::read), from
/// [`Db::snapshot`](crate::db::Db::snapshot) or lent by a transaction ([`Tx::conn`]).
pub struct Conn {
    link: Option<Link>,
    state: State,
    /// Where the connection goes when it is well at the end, instead of into its pool.
    kept: Option<Kept>,
    ahead: Ahead,
}

/// A write transaction. Dropped without [`Tx::commit`], it is rolled back.
///
/// After an error a transaction is lost on both engines: every further call fails, and so does its commit.
pub struct Tx(Conn);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Outside of a transaction.
    Idle,
    /// In a transaction.
    Open,
    /// In a transaction that met an error.
    Failed,
    /// Not to be used again.
    Spoiled,
}

impl Conn {
    pub(crate) fn new(link: Link) -> Conn {
        Conn { link: Some(link), state: State::Idle, kept: None, ahead: Ahead::default() }
    }

    /// It goes there when it is well at the end.
    pub(crate) fn kept(mut self, kept: Option<Kept>) -> Conn {
        self.kept = kept;
        self
    }

    /// Not to be used by anybody after this one.
    pub(crate) fn closed_when_dropped(mut self) -> Conn {
        if let Some(link) = &mut self.link {
            link.close_on_drop();
        }
        self
    }

    /// Opens SQLite's write transaction and asks these, in one text.
    pub(crate) async fn begun_asking(
        mut self,
        text: &'static str,
        questions: Vec<Question>,
    ) -> Result<Conn, DbError> {
        if questions.is_empty() {
            return self.begun(text).await;
        }
        self.state = State::Open;
        self.ask_after(&format!("{text};\n"), questions).await?;
        Ok(self)
    }

    /// Opens a transaction with the given text.
    ///
    /// The state is set before the text is sent: whoever drops this future halfway gets the transaction rolled
    /// back, whether or not it had begun.
    pub(crate) async fn begun(mut self, text: &'static str) -> Result<Conn, DbError> {
        self.state = State::Open;
        self.control(text).await?;
        Ok(self)
    }

    /// The engine behind this connection.
    pub fn engine(&self) -> Engine {
        match self.link {
            Some(Link::Postgres(_)) => Engine::Postgres,
            _ => Engine::Sqlite,
        }
    }

    /// All rows.
    pub async fn fetch_all<T: Record>(&mut self, statement: &Statement) -> Result<Vec<T>, DbError> {
        let outcome = match self.side()? {
            Side::Sqlite(connection) => {
                let (text, arguments) = statement.for_sqlite()?;
                let query = sqlx::query_as_with::<Sqlite, T, _>(text.clone(), arguments);
                ran(&text, query.fetch_all(connection).await)
            }
            Side::Postgres(connection) => {
                let (text, arguments) = statement.for_postgres()?;
                let query = sqlx::query_as_with::<Postgres, T, _>(text.clone(), arguments);
                answered(&text, query.fetch_all(connection)).await
            }
        };
        self.remember(outcome)
    }

    /// All rows of a statement that has many. SQLite gives them as one text: of each value that its driver fetches it makes a copy
    /// under a lock, and for each row it changes threads.
    pub(crate) async fn fetch_packed<T: Packed>(&mut self, statement: Statement) -> Result<Vec<T>, DbError> {
        let packed = match (self.ahead.take(&statement), self.engine()) {
            (Some(packed), _) => packed,
            (None, Engine::Postgres) => return self.fetch_all(&statement).await,
            (None, Engine::Sqlite) => {
                let (packed,): (String,) = self.fetch_one(&statement.packed(T::packed)).await?;
                packed
            }
        };
        serde_json::from_str(&packed)
            .map_err(|error| DbError::new("read packed rows", sqlx::Error::Decode(error.into())))
    }

    /// Asks these at once; the answers wait here for [`Conn::fetch_packed`]. One alone is asked by whoever needs it.
    pub(crate) async fn ask_ahead(&mut self, questions: Vec<Question>) -> Result<(), DbError> {
        match questions.len() {
            0 | 1 => Ok(()),
            _ => self.ask_after("", questions).await,
        }
    }

    async fn ask_after(&mut self, first: &str, questions: Vec<Question>) -> Result<(), DbError> {
        let statement = ahead::together(self.engine(), first, &questions)?;
        let answers = match self.side()? {
            Side::Sqlite(_) => {
                let rows: Vec<(String,)> = self.fetch_all(&statement).await?;
                rows.into_iter().map(|row| row.0).collect()
            }
            Side::Postgres(connection) => {
                let (text, arguments) = statement.for_postgres()?;
                let query = sqlx::query_scalar_with::<Postgres, Vec<String>, _>(text.clone(), arguments);
                let outcome = answered(&text, query.fetch_one(connection)).await;
                self.remember(outcome)?
            }
        };
        self.ahead.keep(questions, answers);
        Ok(())
    }

    /// The first row, if any.
    pub async fn fetch_optional<T: Record>(&mut self, statement: &Statement) -> Result<Option<T>, DbError> {
        let outcome = match self.side()? {
            Side::Sqlite(connection) => {
                let (text, arguments) = statement.for_sqlite()?;
                let query = sqlx::query_as_with::<Sqlite, T, _>(text.clone(), arguments);
                ran(&text, query.fetch_optional(connection).await)
            }
            Side::Postgres(connection) => {
                let (text, arguments) = statement.for_postgres()?;
                let query = sqlx::query_as_with::<Postgres, T, _>(text.clone(), arguments);
                answered(&text, query.fetch_optional(connection)).await
            }
        };
        self.remember(outcome)
    }

    /// The first row; none is an error.
    pub async fn fetch_one<T: Record>(&mut self, statement: &Statement) -> Result<T, DbError> {
        let row = self.fetch_optional(statement).await?;
        let outcome = if let Some(row) = row {
            Ok(row)
        } else {
            let (text, _) = statement.rendered(self.engine())?;
            Err(DbError::new(&text, sqlx::Error::RowNotFound))
        };
        self.remember(outcome)
    }

    /// All rows of a bulk statement that reads, such as a load by composite keys.
    pub async fn fetch_bulk<T: Record>(
        &mut self,
        statement: &'static impl Bulk,
        rows: &Rows,
    ) -> Result<Vec<T>, DbError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        rows.check(statement)?;
        let outcome = match self.side()? {
            Side::Sqlite(connection) => {
                let text = statement.text(Engine::Sqlite);
                let mut arguments = SqliteArguments::default();
                named(text, rows.add_to_sqlite(&mut arguments))?;
                let query = sqlx::query_as_with::<Sqlite, T, _>(text, arguments);
                ran(text, query.fetch_all(connection).await)
            }
            Side::Postgres(connection) => {
                let text = statement.text(Engine::Postgres);
                let mut arguments = PgArguments::default();
                named(text, rows.add_to_postgres(&mut arguments))?;
                let query = sqlx::query_as_with::<Postgres, T, _>(text, arguments);
                answered(text, query.fetch_all(connection)).await
            }
        };
        self.remember(outcome)
    }

    async fn execute(&mut self, statement: &Statement) -> Result<u64, DbError> {
        self.ahead.forget();
        let outcome = match self.side()? {
            Side::Sqlite(connection) => {
                let (text, arguments) = statement.for_sqlite()?;
                let query = sqlx::query_with::<Sqlite, _>(text.clone(), arguments);
                ran(&text, query.execute(connection).await).map(|done| done.rows_affected())
            }
            Side::Postgres(connection) => {
                let (text, arguments) = statement.for_postgres()?;
                let query = sqlx::query_with::<Postgres, _>(text.clone(), arguments);
                answered(&text, query.execute(connection)).await.map(|done| done.rows_affected())
            }
        };
        self.remember(outcome)
    }

    async fn run_bulk(&mut self, statement: &'static impl Bulk, rows: &Rows) -> Result<u64, DbError> {
        if rows.is_empty() {
            return Ok(0);
        }
        self.ahead.forget();
        rows.check(statement)?;
        let outcome = match self.side()? {
            Side::Sqlite(connection) => {
                let text = statement.text(Engine::Sqlite);
                let mut arguments = SqliteArguments::default();
                named(text, rows.add_to_sqlite(&mut arguments))?;
                let query = sqlx::query_with::<Sqlite, _>(text, arguments);
                ran(text, query.execute(connection).await).map(|done| done.rows_affected())
            }
            Side::Postgres(connection) => {
                let text = statement.text(Engine::Postgres);
                let mut arguments = PgArguments::default();
                named(text, rows.add_to_postgres(&mut arguments))?;
                let query = sqlx::query_with::<Postgres, _>(text, arguments);
                answered(text, query.execute(connection)).await.map(|done| done.rows_affected())
            }
        };
        self.remember(outcome)
    }

    /// Runs statements that are sent together: how many rows each of them changed.
    async fn run_together(&mut self, parts: &[Part]) -> Result<Vec<u64>, DbError> {
        self.ahead.forget();
        let outcome = match self.side()? {
            Side::Sqlite(connection) => {
                let (text, arguments) = bundle::for_sqlite(parts)?;
                let text = composed(text);
                let mut answers =
                    connection.fetch_many(sqlx::query_with::<Sqlite, _>(text.clone(), arguments));
                let mut changed = vec![];
                loop {
                    match answers.next().await {
                        Some(Ok(Either::Left(done))) => changed.push(done.rows_affected()),
                        Some(Ok(Either::Right(_))) => {}
                        Some(Err(error)) => break ran(&text, Err(error)),
                        None => break ran(&text, Ok(changed)),
                    }
                }
            }
            Side::Postgres(connection) => {
                let (text, arguments) = bundle::for_postgres(parts)?;
                let text = composed(text);
                let query = sqlx::query_scalar_with::<Postgres, Vec<i64>, _>(text.clone(), arguments);
                let counts = answered(&text, query.fetch_one(connection)).await;
                counts.map(|counts| counts.into_iter().map(i64::unsigned_abs).collect())
            }
        };
        self.remember(outcome)
    }

    async fn commit(mut self) -> Result<(), CommitError> {
        // A connection that failed in between would commit its first half on SQLite, and quietly roll back on
        // PostgreSQL.
        let side = self.side().map_err(CommitError::RolledBack)?;
        let outcome = match side {
            Side::Sqlite(connection) => {
                let done = connection.execute("COMMIT").await;
                done.map(drop).map_err(|error| CommitError::new("COMMIT", error))
            }
            Side::Postgres(connection) => {
                // A statement time-out that strikes while COMMIT waits for the synchronous standby ends the
                // wait with a warning and an answer of success: then nobody but this server has the data.
                let text = "SET LOCAL statement_timeout = 0; COMMIT";
                match tokio::time::timeout(POSTGRES_COMMIT_TIMEOUT, connection.execute(text)).await {
                    Ok(done) => done.map(drop).map_err(|error| CommitError::new(text, error)),
                    Err(_) => Err(CommitError::Unknown(DbError::silence(text))),
                }
            }
        };
        match &outcome {
            Ok(()) => self.state = State::Idle,
            Err(CommitError::RolledBack(error)) if !error.spoils_connection() => self.state = State::Failed,
            Err(CommitError::RolledBack(_) | CommitError::Unknown(_)) => self.state = State::Spoiled,
        }
        outcome
    }

    /// Runs a text without values and results, such as BEGIN.
    async fn control(&mut self, text: &'static str) -> Result<(), DbError> {
        let outcome = match self.side()? {
            Side::Sqlite(connection) => ran(text, connection.execute(text).await).map(drop),
            Side::Postgres(connection) => answered(text, connection.execute(text)).await.map(drop),
        };
        self.remember(outcome)
    }

    /// The driver's connection, unless an error made it unfit.
    fn side(&mut self) -> Result<Side<'_>, DbError> {
        let refused = match self.state {
            State::Failed => "the transaction met an error before: roll back and run it again",
            State::Spoiled => "the connection met an error before: take a new one",
            State::Idle | State::Open => match &mut self.link {
                Some(Link::Sqlite(connection)) => return Ok(Side::Sqlite(connection)),
                Some(Link::Postgres(connection)) => return Ok(Side::Postgres(connection)),
                None => "the connection is closed",
            },
        };
        Err(DbError::misuse("", refused))
    }

    fn remember<T>(&mut self, outcome: Result<T, DbError>) -> Result<T, DbError> {
        if let Err(error) = &outcome {
            if error.spoils_connection() {
                self.state = State::Spoiled;
            } else if self.state == State::Open {
                self.state = State::Failed;
            }
        }
        outcome
    }
}

enum Side<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Drop for Conn {
    fn drop(&mut self) {
        let Some(mut link) = self.link.take() else { return };
        let kept = self.kept.take();
        match self.state {
            State::Idle => link.put_back(kept),
            State::Spoiled => link.close_on_drop(),
            State::Open | State::Failed => match Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn(link.roll_back(kept))),
                Err(_) => link.close_on_drop(),
            },
        }
    }
}

impl Tx {
    pub(crate) fn new(conn: Conn) -> Tx {
        Tx(conn)
    }

    /// The engine behind this transaction.
    pub fn engine(&self) -> Engine {
        self.0.engine()
    }

    /// Lends the connection to a function that reads.
    pub fn conn(&mut self) -> &mut Conn {
        &mut self.0
    }

    /// Runs a statement; returns the number of rows it changed.
    pub async fn execute(&mut self, statement: &Statement) -> Result<u64, DbError> {
        self.0.execute(statement).await
    }

    /// Runs a bulk statement over all rows at once; returns the number of rows it changed.
    pub async fn run_bulk(&mut self, statement: &'static impl Bulk, rows: &Rows) -> Result<u64, DbError> {
        self.0.run_bulk(statement, rows).await
    }

    /// Runs bulk statements in as few ways there and back as the engine takes.
    ///
    /// # Errors
    /// [`Error::Raced`] when one did not change as many rows as it was given.
    pub async fn run_bundle(&mut self, bundle: Bundle) -> Result<(), Error> {
        let parts = bundle.parts();
        if parts.is_empty() {
            return Ok(());
        }
        let changed = self.0.run_together(&parts).await?;
        let are_met = parts.iter().zip(&changed).all(|(part, changed)| part.is_met(*changed));
        match are_met && parts.len() == changed.len() {
            true => Ok(()),
            false => Err(Error::Raced),
        }
    }

    /// See [`Conn::fetch_all`].
    pub async fn fetch_all<T: Record>(&mut self, statement: &Statement) -> Result<Vec<T>, DbError> {
        self.0.fetch_all(statement).await
    }

    /// See [`Conn::fetch_optional`].
    pub async fn fetch_optional<T: Record>(&mut self, statement: &Statement) -> Result<Option<T>, DbError> {
        self.0.fetch_optional(statement).await
    }

    /// See [`Conn::fetch_one`].
    pub async fn fetch_one<T: Record>(&mut self, statement: &Statement) -> Result<T, DbError> {
        self.0.fetch_one(statement).await
    }

    /// See [`Conn::fetch_bulk`].
    pub async fn fetch_bulk<T: Record>(
        &mut self,
        statement: &'static impl Bulk,
        rows: &Rows,
    ) -> Result<Vec<T>, DbError> {
        self.0.fetch_bulk(statement, rows).await
    }

    /// Stores the transaction. Do not drop this future halfway: the outcome would be unknown.
    pub async fn commit(self) -> Result<(), CommitError> {
        self.0.commit().await
    }

    /// Gives the transaction up and waits until that is done. Dropping does the same in the background.
    pub async fn rollback(mut self) {
        if let (Some(link), State::Open | State::Failed) = (self.0.link.take(), self.0.state) {
            link.roll_back(self.0.kept.take()).await;
        }
    }
}

/// Tells of a statement that was run, and names it in its error.
fn ran<T>(text: impl AsRef<str>, outcome: Result<T, sqlx::Error>) -> Result<T, DbError> {
    tracing::trace!(statement = text.as_ref());
    named(text, outcome)
}

/// Names the statement in the error.
fn named<T>(text: impl AsRef<str>, outcome: Result<T, sqlx::Error>) -> Result<T, DbError> {
    outcome.map_err(|error| DbError::new(text.as_ref(), error))
}

/// Waits for PostgreSQL's answer for as long as one may hope.
async fn answered<T>(
    text: impl AsRef<str>,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, DbError> {
    const HOPE: Duration = POSTGRES_ANSWER_TIMEOUT;
    match tokio::time::timeout(HOPE, answer).await {
        Ok(outcome) => ran(text, outcome),
        Err(_) => Err(DbError::silence(text.as_ref())),
    }
}
