//! What `order::decide` wants to know besides the order.

use std::collections::BTreeMap;

use ordervault_domain::access::Actor;
use ordervault_domain::id::ProductId;
use ordervault_domain::order::{self, DecisionContext, DuplicateKey, Order};
use ordervault_domain::product::Product;
use ordervault_domain::time::Timestamp;

use super::working_set::WorkingSet;

/// Store, products and look-alikes for a command on an order, from the working set.
pub(super) fn context<'a>(
    set: &'a WorkingSet,
    actor: &Actor,
    order: Option<&Order>,
    command: &order::OrderCommand,
    now: Timestamp,
) -> DecisionContext<'a> {
    let store_id = match command {
        order::OrderCommand::Place(place) => Some(place.store_id),
        order::OrderCommand::Import(import) => Some(import.store_id),
        _ => order.map(|order| order.store_id),
    };
    let asked: Vec<ProductId> = match command {
        order::OrderCommand::Place(place) => place.lines.iter().map(|line| line.product_id).collect(),
        order::OrderCommand::Import(import) => import.lines.iter().map(|line| line.product_id).collect(),
        order::OrderCommand::Amend(amendment) => {
            amendment.lines.iter().flatten().map(|line| line.product_id).collect()
        }
        _ => vec![],
    };
    let had = order.iter().flat_map(|order| order.lines.iter().map(|line| line.product_id));
    let products: BTreeMap<ProductId, &Product> = asked
        .into_iter()
        .chain(had)
        .filter_map(|id| set.products.get(id.get()).map(|product| (id, product)))
        .collect();
    let store = store_id.and_then(|id| set.stores.get(id.get()));
    let window_minutes = store.and_then(|store| store.policy.duplicate_window_minutes);
    let look_alikes = match (command, window_minutes) {
        (order::OrderCommand::Place(place), Some(minutes)) => look_alikes(set, actor, place, minutes, now),
        _ => vec![],
    };
    DecisionContext { store, products, look_alikes }
}

/// Orders like the one to be placed, from the last so many minutes.
fn look_alikes<'a>(
    set: &'a WorkingSet,
    actor: &Actor,
    place: &order::Place,
    window_minutes: u32,
    now: Timestamp,
) -> Vec<&'a Order> {
    let customer_id = match actor {
        Actor::Customer(id) => Some(*id),
        _ => place.customer_id,
    };
    let Some(wanted) = DuplicateKey::of_place(place, customer_id) else { return vec![] };
    let recent = |order: &&Order| order.placed_at.plus_minutes(window_minutes) > now;
    let alike = |order: &&Order| DuplicateKey::of_order(order).as_ref() == Some(&wanted);
    let mut found: Vec<&Order> = set.orders.iter().filter(recent).filter(alike).collect();
    found.sort_by_key(|order| order.id);
    found
}
