//! States that are kept of histories. They are a shortcut: what is wrong goes, and is made again when it is due.

use super::report::Entry;
use crate::bulk::{Bulk as _, BulkTemplate, ColumnType::Int};
use crate::error::{Error, expect_rows};
use crate::scan::Scanned;
use crate::statement::{Template, statements};
use crate::tables::history::HistoryRow;
use crate::tables::snapshots::StateSnapshot;
use crate::tx::Tx;
use crate::verify::snapshots;

pub(super) const TABLE: &str = "state_snapshots";

statements! {
    REMOVE: BulkTemplate = BulkTemplate::new(
        "DELETE FROM state_snapshots WHERE (entity_id, seq) IN (SELECT d.entity_id, d.seq FROM {rows})",
        &[("entity_id", Int), ("seq", Int)]
    );
    CLEAR: Template = Template::new("DELETE FROM state_snapshots WHERE entity_id {in_keys:1}");
}

/// What is kept of a history that holds and is not what it comes to, or at an event that it does not have: resource and event.
pub(super) fn wrong<A: Scanned>(rows: &[HistoryRow], kept: &[StateSnapshot]) -> Vec<(i64, i64)> {
    let last = rows.last().map_or(0, |row| row.seq);
    let mut wrong = snapshots::differing::<A>(rows, kept);
    wrong.extend(kept.iter().map(|snapshot| snapshot.seq).filter(|seq| *seq > last));
    let id = rows.first().map_or(0, |row| row.entity_id);
    wrong.into_iter().map(|seq| (id, seq)).collect()
}

pub(super) fn told<A: Scanned>((id, seq): (i64, i64)) -> Entry {
    let detail = format!("the state that is kept at event {seq} is not what the history comes to there");
    Entry { table: TABLE, id: Some(id), name: A::text(id), detail }
}

/// Removes wrong ones.
pub(super) async fn remove(tx: &mut Tx, wrong: impl Iterator<Item = (i64, i64)>) -> Result<(), Error> {
    let mut rows = REMOVE.rows();
    wrong.for_each(|key| rows.push(key));
    expect_rows(rows.len(), tx.run_bulk(&REMOVE, &rows).await?)
}

/// Removes all of some resources.
pub(super) async fn clear(tx: &mut Tx, ids: &[i64]) -> Result<(), Error> {
    tx.execute(&CLEAR.bind((ids,))).await?;
    Ok(())
}
