//! What has to be paid before an order goes on, by the way of paying that it was placed with. Where its store had said nothing, nothing
//! has to.

use crate::money::{Amount, Money};
use crate::order::Order;
use crate::refusal::Refusal;
use crate::totals::PaymentKind;

/// What is to be paid before is paid, or set aside.
pub(in crate::order) fn may_start(order: &Order) -> Result<(), Refusal> {
    let is_prepaid = order.terms.payment.as_ref().is_some_and(|rule| rule.kind == PaymentKind::Prepaid);
    let due = order.balance.due(order.totals.total);
    if !is_prepaid || order.balance.net() >= due || order.payments.authorized() >= due {
        return Ok(());
    }
    Err(Refusal::PaymentRuleNotMet { open: open(order) })
}

/// Nobody owes anything any more, and nothing is on its way back.
pub(in crate::order) fn may_complete(order: &Order) -> Result<(), Refusal> {
    let open = open(order);
    let is_even = open.amount == Amount::ZERO && order.balance.refund_pending == Amount::ZERO;
    match order.terms.payment.is_none() || is_even {
        true => Ok(()),
        false => Err(Refusal::BalanceNotSettled { open }),
    }
}

/// Nothing was paid, or all of it is paid back.
pub(in crate::order) fn may_invalidate(order: &Order) -> Result<(), Refusal> {
    if order.terms.payment.is_none() { Ok(()) } else { unpaid(order) }
}

/// The same, whatever its store says.
pub(in crate::order) fn unpaid(order: &Order) -> Result<(), Refusal> {
    let kept = order.balance.net();
    match kept <= Amount::ZERO && order.balance.refund_pending == Amount::ZERO {
        true => Ok(()),
        false => Err(Refusal::MoneyKept { kept: Money { amount: kept, currency: order.currency } }),
    }
}

fn open(order: &Order) -> Money {
    Money { amount: order.balance.open(order.totals.total), currency: order.currency }
}
