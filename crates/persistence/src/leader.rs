//! Work that only one of several servers should do at a time.
//!
//! Whoever holds the advisory lock of that name does it. This saves work and lock fights; nothing may depend on it, because
//! a server that loses its connection loses the lock with it and learns of that later.

use crate::db::Db;
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Tx;

statements! {
    // The names are ours and few; duplicate keys of orders are locked by keys of the same kind, which are hashes, too.
    TRY_LOCK: Template = Template::forked(
        "SELECT 1 AS held WHERE $1 = $1",
        "SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended($1, 0)) THEN 1 ELSE 0 END::bigint AS held"
    );
}

/// A transaction that holds the lock of this name until it ends; `None`: somebody else holds it.
pub(crate) async fn hold(db: &Db, name: &str) -> Result<Option<Tx>, Error> {
    let mut tx = db.begin().await?;
    let (held,): (i64,) = tx.conn().fetch_one(&TRY_LOCK.bind((name,))).await?;
    Ok((held == 1).then_some(tx))
}

/// Runs a step while no other server runs one of this name; `None`: another one is at it. A step has to be short, a few
/// seconds at most. A SQLite file has one server, and one connection that the step may need for writing: there it just runs.
///
/// # Errors
/// When the database fails before the step.
pub async fn alone<T>(db: &Db, name: &str, step: impl Future<Output = T>) -> Result<Option<T>, Error> {
    if db.engine() == Engine::Sqlite {
        return Ok(Some(step.await));
    }
    let Some(tx) = hold(db, name).await? else { return Ok(None) };
    let outcome = step.await;
    tx.rollback().await;
    Ok(Some(outcome))
}
