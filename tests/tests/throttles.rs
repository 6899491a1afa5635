//! What may be tried only so often, with the limits that a server has unless it is told otherwise.
#![expect(clippy::expect_used, reason = "tests may")]

use futures_util::future::join_all;
use ordervault_api::state::Settings;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{
    ActorRef, Effect, Operation, Rate, Receipt, Throttle, ThrottleOperation, WriteError,
};
use ordervault_tests::dump::dump;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::queue::{another_process, done, together};
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, PASSWORD, Shop, place, submission};
use ordervault_tests::site::Site;
use serde_json::json;

ordervault_tests::twin_tests!(
    ten_wrong_passwords_close_an_account_for_a_while,
    an_open_login_does_not_help_to_guess_the_password,
    an_unknown_account_is_throttled_like_any_other,
    many_accounts_are_not_tried_from_one_address,
    five_accounts_an_hour_are_opened_from_one_address,
    twenty_orders_a_minute_are_placed_by_one_account,
    those_without_an_account_share_the_limit_of_their_address,
    a_batch_counts_each_attempt,
    a_refused_submission_counts_nothing,
    two_processes_count_together,
    old_counters_are_forgotten,
);

async fn open(db: &Db) -> Site {
    Site::with(Shop::open(db).await, Settings::default()).await
}

async fn log_in(site: &Site, email: &str, password: &str, status: u16) -> Answer {
    let login = Request::post("/v1/auth/login").json(&json!({"email": email, "password": password}));
    site.good(&login, status).await
}

fn retry_after(answer: &Answer) -> i64 {
    answer.header("retry-after").and_then(|seconds| seconds.parse().ok()).expect("seconds to wait")
}

async fn ten_wrong_passwords_close_an_account_for_a_while(db: Db) {
    let site = open(&db).await;
    let customer = site.shop.customer().await;
    let email = customer.contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
    log_in(&site, &email, PASSWORD, 200).await;
    for _ in 0..4 {
        log_in(&site, &email, "wrong", 401).await;
    }
    // From the fifth on one has to wait, twice as long each time; the right password has to wait as well.
    for seconds in [1, 2, 4, 8, 16] {
        log_in(&site, &email, "wrong", 401).await;
        assert_eq!(retry_after(&log_in(&site, &email, PASSWORD, 429).await), seconds);
        site.shop.clock.advance(seconds * 1_000);
    }
    log_in(&site, &email, "wrong", 401).await;
    let closed = log_in(&site, &email, PASSWORD, 429).await;
    assert_eq!((closed.code().as_str(), retry_after(&closed)), ("rate-limited", 15 * 60 - 31));
    // Another account is not concerned.
    let other = site.shop.customer().await;
    let other = other.contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
    log_in(&site, &other, PASSWORD, 200).await;
    site.shop.clock.advance((15 * 60 - 31) * 1_000);
    log_in(&site, &email, PASSWORD, 200).await;
    site.close().await;
}

async fn an_open_login_does_not_help_to_guess_the_password(db: Db) {
    let site = open(&db).await;
    let customer = site.shop.customer().await;
    let token = site.customer_token(&customer).await;
    let change = async |current: &str, status: u16| {
        let body = json!({"current_password": current, "new_password": "blue horses eat soup"});
        site.good(&Request::post("/v1/me/password").bearer(&token).json(&body), status).await
    };
    for _ in 0..5 {
        change("wrong", 422).await;
    }
    assert_eq!(retry_after(&change(PASSWORD, 429).await), 1);
    let email = customer.contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
    log_in(&site, &email, PASSWORD, 429).await;
    site.shop.clock.advance(1_000);
    change(PASSWORD, 204).await;
    log_in(&site, &email, "blue horses eat soup", 200).await;
    site.close().await;
}

async fn an_unknown_account_is_throttled_like_any_other(db: Db) {
    let site = open(&db).await;
    let customer = site.shop.customer().await;
    let known = customer.contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut answers = vec![];
    for email in [known.as_str(), "nobody@example.com"] {
        for _ in 0..6 {
            let body = json!({"email": email, "password": "wrong"});
            let login = Request::post("/v1/auth/login").header("x-request-id", "alike").json(&body);
            let answer = site.send(&login).await;
            answers.push((answer.status, answer.text(), answer.header("retry-after").map(str::to_owned)));
        }
    }
    assert_eq!(answers[..6], answers[6..]);
    assert_eq!((answers[4].0, answers[5].0), (401, 429));
    // Customers and staff are different accounts.
    let staff = json!({"email": known, "password": "wrong"});
    site.good(&Request::post("/v1/staff/auth/login").json(&staff), 401).await;
    site.close().await;
}

async fn many_accounts_are_not_tried_from_one_address(db: Db) {
    let site = open(&db).await;
    for n in 0..30 {
        log_in(&site, &format!("guess{n}@example.com"), "wrong", 401).await;
    }
    assert_eq!(retry_after(&log_in(&site, "guess30@example.com", "wrong", 429).await), 60);
    site.shop.clock.advance(60_000);
    log_in(&site, "guess30@example.com", "wrong", 401).await;
    site.close().await;
}

async fn five_accounts_an_hour_are_opened_from_one_address(db: Db) {
    let site = open(&db).await;
    let register = async |email: &str, status: u16| {
        let body = json!({"email": email, "password": "blue horses eat soup", "name": "Ana"});
        site.good(&Request::post("/v1/auth/register").json(&body), status).await
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
    site.shop.clock.advance(3_600_000);
    register("ana5@example.com", 201).await;
    site.close().await;
}

async fn twenty_orders_a_minute_are_placed_by_one_account(db: Db) {
    let site = open(&db).await;
    let store = site.shop.store().await;
    let product = site.shop.product(&store, 1_000).await;
    let customer = site.shop.customer().await;
    let token = site.customer_token(&customer).await;
    let order = |key: u64, quantity: u64| {
        Request::post("/v1/orders").bearer(&token).key(&format!("key {key}")).json(&json!({
            "store_id": store.id.to_string(),
            "lines": [{"product_id": product.id.to_string(), "quantity": quantity}],
            "contact": {"name": "Ana", "phone": "+5511987654321"},
        }))
    };
    for n in 1..=20 {
        site.good(&order(n, n), 201).await;
        // Repeated requests and refused ones are no orders.
        site.good(&order(n, n), 201).await;
        if n < 20 {
            site.good(&order(n + 100, 10_000), 409).await;
        }
    }
    let refused = site.good(&order(21, 21), 429).await;
    assert_eq!((refused.code().as_str(), retry_after(&refused)), ("rate-limited", 60));
    assert_eq!(dump(&db).await["orders"].len(), 20);
    site.good(&order(20, 20), 201).await;
    // Other accounts are not concerned.
    let other = site.shop.customer().await;
    let other = site.customer_token(&other).await;
    let own = Request::post("/v1/orders").bearer(&other).key("own").json(&json!({
        "store_id": store.id.to_string(),
        "lines": [{"product_id": product.id.to_string(), "quantity": 1}],
        "contact": {"name": "Ana", "phone": "+5511987654321"},
    }));
    site.good(&own, 201).await;
    site.shop.clock.advance(60_000);
    site.good(&order(21, 21), 201).await;
    site.close().await;
}

async fn those_without_an_account_share_the_limit_of_their_address(db: Db) {
    let site = open(&db).await;
    let store = site.shop.store().await;
    let product = site.shop.product(&store, 1_000).await;
    let order = async |n: u64, status: u16| {
        let request = Request::post("/v1/orders").key(&format!("key {n}")).json(&json!({
            "store_id": store.id.to_string(),
            "lines": [{"product_id": product.id.to_string(), "quantity": 1}],
            "contact": {"name": "Ana", "phone": format!("+55119876543{n:02}")},
        }));
        site.good(&request, status).await
    };
    for n in 1..=20 {
        order(n, 201).await;
    }
    order(21, 429).await;
    site.close().await;
}

fn count(key: &str, limit: u32) -> Operation {
    let rate = Rate { limit, window_millis: 60_000 };
    Operation::Throttle(ThrottleOperation::Count(Throttle { key: key.into(), rate, backs_off: false }))
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
    assert_eq!(done(outcomes.into_iter().next().expect("ten")), Effect::Counted);
    // A good one that is taken back makes room for one more.
    let take_back = Operation::Throttle(ThrottleOperation::TakeBack { key: "one".into() });
    let operations = [take_back, count("one", 3), count("one", 3)];
    let operations = operations.map(|act| submission(ActorRef::Anonymous, vec![act]));
    let outcomes = together(&shop.writer, operations.into()).await;
    assert_eq!(outcomes.iter().map(is_throttled).collect::<Vec<_>>(), [false, false, true]);
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
