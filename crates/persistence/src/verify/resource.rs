//! One kind of thing: its rows against its histories.

use std::collections::HashMap;

use ordervault_domain::aggregate::Kind;

use super::{Code, Finding, Progress, Report, stock};
use crate::error::Error;
use crate::tables::history::{self, FIRST, HistoryRow};
use crate::tables::{LockedRow, RowLock};
use crate::tx::Conn;
use crate::walk::{self, Walk, Walked};
use crate::writer::StockMovement;

/// A kind of thing with what has to be looked at besides row and history.
pub(super) trait Verified: Walked {
    /// Looks at a page of rows, those that could be read.
    fn beside(
        _conn: &mut Conn,
        _page: &[Self],
        _report: &mut Report,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }
}

impl Verified for ordervault_domain::store::Store {}
impl Verified for ordervault_domain::customer::Customer {}
impl Verified for ordervault_domain::member::Member {}

/// What a history amounts to.
pub(super) struct Life<A> {
    /// The fold; none if the history is broken.
    pub state: Option<A>,
    /// What its events move in the stock; none if the history is broken.
    pub moves: Option<Vec<StockMovement>>,
    last_seq: i64,
    head: String,
}

/// Looks at all things of one kind. Adds the rows of the ledger that belong to them to `ledger`.
pub(super) async fn check<A: Verified>(
    conn: &mut Conn,
    report: &mut Report,
    ledger: &mut u64,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<(), Error> {
    let total = walk::count::<A>(conn).await?;
    let (mut walk, mut done) = (Walk::new(), 0);
    // Also of an empty table it is told that it was looked at.
    report.looked(A::TABLE, 0);
    loop {
        progress(Progress { table: A::TABLE, done, total });
        let ids = walk.next::<A>(conn).await?;
        if ids.is_empty() {
            return Ok(());
        }
        done += ids.len() as u64;
        report.looked(A::TABLE, ids.len());
        let rows = readable::<A>(conn, ids.clone(), report).await?;
        let histories = history::load(conn, &ids).await?;
        report.looked("history", histories.len());
        let mut by_id: HashMap<i64, &[HistoryRow]> = histories
            .chunk_by(|a, b| a.entity_id == b.entity_id)
            .map(|rows| (rows[0].entity_id, rows))
            .collect();
        let mut held: HashMap<i64, &LockedRow<A>> =
            rows.iter().map(|held| (held.state.raw_id(), held)).collect();
        let mut moves = vec![];
        for id in &ids {
            let life = live::<A>(*id, by_id.remove(id).unwrap_or_default(), report);
            if let Some(held) = held.remove(id) {
                compare(held, &life, report);
            }
            moves.extend(life.moves.map(|moves| (*id, moves)));
        }
        *ledger += stock::check_moves(conn, report, &moves).await?;
        let page: Vec<A> = rows.into_iter().map(|held| held.state).collect();
        A::beside(conn, &page, report).await?;
    }
}

/// A finding about a thing of this kind.
pub(super) fn finding<A: Walked>(
    code: Code,
    id: i64,
    seq: Option<i64>,
    detail: impl Into<String>,
) -> Finding {
    Finding { code, table: A::TABLE, id: Some(id), name: A::text(id), seq, detail: detail.into() }
}

/// The rows that can become states; the others are findings.
async fn readable<A: Walked>(
    conn: &mut Conn,
    mut ids: Vec<i64>,
    report: &mut Report,
) -> Result<Vec<LockedRow<A>>, Error> {
    loop {
        match A::load(conn, &ids, RowLock::Free).await {
            Err(Error::Inconsistent { table, column, id }) if ids.contains(&id) => {
                let detail = format!("the column {column} of {table} has something that cannot be");
                report.add(finding::<A>(Code::RowUnreadable, id, None, detail));
                ids.retain(|other| *other != id);
            }
            loaded => return loaded,
        }
    }
}

/// Follows a history from its first event, looking at each.
pub(super) fn live<A: Walked>(id: i64, rows: &[HistoryRow], report: &mut Report) -> Life<A> {
    let mut life = Life { state: None, moves: Some(vec![]), last_seq: 0, head: FIRST.to_owned() };
    if rows.is_empty() {
        report.add(finding::<A>(
            Code::RowWithoutHistory,
            id,
            None,
            "nothing in the history leads to this row",
        ));
    }
    for row in rows {
        let mut found = |code, detail: &str| {
            let finding = finding::<A>(code, id, Some(row.seq), detail);
            report.add(Finding { table: "history", ..finding });
        };
        let follows = row.seq == life.last_seq + 1;
        if !follows {
            found(Code::HistoryGap, &format!("after event {} comes event {}", life.last_seq, row.seq));
            life.moves = None;
        } else if row.chained(&life.head) != row.hash {
            found(Code::HistoryHash, "the hash does not cover this content after the event before");
        }
        if row.misses_values() {
            found(
                Code::PersonalMissing,
                "the personal values are gone, and no event says that they were erased",
            );
        } else if !row.keeps_commitment() {
            found(Code::PersonalMismatch, "the personal values are not those that the event is committed to");
        }
        (life.last_seq, life.head) = (row.seq, row.hash.clone());
        if life.moves.is_some()
            && let Err((code, detail)) = step(&mut life, row)
        {
            found(code, &detail);
        }
        if life.moves.is_none() {
            life.state = None;
        }
    }
    life
}

/// Applies one event. A history that cannot be folded any further has no moves.
fn step<A: Walked>(life: &mut Life<A>, row: &HistoryRow) -> Result<(), (Code, String)> {
    let Some(mut moves) = life.moves.take() else { return Ok(()) };
    if row.kind.parse::<Kind>() != Ok(A::KIND) {
        return Err((Code::HistoryKind, format!("an event of the kind {:?} stands here", row.kind)));
    }
    let event = row
        .decoded::<A>()
        .map_err(|_| (Code::HistoryText, "the text or the format of the event is unknown".to_owned()))?;
    let before = life.state.take();
    let after = A::apply(before.clone(), row.entity_id, &event, row.stamp())
        .map_err(|misfit| (Code::HistoryMisfit, misfit.to_string()))?;
    moves.extend(A::moves(before.as_ref(), &after));
    let derived = row.misderived(before.as_ref(), &after);
    life.moves = Some(moves);
    life.state = Some(after);
    match derived {
        Some(column) => {
            Err((Code::HistoryDerived, format!("the column {column} does not say what the event says")))
        }
        None => Ok(()),
    }
}

/// The row against what its history amounts to.
fn compare<A: Walked>(held: &LockedRow<A>, life: &Life<A>, report: &mut Report) {
    let row = &held.state;
    let mut found = |code, detail: String| report.add(finding::<A>(code, row.raw_id(), None, detail));
    if life.last_seq == 0 {
        return;
    }
    if row.version() != life.last_seq {
        let (version, last) = (row.version(), life.last_seq);
        found(Code::HeadVersion, format!("the row has version {version}, the last event number {last}"));
    }
    if held.head != life.head {
        found(Code::HeadHash, "the row's hash is not that of the last event".to_owned());
    }
    let Some(fold) = life.state.clone() else { return };
    let fold = A::settled(fold, row);
    // Another version was found above, and explains the rest.
    if row.version() == life.last_seq && fold != *row {
        found(
            Code::FoldDiffers,
            format!("{} is not what the history makes of it", first_difference(&fold, row)),
        );
    }
}

/// The first field in which two states differ, by the alphabet.
fn first_difference<A: Walked>(fold: &A, row: &A) -> String {
    let fields = |state: &A| serde_json::to_value(state).unwrap_or_default();
    let (fold, row) = (fields(fold), fields(row));
    let mut names = fold.as_object().into_iter().flat_map(serde_json::Map::keys);
    names.find(|name| fold[*name] != row[*name]).cloned().unwrap_or_default()
}
