//! The steps of an order's life: which, since when, by when it was due, until when, and by whom.

use super::{Order, Status, is_overdue};
use crate::time::Timestamp;

/// The event that began a step, with what the step was like at its end, or is like now.
#[derive(Clone, Debug)]
pub struct Beginning<W> {
    /// The status that the order had from then on.
    pub status: Status,
    /// When it happened.
    pub at: Timestamp,
    /// By whom, in whatever form the caller needs.
    pub by: W,
    /// When the order was due to leave the status, as far as that was ever said.
    pub due_at: Option<Timestamp>,
}

/// A status that an order had for some time, or has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<W> {
    /// Which.
    pub status: Status,
    /// Since when.
    pub entered_at: Timestamp,
    /// Who brought it there.
    pub entered_by: W,
    /// When it was due to leave it; none: no deadline.
    pub due_at: Option<Timestamp>,
    /// When it left it; none: it is there now.
    pub done_at: Option<Timestamp>,
    /// Who took it on from there.
    pub done_by: Option<W>,
}

impl<W> Step<W> {
    /// How long the step took, or has taken up to `now`, in whole seconds; none for a status that nothing comes after. Times
    /// are cut to whole seconds before they are compared, so that the seconds of all steps add up to those of the whole.
    #[must_use]
    pub fn seconds(&self, now: Timestamp) -> Option<i64> {
        let end = self.end(now)?;
        Some(whole_seconds(end) - whole_seconds(self.entered_at))
    }

    /// By how many whole seconds the step is or was late; none: it was done in time, or may still be.
    #[must_use]
    pub fn late_seconds(&self, now: Timestamp) -> Option<i64> {
        let (due_at, end) = (self.due_at?, self.end(now)?);
        is_overdue(self.due_at, end).then(|| (end.millis() - due_at.millis()) / 1_000)
    }

    fn end(&self, now: Timestamp) -> Option<Timestamp> {
        self.done_at.or_else(|| self.status.is_open().then(|| now.later_of(self.entered_at)))
    }
}

/// Steps of an order that follow one another, oldest first, from the events that [enter](super::OrderEvent::enters) a status, be
/// it the one that the order had. Each ends when the next begins; the last one has no end. Imported steps have the times that
/// they had in the other system; a time that the source does not know, or that lies before the step before it, counts as that of
/// the step before. `since`: when the step before these began, if there is one.
pub fn timeline<W: Clone>(
    since: Option<Timestamp>,
    beginnings: impl IntoIterator<Item = Beginning<W>>,
) -> Vec<Step<W>> {
    let mut since = since;
    let mut steps: Vec<Step<W>> = vec![];
    for Beginning { status, at, by, due_at } in beginnings {
        let entered_at = since.map_or(at, |since| since.later_of(at));
        if let Some(last) = steps.last_mut() {
            last.done_at = Some(entered_at);
            last.done_by = Some(by.clone());
        }
        steps.push(Step { status, entered_at, entered_by: by, due_at, done_at: None, done_by: None });
        since = Some(entered_at);
    }
    steps
}

/// Whole seconds from the placing of an order to the beginning of its last step, or to `now` while it is open: the sum over its steps.
#[must_use]
pub fn total_seconds(order: &Order, last_entered_at: Timestamp, now: Timestamp) -> i64 {
    let end = if order.status().is_open() { now.later_of(last_entered_at) } else { last_entered_at };
    whole_seconds(end) - whole_seconds(order.placed_at)
}

impl Status {
    /// The steps that still lie before an order in this status, if all goes well.
    #[must_use]
    pub fn ahead(self) -> &'static [Self] {
        match self {
            Self::PendingReview => &[Self::Confirmed, Self::Processing, Self::Completed],
            Self::Confirmed => &[Self::Processing, Self::Completed],
            Self::Processing => &[Self::Completed],
            Self::Completed | Self::Cancelled | Self::Invalid => &[],
        }
    }
}

fn whole_seconds(at: Timestamp) -> i64 {
    at.millis().div_euclid(1_000)
}
