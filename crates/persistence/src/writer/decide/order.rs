//! Commands on orders, and what they move in the stock.

use std::sync::Arc;

use ordervault_domain::customer::Customer;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{self, Order};
use ordervault_domain::product::Product;
use ordervault_domain::refusal::Refusal;

use super::context::context;
use super::decider::{ActorContext, Decider, OperationError, expect_version};
use crate::tables::stock::StockMovement;
use crate::writer::operation::Effect;
use crate::writer::set::Change;

impl Decider<'_> {
    pub(in crate::writer) fn order(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: Option<OrderId>,
        expected_version: Option<i64>,
        command: &order::OrderCommand,
    ) -> Result<Effect, OperationError> {
        let id = id.unwrap_or_else(|| OrderId::from_i64(self.new_id()));
        let before = self.set.get::<Order>(id.get()).cloned();
        order::authorize(before.as_ref(), &actor_context.actor, command)?;
        expect_version(before.as_ref(), expected_version)?;
        self.customer_exists(command)?;
        let context = context(self.set, &actor_context.actor, before.as_ref(), command, self.now);
        let events = order::decide(before.as_ref(), &context, &actor_context.actor, command, self.now)?;
        let after = self.record(actor_context, id.get(), before.as_ref(), &events)?;
        let after = after.or(before.clone()).ok_or(Refusal::NotFound)?;
        if !events.is_empty() {
            self.move_stock(before.as_ref(), &after);
        }
        if let order::OrderCommand::Place(_) = command {
            self.has_seen(&actor_context.actor, after.id);
        }
        Ok(Effect::Order(Arc::new(after)))
    }

    /// An order is nobody's or that of somebody who is there.
    fn customer_exists(&self, command: &order::OrderCommand) -> Result<(), Refusal> {
        let customer_id = match command {
            order::OrderCommand::Place(place) => place.customer_id,
            order::OrderCommand::Import(import) => import.customer_id,
            order::OrderCommand::Link { customer_id, .. } => Some(*customer_id),
            _ => None,
        };
        let is_there = |customer: &Customer| {
            // What was ordered before goes on, and is taken over as it is.
            customer.erased_at.is_none() || matches!(command, order::OrderCommand::Import(_))
        };
        if customer_id.is_none_or(|id| self.set.get::<Customer>(id.get()).is_some_and(is_there)) {
            return Ok(());
        }
        Err(Refusal::UnknownCustomer)
    }

    /// Moves what the order's change takes or gives back. `decide` has seen to it that there is enough.
    pub(super) fn move_stock(&mut self, before: Option<&Order>, after: &Order) {
        for moved in order::stock_deltas(before, after) {
            let product_id = moved.product_id.get();
            let Some(product) = self.set.get::<Product>(product_id).cloned() else { continue };
            let product = Product {
                on_hand: product.on_hand + moved.on_hand,
                reserved: product.reserved + moved.reserved,
                ..product
            };
            self.set.set_state(product, None);
            self.set.apply(Change::StockMovement(StockMovement::of(after, moved)));
        }
    }
}
