//! A history, followed from its first event, each of them looked at.

use ordervault_domain::aggregate::Kind;

use super::report::{Code, Finding, Report, finding};
use crate::scan::Scanned;
use crate::seal::KeyRing;
use crate::tables::history::{FIRST, HistoryRow, erased_through};
use crate::tables::stock::StockMovement;

/// What a history amounts to.
pub(crate) struct Replayed<A> {
    /// The fold; none if the history is broken.
    pub state: Option<A>,
    /// What its events move in the stock; none if the history is broken.
    pub movements: Option<Vec<StockMovement>>,
    pub last_seq: i64,
    pub head: String,
}

/// Follows a history from its first event, looking at each.
pub(crate) fn replay<A: Scanned>(
    id: i64,
    rows: &[HistoryRow],
    keys: Option<&KeyRing>,
    report: &mut Report,
) -> Replayed<A> {
    let mut replayed = Replayed { state: None, movements: Some(vec![]), last_seq: 0, head: FIRST.to_owned() };
    if rows.is_empty() {
        report.add(finding::<A>(
            Code::RowWithoutHistory,
            id,
            None,
            "nothing in the history leads to this row",
        ));
    }
    let erased_through = erased_through::<A>(rows);
    for row in rows {
        let is_erased = row.seq <= erased_through;
        let key = keys.and_then(|keys| keys.find(&row.key_id));
        if key.is_none() {
            report.lacks_key(&row.key_id);
        }
        let mut found = |code, detail: &str| {
            let finding = finding::<A>(code, id, Some(row.seq), detail);
            report.add(Finding { table: "history", ..finding });
        };
        let follows = row.seq == replayed.last_seq + 1;
        if !follows {
            found(Code::HistoryGap, &format!("after event {} comes event {}", replayed.last_seq, row.seq));
            replayed.movements = None;
        } else if key.is_some_and(|key| row.chained(key, &replayed.head) != row.hash) {
            found(Code::HistoryHash, "the hash does not seal this content after the event before");
        }
        if is_erased && row.content.is_some() {
            found(
                Code::PersonalLeft,
                "the personal values are there, although an event says that they were erased",
            );
        } else if row.misses_values() && !is_erased {
            found(
                Code::PersonalMissing,
                "the personal values are gone, and no event says that they were erased",
            );
        } else if !row.keeps_commitment() {
            found(Code::PersonalMismatch, "the personal values are not those that the event is committed to");
        }
        (replayed.last_seq, replayed.head) = (row.seq, row.hash.clone());
        if replayed.movements.is_some()
            && let Err((code, detail)) = step(&mut replayed, row, is_erased)
        {
            found(code, &detail);
        }
        if replayed.movements.is_none() {
            replayed.state = None;
        }
    }
    replayed
}

/// Applies one event. A history that cannot be folded any further has no movements.
fn step<A: Scanned>(
    replayed: &mut Replayed<A>,
    row: &HistoryRow,
    is_erased: bool,
) -> Result<(), (Code, String)> {
    let Some(mut movements) = replayed.movements.take() else { return Ok(()) };
    if row.kind.parse::<Kind>() != Ok(A::KIND) {
        return Err((Code::HistoryKind, format!("an event of the kind {:?} stands here", row.kind)));
    }
    let event = row
        .decoded::<A>()
        .map_err(|_| (Code::HistoryText, "the text or the format of the event is unknown".to_owned()))?;
    let before = replayed.state.take();
    let after = A::apply(before.clone(), row.entity_id, &event, row.stamp())
        .map_err(|misfit| (Code::HistoryMisfit, misfit.to_string()))?;
    movements.extend(A::movements(before.as_ref(), &after));
    let derived = row.misderived(before.as_ref(), &after, is_erased);
    replayed.movements = Some(movements);
    replayed.state = Some(after);
    match derived {
        Some(column) => {
            Err((Code::HistoryDerived, format!("the column {column} does not say what the event says")))
        }
        None => Ok(()),
    }
}
