//! `GET /v1/staff/orders.csv`
//!
//! The list is read at once, in one snapshot, into a file without a name, and sent from there: whoever reads slowly holds no
//! connection, and pins neither the log of SQLite nor the dead rows of PostgreSQL.

mod cells;
mod sheet;

use std::io;
use std::path::Path;
use std::time::Duration;

use actix_web::body::SizedStream;
use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::{self, Bytes};
use actix_web::{HttpResponse, rt};
use futures_util::stream;
use ordervault_domain::access::{Scope, StoreScope};
use ordervault_domain::store::Store;
use ordervault_persistence::Error;
use ordervault_persistence::read::{self, Edge, OrderCursor, OrderFilter, OrderSort};
use ordervault_persistence::tx::Conn;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufWriter};
use tokio::sync::mpsc::{self, Sender};

use self::sheet::Sheet;
use super::filters::{ListStaffOrders, WholeList};
use crate::extract::Query;
use crate::places::NoPlace;
use crate::principals::{Staff, permit};
use crate::problem::{Code, Problem};
use crate::reading::{LongReader, failed, long_snapshot};
use crate::state::AppState;
use crate::translations::Text;

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
/// When to come back if too many exports run.
const RETRY_AFTER_SECONDS: u32 = 10;

/// Export orders
///
/// The whole list that the filters ask for, in scope and as it is at this moment, as CSV (RFC 4180, UTF-8, one line of column
/// names, lines end with CR LF): amounts as decimal numbers, each time in UTC and, beside it, as the clocks of the store show it.
/// Whoever may not see contacts gets no columns `orderer`, `email`, `phone` and `note`.
///
/// With `rows=orders` each order is one row, and its cell `lines` tells in words what was ordered, a line each. To calculate take
/// `rows=lines`: a row for each line of an order, which repeats what the order has, so that `line_amount` may be summed up and
/// `amount` may not. An order without lines keeps a row of its own.
///
/// With `form=exact` each cell is what it is, for programs. `form=spreadsheet` is for people who open the file in a spreadsheet: it
/// begins with a byte order mark, every cell is in quotes, times of the store are written without an offset, and a text that would be
/// taken for something else has a `'` before it: a formula (it begins with `=`, `+`, `-`, `@`, one of these in full width, a tab
/// or the end of a line), or a number, date or truth value, such as a phone number, which would lose its zeros. To get the text
/// back take one `'` off where one of these follows.
///
/// One export at a time for each member. It is to be read within ten minutes, 64 KiB within 30 seconds; a connection that ends
/// before `Content-Length` means that rows are missing.
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
    // Exports are counted by that place: this one takes nothing of what the member may list meanwhile.
    let conn = long_snapshot(&state, None).await?;
    let (form, rows) = (query.form.unwrap_or_default(), query.rows.unwrap_or_default());
    let sheet = Sheet { form, rows, shows_contact: scope.shows_contact(), now };
    let export = Export { scope, filter, sort: query.sort(), sheet };
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
        NoPlace::Own => Problem::new(Code::RateLimited).detail(Text::new("export-running")),
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
    sheet: Sheet,
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
        let stores = read::stores(&mut conn, &StoreScope::All).await.map_err(failed)?;
        let (mut piece, mut bytes, mut after) = (self.sheet.head(), 0, None);
        loop {
            let is_last = self.page(&mut conn, &stores, &mut after, &mut piece).await.map_err(failed)?;
            bytes += piece.len();
            if bytes > MAX_SPOOL_BYTES {
                return Err(Problem::new(Code::ExportTooLarge));
            }
            spool.write_all(&piece).await.map_err(unwritten)?;
            piece.clear();
            if is_last {
                break;
            }
        }
        spool.flush().await.map_err(unwritten)?;
        let mut spool = spool.into_inner();
        spool.rewind().await.map_err(unwritten)?;
        Ok((spool, bytes as u64))
    }

    /// Adds the next orders to the piece; tells whether they are the last.
    async fn page(
        &self,
        conn: &mut Conn,
        stores: &[Store],
        after: &mut Option<Edge<OrderCursor>>,
        piece: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        let Some(filter) = &self.filter else { return Ok(true) };
        let page = read::whole_orders(conn, &self.scope, filter, self.sort, *after, ROWS_PER_PAGE).await?;
        piece.extend(self.sheet.lines(&page.items, stores));
        *after = page.next;
        Ok(page.next.is_none())
    }
}

/// The export could not be put down before it is sent.
fn unwritten(error: io::Error) -> Problem {
    Problem::new(Code::StorageUnavailable).retry_after(RETRY_AFTER_SECONDS).cause(error)
}
