//! One order as it is, and what its actions depend on.

use std::collections::BTreeSet;

use ordervault_domain::access::{OrderGrant, Scope};
use ordervault_domain::contact::Contact;
use ordervault_domain::country::Country;
use ordervault_domain::id::{CustomerId, OrderId};
use ordervault_domain::order::{DecisionContext, DuplicateKey, Order, Place, References, Status};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;
use sea_query::{Alias, Expr, ExprTrait as _, PostgresQueryBuilder, Query, SqliteQueryBuilder};

use super::select::column;
use crate::engine::Engine;
use crate::error::Error;
use crate::json::packed_rows;
use crate::statement::{Template, statements};
use crate::tables::columns::{Row, TableRow as _, packed_row};
use crate::tables::order_lines::packed_lines;
use crate::tables::orders::WholeRow;
use crate::tables::products::ProductRow;
use crate::tables::stores::StoreRow;
use crate::tables::{LockedRow, RowLock, Stored};
use crate::tx::Conn;

statements! {
    ERASED: Template = Template::new("SELECT id FROM customers WHERE id {in_keys:1} AND erased_at IS NOT NULL");
    OPENED: Template = Template::made(opened);
    PROOF: Template = Template::new(
        "SELECT country, contact_phone, contact_email, contact_version, status, status_since FROM orders
         WHERE id = $1 AND deleted_at IS NULL"
    );
}

/// What decisions about an order look at, as they are for whoever only reads.
#[derive(Clone, Debug, Default)]
pub struct OrderContext {
    references: References,
    store: Option<Store>,
    products: Vec<Product>,
    erased_customers: BTreeSet<CustomerId>,
}

impl OrderContext {
    /// Reads what decisions with these references look at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(conn: &mut Conn, references: References) -> Result<Self, Error> {
        let store_ids: Vec<i64> = references.store.iter().map(|id| id.get()).collect();
        let product_ids: Vec<i64> = references.products.iter().map(|id| id.get()).collect();
        let store = Store::load(conn, &store_ids, RowLock::Free).await?.pop().map(|held| held.state);
        let products = match product_ids.is_empty() {
            true => vec![],
            false => Product::load(conn, &product_ids, RowLock::Free).await?,
        };
        let products = products.into_iter().map(|held| held.state).collect();
        let erased_customers = erased_customers(conn, &references.customers).await?;
        Ok(Self { references, store, products, erased_customers })
    }

    /// Of a store and products that were read with an order, and its customer, if that one has left.
    fn of(store: Store, products: Vec<Product>, erased_customer: Option<CustomerId>) -> Self {
        let erased_customers: BTreeSet<CustomerId> = erased_customer.into_iter().collect();
        let references = References {
            store: Some(store.id),
            products: products.iter().map(|product| product.id).collect(),
            customers: erased_customers.clone(),
        };
        Self { references, store: Some(store), products, erased_customers }
    }

    /// What customers call the store; none: it was not asked for.
    #[must_use]
    pub fn store_name(&self) -> Option<&str> {
        self.store.as_ref().map(|store| store.name.as_str())
    }

    /// The same as the context that `decide` takes.
    #[must_use]
    pub fn context(&self) -> DecisionContext<'_> {
        let store = |id| self.store.as_ref().filter(|store| store.id == id);
        let product = |id| self.products.iter().find(|product| product.id == id);
        DecisionContext::of(&self.references, store, product, |id| self.erased_customers.contains(&id))
    }
}

/// Those of the customers who have left.
async fn erased_customers(
    conn: &mut Conn,
    ids: &BTreeSet<CustomerId>,
) -> Result<BTreeSet<CustomerId>, Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let erased: Vec<(i64,)> = conn.fetch_all(&ERASED.bind((ids,))).await?;
    Ok(erased.into_iter().map(|(id,)| CustomerId::from_i64(id)).collect())
}

/// The order, if it exists and is in scope.
///
/// # Errors
/// When the database fails.
pub async fn order(conn: &mut Conn, scope: &Scope, id: OrderId) -> Result<Option<Order>, Error> {
    let order = Order::load(conn, &[id.get()], RowLock::Free).await?.pop().map(|held| held.state);
    Ok(order.filter(|order| scope.covers(order)))
}

/// An order as staff open it.
#[derive(Clone, Debug)]
pub struct OpenedOrder {
    /// The order.
    pub order: Order,
    /// What its actions look at.
    pub context: OrderContext,
}

#[derive(sqlx_macros::FromRow)]
struct OpenedRow {
    #[sqlx(flatten)]
    order: WholeRow,
    store: String,
    products: Option<String>,
    is_customer_erased: bool,
}

/// The order with what its actions look at, if it exists and is in scope.
///
/// # Errors
/// When the database fails.
pub async fn opened_order(conn: &mut Conn, scope: &Scope, id: OrderId) -> Result<Option<OpenedOrder>, Error> {
    let Some(row) = conn.fetch_optional::<OpenedRow>(&OPENED.bind((id.get(),))).await? else {
        return Ok(None);
    };
    let at = Row { table: "orders", id: id.get() };
    let store: StoreRow = at.json("store_id", &row.store)?;
    let products: Option<Vec<ProductRow>> =
        row.products.map(|text| at.json("products", &text)).transpose()?;
    let products = products.into_iter().flatten().map(|row| Ok(LockedRow::try_from(row)?.state));
    let products = products.collect::<Result<_, Error>>()?;
    let order = row.order.held()?.state;
    let erased_customer = order.customer_id.filter(|_| row.is_customer_erased);
    let context = OrderContext::of(LockedRow::try_from(store)?.state, products, erased_customer);
    Ok(scope.covers(&order).then_some(OpenedOrder { order, context }))
}

/// An order with what staff are told of it. The products are those whose units it has given back, and would take again.
fn opened(engine: Engine) -> String {
    let store = packed_row(engine, "s", StoreRow::COLUMNS);
    let products = packed_rows(engine, &packed_row(engine, "p", ProductRow::COLUMNS), " ORDER BY p.id");
    let texts = [
        ("lines", packed_lines(engine, "orders")),
        ("store", format!("CAST((SELECT {store} FROM stores s WHERE s.id = orders.store_id) AS TEXT)")),
        (
            "products",
            format!(
                "CASE WHEN orders.holds_stock AND orders.status IN ('cancelled', 'invalid') THEN CAST((
                     SELECT {products} FROM products p
                     WHERE p.id IN (SELECT l.product_id FROM order_lines l WHERE l.order_id = orders.id)) AS TEXT) END"
            ),
        ),
        (
            "is_customer_erased",
            "EXISTS (SELECT 1 FROM customers c WHERE c.id = orders.customer_id AND c.erased_at IS NOT NULL)".to_owned(),
        ),
    ];
    let mut opened = Query::select();
    opened.expr(Expr::cust("orders.*")).from(Alias::new("orders"));
    for (name, text) in texts {
        opened.expr_as(Expr::cust(text), Alias::new(name));
    }
    opened.and_where(column("id").eq(Expr::cust("$1")));
    match engine {
        Engine::Sqlite => opened.to_string(SqliteQueryBuilder),
        Engine::Postgres => opened.to_string(PostgresQueryBuilder),
    }
}

/// Orders without an account that look like the one that somebody wants to place, without regard to how far back its store
/// looks.
///
/// # Errors
/// When the database fails.
pub async fn possible_duplicates(
    conn: &mut Conn,
    place: &Place,
    now: Timestamp,
) -> Result<Vec<OrderId>, Error> {
    let home = super::store(conn, place.store_id).await?.and_then(|store| store.country);
    let keys: Vec<i64> = DuplicateKey::of_place(place, None, home).iter().map(DuplicateKey::key).collect();
    let alike = crate::tables::orders::alike(conn, &keys, now).await?;
    Ok(alike.into_iter().map(OrderId::from_i64).collect())
}

/// Those of the orders that exist and are in scope, sorted by id.
///
/// # Errors
/// When the database fails.
pub async fn orders(conn: &mut Conn, scope: &Scope, ids: &[OrderId]) -> Result<Vec<Order>, Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    let held = Order::load(conn, &ids, RowLock::Free).await?;
    Ok(held.into_iter().map(|held| held.state).filter(|order| scope.covers(order)).collect())
}

/// What somebody has to know to be let in to an order.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Its phone number and e-mail address.
    pub contact: Contact,
    /// Where its phone number is dialled.
    pub country: Option<Country>,
    /// What they have then.
    pub grant: OrderGrant,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
}

#[derive(sqlx_macros::FromRow)]
struct ProofRow {
    country: Option<String>,
    contact_phone: Option<String>,
    contact_email: Option<String>,
    contact_version: i64,
    status: String,
    status_since: i64,
}

/// What somebody has to know to be let in to an order that is not in the trash. One statement, whether the order exists or
/// not, so that the time does not tell.
///
/// # Errors
/// When the database fails.
pub async fn proof(conn: &mut Conn, id: OrderId) -> Result<Option<Proof>, Error> {
    let row: Option<ProofRow> = conn.fetch_optional(&PROOF.bind((id.get(),))).await?;
    let at = Row { table: "orders", id: id.get() };
    let Some(row) = row else { return Ok(None) };
    let status: Status = at.parsed("status", &row.status)?;
    Ok(Some(Proof {
        contact: Contact {
            phone: at.parsed_option("contact_phone", row.contact_phone.as_deref())?,
            email: at.parsed_option("contact_email", row.contact_email.as_deref())?,
            ..Contact::default()
        },
        country: at.parsed_option("country", row.country.as_deref())?,
        grant: OrderGrant { order: id, contact_version: row.contact_version },
        closed_at: (!status.is_open()).then(|| Timestamp::from_millis(row.status_since)),
    }))
}
