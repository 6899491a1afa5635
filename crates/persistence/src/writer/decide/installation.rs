//! Commands on the installation.

use std::sync::Arc;

use ordervault_domain::installation::{self, DecisionContext, Installation, InstallationCommand};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::time::Timestamp;

use super::decider::{ActorContext, Decider, OperationError};
use crate::writer::operation::Effect;

impl Decider<'_> {
    pub(in crate::writer) fn installation(
        &mut self,
        actor_context: &ActorContext<'_>,
        command: &InstallationCommand,
    ) -> Result<Effect, OperationError> {
        let before = self.set.all::<Installation>().next().cloned();
        let id = before.as_ref().map_or_else(|| self.new_id(), |before| before.id.get());
        let context = DecisionContext { now: self.now, newest: self.set.newest().unwrap_or(Timestamp::MIN) };
        let events = installation::decide(before.as_ref(), &actor_context.actor, command, context)?;
        let after = self.record::<Installation>(actor_context, id, before.as_ref(), &events)?;
        Ok(Effect::Installation(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
    }
}
