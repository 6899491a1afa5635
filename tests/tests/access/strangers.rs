//! What people of one store, or with one order, learn of another by whatever they ask: nothing. Every operation is asked
//! about things of the other store in every place that takes one, and answers as if they had never been.

use std::collections::BTreeSet;
use std::sync::Arc;

use ordervault_api::background::{Job as _, Remaining, RunBatches, Tools};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::id::{BatchId, CustomerId, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::member::{self, MemberEdit};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{LineRequest, Order, OrderCommand, Place};
use ordervault_domain::product::{self, NewProduct, Product};
use ordervault_domain::store::{self, NewStore, Policy, PolicyEdit, Store, StoreEdit};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Effect, Operation};
use ordervault_tests::dump::{Cells, dump};
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::queue::{on_member, on_store};
use serde_json::{Value, json};

use crate::fixture::{Endpoint, Fixture};
use crate::rows::{For, Row};
use crate::{only, table};

/// The id of nothing, behind any prefix.
const NOTHING: i64 = 987_654_321_987_654;

/// The other store, which is [`Fixture`]'s, and what somebody has who looks after this one.
struct TwoStores {
    fixture: Fixture,
    store: Arc<Store>,
    order: Arc<Order>,
    /// An owner of this store, who has every permission.
    token: String,
    member: MemberId,
    /// A cursor of somebody who may see everything.
    cursor: String,
}

impl TwoStores {
    async fn open(db: &Db) -> Self {
        let fixture = Fixture::open(db).await;
        let shop = &fixture.server.shop;
        let no_board = PolicyEdit { public_board: Some(false), ..PolicyEdit::default() };
        let no_board = store::StoreCommand::Edit(StoreEdit { policy: no_board, ..StoreEdit::default() });
        shop.act(ActorRef::Operator, on_store(fixture.store.id, no_board)).await;
        let (store, product) = here(&fixture).await;
        let order = order(&fixture, &store, &product).await;
        let contact = Contact {
            name: Some("Zoe".into()),
            email: Some("zoe@here.example".parse().expect("an address")),
            ..Contact::default()
        };
        let member = shop.member(Role::Owner, only(&store)).await;
        let edit = MemberEdit { contact: Some(contact), ..MemberEdit::default() };
        shop.act(ActorRef::Operator, on_member(member.id, member::MemberCommand::Edit(edit))).await;
        let token = fixture.server.member_token(&member).await;
        let everybodys = fixture.server.member_token(&*shop.member(Role::Owner, StoreScope::All).await).await;
        let page = Request::get("/v1/staff/orders?limit=1").bearer(&everybodys);
        let cursor =
            fixture.server.good(&page, 200).await.json()["next_cursor"].as_str().expect("more").to_owned();
        Self { fixture, store, order, token, member: member.id, cursor }
    }

    /// A value for a parameter of a query that leads to the other store, and one that leads nowhere. Alike where the
    /// parameter names nothing of anybody's.
    fn values(&self, name: &str) -> Vec<(String, String)> {
        let (there, order) = (&self.fixture, &self.fixture.order);
        let named = |id: &dyn ToString| (id.to_string(), nowhere(&id.to_string()));
        let text = |text: &str, other: &str| (text.to_owned(), other.to_owned());
        let same = |values: &[&str]| values.iter().map(|value| text(value, value)).collect();
        let contact = &order.contact;
        let email = contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
        let phone = contact.phone.as_ref().map(ToString::to_string).unwrap_or_default();
        let (placed_at, total) = (order.placed_at.to_string(), order.totals.total.get().to_string());
        match name {
            "store" => vec![
                named(&there.store.id),
                (
                    format!("{},{}", there.store.id, self.store.id),
                    format!("{},{}", nowhere(&there.store.id.to_string()), self.store.id),
                ),
            ],
            "product" => vec![named(&there.product.id)],
            "number" => {
                vec![named(&order.id), text(&order.id.number(), &OrderId::from_i64(NOTHING).number())]
            }
            "customer" => vec![
                named(&there.customer.id),
                text(&email, "nobody@nowhere.example"),
                text(&phone, "+886900000000"),
                text("Maria", "Nobody"),
                text("小明", "無人"),
            ],
            "category" => vec![text("kitchen", "nowhere")],
            "sku" => vec![text(&there.product.sku, "NOWHERE")],
            "q" => ["Thermos", "保温", "Maria", "門鈴", &there.product.sku, &email, &phone]
                .map(|words| text(words, "nowhere"))
                .into_iter()
                .chain([named(&there.customer.id)])
                .collect(),
            "actor" => vec![named(&there.customer.id), named(&there.member.id)],
            "entity" => vec![
                named(&order.id),
                named(&there.store.id),
                named(&there.product.id),
                named(&there.customer.id),
                named(&there.member.id),
            ],
            "cursor" => vec![text(&self.cursor, "AAAA")],
            "status" => same(&["completed", "invalid"]),
            "kind" => same(&["order", "member", "customer"]),
            "event" => same(&["placed", "completed"]),
            "actor_kind" => same(&["customer", "member", "operator"]),
            "field" => same(&["note", "contact"]),
            "source" => same(&["shop", "import"]),
            "source_status" => same(&["delivered"]),
            "attention" => same(&["late_money", "lost_parcel"]),
            "payment_status" => same(&["unpaid", "not_required"]),
            "fulfillment_status" => same(&["delivered", "unfulfilled"]),
            "tracking" => same(&["RR 1"]),
            "result" => same(&["refused"]),
            "sort" => same(&["total", "due_at", "-updated_at"]),
            "include" => same(&["actions"]),
            "form" => same(&["spreadsheet"]),
            "format" => same(&["text"]),
            "rows" => same(&["lines"]),
            "limit" | "minutes" => same(&["1"]),
            "active" | "deleted" | "new" | "overdue" | "preview" | "include_total" => {
                same(&["true", "false"])
            }
            "total_min" | "total_max" => same(&[&total]),
            "as_of" | "from" | "to" => same(&["1", &placed_at]),
            _ if name.ends_with("_after") || name.ends_with("_before") => same(&[&placed_at]),
            _ => unreachable!("no value for the parameter {name}"),
        }
    }

    /// Pairs of requests about things of the other store in every place of an operation that takes one.
    async fn pairs(&self, operation: &Endpoint, row: &Row) -> Vec<Pair> {
        let mut pairs = vec![];
        for version in [None, Some("\"9\"")] {
            pairs.push(self.pair(operation, self.fixture.request(operation, row, version).await));
        }
        let queries = operation.queries.iter();
        for name in queries.filter(|name| !row.query.contains(&format!("{name}="))) {
            for (there, nowhere) in self.values(name) {
                let request = self.fixture.request(operation, row, None).await;
                pairs.push(self.pair(operation, request).asking(name, there, nowhere));
            }
        }
        pairs
    }

    /// A request about things of the other store, and the same about nothing.
    fn pair(&self, operation: &Endpoint, there: Request) -> Pair {
        let place = operation.path.split('/').position(|segment| segment == "{id}");
        let line = there.line();
        let path = line.split([' ', '?']).nth(1).unwrap_or_default();
        let target = place.and_then(|place| path.split('/').nth(place)).map(str::to_owned);
        self.about(there, target)
    }

    /// Customers are left as they are: they belong to no store, so that orders can be placed for them everywhere.
    fn about(&self, there: Request, target: Option<String>) -> Pair {
        let Fixture { store, product, order, .. } = &self.fixture;
        let ids = [store.id.to_string(), product.id.to_string(), order.id.to_string()];
        let swaps: Vec<(String, String)> =
            target.into_iter().chain(ids).map(|id| (id.clone(), nowhere(&id))).collect();
        let nowhere = swaps.iter().fold(there.clone(), |request, (id, other)| request.replacing(id, other));
        Pair { there, nowhere, swaps }
    }

    /// Requests that name the other store's things where this store's own are expected.
    async fn misled(&self) -> Vec<Pair> {
        let there = &self.fixture;
        let lines = json!({"lines": [{"product_id": there.product.id.to_string(), "quantity": 1}]});
        let ids = json!([there.order.id.to_string()]);
        let stores = json!([self.store.id.to_string(), there.store.id.to_string()]);
        let batch = there.batch(&there.member, &there.order).await;
        let amend = format!("/v1/staff/orders/{}/amendments", self.order.id);
        let edit = Request::new("PATCH", format!("/v1/staff/members/{}", self.member)).if_match("*");
        let run = json!({"action": "delete", "ids": ids, "digest": "0".repeat(64)});
        let mut requests = vec![
            Request::post(&amend).if_match("*").json(&lines),
            Request::post(format!("{amend}?preview=true")).if_match("*").json(&lines),
            Request::post("/v1/staff/orders/seen").json(&json!({"ids": ids})),
            Request::post("/v1/staff/batches").key("run").json(&run),
            edit.json(&json!({"store_ids": stores})),
            Request::post("/v1/staff/members").json(&json!({
                "email": "new@here.example", "name": "New", "roles": ["clerk"], "store_ids": stores,
                "password": "blue horses eat soup",
            })),
        ];
        let filter = |name: &str, value: Value| json!({"action": "confirm", "filter": {name: value}});
        let previews = [
            json!({"action": "confirm", "ids": ids}),
            json!({"action": "delete", "ids": ids}),
            filter("store", json!([there.store.id.to_string()])),
            filter("product", json!(there.product.id.to_string())),
            filter("number", json!(there.order.id.to_string())),
        ];
        requests.extend(previews.map(|body| Request::post("/v1/staff/batches?preview=true").json(&body)));
        requests.into_iter().map(|request| self.about(request, Some(batch.clone()))).collect()
    }

    /// Somebody wants the other store's product from this one.
    fn misplaced(&self, path: &str) -> Pair {
        let body = json!({
            "store_id": self.store.id.to_string(),
            "lines": [{"product_id": self.fixture.product.id.to_string(), "quantity": 1}],
            "contact": {"name": "Bia", "phone": "+5511987654321"},
        });
        self.about(Request::post(path).key("what is not here").json(&body), None)
    }

    /// Every text that tells of what is not this store's, nor of one of these people: of orders and people, and of the
    /// catalogue.
    async fn secrets(&self, own: &[i64]) -> [BTreeSet<String>; 2] {
        let dump = dump(&self.fixture.server.shop.db).await;
        let here = Some(self.store.id.get());
        let id = |row: &Cells| row.int("id").expect("an id");
        let strangers = |table: &str| {
            let rows = dump[table].iter().filter(|row| !own.contains(&id(row)));
            rows.cloned().collect::<Vec<_>>()
        };
        let (mut personal, mut catalogue) = (BTreeSet::new(), BTreeSet::new());
        for row in dump["orders"].iter().filter(|row| row.int("store_id") != here) {
            let id = OrderId::from_i64(id(row));
            personal.extend([id.to_string(), id.number()]);
            personal.extend(texts(row, &["contact_name", "contact_phone", "contact_email", "note"]));
        }
        for row in strangers("customers") {
            personal.insert(CustomerId::from_i64(id(&row)).to_string());
            personal.extend(texts(&row, &["name", "email", "phone"]));
        }
        for row in strangers("members") {
            personal.insert(MemberId::from_i64(id(&row)).to_string());
            personal.extend(texts(&row, &["name", "email", "phone"]));
        }
        personal.extend(dump["batches"].iter().map(|row| BatchId::from_i64(id(row)).to_string()));
        for row in dump["products"].iter().filter(|row| row.int("store_id") != here) {
            catalogue.insert(ProductId::from_i64(id(row)).to_string());
            catalogue.extend(texts(row, &["sku", "title", "category"]));
        }
        for row in dump["stores"].iter().filter(|row| row.int("id") != here) {
            catalogue.insert(StoreId::from_i64(id(row)).to_string());
            catalogue.extend(texts(row, &["name"]));
        }
        [personal, catalogue]
    }

    async fn send(&self, token: Option<&str>, request: &Request) -> Answer {
        let request = request.clone().header("x-request-id", "alike");
        self.fixture.server.send(&token.into_iter().fold(request, Request::bearer)).await
    }

    /// Sends both of each pair, which have to be answered alike.
    async fn ask(&self, token: Option<&str>, pairs: Vec<Pair>) -> Vec<(Request, Answer)> {
        let mut asked = vec![];
        for Pair { there, nowhere, mut swaps } in pairs {
            let (answer, nothing) = (self.send(token, &there).await, self.send(token, &nowhere).await);
            // A digest stands for what was asked.
            let digest = |answer: &Answer| answer.json()["digest"].as_str().map(str::to_owned);
            swaps.extend(digest(&answer).zip(digest(&nothing)));
            // Some answers say again what was asked.
            let told = swaps.iter().fold(answer.whole(), |told, (id, other)| told.replace(id, other));
            assert_eq!(told, nothing.whole(), "{}", there.line());
            asked.push((there, answer));
        }
        asked
    }
}

/// A request about something, and the same about nothing.
struct Pair {
    there: Request,
    nowhere: Request,
    /// What stands in the one, and in the other instead.
    swaps: Vec<(String, String)>,
}

impl Pair {
    fn asking(mut self, name: &str, there: String, nowhere: String) -> Self {
        self.there = self.there.asking(name, &there);
        self.nowhere = self.nowhere.asking(name, &nowhere);
        self.swaps.push((there, nowhere));
        self
    }
}

/// No answer has any of these, if the request has not.
fn is_silent(asked: &[(Request, Answer)], secrets: &BTreeSet<String>) {
    assert!(!asked.is_empty() && !secrets.is_empty());
    for (request, answer) in asked {
        let told = answer.whole();
        let said = request.said();
        for secret in secrets.iter().filter(|secret| !said.contains(*secret)) {
            assert!(!told.contains(secret), "{secret} in the answer to {}: {told}", request.line());
        }
    }
}

fn texts(row: &Cells, columns: &[&str]) -> Vec<String> {
    columns
        .iter()
        .filter_map(|column| row.text(column))
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

/// An id of the same kind that leads nowhere.
fn nowhere(id: &str) -> String {
    let prefix = id.find('_').map_or("", |end| &id[..=end]);
    let symbols = OrderId::from_i64(NOTHING).to_string();
    match prefix {
        "" => symbols,
        CustomerId::PREFIX => CustomerId::from_i64(NOTHING).to_string(),
        StoreId::PREFIX => StoreId::from_i64(NOTHING).to_string(),
        ProductId::PREFIX => ProductId::from_i64(NOTHING).to_string(),
        MemberId::PREFIX => MemberId::from_i64(NOTHING).to_string(),
        _ => BatchId::from_i64(NOTHING).to_string(),
    }
}

/// A store with a product, that share no word with the other.
async fn here(fixture: &Fixture) -> (Arc<Store>, Arc<Product>) {
    let shop = &fixture.server.shop;
    let new = NewStore {
        tax: None,
        shipping: vec![],
        payments: vec![],
        name: "Loja".into(),
        currency: "BRL".parse().expect("a currency"),
        time_zone: "America/Sao_Paulo".parse().expect("a time zone"),
        country: "BR".parse().ok(),
        change_window_minutes: None,
        policy: Policy { public_board: true, ..Policy::default() },
        external_reference: None,
    };
    let command = store::StoreCommand::Create(new);
    let store = match shop
        .act(ActorRef::Operator, Operation::Store { id: None, expected_version: None, command })
        .await
    {
        Effect::Store(store) => store,
        other => unreachable!("{other:?}"),
    };
    let new = NewProduct {
        tax_class: None,
        weight_grams: None,
        store_id: store.id,
        sku: "CANECA".into(),
        title: "Caneca azul".into(),
        category: Some("casa".into()),
        price: Amount::new(777),
        on_hand: 100,
        external_reference: None,
    };
    let command = product::ProductCommand::Create(new);
    match shop.act(ActorRef::Operator, Operation::Product { id: None, expected_version: None, command }).await
    {
        Effect::Product(product) => (store, product),
        other => unreachable!("{other:?}"),
    }
}

/// An order here, on the board, of nobody who orders elsewhere.
async fn order(fixture: &Fixture, store: &Store, product: &Product) -> Arc<Order> {
    let place = Place {
        shipping: None,
        payment: None,
        store_id: store.id,
        customer_id: None,
        lines: vec![LineRequest { product_id: product.id, quantity: 1 }],
        contact: Contact {
            name: Some("Bia".into()),
            phone: Some("+5511987654321".parse().expect("a number")),
            ..Contact::default()
        },
        note: String::new(),
        unlisted: false,
        not_duplicate_of: vec![],
        expected_total: None,
    };
    let place = Operation::Order { id: None, expected_version: None, command: OrderCommand::Place(place) };
    match fixture.server.shop.act(ActorRef::Guest(None), place).await {
        Effect::Order(order) => {
            fixture.server.shop.change(ActorRef::Operator, &order, OrderCommand::Confirm).await
        }
        other => unreachable!("{other:?}"),
    }
}

pub(crate) async fn staff_learn_nothing_of_another_store(db: Db) {
    let shop = TwoStores::open(&db).await;
    let token = Some(shop.token.as_str());
    let for_staff: Vec<_> =
        table().into_iter().filter(|(_, row)| matches!(row.is_for, For::Staff(Some(_)))).collect();
    let lists: Vec<Request> = for_staff
        .iter()
        .filter(|(operation, _)| operation.method == "GET" && !operation.path.contains("{id}"))
        .map(|(operation, _)| Request::get(&*operation.path))
        .flat_map(|request| [request.clone().asking("include_total", "true"), request])
        .collect();
    let look = async || {
        let mut told = vec![];
        for list in &lists {
            told.push(shop.send(token, list).await.whole());
        }
        told
    };
    let before = look().await;
    let mut asked = vec![];
    for (operation, row) in &for_staff {
        // A batch about nothing is one all the same, with an id of its own.
        if operation.id != "run_batch" {
            asked.extend(shop.ask(token, shop.pairs(operation, row).await).await);
        }
    }
    asked.extend(shop.ask(token, shop.misled().await).await);
    asked.extend(shop.ask(token, vec![shop.misplaced("/v1/staff/orders")]).await);
    // All that has happened there does not show here.
    assert_eq!(look().await, before);
    let [personal, catalogue] = shop.secrets(&[shop.member.get()]).await;
    assert!(asked.len() > 150 && personal.len() > 150 && catalogue.len() > 20);
    is_silent(&asked, &personal);
    is_silent(&asked, &catalogue);
    shop.fixture.server.close().await;
}

pub(crate) async fn buyers_learn_nothing_of_other_orders(db: Db) {
    let shop = TwoStores::open(&db).await;
    let server = &shop.fixture.server;
    let customer = server.shop.customer().await;
    let (customers, guests) = (server.customer_token(&customer).await, server.grant(shop.order.grant()));
    let mut asked = vec![];
    for (operation, row) in table() {
        let tokens = match row.is_for {
            For::Buyers => vec![Some(customers.as_str()), Some(guests.as_str())],
            For::Customers if operation.method == "GET" => vec![Some(customers.as_str())],
            For::Anybody if operation.path.starts_with("/v1/board") => vec![None],
            _ => continue,
        };
        for token in tokens {
            asked.extend(shop.ask(token, shop.pairs(&operation, &row).await).await);
        }
    }
    for token in [Some(customers.as_str()), None] {
        asked.extend(shop.ask(token, vec![shop.misplaced("/v1/orders")]).await);
    }
    let [personal, catalogue] = shop.secrets(&[customer.id.get(), shop.member.get()]).await;
    is_silent(&asked, &personal);
    // The catalogue is everybody's, but what is sold is not.
    is_silent(&asked, &catalogue);
    shop.fixture.server.close().await;
}

/// What is done here goes its way, and tells nothing either.
pub(crate) async fn what_is_done_here_says_nothing_of_there(db: Db) {
    let shop = TwoStores::open(&db).await;
    let (server, token) = (&shop.fixture.server, Some(shop.token.as_str()));
    let ids = [shop.fixture.order.id, OrderId::from_i64(NOTHING), shop.order.id].map(|id| id.to_string());
    let batch =
        Request::post("/v1/staff/batches").key("batch").json(&json!({"action": "confirm", "ids": ids}));
    let batch = shop.send(token, &batch).await;
    assert_eq!(batch.status, 202, "{}", batch.text());
    let tools =
        Tools { db: db.clone(), writer: server.shop.writer.clone(), sources: server.shop.clock.sources(0) };
    while RunBatches.step(&tools).await.expect("a step") == Remaining::More {}
    let id = batch.json()["id"].as_str().expect("an id").to_owned();
    let items = shop.send(token, &Request::get(format!("/v1/staff/batches/{id}/items"))).await.json();
    let result = |order: &str| {
        let items = items["items"].as_array().expect("items").iter();
        let item = items.filter(|item| item["order_id"] == order).collect::<Vec<_>>();
        let mut item = Value::clone(item[0]);
        for name in ["order_id", "number"] {
            item.as_object_mut().expect("an item").remove(name);
        }
        item
    };
    assert_eq!(result(&ids[0]), result(&ids[1]), "not there, like one that never was");
    assert_eq!(
        (&result(&ids[0])["code"], &result(&ids[2])["result"]),
        (&json!("not-found"), &json!("already_applied"))
    );
    // The other store's names are free here.
    let product = Request::post("/v1/staff/products").key("sku").json(&json!({
        "store_id": shop.store.id.to_string(), "sku": shop.fixture.product.sku, "title": "Caneca", "price": 1,
    }));
    assert_eq!(shop.send(token, &product).await.status, 201);
    let mut asked = vec![];
    for path in [
        "/v1/staff/batches",
        "/v1/staff/products",
        "/v1/staff/history",
        "/v1/staff/summary",
        "/v1/staff/orders",
        "/v1/staff/orders.csv",
    ] {
        let request = Request::get(path);
        let answer = shop.send(token, &request).await;
        assert_eq!(answer.status, 200);
        asked.push((request, answer));
    }
    let [personal, mut catalogue] = shop.secrets(&[shop.member.get()]).await;
    catalogue.remove(&shop.fixture.product.sku);
    is_silent(&asked, &personal.into_iter().filter(|secret| !secret.starts_with(BatchId::PREFIX)).collect());
    is_silent(&asked, &catalogue);
    shop.fixture.server.close().await;
}
