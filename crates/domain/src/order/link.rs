//! Orders go into customers' accounts, and out of them.

use super::context::{DecisionContext, Events};
use super::guards::commented;
use super::{Order, OrderEvent, ReversalReason};
use crate::access::{Actor, OrderGrant};
use crate::aggregate::Envelope;
use crate::id::CustomerId;
use crate::refusal::Refusal;

/// Customers take into their own account what they have proved to know; staff put an order into any.
pub(super) fn link(
    order: &Order,
    actor: &Actor,
    customer_id: CustomerId,
    proof: Option<OrderGrant>,
    comment: Option<&str>,
) -> Result<Events, Refusal> {
    if let Actor::Customer(own) = actor {
        let is_theirs = order.customer_id == Some(*own);
        if customer_id != *own || !(is_theirs || proof == Some(order.grant())) {
            return Err(Refusal::NotFound);
        }
    }
    match order.customer_id {
        Some(id) if id == customer_id => Ok(vec![]),
        Some(_) => Err(Refusal::InAnotherAccount),
        None => Ok(vec![Envelope::of(OrderEvent::Linked { customer_id }).with(commented(comment))]),
    }
}

/// Nothing when it is in no account. That of somebody who has left keeps its orders: what is in none is erased by nobody.
pub(super) fn unlink(
    order: &Order,
    context: &DecisionContext<'_>,
    reason: ReversalReason,
    comment: Option<&str>,
) -> Result<Events, Refusal> {
    match order.customer_id {
        Some(id) if context.erased_customers.contains(&id) => Err(Refusal::AccountErased),
        Some(_) => Ok(vec![Envelope::of(OrderEvent::Unlinked { reason }).with(commented(comment))]),
        None => Ok(vec![]),
    }
}
