//! SQLite alone, through the driver that the product uses: one connection, one transaction an order, as durable as the
//! product's (write-ahead log, `synchronous=FULL`).

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, SqliteConnection};

use super::Bare;

const SCHEMA: &str = "
    CREATE TABLE p (id INTEGER PRIMARY KEY, price INTEGER, stock INTEGER);
    INSERT INTO p WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 201)
        SELECT n, 1000 + n, 900000000 FROM n;
    CREATE TABLE o (id INTEGER PRIMARY KEY, customer INTEGER, total INTEGER);
    CREATE TABLE l (order_id INTEGER, position INTEGER, product INTEGER, price INTEGER, PRIMARY KEY (order_id, position));
    CREATE TABLE h (order_id INTEGER, seq INTEGER, event TEXT, PRIMARY KEY (order_id, seq));
    CREATE TABLE x (position INTEGER PRIMARY KEY, order_id INTEGER);";

/// Orders in a new file in this folder for so long, one after another.
///
/// # Errors
/// When the file cannot be written.
pub async fn order(folder: &Path, seconds: u64) -> Result<Bare, String> {
    measure(folder, Duration::from_secs(seconds)).await.map_err(|error| format!("bare SQLite: {error}"))
}

#[expect(clippy::cast_precision_loss, reason = "counts and microseconds of a run are far below 2^52")]
async fn measure(folder: &Path, length: Duration) -> Result<Bare, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("bare.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut connection = options.connect().await?;
    connection.execute(SCHEMA).await?;
    let (begun, mut micros) = (Instant::now(), vec![]);
    while begun.elapsed() < length {
        let sent = Instant::now();
        let first = i64::try_from(micros.len()).unwrap_or_default() % 67 + 1;
        one(&mut connection, [first, first + 67, first + 134]).await?;
        micros.push(sent.elapsed().as_micros());
    }
    let seconds = begun.elapsed().as_secs_f64();
    connection.close().await?;
    micros.sort_unstable();
    let middle = micros.get(micros.len() / 2).map_or(0.0, |micros| *micros as f64 / 1_000.0);
    Ok(Bare { per_second: micros.len() as f64 / seconds, middle_ms: middle })
}

/// The steps of `sql/steps.sql`.
async fn one(connection: &mut SqliteConnection, [a, b, c]: [i64; 3]) -> Result<(), sqlx::Error> {
    connection.execute("BEGIN IMMEDIATE").await?;
    let goods = |text: &'static str| sqlx::query(text).bind(a).bind(b).bind(c);
    goods("SELECT price FROM p WHERE id IN ($1, $2, $3)").fetch_all(&mut *connection).await?;
    goods("UPDATE p SET stock = stock - 1 WHERE id IN ($1, $2, $3) AND stock > 0")
        .execute(&mut *connection)
        .await?;
    let placed = sqlx::query("INSERT INTO o (customer, total) VALUES ($1, 3000)").bind(a);
    let id = placed.execute(&mut *connection).await?.last_insert_rowid();
    goods("INSERT INTO l VALUES ($4, 0, $1, 1000), ($4, 1, $2, 1000), ($4, 2, $3, 1000)")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    let event = "x".repeat(400);
    sqlx::query("INSERT INTO h VALUES ($1, 1, $2)").bind(id).bind(event).execute(&mut *connection).await?;
    sqlx::query("INSERT INTO x (order_id) VALUES ($1)").bind(id).execute(&mut *connection).await?;
    connection.execute("COMMIT").await?;
    Ok(())
}
