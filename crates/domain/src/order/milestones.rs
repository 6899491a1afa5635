//! What an order reaches on its way besides its statuses: that it is paid for, and sent.

use super::deadlines::Deadlines;
use super::{FulfillmentState, FulfillmentStatus, Order, Payment, PaymentStatus, Status};
use crate::time::Timestamp;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What is to be reached on the way of an order, besides its statuses.
    MilestoneName {
        /// It is paid, or the whole amount is set aside.
        Paid,
        /// Somebody has begun to get its parcels ready.
        Planned,
        /// All that is wanted has left.
        Shipped,
        /// All of it has arrived.
        Delivered,
    }
}

/// What is to be reached on the way of an order, or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// What.
    pub name: MilestoneName,
    /// By when; none: no deadline.
    pub due_at: Option<Timestamp>,
    /// When it was reached; none: it is not.
    pub done_at: Option<Timestamp>,
}

impl Order {
    /// By when the next thing is to be done of those that are not.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let Deadlines { step, paid, shipped } = self.deadlines;
        let pending = [
            step,
            paid.filter(|_| self.status().is_open() && !self.is_covered()),
            shipped.filter(|_| self.status() == Status::Processing && !self.is_sent()),
        ];
        pending.into_iter().flatten().min()
    }

    /// Those with a deadline, and those that were reached, in the order in which they are due to be.
    #[must_use]
    pub fn milestones(&self) -> Vec<Milestone> {
        let Deadlines { paid, shipped, .. } = self.deadlines;
        let milestone = |name, due_at, done_at| Milestone { name, due_at, done_at };
        let all = [
            milestone(MilestoneName::Paid, paid, self.paid_at()),
            milestone(MilestoneName::Planned, None, self.planned_at()),
            milestone(MilestoneName::Shipped, shipped, self.shipped_at()),
            milestone(MilestoneName::Delivered, None, self.delivered_at()),
        ];
        all.into_iter().filter(|one| one.due_at.is_some() || one.done_at.is_some()).collect()
    }

    /// Is all that is owed here, or set aside?
    fn is_covered(&self) -> bool {
        let due = self.balance.due(self.totals.total);
        self.balance.net() >= due || self.payments.authorized() >= due
    }

    fn is_sent(&self) -> bool {
        use FulfillmentStatus::{PartiallyFulfilled, Unfulfilled};
        !matches!(self.derived.fulfillment_status, Unfulfilled | PartiallyFulfilled)
    }

    fn paid_at(&self) -> Option<Timestamp> {
        let settled = match self.derived.payment_status {
            PaymentStatus::Paid | PaymentStatus::Overpaid | PaymentStatus::PartiallyRefunded => {
                self.is_covered()
            }
            PaymentStatus::Refunded => true,
            _ => false,
        };
        let captured = self.payments.attempts.iter().filter_map(Payment::captured_at);
        captured.max().filter(|_| settled)
    }

    fn planned_at(&self) -> Option<Timestamp> {
        let kept = self.fulfillments.iter().filter(|one| one.state != FulfillmentState::Cancelled);
        kept.map(|one| one.planned_at).min()
    }

    /// An order without fulfillments is sent as a whole when it is completed.
    fn shipped_at(&self) -> Option<Timestamp> {
        use FulfillmentStatus::{Delivered, Fulfilled, PartiallyDelivered};
        let sent = matches!(self.derived.fulfillment_status, Fulfilled | PartiallyDelivered | Delivered);
        let last = self.fulfillments.iter().filter_map(|one| one.shipped_at).max();
        last.or(self.stage_parts().completed_at).filter(|_| sent)
    }

    fn delivered_at(&self) -> Option<Timestamp> {
        let arrived = self.derived.fulfillment_status == FulfillmentStatus::Delivered;
        let last = self.fulfillments.iter().filter_map(|one| one.delivered_at).max();
        last.or(self.stage_parts().completed_at).filter(|_| arrived)
    }
}
