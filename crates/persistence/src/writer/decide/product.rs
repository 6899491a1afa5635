//! Commands on products.

use std::sync::Arc;

use ordervault_domain::id::ProductId;
use ordervault_domain::product::{self, Product};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::Store;

use super::decider::{ActorContext, Decider, OperationError, expect_version};
use crate::tables::stock::own_movement;
use crate::writer::operation::Effect;
use crate::writer::set::Change;

impl Decider<'_> {
    pub(in crate::writer) fn product(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: Option<ProductId>,
        expected_version: Option<i64>,
        command: &product::ProductCommand,
    ) -> Result<Effect, OperationError> {
        let id = id.map_or_else(|| self.new_id(), ProductId::get);
        let before = self.set.get::<Product>(id).cloned();
        let wanted = match command {
            product::ProductCommand::Create(new) => Some((new.store_id, new.sku.clone())),
            product::ProductCommand::Edit(edit) => {
                before.as_ref().zip(edit.sku.clone()).map(|(product, sku)| (product.store_id, sku))
            }
            _ => None,
        };
        let sku_taken = wanted.as_ref().is_some_and(|(store, sku)| self.set.sku_taken(id, store.get(), sku));
        let store_id = before.as_ref().map(|product| product.store_id).or(wanted.map(|(store, _)| store));
        let store = store_id.and_then(|id| self.set.get::<Store>(id.get()));
        let context = product::DecisionContext { store, sku_taken };
        let decided = product::decide(before.as_ref(), &context, &actor_context.actor, command);
        // A stale version comes before what the content would meet, but after the right to look at all.
        if !matches!(decided, Err(Refusal::Forbidden(_) | Refusal::NotFound)) {
            expect_version(before.as_ref(), expected_version)?;
        }
        let after = self.record::<Product>(actor_context, id, before.as_ref(), &decided?)?;
        if let Some(movement) = after.as_ref().and_then(|after| own_movement(before.as_ref(), after)) {
            self.set.apply(Change::StockMovement(movement));
        }
        Ok(Effect::Product(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
    }
}
