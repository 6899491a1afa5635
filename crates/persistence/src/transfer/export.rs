//! Out: one snapshot, kind by kind, sorted by id.

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
use crate::tables::history::{self, HistoryRow};
use crate::tx::Conn;

#[derive(Serialize)]
struct Line<'a, A> {
    kind: Kind,
    id: String,
    state: &'a A,
    history: &'a [HistoryRow],
}

/// Where the lines go.
struct Sheet<'a, W> {
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
    let mut conn = db.long_snapshot().await?;
    let mut sheet = Sheet { out, hasher: Sha256::new(), page: vec![] };
    sheet.push(&Header { format: FORMAT.to_owned(), version: VERSION })?;
    let counts = Counts {
        stores: sheet.resources::<Store>(&mut conn, &mut progress).await?,
        products: sheet.resources::<Product>(&mut conn, &mut progress).await?,
        customers: sheet.resources::<Customer>(&mut conn, &mut progress).await?,
        orders: sheet.resources::<Order>(&mut conn, &mut progress).await?,
    };
    sheet.write().await?;
    let sha256 = hex::encode(sheet.hasher.clone().finalize());
    sheet.push(&Footer { end: counts, sha256 })?;
    sheet.write().await?;
    sheet.out.flush().await?;
    Ok(counts)
}

impl<W: AsyncWrite + Unpin> Sheet<'_, W> {
    fn push(&mut self, line: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.page, line).map_err(Error::Encode)?;
        self.page.push(b'\n');
        Ok(())
    }

    async fn write(&mut self) -> Result<(), TransferError> {
        self.hasher.update(&self.page);
        self.out.write_all(&self.page).await?;
        self.page.clear();
        Ok(())
    }

    async fn resources<A: Scanned>(
        &mut self,
        conn: &mut Conn,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> Result<u64, TransferError> {
        let total = scan::count::<A>(conn).await?;
        let (mut scan, mut done) = (Scan::new(), 0);
        loop {
            progress(Progress { table: A::TABLE, done, total });
            let ids = scan.next::<A>(conn).await?;
            if ids.is_empty() {
                return Ok(done);
            }
            let rows = A::load(conn, &ids, RowLock::Free).await?;
            let histories = history::load(conn, &ids).await?;
            let mut histories = histories.chunk_by(|a, b| a.entity_id == b.entity_id).peekable();
            for held in &rows {
                let id = held.state.raw_id();
                let of_this = |rows: &&[HistoryRow]| rows.first().is_some_and(|row| row.entity_id == id);
                let history = histories.next_if(of_this).unwrap_or_default();
                self.push(&Line { kind: A::KIND, id: A::text(id), state: &held.state, history })?;
            }
            done += rows.len() as u64;
            self.write().await?;
        }
    }
}
