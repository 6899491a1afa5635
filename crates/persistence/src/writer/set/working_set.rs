//! Everything that a group of submissions reads, and the journal of what its decisions change.

use std::collections::{BTreeMap, HashMap, HashSet};

use ordervault_domain::aggregate::Aggregate as _;
use ordervault_domain::batch::{Batch, ItemOutcome};
use ordervault_domain::contact::Email;
use ordervault_domain::customer::Customer;
use ordervault_domain::id::{BatchId, CustomerId, OrderId, SessionId};
use ordervault_domain::installation::Installation;
use ordervault_domain::member::Member;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::refusal::OpenOrder;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;

use super::change::{Change, Exchange, ItemResult, NewItems, Slot};
use super::collection::Collection;
use crate::error::Error;
use crate::tables::Stored;
use crate::tables::batches::Item;
use crate::tables::credentials::Password;
use crate::tables::history::HistoryRow;
use crate::tables::idempotency::Record;
use crate::tables::mails::{Mail, MailKind};
use crate::tables::one_time_codes::{OneTimeCode, Purpose};
use crate::tables::sessions::{Realm, Session};
use crate::tables::snapshots::StateSnapshot;
use crate::tables::throttles::Counter;

/// What is there, after what was decided so far. Decisions look at it; only [`WorkingSet::apply`] changes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct WorkingSet {
    pub(super) installations: Collection<Installation>,
    pub(super) stores: Collection<Store>,
    pub(super) products: Collection<Product>,
    pub(super) customers: Collection<Customer>,
    pub(super) members: Collection<Member>,
    pub(super) orders: Collection<Order>,
    pub(super) batches: HashMap<BatchId, Batch>,
    /// Orders of batches that were there before.
    pub(super) read_items: HashMap<(BatchId, OrderId), Item>,
    /// Orders of batches that were opened by this group.
    pub(super) new_items: HashMap<BatchId, NewItems>,
    /// Of orders that had their turn in this group.
    pub(super) item_results: HashMap<(BatchId, OrderId), ItemResult>,
    pub(super) sessions: HashMap<i64, Session>,
    /// Whose the sessions are by which submissions come, those that were open before the group.
    pub(super) logins: HashMap<i64, (Realm, i64)>,
    pub(super) counters: HashMap<String, Counter>,
    /// By principal.
    pub(super) passwords: HashMap<i64, Password>,
    /// By customer, those that were shown or made.
    pub(super) codes: HashMap<(i64, Purpose), OneTimeCode>,
    /// Those of this group.
    pub(super) mails: HashMap<(i64, MailKind), Mail>,
    pub(super) keys: HashMap<String, Record>,
    /// Up to which position members have seen everything.
    pub(super) marks: HashMap<i64, i64>,
    /// Open orders of customers who want to leave, as they were before the group.
    pub(super) open_orders: HashMap<i64, Vec<OpenOrder>>,
    /// The position of the order that came last into the member's stores.
    pub(super) last_positions: HashMap<i64, i64>,
    pub(super) stores_with_prices: HashSet<i64>,
    /// Which product has a stock keeping unit of a store.
    pub(super) skus: HashMap<(i64, String), i64>,
    pub(super) customer_emails: HashMap<String, i64>,
    pub(super) member_emails: HashMap<String, i64>,
    /// Of what is to be taken over: the history here up to the last of its events, by id.
    pub(super) passed: HashMap<i64, Vec<HistoryRow>>,
    /// The time of the newest record, where the clock is to be corrected.
    pub(super) newest: Option<Timestamp>,
    /// Resources with times that are to come, from before the clock was corrected.
    pub(super) wrongly_timed: HashSet<i64>,
    pub(super) journal: Vec<Change>,
}

/// A place in the journal to come back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Savepoint(usize);

/// A kind of state that the working set keeps.
pub(crate) trait Held: Stored {
    /// Where.
    fn collection(set: &WorkingSet) -> &Collection<Self>;

    /// The change of one.
    fn change(exchange: Exchange<i64, Slot<Self>>) -> Change;
}

impl WorkingSet {
    /// The way by which anything changes.
    pub(crate) fn apply(&mut self, mut change: Change) {
        self.exchange(&mut change);
        self.journal.push(change);
    }

    /// Where the journal ends now.
    pub(crate) fn savepoint(&self) -> Savepoint {
        Savepoint(self.journal.len())
    }

    /// Takes back whatever changed since, the last change first.
    pub(crate) fn roll_back(&mut self, savepoint: Savepoint) {
        while self.journal.len() > savepoint.0 {
            let Some(mut change) = self.journal.pop() else { return };
            self.exchange(&mut change);
        }
    }

    /// Has anything changed since? That an attempt was counted does not matter: it is counted whatever comes of it.
    pub(crate) fn is_changed_since(&self, savepoint: Savepoint) -> bool {
        self.journal.iter().skip(savepoint.0).any(|change| !matches!(change, Change::Counter(_)))
    }

    /// The time of the newest record, if the clock is to be corrected.
    pub(crate) fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// Has this resource the time of a clock that was ahead, after which earlier ones may come?
    pub(crate) fn is_wrongly_timed(&self, id: i64) -> bool {
        self.wrongly_timed.contains(&id)
    }

    /// Were events written down since?
    pub(crate) fn has_events_since(&self, savepoint: Savepoint) -> bool {
        self.journal.iter().skip(savepoint.0).any(|change| matches!(change, Change::History(_)))
    }

    /// Is there nothing to write?
    pub(crate) fn is_unchanged(&self) -> bool {
        self.journal.is_empty()
    }

    /// Applies a change, or takes it back.
    fn exchange(&mut self, change: &mut Change) {
        match change {
            Change::Installation(exchange) => exchange.with(&mut self.installations.slots),
            Change::Store(exchange) => exchange.with(&mut self.stores.slots),
            Change::Product(exchange) => exchange.with(&mut self.products.slots),
            Change::Customer(exchange) => exchange.with(&mut self.customers.slots),
            Change::Member(exchange) => exchange.with(&mut self.members.slots),
            Change::Order(exchange) => exchange.with(&mut self.orders.slots),
            Change::Batch(exchange) => exchange.with(&mut self.batches),
            Change::BatchItems(exchange) => exchange.with(&mut self.new_items),
            Change::BatchItem(exchange) => exchange.with(&mut self.item_results),
            Change::Session(exchange) => exchange.with(&mut self.sessions),
            Change::Counter(exchange) => exchange.with(&mut self.counters),
            Change::Password(exchange) => exchange.with(&mut self.passwords),
            Change::Code(exchange) => exchange.with(&mut self.codes),
            Change::Mail(exchange) => exchange.with(&mut self.mails),
            Change::Key(exchange) => exchange.with(&mut self.keys),
            Change::Mark(exchange) => exchange.with(&mut self.marks),
            // No decision looks at these: they are in the journal alone.
            Change::History(_)
            | Change::Snapshot(_)
            | Change::StockMovement(_)
            | Change::Erasure(_)
            | Change::Seen { .. }
            | Change::Preview { .. } => {}
        }
    }

    /// Writes an event down, and the state that it led to where that is due.
    pub(crate) fn write_down<A: Held>(&mut self, row: HistoryRow, after: &A) -> Result<(), Error> {
        self.apply(Change::History(row));
        if let Some(snapshot) = StateSnapshot::due(after)? {
            self.apply(Change::Snapshot(snapshot));
        }
        Ok(())
    }

    /// The state becomes this; without a head, its history stays as it is.
    pub(crate) fn set_state<A: Held>(&mut self, state: A, head: Option<String>) {
        let id = state.raw_id();
        let head = head.unwrap_or_else(|| self.head::<A>(id).to_owned());
        self.apply(A::change(Exchange::put(id, Slot { state: Some(state), head })));
    }

    /// The state with this id.
    pub(crate) fn get<A: Held>(&self, id: i64) -> Option<&A> {
        A::collection(self).get(id)
    }

    /// The hash of the last history row of the resource with this id.
    pub(crate) fn head<A: Held>(&self, id: i64) -> &str {
        A::collection(self).head(id)
    }

    /// All states of a kind that are here.
    pub(crate) fn all<A: Held>(&self) -> impl Iterator<Item = &A> {
        A::collection(self).iter()
    }

    /// The batch.
    pub(crate) fn batch(&self, id: BatchId) -> Option<&Batch> {
        self.batches.get(&id)
    }

    /// The batch and the version that the order must have, if it waits for its turn.
    pub(crate) fn waiting(&self, id: BatchId, order_id: OrderId) -> Option<(&Batch, Option<i64>)> {
        let batch = self.batches.get(&id).filter(|batch| !batch.is_finished())?;
        if self.item_results.contains_key(&(id, order_id)) {
            return None;
        }
        let version = match self.new_items.get(&id) {
            Some(items) => items.iter().find(|(order, _)| *order == order_id)?.1,
            None => self.read_items.get(&(id, order_id)).filter(|item| !item.is_settled)?.version,
        };
        Some((batch, version))
    }

    /// The version that an order of a batch must have, or had to have.
    pub(super) fn version_wanted(&self, id: BatchId, order_id: OrderId) -> Option<i64> {
        let new = self.new_items.get(&id).into_iter().flat_map(|items| items.iter());
        let new = new.filter(|(order, _)| *order == order_id).find_map(|(_, version)| *version);
        new.or_else(|| self.read_items.get(&(id, order_id))?.version)
    }

    /// An order of a batch has had its turn.
    pub(crate) fn settle(
        &mut self,
        id: BatchId,
        order_id: OrderId,
        result: ItemResult,
        now: Timestamp,
    ) -> ItemOutcome {
        if let Some(batch) = self.batches.get(&id).cloned() {
            self.apply(Change::Batch(Exchange::put(id, batch.settled(result.outcome, now))));
        }
        self.apply(Change::BatchItem(Exchange::put((id, order_id), result)));
        result.outcome
    }

    /// The login.
    pub(crate) fn session(&self, id: i64) -> Option<&Session> {
        self.sessions.get(&id)
    }

    /// Is this login open, and whose is it?
    pub(crate) fn is_open(&self, login: SessionId, of: (Realm, i64), now: Timestamp) -> bool {
        let of_group = self.sessions.get(&login.get());
        let before_it = self.logins.get(&login.get());
        of_group.map_or(before_it == Some(&of), |session| {
            (session.realm, session.principal_id) == of && session.is_open(now)
        })
    }

    /// All logins that are here.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values()
    }

    /// The attempts behind a key.
    pub(crate) fn counter(&self, key: &str) -> Option<&Counter> {
        self.counters.get(key)
    }

    /// A principal's password.
    pub(crate) fn password(&self, principal_id: i64) -> Option<&Password> {
        self.passwords.get(&principal_id)
    }

    /// A customer's code for this, if it is here.
    pub(crate) fn code(&self, customer_id: i64, purpose: Purpose) -> Option<&OneTimeCode> {
        self.codes.get(&(customer_id, purpose))
    }

    /// The customer who has this address.
    pub(crate) fn customer_with_email(&self, email: &Email) -> Option<i64> {
        let key = email.key();
        let has = |customer: &Customer| customer.contact.email.as_ref().is_some_and(|own| own.key() == key);
        let here = self.all::<Customer>().find(|customer| has(customer)).map(Customer::raw_id);
        here.or_else(|| {
            // Unless they gave it up in this group.
            let stored = self.customer_emails.get(&key).copied();
            stored.filter(|id| self.get::<Customer>(*id).is_none_or(has))
        })
    }

    /// Orders of a customer that are open, of whom they were asked for; the newest first.
    pub(crate) fn open_orders(&self, customer_id: i64) -> Vec<OpenOrder> {
        let before = self.open_orders.get(&customer_id).into_iter().flatten();
        let mut open: BTreeMap<_, _> = before.map(|order| (order.id, order.status)).collect();
        for order in self.all::<Order>() {
            match order.customer_id.map(CustomerId::get) == Some(customer_id) && order.status().is_open() {
                true => _ = open.insert(order.id, order.status()),
                false => _ = open.remove(&order.id),
            }
        }
        open.into_iter().rev().map(|(id, status)| OpenOrder { id, status }).collect()
    }

    /// What an idempotency key did.
    pub(crate) fn key(&self, scoped_key: &str) -> Option<&Record> {
        self.keys.get(scoped_key)
    }

    /// Up to which position a member has seen everything.
    pub(crate) fn mark(&self, member_id: i64) -> Option<i64> {
        self.marks.get(&member_id).copied()
    }

    /// The position of the order that came last into the member's stores.
    pub(crate) fn last_position(&self, member_id: i64) -> Option<i64> {
        self.last_positions.get(&member_id).copied()
    }

    /// Does the store have products or orders?
    pub(crate) fn has_prices(&self, store_id: i64) -> bool {
        self.stores_with_prices.contains(&store_id)
            || self.all::<Product>().any(|product| product.store_id.get() == store_id)
            || self.all::<Order>().any(|order| order.store_id.get() == store_id)
    }

    /// Does another product of the store have this stock keeping unit?
    pub(crate) fn sku_taken(&self, id: i64, store_id: i64, sku: &str) -> bool {
        let stored = self.skus.get(&(store_id, sku.to_owned())).copied();
        let has = |product: &Product| product.store_id.get() == store_id && product.sku == sku;
        self.is_taken(id, stored, has)
    }

    /// Does another customer have this address?
    pub(crate) fn customer_email_taken(&self, id: i64, email: &Email) -> bool {
        let key = email.key();
        let stored = self.customer_emails.get(&key).copied();
        let has = |customer: &Customer| customer.contact.email.as_ref().is_some_and(|own| own.key() == key);
        self.is_taken(id, stored, has)
    }

    /// Does another member have this address, or one that looks like it?
    pub(crate) fn member_email_taken(&self, id: i64, email: &Email) -> bool {
        let looks = email.skeleton();
        let stored = self.member_emails.get(&looks).copied();
        let has = |member: &Member| member.contact.email.as_ref().is_some_and(|own| own.skeleton() == looks);
        self.is_taken(id, stored, has)
    }

    /// Does another one have it: the one that is stored with it, unless they gave it up in this group, or one of this group?
    fn is_taken<A: Held>(&self, id: i64, stored: Option<i64>, has: impl Fn(&A) -> bool) -> bool {
        stored.is_some_and(|other| other != id && self.get::<A>(other).is_none_or(&has))
            || self.all::<A>().any(|other| other.raw_id() != id && has(other))
    }

    /// The events that were written down.
    #[cfg(test)]
    pub(crate) fn events(&self) -> Vec<HistoryRow> {
        let event = |change: &Change| match change {
            Change::History(row) => Some(row.clone()),
            _ => None,
        };
        self.journal.iter().filter_map(event).collect()
    }

    /// As if it was read that a member has seen everything up to here, and that there is something up to there.
    #[cfg(test)]
    pub(crate) fn put_mark(&mut self, member_id: i64, mark: i64, last_position: i64) {
        self.marks.insert(member_id, mark);
        self.last_positions.insert(member_id, last_position);
    }

    /// Does the history here begin with what these rows of one resource say?
    pub(crate) fn has_passed(&self, rows: &[HistoryRow]) -> bool {
        let here = rows.first().and_then(|first| self.passed.get(&first.entity_id));
        here.is_some_and(|here| {
            here.len() == rows.len() && here.iter().zip(rows).all(|(a, b)| a.says_what(b))
        })
    }
}

impl Held for Store {
    fn collection(set: &WorkingSet) -> &Collection<Self> {
        &set.stores
    }

    fn change(exchange: Exchange<i64, Slot<Self>>) -> Change {
        Change::Store(exchange)
    }
}

impl Held for Product {
    fn collection(set: &WorkingSet) -> &Collection<Self> {
        &set.products
    }

    fn change(exchange: Exchange<i64, Slot<Self>>) -> Change {
        Change::Product(exchange)
    }
}

impl Held for Customer {
    fn collection(set: &WorkingSet) -> &Collection<Self> {
        &set.customers
    }

    fn change(exchange: Exchange<i64, Slot<Self>>) -> Change {
        Change::Customer(exchange)
    }
}

impl Held for Member {
    fn collection(set: &WorkingSet) -> &Collection<Self> {
        &set.members
    }

    fn change(exchange: Exchange<i64, Slot<Self>>) -> Change {
        Change::Member(exchange)
    }
}

impl Held for Order {
    fn collection(set: &WorkingSet) -> &Collection<Self> {
        &set.orders
    }

    fn change(exchange: Exchange<i64, Slot<Self>>) -> Change {
        Change::Order(Box::new(exchange))
    }
}

impl Held for Installation {
    fn collection(set: &WorkingSet) -> &Collection<Self> {
        &set.installations
    }

    fn change(exchange: Exchange<i64, Slot<Self>>) -> Change {
        Change::Installation(exchange)
    }
}
