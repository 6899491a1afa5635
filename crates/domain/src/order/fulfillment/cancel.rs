//! Units that are called off, and what no order may lose sight of.

use super::decide::chosen;
use crate::access::Actor;
use crate::aggregate::Envelope;
use crate::order::context::Events;
use crate::order::guards::{commented, stands_in};
use crate::order::rights::permission_to_cancel;
use crate::order::{CancelReason, Order, OrderEvent, Status};
use crate::parcel::LineUnits;
use crate::refusal::Refusal;

/// Calls open units off, all of them if none are named. With the last of an order that sends nothing it is called off as a whole.
pub(in crate::order) fn cancel_lines(
    order: &Order,
    actor: &Actor,
    lines: Option<&[LineUnits]>,
    reason: CancelReason,
    comment: Option<&str>,
) -> Result<Events, Refusal> {
    stands_in(order, &[Status::PendingReview, Status::Confirmed, Status::Processing])?;
    let needed = permission_to_cancel(order.status());
    if !actor.may(needed) {
        return Err(Refusal::Forbidden(Some(needed)));
    }
    let lines = chosen(order, lines)?;
    let event = if lines == order.open_units() && out(order).is_empty() {
        OrderEvent::Cancelled { reason }
    } else {
        OrderEvent::LinesCancelled { lines, reason }
    };
    Ok(vec![Envelope::of(event).with(commented(comment))])
}

/// Of an order with parcels: what is open is called off, and the order goes on with the rest.
pub(in crate::order) fn cancel_rest(
    order: &Order,
    reason: CancelReason,
    comment: Option<&str>,
) -> Result<Option<Events>, Refusal> {
    if out(order).is_empty() {
        return Ok(None);
    }
    let lines = order.open_units();
    if lines.is_empty() {
        return Err(Refusal::UnitsOut(out(order)));
    }
    let event = OrderEvent::LinesCancelled { lines, reason };
    Ok(Some(vec![Envelope::of(event).with(commented(comment))]))
}

/// Nothing is in parcels, nor has anything left.
pub(in crate::order) fn nothing_out(order: &Order) -> Result<(), Refusal> {
    let out = out(order);
    if out.is_empty() { Ok(()) } else { Err(Refusal::UnitsOut(out)) }
}

/// Nothing has become of any unit yet, so lines and prices may change.
pub(in crate::order) fn nothing_moved(order: &Order) -> Result<(), Refusal> {
    if order.units.is_empty() { Ok(()) } else { Err(Refusal::UnitsMoved) }
}

fn out(order: &Order) -> Vec<LineUnits> {
    order.units_where(|units, _| units.allocated + units.shipped)
}
