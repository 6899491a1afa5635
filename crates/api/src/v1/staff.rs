//! What staff do.

pub(super) mod orders;

use crate::routes::Routes;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().and(orders::routes())
}
