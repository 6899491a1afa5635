//! One order: as it is, as it was, and what its actions depend on.

use std::collections::BTreeMap;

use ordervault_domain::access::Scope;
use ordervault_domain::aggregate::Aggregate;
use ordervault_domain::contact::Contact;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{DecisionContext, DuplicateKey, Order, Place};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::columns::Row;
use crate::tables::history::{self, HistoryRow, fold};
use crate::tables::{RowLock, Stored};
use crate::tx::Conn;

statements! {
    PROOF: Template = Template::new(
        "SELECT contact_phone, contact_email FROM orders WHERE id = $1 AND deleted_at IS NULL"
    );
}

/// Store and products that the decisions about an order look at.
#[derive(Clone, Debug, Default)]
pub struct OrderContext {
    store: Option<Store>,
    products: Vec<Product>,
}

impl OrderContext {
    /// Reads what decisions about these orders and products look at. `store_id` is the order's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(
        conn: &mut Conn,
        store_id: i64,
        products: impl IntoIterator<Item = i64>,
    ) -> Result<Self, Error> {
        let mut ids: Vec<i64> = products.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let store = Store::load(conn, &[store_id], RowLock::Free).await?.pop().map(|held| held.state);
        let products = Product::load(conn, &ids, RowLock::Free).await?;
        Ok(Self { store, products: products.into_iter().map(|held| held.state).collect() })
    }

    /// The same as the facts that `decide` takes.
    #[must_use]
    pub fn context(&self) -> DecisionContext<'_> {
        let products: BTreeMap<_, _> = self.products.iter().map(|product| (product.id, product)).collect();
        DecisionContext { store: self.store.as_ref(), products, look_alikes: vec![] }
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
pub async fn look_alikes(conn: &mut Conn, place: &Place, now: Timestamp) -> Result<Vec<OrderId>, Error> {
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

/// Phone number and e-mail address of an order that is not in the trash: what somebody has to know to be let in. One
/// statement, whether the order exists or not, so that the time does not tell.
///
/// # Errors
/// When the database fails.
pub async fn proof(conn: &mut Conn, id: OrderId) -> Result<Option<Contact>, Error> {
    let row: Option<(Option<String>, Option<String>)> = conn.fetch_optional(&PROOF.bind((id.get(),))).await?;
    let at = Row { table: "orders", id: id.get() };
    row.map(|(phone, email)| at.contact(None, phone.as_deref(), email.as_deref(), None)).transpose()
}

/// A point in the history of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// When it had this version.
    Version(i64),
    /// When the clock said so: with everything that had been written down by then.
    Time(Timestamp),
}

/// The thing as it was at a moment, without regard to scope. `None`: it did not exist then, or never had that version. A
/// product's stock is what its own history says, without what orders hold and took.
///
/// # Errors
/// When the database fails, the thing is of another kind or its history does not hold together.
pub async fn state_at<A: Aggregate>(
    conn: &mut Conn,
    entity_id: i64,
    moment: AsOf,
) -> Result<Option<A>, Error> {
    let mut rows = history(conn, entity_id).await?;
    rows.retain(|row| match moment {
        AsOf::Version(version) => row.seq <= version,
        AsOf::Time(at) => row.recorded_at <= at.millis(),
    });
    let state: Option<A> = fold(&rows)?;
    Ok(state.filter(|state| match moment {
        AsOf::Version(version) => state.version() == version,
        AsOf::Time(_) => true,
    }))
}

/// The whole history of a thing, oldest first, without regard to scope.
///
/// # Errors
/// When the database fails.
pub async fn history(conn: &mut Conn, entity_id: i64) -> Result<Vec<HistoryRow>, Error> {
    history::load(conn, &[entity_id]).await
}
