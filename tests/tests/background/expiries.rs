//! Very many orders do not expire at once before a person has approved it: not those of a slow week, and not those of a clock
//! that is ahead.

use std::sync::Arc;

use ordervault_api::background::{Deadlines, Job as _, Remaining, Tools};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::customer::Customer;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{OrderCommand, Status};
use ordervault_domain::product::Product;
use ordervault_domain::store::{Policy, Store};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::read;
use ordervault_persistence::writer::{ActorRef, Effect, Receipt};
use ordervault_tests::dump::{Cells, dump};
use ordervault_tests::queue::{actor, another_process, on_order, together};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{Shop, place, submission};
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    more_than_twenty_and_a_tenth_wait_for_a_person,
    what_is_approved_expires_and_what_is_due_later_does_not,
    a_clock_a_week_ahead_cancels_nothing_once_it_is_right_again,
    only_who_looks_after_all_stores_is_asked,
);

const HOUR: i64 = 60 * 60_000;
const DAY: i64 = 24 * HOUR;

/// A shop whose first store cancels orders that wait for a day, and whose second store never does.
struct Fixture {
    server: TestServer,
    tools: Tools,
    timers: [Deadlines; 2],
    stores: [Arc<Store>; 2],
    wares: [Arc<Product>; 2],
    customer: Arc<Customer>,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        let server = TestServer::open(db).await;
        let shop = &server.shop;
        let policy = |cancel_unconfirmed_minutes| Policy {
            review_minutes: Some(60),
            cancel_unconfirmed_minutes,
            ..Policy::default()
        };
        let stores = [shop.store_with(policy(Some(24 * 60))).await, shop.store_with(policy(None)).await];
        let wares = [shop.product(&stores[0], 10_000).await, shop.product(&stores[1], 10_000).await];
        let customer = shop.customer().await;
        let tools = Tools {
            db: another_process(db).await,
            writer: shop.writer.clone(),
            sources: shop.clock.sources(0),
        };
        let timers = [Deadlines::breaches(), Deadlines::expiries()];
        Self { server, tools, timers, stores, wares, customer }
    }

    fn shop(&self) -> &Shop {
        &self.server.shop
    }

    /// Places so many orders in one of the stores, which wait.
    async fn place(&self, which: usize, count: usize) {
        let wish = || {
            let act = place(self.stores[which].id, &[(&self.wares[which], 1)]);
            submission(actor(&self.customer), vec![act])
        };
        let placed = together(&self.shop().writer, (0..count).map(|_| wish()).collect()).await;
        assert!(placed.iter().all(Result::is_ok), "{placed:?}");
    }

    /// Confirms so many orders of those that were placed last.
    async fn confirm(&self, count: usize) {
        for id in self.with(Status::PendingReview).await.into_iter().rev().take(count) {
            let confirm = on_order(id, None, OrderCommand::Confirm);
            match self.shop().submit(ActorRef::Operator, vec![confirm]).await {
                Ok(Receipt::Executed { done, .. }) => assert!(matches!(done[0], Effect::Order(_))),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Runs both timers until they have nothing more to do.
    async fn tick(&mut self) {
        for timer in &mut self.timers {
            while timer.step(&self.tools).await.expect("the timers work") == Remaining::More {}
        }
    }

    /// Orders with a status.
    async fn with(&self, status: Status) -> Vec<OrderId> {
        let orders = &dump(&self.shop().db).await["orders"];
        let found = orders.iter().filter(|row| row.text("status") == Some(status.into()));
        let id = |row: &Cells| row.int("id").expect("an id");
        found.map(|row| OrderId::from_i64(id(row))).collect()
    }

    async fn cancelled(&self) -> usize {
        self.with(Status::Cancelled).await.len()
    }

    /// The question in the summary of an owner of all stores.
    async fn question(&self) -> Value {
        let owner = self.server.staff(Role::Owner).await;
        owner.get("/v1/staff/summary").await.ok()["expiries_waiting"].take()
    }

    async fn approve(&self, through: &Value) {
        let owner = self.server.staff(Role::Owner).await;
        let body = json!({"through": through, "comment": "the clock is right"});
        owner.post("/v1/staff/expiries/approve", body).await.ok();
    }

    async fn close(self) {
        drop(self.tools.writer);
        self.tools.db.close().await;
        self.server.close().await;
    }
}

async fn more_than_twenty_and_a_tenth_wait_for_a_person(db: Db) {
    let mut fixture = Fixture::open(&db).await;
    // Twenty expire, whatever share they are.
    fixture.place(0, 20).await;
    fixture.shop().clock.advance(DAY);
    assert_eq!(fixture.question().await, Value::Null);
    fixture.tick().await;
    assert_eq!(fixture.cancelled().await, 20);
    // So does a tenth, however many they are, and also in more than one step.
    fixture.place(0, 110).await;
    fixture.place(1, 990).await;
    fixture.shop().clock.advance(DAY);
    assert_eq!(fixture.question().await, Value::Null);
    fixture.tick().await;
    assert_eq!(fixture.cancelled().await, 20 + 110);
    // One more, and all of them wait, while what is late is noted.
    fixture.place(0, 111).await;
    fixture.shop().clock.advance(DAY);
    fixture.tick().await;
    assert_eq!(fixture.cancelled().await, 130);
    let now = fixture.shop().clock.now();
    let question = fixture.question().await;
    assert_eq!((&question["count"], &question["is_lower_bound"]), (&json!(111), &json!(false)));
    assert_eq!((&question["since"], &question["through"]), (&json!(now), &json!(now)));
    let breached = dump(&db).await["orders"].iter().filter(|row| row.int("breached_at").is_some()).count();
    assert_eq!(breached, 990 + 111, "of those that are still open");
    // Confirmed by hand, they are still open; few enough are left.
    fixture.confirm(1).await;
    fixture.tick().await;
    assert_eq!(fixture.cancelled().await, 130 + 110);
    fixture.close().await;
}

async fn what_is_approved_expires_and_what_is_due_later_does_not(db: Db) {
    let mut fixture = Fixture::open(&db).await;
    fixture.place(0, 30).await;
    fixture.shop().clock.advance(HOUR);
    fixture.place(0, 25).await;
    fixture.shop().clock.advance(23 * HOUR);
    fixture.tick().await;
    let question = fixture.question().await;
    assert_eq!((&question["count"], fixture.cancelled().await), (&json!(30), 0));
    // An hour later more are due than what was seen, and approved.
    fixture.shop().clock.advance(HOUR);
    assert_eq!(fixture.question().await["count"], 55);
    fixture.approve(&question["through"]).await;
    fixture.tick().await;
    assert_eq!((fixture.cancelled().await, &fixture.question().await["count"]), (30, &json!(25)));
    // Nobody approves what is to come.
    fixture.approve(&json!("2099-01-01T00:00:00Z")).await;
    fixture.place(0, 21).await;
    fixture.shop().clock.advance(DAY);
    fixture.tick().await;
    assert_eq!((fixture.cancelled().await, &fixture.question().await["count"]), (55, &json!(21)));
    fixture.close().await;
}

async fn a_clock_a_week_ahead_cancels_nothing_once_it_is_right_again(db: Db) {
    let mut fixture = Fixture::open(&db).await;
    fixture.place(0, 40).await;
    let waiting = async |now: Timestamp| {
        let mut conn = db.read().await.expect("a reader");
        let waiting = read::expiries(&mut conn, now).await.expect("a look").waiting;
        waiting.map(|waiting| waiting.orders.total)
    };
    for (days, expected) in [(7, Some(40)), (-7, None)] {
        fixture.shop().clock.advance(days * DAY);
        assert_eq!(waiting(fixture.shop().clock.now()).await, expected);
        let [_, expiries] = &mut fixture.timers;
        assert_eq!(expiries.step(&fixture.tools).await.expect("it works"), Remaining::Nothing);
        assert_eq!(fixture.cancelled().await, 0);
    }
    fixture.close().await;
}

async fn only_who_looks_after_all_stores_is_asked(db: Db) {
    let mut fixture = Fixture::open(&db).await;
    fixture.place(0, 30).await;
    fixture.shop().clock.advance(DAY);
    fixture.tick().await;
    let through = fixture.question().await["through"].take();
    let body = json!({"through": through, "comment": "we were closed"});
    let one = StoreScope::Only([fixture.stores[0].id].into());
    for (role, stores, status) in [
        (Role::Manager, one.clone(), 403),
        (Role::Owner, one, 403),
        (Role::Clerk, StoreScope::All, 403),
        (Role::Manager, StoreScope::All, 200),
    ] {
        let member = fixture.shop().member(role, stores).await;
        let client = fixture.server.anonymous().with_token(&fixture.server.member_token(&member).await);
        let summary = client.get("/v1/staff/summary").await.ok();
        assert_eq!(summary.get("expiries_waiting").is_some(), status == 200, "{role}");
        let answer = client.post_once("/v1/staff/expiries/approve", "once", body.clone()).await;
        assert_eq!(answer.status, status, "{role}: {}", answer.text());
    }
    let manager = fixture.server.staff(Role::Manager).await;
    // Approved already: nothing is written.
    let answer = manager.post("/v1/staff/expiries/approve", body.clone()).await.ok();
    assert_eq!(answer, json!({"through": body["through"]}));
    let history = manager.get("/v1/staff/history?kind=installation").await.ok();
    let told = &history["items"][0];
    assert_eq!((&told["event"], &told["comment"]), (&json!("expiries_approved"), &json!("we were closed")));
    assert_eq!(history["items"].as_array().map(Vec::len), Some(2));
    fixture.tick().await;
    assert_eq!(fixture.cancelled().await, 30);
    fixture.close().await;
}
