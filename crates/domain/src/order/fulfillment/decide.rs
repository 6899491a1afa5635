//! The steps of a fulfillment: which may be taken, and what they say.

use std::collections::BTreeMap;

use super::{Carriage, Fulfillment, MAX_FULFILLMENTS, MAX_PARCELS, Ship, Shipment};
use crate::aggregate::{Envelope, Personal};
use crate::order::context::{DecisionContext, Events};
use crate::order::guards::{commented, stands_in, start};
use crate::order::{FulfillmentState, Order, OrderEvent, Status};
use crate::parcel::{LineUnits, Parcel};
use crate::refusal::{NotOpen, Refusal};
use crate::time::Timestamp;

/// Sets open units aside. The execution starts with it, if it has not.
pub(in crate::order) fn plan(
    order: &Order,
    context: &DecisionContext<'_>,
    lines: Option<&[LineUnits]>,
    comment: Option<&str>,
    now: Timestamp,
) -> Result<Events, Refusal> {
    let (mut events, no, lines) = planned(order, context, lines, now)?;
    let event = OrderEvent::FulfillmentPlanned { no, lines };
    events.push(Envelope::of(event).with(commented(comment)));
    Ok(events)
}

/// What goes before a new fulfillment, its number, and what is in it.
fn planned(
    order: &Order,
    context: &DecisionContext<'_>,
    lines: Option<&[LineUnits]>,
    now: Timestamp,
) -> Result<(Events, u32, Vec<LineUnits>), Refusal> {
    stands_in(order, &[Status::Confirmed, Status::Processing])?;
    let lines = chosen(order, lines)?;
    if order.fulfillments.len() >= MAX_FULFILLMENTS {
        return Err(Refusal::TooManyFulfillments { most: MAX_FULFILLMENTS });
    }
    Ok((start(order, context, now)?, order.last_fulfillment_no.saturating_add(1), lines))
}

/// Open units that are named, added up by line; all of them, if none are named.
pub(super) fn chosen(order: &Order, named: Option<&[LineUnits]>) -> Result<Vec<LineUnits>, Refusal> {
    chosen_of(order, &order.open_units(), named)
}

/// The same of those units that there are.
pub(super) fn chosen_of(
    order: &Order,
    there: &[LineUnits],
    named: Option<&[LineUnits]>,
) -> Result<Vec<LineUnits>, Refusal> {
    let Some(named) = named else {
        return if there.is_empty() { Err(Refusal::UnitsNotOpen(vec![])) } else { Ok(there.to_vec()) };
    };
    let (mut chosen, mut not_open) = (BTreeMap::<u32, u32>::new(), vec![]);
    for (position, LineUnits { no, units }) in named.iter().copied().enumerate() {
        order.line(no).ok_or(Refusal::UnknownLine { line: position })?;
        let asked = chosen.entry(no).or_default();
        *asked = asked.saturating_add(units);
        let open = there.iter().find(|line| line.no == no).map_or(0, |line| line.units);
        if *asked > open || units == 0 {
            not_open.push(NotOpen { line: position, no, asked: *asked, open });
        }
    }
    if !not_open.is_empty() || chosen.is_empty() {
        return Err(Refusal::UnitsNotOpen(not_open));
    }
    Ok(chosen.into_iter().map(|(no, units)| LineUnits { no, units }).collect())
}

pub(in crate::order) fn pick(order: &Order, no: u32) -> Result<Events, Refusal> {
    let step = |carrier| OrderEvent::FulfillmentStepped { no, to: FulfillmentState::Picked, carrier };
    forward(order, no, FulfillmentState::Picked, &Carriage::default(), step)
}

pub(in crate::order) fn pack(order: &Order, no: u32, carriage: &Carriage) -> Result<Events, Refusal> {
    let step = |carrier| OrderEvent::FulfillmentStepped { no, to: FulfillmentState::Packed, carrier };
    forward(order, no, FulfillmentState::Packed, carriage, step)
}

/// Hands parcels over: those that were planned, or others, which are planned with it.
pub(in crate::order) fn ship(
    order: &Order,
    context: &DecisionContext<'_>,
    wanted: &Ship,
    now: Timestamp,
) -> Result<Events, Refusal> {
    let lines = match &wanted.what {
        Shipment::Planned(no) => {
            let step = |carrier| OrderEvent::Shipped { no: *no, carrier };
            return forward(order, *no, FulfillmentState::Shipped, &wanted.carriage, step);
        }
        Shipment::Lines(lines) => lines.as_deref(),
    };
    let (mut events, no, lines) = planned(order, context, lines, now)?;
    let carriage = few_parcels(&wanted.carriage)?.clone();
    events.push(Envelope::of(OrderEvent::FulfillmentPlanned { no, lines }));
    let shipped = OrderEvent::Shipped { no, carrier: carriage.carrier };
    let parcels = carriage.parcels.filter(|parcels| !parcels.is_empty());
    events.push(Envelope::of(shipped).with(found_by(parcels)));
    Ok(events)
}

/// Tells how parcels that have left are found, or by whom they are carried.
pub(in crate::order) fn track(order: &Order, no: u32, carriage: &Carriage) -> Result<Events, Refusal> {
    let fulfillment = known(order, no)?;
    stands_in(order, &[Status::Processing, Status::Completed])?;
    if !fulfillment.state.has_left() {
        return Err(Refusal::FulfillmentConflict { current: fulfillment.state });
    }
    let Carriage { carrier, parcels } = news(fulfillment, carriage)?;
    if carrier.is_none() && parcels.is_none() {
        return Ok(vec![]);
    }
    Ok(vec![Envelope::of(OrderEvent::Tracked { no, carrier }).with(found_by(parcels))])
}

/// Arrived at a time that is said, or now. Nothing when that is known.
pub(in crate::order) fn deliver(
    order: &Order,
    no: u32,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Events, Refusal> {
    let fulfillment = known(order, no)?;
    let is_same = at.is_none() || fulfillment.delivered_at == at;
    if fulfillment.state == FulfillmentState::Delivered && is_same {
        return Ok(vec![]);
    }
    in_step(order, fulfillment, fulfillment.state == FulfillmentState::Shipped)?;
    let shipped_at = fulfillment.shipped_at.unwrap_or(now);
    if at.is_some_and(|at| at < shipped_at || at > now) {
        return Err(Refusal::DeliveryTimeOutOfRange);
    }
    let at = at.unwrap_or_else(|| now.later_of(shipped_at));
    Ok(vec![Envelope::of(OrderEvent::Delivered { no, at })])
}

/// Its units are open again.
pub(in crate::order) fn cancel_fulfillment(
    order: &Order,
    no: u32,
    comment: Option<&str>,
) -> Result<Events, Refusal> {
    let fulfillment = known(order, no)?;
    if fulfillment.state == FulfillmentState::Cancelled {
        return Ok(vec![]);
    }
    in_step(order, fulfillment, fulfillment.state.is_inside())?;
    Ok(vec![Envelope::of(OrderEvent::FulfillmentCancelled { no }).with(commented(comment))])
}

/// Is an order that sends parcels done? One that never has is sent as a whole when it is completed.
pub(in crate::order) fn all_arrived(order: &Order) -> Result<(), Refusal> {
    let sends = order.fulfillments.iter().any(|one| one.state != FulfillmentState::Cancelled);
    let missing = order.units_where(|units, quantity| {
        quantity.saturating_sub(units.cancelled + units.delivered + units.lost)
    });
    if sends && !missing.is_empty() { Err(Refusal::UnitsUndelivered(missing)) } else { Ok(()) }
}

/// One step, or several at once; nothing if it was taken, and nothing new is said.
fn forward(
    order: &Order,
    no: u32,
    to: FulfillmentState,
    carriage: &Carriage,
    step: impl FnOnce(Option<String>) -> OrderEvent,
) -> Result<Events, Refusal> {
    let fulfillment = known(order, no)?;
    let Carriage { carrier, parcels } = news(fulfillment, carriage)?;
    if fulfillment.state == to && carrier.is_none() && parcels.is_none() {
        return Ok(vec![]);
    }
    in_step(order, fulfillment, fulfillment.state < to)?;
    Ok(vec![Envelope::of(step(carrier)).with(found_by(parcels))])
}

pub(super) fn known(order: &Order, no: u32) -> Result<&Fulfillment, Refusal> {
    order.fulfillment(no).ok_or(Refusal::UnknownFulfillment)
}

pub(super) fn in_step(order: &Order, fulfillment: &Fulfillment, is_there: bool) -> Result<(), Refusal> {
    stands_in(order, &[Status::Processing])?;
    if is_there { Ok(()) } else { Err(Refusal::FulfillmentConflict { current: fulfillment.state }) }
}

/// What of this is not known yet.
fn news(fulfillment: &Fulfillment, told: &Carriage) -> Result<Carriage, Refusal> {
    let Carriage { carrier, parcels } = few_parcels(told)?.clone();
    Ok(Carriage {
        carrier: carrier.filter(|carrier| fulfillment.carrier.as_ref() != Some(carrier)),
        parcels: parcels.filter(|parcels| fulfillment.parcels != *parcels),
    })
}

fn few_parcels(carriage: &Carriage) -> Result<&Carriage, Refusal> {
    match &carriage.parcels {
        Some(parcels) if parcels.len() > MAX_PARCELS => Err(Refusal::TooManyParcels { most: MAX_PARCELS }),
        _ => Ok(carriage),
    }
}

fn found_by(parcels: Option<Vec<Parcel>>) -> Personal {
    Personal { parcels, ..Personal::default() }
}
