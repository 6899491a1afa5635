//! What an order costs without any of the product: the databases alone, with half of the rows, few indexes, no rules, search
//! words, idempotency, stock ledger, sealed history or rights; see `sql/schema.sql`. And what reading over HTTP costs without it.

pub mod http;
pub mod pgbench;
pub mod sqlite;

/// What a database alone did.
#[derive(Clone, Copy, Debug)]
pub struct Bare {
    /// Orders a second.
    pub per_second: f64,
    /// How long one took: the mean with pgbench, which tells no other; the median with SQLite. Milliseconds.
    pub middle_ms: f64,
}
