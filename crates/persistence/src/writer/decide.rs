//! One submission against the working set: authority, decision, and the rows that follow from it.

use std::sync::Arc;

use ordervault_domain::access::Actor;
use ordervault_domain::aggregate::{Aggregate, Envelope, Stamp};
use ordervault_domain::contact::Email;
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::{CustomerId, IdSequence, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::member::{self, Member};
use ordervault_domain::order::{self, Order};
use ordervault_domain::product::{self, Product};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::{self, Store};
use ordervault_domain::time::Timestamp;

use super::collection::Collection;
use super::context::context;
use super::operation::{ActorRef, Effect, Operation, Receipt, Submission, WriteError};
use super::run::MAX_CLOCK_LAG_MILLIS;
use super::working_set::{StockMovement, WorkingSet, own_movement};
use crate::error::Error;
use crate::sources::Sources;
use crate::tables::Stored;
use crate::tables::history::{Circumstance, HistoryActor, HistoryRow};
use crate::tables::idempotency::Record;

/// Decides one submission after another against one working set.
pub(crate) struct Decider<'a> {
    pub set: &'a mut WorkingSet,
    pub ids: &'a mut IdSequence,
    pub sources: &'a Sources,
    pub now: Timestamp,
}

/// Why an act was not carried out.
pub(super) enum OperationError {
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
pub(super) struct ActorContext<'a> {
    pub actor: Actor,
    pub written: HistoryActor,
    pub request_id: &'a str,
}

impl Decider<'_> {
    /// Decides all acts or none. A refused submission leaves no trace in the working set.
    pub(crate) fn decide(&mut self, submission: &Submission) -> Result<Receipt, WriteError> {
        if let Some(idempotency) = &submission.idempotency
            && let Some(record) = self.set.keys.get(&idempotency.scoped_key)
        {
            return record.answer(idempotency);
        }
        let mark = self.set.mark();
        match self.carry_out(submission) {
            Ok(done) => {
                let applied = self.set.mark().is_after(mark);
                if applied {
                    self.remember(submission, &done);
                }
                self.set.keep();
                Ok(Receipt::Executed { done, applied })
            }
            Err((stop, act)) => {
                self.set.roll_back(mark);
                Err(self.refusal(submission, stop, act))
            }
        }
    }

    fn carry_out(&mut self, submission: &Submission) -> Result<Vec<Effect>, (OperationError, usize)> {
        let actor_context =
            self.actor_context(submission.actor, &submission.request_id).map_err(|stop| (stop, 0))?;
        let operations = submission.operations.iter().enumerate();
        operations
            .map(|(position, act)| self.operation(&actor_context, act).map_err(|stop| (stop, position)))
            .collect()
    }

    /// The rights that the actor's row grants now.
    pub(super) fn actor_context<'a>(
        &self,
        actor: ActorRef,
        request_id: &'a str,
    ) -> Result<ActorContext<'a>, OperationError> {
        let actor = match actor {
            ActorRef::Member(id) => match self.set.members.get(id.get()) {
                Some(member) if member.active => Actor::Member(member.authority()),
                _ => return Err(Refusal::Inactive.into()),
            },
            ActorRef::Customer(id) => match self.set.customers.get(id.get()) {
                Some(_) => Actor::Customer(id),
                None => return Err(Refusal::Inactive.into()),
            },
            ActorRef::Guest(id) => Actor::Guest(id),
            // Whoever opens an account or signs in is nobody yet; such acts ask for no rights.
            ActorRef::Anonymous | ActorRef::System => Actor::System,
            ActorRef::Operator => Actor::Operator,
            ActorRef::Importer => Actor::Importer,
        };
        let written = HistoryActor { kind: actor.kind(), id: actor.id(), role: actor.leading_role() };
        Ok(ActorContext { actor, written, request_id })
    }

    fn operation(
        &mut self,
        actor_context: &ActorContext<'_>,
        act: &Operation,
    ) -> Result<Effect, OperationError> {
        match act {
            Operation::Order { id, expected_version, command } => {
                self.order(actor_context, *id, *expected_version, command)
            }
            Operation::Store { id, expected_version, command } => {
                self.store(actor_context, *id, *expected_version, command)
            }
            Operation::Product { id, expected_version, command } => {
                self.product(actor_context, *id, *expected_version, command)
            }
            Operation::Customer { id, command, password_hash } => {
                self.customer(actor_context, *id, command, password_hash.as_ref())
            }
            Operation::Member { id, expected_version, command, password_hash } => {
                self.member(actor_context, *id, *expected_version, command, password_hash.as_ref())
            }
            Operation::Session(session) => self.session(session),
            Operation::Batch(batch) => self.batch(actor_context, batch),
            Operation::Verified { realm, principal_id, password_hash } => {
                self.verified(*realm, *principal_id, password_hash)
            }
            Operation::Rehash { principal_id, password_hash } => {
                self.set_password(*principal_id, Some(password_hash), true);
                Ok(Effect::Rehashed)
            }
            Operation::Throttle(throttle) => self.throttle(throttle),
            Operation::Seen { orders, up_to } => self.see(actor_context, orders, *up_to),
            Operation::ImportHistory(rows) => self.import_history(actor_context, rows),
        }
    }

    pub(super) fn order(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: Option<OrderId>,
        expected_version: Option<i64>,
        command: &order::OrderCommand,
    ) -> Result<Effect, OperationError> {
        let id = id.unwrap_or_else(|| OrderId::from_i64(self.new_id()));
        let before = self.set.orders.get(id.get()).cloned();
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

    /// A new order is for nobody or for somebody who is there.
    fn customer_exists(&self, command: &order::OrderCommand) -> Result<(), Refusal> {
        let customer_id = match command {
            order::OrderCommand::Place(place) => place.customer_id,
            order::OrderCommand::Import(import) => import.customer_id,
            _ => None,
        };
        if customer_id.is_none_or(|id| self.set.customers.get(id.get()).is_some()) {
            return Ok(());
        }
        Err(Refusal::Invalid {
            pointer: "/customer_id".into(),
            code: "unknown-customer",
            detail: "there is no customer with this id",
        })
    }

    /// Moves what the order's change takes or gives back. `decide` has seen to it that there is enough.
    pub(super) fn move_stock(&mut self, before: Option<&Order>, after: &Order) {
        for moved in order::stock_deltas(before, after) {
            let product_id = moved.product_id.get();
            let Some(product) = self.set.products.get(product_id).cloned() else { continue };
            let product = Product {
                on_hand: product.on_hand + moved.on_hand,
                reserved: product.reserved + moved.reserved,
                ..product
            };
            self.set.products.set(product_id, product, None);
            self.set.pending.moves.push(StockMovement::of(after, moved));
        }
    }

    fn store(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: Option<StoreId>,
        expected_version: Option<i64>,
        command: &store::StoreCommand,
    ) -> Result<Effect, OperationError> {
        let id = id.map_or_else(|| self.new_id(), StoreId::get);
        let before = self.set.stores.get(id).cloned();
        let has_orders = self.set.stores_with_orders.contains(&id)
            || self.set.orders.iter().any(|order| order.store_id.get() == id);
        let decided = store::decide(before.as_ref(), has_orders, &actor_context.actor, command);
        if !matches!(decided, Err(Refusal::Forbidden(_) | Refusal::NotFound)) {
            expect_version(before.as_ref(), expected_version)?;
        }
        let after = self.record::<Store>(actor_context, id, before.as_ref(), &decided?)?;
        Ok(Effect::Store(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
    }

    fn product(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: Option<ProductId>,
        expected_version: Option<i64>,
        command: &product::ProductCommand,
    ) -> Result<Effect, OperationError> {
        let id = id.map_or_else(|| self.new_id(), ProductId::get);
        let before = self.set.products.get(id).cloned();
        let wanted = match command {
            product::ProductCommand::Create(new) => Some((new.store_id, new.sku.clone())),
            product::ProductCommand::Edit(edit) => {
                before.as_ref().zip(edit.sku.clone()).map(|(product, sku)| (product.store_id, sku))
            }
            _ => None,
        };
        let sku_taken = wanted.as_ref().is_some_and(|(store, sku)| self.sku_taken(id, *store, sku));
        let store = wanted.as_ref().and_then(|(store, _)| self.set.stores.get(store.get()));
        let context = product::DecisionContext { store, sku_taken };
        let decided = product::decide(before.as_ref(), &context, &actor_context.actor, command);
        // A stale version comes before what the content would meet, but after the right to look at all.
        if !matches!(decided, Err(Refusal::Forbidden(_) | Refusal::NotFound)) {
            expect_version(before.as_ref(), expected_version)?;
        }
        let after = self.record::<Product>(actor_context, id, before.as_ref(), &decided?)?;
        if let Some(after) = &after {
            self.set.pending.moves.extend(own_movement(before.as_ref(), after));
        }
        Ok(Effect::Product(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
    }

    pub(super) fn sku_taken(&self, id: i64, store: StoreId, sku: &str) -> bool {
        let stored = self.set.skus.get(&(store.get(), sku.to_owned()));
        let has = |product: &Product| product.store_id == store && product.sku == sku;
        // One that gave the unit up earlier in this batch does not have it any more.
        let still = stored.is_some_and(|other| *other != id && self.set.products.get(*other).is_none_or(has));
        still || self.set.products.iter().any(|product| product.id.get() != id && has(product))
    }

    fn customer(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: Option<CustomerId>,
        command: &customer::CustomerCommand,
        password_hash: Option<&String>,
    ) -> Result<Effect, OperationError> {
        let id = id.map_or_else(|| self.new_id(), CustomerId::get);
        let before = self.set.customers.get(id).cloned();
        let email_taken = match command {
            customer::CustomerCommand::Register { contact } => {
                contact.email.as_ref().is_some_and(|email| self.customer_email_taken(id, email))
            }
            _ => false,
        };
        let events = customer::decide(before.as_ref(), email_taken, &actor_context.actor, command)?;
        let actor_context = actor_context.or_self(ordervault_domain::access::ActorKind::Customer, id);
        let after = self.record::<Customer>(&actor_context, id, before.as_ref(), &events)?;
        self.set_password(id, password_hash, !events.is_empty());
        Ok(Effect::Customer(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
    }

    pub(super) fn customer_email_taken(&self, id: i64, email: &Email) -> bool {
        self.set.customer_emails.get(email.as_str()).is_some_and(|other| *other != id)
            || self
                .set
                .customers
                .iter()
                .any(|customer| customer.id.get() != id && customer.contact.email.as_ref() == Some(email))
    }

    fn member(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: Option<MemberId>,
        expected_version: Option<i64>,
        command: &member::MemberCommand,
        password_hash: Option<&String>,
    ) -> Result<Effect, OperationError> {
        let id = id.map_or_else(|| self.new_id(), MemberId::get);
        let before = self.set.members.get(id).cloned();
        let contact = match command {
            member::MemberCommand::Create(new) => Some(&new.contact),
            member::MemberCommand::Edit(edit) => edit.contact.as_ref(),
            _ => None,
        };
        let email = contact.and_then(|contact| contact.email.as_ref());
        let email_taken = email.is_some_and(|email| self.member_email_taken(id, email));
        let owners = self.set.members.iter().filter(|member| member.is_active_owner()).count();
        let context =
            member::DecisionContext { email_taken, active_owners: i64::try_from(owners).unwrap_or(i64::MAX) };
        let decided = member::decide(before.as_ref(), context, &actor_context.actor, command);
        if !matches!(decided, Err(Refusal::Forbidden(_) | Refusal::NotFound | Refusal::BeyondOwnRights)) {
            expect_version(before.as_ref(), expected_version)?;
        }
        let events = decided?;
        let after = self.record::<Member>(actor_context, id, before.as_ref(), &events)?;
        self.set_password(id, password_hash, !events.is_empty());
        Ok(Effect::Member(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
    }

    fn member_email_taken(&self, id: i64, email: &Email) -> bool {
        let stored = self.set.member_emails.get(email.as_str());
        let has = |member: &Member| member.contact.email.as_ref() == Some(email);
        // One that gave the address up earlier in this batch does not have it any more.
        let still = stored.is_some_and(|other| *other != id && self.set.members.get(*other).is_none_or(has));
        still || self.set.members.iter().any(|member| member.id.get() != id && has(member))
    }

    fn set_password(&mut self, principal_id: i64, password_hash: Option<&String>, applied: bool) {
        if let Some(hash) = password_hash.filter(|_| applied) {
            self.set.pending.credentials.push((principal_id, hash.clone(), self.now));
        }
    }

    /// Applies the events and writes them down: the only way by which a state changes. `None`: there were none.
    fn record<A: Stored>(
        &mut self,
        actor_context: &ActorContext<'_>,
        id: i64,
        before: Option<&A>,
        events: &[Envelope<A::Event>],
    ) -> Result<Option<A>, OperationError>
    where
        WorkingSet: Holds<A>,
    {
        if events.is_empty() {
            return Ok(None);
        }
        // Another process, whose clock is ahead, may have written last: times in a history never run backwards.
        let recorded_at = before.map_or(self.now, |before| before.updated_at().later_of(self.now));
        let behind = recorded_at.millis() - self.now.millis();
        if behind > MAX_CLOCK_LAG_MILLIS {
            return Err(OperationError::ClockBehind { behind_seconds: behind / 1_000 });
        }
        let salt = || hex::encode(self.sources.bytes::<16>());
        let circumstance =
            Circumstance { actor: &actor_context.written, request_id: actor_context.request_id, salt: &salt };
        let mut head = Holds::<A>::collection(self.set).head(id).to_owned();
        let mut state = before.cloned();
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            let seq = state.as_ref().map_or(0, Aggregate::version) + 1;
            let occurred_at = event.occurred_at.unwrap_or(recorded_at);
            let stamp = Stamp { seq, recorded_at, occurred_at };
            let after = A::apply(state.clone(), id, event, stamp).map_err(Error::History)?;
            let row = HistoryRow::new(state.as_ref(), &after, event, stamp, &head, &circumstance)?;
            head.clone_from(&row.hash);
            rows.push(row);
            state = Some(after);
        }
        self.set.pending.history.extend(rows);
        if let Some(state) = &state {
            self.set.collection_mut().set(id, state.clone(), Some(head));
        }
        Ok(state)
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
        self.set.keys.insert(record.scoped_key.clone(), record.clone());
        self.set.pending.keys.push(record);
    }

    pub(super) fn new_id(&mut self) -> i64 {
        self.ids.next(self.now, u32::from_le_bytes(self.sources.bytes::<4>()))
    }

    /// The refusal together with the order as it stands, if the actor may see it.
    fn refusal(&self, submission: &Submission, stop: OperationError, act: usize) -> WriteError {
        let refusal = match stop {
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
                tracing::error!(%error, request_id = submission.request_id, "an act could not be recorded");
                return WriteError::Internal;
            }
        };
        let visible = !matches!(refusal, Refusal::NotFound | Refusal::Forbidden(_) | Refusal::Inactive);
        let order = match submission.operations.get(act) {
            Some(Operation::Order { id: Some(id), .. }) if visible => self.set.orders.get(id.get()).cloned(),
            _ => None,
        };
        WriteError::Refused { refusal, order: order.map(Arc::new) }
    }
}

impl ActorContext<'_> {
    /// The same, but whoever was nobody yet is the one that they become by this.
    fn or_self(&self, kind: ordervault_domain::access::ActorKind, id: i64) -> ActorContext<'_> {
        let written = match self.actor {
            Actor::System => HistoryActor { kind, id: Some(id), role: None },
            _ => self.written.clone(),
        };
        ActorContext { actor: self.actor.clone(), written, request_id: self.request_id }
    }
}

impl Effect {
    /// The thing and its version, if it is one with a history.
    fn entity(&self) -> Option<(i64, i64)> {
        match self {
            Self::Order(order) => Some((order.id.get(), order.version)),
            Self::Store(store) => Some((store.id.get(), store.version)),
            Self::Product(product) => Some((product.id.get(), product.version)),
            Self::Customer(customer) => Some((customer.id.get(), customer.version)),
            Self::Member(member) => Some((member.id.get(), member.version)),
            // A batch has no versions; a repeated request gets it as it was when it was accepted.
            Self::Batch(batch) => Some((batch.id.get(), 1)),
            Self::Session(_)
            | Self::BatchItem(_)
            | Self::Previewed
            | Self::TokenReused
            | Self::Verified
            | Self::Rehashed
            | Self::Counted
            | Self::Seen
            | Self::HistoryImported => None,
        }
    }
}

fn expect_version<A: Aggregate>(state: Option<&A>, expected: Option<i64>) -> Result<(), Refusal> {
    match (state, expected) {
        (Some(state), Some(expected)) if state.version() != expected => {
            Err(Refusal::VersionConflict { current: state.version() })
        }
        _ => Ok(()),
    }
}

/// Where the working set keeps things of one kind.
pub(crate) trait Holds<A> {
    /// To read.
    fn collection(&self) -> &Collection<A>;
    /// To change.
    fn collection_mut(&mut self) -> &mut Collection<A>;
}

macro_rules! holds {
    ($($kind:ty => $field:ident),+) => {
        $(impl Holds<$kind> for WorkingSet {
            fn collection(&self) -> &Collection<$kind> {
                &self.$field
            }

            fn collection_mut(&mut self) -> &mut Collection<$kind> {
                &mut self.$field
            }
        })+
    };
}
holds!(Store => stores, Product => products, Customer => customers, Member => members, Order => orders);
