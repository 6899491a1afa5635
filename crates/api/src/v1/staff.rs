//! What staff do.

mod auth;
mod me;
pub(super) mod orders;

use crate::routes::Routes;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().and(auth::routes()).and(me::routes()).and(orders::routes())
}
