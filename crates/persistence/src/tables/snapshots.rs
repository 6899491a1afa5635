//! The table `state_snapshots`: what histories come to at some of their events, so that nobody has to begin at the first. It is
//! a shortcut and no more: what is missing, or cannot be read, is made from the history again.

use std::collections::BTreeMap;

use ordervault_domain::aggregate::Aggregate;

use super::columns::{TableRow as _, table_row};
use crate::bulk::{Bulk as _, BulkInsert, BulkTemplate, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

/// How many events of a resource lie between two snapshots of it.
pub(crate) const VERSIONS_PER_SNAPSHOT: i64 = 100;
/// The format of states that this program writes, and the only one that it reads. It changes whenever the same events lead to
/// other states than before.
const FORMAT: i64 = 1;

statements! {
    READ: Template = Template::new(
        "SELECT * FROM state_snapshots WHERE entity_id {in_keys:1} ORDER BY entity_id, seq"
    );
    // A look into the index for each: joined, PostgreSQL may read the whole table.
    NEAREST: BulkTemplate = BulkTemplate::new(
        "SELECT d.entity_id, d.seq, (
             SELECT s.state FROM state_snapshots s
             WHERE s.entity_id = d.entity_id AND s.seq <= d.seq AND s.kind = d.kind AND s.format = d.format
             ORDER BY s.seq DESC LIMIT 1) AS state
         FROM {rows}",
        &[("entity_id", Int), ("seq", Int), ("kind", Text), ("format", Int)]
    );
    pub(crate) DELETE: Template = Template::new("DELETE FROM state_snapshots WHERE entity_id {in_keys:1}");
    // Whatever stands there, the history knows better.
    pub(crate) WRITE: BulkInsert = BulkInsert::new("state_snapshots", StateSnapshot::COLUMNS).suffix(
        "ON CONFLICT (entity_id, seq) DO UPDATE SET kind = excluded.kind, format = excluded.format, state = excluded.state"
    );
}

table_row! {
    /// What a history comes to.
    pub(crate) struct StateSnapshot {
        pub(crate) entity_id: i64,
        pub(crate) seq: i64,
        kind: String,
        format: i64,
        state: String,
    }
}

impl StateSnapshot {
    /// Of a state that has just come about, if one is due.
    pub(crate) fn due<A: Aggregate>(state: &A) -> Result<Option<Self>, Error> {
        if state.version() % VERSIONS_PER_SNAPSHOT != 0 {
            return Ok(None);
        }
        Ok(Some(Self {
            entity_id: state.raw_id(),
            seq: state.version(),
            kind: <&str>::from(A::KIND).to_owned(),
            format: FORMAT,
            state: serde_json::to_string(&state.clone().own()).map_err(Error::Encode)?,
        }))
    }

    /// Is it of another format, so that nobody reads it?
    pub(crate) fn is_foreign(&self) -> bool {
        self.format != FORMAT
    }

    /// The state. None: it is not one of this resource at this event.
    pub(crate) fn state<A: Aggregate>(&self) -> Option<A> {
        let state: A = serde_json::from_str(&self.state).ok()?;
        let fits = self.kind.parse() == Ok(A::KIND) && self.format == FORMAT;
        (fits && state.raw_id() == self.entity_id && state.version() == self.seq).then_some(state)
    }
}

/// All snapshots of these resources, sorted by id and number.
pub(crate) async fn load(conn: &mut Conn, ids: &[i64]) -> Result<Vec<StateSnapshot>, Error> {
    Ok(conn.fetch_all(&READ.bind((ids,))).await?)
}

/// Of each of these resources the last state up to a number, those that can be read, by resource and version.
pub(crate) async fn nearest<A: Aggregate>(
    conn: &mut Conn,
    places: impl IntoIterator<Item = (i64, i64)>,
) -> Result<BTreeMap<(i64, i64), A>, Error> {
    let (mut rows, kind) = (NEAREST.rows(), <&str>::from(A::KIND));
    places.into_iter().for_each(|(entity_id, seq)| rows.push((entity_id, seq, kind, FORMAT)));
    let found: Vec<(i64, i64, Option<String>)> = conn.fetch_bulk(&NEAREST, &rows).await?;
    let readable = found.into_iter().filter_map(|(entity_id, seq, text)| {
        let state: A = serde_json::from_str(&text?).ok()?;
        let key = (state.raw_id(), state.version());
        (key.0 == entity_id && key.1 <= seq).then_some((key, state))
    });
    Ok(readable.collect())
}
