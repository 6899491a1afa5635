//! How often a request takes memory, in the whole process: HTTP, decisions, statements, answers, and the client here, which takes
//! next to none. Memory that SQLite takes for itself is not seen.
//!
//! Counts do not depend on the machine. A row that is met with more than this has to be told why; one that has got much cheaper
//! takes its bound down.
#![expect(clippy::expect_used, reason = "tests may")]

use std::alloc::System;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use ordervault_domain::access::Role;
use ordervault_persistence::engine::Engine;
use ordervault_tests::server::TestServer;
use ordervault_tests::twin::Fresh;
use serde_json::json;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Requests of which the mean is taken.
const REQUESTS: usize = 100;
/// Orders in the lists.
const LISTED: usize = 50;

/// What is done, and how often that takes memory at most, on SQLite and on PostgreSQL.
const MOST: [(&str, usize, usize); 5] = [
    ("a customer places an order of three lines", 1380, 1380),
    ("a customer reads an order", 190, 190),
    ("a customer lists 50 orders", 1140, 1180),
    ("a member opens an order", 910, 910),
    ("a member lists 50 orders", 1445, 1440),
];

#[tokio::test(flavor = "multi_thread")]
async fn requests_take_memory_as_often_as_is_told() {
    let mut found = vec![];
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let fresh = Fresh::on(engine).await;
        let server = TestServer::open(&fresh.db).await;
        for (index, requests) in requests(&server).await.into_iter().enumerate() {
            let (name, on_sqlite, on_postgres) = MOST[index];
            let most = if engine == Engine::Sqlite { on_sqlite } else { on_postgres };
            found.push((name, engine, most, mean(&server, &requests)));
        }
        server.close().await;
    }
    let over: Vec<_> = found.iter().filter(|(_, _, most, count)| count > most).collect();
    assert!(over.is_empty(), "more than is told: {over:#?}");
}

/// For each row of the table: what warms up, and what counts.
async fn requests(server: &TestServer) -> Vec<Vec<String>> {
    let store = server.shop.store().await;
    let mut products = vec![];
    for _ in 0..3 {
        products.push(server.shop.product(&store, 1_000_000).await);
    }
    let customer = server.shop.customer().await;
    let token = server.customer_token(&customer).await;
    let owner = server.staff(Role::Owner).await.token();
    for quantity in 1..=LISTED {
        let quantity = u32::try_from(quantity).expect("a small number");
        server.shop.place(&customer, &store, &[(&products[0], quantity)]).await;
    }
    let order = server
        .shop
        .place(&customer, &store, &[(&products[0], 1), (&products[1], 1), (&products[2], 1)])
        .await;
    let place = |number: usize| {
        let lines: Vec<_> = products
            .iter()
            .map(|product| json!({"product_id": product.id.to_string(), "quantity": number}))
            .collect();
        let body = json!({
            "store_id": store.id.to_string(), "lines": lines, "contact": {"name": "Maria", "phone": "+886912345678"},
        });
        request(
            "POST",
            "/v1/orders",
            &token,
            &format!("Idempotency-Key: number-{number}\r\n"),
            &body.to_string(),
        )
    };
    let again = |path: &str, token: &str| vec![request("GET", path, token, "", ""); 2 * REQUESTS];
    vec![
        (1..=2 * REQUESTS).map(place).collect(),
        again(&format!("/v1/orders/{}", order.id), &token),
        again(&format!("/v1/orders?limit={LISTED}"), &token),
        again(&format!("/v1/staff/orders/{}", order.id), &owner),
        again(&format!("/v1/staff/orders?limit={LISTED}"), &owner),
    ]
}

fn request(method: &str, path: &str, token: &str, header: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         {header}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// How often memory is taken per request, once everything is prepared.
fn mean(server: &TestServer, requests: &[String]) -> usize {
    let mut connection = TcpStream::connect(server.address).expect("a connection");
    let mut buffer = vec![0; 1024 * 1024];
    let (warm_up, counted) = requests.split_at(REQUESTS);
    for request in warm_up {
        ask(&mut connection, request, &mut buffer);
    }
    let region = Region::new(ALLOCATOR);
    for request in counted {
        ask(&mut connection, request, &mut buffer);
    }
    region.change().allocations / REQUESTS
}

/// Sends a request, and reads the answer to its end.
fn ask(connection: &mut TcpStream, request: &str, buffer: &mut [u8]) {
    connection.write_all(request.as_bytes()).expect("sent");
    let (mut read, mut end) = (0, None);
    while end.is_none_or(|end| read < end) {
        read += connection.read(&mut buffer[read..]).expect("an answer");
        end = end.or_else(|| end_of(&buffer[..read]));
    }
    assert!(buffer.starts_with(b"HTTP/1.1 20"), "{}", String::from_utf8_lossy(&buffer[..read]));
}

/// Where an answer ends that has begun so.
fn end_of(begun: &[u8]) -> Option<usize> {
    const LENGTH: &[u8] = b"content-length: ";
    let head = begun.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let length = begun[..head].windows(LENGTH.len()).position(|name| name.eq_ignore_ascii_case(LENGTH))?;
    let digits = begun[length + LENGTH.len()..head].iter().take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |length, digit| 10 * length + usize::from(digit - b'0'));
    Some(head + length)
}
