//! What was: events with the states between which they lie, and resources as they were at a moment. However long a history is,
//! no more than [`VERSIONS_PER_SNAPSHOT`] of its events are read for one.

use std::collections::{BTreeMap, BTreeSet};

use ordervault_domain::aggregate::{Aggregate, Envelope};
use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::history::{self, HistoryRow};
use crate::tables::snapshots::{self, VERSIONS_PER_SNAPSHOT};
use crate::tx::Conn;

statements! {
    LAST: Template = Template::new("SELECT COALESCE((SELECT seq FROM history WHERE entity_id = $1 ORDER BY seq DESC LIMIT 1), 0)");
    LAST_BY: Template = Template::new(
        "SELECT COALESCE(MAX(seq), 0) FROM history WHERE entity_id = $1 AND recorded_at <= $2"
    );
}

/// An event by the resource to which it happened and its number in that one's history.
pub type EventKey = (i64, i64);

/// An event, the state that it met, and the one that it led to.
#[derive(Clone, Debug)]
pub struct PastEvent<A: Aggregate> {
    /// As it is kept.
    pub row: HistoryRow,
    /// As it was decided.
    pub envelope: Envelope<A::Event>,
    /// None before the first.
    pub before: Option<A>,
    /// What its own history makes of the resource. Of a product's stock it tells nothing.
    pub after: A,
}

/// These events of resources of one kind, those that there are, without regard to scope.
///
/// # Errors
/// When the database fails, a resource is of another kind or its history does not hold together.
pub async fn past_events<A: Aggregate>(
    conn: &mut Conn,
    wanted: impl IntoIterator<Item = EventKey>,
) -> Result<BTreeMap<EventKey, PastEvent<A>>, Error> {
    let wanted: BTreeSet<EventKey> = wanted.into_iter().collect();
    let stretches = stretches::<A>(conn, &wanted).await?;
    let parts = stretches.iter().map(|stretch| (stretch.entity_id, stretch.beyond, stretch.last));
    let mut rows = history::load_between(conn, parts).await?.into_iter().peekable();
    let mut events = BTreeMap::new();
    for Stretch { entity_id, last, mut state, .. } in stretches {
        while let Some(row) = rows.next_if(|row| row.entity_id == entity_id && row.seq <= last) {
            let envelope = row.decoded::<A>()?;
            let key = (entity_id, row.seq);
            let before = state.clone();
            let after = A::apply(state, entity_id, &envelope, row.stamp()).map_err(Error::History)?;
            state = Some(after.clone());
            if wanted.contains(&key) {
                events.insert(key, PastEvent { row, envelope, before, after });
            }
        }
    }
    Ok(events)
}

/// A part of a history that is read, and the state that it goes on from.
struct Stretch<A> {
    entity_id: i64,
    /// The event that led to the state; 0: it is the beginning.
    beyond: i64,
    last: i64,
    state: Option<A>,
}

/// What has to be read for these events: from the snapshot before each, or from the event before it, if that is nearer.
async fn stretches<A: Aggregate>(
    conn: &mut Conn,
    wanted: &BTreeSet<EventKey>,
) -> Result<Vec<Stretch<A>>, Error> {
    let beyond_one = wanted.iter().filter(|(_, seq)| *seq > VERSIONS_PER_SNAPSHOT);
    let places = beyond_one.map(|(id, seq)| (*id, (seq - 1) / VERSIONS_PER_SNAPSHOT * VERSIONS_PER_SNAPSHOT));
    let snapshots = snapshots::nearest::<A>(conn, places.collect::<BTreeSet<_>>()).await?;
    let mut stretches: Vec<Stretch<A>> = vec![];
    for (entity_id, seq) in wanted.iter().copied() {
        let nearest = snapshots.range((entity_id, 1)..(entity_id, seq)).next_back();
        let beyond = nearest.map_or(0, |((_, seq), _)| *seq);
        let going_on = |stretch: &&mut Stretch<A>| stretch.entity_id == entity_id && stretch.last >= beyond;
        if let Some(stretch) = stretches.last_mut().filter(going_on) {
            stretch.last = seq;
        } else {
            let state = nearest.map(|(_, state)| state.clone());
            stretches.push(Stretch { entity_id, beyond, last: seq, state });
        }
    }
    Ok(stretches)
}

/// A point in the history of one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// When it had this version.
    Version(i64),
    /// When the clock said so: with everything that had been written down by then.
    Time(Timestamp),
}

/// The resource as it was at a moment, without regard to scope. `None`: it did not exist then, or never had that version. Of
/// a product's stock this tells nothing.
///
/// # Errors
/// As [`past_events`].
pub async fn state_at<A: Aggregate>(
    conn: &mut Conn,
    entity_id: i64,
    moment: AsOf,
) -> Result<Option<A>, Error> {
    let version = match moment {
        AsOf::Version(version) => version,
        // What came before that had happened, too, whatever a clock that was ahead said.
        AsOf::Time(at) => conn.fetch_one::<(i64,)>(&LAST_BY.bind((entity_id, at.millis()))).await?.0,
    };
    let key = (entity_id, version);
    let event = past_events(conn, [key]).await?.remove(&key);
    Ok(event.map(|event| event.after))
}

/// The resource after everything that has happened to it, otherwise the same.
///
/// # Errors
/// As [`past_events`].
pub async fn newest_state<A: Aggregate>(conn: &mut Conn, entity_id: i64) -> Result<Option<A>, Error> {
    let (last,): (i64,) = conn.fetch_one(&LAST.bind((entity_id,))).await?;
    state_at(conn, entity_id, AsOf::Version(last)).await
}
