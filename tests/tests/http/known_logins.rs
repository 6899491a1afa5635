//! Reading takes a login for what it was less than a second ago, unless this server knows better; writing never does.

use ordervault_api::auth::Realm;
use ordervault_api::known_logins::KNOWN_MILLIS;
use ordervault_api::problem::Code;
use ordervault_domain::access::{Role, StoreScope};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::REUSE_GRACE_MILLIS;
use ordervault_tests::client::Client;
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::Request;
use ordervault_tests::queue::another_process;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{PASSWORD, Shop};
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    what_is_done_to_members_here_is_seen_at_once,
    what_is_done_to_customers_here_is_seen_at_once,
    what_is_done_elsewhere_is_seen_within_a_second_and_stops_writing_at_once,
);

const ORDERS: &str = "/v1/orders";
const STAFF_ORDERS: &str = "/v1/staff/orders";

async fn what_is_done_to_members_here_is_seen_at_once(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let at = |member: &Client<'_>| format!("/v1/staff/members/{}", member.id);

    let gone = server.staff(Role::Clerk).await;
    gone.get(STAFF_ORDERS).await.ok();
    owner.act(&format!("{}/deactivate", at(&gone))).await.ok();
    gone.get(STAFF_ORDERS).await.problem(Code::TokenInvalid);

    let other = server.staff(Role::Clerk).await;
    assert_eq!(other.get("/v1/staff/me").await.ok()["roles"], json!(["clerk"]));
    owner.patch(&at(&other), "*", json!({"roles": ["auditor"]})).await.ok();
    assert_eq!(other.get("/v1/staff/me").await.ok()["roles"], json!(["auditor"]));

    assert_eq!(other.act("/v1/staff/auth/logout").await.status, 204);
    other.get(STAFF_ORDERS).await.problem(Code::TokenInvalid);
    server.close().await;
}

async fn what_is_done_to_customers_here_is_seen_at_once(db: Db) {
    let server = TestServer::open(&db).await;
    let customer = server.shop.customer().await;
    let email = customer.contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
    let log_in = async || server.log_in(Realm::Customer, &email).await;
    let with = |tokens: &Value| {
        let token = tokens["access_token"].as_str().unwrap_or_default();
        server.anonymous().with_token(token)
    };

    let (one, other) = (with(&log_in().await), with(&log_in().await));
    other.get(ORDERS).await.ok();
    let change = json!({"current_password": PASSWORD, "new_password": PASSWORD});
    assert_eq!(one.post("/v1/me/password", change).await.status, 204);
    other.get(ORDERS).await.problem(Code::TokenInvalid);
    one.get(ORDERS).await.ok();
    assert_eq!(one.act("/v1/auth/logout").await.status, 204);
    one.get(ORDERS).await.problem(Code::TokenInvalid);

    let tokens = log_in().await;
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    server.anonymous().post("/v1/auth/refresh", refresh.clone()).await.ok();
    server.shop.clock.advance(REUSE_GRACE_MILLIS + 1);
    with(&tokens).get(ORDERS).await.ok();
    server.anonymous().post("/v1/auth/refresh", refresh).await.problem(Code::TokenReused);
    with(&tokens).get(ORDERS).await.problem(Code::TokenInvalid);
    server.close().await;
}

async fn what_is_done_elsewhere_is_seen_within_a_second_and_stops_writing_at_once(db: Db) {
    let here = TestServer::open(&db).await;
    let clock = here.shop.clock.clone();
    let elsewhere = TestServer::of(Shop::with(&another_process(&db).await, clock.clone(), 2).await).await;
    let owner = here.shop.member(Role::Owner, StoreScope::All).await;
    let owner = elsewhere.anonymous().with_token(&here.member_token(&owner).await);
    let store = here.shop.store().await;
    let product = here.shop.product(&store, 10).await;
    let customer = here.shop.customer().await;
    let order = here.shop.place(&customer, &store, &[(&product, 1)]).await;
    let placing = json!({
        "store_id": store.id.to_string(),
        "lines": [{"product_id": product.id.to_string(), "quantity": 1}],
        "contact": {"name": "王小明", "phone": "+886912345678"},
    });

    let clerk = here.staff(Role::Clerk).await;
    let token = here.customer_token(&customer).await;
    let buyer = here.anonymous().with_token(&token);
    clerk.get(STAFF_ORDERS).await.ok();
    buyer.get(ORDERS).await.ok();
    buyer.post_once(ORDERS, "once", placing.clone()).await.created();
    owner.act(&format!("/v1/staff/members/{}/deactivate", clerk.id)).await.ok();
    assert_eq!(elsewhere.anonymous().with_token(&token).act("/v1/auth/logout").await.status, 204);

    let before = dump(&db).await;
    let cancel = Request::post(format!("{STAFF_ORDERS}/{}/cancel", order.id));
    clerk.send(cancel.json(&json!({"reason": "staff"}))).await.problem(Code::TokenInvalid);
    for key in ["once", "twice"] {
        buyer.post_once(ORDERS, key, placing.clone()).await.problem(Code::TokenInvalid);
    }
    assert_eq!(differences(&before, &dump(&db).await), [""; 0]);
    for millis in [0, KNOWN_MILLIS - 1] {
        clock.advance(millis);
        clerk.get(STAFF_ORDERS).await.ok();
        buyer.get(ORDERS).await.ok();
    }
    clock.advance(1);
    clerk.get(STAFF_ORDERS).await.problem(Code::TokenInvalid);
    buyer.get(ORDERS).await.problem(Code::TokenInvalid);
    elsewhere.close().await;
    here.close().await;
}
