//! The public board: what it shows, what it never shows, and how fast it forgets.

use std::collections::BTreeSet;
use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::{Address, Contact};
use ordervault_domain::customer::Customer;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{
    CancelReason, InvalidReason, LineRequest, Order, OrderCommand, Place, Status,
};
use ordervault_domain::product::Product;
use ordervault_domain::store::{self, Store};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::dump::dump;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::queue::{on_store, order_of};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    without_a_board_there_is_nothing,
    a_board_shows_what_is_confirmed,
    nothing_personal_is_on_the_board,
    what_leaves_the_board_is_gone_at_once,
    pages_follow_each_other,
    filters_narrow_the_board,
    times_are_told_to_the_minute,
    what_is_not_asked_like_this_is_refused,
    a_page_that_is_known_is_not_sent_again,
    staff_keep_an_order_off_the_board,
);

/// A shop whose first store has a board.
struct Fixture {
    server: TestServer,
    store: Arc<Store>,
    product: Arc<Product>,
    customer: Arc<Customer>,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        let server = TestServer::open(db).await;
        let store = server.shop.store_with_board().await;
        let product = server.shop.product(&store, 10_000).await;
        let customer = server.shop.customer().await;
        Self { server, store, product, customer }
    }

    async fn order(&self, status: Status) -> Arc<Order> {
        // Each has a time of its own.
        self.server.shop.clock.advance(1_000);
        self.server.order_in(status, &self.customer, &self.store, &self.product).await
    }

    async fn ask(&self, query: &str) -> Answer {
        self.server.good(&Request::get(format!("/v1/board/orders{query}")), 200).await
    }

    /// The numbers on the first page.
    async fn numbers(&self, query: &str) -> Vec<String> {
        numbers(&self.ask(query).await.json())
    }

    /// Where the board shows this order, if it does.
    fn path(&self, order: &Order) -> String {
        format!("/v1/board/orders/{}", self.server.board_id(order.id))
    }

    async fn change(&self, order: &Order, command: OrderCommand) {
        self.server.shop.change(ActorRef::Operator, order, command).await;
    }
}

fn numbers(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a page").iter();
    items.map(|item| item["number"].as_str().unwrap_or_default().to_owned()).collect()
}

fn of(orders: &[&Arc<Order>]) -> Vec<String> {
    orders.iter().map(|order| order.id.masked_number()).collect()
}

async fn set_board(shop: &Shop, store: &Store, public_board: bool) {
    let policy = store::PolicyEdit { public_board: Some(public_board), ..Default::default() };
    let edit = store::StoreEdit { policy, ..Default::default() };
    shop.act(ActorRef::Operator, on_store(store.id, store::StoreCommand::Edit(edit))).await;
}

async fn without_a_board_there_is_nothing(db: Db) {
    let server = TestServer::open(&db).await;
    let store = server.shop.store().await;
    let product = server.shop.product(&store, 10).await;
    let customer = server.shop.customer().await;
    let order = server.order_in(Status::Confirmed, &customer, &store, &product).await;
    let nowhere = server.good(&Request::get("/v1/board/orders/x").header("x-request-id", "alike"), 404).await;
    let asked = ["", "?limit=100000", "?status=draft", "?fields=contact", "?cursor=AAAA", "?number=0PA3"];
    let paths = asked.map(|query| format!("/v1/board/orders{query}"));
    for path in paths.into_iter().chain([format!("/v1/board/orders/{}", server.board_id(order.id))]) {
        let answer = server.good(&Request::get(&path).header("x-request-id", "alike"), 404).await;
        assert_eq!(answer.text(), nowhere.text(), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    set_board(&server.shop, &store, true).await;
    server.good(&Request::get("/v1/board/orders"), 200).await;
    set_board(&server.shop, &store, false).await;
    server.good(&Request::get("/v1/board/orders"), 404).await;
    server.close().await;
}

async fn a_board_shows_what_is_confirmed(db: Db) {
    let fixture = Fixture::open(&db).await;
    let mut by_status = vec![];
    for status in [
        Status::PendingReview,
        Status::Confirmed,
        Status::Processing,
        Status::Completed,
        Status::Cancelled,
        Status::Invalid,
    ] {
        by_status.push(fixture.order(status).await);
    }
    let [_, confirmed, processing, completed, ..] = &by_status[..] else { unreachable!("six") };
    // Of a store without a board nothing is shown.
    let dark = fixture.server.shop.store().await;
    let lamp = fixture.server.shop.product(&dark, 10).await;
    let hidden = fixture.server.order_in(Status::Confirmed, &fixture.customer, &dark, &lamp).await;
    let page = fixture.ask("").await;
    assert_eq!(numbers(&page.json()), of(&[completed, processing, confirmed]), "newest first");
    assert_eq!(page.header("cache-control"), Some("public, max-age=5"));
    for store in [dark.id.to_string(), format!("sto_{}", hidden.id)] {
        assert_eq!(
            fixture.ask(&format!("?store={store}")).await.json(),
            json!({"items": [], "has_more": false})
        );
    }
    for order in by_status.iter().chain([&hidden]) {
        let is_shown = [confirmed, processing, completed].iter().any(|shown| shown.id == order.id);
        let request = Request::get(fixture.path(order));
        let answer = fixture.server.good(&request, if is_shown { 200 } else { 404 }).await;
        // Its number opens nothing here, nor is it told.
        for number in [order.id.number(), order.id.to_string()] {
            fixture.server.good(&Request::get(format!("/v1/board/orders/{number}")), 404).await;
            assert!(!answer.text().contains(&number) && !page.text().contains(&number));
        }
        if is_shown {
            assert_eq!(numbers(&json!({"items": [answer.json()]})), of(&[order]));
        }
    }
    let shown = &page.json()["items"][0];
    assert_eq!((&shown["status"], &shown["lines"][0]["quantity"]), (&json!("completed"), &json!(1)));
    assert_eq!(shown["lines"][0]["unit_price"], json!({"amount": 10_000, "currency": "TWD", "exponent": 2}));
    let members = shown.as_object().expect("an order").keys().map(String::as_str).collect::<Vec<_>>();
    let promised = [
        "contact",
        "id",
        "lines",
        "number",
        "placed_at",
        "shipping_total",
        "status",
        "status_since",
        "store_id",
        "store_name",
        "subtotal",
        "total",
    ];
    assert_eq!(members, promised);
    fixture.server.close().await;
}

/// Every value of every contact, as it was sent and as it is kept, is looked for in whatever the board answers.
async fn nothing_personal_is_on_the_board(db: Db) {
    let fixture = Fixture::open(&db).await;
    let people: Vec<Contact> = (0..40).map(person).collect();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for contact in people {
        let values = serde_json::to_value(&contact).expect("a contact");
        collect(&values, &mut known);
        let digits = contact.phone.as_ref().map(|phone| phone.number().trim_start_matches('+').to_owned());
        known.extend(digits);
        known.extend(contact.phone.as_ref().map(|phone| phone.reversed_line(None)));
        let place = OrderCommand::Place(Place {
            shipping: None,
            payment: None,
            store_id: fixture.store.id,
            customer_id: None,
            lines: vec![LineRequest { product_id: fixture.product.id, quantity: 1 }],
            contact,
            note: "請按兩次電鈴 ring twice".into(),
            unlisted: false,
            not_duplicate_of: vec![],
            expected_total: None,
        });
        let act = Operation::Order { id: None, expected_version: None, command: place };
        let order = order_of(fixture.server.shop.submit(ActorRef::Guest(None), vec![act]).await);
        fixture.change(&order, OrderCommand::Confirm).await;
        fixture.server.shop.clock.advance(1_000);
    }
    known.insert("請按兩次電鈴".into());
    known.insert("ring twice".into());
    let mut texts = String::new();
    let mut cursor = None;
    loop {
        let query = cursor.map_or("?limit=7".to_owned(), |cursor| format!("?limit=7&cursor={cursor}"));
        let answer = fixture.ask(&query).await;
        texts.push_str(&answer.text());
        texts.push_str(answer.header("etag").unwrap_or_default());
        let page = answer.json();
        for item in page["items"].as_array().expect("a page") {
            let single = Request::get(format!("/v1/board/orders/{}", item["id"].as_str().expect("an id")));
            let single = fixture.server.good(&single, 200).await;
            texts.push_str(&single.text());
            texts.push_str(single.header("etag").unwrap_or_default());
        }
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert!(
        texts.contains("王**") && texts.contains("@e***.com") && texts.contains("***"),
        "something is shown"
    );
    let folded = texts.to_lowercase();
    for value in &known {
        assert!(!folded.contains(&value.to_lowercase()), "{value} is on the board");
    }
    // Nor can it be searched for.
    for value in known.iter().filter(|value| value.is_ascii() && !value.contains(' ')) {
        let found = fixture.numbers(&format!("?q={}", value.replace('+', "%2B"))).await;
        assert_eq!(found, Vec::<String>::new(), "{value}");
    }
    fixture.server.close().await;
}

/// Somebody with names, numbers and addresses of many kinds.
fn person(n: u32) -> Contact {
    let names =
        ["王小明", "田中 太郎", "김철수", "Maria da Silva", "Zoë Brontë", "O'Neil-Smith", "Nguyen Wei"];
    let name = names.iter().cycle().nth(n as usize).expect("a name");
    let address = Address {
        line1: Some(format!("Rua das Flores {}", 100 + n)),
        line2: Some(format!("{} Floor", 40 + n)),
        city: Some("Florianópolis".into()),
        region: Some("信義區".into()),
        postal_code: Some(format!("8801{n:03}")),
        country: Some("Brasilien".into()),
    };
    Contact {
        name: Some(format!("{name} {}{}", ["Kowalski", "陳怡君"][n as usize % 2], 10 + n)),
        phone: (!n.is_multiple_of(3))
            .then(|| format!("+8869{n:02}345{n:03}").parse().expect("a phone number")),
        email: (n % 3 != 1).then(|| format!("Person.{n}@Example.com").parse().expect("an address")),
        address: n.is_multiple_of(2).then_some(address),
    }
}

fn collect(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            into.insert(text.clone());
            // Shorter words and small numbers are part of many others.
            let words = text.split_whitespace().filter(|word| word.len() > 2);
            into.extend(words.filter(|word| !word.chars().all(|c| c.is_ascii_digit())).map(str::to_owned));
        }
        Value::Object(members) => members.values().for_each(|member| collect(member, into)),
        _ => {}
    }
}

async fn what_leaves_the_board_is_gone_at_once(db: Db) {
    let fixture = Fixture::open(&db).await;
    let kept = fixture.order(Status::Confirmed).await;
    let path = |order: &Order| format!("/v1/orders/{}", order.id);
    let token = fixture.server.customer_token(&fixture.customer).await;
    let invalid = OrderCommand::Invalidate { reason: InvalidReason::Fraud, comment: None };
    let cancel = OrderCommand::Cancel { reason: CancelReason::Other, comment: None };
    for command in [OrderCommand::Hide, invalid, cancel] {
        let order = fixture.order(Status::Confirmed).await;
        assert_eq!(fixture.numbers("").await, of(&[&order, &kept]));
        fixture.change(&order, command.clone()).await;
        assert_eq!(fixture.numbers("").await, of(&[&kept]), "{command:?}");
        fixture.server.good(&Request::get(fixture.path(&order)), 404).await;
    }
    // The buyer's own way, there and back.
    let post = |rest: &str| Request::post(format!("{}{rest}", path(&kept))).bearer(&token);
    assert_eq!(fixture.server.good(&post("/hide"), 200).await.json()["unlisted"], true);
    assert_eq!(fixture.numbers("").await, Vec::<String>::new());
    assert_eq!(fixture.server.good(&post("/show"), 200).await.json()["unlisted"], false);
    assert_eq!(fixture.numbers("").await, of(&[&kept]));
    // And from the start.
    let place = Request::post("/v1/orders").bearer(&token).key("unlisted").json(&json!({
        "store_id": fixture.store.id.to_string(),
        "lines": [{"product_id": fixture.product.id.to_string(), "quantity": 3}],
        "contact": {"name": "Ana", "phone": "+5511987654321"},
        "unlisted": true,
    }));
    let placed = fixture.server.good(&place, 201).await.json();
    let id = placed["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let confirm = Operation::Order { id: Some(id), expected_version: None, command: OrderCommand::Confirm };
    fixture.server.shop.act(ActorRef::Operator, confirm).await;
    assert_eq!(fixture.numbers("").await, of(&[&kept]));
    fixture.server.close().await;
}

async fn pages_follow_each_other(db: Db) {
    let fixture = Fixture::open(&db).await;
    let mut all = vec![];
    for n in 0..9 {
        // Several at one time, too.
        let order = fixture
            .server
            .order_in(Status::Confirmed, &fixture.customer, &fixture.store, &fixture.product)
            .await;
        all.push((order.placed_at, order.id));
        fixture.order(Status::PendingReview).await;
        fixture.server.shop.clock.advance((n % 2) * 1_000);
    }
    all.sort();
    let expected: Vec<String> = all.iter().rev().map(|(_, id)| id.masked_number()).collect();
    let (mut seen, mut cursor) = (vec![], String::new());
    loop {
        let page = fixture.ask(&format!("?limit=2{cursor}")).await.json();
        seen.extend(numbers(&page));
        assert_eq!(page["has_more"], page["next_cursor"].is_string());
        let Some(next) = page["next_cursor"].as_str() else { break };
        // A cursor opens its own list only.
        let elsewhere = Request::get(format!("/v1/board/orders?store={}&cursor={next}", fixture.store.id));
        assert_eq!(fixture.server.good(&elsewhere, 400).await.code(), "invalid-parameter");
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, expected);
    fixture.server.close().await;
}

async fn filters_narrow_the_board(db: Db) {
    let fixture = Fixture::open(&db).await;
    let other = fixture.server.shop.product(&fixture.store, 10).await;
    let one = fixture.order(Status::Confirmed).await;
    fixture.server.shop.clock.advance(60_000);
    let two = fixture.server.order_in(Status::Completed, &fixture.customer, &fixture.store, &other).await;
    let all = of(&[&two, &one]);
    let number = one.id.to_string();
    let time = two.placed_at.floor_to_minute().to_string();
    for (query, expected) in [
        (format!("?number={number}"), of(&[&one])),
        (format!("?number={}", one.id.number().to_lowercase()), of(&[&one])),
        (format!("?number={}", OrderId::from_i64(77)), vec![]),
        (format!("?product={}", fixture.product.id), of(&[&one])),
        (format!("?product={}&store={}", other.id, fixture.store.id), of(&[&two])),
        ("?category=kitchen".into(), all.clone()),
        ("?category=garden".into(), vec![]),
        (format!("?store={}", fixture.store.id), all.clone()),
        (format!("?placed_after={time}"), of(&[&two])),
        (format!("?placed_before={time}"), of(&[&one])),
        (format!("?q={}", other.sku), of(&[&two])),
        ("?q=%E4%BF%9D%E6%B8%A9".into(), all.clone()),
        ("?q=thermos".into(), all.clone()),
        // Words of contacts and notes find nothing, nor do signs.
        ("?q=maria".into(), vec![]),
        ("?q=%E7%8E%8B".into(), vec![]),
        ("?q=%E9%96%80%E9%88%B4".into(), vec![]),
        ("?q=%25".into(), vec![]),
    ] {
        assert_eq!(fixture.numbers(&query).await, expected, "{query}");
    }
    fixture.server.close().await;
}

/// Neither by looking nor by asking.
async fn times_are_told_to_the_minute(db: Db) {
    let fixture = Fixture::open(&db).await;
    fixture.server.shop.clock.advance(12_345);
    let order = fixture.order(Status::Confirmed).await;
    let shown = order.placed_at.floor_to_minute();
    assert_ne!(order.placed_at, shown);
    let single = Request::get(fixture.path(&order));
    let single = fixture.server.good(&single, 200).await.json();
    let times = (&single["placed_at"], &single["status_since"]);
    assert_eq!(times, (&json!(shown), &json!(order.status_since.floor_to_minute())));
    assert_eq!(fixture.ask("").await.json()["items"][0], single);
    let exact = order.placed_at.millis() - shown.millis();
    for millis in [-1, 0, 1, exact, exact + 1, 59_999, 60_000] {
        let bound = shown.plus_millis(millis);
        for (name, is_found) in [("placed_after", shown >= bound), ("placed_before", shown < bound)] {
            let found = fixture.numbers(&format!("?{name}={bound}")).await;
            assert_eq!(!found.is_empty(), is_found, "{name} {bound}");
        }
    }
    fixture.server.close().await;
}

async fn what_is_not_asked_like_this_is_refused(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.order(Status::Confirmed).await;
    let number = order.id.to_string();
    let last = if number.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{last}", &number[..13]);
    for (query, pointer, code) in [
        ("limit=100000", "limit", "out-of-range"),
        ("limit=0", "limit", "out-of-range"),
        ("status=draft", "status", "unknown-parameter"),
        ("fields=contact", "fields", "unknown-parameter"),
        ("sort=email", "sort", "unknown-parameter"),
        ("customer=ming@example.com", "customer", "unknown-parameter"),
        ("number=0PA", "number", "unknown-value"),
        // Nobody finds a number out symbol by symbol.
        (&format!("number={}", &number[..4]), "number", "unknown-value"),
        (&format!("number={}", &number[..13]), "number", "unknown-value"),
        ("number=%25", "number", "unknown-value"),
        ("store=1", "store", "unknown-value"),
        ("product=TEA", "product", "unknown-value"),
        ("placed_after=yesterday", "placed_after", "unknown-value"),
        ("cursor=AAAA", "cursor", "unknown-cursor"),
        (&format!("number={mistyped}"), "number", "mistyped"),
    ] {
        let request = Request::get(format!("/v1/board/orders?{query}"));
        let answer = fixture.server.good(&request, 400).await;
        let error = &answer.json()["errors"][0];
        assert_eq!(answer.code(), "invalid-parameter", "{query}");
        assert_eq!(error["pointer"], pointer, "{query}");
        let is_told = error["code"] == code || code == "unknown-value";
        assert!(is_told, "{query} {error}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let single = Request::get(format!("/v1/board/orders/{mistyped}"));
    assert_eq!(fixture.server.good(&single, 404).await.code(), "not-found");
    fixture.server.good(&Request::post("/v1/board/orders").json(&json!({})), 405).await;
    fixture.server.close().await;
}

async fn a_page_that_is_known_is_not_sent_again(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.order(Status::Confirmed).await;
    for path in ["/v1/board/orders".to_owned(), fixture.path(&order)] {
        let first = fixture.server.good(&Request::get(&path), 200).await;
        let etag = first.header("etag").expect("an ETag").to_owned();
        let again = Request::get(&path).header("if-none-match", &etag);
        let known = fixture.server.good(&again, 304).await;
        assert!(known.body.is_empty());
        assert_eq!(
            (known.header("etag"), known.header("cache-control")),
            (Some(&*etag), Some("public, max-age=5"))
        );
        fixture.change(&order, OrderCommand::Start).await;
        if path.ends_with("orders") {
            let changed = fixture.server.good(&again, 200).await;
            assert_ne!(changed.header("etag"), Some(&*etag));
        }
    }
    assert!(dump(&db).await["throttles"].is_empty(), "looking costs nothing");
    fixture.server.close().await;
}

async fn staff_keep_an_order_off_the_board(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.order(Status::Confirmed).await;
    let clerk = fixture.server.shop.member(Role::Clerk, StoreScope::All).await;
    let token = fixture.server.member_token(&clerk).await;
    let post = |act: &str| Request::post(format!("/v1/staff/orders/{}/{act}", order.id)).bearer(&token);
    let hidden = fixture.server.good(&post("hide").if_match("\"2\""), 200).await;
    assert_eq!((&hidden.json()["unlisted"], hidden.header("etag")), (&json!(true), Some("\"3\"")));
    assert_eq!(fixture.numbers("").await, Vec::<String>::new());
    fixture.server.good(&post("show").if_match("\"2\""), 412).await;
    fixture.server.good(&post("show").key("show"), 200).await;
    assert_eq!(fixture.numbers("").await, of(&[&order]));
    let finance = fixture.server.shop.member(Role::Finance, StoreScope::All).await;
    let finance = fixture.server.member_token(&finance).await;
    let hide = Request::post(format!("/v1/staff/orders/{}/hide", order.id)).bearer(&finance);
    fixture.server.good(&hide, 403).await;
    fixture.server.close().await;
}
