//! The HTTP side as a client meets it, in process: the real middleware around a few endpoints made for the purpose.

mod auth;
mod contract;
mod pages;
mod requests;
mod server;

use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use actix_web::web::Data;
use actix_web::{HttpResponse, web};
use ordervault_domain::id::{OrderId, StoreId};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::migrate::migrate;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::Writer;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::app::create_app_with;
use crate::auth::{AccessToken, AccessTokens, Realm, Secrets};
use crate::extract::{Content, IdempotencyKey, IfMatch, PathId, Query, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::Contract;
use crate::principals::{CustomerBearer, StaffBearer};
use crate::problem::{Code, PROBLEM_JSON, Problem};
use crate::routes::{Endpoint, Routes, endpoint};
use crate::settings::Settings;
use crate::state::{AppState, BuildInfo, ReadyCheck};

const NOW_MILLIS: i64 = 1_800_000_000_000;

/// A state over a migrated SQLite database of its own, which goes when the state does.
async fn state_with(settings: Settings, checks: Vec<ReadyCheck>) -> web::Data<AppState> {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = Db::open(&DbOptions::new(url)).await.unwrap();
    migrate(&db).await.unwrap();
    let sources = Sources::new(|| Timestamp::from_millis(NOW_MILLIS), |bytes| bytes.fill(7));
    let (writer, _task) = Writer::start(db.clone(), sources, secrets().key_ring()).await.unwrap();
    let clock = move || {
        // The clock lives as long as the state and takes the folder with it.
        let _ = &folder;
        Timestamp::from_millis(NOW_MILLIS)
    };
    web::Data::new(AppState::new(
        settings,
        BuildInfo { version: "9.8.7", commit: Some("abc1234") },
        (db, writer),
        Sources::new(clock, |bytes| getrandom::fill(bytes).unwrap()),
        &secrets(),
        checks,
    ))
}

async fn state() -> web::Data<AppState> {
    let settings =
        Settings { docs_enabled: true, public_url: "http://127.0.0.1:8080".into(), ..Settings::default() };
    state_with(settings, Vec::new()).await
}

fn secrets() -> Secrets {
    Secrets::from_keys([1; 32], None)
}

fn token(realm: Realm) -> AccessToken {
    AccessTokens::new(&secrets())
        .issue(realm, "sub_1", "ses_1", "t1", Timestamp::from_millis(NOW_MILLIS))
        .unwrap()
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// Asserts a whole problem document of this code, and returns it.
    fn problem(&self, code: Code) -> Value {
        let body = self.json();
        assert_eq!(body["code"], code.slug(), "{} {body}", self.status);
        assert_eq!(self.status, code.status());
        assert_eq!(self.header("content-type"), PROBLEM_JSON);
        assert_eq!(body["status"], code.status().as_u16());
        assert_eq!(body["type"], code.type_uri());
        assert_eq!(body["title"], code.title().in_english());
        assert_eq!(body["request_id"], self.header("x-request-id"));
        assert!(!self.header("x-request-id").is_empty());
        assert_eq!(self.header("cache-control"), "no-store");
        body
    }
}

/// Sends a request and reads the whole answer. A macro, because the type of test requests cannot be named here.
macro_rules! send {
    ($app:expr, $request:expr) => {{
        let response = actix_web::test::call_service(&$app, $request.to_request()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = actix_web::test::read_body(response).await.to_vec();
        Answer { status, headers, body }
    }};
}
use send;

macro_rules! app {
    ($state:expr) => {
        app!($state, sample_routes())
    };
    ($state:expr, $routes:expr) => {{
        let (state, routes) = ($state, $routes);
        let contract = Contract::of(&routes).expect("a contract");
        actix_web::test::init_service(create_app_with(state, routes, Data::new(contract))).await
    }};
    () => {
        app!(state().await)
    };
}
use app;

fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

fn post(path: &str, body: &str) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/json"))
        .set_payload(body.to_owned())
}

fn method(method: Method, path: &str) -> TestRequest {
    TestRequest::default().method(method).uri(path)
}

// The endpoints.

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
struct Cup {
    /// Its name.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20, example = "保温杯")]
    name: String,
    /// How many.
    #[validate(range(min = 1, max = 9))]
    #[schema(minimum = 1, maximum = 9, example = 1)]
    quantity: i64,
}

impl Content for Cup {}

#[derive(Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
struct CupPatch {
    /// Its name.
    #[serde(default, deserialize_with = "crate::extract::present", skip_serializing_if = "Option::is_none")]
    name: Option<Option<String>>,
}

impl Content for CupPatch {}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct CupFilter {
    /// How many at most.
    #[validate(range(min = 1, max = 100))]
    limit: Option<i64>,
}

impl Content for CupFilter {}

#[utoipa::path(get, path = "/v1/cups", operation_id = "list_cups", tag = "catalogue", params(CupFilter),
    responses((status = 200, body = Vec<Cup>)))]
async fn list_cups(query: Query<CupFilter>) -> web::Json<Value> {
    web::Json(json!({"items": [], "limit": query.0.limit}))
}

#[utoipa::path(post, path = "/v1/cups", operation_id = "create_cup", tag = "catalogue", request_body = Cup,
    params(("Idempotency-Key" = String, Header, description = "key")),
    security(("customer_bearer" = [])), responses((status = 201, body = Cup)))]
async fn create_cup(
    CustomerBearer(claims): CustomerBearer,
    key: IdempotencyKey,
    Valid(cup): Valid<Cup>,
    id: RequestId,
) -> HttpResponse {
    HttpResponse::Created().json(json!({
        "cup": cup, "key": key.0, "subject": claims.subject, "request_id": id.as_str(),
    }))
}

#[utoipa::path(get, path = "/v1/samples/orders/{id}", operation_id = "get_sample_order", tag = "orders",
    params(("id" = String, Path, description = "id")), responses((status = 200)))]
async fn get_order(id: PathId<OrderId>) -> String {
    id.0.to_string()
}

#[utoipa::path(get, path = "/v1/samples/stores/{id}", operation_id = "get_sample_store", tag = "orders",
    params(("id" = String, Path, description = "id")), responses((status = 200)))]
async fn get_store(id: PathId<StoreId>) -> String {
    id.0.to_string()
}

#[utoipa::path(patch, path = "/v1/staff/cups/{id}", operation_id = "patch_cup", tag = "staff-catalogue",
    params(("id" = String, Path, description = "id"), ("If-Match" = String, Header, description = "version")),
    request_body = CupPatch, security(("staff_bearer" = [])), responses((status = 200, body = CupPatch)))]
async fn patch_cup(_: StaffBearer, version: IfMatch, patch: Valid<CupPatch>) -> web::Json<Value> {
    web::Json(json!({"version": version.expected_version(), "patch": patch.0}))
}

#[utoipa::path(post, path = "/v1/auth/sample", operation_id = "sample_login", tag = "auth", request_body = Cup,
    responses((status = 200)))]
async fn login(_: Valid<Cup>) -> &'static str {
    "in"
}

async fn panics() -> &'static str {
    panic!("on purpose")
}

async fn panics_in_extractor(_: Bomb) -> &'static str {
    ""
}

struct Bomb;

impl crate::extract::Argument for Bomb {}

impl actix_web::FromRequest for Bomb {
    type Error = Problem;
    type Future = futures_util::future::LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(_: &actix_web::HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        Box::pin(async { panic!("early") })
    }
}

async fn fails() -> Result<HttpResponse, Problem> {
    Err(Problem::internal("disk s3cret on fire"))
}

async fn foreign_error() -> Result<HttpResponse, actix_web::Error> {
    Err(actix_web::error::ErrorImATeapot("s3cret"))
}

fn sample_routes() -> Routes {
    crate::app::all_routes(true)
        .with(endpoint!(list_cups))
        .with(endpoint!(create_cup))
        .with(endpoint!(get_order))
        .with(endpoint!(get_store))
        .with(endpoint!(patch_cup))
        .with(endpoint!(login))
        .with(Endpoint::page("/test/panics", panics))
        .with(Endpoint::page("/test/panics-early", panics_in_extractor))
        .with(Endpoint::page("/test/fails", fails))
        .with(Endpoint::page("/test/foreign", foreign_error))
}
