//! What has become of an order's fulfillments after each event.

use super::Fulfillment;
use crate::order::{FulfillmentState, Order, OrderEvent};
use crate::parcel::LineUnits;
use crate::time::Timestamp;

/// Follows an event about fulfillments, or units that were called off; nothing else changes anything here.
#[expect(clippy::too_many_lines, reason = "a table, one entry an event")]
pub(in crate::order) fn apply(
    order: &mut Order,
    event: &OrderEvent,
    at: Timestamp,
) -> Result<(), &'static str> {
    match event {
        OrderEvent::FulfillmentPlanned { no, lines } => {
            if *no <= order.last_fulfillment_no {
                return Err("a fulfillment has the number of another one");
            }
            order.last_fulfillment_no = *no;
            order.fulfillments.push(Fulfillment {
                no: *no,
                state: FulfillmentState::Planned,
                lines: lines.clone(),
                taken_back: vec![],
                reshipped: vec![],
                credited: vec![],
                state_since: at,
                carrier: None,
                parcels: vec![],
                planned_at: at,
                shipped_at: None,
                delivered_at: None,
            });
        }
        OrderEvent::FulfillmentStepped { no, to, carrier } => {
            let fulfillment = carried(order, *no, carrier.as_ref())?;
            enter(fulfillment, *to, at);
        }
        OrderEvent::Shipped { no, carrier } => {
            let fulfillment = carried(order, *no, carrier.as_ref())?;
            enter(fulfillment, FulfillmentState::Shipped, at);
            fulfillment.shipped_at = Some(at);
        }
        OrderEvent::Tracked { no, carrier } => {
            carried(order, *no, carrier.as_ref())?;
        }
        OrderEvent::Delivered { no, at: arrived_at } => {
            let fulfillment = carried(order, *no, None)?;
            enter(fulfillment, FulfillmentState::Delivered, at);
            fulfillment.delivered_at = Some(*arrived_at);
        }
        OrderEvent::DeliveryCorrected { no } => {
            let fulfillment = carried(order, *no, None)?;
            enter(fulfillment, FulfillmentState::Shipped, at);
            fulfillment.delivered_at = None;
        }
        OrderEvent::FulfillmentCancelled { no } => {
            enter(carried(order, *no, None)?, FulfillmentState::Cancelled, at);
        }
        OrderEvent::DeliveryFailed { no, lost, .. } => {
            let to = if *lost { FulfillmentState::Lost } else { FulfillmentState::Returning };
            enter(carried(order, *no, None)?, to, at);
        }
        OrderEvent::TakenBack { no, lines } => {
            let fulfillment = carried(order, *no, None)?;
            enter(fulfillment, FulfillmentState::TakenBack, at);
            fulfillment.taken_back.clone_from(lines);
        }
        OrderEvent::LossReshipped { no, lines } => {
            let reshipped = &mut carried(order, *no, None)?.reshipped;
            for line in lines {
                add(reshipped, *line);
            }
        }
        OrderEvent::LossCredited { no, lines, credit } => {
            carried(order, *no, None)?.credited.extend_from_slice(lines);
            order.payments.give(credit)?;
        }
        OrderEvent::LinesCancelled { lines, .. } => {
            for line in lines {
                add(&mut order.cancellations, *line);
            }
        }
        _ => {}
    }
    Ok(())
}

fn enter(fulfillment: &mut Fulfillment, state: FulfillmentState, at: Timestamp) {
    fulfillment.state = state;
    fulfillment.state_since = at;
}

/// The fulfillment of this number, with its carrier if that is told.
fn carried<'a>(
    order: &'a mut Order,
    no: u32,
    carrier: Option<&String>,
) -> Result<&'a mut Fulfillment, &'static str> {
    let mut all = order.fulfillments.iter_mut();
    let fulfillment = all.find(|one| one.no == no).ok_or("there is no fulfillment of this number")?;
    if let Some(carrier) = carrier {
        fulfillment.carrier = Some(carrier.clone());
    }
    Ok(fulfillment)
}

/// Units stay sorted by the numbers of their lines.
fn add(all: &mut Vec<LineUnits>, line: LineUnits) {
    match all.binary_search_by_key(&line.no, |one| one.no) {
        Ok(place) => {
            let units = &mut all[place].units;
            *units = units.saturating_add(line.units);
        }
        Err(place) => all.insert(place, line),
    }
}
