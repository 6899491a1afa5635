//! The states of one kind that a batch works on: as they were read, as they are after what was decided so far.

use std::collections::HashMap;

use crate::error::Error;
use crate::tables::history::FIRST;
use crate::tables::{LockedRow, RowLock, Stored};
use crate::tx::{Conn, Tx};

/// One thing in the working set.
#[derive(Clone, Debug)]
struct Slot<A> {
    /// As it was read; `None` inside if it does not exist. Outer `None`: not changed, so `current` is what was read.
    original: Option<Option<A>>,
    current: Option<A>,
    head: String,
}

/// Things by id, with the way back to before the submission at hand.
#[derive(Debug)]
pub(crate) struct Collection<A> {
    slots: HashMap<i64, Slot<A>>,
    undo: Vec<(i64, Option<Slot<A>>)>,
}

impl<A> Default for Collection<A> {
    fn default() -> Self {
        Self { slots: HashMap::new(), undo: Vec::new() }
    }
}

impl<A: Stored> Collection<A> {
    /// Reads these things (and remembers which of them do not exist).
    pub(crate) async fn load(&mut self, conn: &mut Conn, ids: Vec<i64>, hold: RowLock) -> Result<(), Error> {
        let ids = self.missing(ids);
        if ids.is_empty() {
            return Ok(());
        }
        let held = A::load(conn, &ids, hold).await?;
        self.fill(ids, held);
        Ok(())
    }

    /// Those ids, sorted and each once, that are not here yet.
    pub(crate) fn missing(&self, mut ids: Vec<i64>) -> Vec<i64> {
        ids.retain(|id| !self.slots.contains_key(id));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Puts what was read under the ids that were asked for.
    pub(crate) fn fill(&mut self, ids: Vec<i64>, held: Vec<LockedRow<A>>) {
        for id in ids {
            let absent = Slot { original: None, current: None, head: FIRST.to_owned() };
            self.slots.insert(id, absent);
        }
        for held in held {
            let id = held.state.raw_id();
            self.slots.insert(id, Slot { original: None, current: Some(held.state), head: held.head });
        }
    }

    /// The thing as it is after what was decided so far.
    pub(crate) fn get(&self, id: i64) -> Option<&A> {
        self.slots.get(&id)?.current.as_ref()
    }

    /// Every existing thing here.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &A> {
        self.slots.values().filter_map(|slot| slot.current.as_ref())
    }

    /// The hash of the thing's last history row so far.
    pub(crate) fn head(&self, id: i64) -> &str {
        self.slots.get(&id).map_or(FIRST, |slot| &slot.head)
    }

    /// The thing becomes this.
    pub(crate) fn set(&mut self, id: i64, state: A, head: Option<String>) {
        let before = self.slots.get(&id).cloned();
        let slot = self.slots.entry(id).or_insert_with(|| Slot {
            original: None,
            current: None,
            head: FIRST.to_owned(),
        });
        if slot.original.is_none() {
            slot.original = Some(slot.current.take());
        }
        slot.current = Some(state);
        if let Some(head) = head {
            slot.head = head;
        }
        self.undo.push((id, before));
    }

    /// What was set since the last call stays.
    pub(crate) fn keep(&mut self) {
        self.undo.clear();
    }

    /// What was set since the last `keep` is taken back.
    pub(crate) fn roll_back(&mut self) {
        for (id, before) in self.undo.drain(..).rev() {
            match before {
                Some(slot) => self.slots.insert(id, slot),
                None => self.slots.remove(&id),
            };
        }
    }

    /// Everything that changed: before, after and head, sorted by id.
    pub(crate) fn changed(&self) -> Vec<(Option<&A>, &A, &str)> {
        let mut changed: Vec<_> = self
            .slots
            .values()
            .filter_map(|slot| {
                Some((slot.original.as_ref()?.as_ref(), slot.current.as_ref()?, slot.head.as_str()))
            })
            .collect();
        changed.sort_by_key(|(_, after, _)| after.raw_id());
        changed
    }

    /// Writes the rows of everything that changed: one insert, one guarded update.
    pub(crate) async fn flush(&self, tx: &mut Tx) -> Result<(), Error> {
        use crate::bulk::Bulk;
        let mut inserted = A::INSERT.rows();
        let mut updated = A::UPDATE.rows();
        for (before, after, head) in self.changed() {
            match before {
                None => inserted.push(after.values(head)),
                Some(before) if before.version() != after.version() => {
                    let mut row = vec![after.raw_id().into(), before.version().into()];
                    row.extend(after.values(head).into_iter().skip(1));
                    updated.push(row);
                }
                Some(_) => {}
            }
        }
        super::expect_rows(inserted.len(), tx.run_bulk(A::INSERT, &inserted).await?)?;
        super::expect_rows(updated.len(), tx.run_bulk(A::UPDATE, &updated).await?)
    }
}
