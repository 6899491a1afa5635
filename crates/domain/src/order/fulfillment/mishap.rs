//! Parcels that do not arrive, and arrivals that were none.

use super::decide::{chosen_of, in_step, known};
use super::{CreditedUnits, FailureReason, FulfillmentState, LossSettlement, UnitsBack};
use crate::aggregate::Envelope;
use crate::money::Amount;
use crate::order::context::Events;
use crate::order::guards::{commented, in_time};
use crate::order::payment::credit;
use crate::order::{Order, OrderEvent, RefundReason};
use crate::parcel::LineUnits;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::totals::part;

/// So long an arrival that was told by mistake is taken back.
const CORRECTION_HOURS: u32 = 72;

/// Parcels that have left do not arrive: they come back, or are lost. What was thought to come back may be lost yet.
pub(in crate::order) fn fail(
    order: &Order,
    no: u32,
    lost: bool,
    reason: FailureReason,
    comment: Option<&str>,
) -> Result<Events, Refusal> {
    let fulfillment = known(order, no)?;
    let to = if lost { FulfillmentState::Lost } else { FulfillmentState::Returning };
    if fulfillment.state == to {
        return Ok(vec![]);
    }
    let on_its_way = matches!(fulfillment.state, FulfillmentState::Shipped | FulfillmentState::Returning);
    in_step(order, fulfillment, on_its_way)?;
    let event = OrderEvent::DeliveryFailed { no, lost, reason };
    Ok(vec![Envelope::of(event).with(commented(comment))])
}

/// They are back: good units are open again, broken ones a loss. All are good, if nothing is said of them.
pub(in crate::order) fn take_back(
    order: &Order,
    no: u32,
    told: Option<&[UnitsBack]>,
    comment: Option<&str>,
) -> Result<Events, Refusal> {
    let fulfillment = known(order, no)?;
    let whole = |line: &LineUnits| UnitsBack { no: line.no, restocked: line.units, broken: 0 };
    let lines: Vec<UnitsBack> = match told {
        None => fulfillment.lines.iter().map(whole).collect(),
        Some(told) => told.to_vec(),
    };
    if fulfillment.state == FulfillmentState::TakenBack && (told.is_none() || lines == fulfillment.taken_back)
    {
        return Ok(vec![]);
    }
    // Parcels that were given up for lost are found again, unless their units are promised anew, or given up.
    let is_away = match fulfillment.state {
        FulfillmentState::Returning => true,
        FulfillmentState::Lost => fulfillment.reshipped.is_empty() && fulfillment.credited.is_empty(),
        _ => false,
    };
    in_step(order, fulfillment, is_away)?;
    let counted =
        |line: &UnitsBack| LineUnits { no: line.no, units: line.restocked.saturating_add(line.broken) };
    let mut counts: Vec<LineUnits> = lines.iter().map(counted).collect();
    counts.sort_by_key(|line| line.no);
    if counts != fulfillment.lines {
        return Err(Refusal::UnitsBackDiffer(fulfillment.lines.clone()));
    }
    Ok(vec![Envelope::of(OrderEvent::TakenBack { no, lines }).with(commented(comment))])
}

/// Lost or broken units are promised anew: they are open again, and others take their place. Or they are not owed any more, nor is what
/// they cost.
pub(in crate::order) fn settle_loss(
    order: &Order,
    no: u32,
    by: LossSettlement,
    lines: Option<&[LineUnits]>,
    comment: Option<&str>,
) -> Result<Events, Refusal> {
    let fulfillment = known(order, no)?;
    let is_mishap = matches!(fulfillment.state, FulfillmentState::Lost | FulfillmentState::TakenBack);
    in_step(order, fulfillment, is_mishap)?;
    let lines = chosen_of(order, &fulfillment.losses(), lines)?;
    let event = match by {
        LossSettlement::Reship => OrderEvent::LossReshipped { no, lines },
        LossSettlement::Credit => {
            let lines: Vec<CreditedUnits> = lines.into_iter().map(|line| valued(order, line)).collect();
            let value = lines.iter().map(|line| line.value.get()).sum();
            let credit = credit(order, Amount::new(value), RefundReason::Lost);
            OrderEvent::LossCredited { no, lines, credit }
        }
    };
    Ok(vec![Envelope::of(event).with(commented(comment))])
}

/// The next units of a line that go take the part of its price that those before them have left.
fn valued(order: &Order, LineUnits { no, units }: LineUnits) -> CreditedUnits {
    let value = order.line(no).map_or(Amount::ZERO, |line| {
        let counted = order.units(no);
        let gone = counted.cancelled + counted.credited;
        let up_to = |gone| part(line.amount(), gone, line.quantity, order.terms.step()).get();
        Amount::new(up_to(gone + units) - up_to(gone))
    });
    CreditedUnits { no, units, value }
}

/// They have not arrived after all.
pub(in crate::order) fn correct_delivery(
    order: &Order,
    no: u32,
    comment: Option<&str>,
    now: Timestamp,
) -> Result<Events, Refusal> {
    let fulfillment = known(order, no)?;
    in_step(order, fulfillment, fulfillment.state == FulfillmentState::Delivered)?;
    in_time(Some(fulfillment.state_since.plus_minutes(CORRECTION_HOURS * 60)), now)?;
    Ok(vec![Envelope::of(OrderEvent::DeliveryCorrected { no }).with(commented(comment))])
}
