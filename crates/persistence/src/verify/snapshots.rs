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
        let kept = kept.remove(&rows[0].entity_id).unwrap_or_default();
        for seq in differing::<A>(rows, kept) {
            let detail = "the state that is kept is not what the history comes to here";
            let found = finding::<A>(Code::SnapshotDiffers, rows[0].entity_id, Some(seq), detail);
            report.add(Finding { table: "state_snapshots", ..found });
        }
    }
    Ok(())
}

/// The events of a history at which another state is kept than it comes to there.
pub(crate) fn differing<A: Scanned>(rows: &[HistoryRow], kept: &[StateSnapshot]) -> Vec<i64> {
    let (mut state, mut differing): (Option<A>, _) = (None, vec![]);
    for row in rows {
        let applied =
            row.decoded::<A>().map(|event| A::apply(state.take(), row.entity_id, &event, row.stamp()));
        let Ok(Ok(after)) = applied else { break };
        let kept = kept.iter().filter(|snapshot| snapshot.seq == row.seq && !snapshot.is_foreign());
        let others = kept.filter(|snapshot| snapshot.state() != Some(after.clone().own()));
        differing.extend(others.map(|snapshot| snapshot.seq));
        state = Some(after);
    }
    differing
}
