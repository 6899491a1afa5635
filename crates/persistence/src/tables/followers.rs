//! The table `followers`: how far each follower of the outbox has come.

use ordervault_domain::aggregate::Kind;
use ordervault_domain::time::Timestamp;

use crate::db::Db;
use crate::error::Error;
use crate::statement::{Template, statements};

/// Most events that a follower gets at once.
const EVENTS_PER_STEP: i64 = 500;

statements! {
    POSITION: Template = Template::new("SELECT position FROM followers WHERE name = $1");
    NEXT: Template = Template::new(
        "SELECT b.position, b.entity_id, b.seq, h.kind, h.type, h.store_id, b.recorded_at
         FROM outbox b JOIN history h ON h.entity_id = b.entity_id AND h.seq = b.seq
         WHERE b.position > $1 ORDER BY b.position LIMIT $2"
    );
    // Of two who follow under one name the slower one does not put the position back.
    MOVE: Template = Template::new(
        "INSERT INTO followers (name, position) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE followers.position < excluded.position"
    );
}

/// An event, as followers of the outbox get it: where it stands and what it is about. What it says is in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEvent {
    /// Its place in the outbox, 1 for the first event of all.
    pub position: i64,
    /// What it happened to.
    pub entity_id: i64,
    /// Its place in the history of that.
    pub seq: i64,
    /// The kind of what it happened to.
    pub kind: Kind,
    /// The name of the event, such as `placed`.
    pub event: String,
    /// The store that it belongs to; `None`: to all.
    pub store_id: Option<i64>,
    /// When it was written down.
    pub recorded_at: Timestamp,
}

/// One step of the follower of this name: hands the next events over to `work`, in the order of their positions and without
/// gaps, and notes that it has come so far when that is done. No transaction and no connection is held meanwhile.
///
/// At least once: what fails, or ends before its position is stored, gets the same events again. Returns how many events it
/// were; 0: there was nothing to do.
///
/// # Errors
/// Those of the work; and when the database fails before or after it.
pub async fn follow<E: From<Error>, Work: Future<Output = Result<(), E>>>(
    db: &Db,
    name: &str,
    work: impl FnOnce(Vec<OutboxEvent>) -> Work,
) -> Result<usize, E> {
    let events = events_behind(db, position(db, name).await?).await?;
    let Some(last) = events.last().map(|event| event.position) else { return Ok(0) };
    let count = events.len();
    work(events).await?;
    followed(db, name, last).await?;
    Ok(count)
}

/// How far the follower of this name has come. For one whose work takes many steps, which reads on with [`events_behind`] and says
/// [`followed`] when it is done; for others there is [`follow`].
///
/// # Errors
/// When the database fails.
pub async fn position(db: &Db, name: &str) -> Result<i64, Error> {
    let position: Option<(i64,)> = db.read().await?.fetch_optional(&POSITION.bind((name,))).await?;
    Ok(position.map_or(0, |(position,)| position))
}

/// The next events behind this position.
///
/// # Errors
/// When the database fails.
pub async fn events_behind(db: &Db, position: i64) -> Result<Vec<OutboxEvent>, Error> {
    type Row = (i64, i64, i64, String, String, Option<i64>, i64);
    let rows: Vec<Row> = db.read().await?.fetch_all(&NEXT.bind((position, EVENTS_PER_STEP))).await?;
    rows.into_iter()
        .map(|(position, entity_id, seq, kind, event, store_id, recorded_at)| {
            let unknown = |_| Error::Inconsistent { table: "history", column: "kind", id: entity_id };
            let kind = kind.parse().map_err(unknown)?;
            let recorded_at = Timestamp::from_millis(recorded_at);
            Ok(OutboxEvent { position, entity_id, seq, kind, event, store_id, recorded_at })
        })
        .collect()
}

/// Notes that the follower of this name has come so far.
///
/// # Errors
/// When the database fails.
pub async fn followed(db: &Db, name: &str, position: i64) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    tx.execute(&MOVE.bind((name, position))).await?;
    tx.commit().await.map_err(|error| Error::Db(error.into_inner()))
}
