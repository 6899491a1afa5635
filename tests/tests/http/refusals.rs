//! What whoever is refused reads: everything that is wrong, in their language, and what they can do.

use ordervault_domain::order::Status;
use ordervault_persistence::db::Db;
use ordervault_tests::dump::dump;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::server::TestServer;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    everything_that_is_wrong_is_told_at_once,
    a_refusal_is_in_the_language_of_its_reader,
    a_buyer_cancels_without_saying_anything,
);

/// Where something is wrong, and what.
fn faults(answer: &Answer) -> Vec<(String, String)> {
    let body = answer.json();
    let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
    let errors = body["errors"].as_array().into_iter().flatten();
    let mut faults: Vec<_> = errors.map(|error| (text(error, "pointer"), text(error, "code"))).collect();
    faults.sort();
    faults
}

async fn everything_that_is_wrong_is_told_at_once(db: Db) {
    let server = TestServer::open(&db).await;
    let customer = server.customer_token(&*server.shop.customer().await).await;
    let owner = server.staff(ordervault_domain::access::Role::Owner).await.token();
    let before = dump(&db).await;
    let order = json!({
        "store_id": "here",
        "contact": {"name": "A\u{202a}na", "phone": "call me", "emial": "ana@example.com"},
        "lines": [{"product_id": "prd_00000000000001", "quantity": 0}, {"quantity": "two"}],
    });
    for (request, status, expected) in [
        (
            Request::post("/v1/orders?dry=1").bearer(&customer).json(&order),
            400,
            vec![
                ("/contact/emial", "unknown-field"),
                ("/contact/name", "forbidden-character"),
                ("/contact/phone", "invalid-phone"),
                ("/lines/0/product_id", "unknown-product"),
                ("/lines/0/quantity", "out-of-range"),
                ("/lines/1/product_id", "missing"),
                ("/lines/1/quantity", "wrong-type"),
                ("/store_id", "unknown-store"),
                ("Idempotency-Key", "missing"),
                ("dry", "unknown-parameter"),
            ],
        ),
        (
            Request::get("/v1/staff/orders?limit=0&placed_afer=today&status=paid&number=abc").bearer(&owner),
            400,
            vec![
                ("limit", "out-of-range"),
                ("number", "no-number"),
                ("placed_afer", "unknown-parameter"),
                ("status", "unknown-value"),
            ],
        ),
        (
            Request::get("/v1/staff/history?limit=x&actor=me&event=placd&entity=it&field=colour")
                .bearer(&owner),
            400,
            vec![
                ("actor", "unknown-value"),
                ("entity", "unknown-value"),
                ("event", "unknown-value"),
                ("field", "unknown-value"),
                ("limit", "wrong-type"),
            ],
        ),
    ] {
        let answer = server.good(&request, status).await;
        let expected: Vec<_> = expected.iter().map(|(at, code)| ((*at).into(), (*code).into())).collect();
        assert_eq!(faults(&answer), expected, "{}", answer.text());
    }
    assert_eq!(dump(&db).await, before);
    server.close().await;
}

async fn a_refusal_is_in_the_language_of_its_reader(db: Db) {
    let server = TestServer::open(&db).await;
    let body = json!({"number": "0P65-4D22-1QSQ-5F", "phone": ""});
    let look_up = Request::post("/v1/order-lookups").json(&body);
    let many = (0..200).map(|n| format!("x{n}")).collect::<Vec<_>>().join(",");
    for (wanted, language, title) in [
        ("", "en", "The content is not valid"),
        ("*", "en", "The content is not valid"),
        ("tlh", "en", "The content is not valid"),
        ("\u{fffd};q=x,,", "en", "The content is not valid"),
        (&many, "en", "The content is not valid"),
        ("ja", "ja", "内容が無効です"),
        ("fr, ja;q=0.5, en;q=0.4", "ja", "内容が無効です"),
        ("zh-TW", "zh-Hant", "內容無效"),
        ("zh-CN", "zh-Hans", "内容无效"),
        ("zh-SG, en", "zh-Hans", "内容无效"),
    ] {
        let answer = server.good(&look_up.clone().header("accept-language", wanted), 422).await;
        let told = answer.json();
        assert_eq!(told["title"], title, "{wanted}");
        assert_eq!(
            (&told["code"], faults(&answer)),
            (&json!("validation-failed"), faults(&server.send(&look_up).await))
        );
        assert_eq!(answer.header("content-language"), Some(language), "{wanted}");
        assert!(answer.all("vary").iter().any(|vary| vary.contains("Accept-Language")), "{wanted}");
    }
    let nobody = server.good(&Request::get("/v1/orders").header("accept-language", "ja"), 401).await.json();
    assert_eq!(
        (&nobody["code"], &nobody["title"]),
        (&json!("token-missing"), &json!("先にログインしてください"))
    );
    assert_eq!(nobody["remedies"][0]["code"], "log_in");
    server.close().await;
}

async fn a_buyer_cancels_without_saying_anything(db: Db) {
    let server = TestServer::open(&db).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 10).await;
    let customer = server.shop.customer().await;
    let token = server.customer_token(&customer).await;
    let order = server.order_in(Status::Confirmed, &customer, &store, &product).await;
    let cancel = Request::post(format!("/v1/orders/{}/cancel", order.id)).bearer(&token);
    let refused = server.good(&cancel.clone().body("text/plain", "no more"), 415).await;
    assert_eq!(refused.code(), "unsupported-media-type");
    let refused = server.good(&cancel.clone().json(&json!({"reason": "weather"})), 422).await;
    assert_eq!(faults(&refused), [("/reason".to_owned(), "unknown-value".to_owned())]);
    let cancelled = server.good(&cancel.clone().key(&server.key()), 200).await.json();
    assert_eq!(cancelled["status"], "cancelled");
    let again = server.good(&cancel.json(&json!({})), 200).await.json();
    assert_eq!(again["version"], cancelled["version"]);
    server.close().await;
}
