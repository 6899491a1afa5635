//! What may be tried only so often, with the limits that a server has unless it is told otherwise.

use futures_util::future::join_all;
use ordervault_api::settings::{Rates, Settings};
use ordervault_domain::order::OrderCommand;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{
    ActorRef, Allowance, Effect, Operation, Rate, Receipt, Throttle, ThrottleOperation, WriteError,
};
use ordervault_tests::dump::dump;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::queue::{another_process, done, together};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, place, submission};
use serde_json::json;

ordervault_tests::twin_tests!(
    five_accounts_an_hour_are_opened_from_one_address,
    twenty_orders_a_minute_are_placed_by_one_account,
    those_without_an_account_share_the_limit_of_their_address,
    buyers_change_their_orders_so_often_and_no_more,
    a_batch_counts_each_attempt,
    a_refused_submission_counts_nothing,
    two_processes_count_together,
    old_counters_are_forgotten,
);

async fn open(db: &Db) -> TestServer {
    TestServer::with(Shop::open(db).await, Settings::default()).await
}

fn retry_after(answer: &Answer) -> i64 {
    let seconds = answer.header("retry-after").expect("seconds to wait");
    assert_eq!(answer.header("ratelimit"), Some(format!("\"attempts\";r=0;t={seconds}").as_str()));
    seconds.parse().expect("a number")
}

async fn five_accounts_an_hour_are_opened_from_one_address(db: Db) {
    let server = open(&db).await;
    let register = async |email: &str, status: u16| {
        let body = json!({"email": email, "password": "blue horses eat soup", "name": "Ana"});
        server.good(&Request::post("/v1/auth/register").json(&body), status).await
    };
    for n in 0..4 {
        register(&format!("ana{n}@example.com"), 201).await;
    }
    // Whoever looks for addresses that are taken is counted, too.
    assert_eq!(register("ana0@example.com", 409).await.code(), "duplicate");
    assert_eq!(retry_after(&register("ana5@example.com", 429).await), 3_600);
    assert_eq!(dump(&db).await["customers"].len(), 4);
    // What is not understood costs nothing.
    register("nobody", 422).await;
    server.shop.clock.advance(3_600_000);
    register("ana5@example.com", 201).await;
    server.close().await;
}

async fn twenty_orders_a_minute_are_placed_by_one_account(db: Db) {
    let server = open(&db).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 1_000).await;
    let customer = server.shop.customer().await;
    let token = server.customer_token(&customer).await;
    let order = |key: u64, quantity: u64| {
        Request::post("/v1/orders").bearer(&token).key(&format!("key {key}")).json(&json!({
            "store_id": store.id.to_string(),
            "lines": [{"product_id": product.id.to_string(), "quantity": quantity}],
            "contact": {"name": "Ana", "phone": "+5511987654321"},
        }))
    };
    for n in 1..=20 {
        server.good(&order(n, n), 201).await;
        // Repeated requests and refused ones are no orders.
        server.good(&order(n, n), 201).await;
        if n < 20 {
            server.good(&order(n + 100, 10_000), 409).await;
        }
    }
    let refused = server.good(&order(21, 21), 429).await;
    assert_eq!((refused.code().as_str(), retry_after(&refused)), ("rate-limited", 60));
    assert_eq!(dump(&db).await["orders"].len(), 20);
    server.good(&order(20, 20), 201).await;
    // Other accounts are not concerned.
    let other = server.shop.customer().await;
    let other = server.customer_token(&other).await;
    let own = Request::post("/v1/orders").bearer(&other).key("own").json(&json!({
        "store_id": store.id.to_string(),
        "lines": [{"product_id": product.id.to_string(), "quantity": 1}],
        "contact": {"name": "Ana", "phone": "+5511987654321"},
    }));
    server.good(&own, 201).await;
    server.shop.clock.advance(60_000);
    server.good(&order(21, 21), 201).await;
    server.close().await;
}

async fn buyers_change_their_orders_so_often_and_no_more(db: Db) {
    let twice = Rate { limit: 2, window_millis: 60_000 };
    let rates = Rates { act_account: twice, ..Rates::default() };
    let settings = Settings { rates, ..Settings::default() };
    let server = TestServer::with(Shop::open(&db).await, settings).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 1_000).await;
    let customer = server.shop.customer().await;
    let token = server.customer_token(&customer).await;
    let order = server.shop.place(&customer, &store, &[(&product, 1)]).await;
    let act = |key: &str, name: &str| {
        Request::post(format!("/v1/orders/{}/{name}", order.id)).bearer(&token).key(key)
    };
    // The same once more is no further act.
    for (key, name, left) in [
        ("a", "hide", Some(r#""attempts";r=1;t=60"#)),
        ("a", "hide", None),
        ("b", "show", Some(r#""attempts";r=0;t=60"#)),
    ] {
        assert_eq!(server.good(&act(key, name), 200).await.header("ratelimit"), left, "{key} {name}");
    }
    let refused = server.good(&act("c", "hide"), 429).await;
    assert_eq!((refused.code().as_str(), retry_after(&refused)), ("rate-limited", 60));
    // Staff are not counted, nor are others.
    server.shop.change(ActorRef::Operator, &order, OrderCommand::Hide).await;
    let other = server.shop.customer().await;
    let others = server.shop.place(&other, &store, &[(&product, 1)]).await;
    let other = server.customer_token(&other).await;
    let hide = Request::post(format!("/v1/orders/{}/hide", others.id)).bearer(&other).key("own");
    server.good(&hide, 200).await;
    server.shop.clock.advance(60_000);
    server.good(&act("c", "show"), 200).await;
    server.close().await;
}

async fn those_without_an_account_share_the_limit_of_their_address(db: Db) {
    let server = open(&db).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 1_000).await;
    let order = async |n: u64, status: u16| {
        let request = Request::post("/v1/orders").key(&format!("key of a guest {n:02}")).json(&json!({
            "store_id": store.id.to_string(),
            "lines": [{"product_id": product.id.to_string(), "quantity": 1}],
            "contact": {"name": "Ana", "phone": format!("+55119876543{n:02}")},
        }));
        server.good(&request, status).await
    };
    for n in 1..=20 {
        order(n, 201).await;
    }
    order(21, 429).await;
    server.close().await;
}

fn throttle(key: &str, limit: u32) -> Throttle {
    Throttle { key: key.into(), rate: Rate { limit, window_millis: 60_000 } }
}

fn count(key: &str, limit: u32) -> Operation {
    Operation::Throttle(ThrottleOperation::Count(throttle(key, limit)))
}

fn is_throttled(outcome: &Result<Receipt, WriteError>) -> bool {
    matches!(outcome, Err(WriteError::Throttled { retry_after_seconds: 60 }))
}

async fn a_batch_counts_each_attempt(db: Db) {
    let shop = Shop::open(&db).await;
    let attempts = (0..10).map(|_| submission(ActorRef::Anonymous, vec![count("one", 3)]));
    let outcomes = together(&shop.writer, attempts.collect()).await;
    let throttled: Vec<bool> = outcomes.iter().map(is_throttled).collect();
    assert_eq!(throttled, [false, false, false, true, true, true, true, true, true, true]);
    let window_ends_at = shop.clock.now().plus_millis(60_000);
    for (left, outcome) in [2, 1, 0].into_iter().zip(outcomes) {
        assert_eq!(done(outcome), Effect::Counted(Allowance { left, window_ends_at }));
    }
    // A good one is let through as long as another bad one would be, and counts for nothing.
    let good = || Operation::Throttle(ThrottleOperation::LetThrough(throttle("two", 2)));
    let operations = [good(), count("two", 2), good(), good(), count("two", 2), good()];
    let operations = operations.map(|act| submission(ActorRef::Anonymous, vec![act]));
    let outcomes = together(&shop.writer, operations.into()).await;
    let throttled: Vec<bool> = outcomes.iter().map(is_throttled).collect();
    assert_eq!(throttled, [false, false, false, false, false, true]);
    shop.close().await;
}

async fn a_refused_submission_counts_nothing(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let product = shop.product(&store, 1).await;
    let customer = ActorRef::Customer(shop.customer().await.id);
    for _ in 0..3 {
        let operations = vec![count("orders", 2), place(store.id, &[(&product, 2)])];
        assert!(matches!(shop.submit(customer, operations).await, Err(WriteError::Refused { .. })));
    }
    assert!(dump(&db).await["throttles"].is_empty());
    // And the other way round: one attempt too many takes the rest of its submission with it.
    for throttled in [false, false, true] {
        let operations = vec![count("address", 9), count("orders", 2)];
        assert_eq!(is_throttled(&shop.submit(customer, operations).await), throttled);
    }
    let attempts =
        dump(&db).await["throttles"].iter().filter_map(|row| row.int("attempts")).collect::<Vec<_>>();
    assert_eq!(attempts, [2, 2]);
    shop.close().await;
}

async fn two_processes_count_together(db: Db) {
    let ours = Shop::open(&db).await;
    let theirs = Shop::with(&another_process(&db).await, ManualClock::at(OPENING_MILLIS), 2).await;
    let attempts = (0..40).map(|n| {
        let shop = if n % 2 == 0 { &ours } else { &theirs };
        shop.submit(ActorRef::Anonymous, vec![count("one", 7)])
    });
    let outcomes = join_all(attempts).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 7, "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| outcome.is_ok() || is_throttled(outcome)));
    ours.close().await;
    let db = theirs.db.clone();
    theirs.close().await;
    db.close().await;
}

async fn old_counters_are_forgotten(db: Db) {
    let shop = Shop::open(&db).await;
    shop.act(ActorRef::Anonymous, count("old", 3)).await;
    shop.clock.advance(60_001);
    for n in 0..64 {
        shop.act(ActorRef::Anonymous, count(&format!("new {n}"), 3)).await;
    }
    let keys = dump(&db).await["throttles"].iter().filter(|row| row.text("key") == Some("old")).count();
    assert_eq!(keys, 0);
    shop.close().await;
}
