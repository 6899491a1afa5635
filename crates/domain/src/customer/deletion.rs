//! How customers leave: they ask for it, may take that back for some days, and are forgotten.

use super::{Customer, CustomerEvent, DecisionContext};
use crate::access::Actor;
use crate::aggregate::Envelope;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// So long an account stays after its customer has asked for it to be deleted: they may have changed their mind, or somebody
/// else may have asked.
pub const DELETION_GRACE_DAYS: u32 = 14;

type Events = Vec<Envelope<CustomerEvent>>;

/// Nothing when it has been asked for: the day stays.
pub(super) fn request(
    customer: &Customer,
    context: &DecisionContext<'_>,
    despite_open_orders: bool,
) -> Result<Events, Refusal> {
    if customer.deletion_due_at.is_some() {
        return Ok(vec![]);
    }
    if !despite_open_orders && !context.open_orders.is_empty() {
        return Err(Refusal::OpenOrders(context.open_orders.to_vec()));
    }
    let due_at = context.now.plus_days(DELETION_GRACE_DAYS.into());
    Ok(vec![Envelope::of(CustomerEvent::DeletionRequested { due_at })])
}

/// Nothing when it has not been asked for. As long as the account is there it can be kept, also when its days are over.
pub(super) fn take_back(customer: &Customer) -> Events {
    match customer.deletion_due_at {
        None => vec![],
        Some(_) => vec![Envelope::of(CustomerEvent::DeletionTakenBack {})],
    }
}

/// Nothing before it is time. The operator knows what was erased although this history does not.
pub(super) fn erase(customer: &Customer, actor: &Actor, now: Timestamp) -> Events {
    let is_due = customer.deletion_due_at.is_some_and(|due_at| due_at <= now);
    match customer.erased_at {
        None if is_due || *actor == Actor::Operator => vec![Envelope::of(CustomerEvent::Erased {})],
        _ => vec![],
    }
}
