//! The table `outbox`: every event once, numbered without gaps in the order in which followers read.

use super::followers;
use crate::bulk::{BulkInsert, ColumnType::*};
use crate::db::Db;
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::{Statement, Template, statements};
use crate::tx::Tx;

/// Most events that one step of the sequencer numbers.
const SEQUENCED_PER_STEP: i64 = 5_000;

statements! {
    pub(crate) INSERT: BulkInsert = BulkInsert::new("outbox", &[("entity_id", Int), ("seq", Int), ("recorded_at", Int)]);
    NUMBER: Template = Template::new(
        "UPDATE outbox SET position = n.position
         FROM (
             SELECT entity_id, seq, ROW_NUMBER() OVER (ORDER BY recorded_at, entity_id, seq)
                 + (SELECT COALESCE(MAX(position), 0) FROM outbox) AS position
             FROM outbox WHERE position IS NULL ORDER BY recorded_at, entity_id, seq LIMIT $1
         ) AS n
         WHERE outbox.entity_id = n.entity_id AND outbox.seq = n.seq"
    );
    // Whoever numbers has to be alone: positions are without gaps, and those who follow trust that no lower one comes later.
    TRY_LOCK: Template = Template::forked(
        "SELECT 1 AS held",
        "SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended('outbox', 0)) THEN 1 ELSE 0 END::bigint AS held"
    );
}

/// Numbers all that waits; see [`number`].
pub(crate) async fn number_all(tx: &mut Tx) -> Result<(), Error> {
    const FULL_STEP: u64 = SEQUENCED_PER_STEP.unsigned_abs();
    while number(tx).await? == FULL_STEP {}
    Ok(())
}

/// Numbers what waits, at most one step. The caller is the only one who does: the writer on SQLite, the lock's holder on PostgreSQL.
async fn number(tx: &mut Tx) -> Result<u64, Error> {
    Ok(tx.execute(&NUMBER.bind((SEQUENCED_PER_STEP,))).await?)
}

/// What numbering, and a follower that has come to this position, run, to look at their plans.
#[must_use]
pub fn sequencing_statements(after: i64) -> [(&'static str, Statement); 2] {
    [("number", NUMBER.bind((SEQUENCED_PER_STEP,))), ("follow", followers::next_statement(after))]
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
