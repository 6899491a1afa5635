//! Which new orders a member has seen: their own bookkeeping, in no history.

use ordervault_domain::access::{Actor, Permission};
use ordervault_domain::id::OrderId;
use ordervault_domain::refusal::Refusal;

use super::decider::{ActorContext, Decider, OperationError};
use crate::writer::operation::Effect;
use crate::writer::set::{Change, Exchange};

impl Decider<'_> {
    /// Orders that do not exist are left out when it is written.
    pub(in crate::writer) fn see(
        &mut self,
        actor_context: &ActorContext<'_>,
        orders: &[OrderId],
        up_to: Option<i64>,
    ) -> Result<Effect, OperationError> {
        let Actor::Member(member) = &actor_context.actor else { return Err(Refusal::Forbidden(None).into()) };
        if !actor_context.actor.may(Permission::OrdersRead) {
            return Err(Refusal::Forbidden(Some(Permission::OrdersRead)).into());
        }
        let id = member.id.get();
        for order in orders {
            self.set.apply(Change::Seen { member_id: id, order_id: order.get() });
        }
        if let Some(position) = up_to {
            if self.set.last_position(id).is_none_or(|last| position > last) {
                return Err(Refusal::PositionNotReached.into());
            }
            if self.set.mark(id).is_some_and(|mark| mark < position) {
                self.set.apply(Change::Mark(Exchange::put(id, position)));
            }
        }
        Ok(Effect::Seen)
    }

    /// A member who has placed an order has seen it; for their colleagues it is new.
    pub(super) fn has_seen(&mut self, actor: &Actor, order: OrderId) {
        if let Actor::Member(member) = actor {
            self.set.apply(Change::Seen { member_id: member.id.get(), order_id: order.get() });
        }
    }
}
