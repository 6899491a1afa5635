//! What a person may do with an order now: found by asking [`decide()`], so it cannot lie.

use strum::IntoEnumIterator as _;

use super::amend::amendable;
use super::payment::owed;
use super::{
    AmendedPart, DecisionContext, IssueRefund, Order, OrderCommand, OrderCommandKind, PaymentMethod,
    RecordPayment, References, Refund, RefundReason, SettleRefund, Status, TransactionState, WriteOff,
    WriteOffSide, decide,
};
use crate::access::Actor;
use crate::money::{Amount, Money};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// What stands in the way of an action that has been done.
pub const ALREADY_APPLIED: &str = "already-applied";

/// Whether one action is open to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionAvailability {
    /// Which; named like the endpoint that does it.
    pub action: OrderCommandKind,
    /// Would it be carried out now?
    pub allowed: bool,
    /// Until when, if that is known; of an amendment: of all parts.
    pub until: Option<Timestamp>,
    /// Why not: the name of the rule that says no ([`Rule`](crate::refusal::Rule)), or [`ALREADY_APPLIED`].
    pub blocked_by: Option<&'static str>,
    /// Of an amendment: the parts that can be changed now.
    pub parts: Vec<AmendedPart>,
}

/// What the decisions behind [`actions`] look at besides the order: at the store's time limit whoever may take a step back, at the
/// stock where the order, which gave its units back, would take them again, and at whether its customer has left. Buyers do nothing of it.
#[must_use]
pub fn references_of_actions(order: &Order, actor: &Actor) -> References {
    if actor.buys() {
        return References::default();
    }
    let has_given_back = order.holds_stock && matches!(order.status(), Status::Cancelled | Status::Invalid);
    let lines = order.lines.iter().filter(|_| has_given_back);
    References {
        store: Some(order.store_id),
        products: lines.map(|line| line.product_id).collect(),
        customers: order.customer_id.into_iter().collect(),
    }
}

/// The actions of this actor's kind, each with whether and until when it is open. Those that the actor may never do are
/// left out.
#[must_use]
pub fn actions(
    order: &Order,
    context: &DecisionContext<'_>,
    actor: &Actor,
    now: Timestamp,
) -> Vec<ActionAvailability> {
    probes(order)
        .filter_map(|(action, probe)| {
            let blocked_by = blocked_by(order, context, actor, (action, &probe), now)?;
            let allowed = blocked_by.is_none();
            let parts = match action {
                OrderCommandKind::Amend => amendable(order, actor, now),
                _ => vec![],
            };
            let is_whole = action != OrderCommandKind::Amend || parts.contains(&AmendedPart::Lines);
            let until = until(order, context, actor, action).filter(|_| allowed && is_whole);
            Some(ActionAvailability { action, allowed, until, blocked_by, parts })
        })
        .collect()
}

/// The actions on the fulfillment of this number, told like those on the order.
#[must_use]
pub fn fulfillment_actions(
    order: &Order,
    no: u32,
    context: &DecisionContext<'_>,
    actor: &Actor,
    now: Timestamp,
) -> Vec<ActionAvailability> {
    let kinds = OrderCommandKind::iter();
    let probes = kinds.filter_map(|kind| Some((kind, kind.probe_of(no)?)));
    let asked = probes.filter_map(|(action, probe)| {
        let blocked_by = blocked_by(order, context, actor, (action, &probe), now)?;
        Some(ActionAvailability {
            action,
            allowed: blocked_by.is_none(),
            until: None,
            blocked_by,
            parts: vec![],
        })
    });
    asked.collect()
}

/// What stands in the way of it, if anything does; none at all: it is not for this actor.
fn blocked_by(
    order: &Order,
    context: &DecisionContext<'_>,
    actor: &Actor,
    (action, probe): (OrderCommandKind, &OrderCommand),
    now: Timestamp,
) -> Option<Option<&'static str>> {
    match decide(Some(order), context, actor, probe, now) {
        Err(Refusal::Forbidden(_) | Refusal::NotFound) => None,
        Err(refusal) => Some(Some(refusal.into())),
        Ok(events) if events.is_empty() && !is_open_ended(action) => Some(Some(ALREADY_APPLIED)),
        Ok(_) => Some(None),
    }
}

/// Can it be done again and again, each time otherwise?
fn is_open_ended(action: OrderCommandKind) -> bool {
    matches!(
        action,
        OrderCommandKind::Amend
            | OrderCommandKind::Adjust
            | OrderCommandKind::RecordPayment
            | OrderCommandKind::Refund
            | OrderCommandKind::WriteOff
            | OrderCommandKind::Track
    )
}

fn probes(order: &Order) -> impl Iterator<Item = (OrderCommandKind, OrderCommand)> {
    let actions = OrderCommandKind::iter().filter(|kind| kind.is_action());
    let of_order = |kind: &OrderCommandKind| !kind.is_of_fulfillment() || *kind == OrderCommandKind::Ship;
    actions.filter(of_order).filter_map(|kind| Some((kind, probe(kind, order)?)))
}

/// What is asked about: of adjustments the last one; of money the smallest amount, the whole difference, and the newest refund that is under
/// way.
fn probe(kind: OrderCommandKind, order: &Order) -> Option<OrderCommand> {
    let money = |amount| Money { amount, currency: order.currency };
    let least = money(Amount::new(1));
    match kind {
        OrderCommandKind::RemoveAdjustment => {
            let no = order.adjustments.last().map_or(0, |last| last.no);
            Some(OrderCommand::RemoveAdjustment { no, comment: None })
        }
        OrderCommandKind::RecordPayment => Some(OrderCommand::RecordPayment(Box::new(RecordPayment {
            method: PaymentMethod::Other,
            amount: least,
            paid_at: None,
            comment: None,
        }))),
        OrderCommandKind::Refund => Some(OrderCommand::Refund(Box::new(IssueRefund {
            amount: least,
            credit: (owed(order) == Amount::ZERO).then_some(least),
            payment: None,
            reason: RefundReason::Other,
            comment: None,
        }))),
        OrderCommandKind::SettleRefund => {
            let is_pending = |refund: &&Refund| {
                let known = order.payments.transaction_of(refund);
                known.is_some_and(|known| known.state == TransactionState::Pending)
            };
            let no = order.payments.refunds.iter().rev().find(is_pending).map_or(0, |refund| refund.no);
            Some(OrderCommand::SettleRefund(SettleRefund { no, succeeded: true, at: None, comment: None }))
        }
        OrderCommandKind::WriteOff => {
            let open = order.balance.open(order.totals.total).get();
            let side = if open > 0 { WriteOffSide::Forgive } else { WriteOffSide::Keep };
            let amount = money(Amount::new(open.abs().max(1)));
            Some(OrderCommand::WriteOff(WriteOff { side, amount, comment: None }))
        }
        _ => kind.probe(),
    }
}

/// What ends this action for this actor, if only time does.
fn until(
    order: &Order,
    context: &DecisionContext<'_>,
    actor: &Actor,
    action: OrderCommandKind,
) -> Option<Timestamp> {
    match action {
        OrderCommandKind::Amend | OrderCommandKind::Cancel if actor.buys() => order.change_until,
        OrderCommandKind::Unconfirm
        | OrderCommandKind::Unstart
        | OrderCommandKind::Reopen
        | OrderCommandKind::Reinstate => context.reversible_until(order),
        _ => None,
    }
}
