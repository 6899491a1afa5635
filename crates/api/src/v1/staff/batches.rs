//! One act on many orders: previewed, then carried out in the background, order by order.

mod body;
mod cancel;
mod correction;
mod items;
mod list;
mod preview;
mod read;
mod run;
mod selection;
mod undo;

use crate::routes::{Routes, endpoint};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(run::run_batch))
        .with(endpoint!(list::list_batches))
        .with(endpoint!(read::get_batch))
        .with(endpoint!(items::list_batch_items))
        .with(endpoint!(cancel::cancel_batch))
        .with(endpoint!(undo::undo_batch))
}
