//! Where orders are found.

use ordervault_domain::access::Actor;
use ordervault_domain::id::OrderId;

/// Where this kind of actor finds orders.
pub(crate) fn orders_path(actor: &Actor) -> &'static str {
    match actor {
        Actor::Member(_) => "/v1/staff/orders",
        Actor::Anonymous
        | Actor::Customer(_)
        | Actor::Guest(_)
        | Actor::Operator
        | Actor::Importer
        | Actor::System => "/v1/orders",
    }
}

/// Where this kind of actor finds an order.
pub(crate) fn order_path(actor: &Actor, id: OrderId) -> String {
    format!("{}/{id}", orders_path(actor))
}
