//! Staff and the orders in their scope.

mod amend;
mod cancel;
mod complete;
mod confirm;
mod delete;
mod diff;
mod export;
mod filters;
mod history;
mod invalidate;
pub(super) mod list;
mod place;
mod read;
mod reasons;
mod reject;
mod restore;
mod seen;
mod start;
mod step;
mod timeline;
mod undelete;
mod visibility;

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
        .with(endpoint!(confirm::confirm_order))
        .with(endpoint!(reject::reject_order))
        .with(endpoint!(start::start_order))
        .with(endpoint!(complete::complete_order))
        .with(endpoint!(cancel::cancel_staff_order))
        .with(endpoint!(invalidate::invalidate_order))
        .with(endpoint!(restore::restore_order))
        .with(endpoint!(delete::delete_order))
        .with(endpoint!(undelete::undelete_order))
        .with(endpoint!(visibility::hide_staff_order))
        .with(endpoint!(visibility::show_staff_order))
}
