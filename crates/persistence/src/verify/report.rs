//! What verification reports.
//!
//! Each kind of damage has a code that stays the same from version to version:
//!
//! | code | what does not hold |
//! | --- | --- |
//! | `engine-damage` | the engine's own check of its file (SQLite's `integrity_check`) |
//! | `engine-foreign-key` | a row refers to one that is not there (SQLite's `foreign_key_check`) |
//! | `installation-missing` | where there is a history there is one installation |
//! | `schema-differs` | tables, indexes, triggers, CHECKs and views are those that this program makes |
//! | `migration-differs` | the list of migrations has the checksums of this program's |
//! | `row-unreadable` | every row can be read, and has nothing in a column that cannot be |
//! | `row-without-history` | a row that no history leads to |
//! | `history-without-row` | a history whose resource is not there |
//! | `history-gap` | the events of a resource are numbered 1, 2, 3 … |
//! | `history-kind` | an event is of the kind of its resource |
//! | `history-hash` | the hash of an event seals its content and the hash before it |
//! | `history-text` | the text of an event is one that this program can read |
//! | `time-backwards` | no event of a resource is older than the one before it, unless the clock was corrected in between |
//! | `clock-correction` | a correction of the clock leads from the newest time before it to its own |
//! | `history-misfit` | an event can follow the state before it |
//! | `history-derived` | the columns `type`, `fields` and `store_id` say what the event says |
//! | `head-version` | the row's version is the number of its last event |
//! | `head-hash` | the row's hash is that of its last event |
//! | `personal-mismatch` | personal values fit the commitment in the event |
//! | `personal-missing` | an event with a commitment has its personal values, unless a later one says that they were erased |
//! | `personal-left` | personal values that an event says were erased are gone |
//! | `personal-without-event` | personal values belong to an event |
//! | `fold-differs` | the row is the fold of its history; the first field that differs is named |
//! | `snapshot-differs` | a state that is kept is what the history comes to at its event, and there is such an event |
//! | `column-differs` | what is made from others (reversed phone number, tracking numbers of parcels) says the same |
//! | `sum-differs` | line totals, subtotal and total of an order add up |
//! | `link-broken` | stores, customers, products and orders that are named exist, and products are of the order's store |
//! | `principal-missing` | passwords, logins and what was seen belong to somebody |
//! | `stock-sum` | a product's units are the sums over its movements |
//! | `stock-movement` | the movements are those that the events make |
//! | `stock-reserved` | a product's reserved units are those that open orders hold |
//! | `outbox-missing` | every event is in the outbox, and tells which order arrives with it |
//! | `outbox-without-event` | everything in the outbox is an event |
//! | `outbox-gap` | the positions in the outbox are 1, 2, 3 … |
//! | `outbox-unsequenced` | on SQLite every event has its position from the start |
//! | `outbox-order` | the events of a resource have positions in the order of their numbers |
//! | `follower-ahead` | no follower of the outbox is further than its last event |
//! | `search-missing` | every order and every product can be found by words |
//! | `search-differs` | the words are those of the order or product |
//! | `search-without-row` | whatever is found by words exists |
//! | `idempotency-dangling` | an idempotency key stands for an event that happened, or for a batch |
//! | `batch-differs` | the numbers and the status of a batch are those of its orders |
//! | `row-seal` | passwords, logins, batches and their orders are what was sealed |
//! | `password-outdated` | no password is older than the last event that set one |
//! | `checkpoint-file` | all checkpoints are there, and none was altered |
//! | `checkpoint-ahead` | there are as many events as a checkpoint tells of |
//! | `checkpoint-differs` | the events are those that a checkpoint tells of |

use std::collections::BTreeMap;
use std::fmt;

use ordervault_domain::id::OrderId;

use crate::scan::Scanned;

/// Of the findings with one code so many are listed; all are counted.
pub const MAX_LISTED_PER_CODE: u64 = 50;

/// What does not hold; the table of `verify/report.rs` explains each.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    strum::Display,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
#[expect(missing_docs, reason = "the table of the module explains each")]
pub enum Code {
    EngineDamage,
    EngineForeignKey,
    InstallationMissing,
    SchemaDiffers,
    MigrationDiffers,
    RowUnreadable,
    RowWithoutHistory,
    HistoryWithoutRow,
    HistoryGap,
    HistoryKind,
    HistoryHash,
    HistoryText,
    TimeBackwards,
    ClockCorrection,
    HistoryMisfit,
    HistoryDerived,
    HeadVersion,
    HeadHash,
    PersonalMismatch,
    PersonalMissing,
    PersonalLeft,
    PersonalWithoutEvent,
    FoldDiffers,
    SnapshotDiffers,
    ColumnDiffers,
    SumDiffers,
    LinkBroken,
    PrincipalMissing,
    StockSum,
    StockMovement,
    StockReserved,
    OutboxMissing,
    OutboxWithoutEvent,
    OutboxGap,
    OutboxUnsequenced,
    OutboxOrder,
    FollowerAhead,
    SearchMissing,
    SearchDiffers,
    SearchWithoutRow,
    IdempotencyDangling,
    BatchDiffers,
    RowSeal,
    PasswordOutdated,
    CheckpointFile,
    CheckpointAhead,
    CheckpointDiffers,
}

/// Something that does not hold. It names rows and columns, never personal values.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// The table where it shows.
    pub table: &'static str,
    /// The resource, if it is about one.
    pub id: Option<i64>,
    /// The same as people read it; empty if there is none.
    pub name: String,
    /// The event, or the position, if it is about one.
    pub seq: Option<i64>,
    /// What exactly, in words.
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.table)?;
        if !self.name.is_empty() {
            write!(f, " {}", self.name)?;
        }
        if let Some(seq) = self.seq {
            write!(f, " #{seq}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// What was looked at and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// The first [`MAX_LISTED_PER_CODE`] findings of each code, or all.
    pub findings: Vec<Finding>,
    /// Are all listed?
    #[serde(skip)]
    lists_all: bool,
    /// All findings, counted.
    pub totals: BTreeMap<Code, u64>,
    /// Rows that were looked at, by table.
    pub looked_at: BTreeMap<&'static str, u64>,
    /// The last order that was looked at, where the run was stopped behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up_to: Option<OrderId>,
    /// Rows that are folded by other rules than today's, by table: no damage, but they may not be found.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub stale: BTreeMap<&'static str, u64>,
    /// What was not checked, such as `key k1`: how many seals it is about.
    pub not_checked: BTreeMap<String, u64>,
}

impl Report {
    /// Was everything looked at, and does it hold?
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.totals.is_empty() && self.not_checked.is_empty()
    }

    /// Lists all that is found.
    pub(crate) fn of_all() -> Self {
        Self { lists_all: true, ..Self::default() }
    }

    /// With what was found elsewhere.
    pub(crate) fn append(&mut self, other: Self) {
        for finding in other.findings {
            self.add(finding);
        }
        // Beyond the listed ones.
        for (code, total) in other.totals {
            let listed = total.min(MAX_LISTED_PER_CODE);
            *self.totals.entry(code).or_default() += total - listed;
        }
        for (table, rows) in other.looked_at {
            *self.looked_at.entry(table).or_default() += rows;
        }
        for (table, rows) in other.stale {
            *self.stale.entry(table).or_default() += rows;
        }
        for (what, times) in other.not_checked {
            *self.not_checked.entry(what).or_default() += times;
        }
    }

    pub(crate) fn lacks_key(&mut self, id: &str) {
        self.not_checked(&format!("key {id}"));
    }

    pub(super) fn not_checked(&mut self, what: &str) {
        *self.not_checked.entry(what.to_owned()).or_default() += 1;
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        let total = self.totals.entry(finding.code).or_default();
        *total += 1;
        if self.lists_all || *total <= MAX_LISTED_PER_CODE {
            self.findings.push(finding);
        }
    }

    pub(super) fn stale(&mut self, table: &'static str) {
        *self.stale.entry(table).or_default() += 1;
    }

    pub(super) fn looked(&mut self, table: &'static str, rows: usize) {
        *self.looked_at.entry(table).or_default() += rows as u64;
    }
}

/// A finding about a resource of this kind.
pub(crate) fn finding<A: Scanned>(
    code: Code,
    id: i64,
    seq: Option<i64>,
    detail: impl Into<String>,
) -> Finding {
    Finding { code, table: A::TABLE, id: Some(id), name: A::text(id), seq, detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn every_code_is_explained() {
        for code in Code::iter() {
            assert!(include_str!("report.rs").contains(&format!("//! | `{code}` | ")), "{code}");
        }
    }

    #[test]
    fn many_findings_are_counted_and_few_listed() {
        let mut report = Report::default();
        for id in 0..1_000 {
            let (code, name, detail) = (Code::HeadHash, id.to_string(), String::new());
            report.add(Finding { code, table: "orders", id: Some(id), name, seq: None, detail });
        }
        assert_eq!(report.findings.len() as u64, MAX_LISTED_PER_CODE);
        assert_eq!(report.totals[&Code::HeadHash], 1_000);
        assert!(!report.is_clean());
        assert_eq!(report.findings[7].to_string(), "head-hash: orders 7: ");
    }
}
