//! Staff and the products in their scope.

mod activation;
mod answer;
mod create;
mod diff;
mod edit;
mod history;
mod list;
mod read;
mod stock;

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(list::list_staff_products))
        .with(endpoint!(create::create_product))
        .with(endpoint!(read::get_staff_product))
        .with(endpoint!(history::get_product_history))
        .with(endpoint!(diff::get_product_diff))
        .with(endpoint!(edit::edit_product))
        .with(endpoint!(activation::activate_product))
        .with(endpoint!(activation::deactivate_product))
        .with(endpoint!(stock::adjust_stock))
}
