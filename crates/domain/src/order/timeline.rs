//! The steps of an order's life: which, since when, by when it was due, until when, and by whom.

use super::{Order, OrderEvent, Status};
use crate::aggregate::{Aggregate, Envelope, Inconsistent, Stamp};
use crate::id::OrderId;
use crate::time::Timestamp;

/// An event of an order's history, and who did it.
#[derive(Clone, Debug)]
pub struct HistoryEvent<W> {
    /// What happened.
    pub envelope: Envelope<OrderEvent>,
    /// When.
    pub stamp: Stamp,
    /// By whom, in whatever form the caller needs.
    pub by: W,
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
        (due_at < end).then(|| (end.millis() - due_at.millis()) / 1_000)
    }

    fn end(&self, now: Timestamp) -> Option<Timestamp> {
        self.done_at.or_else(|| self.status.is_open().then(|| now.later_of(self.entered_at)))
    }
}

/// The steps of an order from its whole history, oldest first. Each begins when the one before ends; the last one is where
/// the order stands. Imported steps have the times that they had in the other system; a time that the source does not know,
/// or that lies before the step before it, counts as that of the step before.
///
/// # Errors
/// When the events do not make a history.
pub fn timeline<W: Clone>(
    id: OrderId,
    history: impl IntoIterator<Item = HistoryEvent<W>>,
) -> Result<Vec<Step<W>>, Inconsistent> {
    let mut order: Option<Order> = None;
    let mut steps: Vec<Step<W>> = vec![];
    for HistoryEvent { envelope, stamp, by } in history {
        let before = order.as_ref().map(|order| order.status);
        let after = Order::apply(order, id.get(), &envelope, stamp)?;
        if before != Some(after.status) {
            let mut entered_at = stamp.occurred_at;
            if let Some(last) = steps.last_mut() {
                entered_at = entered_at.later_of(last.entered_at);
                last.done_at = Some(entered_at);
                last.done_by = Some(by.clone());
            }
            steps.push(Step {
                status: after.status,
                entered_at,
                entered_by: by,
                due_at: after.due_at,
                done_at: None,
                done_by: None,
            });
        }
        order = Some(after);
    }
    Ok(steps)
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
