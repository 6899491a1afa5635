//! Out of a damaged database: what can be read and is whole, resource by resource, in the same format. The rest is told.
//!
//! What counts is the history: a resource whose row cannot be read travels, one whose history is not whole does not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ordervault_domain::aggregate::Kind;
use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use tokio::io::AsyncWrite;
use tokio::sync::Mutex;

use super::export::Sheet;
use super::format::{Counts, TransferError};
use crate::db::Db;
use crate::error::Error;
use crate::scan::{Progress, RESOURCES_PER_PAGE, Scanned};
use crate::seal::KeyRing;
use crate::statement::{Template, statements};
use crate::tables::RowLock;
use crate::tables::history::{self, HistoryRow};
use crate::tx::Conn;
use crate::verify::replay::replay;
use crate::verify::report::{Code, Finding, Report, finding};
use crate::verify::slices::{Key, Sliced, cause, walk};

/// Resources with their histories that are in memory at a time.
const RESOURCES_AT_A_TIME: usize = 500;

statements! {
    IDS: Template = Template::new(
        "SELECT DISTINCT entity_id FROM history WHERE entity_id > $1 ORDER BY entity_id LIMIT $2"
    );
    KINDS: Template = Template::new("SELECT entity_id, kind FROM history WHERE entity_id {in_keys:1} AND seq = 1");
}

/// Writes everything that travels and can be read. Returns how much that was, and what was left out and why. Seals of keys
/// that are not among these are not checked.
///
/// # Errors
/// When the lines cannot be written, or the database fails otherwise than by damage; what was written then has no last line.
pub async fn salvage(
    db: &Db,
    keys: Option<&KeyRing>,
    out: &mut (impl AsyncWrite + Unpin + Send),
    mut progress: impl FnMut(Progress) + Send,
) -> Result<(Counts, Report), TransferError> {
    let mut report = Report::of_all();
    let ids = ids(db, &mut report).await?;
    let mut salvage = Salvage { db, keys, ids, sheet: Sheet::begin(out)?, report };
    let counts = Counts {
        stores: salvage.resources::<Store>(&mut progress).await?,
        products: salvage.resources::<Product>(&mut progress).await?,
        customers: salvage.resources::<Customer>(&mut progress).await?,
        orders: salvage.resources::<Order>(&mut progress).await?,
    };
    salvage.sheet.end(counts).await?;
    Ok((counts, salvage.report))
}

struct Salvage<'a, W> {
    db: &'a Db,
    keys: Option<&'a KeyRing>,
    /// What there is, of each kind.
    ids: BTreeMap<Kind, BTreeSet<i64>>,
    sheet: Sheet<'a, W>,
    report: Report,
}

/// The ids that a statement finds, as far as they can be read.
struct Ids {
    table: &'static str,
    statement: &'static Template,
    name: fn(i64) -> String,
    found: Mutex<BTreeSet<i64>>,
}

impl Sliced for Ids {
    const ROWS: i64 = RESOURCES_PER_PAGE;

    fn table(&self) -> &'static str {
        self.table
    }

    fn name(&self, id: i64) -> String {
        (self.name)(id)
    }

    async fn look(
        &self,
        conn: &mut Conn,
        (after, _): Key,
        rows: i64,
        _: &mut Report,
    ) -> Result<Option<Key>, Error> {
        let ids: Vec<(i64,)> = conn.fetch_all(&self.statement.bind((after, rows))).await?;
        // A slice may be looked at again in parts: each id counts once.
        self.found.lock().await.extend(ids.iter().map(|(id,)| *id));
        Ok(ids.last().map(|(last,)| (*last, 0)))
    }
}

/// What there is, of each kind: by the tables, and by the history where they cannot be read.
async fn ids(db: &Db, report: &mut Report) -> Result<BTreeMap<Kind, BTreeSet<i64>>, Error> {
    let mut ids = BTreeMap::from([
        (Kind::Store, in_table::<Store>(db).await?),
        (Kind::Product, in_table::<Product>(db).await?),
        (Kind::Customer, in_table::<Customer>(db).await?),
        (Kind::Order, in_table::<Order>(db).await?),
    ]);
    let history =
        Ids { table: "history", statement: &IDS, name: |id| id.to_string(), found: Mutex::default() };
    walk(db, &history, report).await?;
    let mut others = history.found.into_inner();
    others.retain(|id| !ids.values().any(|known| known.contains(id)));
    let others: Vec<i64> = others.into_iter().collect();
    for (id, kind) in kinds(db, &others, report).await? {
        if let Some(known) = kind.parse().ok().and_then(|kind: Kind| ids.get_mut(&kind)) {
            known.insert(id);
        }
    }
    Ok(ids)
}

async fn in_table<A: Scanned>(db: &Db) -> Result<BTreeSet<i64>, Error> {
    let ids = Ids { table: A::TABLE, statement: A::IDS, name: A::text, found: Mutex::default() };
    // What cannot be read here is found by its history.
    walk(db, &ids, &mut Report::default()).await?;
    Ok(ids.found.into_inner())
}

/// The kinds of resources that are in no table.
async fn kinds(db: &Db, ids: &[i64], report: &mut Report) -> Result<Vec<(i64, String)>, Error> {
    let read = async |ids: &[i64]| Ok(db.read().await?.fetch_all(&KINDS.bind((ids,))).await?);
    let (kinds, unread) = load(ids, read).await?;
    for (id, error) in unread {
        report.add(unreadable("history", id, id.to_string(), &error));
    }
    Ok(kinds)
}

/// Loads what belongs to these ids, some at a time; where that fails fewer and fewer, until it is one id that cannot be read. Those
/// are returned beside the rest.
async fn load<T>(
    ids: &[i64],
    read: impl AsyncFn(&[i64]) -> Result<Vec<T>, Error>,
) -> Result<(Vec<T>, Vec<(i64, Error)>), Error> {
    let (mut loaded, mut unread) = (vec![], vec![]);
    let mut waiting: Vec<&[i64]> = ids.chunks(RESOURCES_AT_A_TIME).rev().collect();
    while let Some(some) = waiting.pop() {
        match (read(some).await, some) {
            (Ok(more), _) => loaded.extend(more),
            (Err(error), _) if !error.is_of_the_rows() => return Err(error),
            (Err(error), [id]) => unread.push((*id, error)),
            (Err(_), _) => {
                let (first, second) = some.split_at(some.len() / 2);
                waiting.extend([second, first]);
            }
        }
    }
    Ok((loaded, unread))
}

impl<W: AsyncWrite + Unpin> Salvage<'_, W> {
    async fn resources<A: Scanned>(
        &mut self,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> Result<u64, TransferError> {
        let ids: Vec<i64> = self.ids.remove(&A::KIND).unwrap_or_default().into_iter().collect();
        let (mut written, mut done, total) = (0, 0, ids.len() as u64);
        for page in ids.chunks(RESOURCES_AT_A_TIME) {
            progress(Progress { table: A::TABLE, done, total });
            written += self.page::<A>(page).await?;
            done += page.len() as u64;
        }
        progress(Progress { table: A::TABLE, done, total });
        Ok(written)
    }

    async fn page<A: Scanned>(&mut self, ids: &[i64]) -> Result<u64, TransferError> {
        let db = self.db;
        let rows = async |ids: &[i64]| A::load(&mut db.read().await?, ids, RowLock::Free).await;
        let (rows, _) = load(ids, rows).await?;
        let rows: HashMap<i64, A> = rows.into_iter().map(|row| (row.state.raw_id(), row.state)).collect();
        let histories = async |ids: &[i64]| history::load(&mut db.read().await?, ids).await;
        let (histories, unread) = load(ids, histories).await?;
        let unread: BTreeMap<i64, Error> = unread.into_iter().collect();
        let mut written = 0;
        for id in ids {
            if let Some(error) = unread.get(id) {
                self.report.add(unreadable(A::TABLE, *id, A::text(*id), error));
                continue;
            }
            let from = histories.partition_point(|row| row.entity_id < *id);
            let to = histories.partition_point(|row| row.entity_id <= *id);
            written += u64::from(self.resource(*id, &histories[from..to], rows.get(id))?);
        }
        self.sheet.write().await?;
        Ok(written)
    }

    /// Writes a resource, if its history is whole.
    fn resource<A: Scanned>(
        &mut self,
        id: i64,
        history: &[HistoryRow],
        row: Option<&A>,
    ) -> Result<bool, Error> {
        let mut report = Report::default();
        let replayed = replay::<A>(id, history, self.keys, &mut report);
        if let Some(row) = row.filter(|row| row.version() > replayed.last_seq) {
            let detail =
                format!("the row has version {}, the last event number {}", row.version(), replayed.last_seq);
            report.add(finding::<A>(Code::HeadVersion, id, None, detail));
        }
        let is_whole = report.totals.is_empty();
        self.report.append(report);
        let Some(fold) = replayed.state.filter(|_| is_whole) else { return Ok(false) };
        let state = match row {
            Some(row) => A::settled(fold, row),
            None => fold,
        };
        self.sheet.resource(&state, history)?;
        Ok(true)
    }
}

fn unreadable(table: &'static str, id: i64, name: String, error: &Error) -> Finding {
    Finding {
        code: Code::RowUnreadable,
        table,
        id: Some(id),
        name,
        seq: None,
        detail: format!("it cannot be read: {}", cause(error)),
    }
}
