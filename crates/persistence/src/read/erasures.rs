//! Of whom nothing is to be known any more: accounts whose days are over, and closed orders of accounts that were erased.

use ordervault_domain::aggregate::Kind;
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
    ERASED: Template = Template::new(
        "SELECT id FROM customers WHERE erased_at IS NOT NULL AND id > $1 ORDER BY id LIMIT $2"
    );
    SINCE: Template = Template::new(
        "SELECT COUNT(*) FROM history WHERE kind = $1 AND type = 'erased' AND recorded_at > $2"
    );
    ORDERS: Template = Template::new(
        "SELECT placed_at, id, status_since, erased_at IS NULL AS tells_who,
             status IN ('completed', 'cancelled', 'invalid') AS is_closed
         FROM orders WHERE customer_id = $1 AND (placed_at, id) > ($2, $3)
         ORDER BY placed_at, id LIMIT $4"
    );
}

/// An order of a customer who was erased, and where the list of these goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct LeftOrder {
    placed_at: i64,
    id: i64,
    status_since: i64,
    /// Does it tell who ordered it?
    pub tells_who: bool,
    is_closed: bool,
}

impl LeftOrder {
    /// The order.
    #[must_use]
    pub fn id(&self) -> OrderId {
        OrderId::from_i64(self.id)
    }

    /// Since when it has been in its status: it is closed then, or later.
    #[must_use]
    pub fn status_since(&self) -> Timestamp {
        Timestamp::from_millis(self.status_since)
    }

    /// Does it tell who ordered it, and has it been closed since then at the latest? Decided again by the command that erases.
    #[must_use]
    pub fn is_due(&self, closed_by: Timestamp) -> bool {
        self.tells_who && self.is_closed && self.status_since() <= closed_by
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

/// Customers who were erased, by their ids.
///
/// # Errors
/// When the database fails.
pub async fn erased_customers(
    conn: &mut Conn,
    after: Option<CustomerId>,
    limit: i64,
) -> Result<Vec<CustomerId>, Error> {
    let after = after.map_or(0, CustomerId::get);
    let ids: Vec<(i64,)> = conn.fetch_all(&ERASED.bind((after, limit))).await?;
    Ok(ids.into_iter().map(|(id,)| CustomerId::from_i64(id)).collect())
}

/// Orders in the account of this customer, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn left_orders(
    conn: &mut Conn,
    customer_id: CustomerId,
    after: Option<LeftOrder>,
    limit: usize,
) -> Result<Vec<LeftOrder>, Error> {
    let (placed_at, id) = after.map_or((i64::MIN, i64::MIN), |after| (after.placed_at, after.id));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(conn.fetch_all(&ORDERS.bind((customer_id.get(), placed_at, id, limit))).await?)
}

/// How many were erased since then: (accounts, orders).
///
/// # Errors
/// When the database fails.
pub async fn erased_since(conn: &mut Conn, then: Timestamp) -> Result<(i64, i64), Error> {
    let mut counts = [0; 2];
    for (kind, count) in [Kind::Customer, Kind::Order].into_iter().zip(&mut counts) {
        (*count,) = conn.fetch_one(&SINCE.bind((<&str>::from(kind), then.millis()))).await?;
    }
    Ok(counts.into())
}
