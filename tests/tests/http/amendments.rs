//! Lines are amended by their numbers, which no other line ever gets.

use ordervault_api::problem::Code;
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::money::Amount;
use ordervault_domain::product::{Product, ProductCommand, ProductEdit};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::client::Client;
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    lines_of_one_product_at_different_prices_stay_apart,
    nobody_buys_more_at_the_price_of_old_or_of_what_is_not_sold_any_more,
    whoever_was_told_another_total_is_asked_first,
    a_contact_is_corrected_until_the_goods_leave,
);

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

    // Each keeps its price for what it has. The cup is back as another line.
    let each = [line(Some(3), &tea, 1), line(Some(1), &tea, 2), line(None, &cup, 1)];
    let amended = server.good(&amend("", &each), 200).await.json();
    assert_eq!(lines(&amended), [(1, 1, 10_000), (3, 1, 12_000), (4, 1, 15_000), (5, 1, 10_000)]);
    let read = server.good(&Request::get(&path).bearer(&token), 200).await.json();
    assert_eq!(lines(&read), lines(&amended));
    server.close().await;
}

async fn nobody_buys_more_at_the_price_of_old_or_of_what_is_not_sold_any_more(db: Db) {
    let server = TestServer::of(Shop::open(&db).await).await;
    let store = server.shop.store().await;
    let tea = server.shop.product(&store, 1_000).await;
    let customer = server.shop.customer().await;
    let placed = server.shop.place(&customer, &store, &[(&tea, 1)]).await;
    let buyer = server.customer_token(&customer).await;
    let owner = server.member_token(&*server.shop.member(Role::Owner, StoreScope::All).await).await;
    let ask = |staff: bool, quantity: u32| {
        let (path, token) = if staff { ("/v1/staff/orders", &owner) } else { ("/v1/orders", &buyer) };
        let line = json!({"product_id": tea.id.to_string(), "quantity": quantity});
        let path = format!("{path}/{}/amendments", placed.id);
        Request::post(&path).bearer(token).if_match("*").json(&json!({"lines": [line]}))
    };
    price(&server.shop, &tea, 200_000).await;
    let amended = server.good(&ask(false, 100), 200).await.json();
    assert_eq!(lines(&amended), [(1, 1, 10_000), (2, 99, 200_000)]);
    assert_eq!(amended["total"]["amount"], 10_000 + 99 * 200_000);

    let retire =
        Operation::Product { id: Some(tea.id), expected_version: None, command: ProductCommand::Deactivate };
    server.shop.act(ActorRef::Operator, retire).await;
    for staff in [false, true] {
        let refused = server.send(&ask(staff, 200)).await;
        refused.faults(Code::ValidationFailed, &[("/lines/0/quantity", "not-sold")]);
    }
    let fewer = server.good(&ask(true, 3), 200).await.json();
    assert_eq!(lines(&fewer), [(1, 1, 10_000), (2, 2, 200_000)]);
    server.close().await;
}

async fn whoever_was_told_another_total_is_asked_first(db: Db) {
    let server = TestServer::of(Shop::open(&db).await).await;
    let store = server.shop.store().await;
    let tea = server.shop.product(&store, 100).await;
    let customer = server.customer_token(&*server.shop.customer().await).await;
    let owner = server.member_token(&*server.shop.member(Role::Owner, StoreScope::All).await).await;
    let wish = |token: Option<&String>, total: &Value| {
        let path = if token == Some(&owner) { "/v1/staff/orders" } else { "/v1/orders" };
        let request = Request::post(path).key(&server.key()).json(&json!({
            "store_id": store.id.to_string(),
            "lines": [{"product_id": tea.id.to_string(), "quantity": 2}],
            "contact": {"name": "林小美", "phone": "+886922333444"},
            "expected_total": total,
        }));
        token.iter().fold(request, |request, token| request.bearer(token))
    };
    let (seen, now) = (
        json!({"amount": 20_000, "currency": "TWD"}),
        json!({"amount": 24_000, "currency": "TWD", "exponent": 2}),
    );
    for buyer in [None, Some(&customer), Some(&owner)] {
        price(&server.shop, &tea, 10_000).await;
        let placed = server.good(&wish(buyer, &seen), 201).await.json();
        price(&server.shop, &tea, 12_000).await;
        let before = dump(&db).await;
        let refused = server.send(&wish(buyer, &seen)).await;
        refused.faults(Code::PriceChanged, &[("/expected_total", "price-changed")]);
        assert_eq!(
            (&refused.json()["total"], &refused.json()["remedies"][0]["code"]),
            (&now, &json!("accept_total"))
        );
        let other =
            server.send(&wish(buyer, &json!({"amount": 24_000, "currency": "JPY", "exponent": 0}))).await;
        other.faults(Code::PriceChanged, &[("/expected_total", "other-currency")]);
        assert_eq!(other.json()["total"], now);
        assert_eq!(differences(&before, &dump(&db).await), [""; 0]);
        server.good(&wish(buyer, &now), 201).await;

        // The same of an amendment, which says what it would come to.
        let path = match buyer == Some(&owner) {
            true => format!("/v1/staff/orders/{}/amendments", placed["id"].as_str().expect("an id")),
            false => format!("/v1/orders/{}/amendments", placed["id"].as_str().expect("an id")),
        };
        let Some(token) = buyer else { continue };
        let more = |query: &str, total: Option<&Value>| {
            let mut body = json!({"lines": [{"product_id": tea.id.to_string(), "quantity": 3}]});
            if let Some(total) = total {
                body["expected_total"] = total.clone();
            }
            Request::post(format!("{path}{query}")).bearer(token).if_match("*").json(&body)
        };
        let foreseen = server.good(&more("?preview=true", None), 200).await.json();
        assert_eq!(foreseen["total"]["amount"], 32_000);
        for query in ["", "?preview=true"] {
            let refused = server.send(&more(query, Some(&now))).await;
            refused.faults(Code::PriceChanged, &[("/expected_total", "price-changed")]);
            assert_eq!(
                (&refused.json()["total"], &refused.json()["version"]),
                (&foreseen["total"], &json!(1))
            );
        }
        assert_eq!(
            server.good(&more("", Some(&foreseen["total"])), 200).await.json()["total"],
            foreseen["total"]
        );
    }
    server.close().await;
}

async fn a_contact_is_corrected_until_the_goods_leave(db: Db) {
    let server = TestServer::of(Shop::open(&db).await).await;
    let owner = server.staff(Role::Owner).await;
    let store = owner.new_store().await;
    let limit = json!({"change_window_minutes": 10});
    let path = format!("/v1/staff/stores/{}", store["id"].as_str().unwrap_or_default());
    owner.patch(&path, "\"1\"", limit).await.ok();
    let tea = owner.new_product(&store, 10).await;
    let buyer = server.customer().await;
    let contact = |phone: &str| json!({"name": "王小明", "phone": phone});
    let body = json!({"store_id": store["id"], "lines": [{"product_id": tea["id"], "quantity": 1}],
        "contact": contact("+886912345678")});
    let placed = buyer.post_once("/v1/orders", &server.key(), body).await.created();
    let id = placed["id"].as_str().unwrap_or_default().to_owned();
    let amend = async |who: &Client<'_>, body: Value| {
        let path = if who.id == buyer.id { "orders" } else { "staff/orders" };
        who.send(Request::post(format!("/v1/{path}/{id}/amendments")).if_match("*").json(&body)).await
    };
    let offered = async |who: &Client<'_>| {
        let path = if who.id == buyer.id { "orders" } else { "staff/orders" };
        let order = who.get(&format!("/v1/{path}/{id}")).await.ok();
        let offers = order["actions"].as_array().cloned().unwrap_or_default();
        let amend = offers.into_iter().find(|offer| offer["action"] == "amend").unwrap_or_default();
        (amend["allowed"].clone(), amend["parts"].clone(), amend["until"].is_string())
    };
    let (yes, no) = (json!(true), json!(false));
    let (all, contact_only) = (json!(["lines", "contact", "note"]), json!(["contact"]));
    assert_eq!(offered(&buyer).await, (yes.clone(), all.clone(), true));
    // Their time for lines and notes is over, that for a wrong digit is not.
    server.shop.clock.advance(10 * 60_000);
    assert_eq!(offered(&buyer).await, (yes.clone(), contact_only.clone(), false));
    let lines = json!([{"product_id": tea["id"], "quantity": 2}]);
    for body in [
        json!({"note": "ring twice"}),
        json!({"lines": lines}),
        json!({"lines": lines, "contact": contact("+886900000001")}),
    ] {
        amend(&buyer, body).await.problem(Code::StateConflict);
    }
    let corrected = amend(&buyer, json!({"contact": contact("+886 912 345 679")})).await.ok();
    assert_eq!(corrected["contact"]["phone"], "+886912345679");
    for step in ["confirm", "start"] {
        owner.act(&format!("/v1/staff/orders/{id}/{step}")).await.ok();
    }
    for who in [&buyer, &owner] {
        assert_eq!(offered(who).await, (yes.clone(), contact_only.clone(), false));
        amend(who, json!({"note": "ring twice"})).await.problem(Code::StateConflict);
        let phone = format!("+88691234567{}", if who.id == buyer.id { 1 } else { 2 });
        assert_eq!(amend(who, json!({"contact": contact(&phone)})).await.ok()["contact"]["phone"], phone);
    }
    owner.act(&format!("/v1/staff/orders/{id}/complete")).await.ok();
    for who in [&buyer, &owner] {
        let (allowed, parts, _) = offered(who).await;
        assert_eq!((allowed, parts), (no.clone(), Value::Null));
        amend(who, json!({"contact": contact("+886912345678")})).await.problem(Code::StateConflict);
    }
    server.close().await;
}
