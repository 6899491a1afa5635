//! Events to state. Total over what `decide` makes; anything else is an inconsistent history.

use super::{Order, OrderEvent, Source, Status, Totals};
use crate::aggregate::{Envelope, Inconsistent, Stamp};
use crate::id::OrderId;

pub(super) fn apply(
    state: Option<Order>,
    id: OrderId,
    envelope: &Envelope<OrderEvent>,
    stamp: Stamp,
) -> Result<Order, Inconsistent> {
    let misfit = |why| Inconsistent { seq: stamp.seq, why };
    let mut order = match (state, created(id, &envelope.event, stamp)) {
        (None, Some(order)) => order,
        (None, None) => return Err(misfit("the order does not exist yet")),
        (Some(_), Some(_)) => return Err(misfit("the order exists already")),
        (Some(order), None) => changed(order, &envelope.event, stamp).map_err(misfit)?,
    };
    if stamp.seq != order.version + 1 {
        return Err(misfit("the number of the event leaves a gap"));
    }
    order.version = stamp.seq;
    order.updated_at = stamp.recorded_at;
    if let Some(contact) = &envelope.personal.contact {
        order.contact = contact.clone();
    }
    if let Some(note) = &envelope.personal.note {
        order.note.clone_from(note);
    }
    Ok(order)
}

/// The new order, if this event makes one.
fn created(id: OrderId, event: &OrderEvent, stamp: Stamp) -> Option<Order> {
    match event.clone() {
        OrderEvent::Placed {
            store_id,
            customer_id,
            source,
            currency,
            lines,
            totals,
            change_until,
            due_at,
            unlisted,
        } => Some(Order {
            id,
            version: 0,
            status: Status::PendingReview,
            store_id,
            customer_id,
            source,
            source_status: None,
            external_reference: None,
            currency,
            lines,
            totals,
            contact: crate::contact::Contact::default(),
            note: String::new(),
            holds_stock: true,
            change_until,
            unlisted,
            status_since: stamp.occurred_at,
            due_at,
            breached_at: None,
            deleted_at: None,
            deleted_in: None,
            cancel_reason: None,
            invalid_reason: None,
            invalid_from: None,
            placed_at: stamp.occurred_at,
            updated_at: stamp.recorded_at,
            confirmed_at: None,
            started_at: None,
            completed_at: None,
            cancelled_at: None,
            invalidated_at: None,
        }),
        OrderEvent::Imported {
            store_id,
            customer_id,
            external_reference,
            source_status,
            currency,
            lines,
            totals,
        } => Some(Order {
            source: Source::Import,
            source_status: Some(source_status),
            external_reference: Some(external_reference),
            holds_stock: false,
            ..created(
                id,
                &OrderEvent::Placed {
                    store_id,
                    customer_id,
                    source: Source::Import,
                    currency,
                    lines,
                    totals,
                    change_until: None,
                    due_at: None,
                    unlisted: false,
                },
                stamp,
            )?
        }),
        _ => None,
    }
}

/// The order after an event that changes it.
fn changed(mut order: Order, event: &OrderEvent, stamp: Stamp) -> Result<Order, &'static str> {
    let at = Some(stamp.occurred_at);
    let mut enter = |to, at, due_at| {
        step(&mut order, to, at);
        order.status_since = stamp.occurred_at;
        order.due_at = due_at;
        order.breached_at = None;
    };
    match event {
        OrderEvent::Placed { .. } | OrderEvent::Imported { .. } => return Err("the order exists already"),
        OrderEvent::StepImported { to, at } => enter(*to, *at, None),
        OrderEvent::Confirmed { due_at } => enter(Status::Confirmed, at, *due_at),
        OrderEvent::Started { due_at } => enter(Status::Processing, at, *due_at),
        OrderEvent::Completed {} => enter(Status::Completed, at, None),
        OrderEvent::Cancelled { reason } => {
            enter(Status::Cancelled, at, None);
            order.cancel_reason = Some(*reason);
        }
        OrderEvent::Rejected { reason } | OrderEvent::Invalidated { reason } => {
            enter(Status::Invalid, at, None);
            order.invalid_reason = Some(*reason);
        }
        OrderEvent::Restored { to, due_at } => {
            restore(&mut order, *to)?;
            order.status_since = stamp.occurred_at;
            order.due_at = *due_at;
        }
        OrderEvent::Deleted { batch } => {
            order.deleted_at = at;
            order.deleted_in = *batch;
        }
        OrderEvent::Undeleted { .. } => {
            order.deleted_at = None;
            order.deleted_in = None;
        }
        OrderEvent::Hidden {} => order.unlisted = true,
        OrderEvent::Shown {} => order.unlisted = false,
        OrderEvent::Breached { .. } => order.breached_at = at,
        OrderEvent::Amended { lines, totals } => amend(&mut order, lines.clone(), *totals),
    }
    Ok(order)
}

fn step(order: &mut Order, to: Status, at: Option<crate::time::Timestamp>) {
    match to {
        Status::PendingReview => {}
        Status::Confirmed => order.confirmed_at = at,
        Status::Processing => order.started_at = at,
        Status::Completed => order.completed_at = at,
        Status::Cancelled => order.cancelled_at = at,
        Status::Invalid => {
            order.invalidated_at = at;
            order.invalid_from = Some(order.status);
        }
    }
    order.status = to;
}

fn restore(order: &mut Order, to: Status) -> Result<(), &'static str> {
    if order.invalid_from.take() != Some(to) {
        return Err("the order is restored to a status that it did not have");
    }
    order.status = to;
    order.invalidated_at = None;
    order.invalid_reason = None;
    Ok(())
}

fn amend(order: &mut Order, lines: Option<Vec<super::Line>>, totals: Totals) {
    if let Some(lines) = lines {
        order.lines = lines;
    }
    order.totals = totals;
}
