//! What a journal comes to: of each row that changed, as it was before; and the rows that are only added.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use ordervault_domain::batch::Batch;
use ordervault_domain::customer::Customer;
use ordervault_domain::id::{BatchId, MemberId, OrderId};
use ordervault_domain::installation::Installation;
use ordervault_domain::member::Member;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;

use super::change::{Change, Exchange, ItemResult, NewItems, Slot, Versions};
use super::working_set::{Held, WorkingSet};
use crate::tables::credentials::Password;
use crate::tables::history::HistoryRow;
use crate::tables::idempotency::Record;
use crate::tables::mails::{Mail, MailKind};
use crate::tables::one_time_codes::{OneTimeCode, Purpose};
use crate::tables::sessions::Session;
use crate::tables::snapshots::StateSnapshot;
use crate::tables::stock::StockMovement;
use crate::tables::throttles::Counter;

/// By key what was there before the first change, sorted. What is there now is in the working set.
type Befores<K, V> = BTreeMap<K, Option<V>>;

#[derive(Debug, Default)]
pub(super) struct Net {
    pub installations: Befores<i64, Slot<Installation>>,
    pub stores: Befores<i64, Slot<Store>>,
    pub products: Befores<i64, Slot<Product>>,
    pub customers: Befores<i64, Slot<Customer>>,
    pub members: Befores<i64, Slot<Member>>,
    pub orders: Befores<i64, Slot<Order>>,
    pub batches: Befores<BatchId, Batch>,
    pub batch_items: Befores<BatchId, NewItems>,
    pub item_results: Befores<(BatchId, OrderId), ItemResult>,
    pub sessions: Befores<i64, Session>,
    pub counters: Befores<String, Counter>,
    pub passwords: Befores<i64, Password>,
    pub codes: Befores<(i64, Purpose), OneTimeCode>,
    pub mails: Befores<(i64, MailKind), Mail>,
    pub keys: Befores<String, Record>,
    pub marks: Befores<i64, i64>,
    /// Sorted by resource and number.
    pub history: Vec<HistoryRow>,
    pub snapshots: Vec<StateSnapshot>,
    pub stock_movements: Vec<StockMovement>,
    /// Resources whose personal values are cleared.
    pub erased: BTreeSet<i64>,
    /// By member and order.
    pub seen: BTreeSet<(i64, i64)>,
    /// By digest: whoever is shown the same twice has one preview.
    pub previews: BTreeMap<String, (MemberId, Versions)>,
}

impl Net {
    /// Of changes in the order in which they were made.
    pub(super) fn of(journal: Vec<Change>) -> Self {
        let mut net = Self::default();
        for change in journal {
            match change {
                Change::Installation(exchange) => first(&mut net.installations, exchange),
                Change::Store(exchange) => first(&mut net.stores, exchange),
                Change::Product(exchange) => first(&mut net.products, exchange),
                Change::Customer(exchange) => first(&mut net.customers, exchange),
                Change::Member(exchange) => first(&mut net.members, exchange),
                Change::Order(exchange) => first(&mut net.orders, *exchange),
                Change::Batch(exchange) => first(&mut net.batches, exchange),
                Change::BatchItems(exchange) => first(&mut net.batch_items, exchange),
                Change::BatchItem(exchange) => first(&mut net.item_results, exchange),
                Change::Session(exchange) => first(&mut net.sessions, exchange),
                Change::Counter(exchange) => first(&mut net.counters, exchange),
                Change::Password(exchange) => first(&mut net.passwords, exchange),
                Change::Code(exchange) => first(&mut net.codes, exchange),
                Change::Mail(exchange) => first(&mut net.mails, exchange),
                Change::Key(exchange) => first(&mut net.keys, exchange),
                Change::Mark(exchange) => first(&mut net.marks, exchange),
                Change::History(row) => net.history.push(row),
                Change::Snapshot(row) => net.snapshots.push(row),
                Change::StockMovement(row) => net.stock_movements.push(row),
                Change::Erasure(entity_id) => {
                    net.erased.insert(entity_id);
                }
                Change::Seen { member_id, order_id } => {
                    net.seen.insert((member_id, order_id));
                }
                Change::Preview { digest, member_id, versions } => {
                    net.previews.insert(digest, (member_id, versions));
                }
            }
        }
        net.history.sort_by_key(|row| (row.entity_id, row.seq));
        net
    }
}

fn first<K: Ord, V>(befores: &mut Befores<K, V>, exchange: Exchange<K, V>) {
    befores.entry(exchange.key).or_insert(exchange.value);
}

/// The states that changed: before, after, and the hash of the last history row, sorted by id.
pub(super) fn changed<'a, A: Held>(
    set: &'a WorkingSet,
    befores: &'a Befores<i64, Slot<A>>,
) -> impl Iterator<Item = (Option<&'a A>, &'a A, &'a str)> {
    befores.iter().filter_map(|(id, before)| {
        let before = before.as_ref().and_then(|slot| slot.state.as_ref());
        Some((before, set.get::<A>(*id)?, set.head::<A>(*id)))
    })
}

/// The values that changed: whether there was none before, and what it is now.
pub(super) fn written<'a, K: Hash + Ord, V>(
    values: &'a HashMap<K, V>,
    befores: &'a Befores<K, V>,
) -> impl Iterator<Item = (bool, &'a V)> {
    befores.iter().filter_map(|(key, before)| Some((before.is_none(), values.get(key)?)))
}
