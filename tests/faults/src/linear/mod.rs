//! Are recorded answers about one order those of an order that is changed by one act after another?
//!
//! The search is that of Wing and Gong with the memory of Lowe: it looks for a sequence of all operations in which each stands
//! between its call and its return, and each answer is the one that the [`model`] gives there.

pub mod model;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use model::{Answer, Command, OrderState};

/// At most so many operations make a history: one bit each.
pub const MAX_OPERATIONS: usize = 128;

/// One command, and what came back.
#[derive(Clone, Debug)]
pub struct Operation {
    /// When it was sent: a number that rises with each call and return.
    pub called: u64,
    /// When the answer was there; none if it never came, so that it may still take effect at any time.
    pub returned: Option<u64>,
    /// What was asked.
    pub command: Command,
    /// What was answered.
    pub answer: Answer,
}

/// Why a history is not that of an order that was placed so, with the operations that no sequence explains; none if there is one.
///
/// # Panics
/// With more than [`MAX_OPERATIONS`].
pub fn contradiction(placed: &OrderState, history: &[Operation]) -> Option<String> {
    assert!(history.len() <= MAX_OPERATIONS, "{} operations", history.len());
    let mut search = Search { history, seen: HashSet::new(), furthest: 0 };
    if search.explains(0, placed) {
        return None;
    }
    let left = history.iter().enumerate().filter(|(place, _)| search.furthest & bit(*place) == 0);
    let left: Vec<String> = left.map(|(_, operation)| format!("  {operation:?}")).collect();
    Some(format!("no sequence explains these of {} operations:\n{}", history.len(), left.join("\n")))
}

struct Search<'a> {
    history: &'a [Operation],
    /// From here there is no way on: what was put into sequence, and the order after that.
    seen: HashSet<(u128, OrderState)>,
    /// The most that was ever put into sequence.
    furthest: u128,
}

impl Search<'_> {
    /// With these operations behind it, can the order answer the others as it did?
    fn explains(&mut self, done: u128, state: &OrderState) -> bool {
        if done.count_ones() > self.furthest.count_ones() {
            self.furthest = done;
        }
        let waiting = || (0..self.history.len()).filter(move |place| done & bit(*place) == 0);
        // Whatever was called after another had returned comes after it.
        let Some(horizon) = waiting().filter_map(|place| self.history[place].returned).min() else {
            return true;
        };
        let next: Vec<usize> = waiting().filter(|place| self.history[*place].called < horizon).collect();
        if !self.seen.insert((done, state.clone())) {
            return false;
        }
        next.into_iter().any(|place| {
            let operation = &self.history[place];
            let states = state.after(&operation.command, &operation.answer);
            states.iter().any(|state| self.explains(done | bit(place), state))
        })
    }
}

fn bit(place: usize) -> u128 {
    1 << place
}
