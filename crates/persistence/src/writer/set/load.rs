//! What a group of submissions reads and locks.

use ordervault_domain::aggregate::Aggregate;
use ordervault_domain::id::{BatchId, CustomerId, OrderId};
use ordervault_domain::order::{DuplicateKey, Place};
use ordervault_domain::time::Timestamp;

use super::collection::Collection;
use super::named::Named;
use super::working_set::WorkingSet;
use crate::engine::Engine;
use crate::error::Error;
use crate::tables::times::{self, MAX_CLOCK_LAG_MILLIS};
use crate::tables::{
    RowLock, Stored, arrivals, batches, credentials, customers, history, idempotency, installations, members,
    one_time_codes, orders, outbox, products, sessions, stores, throttles,
};
use crate::tx::{Conn, Tx};

/// How long an idempotency key is remembered.
pub const IDEMPOTENCY_MILLIS: i64 = 7 * 24 * 60 * 60 * 1_000;

impl WorkingSet {
    /// Reads and locks what submissions name. The order of classes is the same in every process: throttles, batches, the
    /// installation, stores, members, customers, passwords, codes, sessions, orders, keys of possible duplicates, products; within a class by id.
    /// Stores that only an order or a product names are shared after these: should somebody who changes such a store want the
    /// same order, the database ends one of the two groups, which is then tried again.
    ///
    /// The idempotency keys come last: whoever waited for a lock and now meets what an equal request did in another process
    /// (the last piece is gone, a possible duplicate is there) finds its key as well, and gets its answer instead of a refusal.
    pub(crate) async fn load(tx: &mut Tx, mut named: Named<'_>, now: Timestamp) -> Result<Self, Error> {
        let mut set = Self::default();
        if named.corrects_clock {
            // What was written before the correction is numbered before it.
            outbox::number_alone(tx).await?;
            set.newest = Some(times::newest(tx.conn()).await?);
        }
        let conn = tx.conn();
        set.load_taken(conn, &named).await?;
        if conn.engine() == Engine::Postgres {
            conn.ask_ahead(named.first_questions(now)).await?;
        }
        set.load_counters(conn, &named.throttles).await?;
        set.load_batches(conn, &named.batches, &named.batch_items).await?;
        named.members.extend(set.batches.values().map(|batch| batch.created_by.get()));
        if named.installation {
            let ids = installations::ids(conn).await?;
            set.installations.load(conn, ids, RowLock::Locked).await?;
        }
        set.stores.load(conn, named.commanded_stores.clone(), RowLock::Locked).await?;
        let shared = set.stores.missing(std::mem::take(&mut named.stores));
        set.share_stores(conn, shared).await?;
        set.load_people(conn, &mut named).await?;
        set.load_marks(conn, &named.seeing).await?;
        set.customers.load(conn, named.commanded_customers.clone(), RowLock::Locked).await?;
        set.customers.load(conn, std::mem::take(&mut named.customers), RowLock::Free).await?;
        for id in &named.leaving {
            set.open_orders.insert(*id, orders::open_of_customer(conn, *id).await?);
        }
        set.passwords.extend(credentials::lock(conn, &named.credentials).await?);
        for code in one_time_codes::lock(conn, &named.codes).await? {
            set.codes.insert((code.customer_id, code.purpose), code);
        }
        if !named.logins.is_empty() {
            set.logins.extend(sessions::open(conn, &named.logins, now).await?);
        }
        for session in sessions::lock(conn, &named.sessions, &named.session_principals).await? {
            set.sessions.insert(session.id.get(), session);
        }
        set.orders.load(conn, named.orders.clone(), RowLock::Locked).await?;
        let lines = set.orders.iter().flat_map(|order| order.lines.iter().map(|line| line.product_id.get()));
        let of_lines: Vec<i64> = lines.collect();
        let owners = named.unlinked.iter().filter_map(|id| Some(set.orders.get(*id)?.customer_id?.get()));
        set.customers.load(conn, owners.collect(), RowLock::Free).await?;
        set.load_alike(conn, &named, now).await?;
        let of_orders: Vec<i64> = set.orders.iter().map(|order| order.store_id.get()).collect();
        let shared = set.stores.missing(of_orders);
        set.share_stores(conn, shared).await?;
        named.products.extend(of_lines);
        set.products.load(conn, named.products, RowLock::Locked).await?;
        let of_products: Vec<i64> = set.products.iter().map(|product| product.store_id.get()).collect();
        let shared = set.stores.missing(of_products);
        set.share_stores(conn, shared).await?;
        let edited = named.edited_skus.into_iter();
        let edited = edited.filter_map(|(id, sku)| Some((set.products.get(id)?.store_id.get(), sku)));
        named.skus.extend(edited);
        set.skus.extend(products::by_sku(conn, &named.skus).await?);
        if !named.commanded_stores.is_empty() {
            set.stores_with_prices.extend(stores::with_prices(conn, &named.commanded_stores).await?);
        }
        set.load_wrong_times(conn, now).await?;
        set.load_keys(tx, &named.keys, now).await?;
        Ok(set)
    }

    /// Which of what was loaded has the time of a clock that was ahead and was corrected since.
    async fn load_wrong_times(&mut self, conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
        let mut ahead = vec![];
        let now = now.plus_millis(MAX_CLOCK_LAG_MILLIS);
        note_ahead(&mut ahead, &self.installations, now);
        note_ahead(&mut ahead, &self.stores, now);
        note_ahead(&mut ahead, &self.members, now);
        note_ahead(&mut ahead, &self.customers, now);
        note_ahead(&mut ahead, &self.orders, now);
        note_ahead(&mut ahead, &self.products, now);
        if self.newest.is_some() {
            // The correction itself is the first thing at the right time.
            self.wrongly_timed.extend(self.installations.iter().map(Aggregate::raw_id));
        } else if !ahead.is_empty() {
            self.wrongly_timed.extend(times::before_correction(conn, &ahead).await?);
        }
        Ok(())
    }

    async fn load_counters(&mut self, conn: &mut Conn, keys: &[String]) -> Result<(), Error> {
        if !keys.is_empty() {
            let counters = throttles::lock(conn, keys).await?;
            self.counters.extend(counters.into_iter().map(|counter| (counter.key.clone(), counter)));
        }
        Ok(())
    }

    /// Batches are locked; the orders of them that are to have their turn are read.
    async fn load_batches(
        &mut self,
        conn: &mut Conn,
        ids: &[i64],
        items: &[(BatchId, OrderId)],
    ) -> Result<(), Error> {
        if !ids.is_empty() {
            self.batches =
                batches::lock(conn, ids).await?.into_iter().map(|batch| (batch.id, batch)).collect();
            self.read_items = batches::items(conn, items).await?.collect();
        }
        Ok(())
    }

    /// What marks of these members are compared with.
    async fn load_marks(&mut self, conn: &mut Conn, members: &[i64]) -> Result<(), Error> {
        for id in members {
            let Some(member) = self.members.get(*id) else { continue };
            let position = arrivals::last_position(conn, &member.stores).await?;
            self.last_positions.insert(*id, position);
        }
        if !members.is_empty() {
            self.marks.extend(arrivals::marks(conn, members).await?);
        }
        Ok(())
    }

    async fn load_keys(&mut self, tx: &mut Tx, keys: &[String], now: Timestamp) -> Result<(), Error> {
        if !keys.is_empty() {
            let oldest = now.millis() - IDEMPOTENCY_MILLIS;
            let records = idempotency::load(tx, keys, oldest).await?;
            self.keys = records.into_iter().map(|record| (record.scoped_key.clone(), record)).collect();
        }
        Ok(())
    }

    /// What is there already of what the submissions bring: histories, stock keeping units, addresses.
    async fn load_taken(&mut self, conn: &mut Conn, named: &Named<'_>) -> Result<(), Error> {
        let imported = named.imported.iter().map(|(id, last)| (*id, 0, *last));
        let passed = history::load_between(conn, imported).await?;
        for rows in passed.chunk_by(|a, b| a.entity_id == b.entity_id) {
            self.passed.insert(rows[0].entity_id, rows.to_vec());
        }
        if !named.customer_emails.is_empty() {
            self.customer_emails.extend(customers::by_email_key(conn, &named.customer_emails).await?);
        }
        if !named.member_emails.is_empty() {
            self.member_emails.extend(members::by_email_key(conn, &named.member_emails).await?);
        }
        Ok(())
    }

    /// What was placed a moment ago and looks like what is to be placed.
    async fn load_alike(&mut self, conn: &mut Conn, named: &Named<'_>, now: Timestamp) -> Result<(), Error> {
        let key = |(place, customer_id): &(&Place, Option<CustomerId>)| {
            let home = self.stores.get(place.store_id.get()).and_then(|store| store.country);
            Some(DuplicateKey::of_place(place, *customer_id, home)?.key())
        };
        let mut keys: Vec<i64> = named.placed.iter().filter_map(key).collect();
        if keys.is_empty() {
            return Ok(());
        }
        keys.sort_unstable();
        keys.dedup();
        // On SQLite all is locked: there is nothing to wait for before the rest is asked.
        let (before, after) = match conn.engine() {
            Engine::Sqlite => {
                (vec![orders::alike_lock_question(&keys), orders::alike_question(&keys, now)], vec![])
            }
            Engine::Postgres => {
                let questions = [Some(orders::alike_question(&keys, now)), named.product_question()];
                (vec![], questions.into_iter().flatten().collect())
            }
        };
        conn.ask_ahead(before).await?;
        orders::lock_alike(conn, &keys).await?;
        conn.ask_ahead(after).await?;
        let alike = orders::alike(conn, &keys, now).await?;
        self.orders.load(conn, alike, RowLock::Free).await
    }

    async fn share_stores(&mut self, conn: &mut Conn, ids: Vec<i64>) -> Result<(), Error> {
        if !ids.is_empty() {
            let held = stores::load_shared(conn, &ids).await?;
            self.stores.fill(ids, held);
        }
        Ok(())
    }

    /// Members who are changed are locked, and with them every owner; members who only act are read.
    async fn load_people(&mut self, conn: &mut Conn, named: &mut Named<'_>) -> Result<(), Error> {
        let mut commanded = named.commanded_members.clone();
        if named.owners {
            commanded.extend(members::lock_owners(conn).await?);
        }
        self.members.load(conn, commanded, RowLock::Locked).await?;
        self.members.load(conn, std::mem::take(&mut named.members), RowLock::Free).await
    }
}

/// The ids of those with a later time.
fn note_ahead<A: Stored>(ids: &mut Vec<i64>, states: &Collection<A>, now: Timestamp) {
    ids.extend(states.iter().filter(|state| state.updated_at() > now).map(Aggregate::raw_id));
}
