//! What was agreed, what of it is owed, what was paid, and what can be read off that.

use serde::{Deserialize, Serialize};

use super::{Payments, TransactionKind, TransactionState};
use crate::money::Amount;
use crate::vocabulary::vocabulary;

/// Sums beside the total, which never shrinks: what is not owed any more, and what was paid. Minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Balance {
    /// Called off.
    pub cancelled: Amount,
    /// Given back for what was delivered, or lost.
    pub credited: Amount,
    /// Forgiven.
    pub written_off: Amount,
    /// Paid too much, and kept with the customer's leave.
    pub kept: Amount,
    /// Paid.
    pub paid: Amount,
    /// Of that paid back.
    pub refunded: Amount,
    /// Being paid back.
    pub refund_pending: Amount,
    /// Taken back by the customer's bank.
    pub charged_back: Amount,
}

impl Balance {
    /// What the customer owes of an order of this total, whatever was paid.
    #[must_use]
    pub fn due(&self, total: Amount) -> Amount {
        let Self { cancelled, credited, written_off, kept, .. } = *self;
        Amount::new(total.get() - cancelled.get() - credited.get() - written_off.get() + kept.get())
    }

    /// What was paid and is still here.
    #[must_use]
    pub fn net(&self) -> Amount {
        Amount::new(self.paid.get() - self.refunded.get() - self.charged_back.get())
    }

    /// What is missing; below nothing: what the shop owes.
    #[must_use]
    pub fn open(&self, total: Amount) -> Amount {
        Amount::new(self.due(total).get() - self.net().get())
    }
}

vocabulary! {
    /// How far an order is paid.
    PaymentStatus {
        /// It costs nothing (any more).
        NotRequired,
        /// Nothing has been paid.
        Unpaid,
        /// A payment is on its way.
        Pending,
        /// The last attempt failed.
        Failed,
        /// The whole amount is set aside.
        Authorized,
        /// Less than it costs.
        PartiallyPaid,
        /// Exactly what it costs.
        Paid,
        /// More than it costs.
        Overpaid,
        /// What it costs, after some was paid back.
        PartiallyRefunded,
        /// All was paid back.
        Refunded,
        /// The customer's bank has taken all back.
        ChargedBack,
    }
}

vocabulary! {
    /// How far an order is sent.
    FulfillmentStatus {
        /// Nothing is to be sent (any more).
        NotRequired,
        /// Nothing has left.
        Unfulfilled,
        /// Some has left.
        PartiallyFulfilled,
        /// All has left.
        Fulfilled,
        /// All has left, and some has arrived.
        PartiallyDelivered,
        /// All has arrived.
        Delivered,
    }
}

vocabulary! {
    /// How far an order came back.
    ReturnStatus {
        /// Nothing came back, nor is it to.
        None,
        /// A return is asked for.
        Requested,
        /// A return is under way.
        InProgress,
        /// Some of what had arrived came back.
        PartiallyReturned,
        /// All of it came back.
        Returned,
    }
}

/// What is read off counters and sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// How far it is paid.
    pub payment_status: PaymentStatus,
    /// How far it is sent.
    pub fulfillment_status: FulfillmentStatus,
    /// How far it came back.
    pub return_status: ReturnStatus,
}

impl Default for Derived {
    fn default() -> Self {
        Self {
            payment_status: PaymentStatus::NotRequired,
            fulfillment_status: FulfillmentStatus::NotRequired,
            return_status: ReturnStatus::None,
        }
    }
}

/// How far an order of this total is paid: the first that fits.
pub(super) fn payment_status(balance: &Balance, total: Amount, payments: &Payments) -> PaymentStatus {
    const PAYING: &[TransactionKind] = &[TransactionKind::Authorization, TransactionKind::Capture];
    let (due, net) = (balance.due(total), balance.net());
    let is_unpaid = balance.paid == Amount::ZERO;
    match () {
        () if is_unpaid && due > Amount::ZERO && payments.authorized() >= due => PaymentStatus::Authorized,
        () if is_unpaid && due == Amount::ZERO => PaymentStatus::NotRequired,
        () if is_unpaid && payments.has(PAYING, TransactionState::Pending) => PaymentStatus::Pending,
        () if is_unpaid && payments.has(PAYING, TransactionState::Failed) => PaymentStatus::Failed,
        () if is_unpaid => PaymentStatus::Unpaid,
        () if net <= Amount::ZERO && balance.charged_back > Amount::ZERO => PaymentStatus::ChargedBack,
        () if net <= Amount::ZERO => PaymentStatus::Refunded,
        () if net > due => PaymentStatus::Overpaid,
        () if net < due => PaymentStatus::PartiallyPaid,
        () if balance.refunded > Amount::ZERO => PaymentStatus::PartiallyRefunded,
        () => PaymentStatus::Paid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_paid_and_owed_says_how_far_it_is_paid() {
        use PaymentStatus::*;
        let amount = Amount::new;
        let paid = |paid, refunded, charged_back| Balance {
            paid: amount(paid),
            refunded: amount(refunded),
            charged_back: amount(charged_back),
            ..Balance::default()
        };
        let cancelled = |balance, cancelled| Balance { cancelled: amount(cancelled), ..balance };
        for (balance, status, open) in [
            (paid(0, 0, 0), Unpaid, 100),
            (cancelled(paid(0, 0, 0), 100), NotRequired, 0),
            (paid(40, 0, 0), PartiallyPaid, 60),
            (paid(100, 0, 0), Paid, 0),
            (paid(101, 0, 0), Overpaid, -1),
            (cancelled(paid(100, 0, 0), 30), Overpaid, -30),
            (cancelled(paid(100, 30, 0), 30), PartiallyRefunded, 0),
            (paid(100, 100, 0), Refunded, 100),
            (paid(100, 0, 100), ChargedBack, 100),
            (paid(100, 0, 120), ChargedBack, 120),
            (Balance { written_off: amount(1), ..paid(99, 0, 0) }, Paid, 0),
            (Balance { kept: amount(1), ..paid(101, 0, 0) }, Paid, 0),
        ] {
            assert_eq!(
                (
                    payment_status(&balance, amount(100), &Payments::default()),
                    balance.open(amount(100)).get()
                ),
                (status, open)
            );
        }
        assert_eq!(payment_status(&Balance::default(), Amount::ZERO, &Payments::default()), NotRequired);
    }
}
