//! The shop that the bad input goes to: two stores, customers, staff of one store, and orders in every state.

use std::collections::BTreeSet;
use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::customer::Customer;
use ordervault_domain::id::OrderId;
use ordervault_domain::member::Member;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Order, Status};
use ordervault_domain::product::{self, Product};
use ordervault_domain::store::Store;
use ordervault_persistence::Realm;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Effect, Operation};
use ordervault_tests::http::Request;
use ordervault_tests::shop::Shop;
use ordervault_tests::site::Site;
use serde_json::{Value, json};

/// Everything that the tables speak of. Names without more belong to the first store and the first customer.
pub(crate) struct Fixture {
    pub(crate) site: Site,
    pub(crate) store: Arc<Store>,
    pub(crate) other_store: Arc<Store>,
    pub(crate) product: Arc<Product>,
    /// Of the first store, and not for sale.
    pub(crate) inactive: Arc<Product>,
    /// Of the first store; one unit costs all that an order can.
    pub(crate) dear: Arc<Product>,
    /// Of the other store.
    pub(crate) foreign: Arc<Product>,
    pub(crate) customer: Arc<Customer>,
    pub(crate) token: String,
    pub(crate) refresh_token: String,
    pub(crate) stranger_token: String,
    /// Waits for review, at version 1.
    pub(crate) order: Arc<Order>,
    /// Confirmed, at version 2.
    pub(crate) confirmed: Arc<Order>,
    pub(crate) processing: Arc<Order>,
    pub(crate) cancelled: Arc<Order>,
    /// Of the other store.
    pub(crate) foreign_order: Arc<Order>,
    /// Looks after everything.
    pub(crate) owner: Arc<Member>,
    pub(crate) owner_token: String,
    /// Looks after the first store.
    pub(crate) manager: Arc<Member>,
    pub(crate) manager_token: String,
    pub(crate) reviewer_token: String,
    /// To the manager's second page of one order.
    pub(crate) cursor: String,
}

impl Fixture {
    pub(crate) async fn open(db: &Db) -> Self {
        let site = Site::open(db).await;
        let shop = &site.shop;
        let (store, other_store) = (shop.store().await, shop.store().await);
        let product = shop.product(&store, 1_000).await;
        let inactive =
            changed(shop, shop.product(&store, 10).await, product::ProductCommand::Deactivate).await;
        let price =
            product::ProductEdit { price: Some(Amount::new(1_000_000_000_000)), ..Default::default() };
        let dear = changed(shop, shop.product(&store, 10).await, product::ProductCommand::Edit(price)).await;
        let foreign = shop.product(&other_store, 1_000).await;
        let (customer, stranger) = (shop.customer().await, shop.customer().await);
        let here = StoreScope::Only(BTreeSet::from([store.id]));
        let owner = shop.member(Role::Owner, StoreScope::All).await;
        let manager = shop.member(Role::Manager, here.clone()).await;
        let reviewer = shop.member(Role::Reviewer, here).await;
        let email = customer.contact.email.as_ref().map_or("", |email| email.as_str());
        let login = site.log_in(Realm::Customer, email).await;
        let manager_token = site.member_token(&manager).await;
        let order = async |status| site.order_in(status, &customer, &store, &product).await;
        let pending = order(Status::PendingReview).await;
        let confirmed = order(Status::Confirmed).await;
        let page = Request::get("/v1/staff/orders?limit=1").bearer(&manager_token);
        let page = site.good(&page, 200).await.json();
        Self {
            processing: order(Status::Processing).await,
            cancelled: order(Status::Cancelled).await,
            foreign_order: site.order_in(Status::PendingReview, &customer, &other_store, &foreign).await,
            token: site.customer_token(&customer).await,
            refresh_token: login["refresh_token"].as_str().unwrap_or_default().to_owned(),
            stranger_token: site.customer_token(&stranger).await,
            owner_token: site.member_token(&owner).await,
            reviewer_token: site.member_token(&reviewer).await,
            cursor: page["next_cursor"].as_str().unwrap_or_default().to_owned(),
            order: pending,
            confirmed,
            manager_token,
            store,
            other_store,
            product,
            inactive,
            dear,
            foreign,
            customer,
            owner,
            manager,
            site,
        }
    }

    /// The body of an order that is fine.
    pub(crate) fn order_body(&self) -> Value {
        json!({
            "store_id": self.store.id.to_string(),
            "lines": [{"product_id": self.product.id.to_string(), "quantity": 1}],
            "contact": {"name": "王小明", "phone": "+886912345678"},
            "note": "請按門鈴",
        })
    }

    /// The customer places an order, under a new key.
    pub(crate) fn place(&self, body: &Value) -> Request {
        self.place_text(body.to_string())
    }

    /// The same with a body that may be no JSON.
    pub(crate) fn place_text(&self, body: impl Into<Vec<u8>>) -> Request {
        Request::post("/v1/orders").bearer(&self.token).key(&self.site.key()).text(body)
    }

    /// The same with one value put in its place in the good body.
    pub(crate) fn place_with(&self, pointer: &str, value: Value) -> Request {
        self.place(&with(self.order_body(), pointer, value))
    }

    /// A good request that goes the whole way, and writes something only the first time.
    pub(crate) fn placed_again(&self) -> Request {
        Request::post("/v1/orders").bearer(&self.token).key("good").json(&self.order_body())
    }

    /// The customer asks for something.
    pub(crate) fn customer(&self, method: &str, target: &str) -> Request {
        Request::new(method, target).bearer(&self.token)
    }

    /// The manager of the first store asks for something.
    pub(crate) fn manager(&self, method: &str, target: &str) -> Request {
        Request::new(method, target).bearer(&self.manager_token)
    }

    /// The owner asks for something.
    pub(crate) fn owner(&self, method: &str, target: &str) -> Request {
        Request::new(method, target).bearer(&self.owner_token)
    }
}

/// The id with another check symbol.
pub(crate) fn mistyped(id: OrderId) -> String {
    let id = id.to_string();
    let last = if id.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &id[..13])
}

/// The same document with one value put in its place.
pub(crate) fn with(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = document.pointer_mut(parent).expect("a place for the value");
    match parent {
        Value::Array(items) => items[name.parse::<usize>().expect("an index")] = value,
        object => object[name] = value,
    }
    document
}

async fn changed(shop: &Shop, product: Arc<Product>, command: product::ProductCommand) -> Arc<Product> {
    let act = Operation::Product { id: Some(product.id), expected_version: None, command };
    match shop.act(ActorRef::Operator, act).await {
        Effect::Product(product) => product,
        other => unreachable!("{other:?}"),
    }
}
