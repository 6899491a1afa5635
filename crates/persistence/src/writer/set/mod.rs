//! The working set: what a group of submissions reads, what its decisions make of it, and the rows that follow.
//!
//! Loaded once (`load`, from what the submissions name: `named`), changed only by entries of its journal
//! (`change`, `working_set`), written once (`net`, `flush`). A refused submission is taken back entry by entry.
//!
//! To add a kind of change, see [`Change`]. To add a kind of resource: a field of [`WorkingSet`], [`Held`] for it, a variant
//! of [`Change`], what is loaded for it (`named`, `load`), and its line in `flush`.

mod change;
mod collection;
mod flush;
mod load;
mod named;
mod net;
mod questions;
mod working_set;

pub(crate) use change::{Change, Exchange, ItemResult};
pub use flush::{MAX_PREVIEWS_PER_MEMBER, PREVIEW_MILLIS};
pub use load::IDEMPOTENCY_MILLIS;
pub(crate) use named::{Goods, Named};
pub(crate) use working_set::{Held, Savepoint, WorkingSet};
