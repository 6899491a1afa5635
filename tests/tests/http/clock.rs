//! The clock was a week ahead for one boot: nothing is written once it is right again, until it is told that it was.

use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::customer::Customer;
use ordervault_domain::installation::InstallationCommand;
use ordervault_domain::member::{Member, MemberCommand};
use ordervault_domain::order::{Order, OrderCommand};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::clock;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Operation, SessionOperation, WriteError};
use ordervault_tests::dump::dump;
use ordervault_tests::http::Answer;
use ordervault_tests::queue::{another_process, catch_up, history, on_order};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, PASSWORD, Shop};
use serde_json::json;

ordervault_tests::twin_tests!(
    a_shop_goes_on_after_a_week_in_the_future,
    an_account_is_looked_after_while_nothing_else_is_written,
    a_clock_that_is_right_is_not_corrected,
    a_second_week_in_the_future_is_corrected_too,
);

const DAY: i64 = 24 * 60 * 60_000;

/// A shop with two orders, of which one was placed in a boot a week ahead and the other one was only confirmed then.
struct Fixture {
    server: TestServer,
    store: Arc<Store>,
    tea: Arc<Product>,
    customer: Arc<Customer>,
    owner: Arc<Member>,
    before: Arc<Order>,
    ahead: Arc<Order>,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        let clock = ManualClock::at(OPENING_MILLIS);
        let shop = Shop::with(db, clock.clone(), 1).await;
        let store = shop.store().await;
        let tea = shop.product(&store, 100).await;
        let (customer, owner) = (shop.customer().await, shop.member(Role::Owner, StoreScope::All).await);
        let before = shop.place(&customer, &store, &[(&tea, 1)]).await;
        shop.close().await;
        clock.advance(7 * DAY);
        let shop = Shop::with(db, clock.clone(), 2).await;
        let ahead = shop.place(&customer, &store, &[(&tea, 2)]).await;
        shop.change(ActorRef::Operator, &before, OrderCommand::Confirm).await;
        let server = TestServer::of(shop).await;
        server.customer_token(&customer).await;
        server.close().await;
        clock.advance(-7 * DAY + DAY);
        catch_up(db).await;
        let server = TestServer::of(Shop::with(db, clock, 3).await).await;
        Self { server, store, tea, customer, owner, before, ahead }
    }

    /// Whatever a customer or the staff write.
    async fn writes(&self) -> Vec<Answer> {
        let email = self.customer.contact.email.as_ref().expect("an address").to_string();
        let login = json!({"email": email, "password": PASSWORD});
        let body = json!({"email": "new@example.com", "password": "a long walk by the sea", "name": "Ana"});
        let anonymous = self.server.anonymous();
        vec![anonymous.post("/v1/auth/login", login).await, anonymous.post("/v1/auth/register", body).await]
    }
}

/// The clock of the operator's machine, beside a running server.
async fn repair(db: &Db, clock: &ManualClock) {
    let process = another_process(db).await;
    let operator = Shop::with(&process, clock.clone(), 4).await;
    clock::correct(&operator.writer).await.expect("corrected");
    operator.close().await;
    process.close().await;
}

async fn a_shop_goes_on_after_a_week_in_the_future(db: Db) {
    let fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    let untouched = dump(&db).await;
    for answer in fixture.writes().await {
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (503, "storage-unavailable"),
            "{}",
            answer.text()
        );
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains("518400 s behind") && detail.contains("ordervault clock repair"), "{detail}");
    }
    assert_eq!(dump(&db).await, untouched);

    let mut conn = db.read().await.expect("a reader");
    let left = clock::written_ahead(&mut conn, shop.clock.now(), 1).await.expect("a look");
    assert_eq!((left.orders.total, left.listed.len(), left.sessions.total), (2, 1, 1));
    drop(conn);
    let highest = dump(&db).await["sessions"].iter().filter_map(|row| row.int("id")).max().expect("a login");
    repair(&db, &shop.clock).await;

    // The server, which has run all the time, goes on by itself.
    let logged_in = fixture.writes().await.into_iter().map(|answer| answer.status).collect::<Vec<_>>();
    assert_eq!(logged_in, [200, 201]);
    let next = shop.place(&fixture.customer, &fixture.store, &[(&fixture.tea, 1)]).await;
    assert!(next.id.get() > highest, "ids count on");
    assert_eq!(next.placed_at, shop.clock.now());
    let owner = fixture.server.anonymous().with_token(&fixture.server.member_token(&fixture.owner).await);
    for (order, act, status) in
        [(&fixture.ahead, "confirm", "confirmed"), (&fixture.before, "start", "processing")]
    {
        shop.clock.advance(1_000);
        let changed = owner.act(&format!("/v1/staff/orders/{}/{act}", order.id)).await.ok();
        assert_eq!((&changed["status"], &changed["updated_at"]), (&json!(status), &json!(shop.clock.now())));
        let times: Vec<i64> = history(&db, order.id.get()).await.iter().map(|row| row.recorded_at).collect();
        assert!(!times.is_sorted(), "{times:?}");
        // What it was, and is, at a time.
        let then = owner.get(&format!("/v1/staff/orders/{}?as_of={}", order.id, shop.clock.now())).await.ok();
        assert_eq!(then["status"], status);
    }
    catch_up(&db).await;
    let all = ["placed_at", "-placed_at", "updated_at", "-updated_at"];
    for sort in all {
        let (mut seen, mut cursor) = (vec![], String::new());
        loop {
            let page = owner.get(&format!("/v1/staff/orders?sort={sort}&limit=1{cursor}")).await.ok();
            seen.extend(page["items"][0]["id"].as_str().map(str::to_owned));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        seen.sort();
        let mut expected = [&fixture.before, &fixture.ahead, &next].map(|order| order.id.to_string());
        expected.sort();
        assert_eq!(seen, expected, "{sort}");
    }
    fixture.server.close().await;
}

async fn an_account_is_looked_after_while_nothing_else_is_written(db: Db) {
    let fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    let reset = || {
        let end =
            SessionOperation::EndAll { principal_id: fixture.owner.id.get(), but: None, because: "reset" };
        let command = MemberCommand::ResetPassword;
        let password_hash = Some("a hash".to_owned());
        let id = Some(fixture.owner.id);
        vec![
            Operation::Session(end),
            Operation::Member { id, expected_version: None, command, password_hash },
        ]
    };
    shop.submit(ActorRef::Operator, reset()).await.expect("the operator's account commands pass");
    let restore = Operation::Installation(InstallationCommand::Restore { position: 1 });
    shop.submit(ActorRef::Operator, vec![restore]).await.expect("a backup of that time can be put back");
    let times: Vec<i64> =
        history(&db, fixture.owner.id.get()).await.iter().map(|row| row.recorded_at).collect();
    assert_eq!(times, [OPENING_MILLIS, OPENING_MILLIS + 7 * DAY], "at the time of the newest record");
    for (actor, operations) in [
        (ActorRef::System, reset()),
        (ActorRef::Operator, vec![on_order(fixture.ahead.id, None, OrderCommand::Confirm)]),
    ] {
        let refused = shop.submit(actor, operations).await;
        assert_eq!(refused, Err(WriteError::ClockBehind { behind_seconds: 6 * 86_400 }));
    }
    repair(&db, &shop.clock).await;
    shop.submit(ActorRef::Operator, reset()).await.expect("as ever");
    let times: Vec<i64> =
        history(&db, fixture.owner.id.get()).await.iter().map(|row| row.recorded_at).collect();
    assert_eq!(times[2], OPENING_MILLIS + DAY);
    fixture.server.close().await;
}

async fn a_clock_that_is_right_is_not_corrected(db: Db) {
    let shop = Shop::open(&db).await;
    shop.store().await;
    let before = dump(&db).await;
    for millis in [0, -60_000, 120_000] {
        shop.clock.advance(millis);
        clock::correct(&shop.writer).await.expect("nothing to do");
        let mut conn = db.read().await.expect("a reader");
        assert_eq!(clock::behind(&mut conn, shop.clock.now()).await.expect("a look"), None);
    }
    assert_eq!(dump(&db).await, before);
    shop.close().await;
}

async fn a_second_week_in_the_future_is_corrected_too(db: Db) {
    let fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    repair(&db, &shop.clock).await;
    shop.store().await;
    // Less far ahead than the first time, and an order of that time is changed in this one.
    shop.clock.advance(3 * DAY);
    shop.change(ActorRef::Operator, &fixture.ahead, OrderCommand::Confirm).await;
    shop.clock.advance(-2 * DAY);
    catch_up(&db).await;
    let start = || vec![on_order(fixture.ahead.id, None, OrderCommand::Start)];
    let refused = shop.submit(ActorRef::Operator, start()).await;
    assert_eq!(refused, Err(WriteError::ClockBehind { behind_seconds: 2 * 86_400 }));
    repair(&db, &shop.clock).await;
    shop.submit(ActorRef::Operator, start()).await.expect("it goes on");
    let times: Vec<i64> = history(&db, fixture.ahead.id.get())
        .await
        .iter()
        .map(|row| row.recorded_at - OPENING_MILLIS)
        .collect();
    assert_eq!(times, [7 * DAY, 4 * DAY, 2 * DAY]);
    // A restart knows what the newest time is.
    let (clock, writer) = (shop.clock.clone(), Shop::with(&db, shop.clock.clone(), 9).await);
    assert_eq!(clock.now(), Timestamp::from_millis(OPENING_MILLIS + 2 * DAY));
    writer.store().await;
    writer.close().await;
    fixture.server.close().await;
}
