//! One submission against the working set: all of its operations or none.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ordervault_domain::order::Order;
use ordervault_domain::refusal::Refusal;

use super::decide::{ActorContext, Decider, OperationError};
use super::operation::{Effect, Operation, Receipt, Submission, WriteError};
use super::set::{Change, Exchange, Savepoint};
use crate::tables::idempotency::Record;

impl Decider<'_> {
    /// Carries out all operations or none. Refused or panicking, a submission leaves no trace in the working set; a panic
    /// is its own affair.
    pub(crate) fn decide(&mut self, submission: &Submission) -> Result<Receipt, WriteError> {
        let savepoint = self.set.savepoint();
        let decided = catch_unwind(AssertUnwindSafe(|| self.all_or_none(submission, savepoint)));
        decided.unwrap_or_else(|_| {
            tracing::error!(request_id = submission.request_id, "a decision panicked");
            self.set.roll_back(savepoint);
            Err(WriteError::Internal)
        })
    }

    fn all_or_none(&mut self, submission: &Submission, savepoint: Savepoint) -> Result<Receipt, WriteError> {
        self.login_holds(submission)?;
        if let Some(idempotency) = &submission.idempotency
            && let Some(record) = self.set.key(&idempotency.scoped_key)
        {
            return record.answer(idempotency);
        }
        match self.carry_out(submission) {
            Ok(done) => {
                let applied = self.set.is_changed_since(savepoint);
                // Also when all was so already: by the time of a repeated request it may not be so any more.
                self.remember(submission, &done);
                Ok(Receipt::Executed { done, applied })
            }
            Err((error, position)) => {
                // The answer shows the order as it was before this submission.
                self.set.roll_back(savepoint);
                Err(self.refusal(submission, error, position))
            }
        }
    }

    /// Whoever was let in on the way here may have been shut out since.
    fn login_holds(&self, submission: &Submission) -> Result<(), WriteError> {
        let Some(login) = submission.login else { return Ok(()) };
        let principal = submission.actor.principal();
        match principal.is_some_and(|principal| self.set.is_open(login, principal, self.now)) {
            true => Ok(()),
            false => Err(WriteError::Refused { refusal: Refusal::Inactive, order: None }),
        }
    }

    fn carry_out(&mut self, submission: &Submission) -> Result<Vec<Effect>, (OperationError, usize)> {
        let actor_context =
            self.actor_context(submission.actor, &submission.request_id).map_err(|error| (error, 0))?;
        let operations = submission.operations.iter().enumerate();
        operations
            .map(|(position, operation)| {
                self.operation(&actor_context, operation).map_err(|error| (error, position))
            })
            .collect()
    }

    fn operation(
        &mut self,
        actor_context: &ActorContext<'_>,
        operation: &Operation,
    ) -> Result<Effect, OperationError> {
        match operation {
            Operation::Order { id, expected_version, command } => {
                self.order(actor_context, *id, *expected_version, command)
            }
            Operation::Store { id, expected_version, command } => {
                self.store(actor_context, *id, *expected_version, command)
            }
            Operation::Product { id, expected_version, command } => {
                self.product(actor_context, *id, *expected_version, command)
            }
            Operation::Customer { id, expected_version, command, password_hash } => {
                self.customer(actor_context, *id, *expected_version, command, password_hash.as_ref())
            }
            Operation::Member { id, expected_version, command, password_hash } => {
                self.member(actor_context, *id, *expected_version, command, password_hash.as_ref())
            }
            Operation::Installation(command) => self.installation(actor_context, command),
            // Logins, checked passwords, codes, mails and counters ask for no rights, so whoever is nobody yet may: what lets them in is a
            // token, a password or the count, not who they are.
            Operation::Session(session) => self.session(session),
            Operation::Batch(batch) => self.batch(actor_context, batch),
            Operation::Mail(mail) => Ok(self.mail(mail)),
            Operation::Code(code) => self.code(code),
            Operation::Verified { realm, principal_id, password_hash } => {
                self.verified(*realm, *principal_id, password_hash)
            }
            Operation::Rehash { principal_id, password_hash } => self.rehash(*principal_id, password_hash),
            Operation::Throttle(throttle) => self.throttle(throttle),
            Operation::Seen { orders, up_to } => self.see(actor_context, orders, *up_to),
            Operation::ImportHistory(rows) => self.import_history(actor_context, rows),
        }
    }

    fn remember(&mut self, submission: &Submission, done: &[Effect]) {
        let Some(idempotency) = &submission.idempotency else { return };
        let Some((entity_id, version)) = done.iter().rev().find_map(Effect::entity) else { return };
        let record = Record {
            scoped_key: idempotency.scoped_key.clone(),
            fingerprint: idempotency.fingerprint.clone(),
            entity_id,
            version,
            created_at: self.now.millis(),
        };
        self.set.apply(Change::Key(Exchange::put(record.scoped_key.clone(), record)));
    }

    /// The refusal together with the order as it stands, if the actor may see it.
    fn refusal(&self, submission: &Submission, error: OperationError, position: usize) -> WriteError {
        let refusal = match error {
            OperationError::Refused(refusal) => refusal,
            OperationError::ClockBehind { behind_seconds } => {
                return WriteError::ClockBehind { behind_seconds };
            }
            OperationError::Throttled { until } => {
                let millis = until.millis() - self.now.millis();
                let seconds = u32::try_from((millis + 999) / 1_000).unwrap_or(u32::MAX);
                return WriteError::Throttled { retry_after_seconds: seconds.max(1) };
            }
            OperationError::Broken(error) => {
                tracing::error!(%error, request_id = submission.request_id, "an operation could not be recorded");
                return WriteError::Internal;
            }
        };
        let visible = !matches!(refusal, Refusal::NotFound | Refusal::Forbidden(_) | Refusal::Inactive);
        let order = match submission.operations.get(position) {
            Some(Operation::Order { id: Some(id), .. }) if visible => {
                self.set.get::<Order>(id.get()).cloned()
            }
            _ => None,
        };
        WriteError::Refused { refusal, order: order.map(Arc::new) }
    }
}

impl Effect {
    /// The resource and its version, if it is one with a history.
    fn entity(&self) -> Option<(i64, i64)> {
        match self {
            Self::Order(order) => Some((order.id.get(), order.version)),
            Self::Store(store) => Some((store.id.get(), store.version)),
            Self::Product(product) => Some((product.id.get(), product.version)),
            Self::Customer(customer) => Some((customer.id.get(), customer.version)),
            Self::Member(member) => Some((member.id.get(), member.version)),
            Self::Installation(installation) => Some((installation.id.get(), installation.version)),
            // A batch has no versions; a repeated request gets it as it was when it was accepted.
            Self::Batch(batch) => Some((batch.id.get(), 1)),
            Self::Session(_)
            | Self::BatchItem(_)
            | Self::Previewed
            | Self::TokenReused
            | Self::Verified
            | Self::Rehashed
            | Self::LetThrough
            | Self::Counted(_)
            | Self::Seen
            | Self::Mail
            | Self::Code
            | Self::HistoryImported => None,
        }
    }
}
