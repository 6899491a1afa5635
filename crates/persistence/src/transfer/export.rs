//! Out: kind by kind, sorted by id, everything as it was when the export began.
//!
//! It is read in slices, each in a short snapshot of its own that is over before its lines are written: whoever reads them
//! slowly holds nothing. What happened since the beginning is told by its position in the outbox, and left out: histories
//! end before it, and states are what their histories make of them.

use std::collections::HashMap;

use ordervault_domain::aggregate::Kind;
use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::format::{Counts, FORMAT, Footer, Header, TransferError, VERSION};
use crate::db::Db;
use crate::error::Error;
use crate::scan::{self, Progress, Scan, Scanned};
use crate::tables::RowLock;
use crate::tables::history::{self, HistoryRow, fold};
use crate::tables::outbox;

#[derive(Serialize)]
struct Line<'a, A> {
    kind: Kind,
    id: String,
    state: &'a A,
    history: &'a [HistoryRow],
}

/// Where the lines go.
pub(super) struct Sheet<'a, W> {
    out: &'a mut W,
    hasher: Sha256,
    page: Vec<u8>,
}

/// Writes everything that travels. Returns how much that was.
///
/// # Errors
/// When the database cannot be read or the lines cannot be written; what was written then has no last line.
pub async fn export(
    db: &Db,
    out: &mut (impl AsyncWrite + Unpin + Send),
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Counts, TransferError> {
    let cut = outbox::cut(db).await?;
    let mut sheet = Sheet::begin(out)?;
    let counts = Counts {
        stores: sheet.resources::<Store>(db, cut, &mut progress).await?,
        products: sheet.resources::<Product>(db, cut, &mut progress).await?,
        customers: sheet.resources::<Customer>(db, cut, &mut progress).await?,
        orders: sheet.resources::<Order>(db, cut, &mut progress).await?,
    };
    sheet.end(counts).await?;
    Ok(counts)
}

impl<'a, W: AsyncWrite + Unpin> Sheet<'a, W> {
    /// With the first line.
    pub(super) fn begin(out: &'a mut W) -> Result<Self, Error> {
        let mut sheet = Self { out, hasher: Sha256::new(), page: vec![] };
        sheet.push(&Header { format: FORMAT.to_owned(), version: VERSION })?;
        Ok(sheet)
    }

    /// The line of a resource.
    pub(super) fn resource<A: Scanned>(&mut self, state: &A, history: &[HistoryRow]) -> Result<(), Error> {
        self.push(&Line { kind: A::KIND, id: A::text(state.raw_id()), state, history })
    }

    /// The last line.
    pub(super) async fn end(mut self, counts: Counts) -> Result<(), TransferError> {
        self.write().await?;
        let sha256 = hex::encode(self.hasher.clone().finalize());
        self.push(&Footer { end: counts, sha256 })?;
        self.write().await?;
        Ok(self.out.flush().await?)
    }

    fn push(&mut self, line: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.page, line).map_err(Error::Encode)?;
        self.page.push(b'\n');
        Ok(())
    }

    /// Writes the lines that are waiting.
    pub(super) async fn write(&mut self) -> Result<(), TransferError> {
        self.hasher.update(&self.page);
        self.out.write_all(&self.page).await?;
        self.page.clear();
        Ok(())
    }

    async fn resources<A: Scanned>(
        &mut self,
        db: &Db,
        cut: i64,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> Result<u64, TransferError> {
        let total = scan::count::<A>(&mut db.read().await?).await?;
        let (mut scan, mut done) = (Scan::new(), 0);
        loop {
            progress(Progress { table: A::TABLE, done, total });
            let Some(slice) = slice::<A>(db, &mut scan, cut).await? else { return Ok(done) };
            done += slice.len() as u64;
            for (state, history) in &slice {
                self.resource(state, history)?;
            }
            self.write().await?;
        }
    }
}

/// The next resources with their histories, as they were at that position; none at the end.
async fn slice<A: Scanned>(
    db: &Db,
    scan: &mut Scan,
    cut: i64,
) -> Result<Option<Vec<(A, Vec<HistoryRow>)>>, Error> {
    let mut conn = db.snapshot().await?;
    let ids = scan.next::<A>(&mut conn).await?;
    if ids.is_empty() {
        return Ok(None);
    }
    let mut rows: Vec<A> =
        A::load(&mut conn, &ids, RowLock::Free).await?.into_iter().map(|row| row.state).collect();
    A::rewind(&mut conn, &mut rows, cut).await?;
    let later = outbox::later(&mut conn, &ids, cut).await?;
    let mut histories: HashMap<i64, Vec<HistoryRow>> = HashMap::with_capacity(ids.len());
    for row in history::load(&mut conn, &ids).await? {
        if later.get(&row.entity_id).is_none_or(|first| row.seq < *first) {
            histories.entry(row.entity_id).or_default().push(row);
        }
    }
    let mut slice = Vec::with_capacity(rows.len());
    for row in rows {
        let history = histories.remove(&row.raw_id()).unwrap_or_default();
        if !later.contains_key(&row.raw_id()) {
            slice.push((row, history));
        } else if let Some(fold) = fold::<A>(&history)? {
            slice.push((A::settled(fold, &row), history));
        }
    }
    Ok(Some(slice))
}
