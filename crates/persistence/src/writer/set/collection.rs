//! The states of one kind that a group works on, after what was decided so far.

use std::collections::HashMap;

use super::change::Slot;
use crate::error::Error;
use crate::tables::history::FIRST;
use crate::tables::{LockedRow, RowLock, Stored};
use crate::tx::Conn;

/// States by id, and which ids were looked for in vain.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Collection<A> {
    /// Changed by the working set's journal alone.
    pub(super) slots: HashMap<i64, Slot<A>>,
}

impl<A> Default for Collection<A> {
    fn default() -> Self {
        Self { slots: HashMap::new() }
    }
}

impl<A: Stored> Collection<A> {
    /// Reads the rows with these ids (and remembers which of them do not exist).
    pub(super) async fn load(&mut self, conn: &mut Conn, ids: Vec<i64>, hold: RowLock) -> Result<(), Error> {
        let ids = self.missing(ids);
        if ids.is_empty() {
            return Ok(());
        }
        let rows = A::load(conn, &ids, hold).await?;
        self.fill(ids, rows);
        Ok(())
    }

    /// Those ids, sorted and each once, that are not here yet.
    pub(super) fn missing(&self, mut ids: Vec<i64>) -> Vec<i64> {
        ids.retain(|id| !self.slots.contains_key(id));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Puts what was read under the ids that were asked for.
    pub(super) fn fill(&mut self, ids: Vec<i64>, rows: Vec<LockedRow<A>>) {
        for id in ids {
            self.slots.insert(id, Slot { state: None, head: FIRST.to_owned() });
        }
        for row in rows {
            let id = row.state.raw_id();
            self.slots.insert(id, Slot { state: Some(row.state), head: row.head });
        }
    }

    /// The state after what was decided so far.
    pub(crate) fn get(&self, id: i64) -> Option<&A> {
        self.slots.get(&id)?.state.as_ref()
    }

    /// Every existing state here.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &A> {
        self.slots.values().filter_map(|slot| slot.state.as_ref())
    }

    /// The hash of the last history row so far.
    pub(crate) fn head(&self, id: i64) -> &str {
        self.slots.get(&id).map_or(FIRST, |slot| &slot.head)
    }
}
