//! Orders that staff place for somebody else: whose they are, who finds them, and what is asked first.

use std::collections::BTreeSet;
use std::sync::Arc;

use ordervault_api::known_logins::KNOWN_MILLIS;
use ordervault_api::settings::{Rates, Settings};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::member::{self, MemberEdit};
use ordervault_domain::product::Product;
use ordervault_domain::store::{Policy, Store};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Operation, Rate};
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::queue::catch_up;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    a_customer_has_it_among_their_own,
    without_a_customer_it_is_a_guests,
    a_key_belongs_to_the_member,
    a_repeated_request_tells_no_more_than_a_new_one,
    a_foreign_store_sounds_like_none,
    the_buyer_who_has_just_ordered_the_same_is_asked_about,
    it_is_new_for_everybody_but_its_maker,
    what_customers_may_do_how_often_does_not_count,
);

const PHONE: &str = "+886912345678";

/// A shop with a clerk of one store.
struct Fixture {
    server: TestServer,
    store: Arc<Store>,
    tea: Arc<Product>,
    clerk: String,
}

impl Fixture {
    async fn open(db: &Db, policy: Policy) -> Self {
        Self::of(TestServer::of(Shop::open(db).await).await, policy).await
    }

    async fn of(server: TestServer, policy: Policy) -> Self {
        let store = server.shop.store_with(policy).await;
        let tea = server.shop.product(&store, 100).await;
        let mut fixture = Self { server, store, tea, clerk: String::new() };
        fixture.clerk = fixture.another_clerk().await;
        fixture
    }

    /// Another clerk's token.
    async fn another_clerk(&self) -> String {
        let here = StoreScope::Only(BTreeSet::from([self.store.id]));
        let clerk = self.server.shop.member(Role::Clerk, here).await;
        self.server.member_token(&clerk).await
    }

    fn wish(&self) -> Value {
        json!({
            "store_id": self.store.id.to_string(),
            "lines": [{"product_id": self.tea.id.to_string(), "quantity": 2}],
            "contact": {"name": "王小明", "phone": PHONE},
        })
    }

    fn wish_for(&self, customer: &ordervault_domain::customer::Customer) -> Value {
        let mut wish = self.wish();
        wish["customer_id"] = json!(customer.id.to_string());
        wish
    }

    /// The clerk places an order, under a new key.
    fn place(&self, wish: &Value) -> Request {
        Request::post("/v1/staff/orders").bearer(&self.clerk).key(&self.server.key()).json(wish)
    }

    async fn placed(&self, wish: &Value) -> Value {
        self.server.good(&self.place(wish), 201).await.json()
    }

    async fn get(&self, path: &str, token: &str) -> Answer {
        self.server.send(&Request::get(path).bearer(token)).await
    }
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().into_iter().flatten().filter_map(|item| item["id"].as_str()).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

async fn a_customer_has_it_among_their_own(db: Db) {
    let fixture = Fixture::open(&db, Policy::default()).await;
    let server = &fixture.server;
    let (customer, stranger) = (server.shop.customer().await, server.shop.customer().await);
    let request = fixture.place(&fixture.wish_for(&customer));
    let answer = server.good(&request, 201).await;
    let order = answer.json();
    let path = format!("/v1/staff/orders/{}", text(&order["id"]));
    assert_eq!(answer.header("location"), Some(path.as_str()));
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(order["customer_id"], customer.id.to_string());
    assert_eq!((text(&order["source"]), text(&order["status"])), ("staff", "pending_review"));
    assert_eq!(order["total"]["amount"], 20_000, "from the catalogue");
    assert_eq!(order["lookup_token"], Value::Null);
    assert!(order["actions"].to_string().contains("invalidate"), "what staff may do: {order}");
    // What it answers is what staff read.
    assert_eq!(fixture.get(&path, &fixture.clerk).await.json(), order);

    let (own, other) = (server.customer_token(&customer).await, server.customer_token(&stranger).await);
    assert_eq!(ids(&fixture.get("/v1/orders", &own).await.json()), [text(&order["id"])]);
    assert_eq!(ids(&fixture.get("/v1/orders", &other).await.json()), [""; 0]);
    let own_path = path.replace("/staff", "");
    assert_eq!(fixture.get(&own_path, &own).await.json()["contact"]["phone"], PHONE);
    assert_eq!(fixture.get(&own_path, &other).await.status, 404);

    let events = fixture.get(&format!("{path}/history"), &fixture.clerk).await.json();
    let actor = &events["items"][0]["actor"];
    assert_eq!((text(&actor["kind"]), text(&actor["role"])), ("member", "clerk"), "{events}");
    assert!(text(&actor["id"]).starts_with("mem_"), "{events}");
    let events = fixture.get(&format!("{own_path}/history"), &own).await;
    assert!(events.text().contains("clerk") && !events.text().contains("mem_"), "{}", events.text());
    fixture.server.close().await;
}

async fn without_a_customer_it_is_a_guests(db: Db) {
    let fixture = Fixture::open(&db, Policy::default()).await;
    let order = fixture.placed(&fixture.wish()).await;
    assert_eq!(order["customer_id"], Value::Null);
    let look_up =
        Request::post("/v1/order-lookups").json(&json!({"number": order["number"], "phone": PHONE}));
    let found = fixture.server.good(&look_up, 200).await.json();
    assert_eq!(found["order"]["number"], order["number"], "{found}");
    let path = format!("/v1/orders/{}", text(&order["id"]));
    let opened = fixture.get(&path, text(&found["access_token"])).await;
    assert_eq!(opened.json()["id"], order["id"], "{found}");
    fixture.server.close().await;
}

async fn a_key_belongs_to_the_member(db: Db) {
    let fixture = Fixture::open(&db, Policy::default()).await;
    let customer = fixture.server.shop.customer().await;
    let other = fixture.another_clerk().await;
    let place =
        |token: &str, wish: &Value| Request::post("/v1/staff/orders").bearer(token).key("the key").json(wish);
    let wish = fixture.wish_for(&customer);
    let first = fixture.server.good(&place(&fixture.clerk, &wish), 201).await;
    let before = dump(&db).await;
    let again = fixture.server.good(&place(&fixture.clerk, &wish), 201).await;
    assert_eq!((again.json(), again.header("idempotent-replayed")), (first.json(), Some("true")));
    assert_eq!(again.header("location"), first.header("location"));
    // The same for somebody else is another order, which the key does not stand for.
    let reused = fixture.server.good(&place(&fixture.clerk, &fixture.wish()), 422).await;
    assert_eq!(reused.code(), "idempotency-key-reused");
    assert_eq!(differences(&before, &dump(&db).await), [""; 0]);
    let others = fixture.server.good(&place(&other, &wish), 201).await;
    assert_ne!(others.json()["id"], first.json()["id"]);
    fixture.server.close().await;
}

async fn a_repeated_request_tells_no_more_than_a_new_one(db: Db) {
    let fixture = Fixture::open(&db, Policy::default()).await;
    let shop = &fixture.server.shop;
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    let clerk = shop.member(Role::Clerk, StoreScope::Only([fixture.store.id].into())).await;
    let token = fixture.server.member_token(&clerk).await;
    let place = Request::post("/v1/staff/orders").bearer(&token).key("the key").json(&fixture.wish());
    let first = fixture.server.good(&place, 201).await.json();
    let path = format!("/v1/staff/orders/{}", text(&first["id"]));
    let cancel = Request::post(format!("{path}/cancel")).bearer(&token).json(&json!({"reason": "staff"}));
    fixture.server.good(&cancel, 200).await;
    // The order as it was, with what may be done with it now.
    let again = fixture.server.good(&place, 201).await.json();
    let now = fixture.get(&path, &token).await.json();
    assert_eq!((&again["status"], &again["version"]), (&first["status"], &first["version"]));
    assert_eq!(again["actions"], now["actions"]);
    assert_ne!(again["actions"], first["actions"]);
    // And nothing at all once it is out of reach, which this server need not hear of at once.
    let edit = MemberEdit { stores: Some(StoreScope::Only([].into())), ..MemberEdit::default() };
    let command = member::MemberCommand::Edit(edit);
    let act = Operation::Member { id: Some(clerk.id), expected_version: None, command, password_hash: None };
    shop.act(ActorRef::Member(owner.id), act).await;
    shop.clock.advance(KNOWN_MILLIS);
    assert_eq!(fixture.get(&path, &token).await.status, 404);
    assert_eq!(fixture.server.good(&place, 404).await.code(), "not-found");
    fixture.server.close().await;
}

async fn a_foreign_store_sounds_like_none(db: Db) {
    let fixture = Fixture::open(&db, Policy::default()).await;
    let elsewhere = fixture.server.shop.store().await;
    let there = fixture.server.shop.product(&elsewhere, 10).await;
    let order_at = async |store: &str| {
        let mut wish = fixture.wish();
        wish["store_id"] = json!(store);
        wish["lines"][0]["product_id"] = json!(there.id.to_string());
        let mut problem = fixture.server.good(&fixture.place(&wish), 422).await.json();
        problem["request_id"] = json!("");
        problem
    };
    let foreign = order_at(&elsewhere.id.to_string()).await;
    assert_eq!(foreign, order_at("sto_0NEHNAF80JYTAF").await);
    assert_eq!(foreign["errors"][0]["pointer"], "/store_id", "{foreign}");
    fixture.server.close().await;
}

async fn the_buyer_who_has_just_ordered_the_same_is_asked_about(db: Db) {
    let policy = Policy { duplicate_window_minutes: Some(10), ..Policy::default() };
    let fixture = Fixture::open(&db, policy).await;
    let server = &fixture.server;
    let (customer, another) = (server.shop.customer().await, server.shop.customer().await);
    // The customer has ordered on the page, and calls all the same.
    let own = Request::post("/v1/orders").bearer(&server.customer_token(&customer).await).key("own");
    let first = server.good(&own.json(&fixture.wish()), 201).await.json();
    let mut wish = fixture.wish_for(&customer);
    let before = dump(&db).await;
    let asked = server.good(&fixture.place(&wish), 409).await;
    assert_eq!(asked.code(), "duplicate-order");
    assert_eq!(differences(&before, &dump(&db).await), [""; 0]);
    // Other buyers are no concern of theirs: another account, and somebody without one, until they order again themselves.
    fixture.placed(&fixture.wish_for(&another)).await;
    fixture.placed(&fixture.wish()).await;
    assert_eq!(server.good(&fixture.place(&fixture.wish()), 409).await.code(), "duplicate-order");

    let problem = asked.json();
    let href = |code: &str| {
        let remedies = problem["remedies"].as_array().expect("remedies").iter();
        let remedy = remedies.clone().find(|remedy| remedy["code"] == code).expect("a remedy");
        text(&remedy["href"]).to_owned()
    };
    assert_eq!(fixture.get(&href("open"), &fixture.clerk).await.json()["id"], first["id"]);
    let amend = Request::post(href("amend")).bearer(&fixture.clerk).if_match("\"1\"");
    server.good(&amend.json(&json!({"note": "as agreed by telephone"})), 200).await;
    wish["not_duplicate_of"] = json!([first["id"]]);
    let again = fixture.place(&wish);
    assert_eq!(again.line(), format!("POST {}", href("place_anyway")));
    server.good(&again, 201).await;
    let cancel = Request::post(href("cancel")).bearer(&fixture.clerk);
    server.good(&cancel.json(&json!({"reason": "duplicate"})), 200).await;
    fixture.server.close().await;
}

async fn it_is_new_for_everybody_but_its_maker(db: Db) {
    let fixture = Fixture::open(&db, Policy::default()).await;
    let colleague = fixture.another_clerk().await;
    // Numbers everything that waits, as a server would.
    let number_all = async || catch_up(&db).await;
    number_all().await;
    let order = fixture.placed(&fixture.wish()).await;
    for (token, is_new) in [(&fixture.clerk, false), (&colleague, true)] {
        let list = fixture.get("/v1/staff/orders", token).await.json();
        assert_eq!(list["items"][0]["id"], order["id"]);
        assert_eq!(list["items"][0]["is_new"], is_new);
        let new = fixture.get("/v1/staff/orders?new=true", token).await.json();
        assert_eq!(!ids(&new).is_empty(), is_new, "{new}");
        number_all().await;
    }
    let own = fixture.get("/v1/staff/orders?new=true", &fixture.clerk).await.json();
    assert_eq!(ids(&own), [""; 0]);
    fixture.server.close().await;
}

async fn what_customers_may_do_how_often_does_not_count(db: Db) {
    let once = Rate { limit: 1, window_millis: 60_000 };
    let rates = Rates { place_account: once, ..Rates::unlimited() };
    let server = TestServer::with(Shop::open(&db).await, Settings { rates, ..Settings::default() }).await;
    let fixture = Fixture::of(server, Policy::default()).await;
    let customer = fixture.server.shop.customer().await;
    for _ in 0..3 {
        fixture.placed(&fixture.wish_for(&customer)).await;
        fixture.placed(&fixture.wish()).await;
    }
    let own = fixture.server.customer_token(&customer).await;
    let place = || Request::post("/v1/orders").bearer(&own).key(&fixture.server.key()).json(&fixture.wish());
    fixture.server.good(&place(), 201).await;
    assert_eq!(fixture.server.good(&place(), 429).await.code(), "rate-limited");
    fixture.server.close().await;
}
