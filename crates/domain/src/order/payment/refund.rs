//! Paying back: what is too much, or what the shop gives though it was agreed.

use std::cmp::Reverse;

use super::record::in_currency;
use super::{
    Credit, IssueRefund, MAX_REFUNDS, Payment, PaymentMethod, Refund, SettleRefund, Transaction,
    TransactionKind, TransactionState,
};
use crate::access::{Actor, Permission};
use crate::aggregate::Envelope;
use crate::money::{Amount, Money};
use crate::order::context::{DecisionContext, Events};
use crate::order::guards::commented;
use crate::order::{Balance, Order, OrderEvent, RefundReason};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// What can be paid back now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// So much is here that is not owed.
    pub owed: Amount,
    /// So much could be given besides, which the customer owes.
    pub creditable: Amount,
    /// To which payments what is owed would go.
    pub refunds: Vec<ProposedRefund>,
}

/// What would go to one payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProposedRefund {
    /// The number of the payment.
    pub payment: u32,
    /// How much.
    pub amount: Amount,
}

/// What can be paid back now, and where it would go: to the newest payment first, to vouchers last.
#[must_use]
pub fn proposal(order: &Order) -> Proposal {
    let (owed, refundable) = (owed(order), refundable(order, None));
    let creditable = creditable(order).get().min(refundable.get() - owed.get()).max(0);
    let shared = shared(order, None, owed);
    let refunds = shared.into_iter().map(|(payment, amount)| ProposedRefund { payment, amount }).collect();
    Proposal { owed, creditable: Amount::new(creditable), refunds }
}

/// Not more than is here and not owed, unless it says that the rest is given; and not more than was paid, to each payment.
pub(in crate::order) fn issue(
    order: &Order,
    context: &DecisionContext<'_>,
    actor: &Actor,
    wanted: &IssueRefund,
    now: Timestamp,
) -> Result<Events, Refusal> {
    in_currency(order, wanted.amount)?;
    let credit = wanted
        .credit
        .map_or(Ok(Amount::ZERO), |credit| in_currency(order, credit).map(|()| credit.amount))?;
    within_limit(context, actor, wanted.amount.amount)?;
    if let Some(no) = wanted.payment {
        order.payments.attempt(no).ok_or(Refusal::UnknownPayment)?;
    }
    let most = Amount::new((owed(order).get() + credit.get()).min(refundable(order, wanted.payment).get()));
    if most == Amount::ZERO {
        return Err(Refusal::NothingRefundable);
    }
    if wanted.amount.amount > most || credit > creditable(order) || credit > wanted.amount.amount {
        return Err(Refusal::RefundExceedsPayment { most: Money { amount: most, currency: order.currency } });
    }
    let shares = shared(order, wanted.payment, wanted.amount.amount);
    if order.payments.refunds.len() + shares.len() > MAX_REFUNDS {
        return Err(Refusal::TooManyRefunds { most: MAX_REFUNDS });
    }
    let credit = (credit > Amount::ZERO).then(|| self::credit(order, credit, wanted.reason));
    let refunds = (next(order.payments.refunds.len())..).zip(shares).map(|(no, (payment, amount))| {
        let credit = credit.as_ref().map(|credit| credit.no);
        let refund = Refund { no, payment, amount, credit, reason: wanted.reason };
        OrderEvent::RefundRequested { refund, at: now }
    });
    let credited = credit.clone().map(|credit| OrderEvent::Credited { credit });
    let mut events: Events = credited.into_iter().chain(refunds).map(Envelope::of).collect();
    if let Some(first) = events.first_mut() {
        first.personal = commented(wanted.comment.as_deref());
    }
    Ok(events)
}

/// The next credit of an order: so much, or what it costs yet, if that is less.
pub(in crate::order) fn credit(order: &Order, amount: Amount, reason: RefundReason) -> Credit {
    let no = next(order.payments.credits.len());
    Credit { no, amount: amount.min(creditable(order)), reason }
}

fn next(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX).saturating_add(1)
}

/// Nothing when that is known. What was said before can be corrected, as long as it fits.
pub(in crate::order) fn settle_refund(
    order: &Order,
    wanted: &SettleRefund,
    now: Timestamp,
) -> Result<Events, Refusal> {
    let refund = order.payments.refund(wanted.no).ok_or(Refusal::UnknownRefund)?;
    let known = order.payments.transaction_of(refund).ok_or(Refusal::UnknownRefund)?;
    let state = if wanted.succeeded { TransactionState::Succeeded } else { TransactionState::Failed };
    if known.state == state {
        return Ok(vec![]);
    }
    let at = wanted.at.unwrap_or(now);
    if at > now {
        return Err(Refusal::NotYet { field: "at" });
    }
    let left =
        order.payments.attempt(refund.payment).map_or(Amount::ZERO, |payment| payment.sums().refundable());
    if known.state == TransactionState::Failed && refund.amount > left {
        return Err(Refusal::RefundExceedsPayment { most: Money { amount: left, currency: order.currency } });
    }
    let transaction = Transaction {
        kind: TransactionKind::Refund,
        reference: refund.reference(),
        state,
        amount: refund.amount,
        // What is said later counts, whenever it was.
        at: if at > known.at { at } else { now.later_of(known.at.plus_millis(1)) },
    };
    let event = OrderEvent::Transacted { payment: refund.payment, transaction };
    Ok(vec![Envelope::of(event).with(commented(wanted.comment.as_deref()))])
}

/// What is here, not owed, and not on its way back already.
pub(in crate::order) fn owed(order: &Order) -> Amount {
    let open = order.balance.open(order.totals.total).get();
    Amount::new((-open - order.balance.refund_pending.get()).max(0))
}

/// What the order could cost less yet.
fn creditable(order: &Order) -> Amount {
    let Balance { cancelled, credited, written_off, .. } = order.balance;
    Amount::new(order.totals.total.get() - cancelled.get() - credited.get() - written_off.get())
}

/// What was paid and can be paid back: of this payment, or of all.
fn refundable(order: &Order, payment: Option<u32>) -> Amount {
    Amount::new(sources(order, payment).into_iter().map(|(_, most)| most.get()).sum())
}

/// So much, as the payments take it up.
fn shared(order: &Order, payment: Option<u32>, amount: Amount) -> Vec<(u32, Amount)> {
    let mut left = amount.get();
    let share = |(no, most): (u32, Amount)| {
        let share = most.get().min(left);
        left -= share;
        (share > 0).then_some((no, Amount::new(share)))
    };
    sources(order, payment).into_iter().filter_map(share).collect()
}

/// The payments that something can go back to, each with how much: money before vouchers, the newest first.
fn sources(order: &Order, payment: Option<u32>) -> Vec<(u32, Amount)> {
    let is_meant = |one: &&Payment| payment.is_none_or(|no| one.no == no);
    let mut attempts: Vec<&Payment> = order.payments.attempts.iter().filter(is_meant).collect();
    attempts.sort_by_key(|one| (one.method == PaymentMethod::Voucher, Reverse((one.captured_at(), one.no))));
    attempts.into_iter().map(|one| (one.no, one.sums().refundable())).collect()
}

/// Some members pay back up to an amount that the store sets; without one, nothing.
fn within_limit(context: &DecisionContext<'_>, actor: &Actor, amount: Amount) -> Result<(), Refusal> {
    if actor.may(Permission::RefundsApprove) {
        return Ok(());
    }
    let limit = context.store.and_then(|store| store.policy.refund_limit).unwrap_or(Amount::ZERO);
    if amount <= limit { Ok(()) } else { Err(Refusal::RefundAboveLimit { limit }) }
}
