//! What several decisions ask of an order, and say of themselves.

use super::context::{DecisionContext, Events};
use super::payment::may_start;
use super::{Order, OrderEvent, Status, Totals};
use crate::aggregate::{Envelope, Personal};
use crate::money::{Amount, Money};
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn stands_in(order: &Order, statuses: &[Status]) -> Result<(), Refusal> {
    if statuses.contains(&order.status()) {
        return Ok(());
    }
    Err(Refusal::StateConflict { current: order.status() })
}

/// One step of the main road, or nothing if it has been taken.
pub(super) fn forward(order: &Order, from: Status, to: Status, event: OrderEvent) -> Result<Events, Refusal> {
    if order.status() == to {
        return Ok(vec![]);
    }
    stands_in(order, &[from])?;
    Ok(vec![Envelope::of(event)])
}

/// Begins the execution, by itself or with the first fulfillment.
pub(super) fn start(order: &Order, context: &DecisionContext<'_>, now: Timestamp) -> Result<Events, Refusal> {
    let due_at = context.due_at(Status::Processing, now);
    let shipping_due_at = context.shipping_due_at(Status::Processing, now);
    let event = OrderEvent::Started { due_at, shipping_due_at };
    let started = forward(order, Status::Confirmed, Status::Processing, event)?;
    if started.is_empty() { Ok(started) } else { may_start(order).map(|()| started) }
}

/// Not after this.
pub(super) fn in_time(until: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    match until {
        Some(at) if now >= at => Err(Refusal::CutOffPassed { at }),
        _ => Ok(()),
    }
}

/// What the shop has given back, or let go of, stays within what the order costs.
pub(super) fn covers_credits(order: &Order, totals: Totals) -> Result<(), Refusal> {
    let given = Amount::new(order.balance.credited.get() + order.balance.written_off.get());
    match totals.total >= given {
        true => Ok(()),
        false => Err(Refusal::TotalBelowCredits { given: Money { amount: given, currency: order.currency } }),
    }
}

pub(super) fn commented(comment: Option<&str>) -> Personal {
    Personal { comment: comment.map(str::to_owned), ..Personal::default() }
}
