//! A hundred clients with the same wish at the same time get one order between them, and the same answer each.

use futures_util::future::join_all;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_tests::dump::dump;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::postgres::drop_database;
use ordervault_tests::queue::{another_process, stock};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop};
use ordervault_tests::twin::{Fresh, verify};
use serde_json::json;

const CLIENTS: usize = 100;
const UNITS: i64 = 1_000;

ordervault_tests::twin_tests!(
    equal_requests_make_one_order,
    equal_requests_without_an_account_make_one_order,
    unlike_requests_with_one_key_make_one_order,
);

/// A customer's request for so many units, and the product.
async fn wish(
    server: &TestServer,
) -> (impl Fn(u32) -> Request + use<>, std::sync::Arc<ordervault_domain::product::Product>) {
    let store = server.shop.store().await;
    let product = server.shop.product(&store, UNITS).await;
    let customer = server.shop.customer().await;
    let token = server.customer_token(&customer).await;
    let (store_id, product_id) = (store.id.to_string(), product.id.to_string());
    let request = move |quantity: u32| {
        Request::post("/v1/orders").bearer(&token).key("one wish").json(&json!({
            "store_id": store_id,
            "lines": [{"product_id": product_id, "quantity": quantity}],
            "contact": {"name": "王小明", "phone": "+886912345678"},
        }))
    };
    (request, product)
}

/// All of them were answered alike, and only one of them first.
fn assert_one_answer(answers: &[&Answer]) {
    for answer in answers {
        assert_eq!((answer.status, answer.text()), (201, answers[0].text()));
        assert_eq!(answer.header("etag"), Some("\"1\""));
        assert_eq!(answer.header("location"), answers[0].header("location"));
    }
    let first = answers.iter().filter(|answer| answer.header("idempotent-replayed").is_none());
    assert_eq!(first.count(), 1);
}

async fn equal_requests_make_one_order(db: Db) {
    let server = TestServer::open(&db).await;
    let (wish, product) = wish(&server).await;
    let request = wish(3);
    let answers = join_all((0..CLIENTS).map(|_| server.send(&request))).await;
    assert_one_answer(&answers.iter().collect::<Vec<_>>());
    // And once more, when all is over.
    let again = server.good(&request, 201).await;
    assert_eq!(again.text(), answers[0].text());
    assert_eq!(dump(&db).await["orders"].len(), 1);
    assert_eq!(stock(&db, &product).await, (UNITS, 3));
    server.close().await;
}

async fn equal_requests_without_an_account_make_one_order(db: Db) {
    let server = TestServer::open(&db).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, UNITS).await;
    let request = Request::post("/v1/orders").key("one wish of a guest").json(&json!({
        "store_id": store.id.to_string(),
        "lines": [{"product_id": product.id.to_string(), "quantity": 3}],
        "contact": {"name": "王小明", "phone": "+886912345678"},
    }));
    let answers = join_all((0..CLIENTS).map(|_| server.send(&request))).await;
    assert_one_answer(&answers.iter().collect::<Vec<_>>());
    assert!(answers[0].json()["lookup_token"].is_string());
    assert_eq!(dump(&db).await["orders"].len(), 1);
    assert_eq!(stock(&db, &product).await, (UNITS, 3));
    server.close().await;
}

async fn unlike_requests_with_one_key_make_one_order(db: Db) {
    let server = TestServer::open(&db).await;
    let (wish, product) = wish(&server).await;
    let requests = [wish(1), wish(2)];
    let answers = join_all((0..CLIENTS).map(|client| server.send(&requests[client % 2]))).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!((made.len(), refused.len()), (CLIENTS / 2, CLIENTS / 2));
    assert_one_answer(&made);
    for answer in refused {
        assert_eq!((answer.status, answer.code().as_str()), (422, "idempotency-key-reused"));
    }
    let quantity = made[0].json()["lines"][0]["quantity"].as_i64().expect("a quantity");
    assert_eq!(dump(&db).await["orders"].len(), 1);
    assert_eq!(stock(&db, &product).await, (UNITS, quantity));
    server.close().await;
}

#[tokio::test]
async fn two_servers_on_one_database_make_one_order() {
    let fresh = Fresh::on(Engine::Postgres).await;
    let here = TestServer::open(&fresh.db).await;
    // Dice of its own, as every process has.
    let clock = ManualClock::at(OPENING_MILLIS);
    let there = TestServer::of(Shop::with(&another_process(&fresh.db).await, clock, 2).await).await;
    let (wish, product) = wish(&here).await;
    let request = wish(3);
    let servers = [&here, &there];
    let answers = join_all((0..CLIENTS).map(|client| servers[client % 2].send(&request))).await;
    assert_one_answer(&answers.iter().collect::<Vec<_>>());
    assert_eq!(dump(&fresh.db).await["orders"].len(), 1);
    assert_eq!(stock(&fresh.db, &product).await, (UNITS, 3));
    here.close().await;
    there.close().await;
    verify(&fresh.db).await;
    fresh.db.close().await;
    drop_database(&fresh.url).await;
}
