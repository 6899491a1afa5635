//! What is new for a member: how many orders, which of some, and up to where there is something to be seen.

use ordervault_domain::access::{Scope, StoreScope};
use ordervault_domain::id::{MemberId, OrderId};
use sea_query::{Alias, Expr, ExprTrait as _, Query};

use super::order_list::{OrderFilter, UnreadFilter, in_scope, is_new, with_ids};
use super::page::{Counted, MAX_WALKED_ROWS};
use super::select::{column, count, newest_first};
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
    let ids: Vec<i64> = orders.iter().map(|order| order.get()).collect();
    let mut select = with_ids(&ids, conn.engine());
    select.distinct().column(Alias::new("id")).cond_where(in_scope(scope)).cond_where(is_new(member));
    let rows: Vec<(i64,)> = conn.fetch_all(&Statement::built(select)).await?;
    Ok(rows.into_iter().map(|row| OrderId::from_i64(row.0)).collect())
}

/// How many orders in scope are new for the member, without those in the trash; of very many only the newest are looked at.
///
/// # Errors
/// When the database fails.
pub async fn count_new(conn: &mut Conn, scope: &Scope, member: MemberId) -> Result<Counted, Error> {
    let filter = OrderFilter { reader: Some(member), new: Some(true), ..OrderFilter::default() };
    let unread = UnreadFilter::of(conn, scope, &filter).await?;
    let mut select = unread.source(conn.engine());
    select
        .columns(["id", "source"].map(Alias::new))
        .cond_where(in_scope(scope))
        .and_where(column("deleted_at").is_null());
    if unread.is_walked() {
        select = newest_first(select);
        select.limit(MAX_WALKED_ROWS);
    }
    let new = Query::select()
        .expr(Expr::val(1))
        .from_subquery(select, Alias::new("orders"))
        .cond_where(unread.condition())
        .to_owned();
    Ok(Counted { total: count(conn, new).await?, is_lower_bound: unread.is_walked() })
}

/// The position of the order that came last into these stores; 0: none did. Whatever came up to there is in a list that is
/// read after asking for it.
///
/// # Errors
/// When the database fails.
pub async fn last_position(conn: &mut Conn, stores: &StoreScope) -> Result<i64, Error> {
    arrivals::last_position(conn, stores).await
}
