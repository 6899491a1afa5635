//! What ordervault knows about orders, without async, SQL, HTTP, clock, randomness or environment.
//!
//! Everything that has a history is an [`aggregate::Aggregate`]: a pure `decide` turns a command into events or a
//! [`refusal::Refusal`], a pure `apply` turns events into the next state. Rows, lists and answers are made from states;
//! the history keeps the events.
//!
//! # How to add one more
//!
//! - **A command on orders** (say "hold"): see [`order`].
//! - **A permission**: a variant of [`access::Permission`], the roles that have it in `access/role.rs`, and the commands
//!   or endpoints that ask for it; bless the matrix.
//! - **A kind of thing with a history**: a variant of [`aggregate::Kind`], a module with state, its commands and events,
//!   `decide` and the `Aggregate` implementation ([`store`] is the smallest), then its table in the persistence crate.

pub mod access;
pub mod aggregate;
pub mod batch;
pub mod contact;
pub mod customer;
pub mod id;
pub mod member;
pub mod money;
pub mod number;
pub mod order;
pub mod product;
pub mod refusal;
pub mod search;
mod serde_text;
pub mod store;
pub mod text;
pub mod time;
