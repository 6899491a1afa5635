//! `GET /v1/staff/orders.csv`
//!
//! The list is read at once, in one snapshot, into a file without a name, and sent from there: whoever reads slowly holds no
//! connection, and pins neither the log of SQLite nor the dead rows of PostgreSQL.

use std::io;
use std::path::Path;
use std::time::Duration;

use actix_web::body::SizedStream;
use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{self, Bytes};
use actix_web::{HttpResponse, rt};
use futures_util::stream;
use ordervault_domain::access::Scope;
use ordervault_domain::money::Money;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::Error;
use ordervault_persistence::read::{self, OrderCursor, OrderFilter, OrderSort, OrderSummary};
use ordervault_persistence::tx::Conn;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufWriter};
use tokio::sync::mpsc::{self, Sender};

use super::filters::{ListStaffOrders, WholeList};
use crate::extract::Query;
use crate::places::NoPlace;
use crate::principals::{Staff, permit};
use crate::problem::{Code, Problem};
use crate::reading::{LongReader, failed, long_snapshot};
use crate::state::AppState;

/// Rows that are in memory at a time.
const ROWS_PER_PAGE: u64 = 500;
/// How long reading the list may take.
const MAX_READING: Duration = Duration::from_secs(10);
/// How large the file may be, in bytes.
const MAX_SPOOL_BYTES: usize = 512 * 1024 * 1024;
/// Bytes that are sent at a time.
const PIECE_BYTES: usize = 64 * 1024;
/// How long a client may take to read one piece,
const MAX_STALL: Duration = Duration::from_secs(30);
/// and all of them.
const MAX_SENDING: Duration = Duration::from_mins(10);
/// What a spreadsheet knows UTF-8 by.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// What makes a spreadsheet take the text behind it for a formula: also the signs that Chinese and Japanese keyboards make, and
/// white space that it skips.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];
/// When to come back if too many exports run.
const RETRY_AFTER_SECONDS: u32 = 10;

/// A column: its name, and what an order has in it at this time.
type Column = (&'static str, fn(&OrderSummary, Timestamp) -> String);

/// Columns without those of the contact.
const COLUMNS: [Column; 13] = [
    ("number", |order, _| order.id.number()),
    ("status", |order, _| order.status.to_string()),
    ("store_id", |order, _| order.store_id.to_string()),
    ("customer_id", |order, _| text(order.customer_id)),
    ("source", |order, _| order.source.to_string()),
    ("source_status", |order, _| text(order.source_status.as_ref())),
    ("amount", |order, _| Money { amount: order.total, currency: order.currency }.decimal()),
    ("currency", |order, _| order.currency.to_string()),
    ("placed_at", |order, _| order.placed_at.to_string()),
    ("updated_at", |order, _| order.updated_at.to_string()),
    ("due_at", |order, _| text(order.due_at)),
    ("overdue", |order, now| order.is_overdue(now).to_string()),
    ("deleted", |order, _| order.deleted_at.is_some().to_string()),
];
/// Columns for those who may see contacts.
const CONTACT_COLUMNS: [Column; 3] = [
    ("orderer", |order, _| text(order.contact_name.as_ref())),
    ("email", |order, _| text(order.contact_email.as_ref())),
    ("phone", |order, _| text(order.contact_phone.as_ref())),
];

/// What is there, or an empty cell.
fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Export orders
///
/// The whole list that the filters ask for, in scope and as it is at this moment, as CSV (RFC 4180, UTF-8 with a byte order
/// mark, by which spreadsheets know it, one line of column names, every cell in quotes): amounts as decimal numbers, times in
/// UTC. Whoever may not see contacts gets no columns `orderer`, `email` and `phone`. A cell that a spreadsheet would take for a
/// formula (beginning with `=`, `+`, `-`, `@`, one of these in full width, a tab or the end of a line) has a `'` before it. One export
/// at a time for each member. It is to be read within ten minutes, 64 KiB within 30 seconds; a connection that ends before
/// `Content-Length` means that rows are missing.
#[utoipa::path(get, path = "/v1/staff/orders.csv", operation_id = "export_staff_orders", tag = "staff-orders",
    params(WholeList),
    responses((status = 200, description = "The orders", content_type = "text/csv", body = String),
        (status = 422, description = "Too much for one export", content_type = "application/problem+json",
            body = ref("#/components/schemas/Problem"))),
    security(("staff_bearer" = [])))]
pub(crate) async fn export_staff_orders(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    query: Query<ListStaffOrders>,
) -> Result<HttpResponse, Problem> {
    let query = query.0.whole()?;
    let scope = staff.actor().scope();
    let now = state.now();
    let filter = query.filter(&scope, Some(staff.member.id), state.settings.default_country, now)?;
    let place = state.exports.take(Some(staff.member.id.get()), Duration::ZERO).await.map_err(occupied)?;
    let conn = long_snapshot(&state, Some(staff.member.id.get())).await?;
    let export = Export { scope, filter, sort: query.sort(), now };
    let written =
        tokio::time::timeout(MAX_READING, export.write(conn, state.settings.spool_folder.as_deref()));
    let (spool, bytes) = written.await.map_err(|_| Problem::new(Code::ExportTooLarge))??;
    let (pieces, body) = mpsc::channel(1);
    rt::spawn(async move {
        // Whoever is too slow gets a part, which the length tells.
        _ = tokio::time::timeout(MAX_SENDING, send(spool, pieces)).await;
        drop(place);
    });
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename("orders.csv".to_owned())],
    };
    let body = stream::unfold(body, |mut body| async { Some((body.recv().await?, body)) });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(disposition)
        .body(SizedStream::new(bytes, body)))
}

/// There is no place for another export.
fn occupied(why: NoPlace) -> Problem {
    let problem = match why {
        NoPlace::Own => Problem::new(Code::RateLimited)
            .detail("another export of yours is not finished: read it to its end first"),
        NoPlace::Others => Problem::new(Code::Overloaded),
    };
    problem.retry_after(RETRY_AFTER_SECONDS)
}

/// Sends what was written piece by piece, each when the client has taken the one before, until it hangs up or stalls.
async fn send(mut spool: File, pieces: Sender<io::Result<Bytes>>) {
    loop {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let read = (&mut spool).take(PIECE_BYTES as u64).read_to_end(&mut piece).await;
        let piece = match read {
            Ok(0) => return,
            Ok(_) => Ok(piece.into()),
            Err(error) => Err(error),
        };
        let is_broken = piece.is_err();
        let is_taken = matches!(tokio::time::timeout(MAX_STALL, pieces.send(piece)).await, Ok(Ok(())));
        if is_broken || !is_taken {
            return;
        }
    }
}

/// What is exported.
struct Export {
    scope: Scope,
    /// None finds nothing.
    filter: Option<OrderFilter>,
    sort: OrderSort,
    now: Timestamp,
}

impl Export {
    /// Writes all of it into a file that has no name and goes with whoever holds it, whatever ends the program; tells how many
    /// bytes that are.
    async fn write(&self, mut conn: LongReader, folder: Option<&Path>) -> Result<(File, u64), Problem> {
        let spool = match folder {
            Some(folder) => tempfile::tempfile_in(folder),
            None => tempfile::tempfile(),
        };
        let mut spool = BufWriter::new(File::from_std(spool.map_err(unwritten)?));
        let mut bytes = BYTE_ORDER_MARK.len();
        spool.write_all(BYTE_ORDER_MARK).await.map_err(unwritten)?;
        let (mut rows, mut after) = (self.header(), None);
        loop {
            let is_last = self.page(&mut conn, &mut after, &mut rows).await.map_err(failed)?;
            let piece = csv_lines(&rows);
            rows.clear();
            bytes += piece.len();
            if bytes > MAX_SPOOL_BYTES {
                return Err(Problem::new(Code::ExportTooLarge));
            }
            spool.write_all(&piece).await.map_err(unwritten)?;
            if is_last {
                break;
            }
        }
        spool.flush().await.map_err(unwritten)?;
        let mut spool = spool.into_inner();
        spool.rewind().await.map_err(unwritten)?;
        Ok((spool, bytes as u64))
    }

    /// The columns for whoever exports.
    fn columns(&self) -> impl Iterator<Item = &'static Column> {
        let contact = if self.scope.shows_contact() { &CONTACT_COLUMNS[..] } else { &[] };
        COLUMNS.iter().chain(contact)
    }

    fn header(&self) -> Vec<Vec<String>> {
        vec![self.columns().map(|(name, _)| (*name).to_owned()).collect()]
    }

    /// Adds the next orders to the rows; tells whether they are the last.
    async fn page(
        &self,
        conn: &mut Conn,
        after: &mut Option<OrderCursor>,
        rows: &mut Vec<Vec<String>>,
    ) -> Result<bool, Error> {
        let Some(filter) = &self.filter else { return Ok(true) };
        let page = read::list_orders(conn, &self.scope, filter, self.sort, *after, ROWS_PER_PAGE).await?;
        rows.extend(page.items.iter().map(|order| self.row(order)));
        *after = page.next;
        Ok(page.next.is_none())
    }

    /// The cells in the order of the columns.
    fn row(&self, order: &OrderSummary) -> Vec<String> {
        self.columns().map(|(_, cell)| cell(order, self.now)).collect()
    }
}

/// The export could not be put down before it is sent.
fn unwritten(error: io::Error) -> Problem {
    Problem::new(Code::StorageUnavailable).retry_after(RETRY_AFTER_SECONDS).cause(error)
}

/// Rows as lines of CSV.
fn csv_lines(rows: &[Vec<String>]) -> Bytes {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        // A cell that no comma ends may be cut elsewhere: at the `;` of other countries' spreadsheets.
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::with_capacity(128 * rows.len()));
    for row in rows {
        // Into memory, where nothing can fail.
        _ = writer.write_record(row.iter().map(|cell| harmless(cell)));
    }
    writer.into_inner().unwrap_or_default().into()
}

/// The text so that no spreadsheet takes it for a formula. One that looks as if that had been done to it gets one more
/// `'`, so that taking one off always gives the text.
fn harmless(cell: &str) -> String {
    let formula = cell.trim_start_matches('\'').starts_with(FORMULA_SIGNS);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_every_kind() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+886", "'+886"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("＝1＋1", "'＝1＋1"),
            ("＋886", "'＋886"),
            ("－1", "'－1"),
            ("＠x", "'＠x"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("'=1", "''=1"),
            ("'s Gravenhage", "'s Gravenhage"),
            ("a=b", "a=b"),
            ("a,b", "a,b"),
            ("x;=1+1", "x;=1+1"),
            ("say \"hi\"", "say \"\"hi\"\""),
            ("two\nlines", "two\nlines"),
            ("王小明", "王小明"),
            ("", ""),
        ] {
            assert_eq!(csv_lines(&[vec![cell.to_owned()]]), format!("\"{written}\"\r\n"), "{cell:?}");
        }
    }
}
