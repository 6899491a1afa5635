//! The accounts of customers, as staff look after them.

mod activation;
mod answer;
mod one_time_code;

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(activation::activate_customer))
        .with(endpoint!(activation::deactivate_customer))
        .with(endpoint!(one_time_code::hand_out_code))
}
