//! How ordervault keeps what happened: SQL, the write queue, the history, on SQLite and PostgreSQL.
//!
//! Reads go through a [`tx::Conn`]. Changes go through the [`writer::Writer`]; beside it only [`sequence`] numbers events,
//! [`follow`] notes how far followers of the outbox have come, [`merge_words`] has SQLite put its index of words in order, and
//! [`migrate`] changes the schema. See [`statement`] for how one text serves two engines.
//!
//! # Rooms, from top to bottom
//!
//! An import goes down this list, never up.
//!
//! - `clock`: what a clock that was ahead has left, and the way on
//! - `backup`: whole copies, and what follows when one is put back
//! - `transfer`: how everything moves house
//! - `repair`: what is made of the histories, made anew
//! - `verify`: whether everything is sound
//! - `checkpoint`: what is told about the database outside of it
//! - `scan`: all resources of a kind, page by page
//! - `read`: what can be asked
//! - `writer`: what can be changed
//! - `tables`: one module per table: statements, rows, and the way from rows to states and back
//! - `leader`, `schema`, `migrate`: what one process does at a time; the schema, as it should be and as it is
//! - `db`: connections
//! - `tx`: what runs statements
//! - `ahead`: questions that are asked together
//! - `link`: connections of the drivers
//! - `bundle`: such statements that are sent together
//! - `bulk`: statements over many rows
//! - `record`: what is read from a row
//! - `statement`: one text for two engines
//! - `json`: text for bulk rows, and rows as text
//! - `engine`, `error`, `seal`, `sources`: which engine, what goes wrong, keys and what they seal, clock and randomness
//!
//! # How to add one more
//!
//! - **A column**: the schema of both engines, and its line in the `table_row!` of its table (`tables/`). The compiler names
//!   the two functions between row and state. A column that lists show also stands in `read/order_list/row.rs`.
//! - **The schema of both engines**: until the first release `0001_init.sql` of both folders under `migrations/`; from then
//!   on migrations are append-only, and it is a new file of the next number, one per engine (see [`migrate`]).
//! - **A table**: the schema of both engines, a module of [`tables`](self) and its line in `ALL_STATEMENTS` there; what
//!   must have a counterpart in another table: a check in `verify/pairs.rs`.
//! - **A kind of resource with a history**: its table with `Stored` (`tables`), `Held` and a variant of `Change`
//!   (`writer/set`), a variant of [`writer::Operation`] and its [`writer::Effect`], what it names (`writer/set/named.rs`), what
//!   is loaded (`writer/set/load.rs`), its line in `writer/set/flush.rs`, a method of the decider (`writer/decide`) and its
//!   arm in `writer/dispatch.rs`; `Scanned` (`scan.rs`), `Verified` and its line in `verify/mod.rs`, `HISTORY_HAS_ROW` in
//!   `verify/pairs.rs`, `HIGHEST_ID` in `tables/writers.rs`; if it travels: `transfer` and `writer/decide/import_history.rs`.
//! - **An operation that is not a command of the domain** (like logins): a variant of [`writer::Operation`] and its
//!   [`writer::Effect`], what it names (`writer/set/named.rs`), a method of the decider (`writer/decide`), and its arm in
//!   `writer/dispatch.rs`; if it changes what nothing has changed before: a variant of `Change` (`writer/set/change.rs`).
//! - **An event that leads to another state than it did**: the next `FORMAT` in `tables/snapshots.rs`, so that nobody goes on from
//!   a state that was kept before.
//! - **A read**: a function over `&mut Conn` in `read`; its fixed statements, if the module had none, in `ALL_STATEMENTS`
//!   there.
//! - **A statement**: beside its kind above, values with which its costs are measured (`tests/tests/costs/samples.rs`), and its
//!   line in `docs/engines.md` where the engines differ.
//! - **A fork between the engines**: [`statement::Template::forked`], and a row in `docs/engines.md`.

mod ahead;
pub mod backup;
pub mod bulk;
pub mod bundle;
pub mod checkpoint;
pub mod clock;
pub mod db;
pub mod engine;
pub mod error;
mod json;
pub mod leader;
mod link;
pub mod migrate;
pub mod read;
mod record;
pub mod repair;
mod scan;
mod schema;
pub mod seal;
pub mod sources;
pub mod statement;
mod tables;
pub mod transfer;
pub mod tx;
pub mod verify;
pub mod writer;

pub use error::{DbError, Error};
pub use tables::followers::{OutboxEvent, events_behind, follow, followed, position};
pub use tables::gone_words::{MergeStep, merge_words};
pub use tables::history::{HistoryActor, HistoryRow, fold};
pub use tables::outbox::sequence;
pub use tables::sessions::{Realm, SESSION_MEMORY_MILLIS, Session};

/// Every fixed statement as (name, text on SQLite, text on PostgreSQL), for the committed snapshot.
pub fn sql_texts() -> Vec<(&'static str, &'static str, &'static str)> {
    let rooms = [
        checkpoint::STATEMENTS,
        leader::STATEMENTS,
        schema::STATEMENTS,
        migrate::STATEMENTS,
        scan::STATEMENTS,
    ];
    let all = [
        rooms.as_slice(),
        read::ALL_STATEMENTS,
        tables::ALL_STATEMENTS,
        verify::ALL_STATEMENTS,
        backup::ALL_STATEMENTS,
        repair::ALL_STATEMENTS,
        &[clock::STATEMENTS, transfer::STATEMENTS],
    ];
    statement::catalogue(&all.concat())
}
