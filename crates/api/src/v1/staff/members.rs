//! Staff and those who work with them.

mod activation;
mod answer;
mod create;
mod diff;
mod edit;
mod history;
mod list;
mod password;
mod read;

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(list::list_members))
        .with(endpoint!(create::create_member))
        .with(endpoint!(read::get_member))
        .with(endpoint!(history::get_member_history))
        .with(endpoint!(diff::get_member_diff))
        .with(endpoint!(edit::edit_member))
        .with(endpoint!(activation::activate_member))
        .with(endpoint!(activation::deactivate_member))
        .with(endpoint!(password::reset_member_password))
}
