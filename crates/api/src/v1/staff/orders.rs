//! Staff and the orders in their scope.

mod adjust;
mod amend;
mod commands;
mod diff;
mod explain;
mod export;
pub(super) mod filters;
mod fulfillments;
mod history;
mod link;
mod list;
mod payments;
mod place;
mod read;
mod reasons;
mod seen;
pub(super) mod selection;
mod timeline;

pub(super) use seen::last_position;

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
        .with(endpoint!(explain::explain_staff_order_totals))
        .with(endpoint!(diff::get_staff_order_diff))
        .with(endpoint!(amend::amend_staff_order))
        .with(endpoint!(adjust::adjust_order))
        .with(endpoint!(adjust::remove_adjustment))
        .with(endpoint!(link::link_order))
        .with(endpoint!(payments::record_payment))
        .with(endpoint!(payments::get_refund_proposal))
        .with(endpoint!(payments::issue_refund))
        .with(endpoint!(payments::settle_refund))
        .with(endpoint!(payments::write_off))
        .and(fulfillments::routes())
        .and(commands::routes())
}
