//! What people see of deadlines: the dry run of the automatic cancellation, and the time-line of an order.

use std::collections::BTreeMap;
use std::sync::Arc;

use ordervault_api::background::{Deadlines, Job as _, Remaining, Tools};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::id::OrderId;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{
    CancelReason, Import, ImportedLine, ImportedStep, InvalidReason, Order, OrderCommand, Status,
};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Class, Operation, Submission};
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::Request;
use ordervault_tests::queue::{folded, order_of, together};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{OPENING_MILLIS, contact, submission};
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    the_dry_run_lists_what_the_timer_cancels,
    a_time_line_tells_each_what_they_may_know,
    an_imported_order_shows_its_original_times,
);

const MINUTE: i64 = 60_000;

/// An order from elsewhere, placed so many minutes before the shop opened.
fn import(
    number: i64,
    age_minutes: i64,
    store: &Store,
    product: &Product,
    steps: Vec<ImportedStep>,
) -> Submission {
    let import = Import {
        store_id: store.id,
        customer_id: None,
        external_reference: format!("elsewhere:{number}"),
        source_status: "created".into(),
        currency: if number % 3 == 0 { "EUR" } else { "TWD" }.parse().expect("a currency"),
        lines: vec![ImportedLine { product_id: product.id, quantity: 1, unit_price: Amount::new(number) }],
        shipping_total: Amount::new(0),
        contact: contact(1),
        placed_at: Timestamp::from_millis(OPENING_MILLIS - age_minutes * MINUTE),
        steps,
    };
    let command = OrderCommand::Import(Box::new(import));
    let act =
        Operation::Order { id: Some(OrderId::from_i64(1_000 + number)), expected_version: None, command };
    Submission { class: Class::Background, ..submission(ActorRef::Importer, vec![act]) }
}

async fn preview(server: &TestServer, token: &str, store: &Store, minutes: i64) -> Value {
    let path = format!("/v1/staff/stores/{}/expiry-preview?minutes={minutes}", store.id);
    server.good(&Request::get(path).bearer(token), 200).await.json()
}

/// So many wait until somebody has approved it.
async fn approve_expiries(server: &TestServer, token: &str) {
    let approval = json!({"through": server.shop.clock.now(), "comment": "as the dry run says"});
    let approve = Request::post("/v1/staff/expiries/approve").bearer(token).key(&server.key());
    server.good(&approve.json(&approval), 200).await;
}

async fn expire(server: &TestServer) {
    let (db, writer) = (server.shop.db.clone(), server.shop.writer.clone());
    let tools = Tools { db, writer, sources: server.shop.clock.sources(0) };
    let mut timer = Deadlines::expiries();
    while timer.step(&tools).await.expect("the timer works") == Remaining::More {}
}

async fn the_dry_run_lists_what_the_timer_cancels(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let (store, other) = (shop.store().await, shop.store().await);
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    let token = server.member_token(&owner).await;
    // Older and younger ones, and some that look old but have waited for a short time only, or do not wait.
    let imports = (1..=220).map(|number| import(number, 10 * number, &store, &tea, vec![])).collect();
    let mut orders: Vec<Arc<Order>> =
        together(&shop.writer, imports).await.into_iter().map(order_of).collect();
    orders.push(shop.place(&customer, &store, &[(&tea, 3)]).await);
    let invalid = OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None };
    for order in &orders[100..104] {
        shop.change(ActorRef::Operator, order, invalid.clone()).await;
    }
    for order in &orders[100..102] {
        shop.change(ActorRef::Operator, order, OrderCommand::Restore).await;
    }
    shop.change(ActorRef::Operator, &orders[150], OrderCommand::Confirm).await;
    let other_tea = shop.product(&other, 1).await;
    let elsewhere = import(500, 9_999, &other, &other_tea, vec![]);
    order_of(shop.writer.submit(elsewhere).await);

    // At the limit to the millisecond, in between, all, none.
    for minutes in [10, 995, 1_000, 2_200, 2_201, 500_000] {
        let before = dump(&db).await;
        let seen = preview(&server, &token, &store, minutes).await;
        assert_eq!(differences(&before, &dump(&db).await), [""; 0], "a dry run changes nothing");
        let waits = |number: i64| 10 * number >= minutes && ![101, 102, 103, 104, 151].contains(&number);
        let total = (1..=220).filter(|number| waits(*number)).count();
        assert_eq!(
            (&seen["total"], &seen["total_is_lower_bound"]),
            (&json!(total), &json!(false)),
            "{minutes}"
        );
    }

    let seen = preview(&server, &token, &store, 995).await;
    let path = format!("/v1/staff/stores/{}", store.id);
    let on = json!({"policy": {"cancel_unconfirmed_minutes": 995}});
    server.good(&Request::new("PATCH", path).bearer(&token).if_match("*").json(&on), 200).await;
    approve_expiries(&server, &token).await;
    expire(&server).await;
    let mut expired = vec![];
    for order in &orders {
        let now: Order = folded(&db, order.id.get()).await;
        if now.stage.parts().cancel_reason == Some(CancelReason::Expired) {
            expired.push(order);
        }
    }
    expired.sort_by_key(|order| (order.status_since, order.id));
    assert_eq!(seen["total"], expired.len());
    let named: Vec<_> =
        seen["items"].as_array().expect("a list").iter().map(|item| item["id"].clone()).collect();
    let first: Vec<_> = expired.iter().take(100).map(|order| json!(order.id.to_string())).collect();
    assert_eq!((named.len(), named), (100, first));
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for order in &expired {
        *sums.entry(order.currency.code()).or_default() += order.totals.total.get();
    }
    let told: BTreeMap<_, _> = seen["sums"]
        .as_array()
        .expect("sums")
        .iter()
        .map(|sum| (sum["currency"].as_str().expect("a code"), sum["amount"].as_i64().expect("an amount")))
        .collect();
    assert_eq!((told.len(), told), (2, sums));
    assert_eq!(preview(&server, &token, &store, 995).await["total"], 0);
    server.close().await;
}

async fn a_time_line_tells_each_what_they_may_know(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let store = shop.store().await;
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    let reviewer = shop.member(Role::Reviewer, StoreScope::All).await;
    let token = server.member_token(&owner).await;
    let deadlines = json!({"policy": {"review_minutes": 30, "start_minutes": 600}});
    let path = format!("/v1/staff/stores/{}", store.id);
    server.good(&Request::new("PATCH", path).bearer(&token).if_match("*").json(&deadlines), 200).await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let order = shop.place(&customer, &store, &[(&tea, 1)]).await;
    shop.clock.advance(45 * MINUTE);
    shop.change(ActorRef::Member(reviewer.id), &order, OrderCommand::Confirm).await;
    shop.clock.advance(10 * MINUTE);

    let token = server.member_token(&owner).await;
    let staff_path = format!("/v1/staff/orders/{}/timeline", order.id);
    let at = |minutes: i64| json!(Timestamp::from_millis(OPENING_MILLIS + minutes * MINUTE));
    let by_customer = json!({"kind": "customer", "id": customer.id.to_string()});
    let by_reviewer = json!({"kind": "member", "role": "reviewer", "id": reviewer.id.to_string(), "name": "王小明 Maria 3"});
    let expected = json!({
        "as_of": at(55),
        "steps": [
            {"status": "pending_review", "entered_at": at(0), "entered_by": by_customer, "due_at": at(30),
                "done_at": at(45), "done_by": by_reviewer, "duration_seconds": 45 * 60, "late": true, "late_seconds": 15 * 60},
            {"status": "confirmed", "entered_at": at(45), "entered_by": by_reviewer, "due_at": at(645),
                "duration_seconds": 10 * 60, "late": false},
        ],
        "milestones": [],
        "ahead": ["processing", "completed"],
        "total_seconds": 55 * 60,
        "has_more": false,
    });
    let seen = server.good(&Request::get(staff_path).bearer(&token), 200).await.json();
    assert_eq!(seen, expected);

    // The customer learns the role of who confirmed, and nobody's id but their own.
    let own = server.customer_token(&customer).await;
    let path = format!("/v1/orders/{}/timeline", order.id.number());
    let seen = server.good(&Request::get(path).bearer(&own), 200).await.json();
    let mut expected = expected;
    let reviewer = json!({"kind": "member", "role": "reviewer"});
    expected["steps"][0]["done_by"] = reviewer.clone();
    expected["steps"][1]["entered_by"] = reviewer;
    assert_eq!(seen, expected);
    server.close().await;
}

async fn an_imported_order_shows_its_original_times(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = &server.shop;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let auditor = shop.member(Role::Auditor, StoreScope::All).await;
    let token = server.member_token(&auditor).await;
    let at = |minutes: i64| Timestamp::from_millis(OPENING_MILLIS - minutes * MINUTE);
    let step = |to, minutes: i64| ImportedStep { to, at: Some(at(minutes)) };
    let steps =
        vec![step(Status::Confirmed, 900), step(Status::Processing, 600), step(Status::Completed, 60)];
    let order = order_of(shop.writer.submit(import(1, 1_000, &store, &tea, steps)).await);
    let path = format!("/v1/staff/orders/{}/timeline", order.id);
    let seen = server.good(&Request::get(path).bearer(&token), 200).await.json();
    let steps: Vec<_> = seen["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| (step["status"].clone(), step["entered_at"].clone(), step["duration_seconds"].as_i64()))
        .collect();
    assert_eq!(
        steps,
        [
            (json!("pending_review"), json!(at(1_000)), Some(100 * 60)),
            (json!("confirmed"), json!(at(900)), Some(300 * 60)),
            (json!("processing"), json!(at(600)), Some(540 * 60)),
            (json!("completed"), json!(at(60)), None),
        ]
    );
    assert_eq!((&seen["total_seconds"], &seen["ahead"]), (&json!(940 * 60), &json!([])));
    assert_eq!(seen["steps"][3]["entered_by"]["kind"], "importer");
    server.close().await;
}
