//! What staff do so that goods leave the house, and what they call off.

mod body;
mod cancellations;
mod picking;
mod plan;
mod slip;
mod slip_page;
mod steps;

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(plan::plan_fulfillment))
        .with(endpoint!(plan::ship_order))
        .with(endpoint!(cancellations::cancel_lines))
        .with(endpoint!(picking::get_picking_list))
        .with(endpoint!(slip::get_packing_slip))
        .with(endpoint!(slip_page::print_packing_slip))
        .and(steps::routes())
}
