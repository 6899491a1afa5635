//! Lines are amended by their numbers, which no other line ever gets.

use ordervault_domain::money::Amount;
use ordervault_domain::product::{Product, ProductCommand, ProductEdit};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(lines_of_one_product_at_different_prices_stay_apart);

/// Number, quantity and price of each line.
fn lines(order: &Value) -> Vec<(i64, i64, i64)> {
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let line = |line: &Value| {
        (number(&line["no"]), number(&line["quantity"]), number(&line["unit_price"]["amount"]))
    };
    order["lines"].as_array().into_iter().flatten().map(line).collect()
}

async fn price(shop: &Shop, product: &Product, price: i64) {
    let edit = ProductEdit { price: Some(Amount::new(price)), ..ProductEdit::default() };
    let command = ProductCommand::Edit(edit);
    let operation = Operation::Product { id: Some(product.id), expected_version: None, command };
    shop.act(ActorRef::Operator, operation).await;
}

async fn lines_of_one_product_at_different_prices_stay_apart(db: Db) {
    let server = TestServer::of(Shop::open(&db).await).await;
    let store = server.shop.store().await;
    let (tea, cup) = (server.shop.product(&store, 100).await, server.shop.product(&store, 100).await);
    let customer = server.shop.customer().await;
    let placed = server.shop.place(&customer, &store, &[(&tea, 1), (&cup, 1)]).await;
    let token = server.customer_token(&customer).await;
    let path = format!("/v1/orders/{}", placed.id);
    let line = |no: Option<i64>, product: &Product, quantity: i64| match no {
        Some(no) => json!({"no": no, "product_id": product.id.to_string(), "quantity": quantity}),
        None => json!({"product_id": product.id.to_string(), "quantity": quantity}),
    };
    let amend = |query: &str, lines: &[Value]| {
        let path = format!("{path}/amendments{query}");
        Request::post(&path).bearer(&token).if_match("*").json(&json!({"lines": lines}))
    };
    price(&server.shop, &tea, 12_000).await;

    // More of the tea at today's price, beside what was agreed; the cup goes.
    let more = [line(None, &tea, 2), line(Some(1), &tea, 1)];
    let foreseen = server.good(&amend("?preview=true", &more), 200).await.json();
    assert_eq!(lines(&foreseen), [(1, 1, 10_000), (3, 2, 12_000)]);
    let amended = server.good(&amend("", &more), 200).await.json();
    assert_eq!(lines(&amended), lines(&foreseen));
    assert_eq!(amended["total"]["amount"], 34_000);
    price(&server.shop, &tea, 15_000).await;

    // Each keeps its price. The cup is back as another line.
    let each = [line(Some(3), &tea, 1), line(Some(1), &tea, 2), line(None, &cup, 1)];
    let amended = server.good(&amend("", &each), 200).await.json();
    assert_eq!(lines(&amended), [(1, 2, 10_000), (3, 1, 12_000), (4, 1, 10_000)]);
    let read = server.good(&Request::get(&path).bearer(&token), 200).await.json();
    assert_eq!(lines(&read), lines(&amended));
    server.close().await;
}
