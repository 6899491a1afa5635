//! Requests to every operation that the API's description names: queries, cursors, bodies.

use std::fmt::Write as _;
use std::path::Path;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_persistence::engine::Engine;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::seed::check;
use ordervault_tests::server::TestServer;
use ordervault_tests::twin::Fresh;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestCaseResult;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::values::any_text;

const CASES: u32 = 600;

/// An operation as it is described.
#[derive(Clone, Debug)]
struct Operation {
    method: String,
    path: String,
    parameters: Vec<String>,
    takes_body: bool,
}

/// Every operation but those that end the login that the others need.
fn operations() -> Vec<Operation> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/openapi.json");
    let document = std::fs::read_to_string(file).expect("the committed description");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let mut operations = vec![];
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let parameters = parameters.filter(|parameter| parameter["in"] == "query");
            let parameters = parameters.filter_map(|parameter| Some(parameter["name"].as_str()?.to_owned()));
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                parameters: parameters.collect(),
                takes_body: operation["requestBody"].is_object(),
            });
        }
    }
    operations.retain(|operation| !operation.path.contains("logout") && !operation.path.contains("password"));
    operations
}

/// A server with something in it, and who asks.
struct Fixture {
    runtime: Runtime,
    fresh: Fresh,
    server: TestServer,
    staff: String,
    customer: String,
    order: Value,
}

impl Fixture {
    fn open() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (fresh, server, staff, customer, order) = runtime.block_on(async {
            let fresh = Fresh::on(Engine::Sqlite).await;
            let server = TestServer::open(&fresh.db).await;
            let shop = &server.shop;
            let store = shop.store_with_board().await;
            let product = shop.product(&store, 1_000).await;
            let customer = shop.customer().await;
            for _ in 0..3 {
                shop.place(&customer, &store, &[(&product, 1)]).await;
            }
            let order = json!({
                "store_id": store.id.to_string(),
                "lines": [{"product_id": product.id.to_string(), "quantity": 1}],
                "contact": {"name": "王小明", "phone": "+886912345678"},
                "note": "請按門鈴",
            });
            let owner = shop.member(Role::Owner, StoreScope::All).await;
            let staff = server.member_token(&owner).await;
            let token = server.customer_token(&customer).await;
            (fresh, server, staff, token, order)
        });
        Self { runtime, fresh, server, staff, customer, order }
    }

    fn send(&self, path: &str, request: Request) -> Answer {
        let token = if path.starts_with("/v1/staff/") { &self.staff } else { &self.customer };
        self.runtime.block_on(self.server.send(&request.bearer(token)))
    }

    fn close(self) {
        self.runtime.block_on(async {
            self.server.close().await;
            self.fresh.finish().await;
        });
    }
}

/// Nothing that is sent is the server's fault, and what is refused is refused by a document.
fn is_sound(request: &Request, answer: &Answer) -> TestCaseResult {
    prop_assert!(answer.status < 500, "{}: {}", request.line(), answer.whole());
    if answer.status >= 400 {
        prop_assert!(!answer.code().is_empty(), "{}: {}", request.line(), answer.whole());
    }
    Ok(())
}

/// A text as it stands in a query or path: encoded in part, and in part as no client should.
fn encoded(text: &str) -> String {
    let mut target = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'%'
            | b'+'
            | b'&'
            | b'='
            | b','
            | b'.'
            | b'-'
            | b'_' => {
                target.push(byte.into());
            }
            _ => write!(target, "%{byte:02X}").expect("a string grows"),
        }
    }
    target
}

#[test]
fn queries() {
    let (fixture, operations) = (Fixture::open(), operations());
    let operations: Vec<_> = operations.into_iter().filter(|operation| operation.method == "GET").collect();
    let parts = prop::collection::vec((any::<Index>(), any_text()), 0..4);
    check(CASES, &(select(operations), any_text(), parts), |(operation, id, parts)| {
        let id = encoded(&id);
        let path = operation.path.replace("{id}", if id.is_empty() { "x" } else { &id }).replace("{no}", "1");
        let mut query = String::new();
        for (index, value) in &parts {
            let name = match operation.parameters.len() {
                0 => "unknown",
                count => &operation.parameters[index.index(count)],
            };
            write!(query, "&{name}={}", encoded(value)).expect("a string grows");
        }
        let request = Request::get(format!("{path}?{query}"));
        is_sound(&request, &fixture.send(&operation.path, request.clone()))
    });
    fixture.close();
}

/// Only what the server made is a cursor, to the bit.
#[test]
fn cursors() {
    const LISTS: &[&str] = &["/v1/staff/orders", "/v1/orders", "/v1/staff/products"];
    let fixture = Fixture::open();
    let first = Request::get("/v1/staff/orders?limit=1");
    let page = fixture.send(LISTS[0], first).json();
    let cursor = page["next_cursor"].as_str().expect("a cursor").to_owned();
    let damage = (any::<Index>(), any::<u8>()).prop_map(move |(place, other)| {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut damaged = cursor.clone().into_bytes();
        // The last symbol may carry bits that mean nothing.
        let place = place.index(damaged.len() - 1);
        let other = ALPHABET[usize::from(other) % ALPHABET.len()];
        damaged[place] = if damaged[place] == other { b'~' } else { other };
        String::from_utf8_lossy(&damaged).into_owned()
    });
    let made_up = any_text().prop_filter("some text", |text| !text.is_empty());
    check(CASES, &(select(LISTS), prop_oneof![damage, made_up]), |(list, cursor)| {
        let request = Request::get(list).asking("limit", "1").asking("cursor", &cursor);
        let answer = fixture.send(list, request.clone());
        is_sound(&request, &answer)?;
        prop_assert_eq!((answer.status, answer.code()), (400, "invalid-parameter".to_owned()), "{}", cursor);
        Ok(())
    });
    fixture.close();
}

/// Any JSON at all.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        const NAMES: &[&str] =
            &["lines", "contact", "name", "phone", "email", "note", "store_id", "ids", "action", "policy"];
        let members = prop::collection::vec((select(NAMES), inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Value::Array),
            members.prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

/// A good body with other bytes in some places, any JSON, any bytes.
#[test]
fn bodies() {
    let fixture = Fixture::open();
    let operations: Vec<_> = operations().into_iter().filter(|operation| operation.takes_body).collect();
    let good = fixture.order.to_string().into_bytes();
    let damage = prop::collection::vec((any::<Index>(), any::<u8>()), 0..4).prop_map(move |places| {
        let mut body = good.clone();
        for (place, byte) in places {
            let at = place.index(body.len());
            body[at] = byte;
        }
        body
    });
    let json = any_json().prop_map(|json| json.to_string().into_bytes());
    let bytes = prop::collection::vec(any::<u8>(), 0..60);
    let inputs = (select(operations), any::<u64>(), prop_oneof![damage, json, bytes]);
    check(CASES, &inputs, |(operation, key, body)| {
        let path = operation.path.replace("{id}", "ord_0NEHNAF80JYTA").replace("{no}", "1");
        let request =
            Request::new(&operation.method, path).key(&format!("key-{key}")).if_match("*").text(body);
        is_sound(&request, &fixture.send(&operation.path, request.clone()))
    });
    fixture.close();
}
