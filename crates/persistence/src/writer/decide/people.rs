//! Commands on the accounts of customers and members.

use std::sync::Arc;

use ordervault_domain::access::ActorKind;
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::{CustomerId, MemberId};
use ordervault_domain::member::{self, Member};
use ordervault_domain::refusal::Refusal;

use super::decider::{ActorContext, Decider, OperationError, expect_version};
use crate::writer::operation::Effect;
use crate::writer::set::{Change, Exchange};

impl Decider<'_> {
    pub(in crate::writer) fn customer(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: Option<CustomerId>,
        expected_version: Option<i64>,
        command: &customer::CustomerCommand,
        password_hash: Option<&String>,
    ) -> Result<Effect, OperationError> {
        let id = id.map_or_else(|| self.new_id(), CustomerId::get);
        let before = self.set.get::<Customer>(id).cloned();
        let email_taken = command.new_email().is_some_and(|email| self.set.customer_email_taken(id, email));
        let open_orders = match command {
            customer::CustomerCommand::RequestDeletion { .. } => self.set.open_orders(id),
            _ => vec![],
        };
        let context = customer::DecisionContext { email_taken, open_orders: &open_orders, now: self.now };
        let decided = customer::decide(before.as_ref(), &context, &actor_context.actor, command);
        if !matches!(decided, Err(Refusal::Forbidden(_) | Refusal::NotFound)) {
            expect_version(before.as_ref(), expected_version)?;
        }
        let events = decided?;
        let actor_context = actor_context.or_self(ActorKind::Customer, id);
        let after = self.record::<Customer>(&actor_context, id, before.as_ref(), &events)?;
        if let Some((before, after)) = before.as_ref().zip(after.as_ref())
            && (password_hash.is_some() || !after.active || before.contact.email != after.contact.email)
        {
            self.void_codes(id);
        }
        if let Some((hash, after)) = password_hash.zip(after.as_ref()) {
            self.set_password(id, hash, after.version);
        }
        if after.as_ref().is_some_and(|after| after.erased_at.is_some()) {
            self.set.apply(Change::Password(Exchange { key: id, value: None }));
            self.settle_mails(id);
        }
        Ok(Effect::Customer(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
    }

    pub(in crate::writer) fn member(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: Option<MemberId>,
        expected_version: Option<i64>,
        command: &member::MemberCommand,
        password_hash: Option<&String>,
    ) -> Result<Effect, OperationError> {
        let id = id.map_or_else(|| self.new_id(), MemberId::get);
        let before = self.set.get::<Member>(id).cloned();
        let email_taken = command.new_email().is_some_and(|email| self.set.member_email_taken(id, email));
        let owners = self.set.all::<Member>().filter(|member| member.is_active_owner()).count();
        let context =
            member::DecisionContext { email_taken, active_owners: i64::try_from(owners).unwrap_or(i64::MAX) };
        let decided = member::decide(before.as_ref(), context, &actor_context.actor, command);
        if !matches!(decided, Err(Refusal::Forbidden(_) | Refusal::NotFound | Refusal::BeyondOwnRights)) {
            expect_version(before.as_ref(), expected_version)?;
        }
        let events = decided?;
        let after = self.record::<Member>(actor_context, id, before.as_ref(), &events)?;
        if let Some((hash, after)) = password_hash.zip(after.as_ref()) {
            self.set_password(id, hash, after.version);
        }
        Ok(Effect::Member(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
    }
}
