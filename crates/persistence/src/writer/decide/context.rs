//! What `order::decide` wants to know besides the order.

use ordervault_domain::access::Actor;
use ordervault_domain::customer::Customer;
use ordervault_domain::id::{CustomerId, ProductId, StoreId};
use ordervault_domain::order::{self, DecisionContext, DuplicateKey, Order, References};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;

use crate::writer::set::WorkingSet;

/// Store, products, whether the customer has left, and look-alikes for a command on an order, from the working set.
pub(super) fn context<'a>(
    set: &'a WorkingSet,
    actor: &Actor,
    order: Option<&Order>,
    command: &order::OrderCommand,
    now: Timestamp,
) -> DecisionContext<'a> {
    let references = References::of(command, order);
    let stored = |id: StoreId| set.get::<Store>(id.get());
    let is_erased =
        |id: CustomerId| set.get::<Customer>(id.get()).is_some_and(|customer| customer.erased_at.is_some());
    let product = |id: ProductId| set.get::<Product>(id.get());
    let context = DecisionContext::of(&references, stored, product, is_erased);
    let possible_duplicates = match (command, context.store) {
        (order::OrderCommand::Place(place), Some(store)) => {
            possible_duplicates(set, actor, place, store, now)
        }
        _ => vec![],
    };
    DecisionContext { possible_duplicates, ..context }
}

/// Orders like the one to be placed, from the last so many minutes as the store asks about.
fn possible_duplicates<'a>(
    set: &'a WorkingSet,
    actor: &Actor,
    place: &order::Place,
    store: &Store,
    now: Timestamp,
) -> Vec<&'a Order> {
    let customer_id = match actor {
        Actor::Customer(id) => Some(*id),
        _ => place.customer_id,
    };
    let wanted = DuplicateKey::of_place(place, customer_id, store.country);
    let (Some(minutes), Some(wanted)) = (store.policy.duplicate_window_minutes, wanted) else {
        return vec![];
    };
    let recent = |order: &&Order| order.placed_at.plus_minutes(minutes) > now;
    let alike = |order: &&Order| DuplicateKey::of_order(order).as_ref() == Some(&wanted);
    let mut found: Vec<&Order> = set.all::<Order>().filter(recent).filter(alike).collect();
    found.sort_by_key(|order| order.id);
    found
}
