//! A shop to test with: a write queue on a database, with a clock that stands still until it is told otherwise and
//! dice that always fall the same way.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::{Address, Contact};
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::StoreId;
use ordervault_domain::member::{self, Member};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{self, LineRequest, Order};
use ordervault_domain::product::{self, Product};
use ordervault_domain::store::{self, Store};
use ordervault_domain::time::Timestamp;
use ordervault_domain::totals::Rate;
use ordervault_persistence::db::Db;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::{
    ActorRef, Class, Effect, Operation, Receipt, Submission, WriteError, Writer, WriterTask,
};

pub use crate::twin::keys;

/// 2026-01-31T08:00:00.000Z: when every test shop opens.
pub const OPENING_MILLIS: i64 = 1_769_846_400_000;

/// With which everybody in a test shop logs in.
pub const PASSWORD: &str = "correct horse battery staple";
/// The hash of [`PASSWORD`], as a server of today makes it.
pub const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$uCRWwuAfYYt+w0LETPO6Og$jjyX3YDT0PNQTVZ8C6YB/liutC+vFvzpVdzwliGw7xg";

/// A clock that stands still until it is set. Clones show the same time.
#[derive(Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// Shows so many milliseconds since the Unix epoch.
    pub fn at(millis: i64) -> Self {
        Self(Arc::new(AtomicI64::new(millis)))
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }

    /// Turns it forward, or back if negative.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }

    /// This clock, with bytes that are the same for the same seed.
    pub fn sources(&self, seed: u64) -> Sources {
        let clock = self.clone();
        Sources::new(move || clock.now(), seeded(seed))
    }
}

/// Bytes that are the same for the same seed (splitmix64).
pub fn seeded(seed: u64) -> impl Fn(&mut [u8]) + Send + Sync + 'static {
    let state = AtomicU64::new(seed);
    move |bytes| {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        for chunk in bytes.chunks_mut(8) {
            let mut z = state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A write queue on a database, and short ways to fill it. What cannot be done panics; to see refusals, use
/// [`Shop::submit`].
pub struct Shop {
    /// The database.
    pub db: Db,
    /// The door to it.
    pub writer: Writer,
    /// The time in the shop.
    pub clock: ManualClock,
    task: WriterTask,
    made: AtomicU64,
}

impl Shop {
    /// Opens a shop at [`OPENING_MILLIS`].
    pub async fn open(db: &Db) -> Self {
        Self::with(db, ManualClock::at(OPENING_MILLIS), 1).await
    }

    /// Opens a shop with this clock and these dice.
    pub async fn with(db: &Db, clock: ManualClock, seed: u64) -> Self {
        Self::on(db, clock.clone(), clock.sources(seed)).await
    }

    /// Opens a shop whose writer has clock and dice of its own, which may break.
    pub async fn on(db: &Db, clock: ManualClock, sources: Sources) -> Self {
        let (writer, task) = Writer::start(db.clone(), sources, keys()).await.expect("the writer starts");
        Self { db: db.clone(), writer, clock, task, made: AtomicU64::new(0) }
    }

    /// Stops the write queue after what waits.
    pub async fn close(self) {
        self.task.stop().await;
    }

    /// Hands over acts of one actor as one submission of a person without idempotency key.
    pub async fn submit(&self, actor: ActorRef, operations: Vec<Operation>) -> Result<Receipt, WriteError> {
        self.writer.submit(submission(actor, operations)).await
    }

    /// Carries out one act.
    pub async fn act(&self, actor: ActorRef, act: Operation) -> Effect {
        match self.submit(actor, vec![act]).await {
            Ok(Receipt::Executed { mut done, .. }) => done.pop().expect("one act leads to one thing"),
            other => panic!("not carried out: {other:?}"),
        }
    }

    /// A store that sells in TWD, without deadlines and questions, where clerks may give a tenth off, and pay back a little.
    pub async fn store(&self) -> Arc<Store> {
        self.store_with(a_tenth_off()).await
    }

    /// The same, which shows its orders on its public board.
    pub async fn store_with_board(&self) -> Arc<Store> {
        self.store_with(store::Policy { public_board: true, ..a_tenth_off() }).await
    }

    /// A store that sells in TWD and handles orders like this.
    pub async fn store_with(&self, policy: store::Policy) -> Arc<Store> {
        let new = store::NewStore {
            tax: None,
            shipping: vec![],
            payments: vec![],
            name: format!("Store {:03}", self.number()),
            currency: "TWD".parse().expect("a currency"),
            time_zone: "Asia/Taipei".parse().expect("a time zone"),
            country: "TW".parse().ok(),
            change_window_minutes: None,
            policy,
            external_reference: None,
        };
        let command = store::StoreCommand::Create(new);
        match self
            .act(ActorRef::Operator, Operation::Store { id: None, expected_version: None, command })
            .await
        {
            Effect::Store(store) => store,
            other => panic!("{other:?}"),
        }
    }

    /// A product for 100.00 with so many units in the house.
    pub async fn product(&self, store: &Store, on_hand: i64) -> Arc<Product> {
        let number = self.number();
        let new = product::NewProduct {
            tax_class: None,
            weight_grams: None,
            store_id: store.id,
            sku: format!("SKU-{number}"),
            title: format!("保温杯 Thermos {number}"),
            category: Some("kitchen".into()),
            price: Amount::new(10_000),
            on_hand,
            external_reference: None,
        };
        let command = product::ProductCommand::Create(new);
        match self
            .act(ActorRef::Operator, Operation::Product { id: None, expected_version: None, command })
            .await
        {
            Effect::Product(product) => product,
            other => panic!("{other:?}"),
        }
    }

    /// A customer with an account.
    pub async fn customer(&self) -> Arc<Customer> {
        let command = customer::CustomerCommand::Register {
            contact: contact(self.number()),
            language: None,
            must_verify_email: false,
        };
        let password_hash = Some(PASSWORD_HASH.to_owned());
        match self
            .act(
                ActorRef::Anonymous,
                Operation::Customer { id: None, expected_version: None, command, password_hash },
            )
            .await
        {
            Effect::Customer(customer) => customer,
            other => panic!("{other:?}"),
        }
    }

    /// A customer whose account is deactivated, and one who was erased.
    pub async fn shut_and_erased(&self) -> (Arc<Customer>, Arc<Customer>) {
        let (shut, erased) = (self.customer().await, self.customer().await);
        let reason = customer::DeactivationReason::Other;
        let deactivate = customer::CustomerCommand::Deactivate { reason, comment: None };
        for (id, command) in [(shut.id, deactivate), (erased.id, customer::CustomerCommand::Erase)] {
            let act = Operation::on_customer(id, command);
            self.act(ActorRef::Operator, act).await;
        }
        (shut, erased)
    }

    /// A member with this role in these stores.
    pub async fn member(&self, role: Role, stores: StoreScope) -> Arc<Member> {
        let new = member::NewMember {
            contact: contact(self.number()),
            roles: [role].into(),
            stores,
            must_change_password: false,
        };
        let command = member::MemberCommand::Create(new);
        let password_hash = Some(PASSWORD_HASH.to_owned());
        let act = Operation::Member { id: None, expected_version: None, command, password_hash };
        match self.act(ActorRef::Operator, act).await {
            Effect::Member(member) => member,
            other => panic!("{other:?}"),
        }
    }

    /// An order of a customer.
    pub async fn place(&self, customer: &Customer, store: &Store, lines: &[(&Product, u32)]) -> Arc<Order> {
        let act = place(store.id, lines);
        self.order(ActorRef::Customer(customer.id), act).await
    }

    /// Carries out a command on an order.
    pub async fn change(&self, actor: ActorRef, order: &Order, command: order::OrderCommand) -> Arc<Order> {
        self.order(actor, Operation::Order { id: Some(order.id), expected_version: None, command }).await
    }

    async fn order(&self, actor: ActorRef, act: Operation) -> Arc<Order> {
        match self.act(actor, act).await {
            Effect::Order(order) => order,
            other => panic!("{other:?}"),
        }
    }

    fn number(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Acts of a person without idempotency key.
pub fn submission(actor: ActorRef, operations: Vec<Operation>) -> Submission {
    Submission {
        actor,
        login: None,
        request_id: "req_test".into(),
        class: Class::Interactive,
        idempotency: None,
        operations,
    }
}

/// The act of ordering these products.
pub fn place(store_id: StoreId, lines: &[(&Product, u32)]) -> Operation {
    let lines =
        lines.iter().map(|(product, quantity)| LineRequest { product_id: product.id, quantity: *quantity });
    let place = order::Place {
        shipping: None,
        payment: None,
        store_id,
        customer_id: None,
        lines: lines.collect(),
        contact: contact(0),
        note: "請按門鈴".into(),
        unlisted: false,
        not_duplicate_of: vec![],
        expected_total: None,
    };
    Operation::Order { id: None, expected_version: None, command: order::OrderCommand::Place(place) }
}

/// A contact with everything in it; equal for equal numbers.
pub fn contact(number: u64) -> Contact {
    Contact {
        name: Some(format!("王小明 Maria {number}")),
        phone: Some(format!("+886912{number:06}").parse().expect("a phone number")),
        email: Some(format!("maria{number}@example.com").parse().expect("an e-mail address")),
        address: Some(Address {
            line1: Some(format!("Rua das Flores {number}")),
            city: Some("台北".into()),
            postal_code: Some("10048".into()),
            ..Address::default()
        }),
    }
}

fn a_tenth_off() -> store::Policy {
    store::Policy {
        discount_limit: Rate::try_from(10_000).ok(),
        refund_limit: Some(Amount::new(100)),
        ..store::Policy::default()
    }
}
