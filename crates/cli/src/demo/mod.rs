//! A small made-up shop to try things out on: three stores in three currencies, staff, customers, products, and orders
//! in every status with real histories.
//!
//! Its past ends when it is loaded. Otherwise it is the same on every run and on both engines, ids and order numbers included,
//! because their clock and the dice are fixed (only the hashes of its two well-known passwords differ). The examples of the API description are taken from it
//! (`tests/examples.rs` executes them), and `docs/demo.md` lists what can be used; both have to follow when something here
//! changes.

mod cast;
mod dice;
pub mod seed;
mod story;
#[cfg(test)]
mod tests;
mod vocabulary;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ordervault_api::auth::Realm;
use ordervault_api::background::{Deadlines, Job as _, Remaining, Tools};
pub use ordervault_api::openapi::examples::{
    CUSTOMER_EMAIL, CUSTOMER_PASSWORD, MEMBER as OWNER, OWNER_EMAIL, STAFF_PASSWORD,
};
use ordervault_domain::access::StoreScope;
use ordervault_domain::batch::BatchAction;
use ordervault_domain::contact::{Address, Contact};
use ordervault_domain::id::{BatchId, CustomerId, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{self, LineRequest};
use ordervault_domain::time::Timestamp;
use ordervault_domain::{customer, member, product, store};
use ordervault_persistence::db::Db;
use ordervault_persistence::read;
use ordervault_persistence::seal::KeyRing;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::{
    ActorRef, BatchOperation, Class, Effect, Operation, Receipt, Submission, Writer,
};
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

use crate::accounts;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use cast::{STAFF, STORES};
use story::{Deed, Tale, Who};

/// 2025-11-03T01:00:00.000Z: when the demo shop opens, as its ids have it. It must lie in the past wherever the demo is loaded.
const OPENING_MILLIS: i64 = 1_762_131_600_000;
/// From the opening to the last deed, as its people have it.
const SPAN_MILLIS: i64 = 60 * 24 * 60 * 60 * 1_000;
/// From the last deed to now.
const REST_MILLIS: i64 = 30 * 60 * 1_000;
/// What the dice of ids and salts start from.
const SEED: u64 = 0x0d_e0;

/// Whether the database holds nothing yet that the demo shop would stand beside.
///
/// # Errors
/// When it cannot be read.
pub async fn is_empty(db: &Db) -> Result<bool, Failure> {
    let mut conn = db.read().await?;
    let stores = read::stores(&mut conn, &StoreScope::All).await?;
    let members = read::members(&mut conn, &StoreScope::All, None, 1).await?;
    Ok(stores.is_empty() && members.items.is_empty())
}

/// Whether the demo shop is in the database.
///
/// # Errors
/// When it cannot be read.
pub async fn is_loaded(db: &Db) -> Result<bool, Failure> {
    let mut conn = db.read().await?;
    let owner = read::member_by_email(&mut conn, &parsed(OWNER_EMAIL)?).await?;
    // Anybody may have this address, but only the demo's owner has this id.
    Ok(owner.is_some_and(|owner| owner.id.to_string() == OWNER))
}

/// Loads the demo shop where nothing else is; tells whether it is there.
///
/// # Errors
/// As [`load`], or when the database cannot be read.
pub async fn load_into_empty(
    context: &Context,
    db: &Db,
    keys: &KeyRing,
    machine: &Sources,
) -> Result<bool, Failure> {
    if is_empty(db).await? {
        context.say("loading the demo shop");
        load(db, keys.clone(), machine).await?;
    }
    is_loaded(db).await
}

/// Fills an empty database with the demo shop.
///
/// # Errors
/// When the clock of this machine stands before the demo shop's end, or nothing can be written.
pub async fn load(db: &Db, keys: KeyRing, machine: &Sources) -> Result<(), Failure> {
    let tale = story::tale();
    let past = Past::until(machine.now(), tale.deeds.last().map_or(1, |deed| deed.0));
    if machine.now() < id_time(past.told_millis) {
        return Err(Failure::new(
            Exit::Config,
            "the demo shop is newer than this machine's clock: set it right",
        ));
    }
    install(db, keys.clone(), machine, past.time(0).plus_millis(-1)).await?;
    let told = Arc::new(AtomicI64::new(0));
    let (at, id_at) = (Arc::clone(&told), Arc::clone(&told));
    let clock = move || past.time(at.load(Ordering::Relaxed));
    let sources = Sources::new(clock.clone(), dice::bytes(SEED))
        .with_id_clock(move || id_time(id_at.load(Ordering::Relaxed)));
    let (writer, task) = Writer::start(db.clone(), sources, keys).await?;
    // The ids that the writer makes are known: nobody else may throw its dice.
    let aside = Sources::new(clock, dice::bytes(SEED + 1));
    let tools = Tools { db: db.clone(), writer: writer.clone(), sources: aside.clone() };
    let mut deadlines = Deadlines::breaches();
    let mut shop = Shop {
        writer,
        staff_hash: accounts::hash(Realm::Staff, STAFF_PASSWORD, &[], &aside).await?,
        customer_hash: accounts::hash(Realm::Customer, CUSTOMER_PASSWORD, &[], &aside).await?,
        members: vec![],
        stores: vec![],
        products: vec![],
        customers: vec![],
        orders: vec![],
        batches: vec![],
    };
    let telling = async {
        for (millis, who, deed) in &tale.deeds {
            told.store(*millis, Ordering::Relaxed);
            note_deadlines(&mut deadlines, &tools).await?;
            shop.carry_out(&tale, *who, deed).await?;
        }
        told.store(past.told_until_now_millis(), Ordering::Relaxed);
        note_deadlines(&mut deadlines, &tools).await
    };
    // Its past is no news for the operator.
    let outcome = telling.with_subscriber(NoSubscriber::default()).await;
    task.stop().await;
    outcome
}

/// When what is told happened.
#[derive(Clone, Copy)]
struct Past {
    opening: Timestamp,
    /// From the opening to the last deed, as it is told.
    told_millis: i64,
}

impl Past {
    /// The one whose last deed, which is told at this time, was done a moment ago.
    fn until(now: Timestamp, told_millis: i64) -> Self {
        Self { opening: now.plus_millis(-SPAN_MILLIS - REST_MILLIS), told_millis }
    }

    /// When that was which is told at this time.
    fn time(self, told_at_millis: i64) -> Timestamp {
        self.opening.plus_millis(share(told_at_millis, SPAN_MILLIS, self.told_millis))
    }

    /// The time at which that would be told which happens now.
    fn told_until_now_millis(self) -> i64 {
        self.told_millis + share(self.told_millis, REST_MILLIS, SPAN_MILLIS)
    }
}

/// Of a time as much as the one is of the other.
fn share(millis: i64, part: i64, whole: i64) -> i64 {
    i64::try_from(i128::from(millis) * i128::from(part) / i128::from(whole.max(1))).unwrap_or(i64::MAX)
}

/// The time in the ids of what is told at this time, which is always the same.
fn id_time(told_at_millis: i64) -> Timestamp {
    Timestamp::from_millis(OPENING_MILLIS + told_at_millis)
}

/// Makes the installation, the one thing that no two demo shops have in common.
async fn install(db: &Db, keys: KeyRing, machine: &Sources, at: Timestamp) -> Result<(), Failure> {
    let machine = machine.clone();
    let dice = move |bytes: &mut [u8]| bytes.iter_mut().for_each(|byte| [*byte] = machine.bytes());
    let before_it_opens = move || Timestamp::from_millis(OPENING_MILLIS - 1);
    let sources = Sources::new(move || at, dice).with_id_clock(before_it_opens);
    let (_, task) = Writer::start(db.clone(), sources, keys).await?;
    task.stop().await;
    Ok(())
}

/// Notes the deadlines that have passed, as a server does; one that is started on this shop finds nothing left to note.
async fn note_deadlines(deadlines: &mut Deadlines, tools: &Tools) -> Result<(), Failure> {
    loop {
        match deadlines.step(tools).await {
            Ok(Remaining::More) => {}
            Ok(Remaining::Nothing) => return Ok(()),
            Err(error) => return Err(mistake(&error.to_string())),
        }
    }
}

/// What has been made so far, in the order of the cast and the tale.
struct Shop {
    writer: Writer,
    staff_hash: String,
    customer_hash: String,
    members: Vec<MemberId>,
    stores: Vec<StoreId>,
    /// By store.
    products: Vec<Vec<ProductId>>,
    /// By store.
    customers: Vec<Vec<CustomerId>>,
    orders: Vec<OrderId>,
    batches: Vec<BatchId>,
}

impl Shop {
    async fn carry_out(&mut self, tale: &Tale, who: Who, deed: &Deed) -> Result<(), Failure> {
        let operation = self.operation(tale, deed)?;
        let submission = Submission {
            actor: self.actor(who)?,
            login: None,
            request_id: "demo".to_owned(),
            class: Class::Interactive,
            idempotency: None,
            operations: vec![operation],
        };
        let receipt = self.writer.submit(submission).await;
        let Ok(Receipt::Executed { done, applied: true }) = &receipt else {
            return Err(mistake(&format!("{who:?} {deed:?}: {receipt:?}")));
        };
        match (deed, done.first()) {
            (Deed::Hire(_), Some(Effect::Member(member))) => self.members.push(member.id),
            (Deed::Open(_), Some(Effect::Store(store))) => {
                self.stores.push(store.id);
                self.products.push(vec![]);
                self.customers.push(vec![]);
            }
            (Deed::Stock(store, _), Some(Effect::Product(product))) => {
                at_mut(&mut self.products, *store)?.push(product.id);
            }
            (Deed::Register(store, _), Some(Effect::Customer(customer))) => {
                at_mut(&mut self.customers, *store)?.push(customer.id);
            }
            (Deed::Place(_), Some(Effect::Order(order))) => self.orders.push(order.id),
            (Deed::Bulk(..), Some(Effect::Batch(batch))) => self.batches.push(batch.id),
            _ => {}
        }
        Ok(())
    }

    fn actor(&self, who: Who) -> Result<ActorRef, Failure> {
        Ok(match who {
            Who::Operator => ActorRef::Operator,
            Who::Stranger => ActorRef::Anonymous,
            Who::Program => ActorRef::System,
            Who::Staff(place) => ActorRef::Member(*at(&self.members, place)?),
            Who::Customer(store, place) => ActorRef::Customer(*at(at(&self.customers, store)?, place)?),
        })
    }

    fn operation(&self, tale: &Tale, deed: &Deed) -> Result<Operation, Failure> {
        Ok(match deed {
            Deed::Hire(place) => self.hire(*place)?,
            Deed::Open(place) => open(*place)?,
            Deed::Stock(store, place) => self.stock(*store, *place)?,
            Deed::Register(store, place) => Operation::Customer {
                id: None,
                expected_version: None,
                command: customer::CustomerCommand::Register {
                    contact: contact(*store, *place)?,
                    language: None,
                    must_verify_email: false,
                },
                password_hash: Some(self.customer_hash.clone()),
            },
            Deed::Place(place) => {
                let placed = at(&tale.orders, *place)?;
                let command = order::OrderCommand::Place(order::Place {
                    shipping: None,
                    payment: None,
                    store_id: *at(&self.stores, placed.store)?,
                    customer_id: None,
                    lines: self.lines(placed.store, &placed.lines)?,
                    contact: contact(placed.store, placed.customer)?,
                    note: placed.note.to_owned(),
                    unlisted: false,
                    not_duplicate_of: vec![],
                    expected_total: None,
                });
                Operation::Order { id: None, expected_version: None, command }
            }
            Deed::Change(place, command) => self.change(*place, order::OrderCommand::clone(command))?,
            Deed::Reorder(place, lines) => {
                let store = at(&tale.orders, *place)?.store;
                let lines = self.lines(store, lines)?.into_iter().map(Into::into);
                let amendment =
                    order::Amendment { lines: Some(lines.collect()), ..order::Amendment::default() };
                self.change(*place, order::OrderCommand::Amend(amendment))?
            }
            Deed::Bulk(kind, places) => self.bulk(tale, *kind, places)?,
            Deed::Turn(batch, order) => Operation::Batch(BatchOperation::Run {
                id: *at(&self.batches, *batch)?,
                order_id: *at(&self.orders, *order)?,
            }),
            Deed::CallOff(batch) => {
                Operation::Batch(BatchOperation::Cancel { id: *at(&self.batches, *batch)? })
            }
        })
    }

    fn change(&self, place: usize, command: order::OrderCommand) -> Result<Operation, Failure> {
        Ok(Operation::Order { id: Some(*at(&self.orders, place)?), expected_version: None, command })
    }

    fn bulk(
        &self,
        tale: &Tale,
        kind: order::OrderCommandKind,
        places: &[usize],
    ) -> Result<Operation, Failure> {
        let store = |place: &usize| Ok(*at(&self.stores, at(&tale.orders, *place)?.store)?);
        let stores = StoreScope::Only(places.iter().map(store).collect::<Result<_, Failure>>()?);
        let item = |place: &usize| Ok((*at(&self.orders, *place)?, None));
        let items = places.iter().map(item).collect::<Result<_, Failure>>()?;
        let action = BatchAction::new(kind, None, None)
            .map_err(|_| mistake("a batch does what cannot be done to many"))?;
        Ok(Operation::Batch(BatchOperation::Open { action, undoes: None, stores, items }))
    }

    fn hire(&self, place: usize) -> Result<Operation, Failure> {
        let (local, name, role, stores) = *at(STAFF, place)?;
        let ids = stores
            .iter()
            .map(|store| at(&self.stores, *store).copied())
            .collect::<Result<BTreeSet<_>, _>>()?;
        let new = member::NewMember {
            contact: Contact {
                name: Some(name.to_owned()),
                email: Some(parsed(&email(local))?),
                ..Contact::default()
            },
            roles: [role].into(),
            stores: if ids.is_empty() { StoreScope::All } else { StoreScope::Only(ids) },
            must_change_password: false,
        };
        let command = member::MemberCommand::Create(new);
        Ok(Operation::Member {
            id: None,
            expected_version: None,
            command,
            password_hash: Some(self.staff_hash.clone()),
        })
    }

    fn stock(&self, store: usize, place: usize) -> Result<Operation, Failure> {
        let (sku, title, category, price, on_hand) = *at(at(STORES, store)?.products, place)?;
        let command = product::ProductCommand::Create(product::NewProduct {
            tax_class: None,
            weight_grams: None,
            store_id: *at(&self.stores, store)?,
            sku: sku.to_owned(),
            title: title.to_owned(),
            category: Some(category.to_owned()),
            price: Amount::new(price),
            on_hand,
            external_reference: None,
        });
        Ok(Operation::Product { id: None, expected_version: None, command })
    }

    fn lines(&self, store: usize, lines: &[(usize, u32)]) -> Result<Vec<LineRequest>, Failure> {
        let products = at(&self.products, store)?;
        let line = |(place, quantity): &(usize, u32)| {
            Ok(LineRequest { product_id: *at(products, *place)?, quantity: *quantity })
        };
        lines.iter().map(line).collect()
    }
}

fn open(place: usize) -> Result<Operation, Failure> {
    let seed = at(STORES, place)?;
    let command = store::StoreCommand::Create(store::NewStore {
        tax: None,
        shipping: vec![],
        payments: vec![],
        name: seed.name.to_owned(),
        currency: parsed(seed.currency)?,
        time_zone: parsed(seed.time_zone)?,
        country: Some(parsed(seed.country)?),
        change_window_minutes: seed.change_window_minutes,
        policy: store::Policy {
            duplicate_window_minutes: Some(store::DEFAULT_DUPLICATE_WINDOW_MINUTES),
            review_minutes: Some(REVIEW_MINUTES),
            start_minutes: Some(START_MINUTES),
            completion_minutes: Some(COMPLETION_MINUTES),
            payment_minutes: None,
            shipping_minutes: None,
            cancel_unconfirmed_minutes: None,
            reversal_minutes: None,
            discount_limit: None,
            refund_limit: None,
            public_board: true,
            order_mails: false,
        },
        external_reference: None,
    });
    Ok(Operation::Store { id: None, expected_version: None, command })
}

/// Two hours to look at an order,
const REVIEW_MINUTES: u32 = 2 * 60;
/// a day to start with it,
const START_MINUTES: u32 = 24 * 60;
/// three to be done.
const COMPLETION_MINUTES: u32 = 3 * 24 * 60;

/// How a customer of a store can be reached.
fn contact(store: usize, place: usize) -> Result<Contact, Failure> {
    let seed = at(STORES, store)?;
    let (name, local, phone) = *at(seed.customers, place)?;
    let (line1, city, postal_code) = *at(seed.streets, place % seed.streets.len())?;
    Ok(Contact {
        name: Some(name.to_owned()),
        phone: Some(parsed(phone)?),
        email: Some(parsed(&email(local))?),
        address: Some(Address {
            line1: Some(line1.to_owned()),
            city: Some(city.to_owned()),
            postal_code: Some(postal_code.to_owned()),
            country: Some(seed.country.to_owned()),
            ..Address::default()
        }),
    })
}

fn email(local: &str) -> String {
    format!("{local}@example.com")
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| mistake(text))
}

fn at<T>(items: &[T], place: usize) -> Result<&T, Failure> {
    items.get(place).ok_or_else(|| mistake("something is used before it is made"))
}

fn at_mut<T>(items: &mut [T], place: usize) -> Result<&mut T, Failure> {
    items.get_mut(place).ok_or_else(|| mistake("something is used before it is made"))
}

/// The tale is fixed, so that whatever does not work in it is a mistake of this program, which its test finds.
fn mistake(what: &str) -> Failure {
    Failure::new(Exit::Internal, format!("the demo shop: {what}"))
}
