//! Events to state. Total over what `decide` makes; anything else is an inconsistent history.

use std::collections::{BTreeMap, BTreeSet};

use super::fulfillment::apply::apply as fulfill;
use super::payment::follows;
use super::{
    Balance, Deadlines, Derived, Invalid, Line, Order, OrderEvent, Payments, Source, Stage, Status,
    Transaction, TransactionKind, TransactionState, Trash, WriteOffSide,
};
use crate::aggregate::{Aggregate, Envelope, Inconsistent, Kind, Stamp, compared};
use crate::contact::Contact;
use crate::id::{OrderId, StoreId};
use crate::money::Amount;
use crate::time::Timestamp;
use crate::totals::Terms;

impl Aggregate for Order {
    const KIND: Kind = Kind::Order;
    type Event = OrderEvent;

    fn apply(
        state: Option<Self>,
        id: i64,
        envelope: &Envelope<OrderEvent>,
        stamp: Stamp,
    ) -> Result<Self, Inconsistent> {
        apply(state, OrderId::from_i64(id), envelope, stamp)
    }

    fn raw_id(&self) -> i64 {
        self.id.get()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn store_id(&self) -> Option<StoreId> {
        Some(self.store_id)
    }

    fn erases(event: &OrderEvent) -> bool {
        matches!(event, OrderEvent::Erased {})
    }

    // Left out is what never changes, and what changes with a field that is told anyway: the time and the origin of a status,
    // and its deadlines, with the status, the batch with the time of deletion, the highest number of a part with the lines, adjustments or fulfillments, counters, sums and what
    // is read off them with these or the status, the version of the contact with it.
    compared! {
        parts {
            status of stage through parts,
            cancel_reason of stage through parts,
            invalid_reason of stage through parts,
            deleted_at of stage through parts,
            confirmed_at of stage through parts,
            started_at of stage through parts,
            completed_at of stage through parts,
            cancelled_at of stage through parts,
            invalidated_at of stage through parts,
            written_off of balance,
            kept of balance,
        }
        fields {
            lines,
            adjustments,
            fulfillments,
            cancellations,
            totals,
            payments,
            contact,
            note,
            customer_id,
            source_status,
            change_until,
            unlisted,
            due_at,
            breached_at,
            erased_at,
        }
        left_out {
            deadlines,
            id,
            version,
            store_id,
            source,
            external_reference,
            currency,
            country,
            holds_stock,
            placed_at,
            updated_at,
            status_since,
            stage,
            terms,
            last_line_no,
            last_adjustment_no,
            last_fulfillment_no,
            units,
            balance,
            derived,
            attention,
            contact_version,
        }
    }
}

fn apply(
    state: Option<Order>,
    id: OrderId,
    envelope: &Envelope<OrderEvent>,
    stamp: Stamp,
) -> Result<Order, Inconsistent> {
    let misfit = |why| Inconsistent { seq: stamp.seq, why };
    let mut order = match (state, created(id, &envelope.event, stamp)) {
        (None, Some(mut order)) => {
            take_lines(&mut order, envelope.event.lines().to_vec()).map_err(misfit)?;
            order
        }
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
        if contact.reachable_by_other_than(&order.contact) {
            order.contact_version = stamp.seq;
        }
        order.contact = contact.clone();
    }
    if let Some(note) = &envelope.personal.note {
        order.note.clone_from(note);
    }
    if let (Some(parcels), Some(no)) = (&envelope.personal.parcels, envelope.event.fulfillment())
        && let Some(fulfillment) = order.fulfillments.iter_mut().find(|one| one.no == no)
    {
        fulfillment.parcels.clone_from(parcels);
    }
    order.settle();
    Ok(order)
}

/// The new order, still without its lines, if this event makes one.
fn created(id: OrderId, event: &OrderEvent, stamp: Stamp) -> Option<Order> {
    match event.clone() {
        OrderEvent::Placed {
            store_id,
            customer_id,
            source,
            currency,
            country,
            lines: _,
            totals,
            terms,
            change_until,
            due_at,
            payment_due_at,
            unlisted,
        } => Some(Order {
            id,
            version: 0,
            stage: Stage::PLACED,
            store_id,
            customer_id,
            source,
            source_status: None,
            external_reference: None,
            currency,
            country,
            lines: vec![],
            last_line_no: 0,
            terms,
            adjustments: vec![],
            last_adjustment_no: 0,
            fulfillments: vec![],
            last_fulfillment_no: 0,
            cancellations: vec![],
            totals,
            units: BTreeMap::new(),
            balance: Balance::default(),
            derived: Derived::default(),
            payments: Payments::default(),
            attention: BTreeSet::new(),
            contact: Contact::default(),
            contact_version: 1,
            note: String::new(),
            holds_stock: true,
            change_until,
            unlisted,
            status_since: stamp.occurred_at,
            deadlines: Deadlines { step: due_at, paid: payment_due_at, shipped: None },
            due_at: None,
            breached_at: None,
            erased_at: None,
            placed_at: stamp.occurred_at,
            updated_at: stamp.recorded_at,
        }),
        OrderEvent::Imported { .. } => imported(id, event, stamp),
        _ => None,
    }
}

/// The same of an order that was taken over.
fn imported(id: OrderId, event: &OrderEvent, stamp: Stamp) -> Option<Order> {
    let OrderEvent::Imported {
        store_id,
        customer_id,
        external_reference,
        source_status,
        currency,
        country,
        lines,
        totals,
    } = event.clone()
    else {
        return None;
    };
    let placed = OrderEvent::Placed {
        store_id,
        customer_id,
        source: Source::Import,
        currency,
        country,
        lines,
        totals,
        terms: Terms::default(),
        change_until: None,
        due_at: None,
        payment_due_at: None,
        unlisted: false,
    };
    Some(Order {
        source: Source::Import,
        source_status: Some(source_status),
        external_reference: Some(external_reference),
        holds_stock: false,
        ..created(id, &placed, stamp)?
    })
}

/// Of the step, and of sending within it.
type StepDeadlines = (Option<Timestamp>, Option<Timestamp>);
const NO_DEADLINE: StepDeadlines = (None, None);

/// The order after an event that changes it.
#[expect(clippy::too_many_lines, reason = "a table, one entry an event")]
fn changed(mut order: Order, event: &OrderEvent, stamp: Stamp) -> Result<Order, &'static str> {
    let at = Some(stamp.occurred_at);
    let before = order.stage;
    let mut enter = |stage: Stage, (step, shipped): StepDeadlines| {
        order.stage = stage;
        order.status_since = stamp.occurred_at;
        order.deadlines = Deadlines { step, shipped, ..order.deadlines };
        order.breached_at = None;
    };
    match event {
        OrderEvent::Placed { .. } | OrderEvent::Imported { .. } => return Err("the order exists already"),
        OrderEvent::StepImported { to, at } => enter(before.entered(*to, *at), NO_DEADLINE),
        OrderEvent::Confirmed { due_at } => enter(before.entered(Status::Confirmed, at), (*due_at, None)),
        OrderEvent::Started { due_at, shipping_due_at } => {
            enter(before.entered(Status::Processing, at), (*due_at, *shipping_due_at));
        }
        OrderEvent::Completed {} => enter(before.entered(Status::Completed, at), NO_DEADLINE),
        OrderEvent::Cancelled { reason } => enter(before.cancelled(at, Some(*reason)), NO_DEADLINE),
        OrderEvent::Rejected { reason } | OrderEvent::Invalidated { reason } => {
            enter(before.invalidated(at, Some(*reason)), NO_DEADLINE);
        }
        OrderEvent::Restored { to, due_at, shipping_due_at } => {
            enter(restored(before, *to)?, (*due_at, *shipping_due_at));
        }
        OrderEvent::Unconfirmed { due_at, .. } | OrderEvent::Unstarted { due_at, .. } => {
            enter(back(before, event.enters())?, (*due_at, None));
        }
        OrderEvent::Reopened { due_at, shipping_due_at, .. }
        | OrderEvent::Reinstated { due_at, shipping_due_at, .. } => {
            enter(back(before, event.enters())?, (*due_at, *shipping_due_at));
        }
        OrderEvent::Deleted { batch } => {
            order.stage = with_trash(before, Some(Trash { at: stamp.occurred_at, batch: *batch }))?;
        }
        OrderEvent::Undeleted { .. } => order.stage = with_trash(before, None)?,
        OrderEvent::Hidden {} => order.unlisted = true,
        OrderEvent::Shown {} => order.unlisted = false,
        OrderEvent::Linked { customer_id } => order.customer_id = Some(*customer_id),
        OrderEvent::Unlinked { .. } => order.customer_id = None,
        OrderEvent::Breached { .. } => order.breached_at = at,
        // As if there had been no personal values: the history without them leads here as well.
        OrderEvent::Erased {} => {
            order.contact = Contact::default();
            order.contact_version = stamp.seq;
            order.note = String::new();
            order.fulfillments.iter_mut().for_each(|fulfillment| fulfillment.parcels.clear());
            order.erased_at = at;
        }
        OrderEvent::Adjusted { adjustment, lines, totals } => {
            if adjustment.no <= order.last_adjustment_no {
                return Err("an adjustment has the number of another one");
            }
            order.last_adjustment_no = adjustment.no;
            order.adjustments.push(adjustment.clone());
            take_lines(&mut order, lines.clone())?;
            order.totals = *totals;
        }
        OrderEvent::AdjustmentRemoved { no, lines, totals } => {
            order.adjustments.retain(|adjustment| adjustment.no != *no);
            take_lines(&mut order, lines.clone())?;
            order.totals = *totals;
        }
        OrderEvent::Amended { lines, adjustments, totals } => {
            if let Some(lines) = lines {
                take_lines(&mut order, lines.clone())?;
            }
            if let Some(adjustments) = adjustments {
                order.adjustments.clone_from(adjustments);
            }
            order.totals = *totals;
        }
        OrderEvent::PaymentOpened { .. }
        | OrderEvent::Transacted { .. }
        | OrderEvent::Credited { .. }
        | OrderEvent::RefundRequested { .. }
        | OrderEvent::WrittenOff { .. } => paid(&mut order, event)?,
        OrderEvent::FulfillmentPlanned { .. }
        | OrderEvent::FulfillmentStepped { .. }
        | OrderEvent::Shipped { .. }
        | OrderEvent::Tracked { .. }
        | OrderEvent::Delivered { .. }
        | OrderEvent::FulfillmentCancelled { .. }
        | OrderEvent::DeliveryFailed { .. }
        | OrderEvent::TakenBack { .. }
        | OrderEvent::LossReshipped { .. }
        | OrderEvent::LossCredited { .. }
        | OrderEvent::DeliveryCorrected { .. }
        | OrderEvent::LinesCancelled { .. } => fulfill(&mut order, event, stamp.occurred_at)?,
    }
    Ok(order)
}

/// The same of what was paid and given back. Whatever is numbered has the number behind the last one.
fn paid(order: &mut Order, event: &OrderEvent) -> Result<(), &'static str> {
    let payments = &mut order.payments;
    match event {
        OrderEvent::PaymentOpened { payment } => {
            follows(payment.no, payments.attempts.len())?;
            payments.attempts.push(payment.clone());
        }
        OrderEvent::Transacted { payment, transaction } => payments.take(*payment, transaction.clone())?,
        OrderEvent::Credited { credit } => payments.give(credit)?,
        OrderEvent::RefundRequested { refund, at } => {
            follows(refund.no, payments.refunds.len())?;
            let transaction = Transaction {
                kind: TransactionKind::Refund,
                reference: refund.reference(),
                state: TransactionState::Pending,
                amount: refund.amount,
                at: *at,
            };
            payments.take(refund.payment, transaction)?;
            payments.refunds.push(refund.clone());
        }
        OrderEvent::WrittenOff { side, amount } => {
            let sum = match side {
                WriteOffSide::Forgive => &mut order.balance.written_off,
                WriteOffSide::Keep => &mut order.balance.kept,
            };
            *sum = Amount::new(sum.get() + amount.get());
        }
        _ => {}
    }
    Ok(())
}

fn restored(stage: Stage, to: Status) -> Result<Stage, &'static str> {
    let before = stage.invalid().map(|invalid| Stage::Valid(invalid.from));
    before
        .filter(|before| before.status() == to)
        .ok_or("the order is restored to a status that it did not have")
}

fn back(stage: Stage, to: Option<Status>) -> Result<Stage, &'static str> {
    let before = stage.back().filter(|before| Some(before.status()) == to);
    before.ok_or("the order goes back to a status that it did not have")
}

fn with_trash(stage: Stage, trash: Option<Trash>) -> Result<Stage, &'static str> {
    let invalid = stage.invalid().ok_or("an order that is not invalid goes into the trash, or comes out")?;
    Ok(Stage::Invalid(Invalid { trash, ..invalid }))
}

/// Lines that stay keep their numbers; the numbers of new ones are higher than those of all lines that there ever were.
fn take_lines(order: &mut Order, mut lines: Vec<Line>) -> Result<(), &'static str> {
    if lines.iter().all(|line| line.no == 0) {
        // The event is older than these numbers: its lines are told by their places.
        (1..).zip(&mut lines).for_each(|(no, line)| line.no = no);
    } else if !lines.is_sorted_by(|one, next| one.no < next.no) {
        return Err("the lines are not in the order of their numbers");
    } else if !lines.iter().all(|line| line.no > order.last_line_no || order.line(line.no).is_some()) {
        return Err("a line has the number of one that has gone");
    }
    order.last_line_no = lines.last().map_or(0, |line| line.no).max(order.last_line_no);
    order.lines = lines;
    Ok(())
}
