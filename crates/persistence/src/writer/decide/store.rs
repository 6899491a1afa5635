//! Commands on stores.

use std::sync::Arc;

use ordervault_domain::id::StoreId;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::{self, Store};

use super::decider::{ActorContext, Decider, OperationError, expect_version};
use crate::writer::operation::Effect;

impl Decider<'_> {
    pub(in crate::writer) fn store(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: Option<StoreId>,
        expected_version: Option<i64>,
        command: &store::StoreCommand,
    ) -> Result<Effect, OperationError> {
        let id = id.map_or_else(|| self.new_id(), StoreId::get);
        let before = self.set.get::<Store>(id).cloned();
        let has_prices = self.set.has_prices(id);
        let decided = store::decide(before.as_ref(), has_prices, &actor_context.actor, command);
        if !matches!(decided, Err(Refusal::Forbidden(_) | Refusal::NotFound)) {
            expect_version(before.as_ref(), expected_version)?;
        }
        let after = self.record::<Store>(actor_context, id, before.as_ref(), &decided?)?;
        Ok(Effect::Store(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
    }
}
