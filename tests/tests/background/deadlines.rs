//! The timers: missed deadlines are noted and unconfirmed orders expire, once each and never early, with several servers, over
//! changes of clocks and steps of the clock.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use ordervault_api::background::{Background, Deadlines, Job as _, JobError, Pace, Remaining, Tools};
use ordervault_domain::access::{Role, Scope, StoreScope};
use ordervault_domain::customer::Customer;
use ordervault_domain::order::{CancelReason, Order, OrderCommand, OrderEvent, Status};
use ordervault_domain::product::Product;
use ordervault_domain::store::{self, Policy, Store};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::leader::Leader;
use ordervault_persistence::read;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::statement::Template;
use ordervault_persistence::writer::{ActorRef, Effect, Operation, Receipt, WriteError};
use ordervault_tests::dump::{Cells, dump};
use ordervault_tests::queue::{
    actor, another_process, folded, history, on_order, run_sql, together, written_groups,
};
use ordervault_tests::shop::{ManualClock, Shop, place, seeded, submission};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

ordervault_tests::twin_tests!(
    weeks_pass_on_three_servers_and_everything_happens_once,
    clocks_change_and_leaders_die_and_everything_happens_once,
    a_clock_that_steps_makes_nothing_happen_twice,
    an_order_that_cannot_be_changed_stops_no_other,
    a_server_ahead_of_the_writer_does_nothing_early,
);

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// A server: its write queue and its two timers.
struct Server {
    shop: Shop,
    tools: Tools,
    timers: [Deadlines; 2],
}

impl Server {
    async fn start(db: &Db, clock: &ManualClock, seed: u64) -> Self {
        let shop = Shop::with(db, clock.clone(), seed).await;
        let tools = Tools { db: db.clone(), writer: shop.writer.clone(), sources: clock.sources(0) };
        Self { shop, tools, timers: [Deadlines::breaches(), Deadlines::expiries()] }
    }

    /// Runs both timers until they have nothing more to do, without asking whether another server is at it.
    async fn tick(&mut self) -> Result<(), JobError> {
        for timer in &mut self.timers {
            while timer.step(&self.tools).await? == Remaining::More {}
        }
        Ok(())
    }
}

fn policy(review: u32, start: u32, completion: u32, cancel: Option<u32>) -> Policy {
    Policy {
        review_minutes: Some(review),
        start_minutes: Some(start),
        completion_minutes: Some(completion),
        cancel_unconfirmed_minutes: cancel,
        ..Policy::default()
    }
}

async fn open_store(shop: &Shop, time_zone: &str, policy: Policy) -> Arc<Store> {
    let new = store::NewStore {
        tax: None,
        shipping: vec![],
        payments: vec![],
        name: time_zone.to_owned(),
        currency: "TWD".parse().expect("a currency"),
        time_zone: time_zone.parse().expect("a time zone"),
        country: None,
        change_window_minutes: None,
        policy,
        external_reference: None,
    };
    let command = store::StoreCommand::Create(new);
    match shop.act(ActorRef::Operator, Operation::Store { id: None, expected_version: None, command }).await {
        Effect::Store(store) => store,
        other => panic!("{other:?}"),
    }
}

/// An order's events: when, and what.
async fn events(db: &Db, order: &Order) -> Vec<(Timestamp, OrderEvent)> {
    let rows = history(db, order.id.get()).await;
    let event = |row: &ordervault_persistence::HistoryRow| {
        (row.stamp().occurred_at, row.decoded::<Order>().expect("an order's event").event)
    };
    rows.iter().map(event).collect()
}

fn is_breach(event: &OrderEvent) -> bool {
    matches!(event, OrderEvent::Breached { .. })
}

fn is_expiry(event: &OrderEvent) -> bool {
    matches!(event, OrderEvent::Cancelled { reason: CancelReason::Expired })
}

/// What the timers should have written, from what people did and from the ticks alone.
fn expected(
    events: &[(Timestamp, OrderEvent)],
    policy: &Policy,
    ticks: &[Timestamp],
) -> Vec<(Timestamp, &'static str)> {
    let mut expected = vec![];
    let steps: Vec<_> = events.iter().filter(|(_, event)| !is_breach(event)).collect();
    for (position, (entered_at, event)) in steps.iter().enumerate() {
        let due_at = match event {
            OrderEvent::Placed { due_at, .. }
            | OrderEvent::Confirmed { due_at }
            | OrderEvent::Started { due_at, .. } => *due_at,
            _ => None,
        };
        let waits = matches!(event, OrderEvent::Placed { .. });
        let expires = policy.cancel_unconfirmed_minutes.filter(|_| waits);
        let expires_at =
            expires.and_then(|minutes| ticks.iter().find(|tick| entered_at.plus_minutes(minutes) <= **tick));
        // People act before the timers of the same hour.
        let by_people = steps.get(position + 1).filter(|(_, event)| !is_expiry(event)).map(|(at, _)| *at);
        let breach = due_at.and_then(|due_at| ticks.iter().find(|tick| due_at < **tick));
        if let Some(at) = breach
            && by_people.is_none_or(|left| *at < left)
            && expires_at.is_none_or(|expired| at <= expired)
        {
            expected.push((*at, "breach"));
        }
        if let Some(at) = expires_at
            && by_people.is_none_or(|left| *at < left)
        {
            expected.push((*at, "expiry"));
        }
    }
    expected
}

async fn weeks_pass_on_three_servers_and_everything_happens_once(db: Db) {
    // Berlin puts its clocks forward on 29 March 2026 and has an hour less that night; São Paulo does so no more.
    let opening: Timestamp = "2026-03-20T12:00:00Z".parse().expect("a time");
    let clock = ManualClock::at(opening.millis());
    let processes = [db.clone(), another_process(&db).await, another_process(&db).await];
    let starts = processes.iter().zip(1..).map(|(db, seed)| Server::start(db, &clock, seed));
    let mut servers = join_all(starts).await;
    let shop = &servers[0].shop;
    let (day, three_days) = (24 * 60, 3 * 24 * 60);
    let policies = [policy(90, day, three_days, Some(2 * day)), policy(60, day, 5 * day, None)];
    let berlin = open_store(shop, "Europe/Berlin", policies[0].clone()).await;
    let sao_paulo = open_store(shop, "America/Sao_Paulo", policies[1].clone()).await;
    let wares = [shop.product(&berlin, 1_000).await, shop.product(&sao_paulo, 1_000).await];
    let customer = shop.customer().await;
    let (mut orders, mut ticks): (Vec<Arc<Order>>, Vec<Timestamp>) = (vec![], vec![]);
    for hour in 0..16 * 24_usize {
        clock.advance(HOUR);
        let shop = &servers[hour % 3].shop;
        if hour % 9 == 0 && hour < 14 * 24 {
            let which = hour / 9 % 2;
            let store = [&berlin, &sao_paulo][which];
            orders.push(shop.place(&customer, store, &[(&wares[which], 1)]).await);
        }
        // Each goes as far as its number says, some of the way in time and some late.
        for (number, order) in orders.iter().enumerate() {
            let age = (clock.now().millis() - order.placed_at.millis()) / HOUR;
            let road = [OrderCommand::Confirm, OrderCommand::Start, OrderCommand::Complete];
            for (step, command) in road.into_iter().enumerate().take(number % 4) {
                if age == wait_hours(number, step) {
                    // Too late for some: they have expired.
                    _ = shop.submit(ActorRef::Operator, vec![on_order(order.id, None, command)]).await;
                }
            }
        }
        for outcome in join_all(servers.iter_mut().map(Server::tick)).await {
            outcome.expect("the timers work");
        }
        ticks.push(clock.now());
    }
    let policy = |order: &Order| if order.store_id == berlin.id { &policies[0] } else { &policies[1] };
    happened_once(&db, &orders, policy, &ticks).await;
    // A day is 24 hours, also that of 23: what was confirmed at 10:00 on the 28th is due at 11:00 on the 29th.
    let over_the_change = "2026-03-29T01:00:00Z".parse().expect("a time");
    let spans = join_all(orders.iter().map(|order| events(&db, order))).await.concat();
    let confirmed = spans.iter().filter_map(|(at, event)| match event {
        OrderEvent::Confirmed { due_at: Some(due_at) } => Some((*at, *due_at)),
        _ => None,
    });
    let confirmed: Vec<_> =
        confirmed.filter(|(at, due_at)| (*at..*due_at).contains(&over_the_change)).collect();
    assert!(
        !confirmed.is_empty() && confirmed.iter().all(|(at, due_at)| at.plus_millis(24 * HOUR) == *due_at)
    );
    close(servers, processes).await;
}

/// The timers have written what they should, and some of each.
async fn happened_once<'a>(
    db: &Db,
    orders: &[Arc<Order>],
    policy: impl Fn(&Order) -> &'a Policy,
    ticks: &[Timestamp],
) {
    let mut seen = std::collections::BTreeMap::from([("breach", 0), ("expiry", 0)]);
    for order in orders {
        let events = events(db, order).await;
        let expected = expected(&events, policy(order), ticks);
        let written: Vec<_> = events
            .iter()
            .filter_map(|(at, event)| match event {
                event if is_breach(event) => Some((*at, "breach")),
                event if is_expiry(event) => Some((*at, "expiry")),
                _ => None,
            })
            .collect();
        assert_eq!(written, expected, "{} {events:#?}", order.id);
        for (_, what) in &written {
            *seen.entry(what).or_default() += 1;
        }
    }
    assert!(seen.values().all(|times| *times > 5), "{seen:?}");
}

/// Hours after its placing in which an order takes a step.
fn wait_hours(number: usize, step: usize) -> i64 {
    let waits = [[1, 3, 10], [30, 60, 90], [1, 40, 200], [60, 61, 62], [2, 5, 8]];
    waits[number % waits.len()][step]
}

async fn close(servers: Vec<Server>, processes: [Db; 3]) {
    for server in servers {
        drop(server.tools);
        server.shop.close().await;
    }
    for db in processes.into_iter().skip(1) {
        db.close().await;
    }
}

/// The jobs of a server as it runs them, one tick at a time.
struct Room {
    shop: Shop,
    db: Db,
    /// One permit lets one timer tick.
    ticks: Arc<Semaphore>,
    rests: UnboundedReceiver<()>,
    runner: JoinHandle<()>,
}

impl Room {
    async fn open(db: Db, clock: &ManualClock, seed: u64) -> Self {
        let Server { shop, tools, timers: [breaches, expiries] } = Server::start(&db, clock, seed).await;
        let ticks = Arc::new(Semaphore::new(0));
        let (passing, (rest, rests)) = (Arc::clone(&ticks), unbounded_channel());
        let pace = Pace::every(Duration::from_secs(5));
        let background =
            Background::new(tools).with(breaches, pace.clone()).with(expiries, pace).sleeping(move |_| {
                _ = rest.send(());
                let passing = Arc::clone(&passing);
                async move { passing.acquire().await.expect("it stays open").forget() }.boxed()
            });
        let runner = tokio::spawn(background.run(std::future::pending()));
        let mut room = Self { shop, db, ticks, rests, runner };
        room.rest().await;
        room
    }

    /// Waits until both timers have nothing more to do.
    async fn rest(&mut self) {
        for _ in 0..2 {
            self.rests.recv().await.expect("it rests");
        }
    }

    async fn close(self) {
        self.runner.abort();
        _ = self.runner.await;
        self.shop.close().await;
        self.db.close().await;
    }

    /// Becomes the one that notes breaches, notes the first half of them, and is not heard of again.
    async fn stall(&self, now: Timestamp) -> JoinHandle<()> {
        let (db, writer) = (self.db.clone(), self.shop.writer.clone());
        let (half, halfway) = oneshot::channel();
        let leader = tokio::spawn(async move {
            let step = async {
                let mut conn = db.read().await.expect("a reader");
                let late = read::overdue(&mut conn, now, None, 1_000).await.expect("a read");
                for late in &late[..late.len() / 2] {
                    let note = on_order(late.id, None, OrderCommand::NoteBreach);
                    writer.submit(submission(ActorRef::System, vec![note])).await.expect("noted");
                }
                half.send(late.len()).expect("the test listens");
                std::future::pending::<()>().await;
            };
            _ = Leader::new(db.clone()).alone("breaches", step).await;
        });
        assert!(halfway.await.expect("it got so far") > 10);
        leader
    }
}

/// All of them tick, and come to rest.
async fn tick(rooms: &mut [Room]) {
    for room in rooms.iter() {
        room.ticks.add_permits(2);
    }
    for room in rooms {
        room.rest().await;
    }
}

/// Where clocks change, when, and three midnights around it: the second day has 23 or 25 hours.
const CHANGES: [(usize, &str, [&str; 3]); 4] = [
    (0, "2026-03-08T07:00:00Z", ["2026-03-07T05:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"]),
    (1, "2026-03-29T01:00:00Z", ["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]),
    (1, "2026-10-25T01:00:00Z", ["2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"]),
    (0, "2026-11-01T06:00:00Z", ["2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"]),
];

async fn clocks_change_and_leaders_die_and_everything_happens_once(db: Db) {
    let time = |text: &str| -> Timestamp { text.parse().expect("a time") };
    let clock = ManualClock::at(time("2026-03-01T00:00:00Z").millis());
    let mut rooms = vec![];
    for seed in 1..=3 {
        rooms.push(Room::open(another_process(&db).await, &clock, seed).await);
    }
    let shop = &rooms[0].shop;
    let day = 24 * 60;
    let policy = policy(90, day, 3 * day, Some(day));
    let stores = [
        open_store(shop, "America/New_York", policy.clone()).await,
        open_store(shop, "Europe/Berlin", policy.clone()).await,
    ];
    let wares = [shop.product(&stores[0], 1_000).await, shop.product(&stores[1], 1_000).await];
    let customer = shop.customer().await;
    let member = shop.member(Role::Owner, StoreScope::All).await;
    let (mut orders, mut ticks): (Vec<Arc<Order>>, Vec<Timestamp>) = (vec![], vec![]);
    for (life, (place, change, midnights)) in CHANGES.into_iter().enumerate() {
        let begin = time(change).plus_millis(-36 * HOUR);
        clock.advance(begin.millis() - clock.now().millis());
        for hour in 0..72_usize {
            clock.advance(HOUR);
            let now = clock.now();
            // Many at once, which are late two hours later and expire on the other side of the change; else a few, of
            // which none is left to expire in the months until the next change.
            let count = if hour == 30 { 12 } else { usize::from(hour % 5 == 0 && hour < 46) };
            for which in [0, 1].repeat(count) {
                let shop = &rooms[hour % 3].shop;
                orders.push(shop.place(&customer, &stores[which], &[(&wares[which], 1)]).await);
            }
            for order in orders.iter().filter(|order| order.placed_at.plus_millis(HOUR) == now).step_by(3) {
                rooms[hour % 3].shop.change(ActorRef::Operator, order, OrderCommand::Confirm).await;
            }
            if hour == 32 {
                // Who leads stops in the middle: on PostgreSQL the others wait until it is gone.
                let leader = rooms[life % 3].stall(now).await;
                let half = breaches(&db, now).await;
                tick(&mut rooms).await;
                let waits = breaches(&db, now).await == half;
                assert_eq!(waits, db.engine() == Engine::Postgres);
                leader.abort();
                _ = leader.await;
                rooms.remove(life % 3).close().await;
                rooms.push(Room::open(another_process(&db).await, &clock, 10 + life as u64).await);
            }
            tick(&mut rooms).await;
            ticks.push(now);
            let midnight = midnights.map(time).into_iter().rfind(|midnight| *midnight <= now);
            if let Some(midnight) = midnight.filter(|midnight| now < midnight.plus_millis(23 * HOUR)) {
                let mut conn = db.read().await.expect("a reader");
                let summary = read::summary(&mut conn, &Scope::Everything, member.id, now).await;
                let today = summary.expect("a summary").today;
                let today = today.iter().find(|today| today.store_id == stores[place].id);
                let here = orders.iter().filter(|order| order.store_id == stores[place].id);
                let placed = here.filter(|order| order.placed_at >= midnight).count();
                assert_eq!(
                    today.map_or(0, |today| today.orders),
                    i64::try_from(placed).expect("few"),
                    "{now}"
                );
                assert!(today.is_none_or(|today| today.since == midnight), "{now}");
            }
        }
    }
    happened_once(&db, &orders, |_| &policy, &ticks).await;
    for room in rooms {
        room.close().await;
    }
}

/// How many breaches were noted at this time.
async fn breaches(db: &Db, at: Timestamp) -> usize {
    let history = &dump(db).await["history"];
    let is_breach =
        |row: &&Cells| row.text("type") == Some("breached") && row.int("recorded_at") == Some(at.millis());
    history.iter().filter(is_breach).count()
}

/// A server with a store that has an hour to review, and a day to live.
struct Fixture {
    server: Server,
    store: Arc<Store>,
    tea: Arc<Product>,
    customer: Arc<Customer>,
    clock: ManualClock,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        let clock = ManualClock::at(ordervault_tests::shop::OPENING_MILLIS);
        let server = Server::start(db, &clock, 1).await;
        let store = open_store(&server.shop, "Asia/Taipei", policy(60, 60, 60, Some(24 * 60))).await;
        let tea = server.shop.product(&store, 1_000).await;
        let customer = server.shop.customer().await;
        Self { server, store, tea, customer, clock }
    }

    async fn place(&self) -> Arc<Order> {
        self.server.shop.place(&self.customer, &self.store, &[(&self.tea, 1)]).await
    }

    async fn close(self) {
        drop(self.server.tools);
        self.server.shop.close().await;
    }
}

async fn a_clock_that_steps_makes_nothing_happen_twice(db: Db) {
    let mut fixture = Fixture::open(&db).await;
    let first = fixture.place().await;
    let mut steps = vec![];
    // Half an hour; an hour's jump, which makes it late by this clock; back; then time goes on.
    for minutes in [30, 60, -60, 59, 1, 24 * 60, -60, 60] {
        fixture.clock.advance(minutes * MINUTE);
        let outcome = fixture.server.tick().await;
        // Behind what is written already, the writer writes nothing.
        assert!(
            matches!(&outcome, Ok(()) | Err(JobError::Write(WriteError::ClockBehind { .. }))),
            "{outcome:?}"
        );
        let events = events(&db, &first).await;
        let count = |is: fn(&OrderEvent) -> bool| events.iter().filter(|(_, event)| is(event)).count();
        steps.push((count(is_breach), count(is_expiry)));
    }
    assert_eq!(steps, [(0, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 1), (1, 1), (1, 1)]);
    fixture.close().await;
}

async fn a_server_ahead_of_the_writer_does_nothing_early(db: Db) {
    let mut fixture = Fixture::open(&db).await;
    let order = fixture.place().await;
    let time = fixture.clock.clone();
    let ahead = move || time.now().plus_millis(48 * HOUR);
    fixture.server.tools.sources = Sources::new(ahead, seeded(0));
    let before = written_groups(&db).await;
    fixture.server.tick().await.expect("the timers work");
    assert_eq!((written_groups(&db).await, events(&db, &order).await.len()), (before, 1));
    fixture.close().await;
}

static POISON: Template = Template::forked(
    "CREATE TRIGGER poison BEFORE UPDATE ON orders WHEN NEW.note = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END",
    "ALTER TABLE orders ADD CONSTRAINT poison CHECK (note <> 'poison' OR version = 1)",
);
static REMEDY: Template =
    Template::forked("DROP TRIGGER poison", "ALTER TABLE orders DROP CONSTRAINT poison");

async fn an_order_that_cannot_be_changed_stops_no_other(db: Db) {
    /// More than a step takes.
    const OTHERS: usize = 130;
    let mut fixture = Fixture::open(&db).await;
    let wish = |note: &str| {
        let mut act = place(fixture.store.id, &[(&fixture.tea, 1)]);
        if let Operation::Order { command: OrderCommand::Place(place), .. } = &mut act {
            note.clone_into(&mut place.note);
        }
        submission(actor(&fixture.customer), vec![act])
    };
    let mut wishes = vec![wish("poison")];
    wishes.extend((0..OTHERS).map(|_| wish("good")));
    let orders: Vec<Arc<Order>> = together(&fixture.server.shop.writer, wishes)
        .await
        .into_iter()
        .map(|outcome| match outcome {
            Ok(Receipt::Executed { mut done, .. }) => match done.pop() {
                Some(Effect::Order(order)) => order,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        })
        .collect();
    run_sql(&db, &POISON).await;
    fixture.clock.advance(61 * MINUTE);
    // Twice, because the writer, which now takes them one by one, may run out of time.
    for _ in 0..2 {
        fixture.server.tick().await.expect("the others are served");
    }
    let breached = async |order: &Arc<Order>| {
        let now: Order = folded(&db, order.id.get()).await;
        now.breached_at.is_some()
    };
    for order in &orders[1..] {
        assert!(breached(order).await);
    }
    assert!(!breached(&orders[0]).await);
    // It is left alone for an hour, whatever happens to it meanwhile,
    let before = written_groups(&db).await;
    run_sql(&db, &REMEDY).await;
    fixture.clock.advance(59 * MINUTE);
    fixture.server.tick().await.expect("the timers work");
    assert_eq!((written_groups(&db).await, breached(&orders[0]).await), (before, false));
    // and tried again.
    fixture.clock.advance(MINUTE);
    fixture.server.tick().await.expect("the timers work");
    assert!(breached(&orders[0]).await);
    assert_eq!(folded::<Order>(&db, orders[0].id.get()).await.status(), Status::PendingReview);
    fixture.close().await;
}
