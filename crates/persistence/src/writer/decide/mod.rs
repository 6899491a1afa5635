//! One operation against the working set, kind by kind: authority, decision, and the changes that follow.
//!
//! To add a kind of operation: a variant of [`Operation`](super::Operation), what it names (`set/named.rs`), a method here
//! and its arm in `dispatch.rs`.

mod batch;
mod context;
mod decider;
mod import_history;
mod installation;
mod mail;
mod order;
mod people;
mod product;
mod seen;
mod session;
mod store;
mod throttle;

pub(super) use decider::{ActorContext, Decider, OperationError};
pub use session::{MAX_SESSIONS_PER_PRINCIPAL, REUSE_GRACE_MILLIS};
