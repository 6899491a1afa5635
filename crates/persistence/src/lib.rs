//! How ordervault keeps what happened: SQL, the write queue, the history, on SQLite and PostgreSQL.
//!
//! Reads go through a [`tx::Conn`], changes only through the [`writer::Writer`]. See [`statement`] for how one text
//! serves two engines.
//!
//! # How to add one more
//!
//! - **A table or column**: one migration file per engine under `migrations/`, with the same number and name.
//! - **A kind of thing with a history**: see [`tables`](self) and `writer/working_set.rs`.
//! - **A change that is not a command of the domain** (like logins): a variant of [`writer::Operation`] and its arm in
//!   `writer/decide.rs`.
//! - **A read**: a function over `&mut Conn` in the module of its table or list.

pub mod bulk;
pub mod db;
pub mod engine;
pub mod error;
mod json;
pub mod leader;
pub mod migrate;
pub mod read;
pub mod sources;
pub mod statement;
mod tables;
pub mod transfer;
pub mod tx;
pub mod verify;
mod walk;
pub mod writer;

pub use error::{DbError, Error};
pub use tables::history::{HistoryActor, HistoryRow, fold};
pub use tables::outbox::sequence;
pub use tables::sessions::{Realm, Session};

/// Every fixed statement as (name, text on SQLite, text on PostgreSQL), for the committed snapshot.
pub fn sql_texts() -> Vec<(&'static str, &'static str, &'static str)> {
    let tables: &[statement::Statements] = &[
        leader::STATEMENTS,
        migrate::STATEMENTS,
        read::STATEMENTS[0],
        read::STATEMENTS[1],
        read::STATEMENTS[2],
        read::STATEMENTS[3],
        read::STATEMENTS[4],
        read::STATEMENTS[5],
        read::STATEMENTS[6],
        tables::arrivals::STATEMENTS,
        tables::batches::STATEMENTS,
        tables::credentials::STATEMENTS,
        tables::customers::STATEMENTS,
        tables::history::STATEMENTS,
        tables::idempotency::STATEMENTS,
        tables::members::STATEMENTS,
        tables::orders::STATEMENTS,
        tables::outbox::STATEMENTS,
        tables::products::STATEMENTS,
        tables::search::STATEMENTS,
        tables::sessions::STATEMENTS,
        tables::stock::STATEMENTS,
        tables::stores::STATEMENTS,
        tables::throttles::STATEMENTS,
        tables::writers::STATEMENTS,
        walk::STATEMENTS,
    ];
    statement::catalogue(&[tables, verify::ALL_STATEMENTS].concat())
}
