//! One module per table (or pair of tables): its statements, its rows, and the way from rows to states and back.
//!
//! To add a kind of thing with a history: its migration (both engines, same number and name), a module here with
//! [`Stored`], and its line in the writer's working set.

pub(crate) mod arrivals;
pub(crate) mod batches;
pub(crate) mod columns;
pub(crate) mod credentials;
pub(crate) mod customers;
pub(crate) mod history;
pub(crate) mod idempotency;
pub(crate) mod members;
pub(crate) mod orders;
pub(crate) mod outbox;
pub(crate) mod products;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod stock;
pub(crate) mod stores;
pub(crate) mod throttles;
pub(crate) mod writers;

use std::future::Future;

use ordervault_domain::aggregate::Aggregate;
use ordervault_domain::time::Timestamp;

use crate::bulk::{BulkInsert, BulkUpdate};
use crate::error::Error;
use crate::statement::{Bind, Template};
use crate::tx::Conn;

/// A state together with the hash of its last history row.
#[derive(Clone, Debug)]
pub(crate) struct LockedRow<A> {
    pub state: A,
    pub head: String,
}

/// How rows are to be held while they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowLock {
    /// Not at all.
    Free,
    /// Against writers, until the transaction ends.
    Locked,
}

impl RowLock {
    /// The statement that reads so.
    pub(crate) fn of(self, free: &'static Template, locked: &'static Template) -> &'static Template {
        match self {
            Self::Free => free,
            Self::Locked => locked,
        }
    }
}

/// An aggregate with a table of its own. The row is a projection of the history, written with it.
pub(crate) trait Stored: Aggregate {
    /// Inserts rows of [`Stored::values`].
    const INSERT: &'static BulkInsert;
    /// Updates rows: `[id, expected version]` and then [`Stored::values`] without the id.
    const UPDATE: &'static BulkUpdate;

    /// The rows with these ids, those that exist, sorted by id.
    fn load(
        conn: &mut Conn,
        ids: &[i64],
        hold: RowLock,
    ) -> impl Future<Output = Result<Vec<LockedRow<Self>>, Error>> + Send;

    /// When its last history row was written down.
    fn updated_at(&self) -> Timestamp;

    /// The row's values in the order of the table's columns: id, version, head hash, …
    fn values(&self, head: &str) -> Vec<Bind>;
}
