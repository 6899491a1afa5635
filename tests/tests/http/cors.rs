//! Web pages of other origins.

use ordervault_api::settings::{CorsOrigins, Rates, Settings};
use ordervault_persistence::db::Db;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::json;

ordervault_tests::twin_tests!(
    a_page_reads_what_it_may,
    a_page_asks_before_without_a_login,
    refusals_are_read_as_well,
    without_the_setting_only_what_is_open_is_read
);

const SHOP: &str = "https://shop.example";

/// Not one of these is the shop's page.
const FOREIGN: [&str; 7] = [
    "https://shop.example.evil.example",
    "https://shop.example:8443",
    "http://shop.example",
    "HTTPS://SHOP.EXAMPLE",
    "https://shop.exampl",
    "null",
    "",
];

async fn server(db: &Db, origins: &[&str], any_for_catalogue: bool) -> TestServer {
    let exact = origins.iter().map(|origin| (*origin).to_owned()).collect();
    let cors_origins = CorsOrigins { exact, any_for_catalogue };
    let settings = Settings { rates: Rates::unlimited(), cors_origins, ..Settings::default() };
    TestServer::with(Shop::open(db).await, settings).await
}

fn allowed(answer: &Answer) -> Option<&str> {
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    let vary = answer.all("vary");
    assert!(vary.iter().any(|vary| vary.contains("Origin")), "{vary:?}");
    answer.header("access-control-allow-origin")
}

async fn a_page_reads_what_it_may(db: Db) {
    let server = server(&db, &["http://localhost:5173", SHOP], true).await;
    let customer = server.shop.customer().await;
    let token = server.customer_token(&customer).await;
    for (path, elsewhere) in [
        ("/v1/board/orders", Some("*")),
        ("/openapi.json", Some("*")),
        ("/v1/labels", Some("*")),
        ("/v1/stores", Some("*")),
        ("/v1/products", Some("*")),
        ("/v1/orders", None),
        ("/v1/me", None),
        ("/healthz", None),
    ] {
        let ask = |origin: &str| {
            Request::get(path).bearer(&token).header("x-request-id", "page").header("origin", origin)
        };
        let plain = server.send(&Request::get(path).bearer(&token).header("x-request-id", "page")).await;
        assert_eq!(allowed(&plain), None, "{path}");
        let own = server.send(&ask(SHOP)).await;
        assert_eq!(
            (own.status, own.text(), allowed(&own)),
            (plain.status, plain.text(), Some(SHOP)),
            "{path}"
        );
        let exposed = own.header("access-control-expose-headers").expect("what a page may read");
        for name in ["ETag", "Location", "Retry-After", "X-Request-Id", "Idempotent-Replayed"] {
            assert!(exposed.contains(name), "{exposed}");
        }
        for origin in FOREIGN {
            let foreign = server.send(&ask(origin)).await;
            assert_eq!(
                (foreign.status, allowed(&foreign)),
                (plain.status, elsewhere),
                "{path} from {origin}"
            );
        }
    }
    server.close().await;
}

async fn a_page_asks_before_without_a_login(db: Db) {
    let server = server(&db, &[SHOP], true).await;
    let ask = |path: &str, origin: &str, method: &str| {
        Request::new("OPTIONS", path)
            .header("origin", origin)
            .header("access-control-request-method", method)
            .header("access-control-request-headers", "authorization,content-type,idempotency-key")
    };
    let answer = server.send(&ask("/v1/orders", SHOP, "POST")).await;
    assert_eq!((answer.status, allowed(&answer)), (204, Some(SHOP)));
    assert_eq!(answer.header("access-control-allow-methods"), Some("POST, GET, HEAD"));
    assert_eq!(answer.header("access-control-max-age"), Some("7200"));
    let headers = answer.header("access-control-allow-headers").expect("what a page may send").to_lowercase();
    for name in ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match"] {
        assert!(headers.contains(name), "{headers}");
    }
    // A method that is not there is not allowed, which the browser finds.
    let unknown = server.send(&ask("/v1/orders", SHOP, "BREW")).await;
    assert_eq!((unknown.status, allowed(&unknown)), (204, Some(SHOP)));
    let foreign = server.send(&ask("/v1/orders", "https://evil.example", "POST")).await;
    assert_eq!((foreign.status, allowed(&foreign)), (204, None));
    assert_eq!(foreign.header("access-control-allow-methods"), None);
    // Anybody's page reads stores, but nobody's login goes with that.
    let any = server.send(&ask("/v1/stores", "https://evil.example", "GET")).await;
    assert_eq!((any.status, allowed(&any)), (204, Some("*")));
    let headers = any.header("access-control-allow-headers").expect("what a page may send").to_lowercase();
    assert!(!headers.contains("authorization"), "{headers}");
    server.close().await;
}

async fn refusals_are_read_as_well(db: Db) {
    let one = Rates {
        register_address: ordervault_persistence::writer::Rate { limit: 1, window_millis: 60_000 },
        ..Rates::unlimited()
    };
    let cors_origins = CorsOrigins { exact: vec![SHOP.to_owned()], any_for_catalogue: false };
    let settings = Settings { rates: one, cors_origins, ..Settings::default() };
    let server = TestServer::with(Shop::open(&db).await, settings).await;
    let register = |number: u64| {
        Request::post("/v1/auth/register").json(&json!({
            "email": format!("maria-{number}@example.com"), "password": "a long walk by the sea side", "name": "Maria",
        }))
    };
    server.send(&register(1)).await;
    for (request, status) in [
        (Request::get("/v1/orders"), 401),
        (Request::get("/nowhere"), 404),
        (Request::new("DELETE", "/v1/orders"), 405),
        (Request::get("/v1/stores?limit=0"), 400),
        (Request::post("/v1/auth/login").text("{"), 400),
        (register(2), 429),
    ] {
        let line = request.line();
        let answer = server.send(&request.header("origin", SHOP)).await;
        assert_eq!((answer.status, allowed(&answer)), (status, Some(SHOP)), "{line}: {}", answer.text());
    }
    server.close().await;
}

async fn without_the_setting_only_what_is_open_is_read(db: Db) {
    let server = server(&db, &[], false).await;
    for (path, expected) in [
        ("/v1/board/orders", Some("*")),
        ("/openapi.json", Some("*")),
        ("/v1/stores", None),
        ("/v1/products", None),
        ("/v1/me", None),
    ] {
        let answer = server.send(&Request::get(path).header("origin", SHOP)).await;
        assert_eq!(allowed(&answer), expected, "{path}");
    }
    server.close().await;
}
