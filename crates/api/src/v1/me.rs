//! A customer's own account.

mod answer;
pub(super) mod deletion;
mod edit;
mod email;
mod orders;
mod password;
mod read;
mod sessions;

pub(super) use answer::{CustomerBody, answer};

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(read::get_me))
        .with(endpoint!(edit::edit_me))
        .with(endpoint!(deletion::delete_me))
        .with(endpoint!(deletion::undelete_me))
        .with(endpoint!(email::change_email))
        .with(endpoint!(orders::take_order))
        .with(endpoint!(password::change_password))
        .with(endpoint!(sessions::list_sessions))
        .with(endpoint!(sessions::end_session))
}
