//! A page of resources of one kind: what their histories make of them, what is stored, and how the one becomes the other.

use std::collections::{BTreeMap, HashMap, HashSet};

use ordervault_domain::aggregate::Kind;

use super::kinds::Projected;
use super::report::{Entry, entry};
use super::words::Words;
use super::{ledger, snapshots};
use crate::bulk::Bulk as _;
use crate::error::{Error, expect_rows};
use crate::seal::KeyRing;
use crate::statement::{Bind, Template, statements};
use crate::tables::columns::{TableRow as _, id_and_version};
use crate::tables::history::{self, HistoryRow};
use crate::tables::snapshots::{StateSnapshot, load as load_snapshots};
use crate::tables::stock::StockMovement;
use crate::tx::{Conn, Tx};
use crate::verify::replay::replay;
use crate::verify::stock::{self, Compared, Misfit};
use crate::verify::{Code, Report};

statements! {
    // What else tells of events: how many there were at least.
    TRACES: Template = Template::new(
        "SELECT entity_id, MAX(seq) FROM (
             SELECT entity_id, seq FROM outbox WHERE entity_id {in_keys:1}
             UNION ALL SELECT entity_id, seq FROM personal_values WHERE entity_id {in_keys:1}) AS told
         GROUP BY entity_id"
    );
    DISORDERED: Template = Template::new(
        "SELECT DISTINCT b.entity_id FROM outbox b JOIN outbox a ON a.entity_id = b.entity_id AND a.seq = b.seq - 1
         WHERE b.entity_id {in_keys:1} AND a.position >= b.position"
    );
    PRESENT: Template = Template::new(
        "SELECT id FROM stores WHERE id {in_keys:1} UNION ALL SELECT id FROM products WHERE id {in_keys:1}
         UNION ALL SELECT id FROM customers WHERE id {in_keys:1}"
    );
}

/// What is known before a page is looked at.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub keys: &'a KeyRing,
    pub words: Words<'a>,
    /// Resources whose rows were not there, and are made.
    pub made: &'a HashSet<i64>,
}

/// What a history that holds amounts to.
struct Whole<A> {
    state: A,
    head: String,
    movements: Vec<StockMovement>,
    /// States that are kept of it wrongly: resource and event.
    snapshots: Vec<(i64, i64)>,
}

/// What was found out about a page.
pub(super) struct Looked<A: Projected> {
    wholes: BTreeMap<i64, Whole<A>>,
    rows: HashMap<i64, A::Row>,
    /// What is not as the histories make it, beside the ledger.
    pub differing: Vec<Entry>,
    /// What the ledger has otherwise.
    pub ledger: Compared,
    /// What stays as it is, by resource.
    pub left: Vec<(i64, Entry)>,
    /// Rows to which no history leads, nor anything else.
    pub surplus: Vec<i64>,
    /// Rows that have what only others may have that are to be written.
    in_the_way: Vec<i64>,
}

/// Looks at some resources. Rows that stand in the way of others are looked at with them: they have what their own histories
/// do not give them.
pub(super) async fn look<A: Projected>(
    conn: &mut Conn,
    ids: &[i64],
    known: Known<'_>,
) -> Result<Looked<A>, Error> {
    let mut ids = ids.to_vec();
    let (mut looked, in_the_way) = loop {
        let looked = look_once::<A>(conn, &ids, known).await?;
        let in_the_way = looked.find_in_the_way(conn).await?;
        let before = ids.len();
        ids.extend(in_the_way.iter().map(|(_, other)| *other));
        ids.sort_unstable();
        ids.dedup();
        if ids.len() == before {
            break (looked, in_the_way);
        }
    };
    let left: HashSet<i64> = looked.left.iter().map(|(id, _)| *id).collect();
    for (id, other) in in_the_way {
        match left.contains(&other) {
            true => looked.leave(id, &format!("{}, which stays, has what only one may have", A::text(other))),
            false => looked.release(other),
        }
    }
    Ok(looked)
}

async fn look_once<A: Projected>(conn: &mut Conn, ids: &[i64], known: Known<'_>) -> Result<Looked<A>, Error> {
    let mut looked = judged::<A>(conn, ids, known.keys).await?;
    let rows: Vec<A::Row> = conn.fetch_all(&A::READ.bind((ids,))).await?;
    looked.rows = rows.into_iter().map(|row| (id_and_version(&row).0, row)).collect();
    for (id, whole) in &mut looked.wholes {
        whole.state = A::counted(whole.state.clone(), looked.rows.get(id));
    }
    looked.compare_rows();
    let wrong = looked.wholes.values().flat_map(|whole| whole.snapshots.iter().copied());
    looked.differing.extend(wrong.map(snapshots::told::<A>));
    let page: Vec<A> = looked.wholes.values().map(|whole| whole.state.clone()).collect();
    looked.differing.extend(A::differing_beside(conn, &page, known.words).await?);
    let made: Vec<StockMovement> =
        looked.wholes.values().flat_map(|whole| &whole.movements).copied().collect();
    looked.ledger = stock::compare(conn, &made).await?;
    looked.leave_orphans(conn, known.made).await?;
    Ok(looked)
}

/// Which histories hold. Those that do not are never guessed at.
async fn judged<A: Projected>(conn: &mut Conn, ids: &[i64], keys: &KeyRing) -> Result<Looked<A>, Error> {
    let histories = history::load(conn, ids).await?;
    let mut by_id: HashMap<i64, &[HistoryRow]> =
        histories.chunk_by(|a, b| a.entity_id == b.entity_id).map(|rows| (rows[0].entity_id, rows)).collect();
    let kept = load_snapshots(conn, ids).await?;
    let kept: HashMap<i64, &[StateSnapshot]> =
        kept.chunk_by(|a, b| a.entity_id == b.entity_id).map(|rows| (rows[0].entity_id, rows)).collect();
    let traces: Vec<(i64, i64)> = conn.fetch_all(&TRACES.bind((ids,))).await?;
    let traces: HashMap<i64, i64> = traces.into_iter().collect();
    let disordered: Vec<(i64,)> = conn.fetch_all(&DISORDERED.bind((ids,))).await?;
    let mut looked = Looked {
        wholes: BTreeMap::new(),
        rows: HashMap::new(),
        differing: vec![],
        ledger: Compared::default(),
        left: vec![],
        surplus: vec![],
        in_the_way: vec![],
    };
    for id in ids {
        let rows = by_id.remove(id).unwrap_or_default();
        let last = traces.get(id).copied().unwrap_or_default();
        if rows.is_empty() && last == 0 {
            looked.surplus.push(*id);
            continue;
        }
        let mut report = Report::default();
        let replayed = replay::<A>(*id, rows, Some(keys), &mut report);
        match (replayed.state, replayed.movements) {
            _ if is_of_another_kind::<A>(rows, &report) => looked.surplus.push(*id),
            _ if last > replayed.last_seq => {
                let ends = replayed.last_seq;
                looked.leave(
                    *id,
                    &format!("its history ends with event {ends}, and there was an event {last}"),
                );
            }
            _ if disordered.contains(&(*id,)) => {
                looked.leave(*id, "its events have positions in another order than their numbers");
            }
            (Some(state), Some(movements)) if report.is_clean() => {
                let (head, snapshots) =
                    (replayed.head, snapshots::wrong::<A>(rows, kept.get(id).copied().unwrap_or_default()));
                looked.wholes.insert(*id, Whole { state, head, movements, snapshots });
            }
            _ => looked.leave(*id, &why(&report)),
        }
    }
    Ok(looked)
}

/// Does the history hold, but as that of something else, which is of another kind?
fn is_of_another_kind<A: Projected>(rows: &[HistoryRow], report: &Report) -> bool {
    let is_other = rows.first().is_some_and(|row| row.kind != <&str>::from(A::KIND));
    is_other && report.not_checked.is_empty() && report.totals.keys().eq([&Code::HistoryKind])
}

/// Why a history is not gone by: the first thing that is wrong with it.
fn why(report: &Report) -> String {
    let found = report.findings.first().map(|finding| match finding.seq {
        Some(seq) => format!("{} at event {seq}: {}", finding.code, finding.detail),
        None => format!("{}: {}", finding.code, finding.detail),
    });
    let unchecked = || report.not_checked.keys().next().map(|what| format!("not checked: {what}"));
    let why = found.or_else(unchecked).unwrap_or_default();
    format!("its history does not hold ({why})")
}

impl<A: Projected> Looked<A> {
    /// Is there anything to write?
    pub(super) fn differs(&self) -> bool {
        !self.differing.is_empty() || !self.ledger.misfits.is_empty()
    }

    /// Resources whose units are counted anew, whatever they were.
    pub(super) fn recounted(&self) -> impl Iterator<Item = i64> {
        let counts = |id: &i64| self.rows.get(id).is_none_or(|row| !A::can_be_counted(row));
        self.wholes.keys().copied().filter(counts)
    }

    /// Resources whose rows are not there.
    pub(super) fn missing(&self) -> impl Iterator<Item = i64> {
        let missing =
            self.differing.iter().filter(|entry| entry.table == A::TABLE).filter_map(|entry| entry.id);
        missing.filter(|id| !self.rows.contains_key(id))
    }

    fn compare_rows(&mut self) {
        for (id, whole) in &self.wholes {
            let target = whole.state.row(&whole.head);
            let detail = match self.rows.get(id).map(|row| row.differing(&target, A::stale(row))) {
                None => "the row is not there".to_owned(),
                Some(Some(column)) => format!("{column} is not what the history makes of it"),
                Some(None) => continue,
            };
            self.differing.push(entry::<A>(*id, detail));
        }
    }

    /// Nothing of this resource is written.
    fn leave(&mut self, id: i64, why: &str) {
        self.left.push((id, entry::<A>(id, why.to_owned())));
        self.wholes.remove(&id);
        self.differing.retain(|entry| entry.id != Some(id));
        self.ledger.misfits.retain(|misfit| entity(*misfit) != id);
    }

    /// The row of an installation that is no installation goes at once: there is only one.
    fn release(&mut self, id: i64) {
        self.in_the_way.push(id);
        if A::KIND == Kind::Installation && self.surplus.contains(&id) {
            self.surplus.retain(|surplus| *surplus != id);
            self.differing.push(entry::<A>(id, "no history leads to this row".to_owned()));
        }
    }

    /// What refers to something that is not there, and is not made either, cannot be written.
    async fn leave_orphans(&mut self, conn: &mut Conn, made: &HashSet<i64>) -> Result<(), Error> {
        let beside = self.ledger.misfits.iter().copied().map(entity);
        let differing: HashSet<i64> =
            self.differing.iter().filter_map(|entry| entry.id).chain(beside).collect();
        let parents = |id: &i64| {
            let whole = self.wholes.get(id)?;
            let moved = whole.movements.iter().map(|moved| moved.product_id);
            let parents = whole.state.parents().into_iter().chain(moved).filter(|parent| parent != id);
            Some((*id, parents.collect::<Vec<i64>>()))
        };
        let parents: Vec<(i64, Vec<i64>)> = differing.iter().filter_map(parents).collect();
        let all: Vec<i64> = parents.iter().flat_map(|(_, parents)| parents).copied().collect();
        let present: Vec<(i64,)> = conn.fetch_all(&PRESENT.bind((all,))).await?;
        let present: HashSet<i64> = present.into_iter().map(|(id,)| id).collect();
        for (id, parents) in parents {
            if parents.iter().any(|parent| !present.contains(parent) && !made.contains(parent)) {
                self.leave(id, "what it refers to is not there and cannot be made");
            }
        }
        Ok(())
    }

    /// Rows that have what only the rows that are to be written may have: (row to be written, the other one).
    async fn find_in_the_way(&self, conn: &mut Conn) -> Result<Vec<(i64, i64)>, Error> {
        let mut rows = A::IN_THE_WAY.rows();
        for id in self.differing_ids(A::TABLE) {
            if let Some(whole) = self.wholes.get(&id) {
                rows.push(whole.state.row(&whole.head).values());
            }
        }
        Ok(conn.fetch_bulk(A::IN_THE_WAY, &rows).await?)
    }

    fn differing_ids(&self, table: &str) -> Vec<i64> {
        self.differing.iter().filter(|entry| entry.table == table).filter_map(|entry| entry.id).collect()
    }
}

/// Looks at a page, and writes everything in it that differs.
pub(super) async fn write<A: Projected>(
    tx: &mut Tx,
    ids: &[i64],
    known: Known<'_>,
) -> Result<Looked<A>, Error> {
    let looked = look::<A>(tx.conn(), ids, known).await?;
    if !looked.in_the_way.is_empty() {
        tx.execute(&A::RELEASE.bind((looked.in_the_way.as_slice(),))).await?;
    }
    rows(tx, &looked).await?;
    snapshots::remove(tx, looked.wholes.values().flat_map(|whole| whole.snapshots.iter().copied())).await?;
    ledger::write(tx, &looked.ledger.misfits).await?;
    let mut tables: Vec<&'static str> = looked.differing.iter().map(|entry| entry.table).collect();
    tables.sort_unstable();
    tables.dedup();
    for table in tables.into_iter().filter(|table| ![A::TABLE, snapshots::TABLE].contains(table)) {
        let ids = looked.differing_ids(table);
        let page: Vec<&A> =
            ids.iter().filter_map(|id| looked.wholes.get(id)).map(|whole| &whole.state).collect();
        A::write_beside(tx, table, &page).await?;
    }
    Ok(looked)
}

/// The rows of the resources themselves.
async fn rows<A: Projected>(tx: &mut Tx, looked: &Looked<A>) -> Result<(), Error> {
    let (mut inserted, mut updated) = (A::INSERT.rows(), A::UPDATE.rows());
    for id in looked.differing_ids(A::TABLE) {
        let Some(whole) = looked.wholes.get(&id) else { continue };
        let values = whole.state.row(&whole.head).values();
        match looked.rows.get(&id) {
            None => inserted.push(values),
            Some(row) => {
                updated.push(A::update(id, id_and_version(row).1, with_stale::<A>(values, row)));
            }
        }
    }
    expect_rows(inserted.len(), tx.run_bulk(A::INSERT, &inserted).await?)?;
    expect_rows(updated.len(), tx.run_bulk(A::UPDATE, &updated).await?)?;
    // An update leaves a key as it is where the address is right; and what other rules have folded is another command's.
    let is_folded = |id: &i64| looked.rows.get(id).is_none_or(|row| A::stale(row).is_empty());
    let folded = looked.differing_ids(A::TABLE).into_iter().filter(is_folded);
    let folded: Vec<&Whole<A>> = folded.filter_map(|id| looked.wholes.get(&id)).collect();
    write_folded(tx, folded.iter().map(|whole| (&whole.state, whole.head.as_str()))).await
}

/// Writes what is folded of these states, each with the hash of its last history row.
pub(super) async fn write_folded<'a, A: Projected + 'a>(
    tx: &mut Tx,
    states: impl Iterator<Item = (&'a A, &'a str)>,
) -> Result<(), Error> {
    let Some(fold) = A::FOLD else { return Ok(()) };
    let mut rows = fold.rows();
    for (state, head) in states {
        let values = A::Row::COLUMNS.iter().zip(state.row(head).values());
        let folded = values.filter(|(column, _)| A::FOLDED.contains(column)).map(|(_, value)| value);
        rows.push(
            [state.raw_id().into(), state.version().into()].into_iter().chain(folded).collect::<Vec<Bind>>(),
        );
    }
    expect_rows(rows.len(), tx.run_bulk(fold, &rows).await?)
}

/// Values of a row, but what is folded by other rules as it is in this one: to fold it anew is another command's.
fn with_stale<A: Projected>(mut values: Vec<Bind>, row: &A::Row) -> Vec<Bind> {
    let stale = A::stale(row);
    let kept = row.clone().values().into_iter();
    for ((value, kept), column) in values.iter_mut().zip(kept).zip(A::Row::COLUMNS) {
        if stale.contains(column) {
            *value = kept;
        }
    }
    values
}

/// Whose event it is, or is not.
fn entity(misfit: Misfit) -> i64 {
    misfit.made().or(misfit.stored()).map_or(0, |moved| moved.entity_id)
}
