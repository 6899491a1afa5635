//! Commands to events: every rule of the order's life, read top to bottom.

use std::collections::BTreeMap;

use super::adjust::{adjust, remove};
use super::amend::amend;
use super::context::{DecisionContext, Events};
use super::fulfillment::cancel::{cancel_lines, cancel_rest, nothing_out};
use super::fulfillment::decide::{all_arrived, cancel_fulfillment, deliver, pack, pick, plan, ship, track};
use super::fulfillment::mishap::{correct_delivery, fail, settle_loss, take_back};
use super::guards::{commented, forward, in_time, stands_in, start};
use super::link::{link, unlink};
use super::payment::{issue, may_complete, may_invalidate, record, settle_refund, write_off};
use super::place::{import, place};
use super::rights::{authorize, permission_to_cancel};
use super::{
    Amendment, CancelReason, InvalidReason, Order, OrderCommand, OrderEvent, Stage, Status, Valid,
    stock_deltas,
};
use crate::access::Actor;
use crate::aggregate::{Aggregate, Envelope, Stamp};
use crate::id::{BatchId, OrderId, ProductId};
use crate::refusal::{Refusal, Shortage};
use crate::time::Timestamp;

/// Up to this version buyers change their orders.
pub const MAX_BUYER_VERSION: i64 = 500;

/// Decides one command on one order. No events: it was satisfied already, nothing is to be written.
///
/// # Errors
/// The first rule that says no: first access, then state, then content.
#[expect(clippy::too_many_lines, reason = "a table, one entry a command")]
pub fn decide(
    order: Option<&Order>,
    context: &DecisionContext<'_>,
    actor: &Actor,
    command: &OrderCommand,
    now: Timestamp,
) -> Result<Events, Refusal> {
    authorize(order, actor, command)?;
    let events = match (order, command) {
        (None, OrderCommand::Place(wanted)) => place(context, actor, wanted, now),
        (None, OrderCommand::Import(wanted)) => import(context, wanted),
        (None, _) => Err(Refusal::NotFound),
        (Some(order), OrderCommand::Import(wanted))
            if order.external_reference.as_ref() == Some(&wanted.external_reference) =>
        {
            Ok(vec![])
        }
        (Some(_), OrderCommand::Place(_) | OrderCommand::Import(_)) => {
            Err(Refusal::Duplicate { field: "id" })
        }
        (Some(order), OrderCommand::Erase { retention_days }) => Ok(erase(order, *retention_days, now)),
        (Some(order), OrderCommand::Delete { batch }) => delete(order, *batch),
        (Some(order), OrderCommand::Undelete { batch }) => Ok(undelete(order, *batch)),
        // In the trash nothing goes on, nor does what nobody can be told of.
        (Some(order), _) if order.is_deleted() || order.erased_at.is_some() => {
            Err(Refusal::StateConflict { current: order.status() })
        }
        (Some(order), OrderCommand::Confirm) => {
            let due_at = context.due_at(Status::Confirmed, now);
            forward(order, Status::PendingReview, Status::Confirmed, OrderEvent::Confirmed { due_at })
        }
        (Some(order), OrderCommand::Start) => start(order, context, now),
        (Some(order), OrderCommand::Complete) => complete(order),
        (Some(order), OrderCommand::Reject { reason, comment }) => {
            const FROM: &[Status] = &[Status::PendingReview];
            invalid(order, FROM, *reason, OrderEvent::Rejected { reason: *reason }, comment.as_deref())
        }
        (Some(order), OrderCommand::Invalidate { reason, comment }) => {
            invalidate(order, *reason, comment.as_deref())
        }
        (Some(order), OrderCommand::Cancel { reason, comment }) => {
            cancel(order, actor, *reason, comment.as_deref(), now)
        }
        (Some(order), OrderCommand::Amend(amendment)) => amend(order, context, actor, amendment, now),
        (Some(order), OrderCommand::Adjust(wanted)) => adjust(order, context, actor, wanted),
        (Some(order), OrderCommand::RemoveAdjustment { no, comment }) => {
            remove(order, actor, *no, comment.as_deref())
        }
        (Some(order), OrderCommand::Restore) => restore(order, context, now),
        (
            Some(order),
            OrderCommand::Unconfirm { .. }
            | OrderCommand::Unstart { .. }
            | OrderCommand::Reopen { .. }
            | OrderCommand::Reinstate { .. },
        ) => back(order, context, command, now),
        (Some(order), OrderCommand::Hide | OrderCommand::Show) => Ok(listed(order, command)),
        (Some(order), OrderCommand::Link { customer_id, proof, comment }) => {
            link(order, actor, *customer_id, *proof, comment.as_deref())
        }
        (Some(order), OrderCommand::Unlink { reason, comment }) => {
            unlink(order, context, *reason, comment.as_deref())
        }
        (Some(order), OrderCommand::RecordPayment(wanted)) => record(order, wanted, now),
        (Some(order), OrderCommand::Refund(wanted)) => issue(order, context, actor, wanted, now),
        (Some(order), OrderCommand::SettleRefund(wanted)) => settle_refund(order, wanted, now),
        (Some(order), OrderCommand::WriteOff(wanted)) => write_off(order, wanted),
        (Some(order), OrderCommand::Plan { lines, comment }) => {
            plan(order, context, lines.as_deref(), comment.as_deref(), now)
        }
        (Some(order), OrderCommand::Pick { no }) => pick(order, *no),
        (Some(order), OrderCommand::Pack { no, carriage }) => pack(order, *no, carriage),
        (Some(order), OrderCommand::Ship(wanted)) => ship(order, context, wanted, now),
        (Some(order), OrderCommand::Track { no, carriage }) => track(order, *no, carriage),
        (Some(order), OrderCommand::Deliver { no, at }) => deliver(order, *no, *at, now),
        (Some(order), OrderCommand::Received { no }) => deliver(order, *no, None, now),
        (Some(order), OrderCommand::CancelFulfillment { no, comment }) => {
            cancel_fulfillment(order, *no, comment.as_deref())
        }
        (Some(order), OrderCommand::Fail { no, lost, reason, comment }) => {
            fail(order, *no, *lost, *reason, comment.as_deref())
        }
        (Some(order), OrderCommand::TakeBack { no, lines, comment }) => {
            take_back(order, *no, lines.as_deref(), comment.as_deref())
        }
        (Some(order), OrderCommand::SettleLoss { no, by, lines, comment }) => {
            settle_loss(order, *no, *by, lines.as_deref(), comment.as_deref())
        }
        (Some(order), OrderCommand::CorrectDelivery { no, comment }) => {
            correct_delivery(order, *no, comment.as_deref(), now)
        }
        (Some(order), OrderCommand::CancelLines { lines, reason, comment }) => {
            cancel_lines(order, actor, lines.as_deref(), *reason, comment.as_deref())
        }
        (Some(order), OrderCommand::NoteBreach) => Ok(note_breach(order, now)),
        (Some(order), OrderCommand::Expire) => Ok(expire(order, context, now)),
    }?;
    stock_suffices(order, context, command, &events, now)?;
    match order {
        Some(order) if actor.buys() && !events.is_empty() => not_too_often(order, command)?,
        Some(_) | None => {}
    }
    Ok(events)
}

/// A buyer's order does not grow for ever, but there is always a way out of it.
fn not_too_often(order: &Order, command: &OrderCommand) -> Result<(), Refusal> {
    if order.version < MAX_BUYER_VERSION || matches!(command, OrderCommand::Cancel { .. }) {
        return Ok(());
    }
    Err(Refusal::TooManyChanges { most: MAX_BUYER_VERSION })
}

fn complete(order: &Order) -> Result<Events, Refusal> {
    let completed = forward(order, Status::Processing, Status::Completed, OrderEvent::Completed {})?;
    if !completed.is_empty() {
        all_arrived(order)?;
        may_complete(order)?;
    }
    Ok(completed)
}

fn invalidate(order: &Order, reason: InvalidReason, comment: Option<&str>) -> Result<Events, Refusal> {
    const FROM: &[Status] = &[Status::PendingReview, Status::Confirmed, Status::Cancelled];
    let invalidated = invalid(order, FROM, reason, OrderEvent::Invalidated { reason }, comment)?;
    if invalidated.is_empty() { Ok(invalidated) } else { may_invalidate(order).map(|()| invalidated) }
}

fn invalid(
    order: &Order,
    from: &[Status],
    reason: InvalidReason,
    event: OrderEvent,
    comment: Option<&str>,
) -> Result<Events, Refusal> {
    if order.stage.invalid().is_some_and(|invalid| invalid.reason == Some(reason)) {
        return Ok(vec![]);
    }
    stands_in(order, from)?;
    nothing_out(order)?;
    Ok(vec![Envelope::of(event).with(commented(comment))])
}

/// Of an order with parcels only what is open.
fn cancel(
    order: &Order,
    actor: &Actor,
    reason: CancelReason,
    comment: Option<&str>,
    now: Timestamp,
) -> Result<Events, Refusal> {
    if matches!(order.stage, Stage::Valid(Valid::Cancelled(cancelled)) if cancelled.reason == Some(reason)) {
        return Ok(vec![]);
    }
    if actor.buys() {
        stands_in(order, &[Status::PendingReview, Status::Confirmed])?;
        in_time(order.change_until, now)?;
    } else {
        stands_in(order, &[Status::PendingReview, Status::Confirmed, Status::Processing])?;
        let needed = permission_to_cancel(order.status());
        if !actor.may(needed) {
            return Err(Refusal::Forbidden(Some(needed)));
        }
    }
    if let Some(rest) = cancel_rest(order, reason, comment)? {
        return Ok(rest);
    }
    Ok(vec![Envelope::of(OrderEvent::Cancelled { reason }).with(commented(comment))])
}

fn restore(order: &Order, context: &DecisionContext<'_>, now: Timestamp) -> Result<Events, Refusal> {
    match order.stage {
        Stage::Invalid(invalid) => {
            let to = Stage::Valid(invalid.from).status();
            let due_at = context.due_at(to, now);
            let shipping_due_at = context.shipping_due_at(to, now);
            Ok(vec![Envelope::of(OrderEvent::Restored { to, due_at, shipping_due_at })])
        }
        Stage::Valid(_) => Err(Refusal::StateConflict { current: order.status() }),
    }
}

/// One step back. The guards of the step that led to where the order is again are asked anew: stock, and the deadline.
fn back(
    order: &Order,
    context: &DecisionContext<'_>,
    command: &OrderCommand,
    now: Timestamp,
) -> Result<Events, Refusal> {
    let conflict = Refusal::StateConflict { current: order.status() };
    let to = order.stage.back().ok_or(conflict.clone())?.status();
    let due_at = context.due_at(to, now);
    let shipping_due_at = context.shipping_due_at(to, now);
    let event = match (order.status(), command) {
        (Status::Confirmed, OrderCommand::Unconfirm { reason, .. }) => {
            OrderEvent::Unconfirmed { reason: *reason, due_at }
        }
        (Status::Processing, OrderCommand::Unstart { reason, .. }) => {
            nothing_out(order)?;
            OrderEvent::Unstarted { reason: *reason, due_at }
        }
        (Status::Completed, OrderCommand::Reopen { reason, .. }) => {
            OrderEvent::Reopened { reason: *reason, due_at, shipping_due_at }
        }
        (Status::Cancelled, OrderCommand::Reinstate { reason, .. }) => {
            OrderEvent::Reinstated { to, reason: *reason, due_at, shipping_due_at }
        }
        _ => return Err(conflict),
    };
    in_time(context.reversible_until(order), now)?;
    Ok(vec![Envelope::of(event).with(commented(command.why().1))])
}

fn delete(order: &Order, batch: Option<BatchId>) -> Result<Events, Refusal> {
    if order.is_deleted() {
        return Ok(vec![]);
    }
    stands_in(order, &[Status::Invalid])?;
    Ok(vec![Envelope::of(OrderEvent::Deleted { batch })])
}

fn undelete(order: &Order, batch: Option<BatchId>) -> Events {
    match order.is_deleted() {
        true => vec![Envelope::of(OrderEvent::Undeleted { batch })],
        false => vec![],
    }
}

/// Nothing when it stands on the board, or is kept off it, already.
fn listed(order: &Order, command: &OrderCommand) -> Events {
    let listed = *command == OrderCommand::Show;
    match listed {
        _ if order.unlisted != listed => vec![],
        true => vec![Envelope::of(OrderEvent::Shown {})],
        false => vec![Envelope::of(OrderEvent::Hidden {})],
    }
}

/// Once per step; nothing when there is nothing to note (any more).
fn note_breach(order: &Order, now: Timestamp) -> Events {
    match order.due_at {
        Some(due_at) if order.is_overdue(now) && order.breached_at.is_none() => {
            vec![Envelope::of(OrderEvent::Breached { due_at })]
        }
        _ => vec![],
    }
}

/// Nothing when the order has not waited too long, or does not wait any more.
fn expire(order: &Order, context: &DecisionContext<'_>, now: Timestamp) -> Events {
    let limit_minutes = context.store.and_then(|store| store.policy.cancel_unconfirmed_minutes);
    match limit_minutes {
        Some(minutes)
            if order.status() == Status::PendingReview && order.status_since.plus_minutes(minutes) <= now =>
        {
            vec![Envelope::of(OrderEvent::Cancelled { reason: CancelReason::Expired })]
        }
        _ => vec![],
    }
}

/// Nothing before an order is closed for so long: until then the shop has to be able to say who bought. Nor where it is in no account:
/// nobody has left.
fn erase(order: &Order, retention_days: u32, now: Timestamp) -> Events {
    let is_kept = order.customer_id.is_none() || order.status_since.plus_days(retention_days.into()) > now;
    match order.status().is_open() || order.erased_at.is_some() || is_kept {
        true => vec![],
        false => vec![Envelope::of(OrderEvent::Erased {})],
    }
}

/// Whatever the events reserve must be there. One check for every act, because it compares the states around it.
fn stock_suffices(
    before: Option<&Order>,
    context: &DecisionContext<'_>,
    command: &OrderCommand,
    events: &Events,
    now: Timestamp,
) -> Result<(), Refusal> {
    // What neither enters a status nor changes lines, nor promises units anew, moves nothing.
    let promises = |event: &OrderEvent| matches!(event, OrderEvent::LossReshipped { .. });
    let moves = |event: &OrderEvent| event.enters().is_some() || !event.lines().is_empty() || promises(event);
    if !events.iter().any(|envelope| moves(&envelope.event)) {
        return Ok(());
    }
    let Some(after) = foreseen(before, events, now) else { return Ok(()) };
    let short: BTreeMap<ProductId, i64> = stock_deltas(before, &after)
        .into_iter()
        // What comes back into the house can be reserved at once.
        .map(|moved| (moved.product_id, moved.reserved - moved.on_hand))
        .filter(|(_, needed)| *needed > 0)
        .filter_map(|(product_id, needed)| {
            let available = context.products.get(&product_id).map_or(0, |product| product.available());
            let held = before.map_or(0, |order| reserved(order, product_id));
            (needed > available).then_some((product_id, available.max(0) + held))
        })
        .collect();
    if short.is_empty() {
        return Ok(());
    }
    let short_of = |(line, product_id): (usize, ProductId)| {
        let available = *short.get(&product_id)?;
        Some(Shortage { line, product_id, requested: reserved(&after, product_id), available })
    };
    let asked = asked_for(command, &after).into_iter().enumerate();
    Err(Refusal::InsufficientStock(asked.filter_map(short_of).collect()))
}

/// The product of each line that the command names, in its order; of the order's lines, if it names none.
fn asked_for(command: &OrderCommand, after: &Order) -> Vec<ProductId> {
    match command {
        OrderCommand::Place(place) => place.lines.iter().map(|line| line.product_id).collect(),
        OrderCommand::Amend(Amendment { lines: Some(lines), .. }) => {
            lines.iter().map(|line| line.product_id).collect()
        }
        _ => after.lines.iter().map(|line| line.product_id).collect(),
    }
}

fn reserved(order: &Order, product_id: ProductId) -> i64 {
    stock_deltas(None, order)
        .iter()
        .find(|moved| moved.product_id == product_id)
        .map_or(0, |moved| moved.reserved)
}

/// The order as the events would leave it; a new one with an id that stands for none. `None`: there are no events and no
/// order, or the events do not fit it.
#[must_use]
pub fn foreseen(before: Option<&Order>, events: &Events, now: Timestamp) -> Option<Order> {
    let id = before.map_or(OrderId::from_i64(1), |order| order.id).get();
    let mut state = before.cloned();
    for envelope in events {
        let seq = state.as_ref().map_or(0, |order| order.version) + 1;
        let stamp = Stamp { seq, recorded_at: now, occurred_at: envelope.occurred_at.unwrap_or(now) };
        state = Some(Order::apply(state, id, envelope, stamp).ok()?);
    }
    state
}
