//! Staff and the orders in their scope.

mod acts;
mod amend;
mod diff;
mod export;
mod filters;
mod history;
pub(super) mod list;
mod place;
mod read;
mod seen;
mod timeline;

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(list::list_staff_orders))
        .with(endpoint!(place::place_staff_order))
        .with(endpoint!(seen::mark_orders_seen))
        .with(endpoint!(export::export_staff_orders))
        .with(endpoint!(read::get_staff_order))
        .with(endpoint!(history::get_staff_order_history))
        .with(endpoint!(timeline::get_staff_order_timeline))
        .with(endpoint!(diff::get_staff_order_diff))
        .with(endpoint!(amend::amend_staff_order))
        .with(endpoint!(acts::confirm_order))
        .with(endpoint!(acts::reject_order))
        .with(endpoint!(acts::start_order))
        .with(endpoint!(acts::complete_order))
        .with(endpoint!(acts::cancel_staff_order))
        .with(endpoint!(acts::invalidate_order))
        .with(endpoint!(acts::restore_order))
        .with(endpoint!(acts::delete_order))
        .with(endpoint!(acts::undelete_order))
        .with(endpoint!(acts::hide_staff_order))
        .with(endpoint!(acts::show_staff_order))
}
