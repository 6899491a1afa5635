//! What a statement looks at, counted and not timed: instructions of SQLite's virtual machine, blocks that PostgreSQL reads.
//! And how the engine would carry it out.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot measure fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ordervault_persistence::engine::{Engine, POSTGRES_PLANNER};
use ordervault_persistence::statement::Bind;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{
    Arguments as _, ConnectOptions as _, Connection as _, Executor as _, PgConnection, SqliteConnection,
};

/// Instructions after which SQLite tells that it is still at it.
const INSTRUCTIONS_PER_CALL: i32 = 20;
/// Statements that a connection keeps prepared: all of them, so that PostgreSQL's plans are as old as the first use.
const PREPARED_STATEMENTS: usize = 10_000;
/// Blocks of tables and indexes that this transaction has looked for, in memory or on disk, those for foreign keys included.
const BLOCKS: &str = "SELECT COALESCE(SUM(pg_stat_get_xact_blocks_fetched(oid)), 0)::bigint FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace";

/// Values for a statement.
#[derive(Clone, Debug)]
pub enum Sample {
    /// One for each of `$1`, `$2` ….
    Values(Vec<Bind>),
    /// Rows of a bulk statement.
    Rows(Vec<Vec<Bind>>),
}

/// A connection of its own, set up as the program's are, on which statements are measured.
pub struct Meter {
    link: Link,
    for_values: bool,
}

enum Link {
    Sqlite { connection: SqliteConnection, calls: Arc<AtomicU64> },
    Postgres(PgConnection),
}

impl Meter {
    /// On the database at this URL.
    pub async fn open(engine: Engine, url: &str) -> Self {
        let link = match engine {
            Engine::Sqlite => {
                let options: sqlx::sqlite::SqliteConnectOptions = url.parse().expect("a URL");
                let options = options
                    .foreign_keys(true)
                    .pragma("automatic_index", "OFF")
                    .statement_cache_capacity(PREPARED_STATEMENTS);
                let mut connection = options.connect().await.expect("a connection");
                let calls = Arc::new(AtomicU64::new(0));
                let counted = Arc::clone(&calls);
                let mut handle = connection.lock_handle().await.expect("a handle");
                handle.set_progress_handler(INSTRUCTIONS_PER_CALL, move || {
                    counted.fetch_add(1, Ordering::Relaxed);
                    true
                });
                drop(handle);
                Link::Sqlite { connection, calls }
            }
            Engine::Postgres => {
                let options: sqlx::postgres::PgConnectOptions = url.parse().expect("a URL");
                let options = options.statement_cache_capacity(PREPARED_STATEMENTS);
                let mut connection = options.options(POSTGRES_PLANNER).connect().await.expect("a connection");
                connection.execute("SET plan_cache_mode = force_generic_plan").await.expect("set");
                connection.execute("SET statement_timeout = '10s'").await.expect("set");
                Link::Postgres(connection)
            }
        };
        Self { link, for_values: false }
    }

    /// From now on PostgreSQL plans for the values at hand, or for any.
    pub async fn plan_for_values(&mut self, for_values: bool) {
        self.for_values = for_values;
        if let Link::Postgres(connection) = &mut self.link {
            let mode = match for_values {
                true => "SET plan_cache_mode = force_custom_plan",
                false => "SET plan_cache_mode = force_generic_plan",
            };
            connection.execute(mode).await.expect("set");
        }
    }

    /// What it looks at; nothing is changed.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn cost(&mut self, text: &'static str, sample: &Sample) -> Result<u64, sqlx::Error> {
        match &mut self.link {
            Link::Sqlite { connection, calls } => {
                connection.execute("BEGIN IMMEDIATE").await?;
                let before = calls.load(Ordering::Relaxed);
                let done = sqlx::query_with(text, for_sqlite(sample)).fetch_all(&mut *connection).await;
                let calls = calls.load(Ordering::Relaxed) - before;
                connection.execute("ROLLBACK").await?;
                done.map(|_| calls * u64::from(INSTRUCTIONS_PER_CALL.unsigned_abs()))
            }
            Link::Postgres(connection) => {
                connection.execute("BEGIN").await?;
                let blocks = blocks(connection, text, sample).await;
                connection.execute("ROLLBACK").await?;
                blocks
            }
        }
    }

    /// The steps of its plan, one a line.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn plan(&mut self, text: &'static str, sample: &Sample) -> Result<Vec<String>, sqlx::Error> {
        match &mut self.link {
            Link::Postgres(connection) if self.for_values => {
                let explain = kept(format!("EXPLAIN (COSTS OFF) {text}"));
                sqlx::query_scalar_with(explain, for_postgres(text, sample)).fetch_all(connection).await
            }
            Link::Sqlite { connection, .. } => {
                let explain = kept(format!("EXPLAIN QUERY PLAN {text}"));
                let steps: Vec<(i64, i64, i64, String)> =
                    sqlx::query_as_with(explain, for_sqlite(sample)).fetch_all(connection).await?;
                Ok(steps.into_iter().map(|step| step.3).collect())
            }
            Link::Postgres(connection) => {
                // Nothing but a prepared statement has the plan for any values.
                let types = types(sample);
                connection.execute(kept(format!("PREPARE explained {types} AS {text}"))).await?;
                let nothing = vec!["NULL"; highest_bind(text)].join(", ");
                let values = if nothing.is_empty() { nothing } else { format!("({nothing})") };
                let explain = kept(format!("EXPLAIN (COSTS OFF) EXECUTE explained {values}"));
                let steps = sqlx::query_scalar(explain).fetch_all(&mut *connection).await;
                connection.execute("DEALLOCATE explained").await?;
                steps
            }
        }
    }

    /// Closes the connection.
    pub async fn close(self) {
        match self.link {
            Link::Sqlite { connection, .. } => connection.close().await,
            Link::Postgres(connection) => connection.close().await,
        }
        .expect("closed");
    }
}

/// Blocks that PostgreSQL looks for, in a transaction that is open.
async fn blocks(
    connection: &mut PgConnection,
    text: &'static str,
    sample: &Sample,
) -> Result<u64, sqlx::Error> {
    let before: i64 = sqlx::query_scalar(BLOCKS).fetch_one(&mut *connection).await?;
    sqlx::query_with(text, for_postgres(text, sample)).fetch_all(&mut *connection).await?;
    let after: i64 = sqlx::query_scalar(BLOCKS).fetch_one(&mut *connection).await?;
    Ok((after - before).unsigned_abs())
}

/// The driver takes text that lives as long as the program.
#[must_use]
pub fn kept(text: String) -> &'static str {
    text.leak()
}

fn highest_bind(text: &str) -> usize {
    let numbers = text.split('$').skip(1);
    let numbers = numbers.filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
    numbers.max().unwrap_or(0)
}

/// The types that the driver tells PostgreSQL; bulk statements name them in their text.
fn types(sample: &Sample) -> String {
    let Sample::Values(values) = sample else { return String::new() };
    let types: Vec<_> = values
        .iter()
        .map(|value| match value {
            Bind::Int(_) => "bigint",
            Bind::Text(_) => "text",
            Bind::Bool(_) => "boolean",
            Bind::Ints(_) => "bigint[]",
            Bind::Texts(_) => "text[]",
        })
        .collect();
    if types.is_empty() { String::new() } else { format!("({})", types.join(", ")) }
}

fn for_sqlite(sample: &Sample) -> SqliteArguments {
    let mut arguments = SqliteArguments::default();
    match sample {
        Sample::Values(values) => {
            for value in values {
                match value {
                    Bind::Int(value) => arguments.add(value),
                    Bind::Text(value) => arguments.add(value),
                    Bind::Bool(value) => arguments.add(value),
                    Bind::Ints(keys) => arguments.add(serde_json::json!(keys).to_string()),
                    Bind::Texts(keys) => arguments.add(serde_json::json!(keys).to_string()),
                }
                .expect("a value");
            }
        }
        Sample::Rows(rows) => {
            let cell = |bind: &Bind| match bind {
                Bind::Int(value) => serde_json::json!(value),
                Bind::Text(value) => serde_json::json!(value),
                Bind::Bool(value) => serde_json::json!(value.map(i64::from)),
                Bind::Ints(_) | Bind::Texts(_) => panic!("a column holds no lists"),
            };
            let rows: Vec<Vec<_>> = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
            arguments.add(serde_json::json!(rows).to_string()).expect("a value");
        }
    }
    arguments
}

fn for_postgres(text: &str, sample: &Sample) -> PgArguments {
    let mut arguments = PgArguments::default();
    match sample {
        Sample::Values(values) => {
            for value in values {
                match value {
                    Bind::Int(value) => arguments.add(value),
                    Bind::Text(value) => arguments.add(value),
                    Bind::Bool(value) => arguments.add(value),
                    Bind::Ints(keys) => arguments.add(keys),
                    Bind::Texts(keys) => arguments.add(keys),
                }
                .expect("a value");
            }
        }
        Sample::Rows(rows) => {
            for place in 0..highest_bind(text) {
                let column = rows.iter().map(|row| row.get(place).cloned().expect("a value for each column"));
                match column_type(text, place) {
                    "bigint" => arguments.add(column.map(int).collect::<Vec<_>>()),
                    "boolean" => arguments.add(column.map(truth).collect::<Vec<_>>()),
                    _ => arguments.add(column.map(words).collect::<Vec<_>>()),
                }
                .expect("a value");
            }
        }
    }
    arguments
}

/// The type of a bulk statement's column.
#[must_use]
pub fn column_type(text: &str, place: usize) -> &str {
    let (_, after) = text.split_once(&format!("${}::", place + 1)).expect("a typed column");
    after.split('[').next().unwrap_or_default()
}

fn int(bind: Bind) -> Option<i64> {
    match bind {
        Bind::Int(value) => value,
        other => panic!("no number: {other:?}"),
    }
}

fn truth(bind: Bind) -> Option<bool> {
    match bind {
        Bind::Bool(value) => value,
        other => panic!("no truth: {other:?}"),
    }
}

fn words(bind: Bind) -> Option<String> {
    match bind {
        Bind::Text(value) => value,
        other => panic!("no text: {other:?}"),
    }
}
