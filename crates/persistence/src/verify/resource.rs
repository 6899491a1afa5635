//! One kind of resource: its rows against its histories.

use std::collections::HashMap;
use std::marker::PhantomData;

use ordervault_domain::aggregate::Kind;
use ordervault_domain::folding;
use ordervault_domain::id::OrderId;

use super::replay::{Replayed, replay};
use super::report::{Code, Report, finding};
use super::slices::{BEGINNING, Key, Sliced, walk_behind, whole};
use super::snapshots;
use super::stock;
use super::times::{self, Correction};
use crate::db::Db;
use crate::error::Error;
use crate::scan::{self, Progress, RESOURCES_PER_PAGE, Scanned};
use crate::seal::KeyRing;
use crate::tables::columns::TableRow as _;
use crate::tables::history::{self, HistoryRow};
use crate::tables::search::Indexed;
use crate::tables::{LockedRow, RowLock};
use crate::tx::Conn;

/// A kind of resource with what has to be looked at besides row and history.
pub(crate) trait Verified: Scanned {
    /// What its index of words says, where only the whole of it can tell.
    fn indexed(_db: &Db) -> impl Future<Output = Result<Option<Indexed>, Error>> + Send {
        async { Ok(None) }
    }

    /// Looks at a page of rows, those that could be read.
    fn beside(
        _conn: &mut Conn,
        _page: &[Self],
        _indexed: Option<&Indexed>,
        _report: &mut Report,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }
}

impl Verified for ordervault_domain::store::Store {}
impl Verified for ordervault_domain::member::Member {}
impl Verified for ordervault_domain::installation::Installation {}

/// What is known before resources are looked at.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// The keys of their seals.
    pub keys: Option<&'a KeyRing>,
    /// Where their times may run backwards.
    pub corrections: &'a [Correction],
    /// Their words, if the index was read.
    pub indexed: Option<&'a Indexed>,
}

/// The resources of one kind.
struct Resources<'a, A> {
    known: Known<'a>,
    kind: PhantomData<fn() -> A>,
}

impl<A: Verified> Sliced for Resources<'_, A> {
    const ROWS: i64 = RESOURCES_PER_PAGE;

    fn table(&self) -> &'static str {
        A::TABLE
    }

    fn name(&self, id: i64) -> String {
        A::text(id)
    }

    async fn look(
        &self,
        conn: &mut Conn,
        (after, _): Key,
        rows: i64,
        report: &mut Report,
    ) -> Result<Option<Key>, Error> {
        let ids: Vec<(i64,)> = conn.fetch_all(&A::IDS.bind((after, rows))).await?;
        let ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
        let Some(last) = ids.last() else { return Ok(None) };
        page::<A>(conn, self.known, &ids, report).await?;
        Ok(Some((*last, 0)))
    }
}

/// Looks at all resources of one kind, or those behind an id.
pub(super) async fn check<A: Verified>(
    db: &Db,
    known: Known<'_>,
    after: Option<i64>,
    report: &mut Report,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<(), Error> {
    let total = match scan::count::<A>(&mut db.read().await?).await {
        Err(error) if error.is_of_the_rows() => 0,
        total => total?,
    };
    // Also of an empty table it is told that it was looked at.
    report.looked(A::TABLE, 0);
    let indexed = match A::indexed(db).await {
        Err(error) if error.is_of_the_rows() => {
            whole(A::TABLE, Err(error), report)?;
            None
        }
        indexed => indexed?,
    };
    let known = Known { indexed: indexed.as_ref(), ..known };
    let resources = Resources::<A> { known, kind: PhantomData };
    let after = after.map_or(BEGINNING, |id| (id, i64::MAX));
    walk_behind(db, &resources, after, report, |report, after| {
        if A::KIND == Kind::Order && after != BEGINNING {
            report.up_to = Some(OrderId::from_i64(after.0));
        }
        let done = report.looked_at.get(A::TABLE).copied().unwrap_or_default();
        progress(Progress { table: A::TABLE, done, total });
    })
    .await
}

/// Looks at these resources.
pub(super) async fn page<A: Verified>(
    conn: &mut Conn,
    known: Known<'_>,
    ids: &[i64],
    report: &mut Report,
) -> Result<(), Error> {
    report.looked(A::TABLE, ids.len());
    let rows = readable::<A>(conn, ids.to_vec(), report).await?;
    let histories = history::load(conn, ids).await?;
    report.looked("history", histories.len());
    let mut by_id: HashMap<i64, &[HistoryRow]> =
        histories.chunk_by(|a, b| a.entity_id == b.entity_id).map(|rows| (rows[0].entity_id, rows)).collect();
    let mut held: HashMap<i64, &LockedRow<A>> = rows.iter().map(|held| (held.state.raw_id(), held)).collect();
    let mut movements = vec![];
    for id in ids {
        let replayed = replay::<A>(*id, by_id.remove(id).unwrap_or_default(), known.keys, report);
        if let Some(held) = held.remove(id) {
            compare(held, &replayed, report);
        }
        movements.extend(replayed.movements.into_iter().flatten());
    }
    times::check::<A>(conn, &histories, known.corrections, report).await?;
    snapshots::check::<A>(conn, ids, &histories, report).await?;
    columns(conn, &rows, report).await?;
    stock::check_movements(conn, report, &movements).await?;
    let page: Vec<A> = rows.into_iter().map(|held| held.state).collect();
    A::beside(conn, &page, known.indexed, report).await
}

/// The rows that can become states; the others are findings.
pub(crate) async fn readable<A: Scanned>(
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

/// Rows against what their states make of them: columns that are made from others.
async fn columns<A: Scanned>(
    conn: &mut Conn,
    page: &[LockedRow<A>],
    report: &mut Report,
) -> Result<(), Error> {
    let ids: Vec<i64> = page.iter().map(|held| held.state.raw_id()).collect();
    let rows: Vec<A::Row> = conn.fetch_all(&A::READ.bind((ids,))).await?;
    for (row, held) in rows.iter().zip(page) {
        if A::folded_by(row) != folding::VERSION {
            report.stale(A::TABLE);
        }
        if let Some(column) = row.differing(&held.state.row(&held.head), A::stale(row)) {
            let detail = format!("{column} is not what the other columns make of it");
            report.add(finding::<A>(Code::ColumnDiffers, held.state.raw_id(), None, detail));
        }
    }
    Ok(())
}

/// The row against what its history amounts to.
fn compare<A: Scanned>(held: &LockedRow<A>, replayed: &Replayed<A>, report: &mut Report) {
    let row = &held.state;
    let mut found = |code, detail: String| report.add(finding::<A>(code, row.raw_id(), None, detail));
    if replayed.last_seq == 0 {
        return;
    }
    if row.version() != replayed.last_seq {
        let (version, last) = (row.version(), replayed.last_seq);
        found(Code::HeadVersion, format!("the row has version {version}, the last event number {last}"));
    }
    if held.head != replayed.head {
        found(Code::HeadHash, "the row's hash is not that of the last event".to_owned());
    }
    let Some(fold) = replayed.state.clone() else { return };
    let fold = A::settled(fold, row);
    // Another version was found above, and explains the rest.
    if row.version() == replayed.last_seq && fold != *row {
        found(
            Code::FoldDiffers,
            format!("{} is not what the history makes of it", first_difference(&fold, row)),
        );
    }
}

/// The first field in which two states differ, by the alphabet.
fn first_difference<A: Scanned>(fold: &A, row: &A) -> String {
    let fields = |state: &A| serde_json::to_value(state).unwrap_or_default();
    let (fold, row) = (fields(fold), fields(row));
    let mut names = fold.as_object().into_iter().flat_map(serde_json::Map::keys);
    names.find(|name| fold[*name] != row[*name]).cloned().unwrap_or_default()
}
