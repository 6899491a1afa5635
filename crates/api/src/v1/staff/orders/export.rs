//! `GET /v1/staff/orders.csv`

use std::io;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{self, Bytes};
use actix_web::{HttpResponse, rt};
use futures_util::stream::{self, Stream, StreamExt as _};
use ordervault_domain::access::Scope;
use ordervault_domain::money::Money;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::Error;
use ordervault_persistence::read::{self, OrderCursor, OrderFilter, OrderSort, OrderSummary};
use ordervault_persistence::tx::Conn;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::filters::{ListStaffOrders, WholeList};
use crate::extract::Query;
use crate::principals::{Staff, permit};
use crate::problem::{Code, Problem};
use crate::reading::failed;
use crate::state::AppState;

/// Rows that are in memory at a time.
const ROWS_PER_PIECE: u64 = 500;
/// How long a client may take to read one piece; then its connection to the database goes to others.
const MAX_STALL: Duration = Duration::from_mins(1);
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
/// formula (beginning with `=`, `+`, `-`, `@`, one of these in full width, a tab or the end of a line) has a `'` before it. A
/// connection that ends before the last piece means that rows are missing.
#[utoipa::path(get, path = "/v1/staff/orders.csv", operation_id = "export_staff_orders", tag = "staff-orders",
    params(WholeList),
    responses((status = 200, description = "The orders", content_type = "text/csv", body = String)),
    security(("staff_bearer" = [])))]
pub(crate) async fn export_staff_orders(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    query: Query<ListStaffOrders>,
) -> Result<HttpResponse, Problem> {
    let query = query.0.whole()?;
    let scope = staff.actor().scope();
    let now = state.now();
    let filter = query.filter(&scope, Some(staff.member.id), now)?;
    let permit = Arc::clone(&state.exports).try_acquire_owned();
    let permit = permit.map_err(|_| Problem::new(Code::Overloaded).retry_after(RETRY_AFTER_SECONDS))?;
    let conn = state.db.long_snapshot().await.map_err(|error| failed(Error::Db(error)))?;
    let export = Export { conn, scope, filter, sort: query.sort(), now, after: None, _permit: permit };
    let (pieces, written) = mpsc::channel(1);
    rt::spawn(export.write(pieces));
    let file = stream::once(async { Ok(Bytes::from_static(BYTE_ORDER_MARK)) }).chain(whole(written));
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename("orders.csv".to_owned())],
    };
    Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8").insert_header(disposition).streaming(file))
}

/// A part of the file.
struct Piece {
    bytes: Bytes,
    is_last: bool,
}

/// The pieces as they are written. An end without the last one is an error, so that nobody takes a part for the whole.
fn whole(written: Receiver<Piece>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(Some(written), |written| async move {
        let Some(mut written) = written else { return Ok(None) };
        let piece = written.recv().await.ok_or_else(|| io::Error::other("the export broke off"))?;
        Ok(Some((piece.bytes, (!piece.is_last).then_some(written))))
    })
}

/// An export on its way.
struct Export {
    conn: Conn,
    scope: Scope,
    /// None finds nothing.
    filter: Option<OrderFilter>,
    sort: OrderSort,
    now: Timestamp,
    after: Option<OrderCursor>,
    _permit: OwnedSemaphorePermit,
}

impl Export {
    /// Writes piece by piece, each when the client has taken the one before. Ends early when the client hangs up or
    /// stalls.
    async fn write(mut self, pieces: Sender<Piece>) {
        let mut rows = self.header();
        loop {
            let piece = match self.piece(std::mem::take(&mut rows)).await {
                Ok(piece) => piece,
                Err(error) => return tracing::error!(%error, "an export broke off"),
            };
            let is_last = piece.is_last;
            let is_taken = matches!(tokio::time::timeout(MAX_STALL, pieces.send(piece)).await, Ok(Ok(())));
            if is_last || !is_taken {
                return;
            }
        }
    }

    /// The columns for whoever exports.
    fn columns(&self) -> impl Iterator<Item = &'static Column> {
        let contact = if self.scope.shows_contact() { &CONTACT_COLUMNS[..] } else { &[] };
        COLUMNS.iter().chain(contact)
    }

    fn header(&self) -> Vec<Vec<String>> {
        vec![self.columns().map(|(name, _)| (*name).to_owned()).collect()]
    }

    /// The next orders, after these rows.
    async fn piece(&mut self, mut rows: Vec<Vec<String>>) -> Result<Piece, Error> {
        let mut is_last = true;
        if let Some(filter) = &self.filter {
            let page =
                read::list_orders(&mut self.conn, &self.scope, filter, self.sort, self.after, ROWS_PER_PIECE);
            let page = page.await?;
            rows.extend(page.items.iter().map(|order| self.row(order)));
            is_last = page.next.is_none();
            self.after = page.next;
        }
        Ok(Piece { bytes: csv_lines(&rows), is_last })
    }

    /// The cells in the order of the columns.
    fn row(&self, order: &OrderSummary) -> Vec<String> {
        self.columns().map(|(_, cell)| cell(order, self.now)).collect()
    }
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
