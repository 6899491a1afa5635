//! A server with invalid orders, a manager, and the job that runs batches.

use std::collections::BTreeMap;
use std::sync::Arc;

use ordervault_api::background::{Job as _, Remaining, RunBatches, Tools};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::customer::Customer;
use ordervault_domain::member::Member;
use ordervault_domain::order::{InvalidReason, Order, OrderCommand, Status};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::dump::dump;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::queue::{folded, on_order, together};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{place, submission};
use serde_json::{Value, json};

pub(crate) const BATCHES: &str = "/v1/staff/batches";

pub(crate) struct Fixture {
    pub(crate) server: TestServer,
    pub(crate) store: Arc<Store>,
    pub(crate) product: Arc<Product>,
    pub(crate) customer: Arc<Customer>,
    pub(crate) manager: Arc<Member>,
    pub(crate) token: String,
}

impl Fixture {
    pub(crate) async fn open(db: &Db) -> Self {
        let server = TestServer::open(db).await;
        let store = server.shop.store().await;
        let product = server.shop.product(&store, 100_000).await;
        let customer = server.shop.customer().await;
        let here = StoreScope::Only([store.id].into());
        let manager = server.shop.member(Role::Manager, here).await;
        let token = server.member_token(&manager).await;
        Self { server, store, product, customer, manager, token }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.server.shop.db
    }

    /// So many new orders of different prices, marked invalid.
    pub(crate) async fn invalid_orders(&self, count: u32) -> Vec<Arc<Order>> {
        let mut orders = vec![];
        for first in (0..count).step_by(200) {
            let placing = (first..count.min(first + 200)).map(|number| {
                let lines = [(self.product.as_ref(), 1 + number % 7)];
                submission(ActorRef::Customer(self.customer.id), vec![place(self.store.id, &lines)])
            });
            for placed in together(&self.server.shop.writer, placing.collect()).await {
                orders.push(ordervault_tests::queue::order_of(placed));
            }
        }
        let mut invalid = vec![];
        for orders in orders.chunks(200) {
            let marks = orders.iter().map(|order| {
                let command = OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None };
                submission(ActorRef::Operator, vec![on_order(order.id, None, command)])
            });
            for marked in together(&self.server.shop.writer, marks.collect()).await {
                invalid.push(ordervault_tests::queue::order_of(marked));
            }
        }
        invalid
    }

    pub(crate) async fn order(&self, status: Status) -> Arc<Order> {
        self.server.order_in(status, &self.customer, &self.store, &self.product).await
    }

    /// A request of the manager.
    pub(crate) fn ask(&self, method: &str, target: &str) -> Request {
        Request::new(method, target).bearer(&self.token)
    }

    pub(crate) async fn preview(&self, body: &Value) -> Value {
        let request = self.ask("POST", &format!("{BATCHES}?preview=true")).json(body);
        self.server.good(&request, 200).await.json()
    }

    /// A run under a new key.
    pub(crate) fn run(&self, body: &Value) -> Request {
        self.ask("POST", BATCHES).key(&self.server.key()).json(body)
    }

    /// Previews, and hands in the digest of the preview: the batch's id.
    pub(crate) async fn accept(&self, body: &Value) -> String {
        let digest = self.preview(body).await["digest"].clone();
        let answer = self.server.good(&self.run(&with(body, "digest", digest)), 202).await;
        id(&answer)
    }

    /// Takes a batch back: the id of the batch that does so.
    pub(crate) async fn undo(&self, batch: &str) -> String {
        id(&self.server.good(&self.ask("POST", &format!("{BATCHES}/{batch}/undo")), 202).await)
    }

    pub(crate) async fn batch(&self, id: &str) -> Value {
        self.server.good(&self.ask("GET", &format!("{BATCHES}/{id}")), 200).await.json()
    }

    /// The numbers of a batch.
    pub(crate) async fn counts(&self, id: &str) -> Value {
        let batch = self.batch(id).await;
        let names = ["status", "total", "done", "succeeded", "already_applied", "refused"];
        Value::Array(names.iter().map(|name| batch[name].clone()).collect())
    }

    /// The result of each order, with the code of a refusal behind it, over all pages.
    pub(crate) async fn results(&self, id: &str) -> BTreeMap<String, String> {
        let mut results = BTreeMap::new();
        let mut query = "?limit=100".to_owned();
        loop {
            let page = self.ask("GET", &format!("{BATCHES}/{id}/items{query}"));
            let page = self.server.good(&page, 200).await.json();
            for item in page["items"].as_array().expect("rows") {
                let word = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
                let result = format!("{} {}", word("result"), word("code"));
                let before = results.insert(word("order_id"), result.trim().to_owned());
                assert_eq!(before, None, "an order twice");
            }
            match page["next_cursor"].as_str() {
                Some(cursor) => query = format!("?limit=100&cursor={cursor}"),
                None => return results,
            }
        }
    }

    pub(crate) fn tools(&self) -> Tools {
        let writer = self.server.shop.writer.clone();
        Tools { db: self.db().clone(), writer, sources: self.server.shop.clock.sources(0) }
    }

    /// One step of the job.
    pub(crate) async fn step(&self) -> Remaining {
        RunBatches.step(&self.tools()).await.expect("a step")
    }

    /// Steps until nothing waits.
    pub(crate) async fn finish(&self) {
        while self.step().await == Remaining::More {}
    }

    /// The orders as their histories make them, without version and time of writing.
    pub(crate) async fn business(&self, orders: &[Arc<Order>]) -> Vec<Order> {
        let mut found = vec![];
        for order in orders {
            let now: Order = folded(self.db(), order.id.get()).await;
            found.push(Order { version: 0, updated_at: order.placed_at, ..now });
        }
        found
    }

    /// How many events of this type there are, and of how many orders.
    pub(crate) async fn events(&self, name: &str) -> (usize, usize) {
        let dump = dump(self.db()).await;
        let events = dump["history"].iter().filter(|row| row.text("type") == Some(name));
        let mut orders: Vec<_> = events.map(|row| row.int("entity_id")).collect();
        let events = orders.len();
        orders.sort_unstable();
        orders.dedup();
        (events, orders.len())
    }

    pub(crate) async fn close(self) {
        self.server.close().await;
    }
}

pub(crate) fn ids(orders: &[Arc<Order>]) -> Vec<String> {
    orders.iter().map(|order| order.id.to_string()).collect()
}

pub(crate) fn delete(orders: &[Arc<Order>]) -> Value {
    json!({"action": "delete", "ids": ids(orders)})
}

/// The body with one more member.
pub(crate) fn with(body: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut body = body.clone();
    body[name] = value.into();
    body
}

/// The id of an accepted batch.
pub(crate) fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().expect("an id").to_owned()
}
