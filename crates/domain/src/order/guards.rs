//! What several decisions ask of an order, and say of themselves.

use super::{Order, Status, Totals};
use crate::aggregate::Personal;
use crate::money::{Amount, Money};
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn stands_in(order: &Order, statuses: &[Status]) -> Result<(), Refusal> {
    if statuses.contains(&order.status()) {
        return Ok(());
    }
    Err(Refusal::StateConflict { current: order.status() })
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
