//! What is new for a member: how many orders, which of some, and up to where there is something to be seen.

use ordervault_domain::access::{Scope, StoreScope};
use ordervault_domain::id::{MemberId, OrderId};
use sea_query::Alias;

use super::order_list::{self, OrderFilter, OrderSort, in_scope, is_new, with_ids};
use super::page::{Counted, MAX_WALKED_ROWS};
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::Statement;
use crate::tables::arrivals;
use crate::tx::Conn;

/// Those of these orders that are in scope and new for the member.
///
/// # Errors
/// When the database fails.
pub async fn new_among(
    conn: &mut Conn,
    scope: &Scope,
    member: MemberId,
    orders: &[OrderId],
) -> Result<Vec<OrderId>, Error> {
    let rows: Vec<(i64,)> =
        conn.fetch_all(&new_among_statement(conn.engine(), scope, member, orders)).await?;
    Ok(rows.into_iter().map(|row| OrderId::from_i64(row.0)).collect())
}

/// How many orders in scope are new for the member, without those in the trash; of very many only the newest are looked at.
///
/// # Errors
/// When the database fails.
pub async fn count_new(conn: &mut Conn, scope: &Scope, member: MemberId) -> Result<Counted, Error> {
    let filter = OrderFilter { reader: Some(member), new: Some(true), ..OrderFilter::default() };
    order_list::count_among(conn, scope, &filter, OrderSort::NEWEST_FIRST, MAX_WALKED_ROWS).await
}

/// The statement behind [`new_among`], for tests of what it looks at.
#[must_use]
pub fn new_among_statement(engine: Engine, scope: &Scope, member: MemberId, orders: &[OrderId]) -> Statement {
    let ids: Vec<i64> = orders.iter().map(|order| order.get()).collect();
    let mut select = with_ids(&ids, engine);
    select
        .distinct()
        .column(Alias::new("id"))
        .cond_where(in_scope(scope))
        .cond_where(is_new(&member.get().into()));
    Statement::built(select)
}

/// The position of the order that came last into these stores; 0: none did. Whatever came up to there is in a list that is
/// read after asking for it.
///
/// # Errors
/// When the database fails.
pub async fn last_position(conn: &mut Conn, stores: &StoreScope) -> Result<i64, Error> {
    arrivals::last_position(conn, stores).await
}
