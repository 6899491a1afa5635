//! Stores and products.

use ordervault_domain::access::StoreScope;
use ordervault_domain::id::{ProductId, StoreId};
use ordervault_domain::product::Product;
use ordervault_domain::search::Term;
use ordervault_domain::store::Store;
use sea_query::{Alias, Condition, Expr, ExprTrait, Order, Query, SelectStatement};

use super::page::{Counted, Edge, Found, MAX_COUNTED, Page};
use super::select::count;
use super::terms;
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::{Statement, Template, statements};
use crate::tables::products::ProductRow;
use crate::tables::stores::StoreRow;
use crate::tables::{LockedRow, RowLock, Stored};
use crate::tx::Conn;

statements! {
    STORES: Template = Template::new("SELECT * FROM stores ORDER BY id");
}

/// Which products are asked for.
#[derive(Clone, Debug)]
pub struct ProductFilter {
    /// Products of these stores.
    pub reach: StoreScope,
    /// Products of this store.
    pub store_id: Option<StoreId>,
    /// Products of this category.
    pub category: Option<String>,
    /// Products that can be ordered, of stores that take orders (or those that cannot).
    pub active: Option<bool>,
    /// Products whose title, category or stock keeping unit has these words.
    pub terms: Vec<Term>,
}

/// The store.
///
/// # Errors
/// When the database fails.
pub async fn store(conn: &mut Conn, id: StoreId) -> Result<Option<Store>, Error> {
    Ok(Store::load(conn, &[id.get()], RowLock::Free).await?.pop().map(|held| held.state))
}

/// All stores in reach, oldest first. There are few.
///
/// # Errors
/// When the database fails.
pub async fn stores(conn: &mut Conn, reach: &StoreScope) -> Result<Vec<Store>, Error> {
    let rows: Vec<StoreRow> = conn.fetch_all(&STORES.bind(())).await?;
    let stores =
        rows.into_iter().map(|row| LockedRow::try_from(row).map(|held: LockedRow<Store>| held.state));
    let stores: Vec<Store> = stores.collect::<Result<_, Error>>()?;
    Ok(stores.into_iter().filter(|store| reach.covers(store.id)).collect())
}

/// The product.
///
/// # Errors
/// When the database fails.
pub async fn product(conn: &mut Conn, id: ProductId) -> Result<Option<Product>, Error> {
    Ok(Product::load(conn, &[id.get()], RowLock::Free).await?.pop().map(|held| held.state))
}

/// Products, newest first, from the edge.
///
/// # Errors
/// When the database fails.
pub async fn products(
    conn: &mut Conn,
    filter: &ProductFilter,
    from: Option<Edge<i64>>,
    limit: u64,
) -> Result<Page<Product, i64>, Error> {
    let statement = products_statement(filter, from, limit, conn.engine());
    let rows: Vec<ProductRow> = conn.fetch_all(&statement).await?;
    let products = rows.into_iter().map(|row| Ok(LockedRow::try_from(row)?.state));
    let products: Vec<Product> = products.collect::<Result<_, Error>>()?;
    let id = |product: &Product| product.id.get();
    Ok(Found::of(products, limit, id).page(from, true, id))
}

/// The statement behind [`products`], for whoever looks at its plan.
#[must_use]
pub fn products_statement(
    filter: &ProductFilter,
    from: Option<Edge<i64>>,
    limit: u64,
    engine: Engine,
) -> Statement {
    let mut select = selected(filter, engine);
    select.column((Alias::new("products"), sea_query::Asterisk));
    let id = Expr::col((Alias::new("products"), Alias::new("id")));
    let direction = if from.is_some_and(Edge::is_back) { Order::Asc } else { Order::Desc };
    match from {
        Some(Edge::After(last)) => _ = select.and_where(id.lt(last)),
        Some(Edge::Before(first)) => _ = select.and_where(id.gt(first)),
        None => {}
    }
    // Its own index gives the products of a store in this order; otherwise PostgreSQL may walk those of all stores.
    if filter.store_id.is_some() {
        select.order_by((Alias::new("products"), Alias::new("store_id")), direction.clone());
    }
    select.order_by((Alias::new("products"), Alias::new("id")), direction).limit(limit + 1);
    Statement::built(select)
}

/// Number of products, counted to [`MAX_COUNTED`].
///
/// # Errors
/// When the database fails.
pub async fn count_products(conn: &mut Conn, filter: &ProductFilter) -> Result<Counted, Error> {
    let mut select = selected(filter, conn.engine());
    select.expr(Expr::val(1)).limit(MAX_COUNTED.unsigned_abs() + 1);
    Ok(Counted::of(count(conn, select).await?))
}

fn selected(filter: &ProductFilter, engine: Engine) -> SelectStatement {
    let products = Alias::new("products");
    let column = |name: &'static str| Expr::col((Alias::new("products"), Alias::new(name)));
    let mut condition = Condition::all();
    if let StoreScope::Only(stores) = &filter.reach {
        condition = condition.add(column("store_id").is_in(stores.iter().map(|store| store.get())));
    }
    if let Some(store) = filter.store_id {
        condition = condition.add(column("store_id").eq(store.get()));
    }
    if let Some(category) = &filter.category {
        condition = condition.add(column("category").eq(category.as_str()));
    }
    if let Some(active) = filter.active {
        let selling = Query::select()
            .column(Alias::new("id"))
            .from(Alias::new("stores"))
            .and_where(Expr::col(Alias::new("active")).eq(true))
            .to_owned();
        // A sum has no index: that of the stores gives products in another order than the list's.
        let sold = Condition::all()
            .add(column("active").eq(true))
            .add(column("store_id").add(0).in_subquery(selling));
        condition = condition.add(if active { sold } else { sold.not() });
    }
    if !filter.terms.is_empty() {
        condition = condition.add(with_words(&filter.terms, engine));
    }
    Query::select().from(products).cond_where(condition).to_owned()
}

fn with_words(words: &[Term], engine: Engine) -> Condition {
    match engine {
        Engine::Sqlite => Condition::all().add(Expr::cust_with_values(
            "products.id IN (SELECT rowid FROM product_search WHERE product_search MATCH ?)",
            [terms::fts5(words, &["words"])],
        )),
        Engine::Postgres => words.iter().map(terms::tsquery).fold(Condition::all(), |all, term| {
            all.add(Expr::cust_with_values(
                "products.id IN (SELECT id FROM product_search WHERE words @@ $1::tsquery)",
                [term],
            ))
        }),
    }
}
