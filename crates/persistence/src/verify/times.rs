//! Times of a history do not run backwards, but once across each correction of the clock, and where they were taken over so from
//! another shop; and each correction is what it says.

use std::collections::HashMap;

use ordervault_domain::installation::{Installation, InstallationEvent};
use ordervault_domain::time::Timestamp;

use super::report::{Code, Finding, Report, finding};
use crate::error::Error;
use crate::scan::Scanned;
use crate::statement::{Template, statements};
use crate::tables::history::{self, HistoryRow};
use crate::tables::installations;
use crate::tx::Conn;

/// Of events that have no position yet: behind all others.
const WAITING: i64 = i64::MAX;

statements! {
    PLACES: Template = Template::new(
        "SELECT entity_id, seq, COALESCE(position, 9223372036854775807), recorded_at FROM outbox
         WHERE entity_id {in_keys:1}"
    );
    NEWEST_BEFORE: Template = Template::new(
        "SELECT h.recorded_at FROM history h
         WHERE (SELECT o.position FROM outbox o WHERE o.entity_id = h.entity_id AND o.seq = h.seq) >= $1
             AND (SELECT o.position FROM outbox o WHERE o.entity_id = h.entity_id AND o.seq = h.seq) < $2
         ORDER BY h.recorded_at DESC LIMIT 1"
    );
}

/// Where an event stands in the outbox, and the time by which it was numbered.
#[derive(Clone, Copy, Debug)]
struct Place {
    position: i64,
    recorded_at: i64,
}

/// Of events that are not in the outbox.
const NOWHERE: Place = Place { position: WAITING, recorded_at: i64::MIN };

/// A place in the outbox behind which earlier times may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Correction {
    position: i64,
    from: i64,
    to: i64,
}

impl Correction {
    /// Does it lie between these two events, each a position and a time, and lead from the one to the other?
    fn explains(self, (before, earlier): (i64, i64), (after, later): (i64, i64)) -> bool {
        before < self.position && self.position <= after && earlier <= self.from && self.to <= later
    }
}

/// The corrections of the clock, each of which leads from the newest time before it to its own.
pub(super) async fn corrections(conn: &mut Conn, report: &mut Report) -> Result<Vec<Correction>, Error> {
    let ids = installations::ids(conn).await?;
    let (rows, places) = (history::load(conn, &ids).await?, places(conn, &ids).await?);
    let mut corrections: Vec<Correction> = vec![];
    for row in rows {
        // What cannot be read is found with the installation.
        let Ok(InstallationEvent::ClockCorrected { from, to }) =
            row.decoded::<Installation>().map(|envelope| envelope.event)
        else {
            continue;
        };
        let position = places.get(&(row.entity_id, row.seq)).map_or(WAITING, |place| place.position);
        let since = corrections.last().map_or(0, |last| last.position);
        let newest: Option<(i64,)> = conn.fetch_optional(&NEWEST_BEFORE.bind((since, position))).await?;
        let (from, to) = (from.millis(), to.millis());
        if newest != Some((from,)) || row.recorded_at != to {
            let detail = "it leads from another time than the newest before it, or to another than its own";
            let finding =
                finding::<Installation>(Code::ClockCorrection, row.entity_id, Some(row.seq), detail);
            report.add(Finding { table: "history", ..finding });
        }
        corrections.push(Correction { position, from, to });
    }
    Ok(corrections)
}

/// Looks at the times of histories, each in the order of its events.
pub(super) async fn check<A: Scanned>(
    conn: &mut Conn,
    histories: &[HistoryRow],
    corrections: &[Correction],
    report: &mut Report,
) -> Result<(), Error> {
    let pairs = histories.iter().zip(histories.iter().skip(1));
    let backwards: Vec<(&HistoryRow, &HistoryRow)> = pairs
        .filter(|(one, next)| one.entity_id == next.entity_id && next.recorded_at < one.recorded_at)
        .collect();
    let ids: Vec<i64> = backwards.iter().map(|(one, _)| one.entity_id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let places = places(conn, &ids).await?;
    let place = |row: &HistoryRow| places.get(&(row.entity_id, row.seq)).copied().unwrap_or(NOWHERE);
    for (one, next) in backwards {
        let (before, after) = (place(one), place(next));
        let step = ((before.position, one.recorded_at), (after.position, next.recorded_at));
        let is_corrected = corrections.iter().any(|correction| correction.explains(step.0, step.1));
        // What was taken over from another shop was written down together: its order counts in the outbox, not its times.
        if !is_corrected && after.recorded_at < before.recorded_at {
            let (from, to) =
                (Timestamp::from_millis(one.recorded_at), Timestamp::from_millis(next.recorded_at));
            let detail =
                format!("it is of {to}, the one before of {from}, and no clock was corrected in between");
            let finding = finding::<A>(Code::TimeBackwards, next.entity_id, Some(next.seq), detail);
            report.add(Finding { table: "history", ..finding });
        }
    }
    Ok(())
}

/// The places of the events of these resources.
async fn places(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<(i64, i64), Place>, Error> {
    let rows: Vec<(i64, i64, i64, i64)> = conn.fetch_all(&PLACES.bind((ids,))).await?;
    let place = |(id, seq, position, recorded_at)| ((id, seq), Place { position, recorded_at });
    Ok(rows.into_iter().map(place).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_explains_one_step_at_its_place() {
        let correction = Correction { position: 10, from: 700, to: 100 };
        for (before, after, explains) in [
            ((9, 700), (11, 100), true),
            ((3, 500), (10, 100), true),
            ((3, 500), (50, 400), true),
            ((3, 500), (9, 400), false),
            ((11, 500), (12, 400), false),
            ((10, 500), (12, 400), false),
            ((9, 701), (11, 100), false),
            ((9, 700), (11, 99), false),
            ((11, 500), (WAITING, 400), false),
            ((WAITING, 500), (WAITING, 400), false),
        ] {
            assert_eq!(correction.explains(before, after), explains, "{before:?} {after:?}");
        }
    }
}
