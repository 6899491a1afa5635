//! A clock that was ahead for a while: how far it is behind what it has left, what that is, and the way on.
//!
//! Nothing is rewritten. One event of the installation says that times go on at an earlier one; what was written before it
//! keeps its times, and is told here to whoever corrects the clock.

use ordervault_domain::id::{OrderId, SessionId, compose};
use ordervault_domain::installation::InstallationCommand;
use ordervault_domain::time::Timestamp;

use crate::db::Db;
use crate::error::Error;
use crate::read::{Counted, MAX_COUNTED};
use crate::statement::{Template, statements};
pub use crate::tables::times::{MAX_CLOCK_LAG_MILLIS, newest};
use crate::tx::Conn;
use crate::writer::{ActorRef, Class, Operation, SessionOperation, Submission, WriteError, Writer};

/// Logins that are ended together.
const SESSIONS_OF_A_STEP: i64 = 500;

statements! {
    // Logins are looked for along their ids, and not along those that are open, of whomever: that has no index here.
    ORDERS: Template = Template::new(
        "SELECT id, due_at FROM orders WHERE updated_at > $1 ORDER BY updated_at DESC, id DESC LIMIT $2"
    );
    COUNTS: Template = Template::new(
        "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM orders WHERE updated_at > $1 LIMIT $2) AS o),
             (SELECT COUNT(*) FROM (SELECT 1 FROM sessions WHERE id > $4 AND created_at > $1 AND COALESCE(ended_at, 0) = 0 LIMIT $2) AS s),
             (SELECT COUNT(*) FROM (SELECT 1 FROM throttles WHERE attempts > 0 AND expires_at > $3 LIMIT $2) AS t),
             (SELECT COUNT(*) FROM (SELECT 1 FROM idempotency_keys WHERE created_at > $1 LIMIT $2) AS k)"
    );
    SESSIONS: Template = Template::new(
        "SELECT id FROM sessions WHERE id > $3 AND created_at > $1 AND COALESCE(ended_at, 0) = 0 ORDER BY id LIMIT $2"
    );
}

/// By how many milliseconds the clock is behind the newest record. `None`: by no more than it may.
///
/// # Errors
/// When the database fails.
pub async fn behind(conn: &mut Conn, now: Timestamp) -> Result<Option<i64>, Error> {
    let behind = newest(conn).await?.millis() - now.millis();
    Ok((behind > MAX_CLOCK_LAG_MILLIS).then_some(behind))
}

/// What has times that are to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenAhead {
    /// Orders that were changed then.
    pub orders: Counted,
    /// Those of them that were changed last, each with its deadline.
    pub listed: Vec<(OrderId, Option<Timestamp>)>,
    /// Logins that began then and are open.
    pub sessions: Counted,
    /// Counts of attempts that end after the newest record.
    pub throttles: Counted,
    /// Idempotency keys that were used then.
    pub keys: Counted,
}

/// Looks for what was written in a time to come, and names so many orders of it.
///
/// # Errors
/// When the database fails.
pub async fn written_ahead(
    conn: &mut Conn,
    now: Timestamp,
    listed_orders: usize,
) -> Result<WrittenAhead, Error> {
    let (at, newest) = (now.millis(), newest(conn).await?.millis());
    let counts: (i64, i64, i64, i64) =
        conn.fetch_one(&COUNTS.bind((at, MAX_COUNTED + 1, newest, first_id(now)))).await?;
    let limit = i64::try_from(listed_orders).unwrap_or(i64::MAX);
    let listed: Vec<(i64, Option<i64>)> = conn.fetch_all(&ORDERS.bind((at, limit))).await?;
    let order =
        |(id, due_at): (i64, Option<i64>)| (OrderId::from_i64(id), due_at.map(Timestamp::from_millis));
    Ok(WrittenAhead {
        orders: Counted::of(counts.0),
        listed: listed.into_iter().map(order).collect(),
        sessions: Counted::of(counts.1),
        throttles: Counted::of(counts.2),
        keys: Counted::of(counts.3),
    })
}

/// Lets times go on at that of the clock. Without need it changes nothing.
///
/// # Errors
/// When nothing can be written.
pub async fn correct(writer: &Writer) -> Result<(), WriteError> {
    submit(writer, vec![Operation::Installation(InstallationCommand::CorrectClock)]).await
}

/// Ends the logins that began in a time to come.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn end_sessions_ahead(db: &Db, writer: &Writer, now: Timestamp) -> Result<(), ClockError> {
    loop {
        let mut conn = db.read().await.map_err(Error::Db)?;
        let ids: Vec<(i64,)> = conn
            .fetch_all(&SESSIONS.bind((now.millis(), SESSIONS_OF_A_STEP, first_id(now))))
            .await
            .map_err(Error::Db)?;
        drop(conn);
        if ids.is_empty() {
            return Ok(());
        }
        let end = |(id,)| Operation::Session(SessionOperation::End { id: SessionId::from_i64(id) });
        submit(writer, ids.into_iter().map(end).collect()).await?;
    }
}

/// Below every id that is given from then on: none has an earlier time in it than its row was made at.
fn first_id(now: Timestamp) -> i64 {
    compose(now, 0).map_or(0, |id| id - 1)
}

/// Why logins were not ended.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The database cannot be read.
    #[error(transparent)]
    Read(#[from] Error),
    /// Nothing was written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

async fn submit(writer: &Writer, operations: Vec<Operation>) -> Result<(), WriteError> {
    let submission = Submission {
        actor: ActorRef::Operator,
        login: None,
        request_id: "clock-repair".to_owned(),
        class: Class::Interactive,
        idempotency: None,
        operations,
    };
    writer.submit(submission).await.map(drop)
}
