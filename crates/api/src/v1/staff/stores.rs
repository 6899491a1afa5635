//! Staff and the stores in their scope.

mod activation;
mod answer;
mod create;
mod diff;
mod edit;
mod expiry_preview;
mod history;
mod list;
mod policy;
mod read;

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(list::list_staff_stores))
        .with(endpoint!(create::create_store))
        .with(endpoint!(read::get_staff_store))
        .with(endpoint!(history::get_store_history))
        .with(endpoint!(diff::get_store_diff))
        .with(endpoint!(edit::edit_store))
        .with(endpoint!(expiry_preview::preview_store_expiry))
        .with(endpoint!(activation::activate_store))
        .with(endpoint!(activation::deactivate_store))
}
