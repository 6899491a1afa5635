//! Batches: opened by a request, then carried out order by order, each order together with what became of it.

use std::sync::Arc;

use ordervault_domain::access::{Actor, MemberAuthority};
use ordervault_domain::batch::{Batch, Opening};
use ordervault_domain::id::{BatchId, OrderId};
use ordervault_domain::refusal::Refusal;

use super::decider::{ActorContext, Decider, OperationError};
use crate::writer::operation::{ActorRef, BatchOperation, Effect};
use crate::writer::set::{Change, Exchange, ItemResult};

impl Decider<'_> {
    pub(in crate::writer) fn batch(
        &mut self,
        actor_context: &ActorContext<'_>,
        operation: &BatchOperation,
    ) -> Result<Effect, OperationError> {
        match operation {
            BatchOperation::Preview { digest, versions } => {
                let (digest, versions) = (digest.clone(), Arc::clone(versions));
                let member_id = member(actor_context)?.id;
                self.set.apply(Change::Preview { digest, member_id, versions });
                Ok(Effect::Previewed)
            }
            BatchOperation::Open { action, undoes, stores, items } => {
                action.authorize(&actor_context.actor)?;
                let id = BatchId::from_i64(self.new_id());
                let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
                let (action, stores) = (action.clone(), stores.clone());
                let opening =
                    Opening { created_by: member(actor_context)?.id, action, undoes: *undoes, stores };
                let batch = Batch::open(id, opening, actor_context.request_id, total, self.now);
                self.set.apply(Change::Batch(Exchange::put(id, batch.clone())));
                self.set.apply(Change::BatchItems(Exchange::put(id, Arc::clone(items))));
                Ok(Effect::Batch(Arc::new(batch)))
            }
            BatchOperation::Run { id, order_id } => self.run_item(*id, *order_id),
            BatchOperation::GiveUp { id, order_id, code } => {
                let waits = self.set.waiting(*id, *order_id).is_some();
                let result = ItemResult::refused(code);
                Ok(Effect::BatchItem(waits.then(|| self.set.settle(*id, *order_id, result, self.now))))
            }
            BatchOperation::Cancel { id } => {
                let batch = self.set.batch(*id).cloned().ok_or(Refusal::NotFound)?;
                if !batch.is_visible_to(member(actor_context)?) {
                    return Err(Refusal::NotFound.into());
                }
                batch.action.authorize(&actor_context.actor)?;
                let cancelled = batch.clone().cancelled(self.now)?;
                if let Some(cancelled) = &cancelled {
                    self.set.apply(Change::Batch(Exchange::put(*id, cancelled.clone())));
                }
                Ok(Effect::Batch(Arc::new(cancelled.unwrap_or(batch))))
            }
        }
    }

    /// The command on the order with the rights that the batch's maker has now, and what became of it.
    fn run_item(&mut self, id: BatchId, order_id: OrderId) -> Result<Effect, OperationError> {
        let Some((batch, version)) = self.set.waiting(id, order_id) else {
            return Ok(Effect::BatchItem(None));
        };
        let (by, request_id) = (ActorRef::Member(batch.created_by), batch.request_id.clone());
        let command = batch.action.command(id);
        let savepoint = self.set.savepoint();
        let done = match self.actor_context(by, &request_id) {
            Ok(actor_context) => self.order(&actor_context, Some(order_id), version, &command),
            Err(stop) => Err(stop),
        };
        let result = match done {
            Ok(Effect::Order(order)) if self.set.has_events_since(savepoint) => {
                ItemResult::succeeded(order.version)
            }
            Ok(_) => ItemResult::ALREADY_APPLIED,
            Err(OperationError::Refused(refusal)) => ItemResult::refused(refusal.into()),
            Err(stop) => return Err(stop),
        };
        Ok(Effect::BatchItem(Some(self.set.settle(id, order_id, result, self.now))))
    }
}

/// Batches are the staff's.
fn member<'a>(actor_context: &'a ActorContext<'_>) -> Result<&'a MemberAuthority, Refusal> {
    match &actor_context.actor {
        Actor::Member(member) => Ok(member),
        _ => Err(Refusal::Forbidden(None)),
    }
}
