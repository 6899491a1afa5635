//! The table `outbox`: every event once, numbered without gaps in the order in which followers read. With its position
//! a new order becomes an arrival.

use super::arrivals;
use crate::bulk::{BulkInsert, ColumnType::*};
use crate::db::Db;
use crate::engine::Engine;
use crate::error::Error;
use crate::leader;
use crate::statement::{Statement, Template, statements};
use crate::tx::Tx;

/// Most events that one step of the sequencer numbers.
const SEQUENCED_PER_STEP: i64 = 5_000;
/// Name of the lock that the one sequencer holds.
const SEQUENCER: &str = "sequencer";

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
    LAST: Template = Template::new("SELECT COALESCE(MAX(position), 0) FROM outbox");
}

/// Numbers all that waits; see [`number`].
pub(crate) async fn number_all(tx: &mut Tx) -> Result<(), Error> {
    const FULL_STEP: u64 = SEQUENCED_PER_STEP.unsigned_abs();
    while number(tx).await? == FULL_STEP {}
    Ok(())
}

/// Numbers what waits, at most one step. The caller is the only one who does: the writer on SQLite, the lock's holder on PostgreSQL.
async fn number(tx: &mut Tx) -> Result<u64, Error> {
    let (last,): (i64,) = tx.fetch_one(&LAST.bind(())).await?;
    let numbered = tx.execute(&NUMBER.bind((SEQUENCED_PER_STEP,))).await?;
    if numbered > 0 {
        arrivals::note(tx, last).await?;
    }
    Ok(numbered)
}

/// What one step runs after this position, to look at its plans.
#[must_use]
pub fn sequencing_statements(after: i64) -> [(&'static str, Statement); 2] {
    [("number", NUMBER.bind((SEQUENCED_PER_STEP,))), ("note arrivals", arrivals::note_statement(after))]
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
    let Some(mut tx) = leader::hold(db, SEQUENCER).await? else { return Ok(0) };
    let numbered = number(&mut tx).await?;
    tx.commit().await.map_err(|error| Error::Db(error.into_inner()))?;
    Ok(numbered)
}
