//! What ordervault knows about orders, without async, SQL, HTTP, clock, randomness or environment.
//!
//! Everything that has a history is an [`aggregate::Aggregate`]: a pure `decide` turns a command into events or a
//! [`refusal::Refusal`], a pure `apply` turns events into the next state. Rows, lists and answers are made from states;
//! the history keeps the events.
//!
//! # Rooms, from top to bottom
//!
//! An import goes down this list, never up.
//!
//! - `batch`: one command on many orders
//! - `event_names`: what the events of each kind are called
//! - `order`: orders, with everything that may happen to them
//! - `product`: what a store sells, and its stock
//! - `store`, `member`, `customer`: who sells, who works there, who buys
//! - `installation`: the shop as a whole
//! - `refusal`: why a command was not carried out
//! - `access`: actors, roles, permissions, scopes
//! - `aggregate`: what everything with a history has in common
//! - `totals`: how what an order costs comes about
//! - `contact`: names, telephone numbers, addresses
//! - `parcel`: what is in parcels, and how people find out where they are
//! - `search`: the words that search compares
//! - `id`: typed ids
//! - `number`: an id as people read it
//! - `text`: which texts people may leave behind
//! - `status`: where an order stands, and how it came in
//! - `country`, `language`, `money`, `time`: countries, languages, amounts and currencies, instants and zones
//! - `folding`: the version of the rules by which texts are compared
//! - `serde_text`: a type as its text in JSON
//! - `vocabulary`: closed lists of words
//!
//! # How to add one more
//!
//! The compiler asks for each place that is named here after the first.
//!
//! - **A command on orders** (say "hold"): a variant of [`order::OrderCommand`], and below it in `order/command.rs` who may ask
//!   for it, how it is made from a reason, and the command that leads back; what it leads to in `order/decide.rs`; a test of
//!   its rule beside `tests/ways_back.rs`. Bless the matrix of states. Laws, matrices, random lives, batches and `actions`
//!   have it then. Its endpoint is one entry in `v1/staff/orders/commands.rs` of the API crate.
//! - **An event of orders**: a variant of [`order::OrderEvent`], and beside it the status that it enters and its reason; what
//!   it changes in `order/apply.rs`; its sample in `tests/events.rs`. Bless the texts of events.
//! - **A field of the order**: in `order/state.rs`, and in `order/apply.rs` where an order is made and where it is said
//!   whether the field is compared.
//! - **A number that an order's price is made of**: in `totals`, with its place in the model of `tests/totals.rs`; where it is kept in
//!   `order/line.rs`, and how it is told in `v1/totals_sheet.rs` of the API crate.
//! - **A time or reason that belongs to a status, or an overlay such as a hold**: in `order/stage.rs`, by itself and among the
//!   parts; `tests/order_stage.rs` and `tests/src/stages.rs` try every combination, here and against the CHECKs of the row.
//! - **A command, event or field of another kind of thing**: the same, in its file (`customer` has several) and in `tests/aggregate_laws.rs`.
//! - **A rule by which something is folded**: where the others of its kind stand, and the next [`folding::VERSION`]; bless the
//!   samples of folding.
//! - **A refusal**: a variant of [`refusal::Refusal`] and a case that meets it in `tests/refusals.rs`; the API says what it
//!   means to callers.
//! - **A permission**: a variant of [`access::Permission`], which nobody has until a line of `access/role.rs` gives it, and
//!   the commands or endpoints that ask for it; bless the matrix of roles.
//! - **A kind of thing with a history**: a variant of [`aggregate::Kind`]; a module with state, commands, rights, events,
//!   `decide` and the `Aggregate` implementation ([`store`] is the smallest); the names of its events in `event_names.rs`;
//!   who reads it in `access/mod.rs`; its laws in `tests/aggregate_laws.rs`; then its table in the persistence crate.

pub mod access;
pub mod aggregate;
pub mod batch;
pub mod contact;
pub mod country;
pub mod customer;
mod event_names;
pub mod folding;
pub mod id;
pub mod installation;
pub mod language;
pub mod member;
pub mod money;
mod number;
pub mod order;
pub mod parcel;
pub mod product;
pub mod refusal;
pub mod search;
mod serde_text;
mod status;
pub mod store;
pub mod text;
pub mod time;
pub mod totals;
mod vocabulary;
