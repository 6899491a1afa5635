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
pub use row::{OrderCursor, OrderSummary};
pub(super) use unread_filter::{STATEMENTS, UnreadFilter, is_new, with_ids};

use ordervault_domain::access::Scope;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::Order;
use ordervault_domain::search::Field;

use self::predicate::Predicate;
use self::row::SummaryRow;
use self::statement::{Candidates, ListQuery};
use super::page::{Counted, MAX_COUNTED, MAX_WALKED_ROWS, Page};
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::Statement;
use crate::tables::{RowLock, Stored};
use crate::tx::Conn;

/// [`MAX_COUNTED`], as rows of a walk.
const COUNTED_ROWS: u64 = MAX_COUNTED.unsigned_abs();

/// A page of the orders in scope that the filter asks for, after the cursor. A list sorted by [`SortKey::Due`] has only
/// orders with a deadline.
///
/// # Errors
/// When the database fails.
pub async fn list_orders(
    conn: &mut Conn,
    scope: &Scope,
    filter: &OrderFilter,
    sort: OrderSort,
    after: Option<OrderCursor>,
    limit: u64,
) -> Result<Page<OrderSummary, OrderCursor>, Error> {
    let unread = UnreadFilter::of(conn, scope, filter).await?;
    let Some(predicates) = Predicate::all(scope, filter, sort, &unread) else {
        return Ok(Page { items: vec![], next: None });
    };
    let query = ListQuery { predicates, sort, after, engine: conn.engine(), unread };
    let mut page = find(conn, &query, limit).await?;
    mark_matches(conn, scope, filter, &mut page.items).await?;
    if !scope.shows_contact() {
        for item in &mut page.items {
            (item.contact_name, item.contact_email, item.contact_phone) = (None, None, None);
        }
    }
    Ok(page)
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
    let query = ListQuery { predicates, sort, after: None, engine: conn.engine(), unread };
    let candidates = match narrowest(conn, &query, most).await? {
        Some(narrow) => narrow,
        None => query.walked(most + 1),
    };
    let (total, looked_at): (i64, i64) = conn.fetch_one(&query.count(candidates)).await?;
    let is_cut = looked_at.unsigned_abs() > most;
    Ok(Counted { total: total.min(most.cast_signed()), is_lower_bound: is_cut })
}

/// What the orders in scope that the filter asks for come to, store by store; of more than [`MAX_COUNTED`] the newest. See
/// [`ListQuery::sums`] for the columns. `None`: there can be none.
pub(super) fn sums(engine: Engine, scope: &Scope, filter: &OrderFilter) -> Option<Statement> {
    let (sort, unread) = (OrderSort::NEWEST_FIRST, UnreadFilter::unlisted(filter));
    let predicates = Predicate::all(scope, filter, sort, &unread)?;
    let query = ListQuery { predicates, sort, after: None, engine, unread };
    Some(query.sums(query.walked(COUNTED_ROWS)))
}

async fn find(
    conn: &mut Conn,
    query: &ListQuery,
    limit: u64,
) -> Result<Page<OrderSummary, OrderCursor>, Error> {
    let first = ((limit + 1) * query.first_look()).min(MAX_WALKED_ROWS);
    if !query.is_telling() {
        let (page, looked_at) = look(conn, query, query.walked(first), limit).await?;
        if page.next.is_some() || looked_at.is_some_and(|rows| rows < first) {
            return Ok(page);
        }
    }
    if let Some(narrow) = narrowest(conn, query, MAX_WALKED_ROWS).await? {
        return Ok(look(conn, query, narrow, limit).await?.0);
    }
    let (mut page, _) = look(conn, query, query.walked(MAX_WALKED_ROWS), limit).await?;
    if page.next.is_none() {
        let last: Option<(i64, i64)> = conn.fetch_optional(&query.walk_end(MAX_WALKED_ROWS)).await?;
        page.next = last.map(|(key, id)| OrderCursor { key, id: OrderId::from_i64(id) });
    }
    Ok(page)
}

/// The page among these candidates, and how many they were, which an empty page does not tell.
async fn look(
    conn: &mut Conn,
    query: &ListQuery,
    candidates: Candidates,
    limit: u64,
) -> Result<(Page<OrderSummary, OrderCursor>, Option<u64>), Error> {
    let rows: Vec<SummaryRow> = conn.fetch_packed(query.page(candidates, limit + 1)).await?;
    let looked_at = rows.first().map(|row| row.looked_at.unsigned_abs());
    let items = rows.into_iter().map(OrderSummary::try_from).collect::<Result<_, _>>()?;
    let key = query.sort.key;
    Ok((Page::of(items, limit, |item: &OrderSummary| item.cursor(key)), looked_at))
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

/// Says of each order where the words are that were asked for, in what the scope shows.
async fn mark_matches(
    conn: &mut Conn,
    scope: &Scope,
    filter: &OrderFilter,
    items: &mut [OrderSummary],
) -> Result<(), Error> {
    let asked = filter.words(scope);
    if asked.is_empty() || items.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = items.iter().map(|item| item.id.get()).collect();
    for order in Order::load(conn, &ids, RowLock::Free).await?.into_iter().map(|held| held.state) {
        let mut matched: Vec<Field> =
            asked.iter().flat_map(|(terms, fields)| order.matched(terms, fields)).collect();
        matched.sort_unstable();
        matched.dedup();
        if let Some(item) = items.iter_mut().find(|item| item.id == order.id) {
            item.matched = matched;
        }
    }
    Ok(())
}

/// Every statement that the first page of a list, and counting it, may run, with a name: for tests of the query plans.
#[must_use]
pub fn list_statements(
    engine: Engine,
    scope: &Scope,
    filter: &OrderFilter,
    sort: OrderSort,
    limit: u64,
) -> Vec<(&'static str, Statement)> {
    let unread = UnreadFilter::unlisted(filter);
    let Some(predicates) = Predicate::all(scope, filter, sort, &unread) else { return vec![] };
    let query = ListQuery { predicates, sort, after: None, engine, unread };
    let mut statements = vec![
        ("walk", query.page(query.walked(MAX_WALKED_ROWS), limit + 1)),
        ("walk end", query.walk_end(MAX_WALKED_ROWS)),
        ("count", query.count(query.walked(COUNTED_ROWS + 1))),
    ];
    statements.extend(query.probe(MAX_WALKED_ROWS + 1).map(|probe| ("probe", probe)));
    let narrow = query.sources(MAX_WALKED_ROWS).into_iter();
    statements.extend(narrow.map(|narrow| ("narrow", query.page(narrow, limit + 1))));
    statements
}
