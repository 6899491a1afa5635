//! States that are kept of histories: each is what the history comes to at its event.

use std::collections::HashMap;

use super::report::{Code, Finding, Report, finding};
use crate::error::Error;
use crate::scan::Scanned;
use crate::tables::history::HistoryRow;
use crate::tables::snapshots::{self, StateSnapshot};
use crate::tx::Conn;

/// Compares what is kept of these resources with their histories, sorted by id. A history that does not hold together is a
/// finding elsewhere, and compared as far as it does.
pub(super) async fn check<A: Scanned>(
    conn: &mut Conn,
    ids: &[i64],
    histories: &[HistoryRow],
    report: &mut Report,
) -> Result<(), Error> {
    let kept = snapshots::load(conn, ids).await?;
    let of_resource = kept.chunk_by(|a, b| a.entity_id == b.entity_id);
    let mut kept: HashMap<i64, &[StateSnapshot]> =
        of_resource.map(|rows| (rows[0].entity_id, rows)).collect();
    for rows in histories.chunk_by(|a, b| a.entity_id == b.entity_id) {
        if let Some(kept) = kept.remove(&rows[0].entity_id) {
            compare::<A>(rows, kept, report);
        }
    }
    Ok(())
}

fn compare<A: Scanned>(rows: &[HistoryRow], kept: &[StateSnapshot], report: &mut Report) {
    let mut state: Option<A> = None;
    for row in rows {
        let applied =
            row.decoded::<A>().map(|event| A::apply(state.take(), row.entity_id, &event, row.stamp()));
        let Ok(Ok(after)) = applied else { return };
        for snapshot in kept.iter().filter(|snapshot| snapshot.seq == row.seq && !snapshot.is_foreign()) {
            if snapshot.state() != Some(after.clone().own()) {
                let detail = "the state that is kept is not what the history comes to here";
                let found = finding::<A>(Code::SnapshotDiffers, row.entity_id, Some(row.seq), detail);
                report.add(Finding { table: "state_snapshots", ..found });
            }
        }
        state = Some(after);
    }
}
