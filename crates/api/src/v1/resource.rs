//! What orders, stores, products and members have in common for the API.

use std::sync::Arc;

use ordervault_domain::access::Actor;
use ordervault_domain::aggregate::{Aggregate, Change};
use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_persistence::writer::Effect;

/// A kind of thing that requests change and look at.
pub(crate) trait Resource: Aggregate {
    /// It, if that is what an act led to.
    fn of(done: Effect) -> Option<Arc<Self>>;

    /// Is it within this actor's reach?
    fn is_visible(&self, actor: &Actor) -> bool;

    /// A change in its history with the names and values of the API. `None`: the API does not compare this field.
    fn shown(change: Change) -> Option<Change> {
        Some(change)
    }
}

impl Resource for Order {
    fn of(done: Effect) -> Option<Arc<Self>> {
        match done {
            Effect::Order(order) => Some(order),
            _ => None,
        }
    }

    fn is_visible(&self, actor: &Actor) -> bool {
        actor.scope().covers(self)
    }
}

impl Resource for Customer {
    fn of(done: Effect) -> Option<Arc<Self>> {
        match done {
            Effect::Customer(customer) => Some(customer),
            _ => None,
        }
    }

    fn is_visible(&self, actor: &Actor) -> bool {
        *actor == Actor::Customer(self.id)
    }
}
