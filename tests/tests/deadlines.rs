//! The timers: missed deadlines are noted and unconfirmed orders expire, once each and never early, with several servers, over
//! changes of clocks and steps of the clock.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

use std::sync::Arc;

use futures_util::future::join_all;
use ordervault_api::jobs::{Deadlines, Job as _, JobError, Progress, Tools};
use ordervault_domain::customer::Customer;
use ordervault_domain::order::{CancelReason, Command, Fact, Order, Status};
use ordervault_domain::product::Product;
use ordervault_domain::store::{self, Policy, Store};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::statement::Template;
use ordervault_persistence::writer::{Act, ActorRef, Done, Receipt, WriteError};
use ordervault_tests::queue::{
    actor, another_process, batches, folded, history, on_order, run_sql, together,
};
use ordervault_tests::shop::{ManualClock, Shop, place, submission};

ordervault_tests::twin_tests!(
    weeks_pass_on_three_servers_and_everything_happens_once,
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
        let time = clock.clone();
        let tools =
            Tools { db: db.clone(), writer: shop.writer.clone(), clock: Arc::new(move || time.now()) };
        Self { shop, tools, timers: [Deadlines::breaches(), Deadlines::expiries()] }
    }

    /// Runs both timers until they have nothing more to do, without asking whether another server is at it.
    async fn tick(&mut self) -> Result<(), JobError> {
        for timer in &mut self.timers {
            while timer.step(&self.tools).await? == Progress::More {}
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
        name: time_zone.to_owned(),
        currency: "TWD".parse().expect("a currency"),
        time_zone: time_zone.parse().expect("a time zone"),
        change_window_minutes: None,
        policy,
        external_reference: None,
    };
    let command = store::Command::Create(new);
    match shop.act(ActorRef::Operator, Act::Store { id: None, expected_version: None, command }).await {
        Done::Store(store) => store,
        other => panic!("{other:?}"),
    }
}

/// An order's events: when, and what.
async fn events(db: &Db, order: &Order) -> Vec<(Timestamp, Fact)> {
    let rows = history(db, order.id.get()).await;
    let event = |row: &ordervault_persistence::HistoryRow| {
        (row.stamp().occurred_at, row.decoded::<Order>().expect("an order's event").fact)
    };
    rows.iter().map(event).collect()
}

fn is_breach(fact: &Fact) -> bool {
    matches!(fact, Fact::Breached { .. })
}

fn is_expiry(fact: &Fact) -> bool {
    matches!(fact, Fact::Cancelled { reason: CancelReason::Expired })
}

/// What the timers should have written, from what people did and from the ticks alone.
fn expected(
    events: &[(Timestamp, Fact)],
    policy: &Policy,
    ticks: &[Timestamp],
) -> Vec<(Timestamp, &'static str)> {
    let mut expected = vec![];
    let steps: Vec<_> = events.iter().filter(|(_, fact)| !is_breach(fact)).collect();
    for (position, (entered_at, fact)) in steps.iter().enumerate() {
        let due_at = match fact {
            Fact::Placed { due_at, .. } | Fact::Confirmed { due_at } | Fact::Started { due_at } => *due_at,
            _ => None,
        };
        let waits = matches!(fact, Fact::Placed { .. });
        let expires = policy.cancel_unconfirmed_minutes.filter(|_| waits);
        let expires_at =
            expires.and_then(|minutes| ticks.iter().find(|tick| entered_at.plus_minutes(minutes) <= **tick));
        // People act before the timers of the same hour.
        let by_people = steps.get(position + 1).filter(|(_, fact)| !is_expiry(fact)).map(|(at, _)| *at);
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
            let road = [Command::Confirm, Command::Start, Command::Complete];
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
    let mut seen = std::collections::BTreeMap::from([("breach", 0), ("expiry", 0)]);
    for order in &orders {
        let events = events(&db, order).await;
        let policy = if order.store_id == berlin.id { &policies[0] } else { &policies[1] };
        let expected = expected(&events, policy, &ticks);
        let written: Vec<_> = events
            .iter()
            .filter_map(|(at, fact)| match fact {
                fact if is_breach(fact) => Some((*at, "breach")),
                fact if is_expiry(fact) => Some((*at, "expiry")),
                _ => None,
            })
            .collect();
        assert_eq!(written, expected, "{} {events:#?}", order.id);
        written.iter().for_each(|(_, what)| *seen.entry(what).or_default() += 1);
    }
    assert!(seen.values().all(|times| *times > 5), "{seen:?}");
    // A day is 24 hours, also that of 23: what was confirmed at 10:00 on the 28th is due at 11:00 on the 29th.
    let over_the_change = "2026-03-29T01:00:00Z".parse().expect("a time");
    let spans = join_all(orders.iter().map(|order| events(&db, order))).await.concat();
    let confirmed = spans.iter().filter_map(|(at, fact)| match fact {
        Fact::Confirmed { due_at: Some(due_at) } => Some((*at, *due_at)),
        _ => None,
    });
    let confirmed: Vec<_> =
        confirmed.filter(|(at, due_at)| (*at..*due_at).contains(&over_the_change)).collect();
    assert!(
        !confirmed.is_empty() && confirmed.iter().all(|(at, due_at)| at.plus_millis(24 * HOUR) == *due_at)
    );
    close(servers, processes).await;
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

/// A server with a store that has an hour to review, and a day to live.
struct Counter {
    server: Server,
    store: Arc<Store>,
    tea: Arc<Product>,
    customer: Arc<Customer>,
    clock: ManualClock,
}

impl Counter {
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
    let mut counter = Counter::open(&db).await;
    let first = counter.place().await;
    let mut steps = vec![];
    // Half an hour; an hour's jump, which makes it late by this clock; back; then time goes on.
    for minutes in [30, 60, -60, 59, 1, 24 * 60, -60, 60] {
        counter.clock.advance(minutes * MINUTE);
        let outcome = counter.server.tick().await;
        // Behind what is written already, the writer writes nothing.
        assert!(
            matches!(&outcome, Ok(()) | Err(JobError::Write(WriteError::ClockBehind { .. }))),
            "{outcome:?}"
        );
        let events = events(&db, &first).await;
        let count = |is: fn(&Fact) -> bool| events.iter().filter(|(_, fact)| is(fact)).count();
        steps.push((count(is_breach), count(is_expiry)));
    }
    assert_eq!(steps, [(0, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 1), (1, 1), (1, 1)]);
    counter.close().await;
}

async fn a_server_ahead_of_the_writer_does_nothing_early(db: Db) {
    let mut counter = Counter::open(&db).await;
    let order = counter.place().await;
    let time = counter.clock.clone();
    counter.server.tools.clock = Arc::new(move || time.now().plus_millis(48 * HOUR));
    let before = batches(&db).await;
    counter.server.tick().await.expect("the timers work");
    assert_eq!((batches(&db).await, events(&db, &order).await.len()), (before, 1));
    counter.close().await;
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
    let mut counter = Counter::open(&db).await;
    let wish = |note: &str| {
        let mut act = place(counter.store.id, &[(&counter.tea, 1)]);
        if let Act::Order { command: Command::Place(place), .. } = &mut act {
            place.note = note.to_owned();
        }
        submission(actor(&counter.customer), vec![act])
    };
    let mut wishes = vec![wish("poison")];
    wishes.extend((0..OTHERS).map(|_| wish("good")));
    let orders: Vec<Arc<Order>> = together(&counter.server.shop.writer, wishes)
        .await
        .into_iter()
        .map(|outcome| match outcome {
            Ok(Receipt::Done { mut done, .. }) => match done.pop() {
                Some(Done::Order(order)) => order,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        })
        .collect();
    run_sql(&db, &POISON).await;
    counter.clock.advance(61 * MINUTE);
    // Twice, because the writer, which now takes them one by one, may run out of time.
    for _ in 0..2 {
        counter.server.tick().await.expect("the others are served");
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
    let before = batches(&db).await;
    run_sql(&db, &REMEDY).await;
    counter.clock.advance(59 * MINUTE);
    counter.server.tick().await.expect("the timers work");
    assert_eq!((batches(&db).await, breached(&orders[0]).await), (before, false));
    // and tried again.
    counter.clock.advance(MINUTE);
    counter.server.tick().await.expect("the timers work");
    assert!(breached(&orders[0]).await);
    assert_eq!(folded::<Order>(&db, orders[0].id.get()).await.status, Status::PendingReview);
    counter.close().await;
}
