//! Staff and the orders in their scope.

mod acts;
mod amend;
mod export;
mod filters;
mod history;
mod list;
mod read;

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(list::list_staff_orders))
        .with(endpoint!(export::export_staff_orders))
        .with(endpoint!(read::get_staff_order))
        .with(endpoint!(history::get_staff_order_history))
        .with(endpoint!(amend::amend_staff_order))
        .with(endpoint!(acts::confirm_order))
        .with(endpoint!(acts::reject_order))
        .with(endpoint!(acts::start_order))
        .with(endpoint!(acts::complete_order))
        .with(endpoint!(acts::cancel_staff_order))
        .with(endpoint!(acts::invalidate_order))
        .with(endpoint!(acts::restore_order))
}
