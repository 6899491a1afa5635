//! One order as it is, and what its actions depend on.

use ordervault_domain::access::{OrderGrant, Scope};
use ordervault_domain::contact::Contact;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{DecisionContext, DuplicateKey, Order, Place, References, Status};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::columns::Row;
use crate::tables::{RowLock, Stored};
use crate::tx::Conn;

statements! {
    PROOF: Template = Template::new(
        "SELECT contact_phone, contact_email, contact_version, status, status_since FROM orders
         WHERE id = $1 AND deleted_at IS NULL"
    );
}

/// Store and products that decisions about an order look at, as they are for whoever only reads.
#[derive(Clone, Debug, Default)]
pub struct OrderContext {
    references: References,
    store: Option<Store>,
    products: Vec<Product>,
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
        Ok(Self { references, store, products: products.into_iter().map(|held| held.state).collect() })
    }

    /// The same as the context that `decide` takes.
    #[must_use]
    pub fn context(&self) -> DecisionContext<'_> {
        let store = |id| self.store.as_ref().filter(|store| store.id == id);
        let product = |id| self.products.iter().find(|product| product.id == id);
        DecisionContext::of(&self.references, store, product)
    }
}

/// The order, if it exists and is in scope.
///
/// # Errors
/// When the database fails.
pub async fn order(conn: &mut Conn, scope: &Scope, id: OrderId) -> Result<Option<Order>, Error> {
    let order = Order::load(conn, &[id.get()], RowLock::Free).await?.pop().map(|held| held.state);
    Ok(order.filter(|order| scope.covers(order)))
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
    let keys: Vec<i64> = DuplicateKey::of_place(place, None).iter().map(DuplicateKey::key).collect();
    let alike = crate::tables::orders::alike(conn, &keys, now, RowLock::Free).await?;
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
    /// What they have then.
    pub grant: OrderGrant,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
}

#[derive(sqlx_macros::FromRow)]
struct ProofRow {
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
        grant: OrderGrant { order: id, contact_version: row.contact_version },
        closed_at: (!status.is_open()).then(|| Timestamp::from_millis(row.status_since)),
    }))
}
