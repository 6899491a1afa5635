//! Everything that a batch reads and what it is going to write.

use std::collections::{HashMap, HashSet};

use ordervault_domain::aggregate::Aggregate as _;
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::{BatchId, OrderId};
use ordervault_domain::member::{self, Member};
use ordervault_domain::order::{self, Order};
use ordervault_domain::product::{self, Product};
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;

use super::batch::{BatchOperation, Batches};
use super::collection::Collection;
use super::operation::{ActorRef, Operation, SessionOperation, Submission, ThrottleOperation};
use super::seen::Seen;
use super::throttle::Throttles;
use crate::error::Error;
use crate::tables::history::{self, HistoryRow, fold};
use crate::tables::idempotency::{self, Record};
use crate::tables::sessions::{self, Realm, Session};
use crate::tables::{RowLock, credentials, customers, members, orders, products, stores};
use crate::tx::{Conn, Tx};

/// How long an idempotency key is remembered.
pub const IDEMPOTENCY_MILLIS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// States by kind, and what goes with them.
#[derive(Debug, Default)]
pub(crate) struct WorkingSet {
    pub stores: Collection<Store>,
    pub products: Collection<Product>,
    pub customers: Collection<Customer>,
    pub members: Collection<Member>,
    pub orders: Collection<Order>,
    pub batches: Batches,
    /// Hashes of passwords, as they are in the database.
    credentials: HashMap<i64, String>,
    pub sessions: HashMap<i64, Session>,
    /// The sessions as they were before the submission at hand, latest change last.
    session_undo: Vec<(i64, Option<Session>)>,
    pub throttles: Throttles,
    pub keys: HashMap<String, Record>,
    pub stores_with_orders: HashSet<i64>,
    pub skus: HashMap<(i64, String), i64>,
    pub customer_emails: HashMap<String, i64>,
    pub member_emails: HashMap<String, i64>,
    /// Of things to be adopted: the hash that the history here has at that thing and number.
    pub passed: HashMap<(i64, i64), String>,
    /// What members who have seen orders had seen before.
    pub seen: Seen,
    pub pending: Pending,
}

/// Rows to write besides those of the states.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub history: Vec<HistoryRow>,
    pub moves: Vec<StockMovement>,
    pub credentials: Vec<(i64, String, Timestamp)>,
    pub keys: Vec<Record>,
    pub opened: Vec<i64>,
    pub touched: Vec<i64>,
    /// Orders that members have seen: (member, order).
    pub seen: Vec<(i64, i64)>,
    /// How far members have seen everything: (member, position).
    pub marks: Vec<(i64, i64)>,
}

/// A row of the stock ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub(crate) struct StockMovement {
    pub product_id: i64,
    pub entity_id: i64,
    pub seq: i64,
    pub on_hand: i64,
    pub reserved: i64,
}

/// How far the pending rows went before a submission, to cut them back to.
#[derive(Clone, Copy)]
pub(crate) struct Savepoint {
    history: usize,
    moves: usize,
    credentials: usize,
    keys: usize,
    opened: usize,
    touched: usize,
    batches: usize,
    seen: usize,
    marks: usize,
}

impl Savepoint {
    /// Has anything been added since an earlier mark?
    pub(crate) fn is_after(self, earlier: Savepoint) -> bool {
        self.history > earlier.history
            || self.credentials > earlier.credentials
            || self.opened > earlier.opened
            || self.touched > earlier.touched
            || self.batches > earlier.batches
            || self.seen > earlier.seen
            || self.marks > earlier.marks
    }
}

/// The ids and keys that submissions name.
#[derive(Default)]
struct Named {
    stores: Vec<i64>,
    commanded_stores: Vec<i64>,
    products: Vec<i64>,
    /// Keys of what orders to be placed look like.
    alike: Vec<i64>,
    /// Who only order, or are ordered for.
    customers: Vec<i64>,
    commanded_customers: Vec<i64>,
    members: Vec<i64>,
    commanded_members: Vec<i64>,
    orders: Vec<i64>,
    credentials: Vec<i64>,
    sessions: Vec<i64>,
    session_principals: Vec<i64>,
    batches: Vec<i64>,
    batch_items: Vec<(BatchId, OrderId)>,
    throttles: Vec<String>,
    seeing: Vec<i64>,
    keys: Vec<String>,
    /// By store.
    skus: Vec<(i64, String)>,
    /// By the product that is to have them.
    edited_skus: Vec<(i64, String)>,
    customer_emails: Vec<String>,
    member_emails: Vec<String>,
    owners: bool,
    adopted: Vec<(i64, i64)>,
}

impl WorkingSet {
    /// Reads and locks what the submissions touch. The order of classes is the same in every process: throttles, batches, stores,
    /// members, customers, passwords, sessions, orders, likenesses of orders to be placed, products; within a class by id.
    /// Stores that only an order or a product names are shared after these: should somebody who changes such a store want the
    /// same order, the database ends one of the two batches, which is then tried again.
    ///
    /// The idempotency keys come last: whoever waited for a lock and now meets what an equal request did in another process
    /// (the last piece is gone, a like order is there) finds its key as well, and gets its answer instead of a refusal.
    pub(crate) async fn load<'a>(
        tx: &mut Tx,
        submissions: impl Iterator<Item = &'a Submission>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let mut named = Named::default();
        for submission in submissions {
            named.note(submission);
        }
        let mut set = Self::default();
        let conn = tx.conn();
        set.load_taken(conn, &named).await?;
        set.throttles.load(conn, &named.throttles).await?;
        set.batches = Batches::load(conn, &named.batches, &named.batch_items).await?;
        named.members.extend(set.batches.members());
        set.stores.load(conn, named.commanded_stores.clone(), RowLock::Locked).await?;
        let shared = set.stores.missing(named.stores);
        set.share_stores(conn, shared).await?;
        set.load_people(conn, &mut named.members, named.commanded_members, named.owners).await?;
        let seeing: Vec<&Member> = named.seeing.iter().filter_map(|id| set.members.get(*id)).collect();
        set.seen = Seen::load(conn, &seeing).await?;
        set.customers.load(conn, named.commanded_customers, RowLock::Locked).await?;
        set.customers.load(conn, named.customers, RowLock::Free).await?;
        set.credentials.extend(credentials::lock(conn, &named.credentials).await?);
        for session in sessions::lock(conn, &named.sessions, &named.session_principals).await? {
            set.sessions.insert(session.id.get(), session);
        }
        set.orders.load(conn, named.orders, RowLock::Locked).await?;
        set.load_alike(conn, named.alike, now).await?;
        let of_orders: Vec<i64> = set.orders.iter().map(|order| order.store_id.get()).collect();
        let shared = set.stores.missing(of_orders);
        set.share_stores(conn, shared).await?;
        let lines = set.orders.iter().flat_map(|order| order.lines.iter().map(|line| line.product_id.get()));
        named.products.extend(lines);
        set.products.load(conn, named.products, RowLock::Locked).await?;
        let of_products: Vec<i64> = set.products.iter().map(|product| product.store_id.get()).collect();
        let shared = set.stores.missing(of_products);
        set.share_stores(conn, shared).await?;
        let edited = named.edited_skus.into_iter();
        let edited = edited.filter_map(|(id, sku)| Some((set.products.get(id)?.store_id.get(), sku)));
        named.skus.extend(edited);
        set.skus.extend(products::by_sku(conn, &named.skus).await?);
        if !named.commanded_stores.is_empty() {
            set.stores_with_orders.extend(stores::with_orders(conn, &named.commanded_stores).await?);
        }
        set.load_keys(tx, &named.keys, now).await?;
        Ok(set)
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
    async fn load_taken(&mut self, conn: &mut Conn, named: &Named) -> Result<(), Error> {
        self.passed.extend(history::hashes(conn, &named.adopted).await?);
        if !named.customer_emails.is_empty() {
            self.customer_emails.extend(customers::by_email(conn, &named.customer_emails).await?);
        }
        if !named.member_emails.is_empty() {
            self.member_emails.extend(members::by_email(conn, &named.member_emails).await?);
        }
        Ok(())
    }

    /// What was placed a moment ago and looks like what is to be placed.
    async fn load_alike(&mut self, conn: &mut Conn, mut keys: Vec<i64>, now: Timestamp) -> Result<(), Error> {
        if keys.is_empty() {
            return Ok(());
        }
        keys.sort_unstable();
        keys.dedup();
        let alike = orders::alike(conn, &keys, now, RowLock::Locked).await?;
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
    async fn load_people(
        &mut self,
        conn: &mut Conn,
        actor_context: &mut Vec<i64>,
        mut commanded: Vec<i64>,
        owners: bool,
    ) -> Result<(), Error> {
        if owners {
            commanded.extend(members::lock_owners(conn).await?);
        }
        self.members.load(conn, commanded, RowLock::Locked).await?;
        self.members.load(conn, std::mem::take(actor_context), RowLock::Free).await
    }

    /// The hash of a principal's password after what was decided so far.
    pub(crate) fn password_hash(&self, principal_id: i64) -> Option<&str> {
        let new = self.pending.credentials.iter().rev().find(|(id, ..)| *id == principal_id);
        new.map(|(_, hash, _)| hash).or_else(|| self.credentials.get(&principal_id)).map(String::as_str)
    }

    /// The session becomes this.
    pub(crate) fn set_session(&mut self, session: Session) {
        let id = session.id.get();
        self.session_undo.push((id, self.sessions.insert(id, session)));
    }

    /// Where the pending rows end now.
    pub(crate) fn mark(&self) -> Savepoint {
        let pending = &self.pending;
        Savepoint {
            history: pending.history.len(),
            moves: pending.moves.len(),
            credentials: pending.credentials.len(),
            keys: pending.keys.len(),
            opened: pending.opened.len(),
            touched: pending.touched.len(),
            batches: self.batches.len(),
            seen: pending.seen.len(),
            marks: pending.marks.len(),
        }
    }

    /// Whatever was decided since the mark stays.
    pub(crate) fn keep(&mut self) {
        self.stores.keep();
        self.products.keep();
        self.customers.keep();
        self.members.keep();
        self.orders.keep();
        self.throttles.keep();
        self.session_undo.clear();
    }

    /// Whatever was decided since the mark leaves no trace.
    pub(crate) fn roll_back(&mut self, mark: Savepoint) {
        self.stores.roll_back();
        self.products.roll_back();
        self.customers.roll_back();
        self.members.roll_back();
        self.orders.roll_back();
        self.throttles.roll_back();
        for (id, before) in self.session_undo.drain(..).rev() {
            match before {
                Some(session) => self.sessions.insert(id, session),
                None => self.sessions.remove(&id),
            };
        }
        self.batches.truncate(mark.batches);
        let pending = &mut self.pending;
        pending.history.truncate(mark.history);
        pending.moves.truncate(mark.moves);
        pending.credentials.truncate(mark.credentials);
        pending.keys.truncate(mark.keys);
        pending.opened.truncate(mark.opened);
        pending.touched.truncate(mark.touched);
        pending.seen.truncate(mark.seen);
        pending.marks.truncate(mark.marks);
    }

    /// Is there anything to write?
    pub(crate) fn is_unchanged(&self) -> bool {
        let pending = &self.pending;
        pending.history.is_empty()
            && pending.credentials.is_empty()
            && pending.opened.is_empty()
            && pending.touched.is_empty()
            && self.batches.len() == 0
            && self.throttles.is_unchanged()
            && pending.seen.is_empty()
            && pending.marks.is_empty()
    }
}

impl Named {
    fn note(&mut self, submission: &Submission) {
        match submission.actor {
            ActorRef::Member(id) => self.members.push(id.get()),
            ActorRef::Customer(id) => self.customers.push(id.get()),
            _ => {}
        }
        if let Some(idempotency) = &submission.idempotency {
            self.keys.push(idempotency.scoped_key.clone());
        }
        for act in &submission.operations {
            self.note_act(submission.actor, act);
        }
    }

    fn note_act(&mut self, actor: ActorRef, act: &Operation) {
        match act {
            Operation::Order { id, command, .. } => {
                self.orders.extend(id.map(|id| id.get()));
                self.note_order(actor, command);
            }
            Operation::Store { id, .. } => self.commanded_stores.extend(id.map(|id| id.get())),
            Operation::Product { id, command, .. } => {
                self.products.extend(id.map(|id| id.get()));
                match command {
                    product::ProductCommand::Create(new) => {
                        self.stores.push(new.store_id.get());
                        self.skus.push((new.store_id.get(), new.sku.clone()));
                    }
                    product::ProductCommand::Edit(edit) => {
                        self.edited_skus.extend(id.map(|id| id.get()).zip(edit.sku.clone()));
                    }
                    _ => {}
                }
            }
            Operation::Customer { id, command, .. } => {
                self.commanded_customers.extend(id.map(|id| id.get()));
                if let customer::CustomerCommand::Register { contact } = command {
                    self.customer_emails
                        .extend(contact.email.as_ref().map(|email| email.as_str().to_owned()));
                }
            }
            Operation::Member { id, command, .. } => {
                self.commanded_members.extend(id.map(|id| id.get()));
                self.owners |=
                    matches!(command, member::MemberCommand::Edit(_) | member::MemberCommand::Deactivate);
                let contact = match command {
                    member::MemberCommand::Create(new) => Some(&new.contact),
                    member::MemberCommand::Edit(edit) => edit.contact.as_ref(),
                    _ => None,
                };
                let email = contact.and_then(|contact| contact.email.as_ref());
                self.member_emails.extend(email.map(|email| email.as_str().to_owned()));
            }
            Operation::Session(session) => match session {
                SessionOperation::Open { principal_id, .. }
                | SessionOperation::EndAll { principal_id, .. } => {
                    self.session_principals.push(*principal_id);
                }
                SessionOperation::Rotate { id, .. } | SessionOperation::End { id } => {
                    self.sessions.push(id.get())
                }
            },
            Operation::Batch(batch) => self.note_batch(batch),
            Operation::Throttle(throttle) => self.throttles.push(match throttle {
                ThrottleOperation::Count(throttle) => throttle.key.clone(),
                ThrottleOperation::TakeBack { key } => key.clone(),
            }),
            Operation::Verified { realm, principal_id, .. } => {
                self.credentials.push(*principal_id);
                // Locked as by whoever deactivates them or sets another password.
                self.commanded_members.extend((*realm == Realm::Staff).then_some(*principal_id));
            }
            Operation::Rehash { .. } => {}
            Operation::Seen { .. } => self.seeing.extend(match actor {
                ActorRef::Member(id) => Some(id.get()),
                _ => None,
            }),
            Operation::ImportHistory(rows) => self.note_adopted(rows),
        }
    }

    fn note_batch(&mut self, act: &BatchOperation) {
        match act {
            BatchOperation::Run { id, order_id } => {
                self.batches.push(id.get());
                self.batch_items.push((*id, *order_id));
                self.orders.push(order_id.get());
            }
            // The order may be what cannot be read.
            BatchOperation::GiveUp { id, order_id, .. } => {
                self.batches.push(id.get());
                self.batch_items.push((*id, *order_id));
            }
            BatchOperation::Cancel { id } => self.batches.push(id.get()),
            BatchOperation::Preview { .. } | BatchOperation::Open { .. } => {}
        }
    }

    fn note_order(&mut self, actor: ActorRef, command: &order::OrderCommand) {
        match command {
            order::OrderCommand::Place(place) => {
                self.stores.push(place.store_id.get());
                self.customers.extend(place.customer_id.map(|id| id.get()));
                let customer_id = match actor {
                    ActorRef::Customer(id) => Some(id),
                    _ => place.customer_id,
                };
                let duplicate_key = order::DuplicateKey::of_place(place, customer_id);
                self.alike.extend(duplicate_key.map(|duplicate_key| duplicate_key.key()));
                self.products.extend(place.lines.iter().map(|line| line.product_id.get()));
            }
            order::OrderCommand::Import(import) => {
                self.stores.push(import.store_id.get());
                self.customers.extend(import.customer_id.map(|id| id.get()));
                self.products.extend(import.lines.iter().map(|line| line.product_id.get()));
            }
            order::OrderCommand::Amend(amendment) => {
                let lines = amendment.lines.iter().flatten();
                self.products.extend(lines.map(|line| line.product_id.get()));
            }
            _ => {}
        }
    }

    /// An adopted thing is looked for by its id; what it refers to, and what it may not share with others, with it.
    fn note_adopted(&mut self, rows: &[HistoryRow]) {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
        self.adopted.push((last.entity_id, last.seq));
        match first.kind.as_str() {
            "store" => self.commanded_stores.push(first.entity_id),
            "product" => {
                self.products.push(first.entity_id);
                if let Ok(Some(product)) = fold::<Product>(rows) {
                    self.stores.push(product.store_id.get());
                    self.skus.push((product.store_id.get(), product.sku));
                }
            }
            "customer" => {
                self.commanded_customers.push(first.entity_id);
                if let Ok(Some(Customer { contact: Contact { email: Some(email), .. }, .. })) = fold(rows) {
                    self.customer_emails.push(email.as_str().to_owned());
                }
            }
            "order" => {
                self.orders.push(first.entity_id);
                if let Ok(Some(order)) = fold::<Order>(rows) {
                    self.stores.push(order.store_id.get());
                    self.customers.extend(order.customer_id.map(|id| id.get()));
                }
                // Products of lines that were amended away held stock, too.
                let events = rows.iter().filter_map(|row| row.decoded::<Order>().ok());
                for envelope in events {
                    self.products.extend(envelope.event.lines().iter().map(|line| line.product_id.get()));
                }
            }
            _ => {}
        }
    }
}

impl StockMovement {
    /// What an order, as it is now, has moved of a product.
    pub(crate) fn of(order: &Order, moved: order::StockDelta) -> Self {
        Self {
            product_id: moved.product_id.get(),
            entity_id: order.id.get(),
            seq: order.version,
            on_hand: moved.on_hand,
            reserved: moved.reserved,
        }
    }
}

/// Notes what an event of a product itself did to its stock.
pub(crate) fn own_movement(before: Option<&Product>, after: &Product) -> Option<StockMovement> {
    let on_hand = after.on_hand - before.map_or(0, |before| before.on_hand);
    (on_hand != 0).then(|| StockMovement {
        product_id: after.id.get(),
        entity_id: after.id.get(),
        seq: after.version(),
        on_hand,
        reserved: 0,
    })
}
