//! Customers and guests, and their orders.

pub(super) mod amend;
pub(super) mod answer;
mod cancel;
pub(super) mod explain;
mod history;
pub(super) mod list;
pub(super) mod place;
pub(super) mod read;
mod received;
mod timeline;
mod visibility;

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(place::place_order))
        .with(endpoint!(list::list_orders))
        .with(endpoint!(read::get_order))
        .with(endpoint!(history::get_order_history))
        .with(endpoint!(timeline::get_order_timeline))
        .with(endpoint!(explain::explain_order_totals))
        .with(endpoint!(amend::amend_order))
        .with(endpoint!(cancel::cancel_order))
        .with(endpoint!(received::receive_fulfillment))
        .with(endpoint!(visibility::hide_order))
        .with(endpoint!(visibility::show_order))
}
