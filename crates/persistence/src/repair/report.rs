//! What `repair` tells, and which kinds of damage it mends.

use std::collections::BTreeMap;
use std::fmt;

use crate::scan::Scanned;
use crate::verify::Code;

/// Of each list so many entries are kept for each table; all are counted.
pub const MAX_LISTED_PER_TABLE: u64 = 1_000;

/// Does `repair` mend what a finding with this code tells of, as long as the histories hold? Whatever is no projection of the
/// histories is not mended: there is nothing that it could be made of.
#[must_use]
pub fn mends(code: Code) -> bool {
    match code {
        // Rows and lines.
        Code::InstallationMissing
        | Code::RowUnreadable
        | Code::RowWithoutHistory
        | Code::HistoryWithoutRow
        | Code::HeadVersion
        | Code::HeadHash
        | Code::FoldDiffers
        | Code::SnapshotDiffers
        | Code::ColumnDiffers
        | Code::SumDiffers
        | Code::LinkBroken
        // Units, and the ledger behind them.
        | Code::StockSum
        | Code::StockMovement
        | Code::StockReserved
        // What followers of the outbox have made, and how far they have come.
        | Code::FollowerAhead
        // Words, and the indexes of SQLite; not the pages of tables.
        | Code::SearchMissing
        | Code::SearchDiffers
        | Code::SearchWithoutRow
        | Code::EngineDamage => true,
        // It comes with others, which tell whether it is about a projection.
        Code::EngineForeignKey
        // The schema.
        | Code::SchemaDiffers
        | Code::MigrationDiffers
        // What happened, and the order in which it did.
        | Code::HistoryGap
        | Code::HistoryKind
        | Code::HistoryHash
        | Code::HistoryText
        | Code::TimeBackwards
        | Code::ClockCorrection
        | Code::HistoryMisfit
        | Code::HistoryDerived
        | Code::PersonalMismatch
        | Code::PersonalMissing
        | Code::PersonalLeft
        | Code::PersonalWithoutEvent
        | Code::OutboxMissing
        | Code::OutboxWithoutEvent
        | Code::OutboxGap
        | Code::OutboxUnsequenced
        | Code::OutboxOrder
        // Rows without a history.
        | Code::PrincipalMissing
        | Code::IdempotencyDangling
        | Code::BatchDiffers
        | Code::RowSeal
        | Code::PasswordOutdated
        // What stands outside of the database.
        | Code::CheckpointFile
        | Code::CheckpointAhead
        | Code::CheckpointDiffers => false,
    }
}

/// Something that is made anew, or has to stay as it is. It names rows and columns, never personal values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Entry {
    /// The table.
    pub table: &'static str,
    /// The resource, if it is about one.
    pub id: Option<i64>,
    /// The same as people read it; empty if there is none.
    pub name: String,
    /// What differs, or why it stays, in words.
    pub detail: String,
}

/// An entry about a resource.
pub(super) fn entry<A: Scanned>(id: i64, detail: String) -> Entry {
    Entry { table: A::TABLE, id: Some(id), name: A::text(id), detail }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.name.is_empty() { "" } else { " " };
        write!(f, "{}{space}{}: {}", self.table, self.name, self.detail)
    }
}

/// Entries, the first [`MAX_LISTED_PER_TABLE`] of each table, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Entries {
    /// The first ones of each table.
    pub listed: Vec<Entry>,
    /// All of them, counted by table.
    pub totals: BTreeMap<&'static str, u64>,
}

impl Entries {
    pub(super) fn add(&mut self, entry: Entry) {
        let total = self.totals.entry(entry.table).or_default();
        *total += 1;
        if *total <= MAX_LISTED_PER_TABLE {
            self.listed.push(entry);
        }
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.totals.is_empty()
    }
}

/// What was found and, if it was asked for, done.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Was it done, or only looked for?
    pub applied: bool,
    /// What is not as the histories make it.
    pub rebuilt: Entries,
    /// What stays as it is, because its history does not hold, or something else stands in the way.
    pub left: Entries,
    /// Rows that were looked at, by table.
    pub looked_at: BTreeMap<&'static str, u64>,
    /// The epoch that began because rows were made anew.
    pub epoch: Option<i64>,
}

impl Report {
    pub(super) fn looked(&mut self, table: &'static str, rows: usize) {
        *self.looked_at.entry(table).or_default() += rows as u64;
    }
}
