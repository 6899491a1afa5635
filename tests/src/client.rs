//! People who use the API of a [`TestServer`]: `server.anonymous()`, `server.customer()`, `server.staff(role)`.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use ordervault_domain::access::{Role, StoreScope};
use serde_json::{Value, json};

use crate::http::{Answer, Request};
use crate::server::TestServer;

/// Somebody who sends requests.
pub struct Client<'a> {
    server: &'a TestServer,
    /// Who, as the API names them; empty for nobody.
    pub id: String,
    token: Option<String>,
}

impl TestServer {
    /// Somebody without an account.
    pub fn anonymous(&self) -> Client<'_> {
        Client { server: self, id: String::new(), token: None }
    }

    /// A new customer, logged in.
    pub async fn customer(&self) -> Client<'_> {
        let customer = self.shop.customer().await;
        let token = self.customer_token(&customer).await;
        Client { server: self, id: customer.id.to_string(), token: Some(token) }
    }

    /// A new member for all stores, logged in.
    pub async fn staff(&self, role: Role) -> Client<'_> {
        self.staff_in(role, StoreScope::All).await
    }

    /// A new member for this store only, logged in.
    pub async fn staff_of(&self, role: Role, store: &Value) -> Client<'_> {
        let id = store["id"].as_str().and_then(|id| id.parse().ok()).expect("the id of a store");
        self.staff_in(role, StoreScope::Only([id].into())).await
    }

    async fn staff_in(&self, role: Role, stores: StoreScope) -> Client<'_> {
        let member = self.shop.member(role, stores).await;
        let token = self.member_token(&member).await;
        Client { server: self, id: member.id.to_string(), token: Some(token) }
    }
}

impl Client<'_> {
    /// The same person with another access token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { server: self.server, id: self.id.clone(), token: Some(token.to_owned()) }
    }

    /// The access token; empty for nobody.
    pub fn token(&self) -> String {
        self.token.clone().unwrap_or_default()
    }

    /// Sends a request as this person.
    pub async fn send(&self, request: Request) -> Answer {
        let request = match &self.token {
            Some(token) => request.bearer(token),
            None => request,
        };
        self.server.send(&request).await
    }

    /// A GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path)).await
    }

    /// A POST with a body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Request::post(path).json(&body)).await
    }

    /// A POST without body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(Request::post(path)).await
    }

    /// A POST that is to take effect once.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        self.send(Request::post(path).key(key).json(&body)).await
    }

    /// A PATCH of the version in an ETag.
    pub async fn patch(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.send(Request::new("PATCH", path).if_match(etag).json(&body)).await
    }

    /// Makes a store that sells in TWD.
    pub async fn new_store(&self) -> Value {
        let name = format!("Store {:03}", self.server.number());
        let body = json!({"name": name, "currency": "TWD", "time_zone": "Asia/Taipei"});
        self.post("/v1/staff/stores", body).await.created()
    }

    /// Makes a product for 100.00 with so many units in the house.
    pub async fn new_product(&self, store: &Value, on_hand: i64) -> Value {
        let sku = format!("SKU-{}", self.server.number());
        let body = json!({"store_id": store["id"], "sku": sku, "title": "高山烏龍茶 Thermos", "category": "tea",
            "price": 10_000, "on_hand": on_hand});
        self.post("/v1/staff/products", body).await.created()
    }
}
