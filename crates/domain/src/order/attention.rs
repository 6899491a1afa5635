//! What of an order somebody has to look into: computed from its state, and gone with its cause.

use std::collections::BTreeSet;

use super::{FulfillmentStatus, Order, PaymentStatus, Status, TransactionKind, TransactionState};
use crate::money::Amount;
use crate::totals::PaymentKind;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What somebody has to look into.
    Attention {
        /// Money is here for an order that was called off, or is not a real one.
        LateMoney,
        /// More is here than is owed.
        RefundDue,
        /// It left before it was paid, which it should have been.
        PaymentShort,
        /// It has arrived, and nobody has written down what was to be collected.
        CodUncollected,
        /// Something could not be paid back.
        RefundFailed,
        /// Money is said to be paid back that never came.
        UnexplainedRefund,
        /// The customer has complained to the bank.
        Disputed,
        /// It was paid twice.
        DuplicatePayment,
        /// Units were lost or broken on their way, and nothing has become of that yet.
        LostParcel,
    }
}

pub(super) fn attention(order: &Order) -> BTreeSet<Attention> {
    let mut found = of_money(order);
    if order.fulfillments.iter().any(|fulfillment| !fulfillment.losses().is_empty()) {
        found.insert(Attention::LostParcel);
    }
    found
}

/// Nothing of orders whose store had not said how they are to be paid.
fn of_money(order: &Order) -> BTreeSet<Attention> {
    let Some(rule) = order.terms.payment.as_ref() else { return BTreeSet::new() };
    let total = order.totals.total;
    let open = order.balance.open(total).get();
    let is_owed_back = open + order.balance.refund_pending.get() < 0;
    let has_ended = matches!(order.status(), Status::Cancelled | Status::Invalid);
    let sent = order.derived.fulfillment_status;
    let has_left = !matches!(sent, FulfillmentStatus::NotRequired | FulfillmentStatus::Unfulfilled);
    let sums = || order.payments.attempts.iter().map(super::Payment::sums);
    let whole = sums().filter(|sums| sums.captured >= total && total > Amount::ZERO).count();
    let found = [
        (Attention::LateMoney, has_ended && is_owed_back),
        (Attention::RefundDue, !has_ended && is_owed_back),
        (Attention::PaymentShort, has_left && open > 0 && rule.kind == PaymentKind::Prepaid),
        (
            Attention::CodUncollected,
            sent == FulfillmentStatus::Delivered && open > 0 && rule.kind == PaymentKind::OnDelivery,
        ),
        (
            Attention::RefundFailed,
            is_owed_back && order.payments.has(&[TransactionKind::Refund], TransactionState::Failed),
        ),
        (Attention::UnexplainedRefund, sums().any(|sums| sums.unexplained > Amount::ZERO)),
        (Attention::Disputed, sums().any(|sums| sums.is_disputed)),
        (Attention::DuplicatePayment, whole > 1 && order.derived.payment_status == PaymentStatus::Overpaid),
    ];
    found.into_iter().filter(|(_, is_so)| *is_so).map(|(what, _)| what).collect()
}
