//! Followers of the outbox: every event in its order, at least once, nothing held open, nobody stopped by another.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ordervault_api::background::{Background, Job, JobError, Pace, Remaining, Tools};
use ordervault_domain::customer::Customer;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::statement::Template;
use ordervault_persistence::{Error, OutboxEvent, follow, sequence};
use ordervault_tests::dump::dump;
use ordervault_tests::queue::{another_process, catch_up};
use ordervault_tests::shop::Shop;
use tokio::sync::oneshot;

static IDLE: Template = Template::forked(
    "SELECT 0",
    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
);

ordervault_tests::twin_tests!(
    a_follower_gets_every_event_in_its_order_and_goes_on_where_it_was,
    what_was_done_and_not_noted_comes_again,
    of_two_at_once_nobody_puts_the_position_back,
    nothing_is_held_open_while_it_works,
    a_follower_that_fails_stops_no_other,
);

/// Longer than anything may take.
const HOPELESS: Duration = Duration::from_secs(30);

/// A shop in which orders are placed.
struct Fixture {
    shop: Shop,
    store: Store,
    product: Product,
    customer: Customer,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        let shop = Shop::open(db).await;
        let store = shop.store().await;
        let product = shop.product(&store, 100).await;
        let customer = Customer::clone(&*shop.customer().await);
        Self { shop, store: Store::clone(&store), product: Product::clone(&product), customer }
    }

    /// Places an order and numbers what waits.
    async fn place(&self) -> i64 {
        let order = self.shop.place(&self.customer, &self.store, &[(&self.product, 1)]).await;
        while sequence(&self.shop.db).await.expect("numbered") > 0 {}
        order.id.get()
    }
}

/// What one step of the follower is told.
async fn told(db: &Db, name: &str) -> Vec<OutboxEvent> {
    let mut told = vec![];
    let work = |events: Vec<OutboxEvent>| {
        told = events;
        async { Ok::<_, Error>(()) }
    };
    follow(db, name, work).await.expect("followed");
    told
}

fn positions(events: &[OutboxEvent]) -> Vec<i64> {
    events.iter().map(|event| event.position).collect()
}

async fn a_follower_gets_every_event_in_its_order_and_goes_on_where_it_was(db: Db) {
    let fixture = Fixture::open(&db).await;
    let first = fixture.place().await;
    let events = told(&db, "one").await;
    let all: Vec<i64> = (1..=i64::try_from(dump(&db).await["outbox"].len()).expect("few")).collect();
    assert_eq!(positions(&events), all);
    let placed = events.last().expect("events");
    assert_eq!((placed.entity_id, placed.seq, placed.event.as_str()), (first, 1, "placed"));
    assert_eq!((<&str>::from(placed.kind), placed.store_id), ("order", Some(fixture.store.id.get())));
    assert_eq!(told(&db, "one").await, []);
    // Another one has a position of its own.
    assert_eq!(told(&db, "two").await, events);
    let second = fixture.place().await;
    let events = told(&db, "one").await;
    assert_eq!(events.iter().map(|event| event.entity_id).collect::<Vec<_>>(), [second]);
    fixture.shop.close().await;
}

async fn what_was_done_and_not_noted_comes_again(db: Db) {
    let fixture = Fixture::open(&db).await;
    fixture.place().await;
    let failed = follow(&db, "one", |_| async { Err(Error::Raced) }).await;
    assert!(matches!(failed, Err(Error::Raced)), "{failed:?}");
    // Killed between its work and the note of it.
    let (done, is_done) = oneshot::channel();
    let follower = db.clone();
    let killed = tokio::spawn(async move {
        let work = |events| async move {
            done.send(events).expect("the test listens");
            std::future::pending::<Result<(), Error>>().await
        };
        follow(&follower, "one", work).await
    });
    let events = is_done.await.expect("it did its work");
    killed.abort();
    _ = killed.await;
    assert_eq!(told(&db, "one").await, events);
    assert_eq!(told(&db, "one").await, []);
    fixture.shop.close().await;
}

async fn of_two_at_once_nobody_puts_the_position_back(db: Db) {
    let fixture = Fixture::open(&db).await;
    fixture.place().await;
    let elsewhere = another_process(&db).await;
    let slow = |events: Vec<OutboxEvent>| async move {
        // Meanwhile the other one comes further.
        assert_eq!(told(&elsewhere, "one").await, events);
        fixture.place().await;
        assert_eq!(told(&elsewhere, "one").await.len(), 1);
        elsewhere.close().await;
        fixture.shop.close().await;
        Ok::<_, Error>(())
    };
    follow(&db, "one", slow).await.expect("followed");
    assert_eq!(told(&db, "one").await, []);
}

async fn nothing_is_held_open_while_it_works(db: Db) {
    let fixture = Fixture::open(&db).await;
    fixture.place().await;
    let work = |_| async {
        let placed = tokio::time::timeout(HOPELESS, fixture.place()).await;
        assert!(placed.is_ok(), "a writer can commit");
        let mut conn = db.read().await?;
        let (idle,): (i64,) = conn.fetch_one(&IDLE.bind(())).await?;
        assert_eq!(idle, 0);
        Ok::<_, Error>(())
    };
    follow(&db, "one", work).await.expect("followed");
    // The same below whoever runs it, who leads meanwhile.
    let looks = Arc::new(Mutex::new(vec![]));
    let background =
        Background::new(tools(&fixture.shop)).with(Looking(Arc::clone(&looks)), Pace::every(HOPELESS));
    let (stop, stopped) = oneshot::channel::<()>();
    let runner = tokio::spawn(background.run(async move { _ = stopped.await }));
    until(|| async { !looks.lock().expect("no panic").is_empty() }).await;
    stop.send(()).expect("it runs");
    runner.await.expect("no panic");
    assert_eq!(*looks.lock().expect("no panic"), [0]);
    fixture.shop.close().await;
}

/// A follower to whom nobody listens.
struct Unheard;

impl Job for Unheard {
    fn name(&self) -> &'static str {
        "unheard"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        async {
            follow(&tools.db, "unheard", |_| async { Err(JobError::Panicked) }).await?;
            Ok(Remaining::More)
        }
        .boxed()
    }
}

async fn a_follower_that_fails_stops_no_other(db: Db) {
    let fixture = Fixture::open(&db).await;
    fixture.place().await;
    let often = Pace::every(Duration::from_millis(1));
    let counted = Arc::<AtomicUsize>::default();
    let background = Background::new(tools(&fixture.shop))
        .with(Unheard, often.clone())
        .with(Counting(Arc::clone(&counted)), often);
    let (stop, stopped) = oneshot::channel::<()>();
    let runner = tokio::spawn(background.run(async move { _ = stopped.await }));
    for _ in 0..3 {
        fixture.place().await;
        catch_up(&db).await;
        let all = dump(&db).await["outbox"].len();
        until(|| async { counted.load(Ordering::Relaxed) == all }).await;
    }
    stop.send(()).expect("it runs");
    tokio::time::timeout(HOPELESS, runner).await.expect("it ends").expect("no panic");
    let followers = dump(&db).await["followers"].len();
    assert_eq!(followers, 1, "who failed has not come anywhere");
    fixture.shop.close().await;
}

/// Counts the events that it gets.
struct Counting(Arc<AtomicUsize>);

impl Job for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        async {
            let work = |events: Vec<OutboxEvent>| async move {
                self.0.fetch_add(events.len(), Ordering::Relaxed);
                Ok::<_, Error>(())
            };
            follow(&tools.db, "counting", work).await?;
            Ok(Remaining::Nothing)
        }
        .boxed()
    }
}

fn tools(shop: &Shop) -> Tools {
    Tools { db: shop.db.clone(), writer: shop.writer.clone(), sources: shop.clock.sources(0) }
}

/// Waits until it is so.
async fn until<Look: Future<Output = bool>>(is_so: impl Fn() -> Look) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(HOPELESS, waiting).await.expect("it comes so far");
}

/// Looks for transactions that are open while it works.
struct Looking(Arc<Mutex<Vec<i64>>>);

impl Job for Looking {
    fn name(&self) -> &'static str {
        "looking"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        async {
            let work = |_| async {
                let (idle,): (i64,) = tools.db.read().await?.fetch_one(&IDLE.bind(())).await?;
                self.0.lock().expect("no panic").push(idle);
                Ok::<_, Error>(())
            };
            follow(&tools.db, "looking", work).await?;
            Ok(Remaining::Nothing)
        }
        .boxed()
    }
}
