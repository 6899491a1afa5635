//! Of whom nothing is to be known any more: accounts whose days are over, and closed orders of accounts that were erased.

use ordervault_domain::customer::Customer;
use ordervault_domain::id::{CustomerId, OrderId};
use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::{RowLock, Stored as _};
use crate::tx::Conn;

statements! {
    DUE: Template = Template::new(
        "SELECT id FROM customers WHERE deletion_due_at IS NOT NULL AND deletion_due_at <= $1
         ORDER BY deletion_due_at, id LIMIT $2"
    );
    NEXT_ERASED: Template = Template::new(
        "SELECT id FROM customers WHERE erased_at IS NOT NULL AND id > $1 ORDER BY id LIMIT 1"
    );
    // Whether it is time is decided again, order by order, by the command that erases. No order is older in its status than it
    // is at all.
    ORDERS: Template = Template::new(
        "SELECT placed_at, id,
             erased_at IS NULL AND status_since <= $4 AND status IN ('completed', 'cancelled', 'invalid') AS is_due
         FROM orders WHERE customer_id = $1 AND (placed_at, id) > ($2, $3) AND placed_at <= $4
         ORDER BY placed_at, id LIMIT $5"
    );
}

/// An order of a customer who was erased, and where the list of these goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct LeftOrder {
    placed_at: i64,
    id: i64,
    /// Has it been closed for long enough, and tells who ordered it?
    pub is_due: bool,
}

impl LeftOrder {
    /// The order.
    #[must_use]
    pub fn id(&self) -> OrderId {
        OrderId::from_i64(self.id)
    }
}

/// Customers whose accounts are to be erased by now, those first that have waited longest.
///
/// # Errors
/// When the database fails.
pub async fn due_deletions(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Customer>, Error> {
    let ids: Vec<(i64,)> = conn.fetch_all(&DUE.bind((now.millis(), limit))).await?;
    let ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
    Ok(Customer::load(conn, &ids, RowLock::Free).await?.into_iter().map(|held| held.state).collect())
}

/// The customer who was erased and has the next id.
///
/// # Errors
/// When the database fails.
pub async fn next_erased_customer(
    conn: &mut Conn,
    after: Option<CustomerId>,
) -> Result<Option<CustomerId>, Error> {
    let after = after.map_or(0, CustomerId::get);
    let next: Option<(i64,)> = conn.fetch_optional(&NEXT_ERASED.bind((after,))).await?;
    Ok(next.map(|(id,)| CustomerId::from_i64(id)))
}

/// Orders that this customer placed by then, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn left_orders(
    conn: &mut Conn,
    customer_id: CustomerId,
    after: Option<LeftOrder>,
    closed_by: Timestamp,
    limit: usize,
) -> Result<Vec<LeftOrder>, Error> {
    let (placed_at, id) = after.map_or((i64::MIN, i64::MIN), |after| (after.placed_at, after.id));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let statement = ORDERS.bind((customer_id.get(), placed_at, id, closed_by.millis(), limit));
    Ok(conn.fetch_all(&statement).await?)
}
