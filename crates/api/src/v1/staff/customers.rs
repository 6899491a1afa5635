//! The accounts of customers, as staff look after them.

mod activation;
mod answer;
mod diff;
mod history;
mod list;
mod one_time_code;
mod read;

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(list::list_customers))
        .with(endpoint!(read::get_customer))
        .with(endpoint!(history::get_customer_history))
        .with(endpoint!(diff::get_customer_diff))
        .with(endpoint!(activation::activate_customer))
        .with(endpoint!(activation::deactivate_customer))
        .with(endpoint!(activation::undelete_customer))
        .with(endpoint!(one_time_code::hand_out_code))
}
