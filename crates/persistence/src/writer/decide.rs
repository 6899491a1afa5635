//! One submission against the working set: authority, decision, and the rows that follow from it.

use std::sync::Arc;

use ordervault_domain::access::Actor;
use ordervault_domain::aggregate::{Aggregate, Event, Stamp};
use ordervault_domain::contact::Email;
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::{CustomerId, IdSequence, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::member::{self, Member};
use ordervault_domain::order::{self, Order};
use ordervault_domain::product::{self, Product};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::{self, Store};
use ordervault_domain::time::Timestamp;

use super::act::{Act, ActorRef, Done, Receipt, Submission, WriteError};
use super::collection::Collection;
use super::facts::facts;
use super::run::MAX_CLOCK_LAG_MILLIS;
use super::working_set::{Move, WorkingSet, own_move};
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
pub(super) enum Stop {
    Refused(Refusal),
    ClockBehind { behind_seconds: i64 },
    Throttled { until: Timestamp },
    Broken(Error),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// Who acts, as far as this submission is concerned.
pub(super) struct Acting<'a> {
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
                Ok(Receipt::Done { done, applied })
            }
            Err((stop, act)) => {
                self.set.roll_back(mark);
                Err(self.refusal(submission, stop, act))
            }
        }
    }

    fn carry_out(&mut self, submission: &Submission) -> Result<Vec<Done>, (Stop, usize)> {
        let acting = self.acting(submission.actor, &submission.request_id).map_err(|stop| (stop, 0))?;
        let acts = submission.acts.iter().enumerate();
        acts.map(|(position, act)| self.act(&acting, act).map_err(|stop| (stop, position))).collect()
    }

    /// The rights that the actor's row grants now.
    pub(super) fn acting<'a>(&self, actor: ActorRef, request_id: &'a str) -> Result<Acting<'a>, Stop> {
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
        Ok(Acting { actor, written, request_id })
    }

    fn act(&mut self, acting: &Acting<'_>, act: &Act) -> Result<Done, Stop> {
        match act {
            Act::Order { id, expected_version, command } => {
                self.order(acting, *id, *expected_version, command)
            }
            Act::Store { id, expected_version, command } => {
                self.store(acting, *id, *expected_version, command)
            }
            Act::Product { id, expected_version, command } => {
                self.product(acting, *id, *expected_version, command)
            }
            Act::Customer { id, command, password_hash } => {
                self.customer(acting, *id, command, password_hash.as_ref())
            }
            Act::Member { id, expected_version, command, password_hash } => {
                self.member(acting, *id, *expected_version, command, password_hash.as_ref())
            }
            Act::Session(session) => self.session(session),
            Act::Batch(batch) => self.batch(acting, batch),
            Act::Verified { realm, principal_id, password_hash } => {
                self.verified(*realm, *principal_id, password_hash)
            }
            Act::Rehash { principal_id, password_hash } => {
                self.set_password(*principal_id, Some(password_hash), true);
                Ok(Done::Rehashed)
            }
            Act::Throttle(throttle) => self.throttle(throttle),
            Act::Seen { orders, up_to } => self.see(acting, orders, *up_to),
            Act::Adopt(rows) => self.adopt(acting, rows),
        }
    }

    pub(super) fn order(
        &mut self,
        acting: &Acting<'_>,
        id: Option<OrderId>,
        expected_version: Option<i64>,
        command: &order::Command,
    ) -> Result<Done, Stop> {
        let id = id.unwrap_or_else(|| OrderId::from_i64(self.new_id()));
        let before = self.set.orders.get(id.get()).cloned();
        order::authorize(before.as_ref(), &acting.actor, command)?;
        expect_version(before.as_ref(), expected_version)?;
        self.customer_exists(command)?;
        let facts = facts(self.set, &acting.actor, before.as_ref(), command, self.now);
        let events = order::decide(before.as_ref(), &facts, &acting.actor, command, self.now)?;
        let after = self.record(acting, id.get(), before.as_ref(), &events)?;
        let after = after.or(before.clone()).ok_or(Refusal::NotFound)?;
        if !events.is_empty() {
            self.move_stock(before.as_ref(), &after);
        }
        if let order::Command::Place(_) = command {
            self.has_seen(&acting.actor, after.id);
        }
        Ok(Done::Order(Arc::new(after)))
    }

    /// A new order is for nobody or for somebody who is there.
    fn customer_exists(&self, command: &order::Command) -> Result<(), Refusal> {
        let customer_id = match command {
            order::Command::Place(place) => place.customer_id,
            order::Command::Import(import) => import.customer_id,
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
        for moved in order::stock_moves(before, after) {
            let product_id = moved.product_id.get();
            let Some(product) = self.set.products.get(product_id).cloned() else { continue };
            let product = Product {
                on_hand: product.on_hand + moved.on_hand,
                reserved: product.reserved + moved.reserved,
                ..product
            };
            self.set.products.set(product_id, product, None);
            self.set.pending.moves.push(Move::of(after, moved));
        }
    }

    fn store(
        &mut self,
        acting: &Acting<'_>,
        id: Option<StoreId>,
        expected_version: Option<i64>,
        command: &store::Command,
    ) -> Result<Done, Stop> {
        let id = id.map_or_else(|| self.new_id(), StoreId::get);
        let before = self.set.stores.get(id).cloned();
        let has_orders = self.set.stores_with_orders.contains(&id)
            || self.set.orders.iter().any(|order| order.store_id.get() == id);
        let decided = store::decide(before.as_ref(), has_orders, &acting.actor, command);
        if !matches!(decided, Err(Refusal::Forbidden(_) | Refusal::NotFound)) {
            expect_version(before.as_ref(), expected_version)?;
        }
        let after = self.record::<Store>(acting, id, before.as_ref(), &decided?)?;
        Ok(Done::Store(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
    }

    fn product(
        &mut self,
        acting: &Acting<'_>,
        id: Option<ProductId>,
        expected_version: Option<i64>,
        command: &product::Command,
    ) -> Result<Done, Stop> {
        let id = id.map_or_else(|| self.new_id(), ProductId::get);
        let before = self.set.products.get(id).cloned();
        let wanted = match command {
            product::Command::Create(new) => Some((new.store_id, new.sku.clone())),
            product::Command::Edit(edit) => {
                before.as_ref().zip(edit.sku.clone()).map(|(product, sku)| (product.store_id, sku))
            }
            _ => None,
        };
        let sku_taken = wanted.as_ref().is_some_and(|(store, sku)| self.sku_taken(id, *store, sku));
        let store = wanted.as_ref().and_then(|(store, _)| self.set.stores.get(store.get()));
        let facts = product::Facts { store, sku_taken };
        let decided = product::decide(before.as_ref(), &facts, &acting.actor, command);
        // A stale version comes before what the content would meet, but after the right to look at all.
        if !matches!(decided, Err(Refusal::Forbidden(_) | Refusal::NotFound)) {
            expect_version(before.as_ref(), expected_version)?;
        }
        let after = self.record::<Product>(acting, id, before.as_ref(), &decided?)?;
        if let Some(after) = &after {
            self.set.pending.moves.extend(own_move(before.as_ref(), after));
        }
        Ok(Done::Product(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
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
        acting: &Acting<'_>,
        id: Option<CustomerId>,
        command: &customer::Command,
        password_hash: Option<&String>,
    ) -> Result<Done, Stop> {
        let id = id.map_or_else(|| self.new_id(), CustomerId::get);
        let before = self.set.customers.get(id).cloned();
        let email_taken = match command {
            customer::Command::Register { contact } => {
                contact.email.as_ref().is_some_and(|email| self.customer_email_taken(id, email))
            }
            _ => false,
        };
        let events = customer::decide(before.as_ref(), email_taken, &acting.actor, command)?;
        let acting = acting.or_self(ordervault_domain::access::ActorKind::Customer, id);
        let after = self.record::<Customer>(&acting, id, before.as_ref(), &events)?;
        self.set_password(id, password_hash, !events.is_empty());
        Ok(Done::Customer(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
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
        acting: &Acting<'_>,
        id: Option<MemberId>,
        expected_version: Option<i64>,
        command: &member::Command,
        password_hash: Option<&String>,
    ) -> Result<Done, Stop> {
        let id = id.map_or_else(|| self.new_id(), MemberId::get);
        let before = self.set.members.get(id).cloned();
        let contact = match command {
            member::Command::Create(new) => Some(&new.contact),
            member::Command::Edit(edit) => edit.contact.as_ref(),
            _ => None,
        };
        let email = contact.and_then(|contact| contact.email.as_ref());
        let email_taken = email.is_some_and(|email| self.member_email_taken(id, email));
        let owners = self.set.members.iter().filter(|member| member.is_active_owner()).count();
        let facts = member::Facts { email_taken, active_owners: i64::try_from(owners).unwrap_or(i64::MAX) };
        let decided = member::decide(before.as_ref(), facts, &acting.actor, command);
        if !matches!(decided, Err(Refusal::Forbidden(_) | Refusal::NotFound | Refusal::BeyondOwnRights)) {
            expect_version(before.as_ref(), expected_version)?;
        }
        let events = decided?;
        let after = self.record::<Member>(acting, id, before.as_ref(), &events)?;
        self.set_password(id, password_hash, !events.is_empty());
        Ok(Done::Member(Arc::new(after.or(before).ok_or(Refusal::NotFound)?)))
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
        acting: &Acting<'_>,
        id: i64,
        before: Option<&A>,
        events: &[Event<A::Fact>],
    ) -> Result<Option<A>, Stop>
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
            return Err(Stop::ClockBehind { behind_seconds: behind / 1_000 });
        }
        let salt = || hex::encode(self.sources.bytes::<16>());
        let circumstance =
            Circumstance { actor: &acting.written, request_id: acting.request_id, salt: &salt };
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

    fn remember(&mut self, submission: &Submission, done: &[Done]) {
        let Some(idempotency) = &submission.idempotency else { return };
        let Some((entity_id, version)) = done.iter().rev().find_map(Done::entity) else { return };
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
    fn refusal(&self, submission: &Submission, stop: Stop, act: usize) -> WriteError {
        let refusal = match stop {
            Stop::Refused(refusal) => refusal,
            Stop::ClockBehind { behind_seconds } => return WriteError::ClockBehind { behind_seconds },
            Stop::Throttled { until } => {
                let millis = until.millis() - self.now.millis();
                let seconds = u32::try_from((millis + 999) / 1_000).unwrap_or(u32::MAX);
                return WriteError::Throttled { retry_after_seconds: seconds.max(1) };
            }
            Stop::Broken(error) => {
                tracing::error!(%error, request_id = submission.request_id, "an act could not be recorded");
                return WriteError::Internal;
            }
        };
        let visible = !matches!(refusal, Refusal::NotFound | Refusal::Forbidden(_) | Refusal::Inactive);
        let order = match submission.acts.get(act) {
            Some(Act::Order { id: Some(id), .. }) if visible => self.set.orders.get(id.get()).cloned(),
            _ => None,
        };
        WriteError::Refused { refusal, order: order.map(Arc::new) }
    }
}

impl Acting<'_> {
    /// The same, but whoever was nobody yet is the one that they become by this.
    fn or_self(&self, kind: ordervault_domain::access::ActorKind, id: i64) -> Acting<'_> {
        let written = match self.actor {
            Actor::System => HistoryActor { kind, id: Some(id), role: None },
            _ => self.written.clone(),
        };
        Acting { actor: self.actor.clone(), written, request_id: self.request_id }
    }
}

impl Done {
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
            | Self::Adopted => None,
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
