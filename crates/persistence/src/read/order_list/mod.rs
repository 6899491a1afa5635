//! Lists of orders: any combination of filters, in any of a few orders, page by page.
//!
//! No statement of a page looks at more than [`MAX_WALKED_ROWS`] orders, whatever is asked for and however many orders
//! there are; a page runs up to three of them. Each therefore has two parts: ids, so many and no more, that one index gives
//! (`ranges.rs`, `source.rs`), and the orders of these ids, to which everything else that is asked for is put
//! (`predicate.rs`, `statement.rs`). Where the ids
//! come from is decided here and by counting, never by a planner's estimate:
//!
//! 1. Mostly a few rows along an index in the list's order fill the page.
//! 2. If they do not, and something that is asked for is rare, it is looked up in its own index.
//! 3. If nothing is rare, the list is walked to the limit; the page may be short then, with a cursor to go on.

mod filter;
mod predicate;
mod ranges;
mod row;
mod source;
mod statement;
mod unread_filter;

pub use filter::{CustomerFilter, OrderFilter, OrderSort, SortKey, Trash};
pub(super) use predicate::{in_scope, overdue};
pub use row::{OrderCursor, OrderGlance, OrderPage, OrderRest, OrderSummary};
pub(super) use unread_filter::{STATEMENTS, UnreadFilter, is_new, with_ids};

use ordervault_domain::access::Scope;
use ordervault_domain::id::OrderId;
use ordervault_domain::search::{Field, Term};

use self::predicate::Predicate;
use self::row::PackedRow;
use self::statement::{Candidates, ListQuery};
use super::page::{Counted, Edge, Found, MAX_COUNTED, MAX_WALKED_ROWS};
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::Statement;
use crate::tables::columns::Row;
use crate::tx::Conn;

/// Words that are asked for, and in which texts.
type Asked<'a> = [(&'a [Term], &'static [Field])];

/// [`MAX_COUNTED`], as rows of a walk.
const COUNTED_ROWS: u64 = MAX_COUNTED.unsigned_abs();

/// A page of the orders in scope that the filter asks for, from the edge. A list sorted by [`SortKey::Due`] has only
/// orders with a deadline.
///
/// # Errors
/// When the database fails.
pub async fn list_orders(
    conn: &mut Conn,
    scope: &Scope,
    filter: &OrderFilter,
    sort: OrderSort,
    from: Option<Edge<OrderCursor>>,
    limit: u64,
) -> Result<OrderPage, Error> {
    page(conn, scope, filter, sort, from, limit, false).await
}

/// The same with all that these orders have: [`OrderSummary::rest`].
///
/// # Errors
/// When the database fails.
pub async fn whole_orders(
    conn: &mut Conn,
    scope: &Scope,
    filter: &OrderFilter,
    sort: OrderSort,
    from: Option<Edge<OrderCursor>>,
    limit: u64,
) -> Result<OrderPage, Error> {
    page(conn, scope, filter, sort, from, limit, true).await
}

async fn page(
    conn: &mut Conn,
    scope: &Scope,
    filter: &OrderFilter,
    sort: OrderSort,
    from: Option<Edge<OrderCursor>>,
    limit: u64,
    is_whole: bool,
) -> Result<OrderPage, Error> {
    let unread = UnreadFilter::of(conn, scope, filter).await?;
    let Some(predicates) = Predicate::all(scope, filter, sort, &unread) else {
        let position = filter.reader.map(|_| 0);
        return Ok(OrderPage { items: vec![], next: None, previous: None, position });
    };
    // The way back is the way of the list that comes in the opposite order.
    let way = if from.is_some_and(Edge::is_back) { sort.reversed() } else { sort };
    let (engine, after) = (conn.engine(), from.map(Edge::key));
    let query = ListQuery { predicates, sort: way, after, engine, unread, is_whole };
    let Looked { found, position } = find(conn, &query, &filter.words(scope), limit).await?;
    let mut page = found.page(from, sort.descending, |item| item.cursor(sort.key));
    if !scope.shows_contact() {
        page.items = page.items.into_iter().map(OrderSummary::without_contact).collect();
    }
    Ok(OrderPage { items: page.items, next: page.next, previous: page.previous, position })
}

/// Number of orders in scope that the filter asks for, counted to [`MAX_COUNTED`]; of what is neither rare nor served by
/// one index, only among so many first orders of the list.
///
/// # Errors
/// When the database fails.
pub async fn count_orders(
    conn: &mut Conn,
    scope: &Scope,
    filter: &OrderFilter,
    sort: OrderSort,
) -> Result<Counted, Error> {
    count_among(conn, scope, filter, sort, COUNTED_ROWS).await
}

/// The same among so many first orders of the list.
pub(super) async fn count_among(
    conn: &mut Conn,
    scope: &Scope,
    filter: &OrderFilter,
    sort: OrderSort,
    most: u64,
) -> Result<Counted, Error> {
    let unread = UnreadFilter::of(conn, scope, filter).await?;
    let Some(predicates) = Predicate::all(scope, filter, sort, &unread) else { return Ok(Counted::of(0)) };
    let query = ListQuery { predicates, sort, after: None, engine: conn.engine(), unread, is_whole: false };
    let candidates = match narrowest(conn, &query, most).await? {
        Some(narrow) => narrow,
        None => query.walked(most + 1),
    };
    let (total, looked_at): (i64, i64) = conn.fetch_one(&query.count(candidates)).await?;
    let is_cut = looked_at.unsigned_abs() > most;
    Ok(Counted { total: total.min(most.cast_signed()), is_lower_bound: is_cut })
}

/// What a look at candidates gave.
struct Looked {
    found: Found<OrderSummary, OrderCursor>,
    position: Option<i64>,
}

async fn find(conn: &mut Conn, query: &ListQuery, asked: &Asked<'_>, limit: u64) -> Result<Looked, Error> {
    let first = query.first_rows(limit);
    let mut position = None;
    if !query.is_telling() {
        let (looked, looked_at) = look(conn, query, asked, query.walked(first), limit).await?;
        if looked.found.onward.is_some() || looked_at < first {
            return Ok(looked);
        }
        position = looked.position;
    }
    // Whatever came up to the first look is in the later one as well.
    let since = |looked: Looked| Looked { position: position.or(looked.position), ..looked };
    if let Some(narrow) = narrowest(conn, query, MAX_WALKED_ROWS).await? {
        return Ok(since(look(conn, query, asked, narrow, limit).await?.0));
    }
    let (mut looked, _) = look(conn, query, asked, query.walked(MAX_WALKED_ROWS), limit).await?;
    if looked.found.onward.is_none() {
        let last: Option<(i64, i64)> = conn.fetch_optional(&query.walk_end(MAX_WALKED_ROWS)).await?;
        looked.found.onward = last.map(|(key, id)| OrderCursor { key, id: OrderId::from_i64(id) });
    }
    Ok(since(looked))
}

/// The page among these candidates, and how many they were.
async fn look(
    conn: &mut Conn,
    query: &ListQuery,
    asked: &Asked<'_>,
    candidates: Candidates,
    limit: u64,
) -> Result<(Looked, u64), Error> {
    let (rows, looked_at, position): (String, i64, Option<i64>) =
        conn.fetch_one(&query.page(candidates, limit + 1)).await?;
    let rows: Vec<PackedRow> = Row { table: "orders", id: 0 }.json("rows", &rows)?;
    let items = rows.into_iter().map(|row| row.summary(asked)).collect::<Result<_, _>>()?;
    let key = query.sort.key;
    let found = Found::of(items, limit, |item: &OrderSummary| item.cursor(key));
    Ok((Looked { found, position }, looked_at.unsigned_abs()))
}

/// The rarest thing that is asked for, if it is rare enough to look at all orders that have it.
async fn narrowest(conn: &mut Conn, query: &ListQuery, most: u64) -> Result<Option<Candidates>, Error> {
    let Some(probe) = query.probe(most + 1) else { return Ok(None) };
    let sizes: Vec<(i64, i64)> = conn.fetch_all(&probe).await?;
    let rarest = sizes.into_iter().min_by_key(|(_, size)| *size);
    let is_rare = |size: i64| size.unsigned_abs() <= most;
    let Some((place, _)) = rarest.filter(|(_, size)| is_rare(*size)) else { return Ok(None) };
    Ok(query.sources(most).into_iter().nth(usize::try_from(place).unwrap_or(usize::MAX)))
}

/// Every statement that the page of a list behind this order, or its first one, and counting it, may run, with a name: for tests of
/// the query plans.
#[must_use]
pub fn list_statements(
    engine: Engine,
    scope: &Scope,
    filter: &OrderFilter,
    sort: OrderSort,
    after: Option<OrderCursor>,
    limit: u64,
) -> Vec<(&'static str, Statement)> {
    let unread = UnreadFilter::unlisted(scope, filter);
    let Some(predicates) = Predicate::all(scope, filter, sort, &unread) else { return vec![] };
    let mut query = ListQuery { predicates, sort, after, engine, unread, is_whole: true };
    let export = query.page(query.walked(MAX_WALKED_ROWS), limit + 1);
    query.is_whole = false;
    let mut statements = vec![
        ("export", export),
        ("first look", query.page(query.walked(query.first_rows(limit)), limit + 1)),
        ("walk", query.page(query.walked(MAX_WALKED_ROWS), limit + 1)),
        ("walk end", query.walk_end(MAX_WALKED_ROWS)),
        ("count", query.count(query.walked(COUNTED_ROWS + 1))),
    ];
    statements.extend(query.probe(MAX_WALKED_ROWS + 1).map(|probe| ("probe", probe)));
    let narrow = query.sources(MAX_WALKED_ROWS).into_iter();
    statements.extend(narrow.map(|narrow| ("narrow", query.page(narrow, limit + 1))));
    statements
}
