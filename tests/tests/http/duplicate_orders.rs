//! A customer who orders the same twice is asked, and told every way on, each of which works.

use ordervault_domain::store::Policy;
use ordervault_persistence::db::Db;
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    the_same_order_twice_is_asked_about,
    every_way_on_works,
    a_guest_is_not_told_which_order_it_is,
);

/// A customer's token, and their order of one piece.
async fn customer_and_wish(server: &TestServer) -> (String, Value) {
    let policy = Policy { duplicate_window_minutes: Some(10), ..Policy::default() };
    let store = server.shop.store_with(policy).await;
    let product = server.shop.product(&store, 100).await;
    let token = server.customer_token(server.shop.customer().await.as_ref()).await;
    let wish = json!({
        "store_id": store.id.to_string(),
        "lines": [{"product_id": product.id.to_string(), "quantity": 1}],
        "contact": {"name": "王小明", "phone": "+886912345678"},
    });
    (token, wish)
}

fn place(server: &TestServer, token: &str, wish: &Value) -> Request {
    Request::post("/v1/orders").bearer(token).key(&server.key()).json(wish)
}

async fn the_same_order_twice_is_asked_about(db: Db) {
    let server = TestServer::of(Shop::open(&db).await).await;
    let (token, mut wish) = customer_and_wish(&server).await;
    let request = place(&server, &token, &wish);
    let first = server.good(&request, 201).await.json();
    // The same request again is no second order: its key says so.
    assert_eq!(server.good(&request, 201).await.json()["id"], first["id"]);
    let before = dump(&db).await;
    let asked = server.good(&place(&server, &token, &wish), 409).await;
    assert_eq!(asked.code(), "duplicate-order");
    assert_eq!(differences(&before, &dump(&db).await), Vec::<String>::new());
    let number = first["number"].as_str().expect("a number");
    let problem = asked.json();
    assert_eq!(problem["errors"][0]["pointer"], "/not_duplicate_of");
    assert!(problem["errors"][0]["detail"].as_str().expect("words").contains(number), "{problem}");
    let codes: Vec<_> =
        problem["remedies"].as_array().expect("remedies").iter().map(|r| &r["code"]).collect();
    assert_eq!(codes, ["open", "amend", "cancel", "place_anyway"]);
    let told = ["id", "number", "status", "placed_at", "total"].map(|name| (name, first[name].clone()));
    assert_eq!(problem["earlier_orders"], json!([Value::from_iter(told)]));
    assert_eq!(problem["remedies"][3]["not_duplicate_of"], json!([first["id"]]));
    for (ids, status, code) in [
        (json!(["no-order"]), 422, "validation-failed"),
        (json!([7]), 422, "validation-failed"),
        (json!(vec![first["id"].clone(); 21]), 422, "validation-failed"),
        (json!([]), 409, "duplicate-order"),
    ] {
        wish["not_duplicate_of"] = ids;
        assert_eq!(server.good(&place(&server, &token, &wish), status).await.code(), code);
    }
    server.close().await;
}

async fn every_way_on_works(db: Db) {
    let server = TestServer::of(Shop::open(&db).await).await;
    let (token, mut wish) = customer_and_wish(&server).await;
    let first = server.good(&place(&server, &token, &wish), 201).await.json();
    let problem = server.good(&place(&server, &token, &wish), 409).await.json();
    let href = |code: &str| {
        let remedies = problem["remedies"].as_array().expect("remedies").clone();
        let remedy = remedies.into_iter().find(|remedy| remedy["code"] == code).expect("a remedy");
        remedy["href"].as_str().expect("a path").to_owned()
    };
    assert_eq!(server.good(&Request::get(href("open")).bearer(&token), 200).await.json()["id"], first["id"]);
    let amendment = json!({"note": "two of them, please"});
    let amend = Request::post(href("amend")).bearer(&token).if_match("\"1\"").json(&amendment);
    server.good(&amend, 200).await;
    wish["not_duplicate_of"] = json!([first["id"]]);
    let again = place(&server, &token, &wish);
    assert_eq!(again.line(), format!("POST {}", href("place_anyway")));
    let second = server.good(&again, 201).await.json();
    assert_ne!(second["id"], first["id"]);
    for order in [&first, &second] {
        let path = format!("/v1/orders/{}/cancel", order["id"].as_str().expect("an id"));
        server.good(&Request::post(path).bearer(&token).json(&json!({})), 200).await;
    }
    wish["not_duplicate_of"] = json!([]);
    server.good(&place(&server, &token, &wish), 201).await;
    server.close().await;
}

/// With its number and the phone number that they have just sent, they could open somebody else's order.
async fn a_guest_is_not_told_which_order_it_is(db: Db) {
    let server = TestServer::of(Shop::open(&db).await).await;
    let (token, wish) = customer_and_wish(&server).await;
    let place = |wish: &Value| Request::post("/v1/orders").key(&server.key()).json(wish);
    let first = server.good(&place(&wish), 201).await.json();
    let mut same = wish.clone();
    same["contact"] = json!({"name": "Somebody Else", "phone": "+886 912-345-678"});
    let asked = server.good(&place(&same), 409).await;
    assert_eq!(asked.code(), "duplicate-order");
    for secret in ["id", "number", "lookup_token"] {
        let secret = first[secret].as_str().expect("a text");
        assert!(!asked.text().contains(secret), "{}", asked.text());
    }
    let remedies = asked.json()["remedies"].as_array().expect("remedies").clone();
    let codes: Vec<_> = remedies.iter().map(|remedy| &remedy["code"]).collect();
    assert_eq!(codes, ["look_up", "place_anyway"]);
    assert_eq!(asked.json().get("earlier_orders"), None);
    let tokens = remedies[1]["not_duplicate_of"].as_array().expect("tokens");
    assert_eq!(tokens.len(), 1);
    let token_of_it = tokens[0].as_str().expect("a token");
    // It opens nothing, and names that order alone.
    let look_up = json!({"number": first["number"], "token": token_of_it});
    server.good(&Request::post("/v1/order-lookups").json(&look_up), 404).await;
    for tokens in [json!([first["lookup_token"]]), json!([token_of_it.to_lowercase()]), json!(["oat_"])] {
        same["not_duplicate_of"] = tokens;
        let answer = server.send(&place(&same)).await;
        assert!([409, 422].contains(&answer.status), "{}", answer.text());
    }
    same["not_duplicate_of"] = json!([token_of_it]);
    let second = server.good(&place(&same), 201).await.json();
    // Of two earlier ones both have to be meant.
    server.good(&place(&same), 409).await;
    // Whoever knows the orders may name them.
    same["not_duplicate_of"] = json!([first["id"], second["id"]]);
    server.good(&place(&same), 201).await;
    // An account is told by its number which orders are its own.
    server.good(&self::place(&server, &token, &wish), 201).await;
    server.close().await;
}
