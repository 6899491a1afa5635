//! May this actor ask for this command on this order at all? Which rights a kind takes, `command.rs` says.

use super::{Order, OrderCommandKind, Status};
use crate::access::{Actor, Permission};
use crate::refusal::Refusal;

/// That one of the permissions to cancel which it takes in this status.
pub(super) const fn permission_to_cancel(status: Status) -> Permission {
    match status {
        Status::Processing => Permission::OrdersCancelProcessing,
        Status::PendingReview
        | Status::Confirmed
        | Status::Completed
        | Status::Cancelled
        | Status::Invalid => Permission::OrdersCancel,
    }
}

/// May this actor ask for this kind of command on this order at all?
///
/// # Errors
/// `Forbidden` before `NotFound`: the role is known before the order is looked at.
pub fn authorize(
    order: Option<&Order>,
    actor: &Actor,
    command: impl Into<OrderCommandKind>,
) -> Result<(), Refusal> {
    let kind = command.into();
    let may = match actor {
        Actor::Operator | Actor::System => return Ok(()),
        Actor::Anonymous => false,
        Actor::Importer => kind == OrderCommandKind::Import,
        // What they have proved to know, the decision asks.
        Actor::Customer(_) if kind == OrderCommandKind::Link => {
            return if order.is_some_and(Order::is_deleted) { Err(Refusal::NotFound) } else { Ok(()) };
        }
        Actor::Customer(_) | Actor::Guest(_) => kind.is_for_customers(),
        Actor::Member(_) if actor.may_any(kind.permissions()) => true,
        Actor::Member(_) => return Err(Refusal::lacking(kind.permissions())),
    };
    match order {
        _ if !may => Err(Refusal::Forbidden(None)),
        Some(order) if !actor.scope().covers(order) => Err(Refusal::NotFound),
        Some(_) | None => Ok(()),
    }
}
