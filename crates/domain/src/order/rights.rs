//! Who may ask for which command on orders: the one place where it stands.

use super::{Order, OrderCommandKind, Status};
use crate::access::{Actor, Permission};
use crate::refusal::Refusal;

impl OrderCommandKind {
    /// The permissions of which each opens this kind of command to staff; none: it is not theirs.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Place => &[Permission::OrdersPlace],
            Self::Confirm => &[Permission::OrdersConfirm],
            Self::Reject => &[Permission::OrdersReject],
            Self::Amend | Self::Hide | Self::Show => &[Permission::OrdersAmend],
            Self::Start => &[Permission::OrdersStart],
            Self::Complete => &[Permission::OrdersComplete],
            // Which of the two, the order's status says.
            Self::Cancel => &[Permission::OrdersCancel, Permission::OrdersCancelProcessing],
            Self::Invalidate => &[Permission::OrdersInvalidate],
            Self::Restore => &[Permission::OrdersRestore],
            Self::Delete | Self::Undelete => &[Permission::OrdersDelete],
            Self::Import | Self::NoteBreach | Self::Expire => &[],
        }
    }

    /// May customers ask for it, and guests for the order that they know?
    #[must_use]
    pub const fn is_for_customers(self) -> bool {
        match self {
            Self::Place | Self::Amend | Self::Cancel | Self::Hide | Self::Show => true,
            Self::Import
            | Self::Confirm
            | Self::Reject
            | Self::Start
            | Self::Complete
            | Self::Invalidate
            | Self::Restore
            | Self::Delete
            | Self::Undelete
            | Self::NoteBreach
            | Self::Expire => false,
        }
    }
}

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
