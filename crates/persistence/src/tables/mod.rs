//! One module per table (or pair of tables): its statements, its rows, and the way from rows to states and back.
//!
//! To add a table: its migration (both engines, same number and name), a module here, and its `STATEMENTS` in
//! [`ALL_STATEMENTS`]. To add a kind of resource with a history: also [`Stored`] for it, and then the places that
//! `lib.rs` lists.

pub(crate) mod arrivals;
pub(crate) mod batches;
pub(crate) mod columns;
pub(crate) mod credentials;
pub(crate) mod customers;
pub(crate) mod followers;
pub(crate) mod gone_words;
pub(crate) mod history;
pub(crate) mod idempotency;
pub(crate) mod installations;
pub(crate) mod mails;
pub(crate) mod members;
pub(crate) mod one_time_codes;
pub(crate) mod order_lines;
pub(crate) mod orders;
pub(crate) mod outbox;
pub(crate) mod parcels;
pub(crate) mod products;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod snapshots;
pub(crate) mod stock;
pub(crate) mod stores;
pub(crate) mod throttles;
pub(crate) mod times;
pub(crate) mod writers;

use std::future::Future;

use ordervault_domain::aggregate::Aggregate;
use ordervault_domain::folding;
use ordervault_domain::time::Timestamp;
use serde::de::DeserializeOwned;

use self::columns::TableRow;
use crate::ahead::Question;
use crate::bulk::{BulkInsert, BulkUpdate, Column};
use crate::error::Error;
use crate::statement::{Bind, Template};
use crate::tx::Conn;

/// The fixed statements of these modules.
pub(crate) static ALL_STATEMENTS: &[crate::statement::Statements] = &[
    arrivals::STATEMENTS,
    batches::STATEMENTS,
    credentials::STATEMENTS,
    customers::STATEMENTS,
    followers::STATEMENTS,
    gone_words::STATEMENTS,
    history::STATEMENTS,
    idempotency::STATEMENTS,
    installations::STATEMENTS,
    mails::STATEMENTS,
    members::STATEMENTS,
    one_time_codes::STATEMENTS,
    order_lines::STATEMENTS,
    orders::STATEMENTS,
    outbox::STATEMENTS,
    parcels::STATEMENTS,
    products::STATEMENTS,
    search::STATEMENTS,
    sessions::STATEMENTS,
    snapshots::STATEMENTS,
    stock::STATEMENTS,
    stores::STATEMENTS,
    throttles::STATEMENTS,
    times::STATEMENTS,
    writers::STATEMENTS,
];

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
    /// Its row.
    type Row: TableRow + DeserializeOwned;

    /// The rows with the ids `$1`, sorted by id.
    const READ: &'static Template;
    /// The same, locked.
    const LOCK: &'static Template;
    /// Inserts rows.
    const INSERT: &'static BulkInsert;
    /// Updates rows: what [`Stored::update`] makes.
    const UPDATE: &'static BulkUpdate;
    /// Columns that are folded for comparing, and at last the one that says by which version of the rules. An update leaves that one as it
    /// is: the words of the row may still be older.
    const FOLDED: &'static [Column] = &[];

    /// What the rows say, in their order, with what stands in other tables.
    fn states(
        conn: &mut Conn,
        rows: Vec<Self::Row>,
    ) -> impl Future<Output = Result<Vec<LockedRow<Self>>, Error>> + Send;

    /// The row of a state and the hash of its last history row.
    fn row(&self, head: &str) -> Self::Row;

    /// By which version of the rules a row is folded.
    fn folded_by(_row: &Self::Row) -> i64 {
        folding::VERSION
    }

    /// Columns that say nothing about whether a row is as it should be: of one that is folded by other rules, those.
    fn stale(row: &Self::Row) -> &'static [Column] {
        if Self::folded_by(row) == folding::VERSION { &[] } else { Self::FOLDED }
    }

    /// Makes these values of the row that has this version: id, version, and what is set.
    fn update(id: i64, version: i64, values: Vec<Bind>) -> Vec<Bind> {
        let sets = Self::UPDATE.sets();
        [id.into(), version.into()].into_iter().chain(values.into_iter().skip(1).take(sets)).collect()
    }

    /// When its last history row was written down.
    fn updated_at(&self) -> Timestamp;

    /// What [`Stored::load`] asks.
    fn question(ids: &[i64], hold: RowLock) -> Question {
        Question::of::<Self::Row>(hold.of(Self::READ, Self::LOCK).bind((ids,)))
    }

    /// The states with these ids, those that exist, sorted by id.
    fn load(
        conn: &mut Conn,
        ids: &[i64],
        hold: RowLock,
    ) -> impl Future<Output = Result<Vec<LockedRow<Self>>, Error>> + Send {
        async move {
            let rows = conn.fetch_packed(hold.of(Self::READ, Self::LOCK).bind((ids,))).await?;
            Self::states(conn, rows).await
        }
    }
}
