//! What can change in a working set, and what takes it back.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use ordervault_domain::batch::{Batch, ItemOutcome};
use ordervault_domain::customer::Customer;
use ordervault_domain::id::{BatchId, MemberId, OrderId};
use ordervault_domain::installation::Installation;
use ordervault_domain::member::Member;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;

use crate::tables::credentials::Password;
use crate::tables::history::HistoryRow;
use crate::tables::idempotency::Record;
use crate::tables::mails::{Mail, MailKind};
use crate::tables::one_time_codes::{OneTimeCode, Purpose};
use crate::tables::sessions::Session;
use crate::tables::snapshots::StateSnapshot;
use crate::tables::stock::StockMovement;
use crate::tables::throttles::Counter;

/// One entry of the journal. Whatever a decision does to a working set is one of these; it is also all that is written.
///
/// To add a kind of change: a variant here. The compiler then asks how it is applied and taken back
/// (`WorkingSet::exchange`) and which rows it makes (`Net::of`).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    /// A store becomes another.
    Store(Exchange<i64, Slot<Store>>),
    /// A product becomes another, or has other numbers.
    Product(Exchange<i64, Slot<Product>>),
    /// A customer becomes another.
    Customer(Exchange<i64, Slot<Customer>>),
    /// A member becomes another.
    Member(Exchange<i64, Slot<Member>>),
    /// An order becomes another.
    Order(Box<Exchange<i64, Slot<Order>>>),
    /// The installation becomes another.
    Installation(Exchange<i64, Slot<Installation>>),
    /// A batch is opened, goes on, or ends.
    Batch(Exchange<BatchId, Batch>),
    /// A new batch gets its orders.
    BatchItems(Exchange<BatchId, NewItems>),
    /// An order of a batch has had its turn.
    BatchItem(Exchange<(BatchId, OrderId), ItemResult>),
    /// A login begins, goes on, or ends.
    Session(Exchange<i64, Session>),
    /// A counter of attempts goes up or down.
    Counter(Exchange<String, Counter>),
    /// A principal gets a password, or has none any more.
    Password(Exchange<i64, Password>),
    /// A code is made, or no good any more.
    Code(Exchange<(i64, Purpose), OneTimeCode>),
    /// A mail waits, or waits no longer.
    Mail(Exchange<(i64, MailKind), Mail>),
    /// An idempotency key stands for something.
    Key(Exchange<String, Record>),
    /// Up to which position a member has seen everything.
    Mark(Exchange<i64, i64>),
    /// An event is written down.
    History(HistoryRow),
    /// What a history comes to is kept.
    Snapshot(StateSnapshot),
    /// An event moves units of a product.
    StockMovement(StockMovement),
    /// The personal values of a resource, and the states of it that are kept, are cleared.
    Erasure(i64),
    /// A member has seen an order.
    Seen {
        /// Who.
        member_id: i64,
        /// What.
        order_id: i64,
    },
    /// A member was shown what a batch would do.
    Preview {
        /// Stands for the member, what is done, and the orders with their versions.
        digest: String,
        /// Who.
        member_id: MemberId,
        /// The orders with their versions.
        versions: Versions,
    },
}

/// A value takes another's place: before it is applied this holds the new one, afterwards the one that was there. None:
/// nothing is there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exchange<K, V> {
    /// The place.
    pub key: K,
    /// The value that is not in it.
    pub value: Option<V>,
}

impl<K: Clone + Eq + Hash, V> Exchange<K, V> {
    /// This value shall take the place.
    pub(crate) fn put(key: K, value: V) -> Self {
        Self { key, value: Some(value) }
    }

    /// Carries it out, or takes it back: done twice, everything is as it was.
    pub(super) fn with(&mut self, values: &mut HashMap<K, V>) {
        self.value = match self.value.take() {
            Some(value) => values.insert(self.key.clone(), value),
            None => values.remove(&self.key),
        };
    }
}

/// The orders of a new batch, with the versions that they must have.
pub(crate) type NewItems = Arc<[(OrderId, Option<i64>)]>;
/// Orders with the versions that somebody was shown; 0: not there.
pub(crate) type Versions = Arc<[(OrderId, i64)]>;

/// A state together with the hash of its last history row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slot<A> {
    /// None: looked for, and not there.
    pub state: Option<A>,
    /// [`FIRST`](crate::tables::history::FIRST) if there is none.
    pub head: String,
}

/// What became of an order of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ItemResult {
    /// How it ended.
    pub outcome: ItemOutcome,
    /// Of a refused one: why.
    pub code: Option<&'static str>,
    /// Of one to which it was done: the version that this led to.
    pub done_version: Option<i64>,
}

impl ItemResult {
    pub(crate) const ALREADY_APPLIED: Self =
        Self { outcome: ItemOutcome::AlreadyApplied, code: None, done_version: None };

    pub(crate) fn succeeded(version: i64) -> Self {
        Self { outcome: ItemOutcome::Succeeded, code: None, done_version: Some(version) }
    }

    pub(crate) fn refused(code: &'static str) -> Self {
        Self { outcome: ItemOutcome::Refused, code: Some(code), done_version: None }
    }
}
