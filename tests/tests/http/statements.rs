//! How many statements reading takes, once its reader is known, and placing.

use ordervault_domain::access::Role;
use ordervault_domain::order::{CancelReason, OrderCommand};
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::http::Request;
use ordervault_tests::queue::catch_up;
use ordervault_tests::server::TestServer;
use serde_json::json;

ordervault_tests::twin_tests!(
    reading_takes_few_statements,
    placing_takes_few_statements,
    a_token_that_is_forged_takes_none
);

async fn reading_takes_few_statements(db: Db) {
    let server = TestServer::open(&db).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 100).await;
    let customer = server.shop.customer().await;
    let owner = server.staff(Role::Owner).await;
    let orders = [
        server.shop.place(&customer, &store, &[(&product, 1)]).await,
        server.shop.place(&customer, &store, &[(&product, 2)]).await,
    ];
    let cancel = OrderCommand::Cancel { reason: CancelReason::Other, comment: None };
    server.shop.change(ActorRef::Operator, &orders[1], cancel).await;
    catch_up(&db).await;
    let id = customer.id;
    let customer = server.customer_token(&customer).await;
    let [open, cancelled] = orders.map(|order| order.id);
    let list = "?limit=100";
    let mut counted = vec![];
    for (path, token, most) in [
        (format!("/v1/orders/{open}"), &customer, 1),
        (format!("/v1/orders/{cancelled}"), &customer, 1),
        (format!("/v1/orders{list}"), &customer, 1),
        (format!("/v1/orders{list}&status=completed"), &customer, 1),
        (format!("/v1/orders{list}&q=thermos"), &customer, 1),
        (format!("/v1/staff/orders/{open}"), &owner.token(), 1),
        (format!("/v1/staff/orders/{cancelled}"), &owner.token(), 1),
        (format!("/v1/staff/orders{list}"), &owner.token(), 1),
        (format!("/v1/staff/orders{list}&status=pending_review"), &owner.token(), 1),
        (format!("/v1/staff/orders{list}&status=completed"), &owner.token(), 1),
        (format!("/v1/staff/customers{list}"), &owner.token(), 1),
        (format!("/v1/staff/customers{list}&q=5678"), &owner.token(), 1),
        (format!("/v1/staff/customers/{id}"), &owner.token(), 1),
    ] {
        let request = Request::get(&path).bearer(token);
        server.good(&request, 200).await;
        let (answer, statements) = server.statements(request).await;
        answer.ok();
        counted.push((path, most, statements));
    }
    for (path, most, statements) in counted {
        assert_eq!(statements.len(), most, "{path}: {statements:#?}");
    }
    server.close().await;
}

/// However many lines: what begins the transaction, what is asked, possible duplicates, the keys, what is written. COMMIT comes on top.
async fn placing_takes_few_statements(db: Db) {
    let server = TestServer::open(&db).await;
    let store = server.shop.store().await;
    let mut lines = vec![];
    for _ in 0..20 {
        lines.push(
            json!({"product_id": server.shop.product(&store, 1_000).await.id.to_string(), "quantity": 1}),
        );
    }
    let customer = server.shop.customer().await;
    let token = server.customer_token(&customer).await;
    let most = match db.engine() {
        Engine::Sqlite => 3,
        Engine::Postgres => 6,
    };
    // The first one also reads what the store is called, which is known for a while then.
    for lines in [&lines[..2], &lines[..1], &lines[..3], &lines] {
        let order = json!({"store_id": store.id.to_string(), "lines": lines,
            "contact": {"name": "Maria", "phone": "+886912345678"}});
        let request = Request::post("/v1/orders").bearer(&token).key(&format!("of {}", lines.len()));
        let (answer, mut statements) = server.statements(request.json(&order)).await;
        answer.created();
        // Whoever comes is read before, unless that was a moment ago.
        statements.retain(|statement| !statement.starts_with("SELECT * FROM sessions"));
        let is_first = lines.len() == 2;
        assert_eq!(statements.len(), most + usize::from(is_first), "{statements:#?}");
    }
    server.close().await;
}

async fn a_token_that_is_forged_takes_none(db: Db) {
    let server = TestServer::open(&db).await;
    let customer = server.shop.customer().await;
    let token = server.customer_token(&customer).await;
    let request = |token: &str| Request::get("/v1/me").bearer(token);
    let (body, signature) = token.rsplit_once('.').unwrap_or_default();
    let forged = format!("{body}.{}", signature.chars().rev().collect::<String>());
    let (answer, statements) = server.statements(request(&forged)).await;
    assert_eq!((answer.status, statements.len()), (401, 0), "{statements:#?}");
    // And nothing is known by it: the login is read for the first one who has it.
    for few in [2, 1] {
        let (answer, statements) = server.statements(request(&token)).await;
        assert_eq!((answer.status, statements.len()), (200, few), "{statements:#?}");
    }
    server.close().await;
}
