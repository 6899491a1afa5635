//! Methods, ids, headers, limits and failures.

use super::*;
use std::pin::Pin;
use std::time::Duration;

use actix_web::FromRequest;
use actix_web::dev::Payload;
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};

#[actix_web::test]
async fn the_request_id_is_taken_when_sane_and_made_otherwise() {
    let app = app!();
    let answer = send!(app, get("/livez").insert_header(("x-request-id", "Abc.1_2-3")));
    assert_eq!(answer.header("x-request-id"), "Abc.1_2-3");
    let longest = "x".repeat(64);
    assert_eq!(
        send!(app, get("/livez").insert_header(("x-request-id", longest.clone()))).header("x-request-id"),
        longest
    );
    for bad in ["", "with space", "a/b", "{}", "é", &"x".repeat(65)] {
        let answer = send!(app, get("/livez").insert_header(("x-request-id", bad)));
        let made = answer.header("x-request-id");
        assert!(made.len() == 16 && made.bytes().all(|b| b.is_ascii_hexdigit()), "{bad}: {made}");
    }
    let problem = send!(app, get("/nowhere").insert_header(("x-request-id", "mine"))).problem(Code::NotFound);
    assert_eq!(problem["request_id"], "mine");
}

#[actix_web::test]
async fn an_unknown_address_is_404() {
    let app = app!();
    for path in ["/nowhere", "/v1", "/v1/", "/v1/cups/", "/v1/cups/1/2", "//", "/%00", "/v1/samples/orders/"]
    {
        send!(app, get(path)).problem(Code::NotFound);
    }
}

#[actix_web::test]
async fn other_methods_are_405_with_allow() {
    let app = app!();
    for wrong in ["PUT", "DELETE", "TRACE", "BREW", "CONNECT"] {
        let answer = send!(app, method(Method::from_bytes(wrong.as_bytes()).unwrap(), "/v1/cups"));
        answer.problem(Code::MethodNotAllowed);
        assert_eq!(answer.header("allow"), "GET, POST, HEAD", "{wrong}");
    }
    let answer = send!(app, method(Method::OPTIONS, "/v1/cups"));
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::NO_CONTENT, "GET, POST, HEAD"));
    let answer = send!(app, method(Method::DELETE, "/v1/staff/cups/1"));
    answer.problem(Code::MethodNotAllowed);
    assert_eq!(answer.header("allow"), "PATCH");
    // An override header changes nothing.
    let request = post("/v1/auth/sample", r#"{"name": "n", "quantity": 1}"#)
        .insert_header(("x-http-method-override", "DELETE"));
    assert_eq!(send!(app, request).status, StatusCode::OK);
}

#[actix_web::test]
async fn head_works_wherever_get_does() {
    let app = app!();
    for path in [
        "/",
        "/livez",
        "/readyz",
        "/version",
        "/openapi.json",
        "/problems",
        "/problems/not-found",
        "/docs/",
        "/v1/cups",
    ] {
        let (head, get) = (send!(app, method(Method::HEAD, path)), send!(app, get(path)));
        assert_eq!((head.status, get.status), (StatusCode::OK, StatusCode::OK), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
    assert_eq!(send!(app, method(Method::HEAD, "/v1/cups?limit=0")).status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn limits_are_checked_before_anything_is_read() {
    let app = app!();
    send!(app, get(&format!("/v1/cups?q={}", "x".repeat(9000)))).problem(Code::UriTooLong);
    send!(app, get(&format!("/{}", "x".repeat(9000)))).problem(Code::UriTooLong);
    let declared =
        |path: &str, bytes: usize| post(path, "{}").insert_header(("content-length", bytes.to_string()));
    send!(app, declared("/v1/cups", 64 * 1024 + 1)).problem(Code::PayloadTooLarge);
    send!(app, declared("/v1/auth/sample", 4 * 1024 + 1)).problem(Code::PayloadTooLarge);
    // Not declared, but sent: the test request has no Content-Length of its own.
    let long = format!(r#"{{"name": "{}", "quantity": 1}}"#, "x".repeat(5 * 1024));
    send!(app, post("/v1/auth/sample", &long)).problem(Code::PayloadTooLarge);
    send!(app, get("/v1/cups").insert_header(("accept", "application/xml"))).problem(Code::NotAcceptable);
    send!(app, get("/v1/nowhere").insert_header(("accept", "application/xml"))).problem(Code::NotFound);
}

#[actix_web::test]
async fn only_plain_json_is_read() {
    let app = app!();
    let login = |content_type: Option<&str>| {
        let request =
            TestRequest::post().uri("/v1/auth/sample").set_payload(r#"{"name": "n", "quantity": 1}"#);
        match content_type {
            Some(content_type) => request.insert_header(("content-type", content_type)),
            None => request,
        }
    };
    for good in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"] {
        assert_eq!(send!(app, login(Some(good))).status, StatusCode::OK, "{good}");
    }
    for bad in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/json; charset=latin1"),
        Some("application/merge-patch+json"),
        Some("application/vnd.x+json"),
        Some("nonsense"),
    ] {
        send!(app, login(bad)).problem(Code::UnsupportedMediaType);
    }
    let compressed = login(Some("application/json")).insert_header(("content-encoding", "gzip"));
    send!(app, compressed).problem(Code::UnsupportedMediaType);
}

#[actix_web::test]
async fn bodies_and_queries_are_refused_as_documents() {
    let app = app!();
    send!(app, post("/v1/auth/sample", "{")).problem(Code::MalformedRequest);
    let problem = send!(app, post("/v1/auth/sample", r#"{"name": "", "quantity": 10, "x": 1}"#))
        .problem(Code::ValidationFailed);
    assert_eq!(problem["errors"][0]["pointer"], "/x");
    let problem = send!(app, post("/v1/auth/sample", r#"{"name": "", "quantity": 10}"#))
        .problem(Code::ValidationFailed);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
    let problem = send!(app, get("/v1/cups?limt=1")).problem(Code::InvalidParameter);
    assert_eq!(problem["errors"][0]["pointer"], "limt");
    assert_eq!(send!(app, get("/v1/cups?limit=5")).json()["limit"], 5);
    // An operation that reads no query takes none.
    let problem = send!(app, post("/v1/auth/sample?limit=1", r#"{"name": "n", "quantity": 1}"#))
        .problem(Code::InvalidParameter);
    assert_eq!(problem["errors"][0]["code"], "unknown-parameter");
    assert_eq!(problem["errors"][0]["detail"], "this operation takes no parameters");
}

#[actix_web::test]
async fn a_body_that_does_not_come_is_408() {
    tokio::time::pause();
    let stalled =
        futures_util::stream::iter([Ok(Bytes::from_static(b"{"))]).chain(futures_util::stream::pending());
    let stalled: Pin<Box<dyn Stream<Item = _>>> = Box::pin(stalled);
    let mut payload = Payload::Stream { payload: stalled };
    let request = post("/v1/auth/sample", "").to_http_request();
    let started = tokio::time::Instant::now();
    let problem = Valid::<Cup>::from_request(&request, &mut payload).await.unwrap_err();
    assert_eq!(problem.code(), Code::RequestTimeout);
    assert!(started.elapsed() < Duration::from_secs(11));
}

/// Starts, and never ends.
#[utoipa::path(method(get, post), path = "/v1/samples/hangs", operation_id = "sample_hang", tag = "orders",
    responses((status = 200)))]
async fn hang() -> HttpResponse {
    std::future::pending().await
}

#[derive(serde::Deserialize, validator::Validate)]
struct Step {
    #[serde(rename = "preview")]
    _preview: Option<bool>,
}

impl Content for Step {}

#[utoipa::path(post, path = "/v1/samples/hangs-in-steps", operation_id = "sample_step_hang", tag = "orders",
    responses((status = 200)))]
async fn hang_in_steps(_: crate::extract::Query<Step>) -> HttpResponse {
    std::future::pending().await
}

#[utoipa::path(post, path = "/v1/samples/hangs-early", operation_id = "sample_early_hang", tag = "orders",
    responses((status = 200)))]
async fn hang_early(_: Quicksand) -> HttpResponse {
    HttpResponse::Ok().finish()
}

struct Quicksand;

impl crate::extract::Argument for Quicksand {}

impl FromRequest for Quicksand {
    type Error = Problem;
    type Future = futures_util::future::Pending<Result<Self, Problem>>;

    fn from_request(_: &actix_web::HttpRequest, _: &mut Payload) -> Self::Future {
        futures_util::future::pending()
    }
}

#[actix_web::test]
async fn a_request_that_takes_too_long_is_503_and_says_what_is_known() {
    let routes =
        Routes::new().with(endpoint!(hang)).with(endpoint!(hang_early)).with(endpoint!(hang_in_steps));
    let app = app!(state().await, routes);
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let read = send!(app, get("/v1/samples/hangs"));
    read.problem(Code::Overloaded);
    assert_eq!(read.header("retry-after"), "1");
    send!(app, method(Method::POST, "/v1/samples/hangs-early")).problem(Code::Overloaded);
    send!(app, method(Method::POST, "/v1/samples/hangs")).problem(Code::OutcomeUnknown);
    let step = |query| method(Method::POST, &format!("/v1/samples/hangs-in-steps?{query}"));
    send!(app, step("preview=true")).problem(Code::Overloaded);
    send!(app, step("preview=false")).problem(Code::OutcomeUnknown);
    assert_eq!(started.elapsed().as_secs(), 5 * 15);
}

#[actix_web::test]
async fn bad_ids_are_404_and_a_slip_in_an_order_number_is_told() {
    let app = app!();
    let id = OrderId::from_i64(987_654_321_987_654);
    for form in [id.to_string(), id.number(), id.to_string().to_lowercase()] {
        assert_eq!(send!(app, get(&format!("/v1/samples/orders/{form}"))).text(), id.to_string(), "{form}");
    }
    for bad in ["abc", "0", "-1", "18446744073709551616", "%00", "cus_1", &"1".repeat(300)] {
        send!(app, get(&format!("/v1/samples/orders/{bad}"))).problem(Code::NotFound);
    }
    let mut mistyped = id.to_string();
    let last = if mistyped.pop() == Some('0') { '1' } else { '0' };
    mistyped.push(last);
    send!(app, get(&format!("/v1/samples/orders/{mistyped}"))).problem(Code::OrderNumberMistyped);

    let mut store = StoreId::from_i64(987_654_321_987_654).to_string();
    assert_eq!(send!(app, get(&format!("/v1/samples/stores/{store}"))).status, StatusCode::OK);
    let last = if store.pop() == Some('0') { '1' } else { '0' };
    store.push(last);
    send!(app, get(&format!("/v1/samples/stores/{store}"))).problem(Code::NotFound);
}

#[actix_web::test]
async fn failures_are_500_without_a_word_about_the_inside() {
    let app = app!();
    for path in ["/test/panics", "/test/panics-early", "/test/fails"] {
        let answer = send!(app, get(path));
        answer.problem(Code::InternalError);
        assert!(!answer.text().contains("s3cret") && !answer.text().contains("purpose"), "{}", answer.text());
    }
    let foreign = send!(app, get("/test/foreign"));
    foreign.problem(Code::MalformedRequest);
    assert!(!foreign.text().contains("s3cret"));
    assert_eq!(send!(app, get("/livez")).status, StatusCode::OK);
}

#[actix_web::test]
async fn panics_and_requests_are_counted_by_route_pattern() {
    let recorder = crate::telemetry::recorder().unwrap();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let app = app!();
    send!(app, get("/test/panics"));
    send!(app, get("/v1/samples/orders/secret-number"));
    send!(app, get("/secret-number"));
    send!(app, method(Method::from_bytes(b"BREW").unwrap(), "/v1/cups"));
    let text = recorder.handle().render();
    for expected in [
        "ordervault_panics_total 1",
        r#"ordervault_http_requests_total{method="GET",route="/v1/samples/orders/{id}",status="404"} 1"#,
        r#"ordervault_http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
        r#"ordervault_http_requests_total{method="OTHER",route="/v1/cups",status="405"} 1"#,
        "ordervault_http_requests_in_flight 0",
    ] {
        assert!(text.contains(expected), "{expected} not in\n{text}");
    }
    assert!(!text.contains("secret-number"));
}

#[actix_web::test]
async fn every_answer_carries_the_security_headers() {
    let app = app!();
    for path in ["/", "/livez", "/v1/cups", "/nowhere", "/test/panics", "/docs/", "/problems"] {
        let answer = send!(app, get(path));
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(!policy.contains("script-src") || path == "/docs/", "{path}");
        assert!(!answer.headers.contains_key("strict-transport-security"));
        assert!(!answer.headers.contains_key("server"));
    }
    assert_eq!(send!(app, get("/livez")).header("content-type"), "application/json; charset=utf-8");
    assert_eq!(send!(app, get("/livez")).header("cache-control"), "no-store");
    let behind_tls =
        app!(state_with(Settings { is_behind_tls: true, ..Settings::default() }, Vec::new()).await);
    let answer = send!(behind_tls, get("/livez"));
    assert_eq!(answer.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
}

/// Refuses, but not at once, as a look into the database would.
struct SlowRefusal;

impl crate::extract::Argument for SlowRefusal {}

impl FromRequest for SlowRefusal {
    type Error = Problem;
    type Future = futures_util::future::LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(_: &actix_web::HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(async {
            tokio::task::yield_now().await;
            Err(Problem::new(Code::TokenInvalid))
        })
    }
}

async fn slow_then_body(_: SlowRefusal, _: Valid<Cup>) -> &'static str {
    "never"
}

#[actix_web::test]
async fn an_argument_is_not_looked_at_before_the_one_to_its_left_is_there() {
    let routes = Routes::new().with(Endpoint::page("/slow", slow_then_body));
    let app = app!(state().await, routes);
    // The missing body is known at once, the refusal only later; still the refusal on the left answers.
    send!(app, get("/slow")).problem(Code::TokenInvalid);
}

#[actix_web::test]
async fn the_log_has_one_line_per_request_and_no_values() {
    let log = SharedLog::default();
    // For the whole process, as a thread's own subscriber misses call sites that another test met first. So the log holds
    // other tests' lines, too; ours have their own ids and their own canary.
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(log.clone())
        .with_max_level(tracing::Level::DEBUG)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let app = app!();
    let canary = "c4n4ry";
    let bearer = ("authorization", format!("Bearer {canary}"));
    let body = format!(r#"{{"name": "{canary}", "quantity": 99}}"#);
    let requests = [
        get(&format!("/v1/cups?access_token={canary}")),
        get(&format!("/v1/samples/orders/{canary}")).insert_header(bearer.clone()),
        post("/v1/auth/sample", &body),
        post("/v1/cups", "{}").insert_header(bearer),
        get("/test/fails"),
    ];
    for (index, request) in requests.into_iter().enumerate() {
        send!(app, request.insert_header(("x-request-id", format!("log-{index}"))));
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!text.contains(canary), "{text}");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &Value| line["span"]["request_id"].as_str().is_some_and(|id| id.starts_with("log-")))
        .collect();
    let access: Vec<&Value> = lines.iter().filter(|line| line["fields"]["ms"].is_u64()).collect();
    let statuses: Vec<_> = access.iter().map(|line| line["fields"]["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [400, 404, 422, 401, 500], "{text}");
    assert_eq!(access[0]["span"]["method"], "GET");
    assert_eq!(access[1]["span"]["route"], "/v1/samples/orders/{id}");
    let failures: Vec<&Value> = lines.iter().filter(|line| line["level"] == "ERROR").collect();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0]["fields"]["cause"], "disk s3cret on fire");
}

#[derive(Clone, Default)]
struct SharedLog(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for SharedLog {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for SharedLog {
    type Writer = SharedLog;

    fn make_writer(&'a self) -> SharedLog {
        self.clone()
    }
}
