//! ordervault: persistence.

pub mod bulk;
pub mod db;
pub mod engine;
pub mod error;
mod json;
pub mod migrate;
pub mod statement;
pub mod tx;

/// Every fixed statement as (name, text on SQLite, text on PostgreSQL), for the committed snapshot.
pub fn sql_texts() -> Vec<(&'static str, &'static str, &'static str)> {
    statement::catalogue(&[migrate::STATEMENTS])
}
