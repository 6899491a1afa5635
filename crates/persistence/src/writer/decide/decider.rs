//! What decides: one submission after another against one working set.

use ordervault_domain::access::{Actor, ActorKind};
use ordervault_domain::aggregate::{Aggregate, Envelope, Stamp};
use ordervault_domain::customer::Customer;
use ordervault_domain::id::IdSequence;
use ordervault_domain::member::Member;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::seal::KeyRing;
use crate::sources::Sources;
use crate::tables::credentials::Password;
use crate::tables::history::{Circumstance, HistoryActor, HistoryRow};
use crate::tables::times::MAX_CLOCK_LAG_MILLIS;
use crate::writer::operation::ActorRef;
use crate::writer::set::{Change, Exchange, Held, WorkingSet};

/// Decides one submission after another against one working set.
pub(crate) struct Decider<'a> {
    pub set: &'a mut WorkingSet,
    pub ids: &'a mut IdSequence,
    pub sources: &'a Sources,
    pub keys: &'a KeyRing,
    pub now: Timestamp,
}

/// Why an operation was not carried out.
pub(in crate::writer) enum OperationError {
    Refused(Refusal),
    ClockBehind { behind_seconds: i64 },
    Throttled { until: Timestamp },
    Broken(Error),
}

impl From<Refusal> for OperationError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for OperationError {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// Who acts, as far as this submission is concerned.
pub(in crate::writer) struct ActorContext<'a> {
    pub actor: Actor,
    pub written: HistoryActor,
    pub request_id: &'a str,
}

impl Decider<'_> {
    /// The rights that the actor's row grants now.
    pub(in crate::writer) fn actor_context<'a>(
        &self,
        actor: ActorRef,
        request_id: &'a str,
    ) -> Result<ActorContext<'a>, OperationError> {
        let actor = match actor {
            ActorRef::Member(id) => match self.set.get::<Member>(id.get()) {
                Some(member) if member.active => Actor::Member(member.authority()),
                _ => return Err(Refusal::Inactive.into()),
            },
            ActorRef::Customer(id) => match self.set.get::<Customer>(id.get()) {
                Some(customer) if customer.active => Actor::Customer(id),
                _ => return Err(Refusal::Inactive.into()),
            },
            ActorRef::Guest(grant) => Actor::Guest(grant),
            ActorRef::Anonymous => Actor::Anonymous,
            ActorRef::System => Actor::System,
            ActorRef::Operator => Actor::Operator,
            ActorRef::Importer => Actor::Importer,
        };
        let written = HistoryActor { kind: actor.kind(), id: actor.id(), role: actor.leading_role() };
        Ok(ActorContext { actor, written, request_id })
    }

    /// Gives a principal of this version a password.
    pub(super) fn set_password(&mut self, principal_id: i64, hash: &str, version: i64) {
        self.set.apply(Change::Password(Exchange::put(
            principal_id,
            Password { hash: hash.to_owned(), version },
        )));
    }

    /// Applies the events and writes them down: the only way by which a state changes. `None`: there were none.
    pub(super) fn record<A: Held>(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: i64,
        before: Option<&A>,
        events: &[Envelope<A::Event>],
    ) -> Result<Option<A>, OperationError> {
        if events.is_empty() {
            return Ok(None);
        }
        // Another process, whose clock is ahead, may have written last: times in a history never run backwards,
        // but where the clock was corrected.
        let before_it = before.filter(|_| !self.set.is_wrongly_timed(id));
        let recorded_at = before_it.map_or(self.now, |before| before.updated_at().later_of(self.now));
        let behind = recorded_at.millis() - self.now.millis();
        if behind > MAX_CLOCK_LAG_MILLIS {
            return Err(OperationError::ClockBehind { behind_seconds: behind / 1_000 });
        }
        let salt = || hex::encode(self.sources.bytes::<16>());
        let circumstance = Circumstance {
            actor: &actor_context.written,
            request_id: actor_context.request_id,
            salt: &salt,
            key: self.keys.sealing(),
        };
        let mut head = self.set.head::<A>(id).to_owned();
        let mut state = before.cloned();
        for event in events {
            let seq = state.as_ref().map_or(0, Aggregate::version) + 1;
            let occurred_at = event.occurred_at.unwrap_or(recorded_at);
            let stamp = Stamp { seq, recorded_at, occurred_at };
            let after = A::apply(state.clone(), id, event, stamp).map_err(Error::History)?;
            let row = HistoryRow::new(state.as_ref(), &after, event, stamp, &head, &circumstance)?;
            head.clone_from(&row.hash);
            self.set.write_down(row, &after)?;
            if A::erases(&event.event) {
                self.set.apply(Change::Erasure(id));
            }
            state = Some(after);
        }
        if let Some(state) = &state {
            self.set.set_state(state.clone(), Some(head));
        }
        Ok(state)
    }

    /// An id that nothing has yet.
    pub(super) fn new_id(&mut self) -> i64 {
        self.ids.next(self.sources.id_time(self.now), u32::from_le_bytes(self.sources.bytes::<4>()))
    }
}

impl ActorContext<'_> {
    /// The same, but whoever was nobody yet is the one that they become by this.
    pub(super) fn or_self(&self, kind: ActorKind, id: i64) -> ActorContext<'_> {
        let written = match self.actor {
            Actor::Anonymous => HistoryActor { kind, id: Some(id), role: None },
            _ => self.written.clone(),
        };
        ActorContext { actor: self.actor.clone(), written, request_id: self.request_id }
    }
}

/// Is this the version that the caller has seen?
pub(super) fn expect_version<A: Aggregate>(state: Option<&A>, expected: Option<i64>) -> Result<(), Refusal> {
    match (state, expected) {
        (Some(state), Some(expected)) if state.version() != expected => {
            Err(Refusal::VersionConflict { current: state.version() })
        }
        _ => Ok(()),
    }
}
