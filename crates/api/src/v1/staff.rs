//! What staff do.

mod auth;
mod batches;
mod customers;
mod expiries;
mod history;
mod me;
mod members;
pub(super) mod orders;
mod products;
mod stores;
mod summary;

use crate::routes::Routes;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .and(auth::routes())
        .and(me::routes())
        .and(summary::routes())
        .and(orders::routes())
        .and(batches::routes())
        .and(expiries::routes())
        .and(stores::routes())
        .and(products::routes())
        .and(customers::routes())
        .and(members::routes())
        .and(history::routes())
}
