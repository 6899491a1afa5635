//! What follows when older data take the place of newer.

use ordervault_domain::id::OrderId;
use ordervault_domain::installation::{Installation, InstallationCommand};

use super::error::BackupError;
use crate::db::Db;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::writer::{
    ActorRef, Class, Effect, Operation, Receipt, SessionOperation, Submission, WriteError, Writer,
};

/// Rows that are in memory at a time.
const ROWS_PER_PAGE: i64 = 500;
/// Why sessions end.
const RESTORED: &str = "restored";

statements! {
    LAST_POSITION: Template = Template::new("SELECT COALESCE(MAX(position), 0) FROM outbox");
    SIGNED_IN: Template = Template::new(
        "SELECT DISTINCT principal_id FROM sessions WHERE ended_at IS NULL AND principal_id > $1
         ORDER BY principal_id LIMIT $2"
    );
    PLACED_AFTER: Template = Template::new(
        "SELECT o.position, o.entity_id FROM outbox o
         WHERE o.position > $1 AND o.seq + 0 = 1 AND (SELECT r.id FROM orders r WHERE r.id = o.entity_id) IS NOT NULL
         ORDER BY o.position LIMIT $2"
    );
    PRESENT: Template = Template::new("SELECT id FROM orders WHERE id {in_keys:1}");
}

/// Begins a new epoch of a database that was put back to what it was earlier, and ends all sessions, unless they are to be
/// kept. Returns the position that it was put back to, and the installation in its new epoch.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn begin_epoch(
    db: &Db,
    writer: &Writer,
    keeps_sessions: bool,
) -> Result<(i64, Installation), BackupError> {
    let (position,): (i64,) = db.read().await?.fetch_one(&LAST_POSITION.bind(())).await?;
    if !keeps_sessions {
        end_sessions(db, writer).await?;
    }
    let restore = Operation::Installation(InstallationCommand::Restore { position });
    match submit(writer, vec![restore]).await? {
        Receipt::Executed { done, .. } => match done.as_slice() {
            [Effect::Installation(installation)] => Ok((position, Installation::clone(installation))),
            _ => Err(WriteError::Internal.into()),
        },
        Receipt::Replayed { .. } => Err(WriteError::Internal.into()),
    }
}

async fn end_sessions(db: &Db, writer: &Writer) -> Result<(), BackupError> {
    let mut after = 0;
    loop {
        let mut conn = db.read().await?;
        let page: Vec<(i64,)> = conn.fetch_all(&SIGNED_IN.bind((after, ROWS_PER_PAGE))).await?;
        drop(conn);
        let Some((last,)) = page.last() else { return Ok(()) };
        after = *last;
        let end = |(principal_id,): &(i64,)| {
            let end = SessionOperation::EndAll { principal_id: *principal_id, but: None, because: RESTORED };
            Operation::Session(end)
        };
        submit(writer, page.iter().map(end).collect()).await?;
    }
}

pub(super) async fn submit(writer: &Writer, operations: Vec<Operation>) -> Result<Receipt, WriteError> {
    let submission = Submission {
        actor: ActorRef::Operator,
        login: None,
        request_id: "restore".to_owned(),
        class: Class::Background,
        idempotency: None,
        operations,
    };
    writer.submit(submission).await
}

/// The orders that were placed in one database after a position, and are not in another.
///
/// # Errors
/// When one of them cannot be read.
pub async fn orders_not_in(older: &Db, newer: &Db, position: i64) -> Result<Vec<OrderId>, Error> {
    let (mut from, mut to) = (newer.read().await?, older.read().await?);
    let (mut after, mut missing) = (position, vec![]);
    loop {
        let page: Vec<(i64, i64)> = from.fetch_all(&PLACED_AFTER.bind((after, ROWS_PER_PAGE))).await?;
        let Some((last, _)) = page.last() else { return Ok(missing) };
        after = *last;
        let ids: Vec<i64> = page.into_iter().map(|(_, id)| id).collect();
        let present: Vec<(i64,)> = to.fetch_all(&PRESENT.bind((ids.as_slice(),))).await?;
        let gone = ids.into_iter().filter(|id| !present.contains(&(*id,)));
        missing.extend(gone.map(OrderId::from_i64));
    }
}
