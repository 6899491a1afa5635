//! Makes anew from the histories what is made of them (rows, lines, the stock ledger and units, states that are kept,
//! words), where it is not as they make it. Never the other way round: no history is changed but by one event, which says that this
//! was done.
//!
//! A history that does not hold is never guessed at: its resource stays as it is, and is named. Each page is looked at without
//! holding anything; only where something differs it is looked at again and written in one transaction, so that a repair that
//! was killed is simply run again. To only tell is the same without writing.
//!
//! Its way: what the engine finds (`engine`), the installation, the other kinds in the order in which they refer to one another
//! (`resource`, with `kinds` and what goes with them in `snapshots`, `lines`, `words`, `ledger`), then what belongs to nothing
//! (`strays`, the rest of the ledger), units, and rows to which no history leads (`rest`).
//!
//! What is folded for comparing by older rules is no damage: it is folded anew beside servers (`reindex`).
//!
//! A further table that is made of histories: a module like `lines`, its place in `kinds::Projected`, its codes in
//! [`mends`], and its tampers in the test of the repair.

mod engine;
mod error;
mod kinds;
mod ledger;
mod lines;
mod parcels;
mod reindex;
mod report;
mod resource;
mod rest;
mod run;
mod snapshots;
mod strays;
mod words;

pub use self::error::RepairError;
pub use self::reindex::{Reindexed, is_due, reindex};
pub use self::report::{Entries, Entry, MAX_LISTED_PER_TABLE, Report, mends};
use self::run::Run;
use crate::db::Db;
use crate::scan::Progress;
use crate::seal::KeyRing;
use crate::sources::Sources;

/// The statements of all of it, for the committed snapshot.
pub(crate) static ALL_STATEMENTS: &[crate::statement::Statements] = &[
    engine::STATEMENTS,
    kinds::STATEMENTS,
    ledger::STATEMENTS,
    reindex::STATEMENTS,
    resource::STATEMENTS,
    run::STATEMENTS,
    snapshots::STATEMENTS,
    strays::STATEMENTS,
    words::STATEMENTS,
];

/// Looks for everything that is not as the histories make it. With `sources` it is made anew, and a new epoch begins: what
/// clients have read (versions, cursors) may be of rows that never were.
///
/// Nobody else may write meanwhile; who does ends the repair, which harms nothing.
///
/// # Errors
/// When the database fails, or cannot be read everywhere.
pub async fn repair(
    db: &Db,
    keys: &KeyRing,
    sources: Option<&Sources>,
    progress: impl FnMut(Progress) + Send,
) -> Result<Report, RepairError> {
    Run::new(db, keys, sources, progress).all().await
}
