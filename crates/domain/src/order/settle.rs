//! What each event leads to besides what it says: sums and statuses follow the counters.

use super::attention::attention;
use super::balance::payment_status;
use super::{Balance, Derived, FulfillmentStatus, Order, Payment, PaymentSums, ReturnStatus, Status, Units};
use crate::money::Amount;

impl Order {
    /// What has become of the line of this number.
    #[must_use]
    pub fn units(&self, no: u32) -> Units {
        self.units.get(&no).copied().unwrap_or_default()
    }

    /// Computes counters, sums and statuses anew from lines and fulfillments: the last act of every event.
    pub(super) fn settle(&mut self) {
        self.balance = self.paid();
        self.count_units();
        self.balance.cancelled = self.cancelled_total();
        self.derived = Derived {
            payment_status: payment_status(&self.balance, self.totals.total, &self.payments),
            fulfillment_status: self.fulfillment_status(),
            return_status: self.return_status(),
        };
        self.attention = attention(self);
        self.due_at = self.next_due();
        // What was late already when that was noted is not noted once more.
        self.breached_at =
            self.breached_at.filter(|noted| self.due_at.is_some_and(|due_at| due_at <= *noted));
    }

    /// The sums with those of what was paid and given back.
    fn paid(&self) -> Balance {
        let sums: Vec<PaymentSums> = self.payments.attempts.iter().map(Payment::sums).collect();
        let sum = |of: fn(&PaymentSums) -> Amount| Amount::new(sums.iter().map(|sums| of(sums).get()).sum());
        Balance {
            credited: Amount::new(self.payments.credits.iter().map(|credit| credit.amount.get()).sum()),
            paid: sum(|sums| sums.captured),
            refunded: sum(|sums| sums.refunded),
            refund_pending: sum(|sums| sums.refund_pending),
            charged_back: sum(|sums| sums.charged_back),
            ..self.balance
        }
    }

    /// Are counters, sums and statuses those of its lines and fulfillments?
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let mut settled = self.clone();
        settled.settle();
        settled == *self
    }

    /// The price of the units that were called off; of the whole order, sending and fees included, once there is nothing else.
    fn cancelled_total(&self) -> Amount {
        let has_ended = matches!(self.status(), Status::Cancelled | Status::Invalid);
        let Balance { credited, written_off, .. } = self.balance;
        let most = self.totals.total.get() - credited.get() - written_off.get();
        if has_ended && self.sum(|units| units.shipped) == 0 {
            return Amount::new(most);
        }
        let units: i64 = self.units.values().map(|units| units.cancelled_value.get()).sum();
        Amount::new(units.min(most))
    }

    fn fulfillment_status(&self) -> FulfillmentStatus {
        let ordered: u64 = self.lines.iter().map(|line| u64::from(line.quantity)).sum();
        let wanted = ordered.saturating_sub(self.sum(|units| units.cancelled + units.lost));
        let shipped = self.sum(|units| units.shipped - units.lost);
        let delivered = self.sum(|units| units.delivered);
        match () {
            () if wanted == 0 => FulfillmentStatus::NotRequired,
            () if shipped == 0 => FulfillmentStatus::Unfulfilled,
            () if shipped < wanted => FulfillmentStatus::PartiallyFulfilled,
            () if delivered == 0 => FulfillmentStatus::Fulfilled,
            () if delivered < wanted => FulfillmentStatus::PartiallyDelivered,
            () => FulfillmentStatus::Delivered,
        }
    }

    fn return_status(&self) -> ReturnStatus {
        match (self.sum(|units| units.returned), self.sum(|units| units.delivered)) {
            (0, _) => ReturnStatus::None,
            (returned, delivered) if returned < delivered => ReturnStatus::PartiallyReturned,
            _ => ReturnStatus::Returned,
        }
    }

    fn sum(&self, count: impl Fn(&Units) -> u32) -> u64 {
        self.units.values().map(|units| u64::from(count(units))).sum()
    }
}
