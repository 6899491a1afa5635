//! A shop in process, and the people who use its API: `shop.anonymous()`, `shop.customer()`, `shop.staff(role)`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web;
use futures_util::future::LocalBoxFuture;
use ordervault_api::app::create_app;
use ordervault_api::auth::{Realm, Secrets};
use ordervault_api::problem::{Code, PROBLEM_JSON};
use ordervault_api::state::{AppState, BuildInfo, Entropy, Settings};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::id::{CustomerId, MemberId, StoreId};
use ordervault_domain::time::Timestamp;
use ordervault_domain::{customer, member};
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::migrate::migrate;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::{
    ActorRef, Class, Effect, Operation, Receipt, SessionOperation, Submission, Writer, WriterTask,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// 2026-01-31T08:00:00.000Z: when every test shop opens.
const OPENING_MILLIS: i64 = 1_769_846_400_000;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

type Send = dyn Fn(TestRequest) -> LocalBoxFuture<'static, Answer>;

/// The whole API on an empty SQLite database of its own.
pub(crate) struct Shop {
    state: web::Data<AppState>,
    send: Box<Send>,
    made: AtomicU64,
    _task: WriterTask,
    _folder: TempDir,
}

impl Shop {
    /// Opens it.
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("shop.db").display());
        let db = Db::open(&DbOptions::new(url)).await.unwrap();
        migrate(&db).await.unwrap();
        let now = || Timestamp::from_millis(OPENING_MILLIS);
        let entropy = Entropy::system();
        let dice = entropy.clone();
        let sources = Sources::new(now, move |bytes| dice.fill(bytes).unwrap());
        let (writer, task) = Writer::start(db.clone(), sources).await.unwrap();
        let state = web::Data::new(AppState::new(
            Settings::default(),
            BuildInfo { version: "0.0.0", commit: None },
            (db, writer),
            Arc::new(now),
            entropy,
            &Secrets::from_keys([1; 32], None),
            Vec::new(),
        ));
        let app = std::rc::Rc::new(init_service(create_app(state.clone())).await);
        let send = Box::new(move |request: TestRequest| -> LocalBoxFuture<'static, Answer> {
            let app = std::rc::Rc::clone(&app);
            Box::pin(async move {
                let response = call_service(app.as_ref(), request.to_request()).await;
                let (status, headers) = (response.status(), response.headers().clone());
                Answer { status, headers, body: read_body(response).await.to_vec() }
            })
        });
        Self { state, send, made: AtomicU64::new(0), _task: task, _folder: folder }
    }

    /// Somebody without an account.
    pub(crate) fn anonymous(&self) -> Client<'_> {
        Client { shop: self, id: String::new(), token: None }
    }

    /// A new customer, logged in.
    pub(crate) async fn customer(&self) -> Client<'_> {
        let command = customer::CustomerCommand::Register { contact: self.contact() };
        let act = Operation::Customer { id: None, command, password_hash: Some("none".into()) };
        let Effect::Customer(customer) = self.act(ActorRef::Anonymous, act).await else {
            panic!("no customer")
        };
        let id: CustomerId = customer.id;
        self.log_in(Realm::Customer, id.get(), id.to_string()).await
    }

    /// A new member for all stores, logged in.
    pub(crate) async fn staff(&self, role: Role) -> Client<'_> {
        self.staff_in(role, StoreScope::All).await
    }

    /// A new member for this store only, logged in.
    pub(crate) async fn staff_of(&self, role: Role, store: &Value) -> Client<'_> {
        let id: StoreId = store["id"].as_str().unwrap().parse().unwrap();
        self.staff_in(role, StoreScope::Only([id].into())).await
    }

    async fn staff_in(&self, role: Role, stores: StoreScope) -> Client<'_> {
        let new = member::NewMember {
            contact: self.contact(),
            roles: [role].into(),
            stores,
            must_change_password: false,
        };
        let command = member::MemberCommand::Create(new);
        let password_hash = Some("none".into());
        let act = Operation::Member { id: None, expected_version: None, command, password_hash };
        let Effect::Member(member) = self.act(ActorRef::Operator, act).await else { panic!("no member") };
        let id: MemberId = member.id;
        self.log_in(Realm::Staff, id.get(), id.to_string()).await
    }

    /// A store that sells in TWD.
    pub(crate) async fn store(&self, owner: &Client<'_>) -> Value {
        let name = format!("Store {}", self.number());
        let body = json!({"name": name, "currency": "TWD", "time_zone": "Asia/Taipei"});
        owner.post("/v1/staff/stores", body).await.created()
    }

    /// A product for 100.00 with so many units in the house.
    pub(crate) async fn product(&self, owner: &Client<'_>, store: &Value, on_hand: i64) -> Value {
        let sku = format!("SKU-{}", self.number());
        let body = json!({"store_id": store["id"], "sku": sku, "title": "高山烏龍茶 Thermos", "category": "tea",
            "price": 10_000, "on_hand": on_hand});
        owner.post("/v1/staff/products", body).await.created()
    }

    /// A number that is new in this shop.
    pub(crate) fn number(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn contact(&self) -> Contact {
        let number = self.number();
        Contact {
            name: Some(format!("王小明 {number}")),
            email: Some(format!("person{number}@example.com").parse().unwrap()),
            ..Contact::default()
        }
    }

    async fn log_in(&self, realm: Realm, principal_id: i64, id: String) -> Client<'_> {
        let open = SessionOperation::Open {
            realm,
            principal_id,
            idle_millis: DAY_MILLIS,
            absolute_millis: DAY_MILLIS,
            token_hash: Arc::new(|family, generation| format!("{family}.{generation}")),
        };
        let done = self.act(ActorRef::Anonymous, Operation::Session(open)).await;
        let Effect::Session(Some(session)) = done else { panic!("no session") };
        let session = session.id.to_string();
        let token = self.state.access_tokens.issue(realm, &id, &session, "t", self.state.now()).unwrap();
        Client { shop: self, id, token: Some(token.text) }
    }

    async fn act(&self, actor: ActorRef, act: Operation) -> Effect {
        let submission = Submission {
            actor,
            request_id: "setup".into(),
            class: Class::Interactive,
            idempotency: None,
            operations: vec![act],
        };
        match self.state.writer.submit(submission).await {
            Ok(Receipt::Executed { mut done, .. }) => done.pop().unwrap(),
            other => panic!("not set up: {other:?}"),
        }
    }
}

/// Somebody who sends requests.
pub(crate) struct Client<'a> {
    shop: &'a Shop,
    /// Who, as the API names them.
    pub(crate) id: String,
    token: Option<String>,
}

impl Client<'_> {
    /// The same person with another access token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { shop: self.shop, id: self.id.clone(), token: Some(token.to_owned()) }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    /// A POST without body.
    pub(crate) async fn act(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[], None).await
    }

    /// A POST that is to take effect once.
    pub(crate) async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[("idempotency-key", key)], Some(body)).await
    }

    /// A PATCH of the version in an ETag.
    pub(crate) async fn patch(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, &[("if-match", etag)], Some(body)).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let mut request = TestRequest::default().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.insert_header(("authorization", format!("Bearer {token}")));
        }
        for header in headers {
            request = request.insert_header(*header);
        }
        if let Some(body) = body {
            request =
                request.insert_header(("content-type", "application/json")).set_payload(body.to_string());
        }
        (self.shop.send)(request).await
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Asserts 200 and returns the body.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.json()
    }

    /// Asserts 200 with so many rows of a list, and returns these.
    #[track_caller]
    pub(crate) fn rows(&self, count: usize) -> Vec<Value> {
        let rows = self.ok()["items"].as_array().unwrap().clone();
        assert_eq!(rows.len(), count, "{}", self.text());
        rows
    }

    /// Asserts 201 with path and ETag, and returns the body.
    #[track_caller]
    pub(crate) fn created(&self) -> Value {
        assert_eq!(self.status, StatusCode::CREATED, "{}", self.text());
        let body = self.json();
        assert!(
            self.header("location").ends_with(body["id"].as_str().unwrap()),
            "{}",
            self.header("location")
        );
        assert_eq!(self.header("etag"), format!("\"{}\"", body["version"]));
        body
    }

    /// Asserts a problem with this code, and returns the document.
    #[track_caller]
    pub(crate) fn problem(&self, code: Code) -> Value {
        let body = self.json();
        assert_eq!(body["code"], code.slug(), "{} {body}", self.status);
        assert_eq!(self.status, code.status());
        assert_eq!(self.header("content-type"), PROBLEM_JSON);
        body
    }

    /// Asserts a problem with this code whose errors are exactly these: (pointer, code).
    #[track_caller]
    pub(crate) fn faults(&self, code: Code, expected: &[(&str, &str)]) {
        let body = self.problem(code);
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        let found: Vec<_> = errors
            .iter()
            .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
            .collect();
        assert_eq!(found, expected, "{body}");
    }
}
