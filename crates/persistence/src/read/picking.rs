//! Orders with units that are set aside and still here.

use ordervault_domain::access::Scope;
use ordervault_domain::id::{OrderId, StoreId};
use ordervault_domain::order::{FulfillmentState, Order};

use super::orders;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

/// Orders that one list tells of.
pub const MAX_ORDERS_TO_PICK: usize = 500;
/// Orders that are looked at for it, in reach or not.
const MAX_LOOKED_AT: usize = 4_000;
/// Of these so many at a time.
const ORDERS_PER_PAGE: i64 = 500;

statements! {
    // An index has no others.
    ALLOCATED: Template = Template::new(
        "SELECT DISTINCT order_id FROM order_lines WHERE allocated > 0 AND order_id > $1 ORDER BY order_id LIMIT $2"
    );
}

/// The oldest orders in scope that have planned or picked fulfillments, of this store if one is named, and whether there may be more.
///
/// # Errors
/// When the database fails.
pub async fn orders_to_pick(
    conn: &mut Conn,
    scope: &Scope,
    store: Option<StoreId>,
) -> Result<(Vec<Order>, bool), Error> {
    let waits = |order: &Order| {
        let waits = |state| matches!(state, FulfillmentState::Planned | FulfillmentState::Picked);
        order.fulfillments.iter().any(|fulfillment| waits(fulfillment.state))
    };
    let (mut found, mut after, mut looked_at) = (vec![], 0, 0);
    loop {
        let ids: Vec<(i64,)> = conn.fetch_all(&ALLOCATED.bind((after, ORDERS_PER_PAGE))).await?;
        let ids: Vec<OrderId> = ids.into_iter().map(|(id,)| OrderId::from_i64(id)).collect();
        let Some(last) = ids.last() else { return Ok((found, false)) };
        (after, looked_at) = (last.get(), looked_at + ids.len());
        let page = orders(conn, scope, &ids).await?;
        found.extend(
            page.into_iter().filter(|order| store.is_none_or(|id| order.store_id == id) && waits(order)),
        );
        if found.len() > MAX_ORDERS_TO_PICK || looked_at >= MAX_LOOKED_AT {
            let more = found.len() > MAX_ORDERS_TO_PICK || looked_at >= MAX_LOOKED_AT;
            found.truncate(MAX_ORDERS_TO_PICK);
            return Ok((found, more));
        }
    }
}
