//! What several decisions ask of an order, and say of themselves.

use super::{Order, Status};
use crate::aggregate::Personal;
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

pub(super) fn commented(comment: Option<&str>) -> Personal {
    Personal { comment: comment.map(str::to_owned), ..Personal::default() }
}
