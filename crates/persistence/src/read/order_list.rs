//! Lists of orders: any combination of filters, newest first, page by page.
//!
//! A list walks the orders by `(placed_at, id)` along an index. Filters that no index serves (amounts) are looked at row
//! by row, at most [`MAX_WALKED_ROWS`] a page; a page that has walked so far is given as it is, with a cursor to go on.

use std::ops::RangeInclusive;

use ordervault_domain::access::{Scope, StoreScope};
use ordervault_domain::id::{BatchId, CustomerId, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::money::{Amount, Currency};
use ordervault_domain::order::{Source, Status};
use ordervault_domain::search::Term;
use ordervault_domain::time::Timestamp;
use sea_query::{Alias, Condition, Expr, ExprTrait, Order as Direction, Query, SelectStatement};

use super::new_orders::News;
use super::{Page, terms};
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::Statement;
use crate::tables::columns::Row;
use crate::tx::Conn;

/// Most rows that one page looks at.
pub const MAX_WALKED_ROWS: u64 = 10_000;
/// Totals are counted up to here; beyond, they are a lower bound.
pub const MAX_COUNTED: u64 = 10_000;

/// Which orders are asked for. Everything given has to hold.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// One of these statuses.
    pub statuses: Vec<Status>,
    /// Of one of these stores.
    pub stores: Vec<StoreId>,
    /// The orders with these numbers.
    pub numbers: Option<RangeInclusive<OrderId>>,
    /// One of these orders.
    pub ids: Option<Vec<OrderId>>,
    /// Put into the trash by this batch.
    pub deleted_in: Option<BatchId>,
    /// Of this customer.
    pub customer: Option<CustomerFilter>,
    /// With one of these statuses in the system that they were imported from.
    pub source_statuses: Vec<String>,
    /// With a line of this category.
    pub category: Option<String>,
    /// With a line of this product.
    pub product: Option<ProductId>,
    /// Placed then or later.
    pub placed_after: Option<Timestamp>,
    /// Placed before.
    pub placed_before: Option<Timestamp>,
    /// With at least this total, minor units.
    pub total_min: Option<Amount>,
    /// With at most this total, minor units.
    pub total_max: Option<Amount>,
    /// With these words in lines, contact or note, as far as the scope may see them.
    pub terms: Vec<Term>,
    /// For whom it is told what is new.
    pub reader: Option<MemberId>,
    /// New for the reader, or not.
    pub new: Option<bool>,
}

/// How a customer is named.
#[derive(Clone, Debug)]
pub enum CustomerFilter {
    /// By their id.
    Id(CustomerId),
    /// By the order's e-mail address.
    Email(String),
    /// By the last digits of the order's phone number.
    PhoneTail(String),
}

/// Where a page ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderCursor {
    /// When the last order was placed.
    pub placed_at: Timestamp,
    /// The last order.
    pub id: OrderId,
}

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSummary {
    /// The order.
    pub id: OrderId,
    /// Its version.
    pub version: i64,
    /// Where it stands.
    pub status: Status,
    /// The store.
    pub store_id: StoreId,
    /// The customer, if they have an account.
    pub customer_id: Option<CustomerId>,
    /// Who ordered; none where the scope does not show it.
    pub contact_name: Option<String>,
    /// How it came in.
    pub source: Source,
    /// Its status where it was imported from.
    pub source_status: Option<String>,
    /// What it costs.
    pub total: Amount,
    /// In which currency.
    pub currency: Currency,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// Is it new for the reader? None: nobody was named.
    pub is_new: Option<bool>,
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: i64,
    version: i64,
    status: String,
    store_id: i64,
    customer_id: Option<i64>,
    contact_name: Option<String>,
    source: String,
    source_status: Option<String>,
    total: i64,
    currency: String,
    placed_at: i64,
    updated_at: i64,
    is_new: Option<bool>,
}

const COLUMNS: [&str; 12] = [
    "id",
    "version",
    "status",
    "store_id",
    "customer_id",
    "contact_name",
    "source",
    "source_status",
    "total",
    "currency",
    "placed_at",
    "updated_at",
];

impl TryFrom<SummaryRow> for OrderSummary {
    type Error = Error;

    fn try_from(row: SummaryRow) -> Result<Self, Error> {
        let at = Row { table: "orders", id: row.id };
        Ok(Self {
            id: OrderId::from_i64(row.id),
            version: row.version,
            status: at.parsed("status", &row.status)?,
            store_id: StoreId::from_i64(row.store_id),
            customer_id: row.customer_id.map(CustomerId::from_i64),
            contact_name: row.contact_name,
            source: at.parsed("source", &row.source)?,
            source_status: row.source_status,
            total: Amount::new(row.total),
            currency: at.parsed("currency", &row.currency)?,
            placed_at: Timestamp::from_millis(row.placed_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            is_new: row.is_new,
        })
    }
}

/// A page of the orders in scope that the filter asks for, newest first, after the cursor.
///
/// # Errors
/// When the database fails.
pub async fn list_orders(
    conn: &mut Conn,
    scope: &Scope,
    filter: &OrderFilter,
    after: Option<OrderCursor>,
    limit: u64,
) -> Result<Page<OrderSummary, OrderCursor>, Error> {
    let news = News::of(conn, scope, filter).await?;
    let walked = walk(scope, filter, &news, after, conn.engine());
    let select = page(walked.clone(), filter, &news, limit);
    let rows: Vec<SummaryRow> = conn.fetch_all(&Statement::built(select)).await?;
    let items: Vec<OrderSummary> = rows.into_iter().map(OrderSummary::try_from).collect::<Result<_, _>>()?;
    let mut page =
        Page::of(items, limit, |item: &OrderSummary| OrderCursor { placed_at: item.placed_at, id: item.id });
    if page.next.is_none() && (filter.is_walked() || news.is_walked()) {
        page.next = walk_end(conn, walked).await?;
    }
    if !scope.shows_contact() {
        page.items.iter_mut().for_each(|item| item.contact_name = None);
    }
    Ok(page)
}

/// Number of orders in scope that the filter asks for, counted to [`MAX_COUNTED`] + 1.
///
/// # Errors
/// When the database fails.
pub async fn count_orders(conn: &mut Conn, scope: &Scope, filter: &OrderFilter) -> Result<i64, Error> {
    let news = News::of(conn, scope, filter).await?;
    let mut select = walk(scope, filter, &news, None, conn.engine());
    select
        .cond_where(amounts(filter))
        .cond_where(news.condition())
        .clear_order_by()
        .expr(Expr::val(1))
        .limit(MAX_COUNTED + 1);
    count(conn, select).await
}

/// Counts what a selection finds.
pub(super) async fn count(conn: &mut Conn, select: SelectStatement) -> Result<i64, Error> {
    let counted = Query::select()
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("total"))
        .from_subquery(select, Alias::new("found"))
        .to_owned();
    let (total,): (i64,) = conn.fetch_one(&Statement::built(counted)).await?;
    Ok(total)
}

impl OrderFilter {
    /// Does it ask for something that no index serves?
    fn is_walked(&self) -> bool {
        self.total_min.is_some() || self.total_max.is_some()
    }
}

/// The page over the walk: all of it, or the first so many rows of it and of them those with the right amount.
fn page(mut walked: SelectStatement, filter: &OrderFilter, news: &News, limit: u64) -> SelectStatement {
    if !filter.is_walked() && !news.is_walked() {
        walked.columns(COLUMNS.map(Alias::new)).expr_as(news.flag(), Alias::new("is_new"));
        return walked.cond_where(news.condition()).limit(limit + 1).to_owned();
    }
    let walked = walked.columns(COLUMNS.map(Alias::new)).limit(MAX_WALKED_ROWS).to_owned();
    let listed = Query::select()
        .columns(COLUMNS.map(Alias::new))
        .expr_as(news.flag(), Alias::new("is_new"))
        .from_subquery(walked, Alias::new("walked"))
        .cond_where(amounts(filter))
        .cond_where(news.condition())
        .to_owned();
    newest_first(listed).limit(limit + 1).to_owned()
}

/// Where a walk stopped because it was long enough; `None`: it came to the end.
async fn walk_end(conn: &mut Conn, mut walked: SelectStatement) -> Result<Option<OrderCursor>, Error> {
    let last =
        walked.columns(["placed_at", "id"].map(Alias::new)).offset(MAX_WALKED_ROWS - 1).limit(1).to_owned();
    let row: Option<(i64, i64)> = conn.fetch_optional(&Statement::built(last)).await?;
    Ok(row.map(|(placed_at, id)| OrderCursor {
        placed_at: Timestamp::from_millis(placed_at),
        id: OrderId::from_i64(id),
    }))
}

/// The orders in the list's order, by everything that an index serves.
fn walk(
    scope: &Scope,
    filter: &OrderFilter,
    news: &News,
    after: Option<OrderCursor>,
    engine: Engine,
) -> SelectStatement {
    let mut condition = in_scope(scope);
    if !filter.statuses.is_empty() {
        let statuses = filter.statuses.iter().map(|status| <&str>::from(*status));
        condition = condition.add(one_of("status", statuses));
    }
    if !filter.stores.is_empty() {
        condition = condition.add(one_of("store_id", filter.stores.iter().map(|store| store.get())));
    }
    if !filter.source_statuses.is_empty() {
        let statuses = filter.source_statuses.iter().map(String::as_str);
        condition = condition.add(one_of("source_status", statuses));
    }
    if let Some(numbers) = &filter.numbers {
        condition = condition.add(column("id").between(numbers.start().get(), numbers.end().get()));
    }
    if let Some(ids) = &filter.ids {
        condition = condition.add(one_of("id", ids.iter().map(|id| id.get())));
    }
    if let Some(batch) = filter.deleted_in {
        condition = condition.add(column("deleted_in").eq(batch.get()));
    }
    match &filter.customer {
        Some(CustomerFilter::Id(id)) => condition = condition.add(column("customer_id").eq(id.get())),
        Some(CustomerFilter::Email(email)) => {
            condition = condition.add(column("contact_email").eq(email.as_str()))
        }
        Some(CustomerFilter::PhoneTail(tail)) => condition = condition.add(starting_with(tail)),
        None => {}
    }
    if let Some(category) = &filter.category {
        condition = condition.add(with_line("category", Expr::val(category.as_str())));
    }
    if let Some(product) = filter.product {
        condition = condition.add(with_line("product_id", Expr::val(product.get())));
    }
    if let Some(from) = filter.placed_after {
        condition = condition.add(column("placed_at").gte(from.millis()));
    }
    if let Some(to) = filter.placed_before {
        condition = condition.add(column("placed_at").lt(to.millis()));
    }
    if let Some(after) = after {
        let keys = Expr::tuple([column("placed_at"), column("id")]);
        condition = condition
            .add(keys.lt(Expr::tuple([Expr::val(after.placed_at.millis()), Expr::val(after.id.get())])));
    }
    if !filter.terms.is_empty() {
        condition = condition.add(with_words(&filter.terms, scope.shows_contact(), engine));
    }
    newest_first(news.source(engine).cond_where(condition).to_owned())
}

pub(super) fn newest_first(mut select: SelectStatement) -> SelectStatement {
    select
        .order_by(Alias::new("placed_at"), Direction::Desc)
        .order_by(Alias::new("id"), Direction::Desc)
        .to_owned()
}

/// The SQL twin of [`Scope::covers`].
pub(super) fn in_scope(scope: &Scope) -> Condition {
    match scope {
        Scope::Everything => Condition::all(),
        Scope::Customer(id) => {
            Condition::all().add(column("customer_id").eq(id.get())).add(column("deleted_at").is_null())
        }
        Scope::Guest(Some(id)) => {
            Condition::all().add(column("id").eq(id.get())).add(column("deleted_at").is_null())
        }
        Scope::Guest(None) => Condition::all().add(Expr::val(1).eq(0)),
        Scope::Board(stores) => Condition::all()
            .add(one_of("store_id", stores.iter().map(|store| store.get())))
            .add(one_of("status", Status::PUBLIC.into_iter().map(<&str>::from)))
            .add(column("unlisted").eq(false))
            .add(column("deleted_at").is_null()),
        Scope::Staff { stores, statuses, trash, .. } => {
            let mut condition = Condition::all();
            if !trash {
                condition = condition.add(column("deleted_at").is_null());
            }
            if let StoreScope::Only(stores) = stores {
                condition = condition.add(one_of("store_id", stores.iter().map(|store| store.get())));
            }
            if !statuses.is_all() {
                condition = condition.add(one_of("status", statuses.iter().map(<&str>::from)));
            }
            condition
        }
    }
}

fn amounts(filter: &OrderFilter) -> Condition {
    let min = filter.total_min.map(|amount| column("total").gte(amount.get()));
    let max = filter.total_max.map(|amount| column("total").lte(amount.get()));
    Condition::all().add_option(min).add_option(max)
}

pub(super) fn column(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

/// Equality where there is one value: an index then gives the rows in the list's order.
pub(super) fn one_of<V: Into<Expr>>(name: &'static str, values: impl Iterator<Item = V>) -> Expr {
    let mut values: Vec<Expr> = values.map(Into::into).collect();
    match (values.len(), values.pop()) {
        (1, Some(only)) => column(name).eq(only),
        (_, last) => column(name).is_in(values.into_iter().chain(last)),
    }
}

fn with_line(name: &'static str, value: Expr) -> Expr {
    let lines = Query::select()
        .column(Alias::new("order_id"))
        .from(Alias::new("order_lines"))
        .and_where(column(name).eq(value))
        .to_owned();
    column("id").in_subquery(lines)
}

/// A phone number's last digits are its reversed digits' first; a range uses the index on both engines.
fn starting_with(tail: &str) -> Condition {
    let reversed: String = tail.chars().rev().collect();
    let end = format!("{reversed}:");
    Condition::all()
        .add(column("contact_phone_reversed").gte(reversed))
        .add(column("contact_phone_reversed").lt(end))
}

fn with_words(words: &[Term], contact: bool, engine: Engine) -> Condition {
    let columns: &[&str] = if contact { &["items", "contact", "note"] } else { &["items"] };
    match engine {
        Engine::Sqlite => Condition::all().add(Expr::cust_with_values(
            "id IN (SELECT rowid FROM order_search WHERE order_search MATCH ?)",
            [terms::fts5(words, columns)],
        )),
        Engine::Postgres => terms::tsqueries(words).into_iter().fold(Condition::all(), |all, term| {
            let found = columns.iter().map(|column| format!("{column} @@ $1::tsquery")).collect::<Vec<_>>();
            let text = format!("id IN (SELECT id FROM order_search WHERE {})", found.join(" OR "));
            all.add(Expr::cust_with_values(text, [term]))
        }),
    }
}
