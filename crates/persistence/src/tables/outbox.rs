//! The table `outbox`: every event once, numbered without gaps in the order in which followers read.

use std::collections::HashMap;

use ordervault_domain::aggregate::Kind;

use super::history::HistoryRow;
use crate::bulk::{BulkInsert, BulkTemplate, Column, ColumnType::*, Rows};
use crate::bundle::Bundle;
use crate::db::Db;
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::{Conn, Tx};

/// Most events that one step of the sequencer numbers.
const SEQUENCED_PER_STEP: i64 = 5_000;

const COLUMNS: &[Column] = &[("entity_id", Int), ("seq", Int), ("recorded_at", Int), ("arrived_in", Int)];

statements! {
    INSERT: BulkInsert = BulkInsert::new("outbox", COLUMNS);
    // Whoever writes on SQLite is alone.
    INSERT_NUMBERED: BulkTemplate = BulkTemplate::new(
        "INSERT INTO outbox (entity_id, seq, recorded_at, arrived_in, position)
         SELECT d.entity_id, d.seq, d.recorded_at, d.arrived_in, (SELECT COALESCE(MAX(position), 0) FROM outbox)
             + ROW_NUMBER() OVER (ORDER BY d.recorded_at, d.entity_id, d.seq)
         FROM {rows}",
        COLUMNS
    );
    NUMBER: Template = Template::new(
        "UPDATE outbox SET position = n.position
         FROM (
             SELECT entity_id, seq, ROW_NUMBER() OVER (ORDER BY recorded_at, entity_id, seq)
                 + (SELECT COALESCE(MAX(position), 0) FROM outbox) AS position
             FROM outbox WHERE position IS NULL ORDER BY recorded_at, entity_id, seq LIMIT $1
         ) AS n
         WHERE outbox.entity_id = n.entity_id AND outbox.seq = n.seq"
    );
    LAST: Template = Template::new("SELECT COALESCE(MAX(position), 0) AS position FROM outbox");
    LATER: Template = Template::new(
        "SELECT entity_id, MIN(seq) AS seq FROM outbox
         WHERE entity_id {in_keys:1} AND (position IS NULL OR position > $2) GROUP BY entity_id"
    );
    LOCK: Template = Template::forked(
        "SELECT 1 AS held",
        "SELECT 1::bigint AS held FROM pg_advisory_xact_lock(hashtextextended('outbox', 0))"
    );
    // Whoever numbers has to be alone: positions are without gaps, and those who follow trust that no lower one comes later.
    TRY_LOCK: Template = Template::forked(
        "SELECT 1 AS held",
        "SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended('outbox', 0)) THEN 1 ELSE 0 END::bigint AS held"
    );
}

/// Events on their way into the outbox.
pub(crate) struct OutboxRows(Rows);

impl OutboxRows {
    pub(crate) fn new() -> Self {
        use crate::bulk::Bulk as _;
        Self(INSERT.rows())
    }

    /// An event that counts as of this time: an order arrives with it if it was placed here.
    pub(crate) fn push(&mut self, row: &HistoryRow, recorded_at: i64) {
        let is_arrival = row.kind == <&str>::from(Kind::Order) && row.event_type == "placed";
        self.0.push((row.entity_id, row.seq, recorded_at, row.store_id.filter(|_| is_arrival)));
    }

    /// They are written: on SQLite with their positions, on PostgreSQL the sequencer gives them theirs.
    pub(crate) fn write(self, bundle: &mut Bundle, engine: Engine) {
        match engine {
            Engine::Sqlite => bundle.add(&INSERT_NUMBERED, self.0),
            Engine::Postgres => bundle.add(&INSERT, self.0),
        }
    }
}

/// Numbers all that waits; see [`number`].
pub(crate) async fn number_all(tx: &mut Tx) -> Result<(), Error> {
    const FULL_STEP: u64 = SEQUENCED_PER_STEP.unsigned_abs();
    while number(tx).await? == FULL_STEP {}
    Ok(())
}

/// Numbers all that waits, and lets nobody else number anything before the transaction ends.
pub(crate) async fn number_alone(tx: &mut Tx) -> Result<(), Error> {
    let _: (i64,) = tx.fetch_one(&LOCK.bind(())).await?;
    number_all(tx).await
}

/// The position of the last event, after everything that is written down by now has got one: where a reader of the history cuts
/// it off who is to see one state in many looks.
pub(crate) async fn cut(db: &Db) -> Result<i64, Error> {
    if db.engine() == Engine::Postgres {
        let mut tx = db.begin().await?;
        number_alone(&mut tx).await?;
        tx.commit().await.map_err(|error| Error::Db(error.into_inner()))?;
    }
    let (position,): (i64,) = db.read().await?.fetch_one(&LAST.bind(())).await?;
    Ok(position)
}

/// Of these resources, those with events behind that position, and the number of the first such event of each.
pub(crate) async fn later(conn: &mut Conn, ids: &[i64], position: i64) -> Result<HashMap<i64, i64>, Error> {
    let rows: Vec<(i64, i64)> = conn.fetch_all(&LATER.bind((ids, position))).await?;
    Ok(rows.into_iter().collect())
}

/// Numbers what waits, at most one step. The caller is the only one who does: the writer on SQLite, the lock's holder on PostgreSQL.
async fn number(tx: &mut Tx) -> Result<u64, Error> {
    Ok(tx.execute(&NUMBER.bind((SEQUENCED_PER_STEP,))).await?)
}

/// One step of the sequencer: numbers waiting events, unless another process is at it. On SQLite the writer has done
/// so already, in the transaction that wrote them. Returns how many were numbered.
///
/// # Errors
/// When the database fails; the step is simply repeated.
pub async fn sequence(db: &Db) -> Result<u64, Error> {
    if db.engine() == Engine::Sqlite {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    let (held,): (i64,) = tx.fetch_one(&TRY_LOCK.bind(())).await?;
    if held != 1 {
        return Ok(0);
    }
    let numbered = number(&mut tx).await?;
    tx.commit().await.map_err(|error| Error::Db(error.into_inner()))?;
    Ok(numbered)
}
