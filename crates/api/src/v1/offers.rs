//! What answers tell besides the order itself: the name of its store, and what somebody may do now.

use std::collections::BTreeMap;
use std::sync::Arc;

use ordervault_domain::access::{Actor, StoreScope};
use ordervault_domain::id::{OrderId, StoreId};
use ordervault_domain::order::{
    ActionAvailability, Order, References, actions, fulfillment_actions, references_of_actions,
};
use ordervault_persistence::read::{self, OrderContext, OrderSummary};

use super::order_body::OrderSummaryBody;
use crate::problem::{ActionBody, Code, Offers, Problem};
use crate::reading::{failed, long_reader, reader};
use crate::state::AppState;

/// What the actor may do with the order now.
///
/// # Errors
/// When the database fails.
pub(crate) async fn offers(state: &AppState, order: &Order, actor: &Actor) -> Result<Offers, Problem> {
    let references = references_of_actions(order, actor);
    let context = match references.is_empty() {
        true => OrderContext::default(),
        false => OrderContext::read(&mut reader(state).await?, references).await.map_err(failed)?,
    };
    Ok(offers_in(state, order, &context, actor))
}

/// Tells of each order of a list what the actor may do now.
///
/// # Errors
/// When the database fails.
pub(crate) async fn offer_actions(
    state: &AppState,
    actor: &Actor,
    items: &mut [OrderSummaryBody],
    ids: &[OrderId],
) -> Result<(), Problem> {
    let conn = &mut long_reader(state, actor.id()).await?;
    let orders = read::orders(conn, &actor.scope(), ids).await.map_err(failed)?;
    let mut stores: BTreeMap<StoreId, (References, Vec<Order>)> = BTreeMap::new();
    for order in orders {
        let (references, of_store) = stores.entry(order.store_id).or_default();
        let own = references_of_actions(&order, actor);
        references.store = references.store.or(own.store);
        references.products.extend(own.products);
        references.customers.extend(own.customers);
        of_store.push(order);
    }
    let mut offers = BTreeMap::new();
    for (references, orders) in stores.into_values() {
        let context = OrderContext::read(conn, references).await.map_err(failed)?;
        let of = |order: &Order| offers_in(state, order, &context, actor).order;
        offers.extend(orders.iter().map(|order| (order.id.to_string(), of(order))));
    }
    for item in items {
        item.actions = offers.remove(&item.id);
    }
    Ok(())
}

/// The same where everything that it depends on was read with the order.
pub(crate) fn offers_in(state: &AppState, order: &Order, context: &OrderContext, actor: &Actor) -> Offers {
    let (context, now) = (context.context(), state.now());
    let bodies = |offers: Vec<ActionAvailability>| offers.into_iter().map(ActionBody::from).collect();
    let of_fulfillment = |no| (no, bodies(fulfillment_actions(order, no, &context, actor, now)));
    Offers {
        order: bodies(actions(order, &context, actor, now)),
        fulfillments: order.fulfillments.iter().map(|one| of_fulfillment(one.no)).collect(),
    }
}

/// The rows of a list. Whoever asks holds no connection.
///
/// # Errors
/// When the names of the stores cannot be read.
pub(crate) async fn summaries(
    state: &AppState,
    orders: Vec<OrderSummary>,
) -> Result<Vec<OrderSummaryBody>, Problem> {
    let now = state.now();
    let mut rows = Vec::with_capacity(orders.len());
    for order in orders {
        let store_name = store_name(state, order.store_id).await?;
        rows.push(OrderSummaryBody::new(order, &store_name, now));
    }
    Ok(rows)
}

/// What customers call this store. Whoever asks holds no connection.
///
/// # Errors
/// When it cannot be read, or is not there.
pub(crate) async fn store_name(state: &AppState, id: StoreId) -> Result<Arc<str>, Problem> {
    let now = state.now();
    if let Some(name) = state.store_names.get(id, now) {
        return Ok(name);
    }
    // There are few, and most lists have orders of several.
    let stores = read::stores(&mut reader(state).await?, &StoreScope::All).await.map_err(failed)?;
    state.store_names.keep(&stores, now);
    state.store_names.get(id, now).ok_or_else(|| Problem::new(Code::NotFound))
}
