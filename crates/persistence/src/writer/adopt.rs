//! Taking over things from an export, history and all: the rows come as they were, the state is folded from them.

use ordervault_domain::aggregate::Stamp;
use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::Store;

use super::act::Done;
use super::decide::{Decider, Holds, Stop};
use super::working_set::{WorkingSet, own_move};
use crate::tables::Stored;
use crate::tables::history::{FIRST, HistoryRow};

/// The refusal for a history that does not hold together.
const BROKEN: Refusal = Refusal::Invalid {
    pointer: String::new(),
    code: "broken-history",
    detail: "the hashes, personal values or events of the history do not fit together",
};

impl Decider<'_> {
    pub(super) fn adopt(&mut self, rows: &[HistoryRow]) -> Result<Done, Stop> {
        let kind = rows.first().map(|row| row.kind.as_str());
        match kind {
            Some("store") => self.adopt_as::<Store>(rows).map(|_| ())?,
            Some("customer") => self.adopt_as::<Customer>(rows).map(|_| ())?,
            Some("product") => {
                for (before, after) in self.adopt_as::<Product>(rows)? {
                    self.set.pending.moves.extend(own_move(before.as_ref(), &after));
                }
            }
            Some("order") => {
                for (before, after) in self.adopt_as::<Order>(rows)? {
                    self.move_stock(before.as_ref(), &after);
                }
            }
            _ => return Err(BROKEN.into()),
        }
        Ok(Done::Adopted)
    }

    /// The steps from state to state, empty if the thing is here already with the same history.
    fn adopt_as<A: Stored>(&mut self, rows: &[HistoryRow]) -> Result<Vec<(Option<A>, A)>, Stop>
    where
        WorkingSet: Holds<A>,
    {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Err(BROKEN.into()) };
        let collection = Holds::<A>::collection(self.set);
        if collection.get(first.entity_id).is_some() {
            return match collection.head(first.entity_id) == last.hash {
                true => Ok(vec![]),
                false => Err(Refusal::Duplicate { field: "id" }.into()),
            };
        }
        let mut head = FIRST.to_owned();
        let mut state: Option<A> = None;
        let mut steps = Vec::with_capacity(rows.len());
        for row in rows {
            if row.entity_id != first.entity_id || row.chained(&head) != row.hash || !row.keeps_commitment() {
                return Err(BROKEN.into());
            }
            head.clone_from(&row.hash);
            let event = row.decoded::<A>().map_err(|_| BROKEN)?;
            let stamp: Stamp = row.stamp();
            let after = A::apply(state.clone(), row.entity_id, &event, stamp).map_err(|_| BROKEN)?;
            steps.push((state.replace(after.clone()), after));
        }
        if let Some(state) = state {
            self.set.collection_mut().set(state.raw_id(), state.clone(), Some(head));
        }
        self.set.pending.history.extend(rows.iter().cloned());
        Ok(steps)
    }
}
