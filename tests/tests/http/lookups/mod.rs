//! Ordering without an account, and finding an order again by what one knows of it.

mod links;
mod proofs;

use std::sync::Arc;

use futures_util::future::join_all;
use ordervault_api::settings::Settings;
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{Order, OrderCommand, Status};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::dump::{changes, dump};
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::samples::first_grant;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    anybody_orders_without_an_account,
    a_token_that_is_not_good_is_no_guest,
    a_key_belongs_to_whoever_can_be_reached,
    a_key_of_a_guest_is_hard_to_guess,
    the_contact_opens_the_order,
    the_token_of_the_answer_opens_the_order,
    failures_look_alike,
    guesses_find_nothing,
    five_failures_and_then_a_pause,
    guesses_from_many_addresses_keep_nobody_from_their_order,
    a_token_is_never_stopped,
    a_burst_gets_no_further_than_its_limit,
    very_many_guesses_get_no_further_than_the_limits,
);

/// A shop with a server, something to buy, and a stranger who buys.
struct Fixture {
    server: TestServer,
    store: Arc<Store>,
    product: Arc<Product>,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        Self::of(TestServer::open(db).await).await
    }

    /// With the throttles of a real server, behind a proxy on this machine if it is trusted.
    async fn throttled(db: &Db, trusted_proxies: &[&str]) -> Self {
        let trusted_proxies = trusted_proxies.iter().map(|proxy| proxy.parse().expect("a network"));
        let settings = Settings { trusted_proxies: trusted_proxies.collect(), ..Settings::default() };
        Self::of(TestServer::with(Shop::open(db).await, settings).await).await
    }

    async fn of(server: TestServer) -> Self {
        let store = server.shop.store().await;
        let product = server.shop.product(&store, 1_000).await;
        Self { server, store, product }
    }

    fn body(&self, contact: &Value) -> Value {
        json!({
            "store_id": self.store.id.to_string(),
            "lines": [{"product_id": self.product.id.to_string(), "quantity": 1}],
            "contact": contact,
        })
    }

    /// Somebody orders without an account.
    async fn place(&self, contact: &Value) -> Answer {
        let request = Request::post("/v1/orders").key(&self.server.key()).json(&self.body(contact));
        self.server.good(&request, 201).await
    }

    async fn look_up(&self, body: Value, status: u16) -> Answer {
        self.server.good(&look_up(&body), status).await
    }

    /// An order of a customer with an account.
    async fn bought(&self, status: Status) -> Arc<Order> {
        let customer = self.server.shop.customer().await;
        self.server.order_in(status, &customer, &self.store, &self.product).await
    }
}

fn look_up(body: &Value) -> Request {
    Request::post("/v1/order-lookups").json(body)
}

/// The order's contact as the shop's tests make it.
fn phone(order: &Order) -> String {
    order.contact.phone.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().expect("a text")
}

async fn anybody_orders_without_an_account(db: Db) {
    let fixture = Fixture::open(&db).await;
    let contact = json!({"name": "王小明", "phone": "+886 912 345 678"});
    let request = Request::post("/v1/orders").key(&fixture.server.key()).json(&fixture.body(&contact));
    let placed = fixture.server.good(&request, 201).await;
    let order = placed.json();
    assert_eq!((&order["status"], &order["source"]), (&json!("pending_review"), &json!("shop")));
    assert!(order.get("customer_id").is_none());
    assert_eq!(order["contact"]["phone"], "+886912345678");
    let allowed = |action: &str| {
        let offers = order["actions"].as_array().expect("actions").iter();
        offers.filter(|offer| offer["action"] == action).all(|offer| offer["allowed"] == true)
    };
    assert!(
        allowed("cancel") && allowed("amend") && order["actions"].as_array().is_some_and(|a| a.len() > 2)
    );
    // Again: the same to the byte, and no second order.
    let again = fixture.server.good(&request, 201).await;
    assert_eq!((again.text(), again.header("idempotent-replayed")), (placed.text(), Some("true")));
    assert_eq!(dump(&db).await["orders"].len(), 1);
    // Whoever has an account needs no such token.
    let customer = fixture.server.shop.customer().await;
    let token = fixture.server.customer_token(&customer).await;
    let own = fixture.server.good(&request.bearer(&token), 201).await.json();
    assert_eq!(own["customer_id"], customer.id.to_string());
    assert!(own.get("lookup_token").is_none() && order["lookup_token"].is_string());
    fixture.server.close().await;
}

async fn a_token_that_is_not_good_is_no_guest(db: Db) {
    let fixture = Fixture::open(&db).await;
    let contact = json!({"name": "王小明", "phone": "+886912345678"});
    let place = || Request::post("/v1/orders").key(&fixture.server.key()).json(&fixture.body(&contact));
    let clerk = fixture.server.shop.member(Role::Clerk, StoreScope::All).await;
    let staff = fixture.server.member_token(&clerk).await;
    let grant = fixture.server.grant(first_grant(OrderId::from_i64(1)));
    for (request, status) in [
        (place().bearer("nonsense"), 401),
        (place().header("authorization", ""), 401),
        (place().header("authorization", "Basic dXNlcjpwYXNz"), 401),
        (place().bearer(&staff), 403),
        (place().bearer(&grant), 403),
    ] {
        fixture.server.good(&request, status).await;
    }
    assert!(dump(&db).await["orders"].is_empty());
    fixture.server.close().await;
}

async fn a_key_belongs_to_whoever_can_be_reached(db: Db) {
    let fixture = Fixture::open(&db).await;
    let place = async |contact: Value, status| {
        let request = Request::post("/v1/orders").key("a key of a guest").json(&fixture.body(&contact));
        fixture.server.good(&request, status).await
    };
    let first = place(json!({"name": "Ana", "phone": "+886912345678"}), 201).await;
    // The same person, something else.
    let other = place(json!({"name": "Ana Souza", "phone": "+886 912345678"}), 422).await;
    assert_eq!(other.code(), "idempotency-key-reused");
    // Other people, whose keys are their own.
    let second = place(json!({"name": "Ana", "phone": "+886912345679"}), 201).await;
    let third = place(json!({"name": "Ana", "email": "ana@example.com"}), 201).await;
    let ids = [&first, &second, &third].map(|answer| text(&answer.json(), "id").to_owned());
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
    let keys = format!("{:?}", dump(&db).await["idempotency_keys"]);
    for personal in ["912345678", "ana@", "Ana", "a key"] {
        assert!(!keys.contains(personal), "{personal} in {keys}");
    }
    fixture.server.close().await;
}

async fn a_key_of_a_guest_is_hard_to_guess(db: Db) {
    let fixture = Fixture::open(&db).await;
    let body = fixture.body(&json!({"name": "Ana", "phone": "+886912345678"}));
    let place = |key: &str| Request::post("/v1/orders").key(key).json(&body);
    let before = dump(&db).await;
    let refused = fixture.server.good(&place("fifteen symbols"), 400).await;
    assert_eq!(refused.code(), "idempotency-key-invalid");
    let detail = refused.json()["detail"].to_string();
    assert!(detail.contains("at least 16 characters") && detail.contains("UUID"), "{detail}");
    assert_eq!(dump(&db).await, before, "nothing is changed, kept or counted");
    let order = fixture.server.good(&place("\"sixteen symbols!\""), 201).await.json();
    // Also with a grant, where the key is that of one order.
    let grant = fixture.server.grant(first_grant(text(&order, "id").parse().expect("an id")));
    let cancel = |key: &str| {
        let path = format!("/v1/orders/{}/cancel", text(&order, "id"));
        Request::post(path).bearer(&grant).key(key).json(&json!({}))
    };
    assert_eq!(fixture.server.good(&cancel("1"), 400).await.code(), "idempotency-key-invalid");
    fixture.server.good(&cancel("sixteen symbols?"), 200).await;
    // Those with an account are told apart by it.
    let customer = fixture.server.shop.customer().await;
    let token = fixture.server.customer_token(&customer).await;
    fixture.server.good(&place("1").bearer(&token), 201).await;
    fixture.server.close().await;
}

async fn the_contact_opens_the_order(db: Db) {
    let fixture = Fixture::open(&db).await;
    let contact = json!({"name": "王小明", "phone": "+886912345678", "email": "Ming@Example.com",
        "address": {"line1": "信義路五段7號", "city": "台北市"}});
    let placed = fixture.place(&contact).await.json();
    let number = text(&placed, "number");
    for proof in [
        json!({"number": number, "phone": "+886 912-345-678"}),
        json!({"number": number.replace('-', "").to_lowercase(), "phone": "0912345678"}),
        json!({"number": number, "phone": "00886912345678"}),
        json!({"number": number, "email": "ming@EXAMPLE.com"}),
    ] {
        let found = fixture.look_up(proof, 200).await;
        let order = &found.json()["order"];
        assert_eq!((text(order, "number"), text(order, "status")), (number, "pending_review"));
        let masked = json!({"name": "王**", "phone": "***678", "email": "m***@e***.com"});
        assert_eq!(order["contact"], masked);
        assert_eq!(order["lines"], placed["lines"]);
        assert_eq!(order["total"], placed["total"]);
        for hidden in ["小明", "912345", "ming@", "example", "信義", "台北", "lookup_token"] {
            assert!(!found.text().contains(hidden), "{hidden} in {}", found.text());
        }
        assert_eq!(found.header("cache-control"), Some("no-store"));
    }
    // Orders of customers with accounts as well, but only by what was given with the order.
    let bought = fixture.bought(Status::Confirmed).await;
    let email = bought.contact.email.as_ref().map(ToString::to_string);
    fixture.look_up(json!({"number": bought.id.number(), "email": email}), 200).await;
    let token = fixture.server.customer_token(&*fixture.server.shop.customer().await).await;
    let body = fixture.body(&json!({"name": "Ana", "phone": "+5511987654321"}));
    let place = Request::post("/v1/orders").bearer(&token).key("k").json(&body);
    let by_phone = fixture.server.good(&place, 201).await.json();
    let number = text(&by_phone, "number");
    fixture.look_up(json!({"number": number, "phone": "(11) 98765-4321"}), 200).await;
    for customer in dump(&db).await["customers"].iter().filter_map(|row| row.text("email")) {
        fixture.look_up(json!({"number": number, "email": customer}), 404).await;
    }
    fixture.server.close().await;
}

async fn the_token_of_the_answer_opens_the_order(db: Db) {
    let fixture = Fixture::open(&db).await;
    let contact = json!({"name": "Ana", "phone": "+5511987654321"});
    let (one, other) = (fixture.place(&contact).await.json(), fixture.bought(Status::Confirmed).await);
    let token = text(&one, "lookup_token");
    fixture.look_up(json!({"number": one["number"], "token": token}), 200).await;
    fixture.look_up(json!({"number": other.id.number(), "token": token}), 404).await;
    let mut changed = token.to_owned();
    changed.replace_range(6..7, if &token[6..7] == "A" { "B" } else { "A" });
    for wrong in ["olt_", "x", &changed, &token[4..]] {
        fixture.look_up(json!({"number": one["number"], "token": wrong}), 404).await;
    }
    // It is nowhere to be read.
    assert!(!format!("{:?}", dump(&db).await).contains(token));
    fixture.server.close().await;
}

async fn failures_look_alike(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.bought(Status::Confirmed).await;
    let gone = fixture.bought(Status::Invalid).await;
    fixture.server.shop.change(ActorRef::Operator, &gone, OrderCommand::Delete { batch: None }).await;
    let nowhere = OrderId::from_i64(987_654_321_987_654).number();
    let number = order.id.number();
    let before = dump(&db).await;
    let failures = [
        json!({"number": nowhere, "phone": phone(&order)}),
        json!({"number": number, "phone": "+886900000000"}),
        json!({"number": gone.id.number(), "phone": phone(&gone)}),
        json!({"number": nowhere, "email": "maria1@example.com"}),
        json!({"number": number, "email": "nobody@example.com"}),
        json!({"number": gone.id.number(), "email": gone.contact.email.as_ref().map(ToString::to_string)}),
        json!({"number": nowhere, "token": "olt_AAAA"}),
        json!({"number": number, "token": "olt_AAAA"}),
        json!({"number": number, "phone": &phone(&order)[7..]}),
    ];
    let mut answers = vec![];
    for body in failures {
        let request = look_up(&body).header("x-request-id", "alike");
        answers.push(fixture.server.good(&request, 404).await);
    }
    for answer in &answers {
        assert_eq!(answer.text(), answers[0].text());
        let same = |name: &str| assert_eq!(answer.header(name), answers[0].header(name), "{name}");
        ["content-type", "content-length", "cache-control", "retry-after"].into_iter().for_each(same);
    }
    assert_eq!(answers[0].code(), "not-found");
    // A slip of the finger is told, and costs nothing.
    let last = if number.ends_with('0') { "1" } else { "0" };
    let mistyped = format!("{}{last}", &number[..number.len() - 1]);
    let counted = dump(&db).await;
    let told = fixture.look_up(json!({"number": mistyped, "phone": phone(&order)}), 404).await;
    assert_eq!(told.code(), "order-number-mistyped");
    // So is what is no question at all.
    for (body, pointer, code) in [
        (json!({"number": number}), "/phone", "missing"),
        (json!({"number": number, "phone": "1", "email": "a@b.c"}), "/email", "contradiction"),
        (json!({"number": number, "phone": "1", "token": "x"}), "/token", "contradiction"),
        (json!({"number": number, "phone": ""}), "/phone", "too-short"),
        (json!({"number": number, "phone": "%"}), "/phone", "invalid-phone"),
        (json!({"number": number, "phone": "_"}), "/phone", "invalid-phone"),
        (json!({"number": number, "email": "*"}), "/email", "invalid-email"),
        (json!({"number": number, "phone": ["1"]}), "/phone", "wrong-type"),
        (json!({"number": "abc", "phone": "1"}), "/number", "invalid-order-number"),
        (json!({"phone": "1"}), "/number", "missing"),
        (json!({"number": number, "phone": "1", "name": "Ana"}), "/name", "unknown-field"),
    ] {
        let answer = fixture.look_up(body, 422).await.json();
        assert_eq!(
            (&answer["errors"][0]["pointer"], &answer["errors"][0]["code"]),
            (&json!(pointer), &json!(code))
        );
    }
    let after = dump(&db).await;
    assert_eq!(counted["throttles"], after["throttles"]);
    assert_eq!(changes(&before, &after), Vec::<String>::new());
    fixture.server.close().await;
}

async fn guesses_find_nothing(db: Db) {
    const GUESSES: u64 = 2_000;
    let fixture = Fixture::open(&db).await;
    let order = fixture.bought(Status::Confirmed).await;
    let number = order.id.number();
    let own = phone(&order);
    let guess = |guess: u64| {
        let body = match guess % 4 {
            0 => json!({"number": number, "phone": format!("+886912{:06}", 500_000 + guess)}),
            1 => json!({"number": number, "email": format!("guess{guess}@example.com")}),
            2 => json!({"number": number, "token": format!("olt_{guess:043}")}),
            _ => {
                let other = i64::try_from(guess).expect("few") + order.id.get();
                json!({"number": OrderId::from_i64(other).number(), "phone": own})
            }
        };
        look_up(&body).header("x-request-id", "alike")
    };
    let mut first: Option<String> = None;
    for block in 0..GUESSES / 50 {
        let requests: Vec<Request> = (block * 50 + 1..=block * 50 + 50).map(guess).collect();
        for answer in join_all(requests.iter().map(|request| fixture.server.send(request))).await {
            assert_eq!(answer.status, 404, "{}", answer.text());
            assert_eq!(first.get_or_insert_with(|| answer.text()), &answer.text());
        }
    }
    fixture.look_up(json!({"number": number, "phone": own}), 200).await;
    fixture.server.close().await;
}

async fn five_failures_and_then_a_pause(db: Db) {
    let fixture = Fixture::throttled(&db, &[]).await;
    let order = fixture.bought(Status::Confirmed).await;
    let right = json!({"number": order.id.number(), "phone": phone(&order)});
    let wrong =
        |n: i64| json!({"number": OrderId::from_i64(order.id.get() + n).number(), "phone": "+886900000000"});
    // Whoever is right is not counted.
    for _ in 0..7 {
        fixture.look_up(right.clone(), 200).await;
    }
    for n in 1..=5 {
        fixture.look_up(wrong(n), 404).await;
    }
    let refused = fixture.look_up(right.clone(), 429).await;
    assert_eq!((refused.code().as_str(), refused.header("retry-after")), ("rate-limited", Some("600")));
    // What somebody says about their address does not help.
    for header in ["x-forwarded-for", "forwarded", "x-real-ip"] {
        let request = look_up(&right).header(header, "198.51.100.7");
        fixture.server.good(&request, 429).await;
    }
    // Nor does another server on the same database, such as this one started anew.
    let counters = dump(&db).await["throttles"].clone();
    let Fixture { server, .. } = fixture;
    let (clock, orders) = (server.shop.clock.clone(), order);
    server.close().await;
    let shop = Shop::with(&db, clock.clone(), 2).await;
    let fixture = Fixture::of(TestServer::with(shop, Settings::default()).await).await;
    clock.advance(599_999);
    assert_eq!(fixture.look_up(right.clone(), 429).await.header("retry-after"), Some("1"));
    clock.advance(1);
    fixture.look_up(right, 200).await;
    // Nobody's address and nobody's order can be read from the counters.
    let keys: Vec<&str> = counters.iter().filter_map(|row| row.text("key")).collect();
    assert_eq!(keys.len(), 6, "one address, five numbers");
    assert!(keys.iter().all(|key| key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit())));
    assert!(!format!("{counters:?}").contains(&orders.id.get().to_string()));
    fixture.server.close().await;
}

async fn guesses_from_many_addresses_keep_nobody_from_their_order(db: Db) {
    let fixture = Fixture::throttled(&db, &["127.0.0.0/8"]).await;
    let (order, other) = (fixture.bought(Status::Confirmed).await, fixture.bought(Status::Confirmed).await);
    let from = async |address: &str, order: &Order, phone: &str, status: u16| {
        let body = json!({"number": order.id.number(), "phone": phone});
        // What a client itself adds stands before what the proxy says.
        let request = look_up(&body).header("x-forwarded-for", format!("203.0.113.9, {address}"));
        fixture.server.good(&request, status).await
    };
    for n in 1..=5 {
        from(&format!("198.51.100.{n}"), &order, "+886900000000", 404).await;
    }
    from("198.51.100.6", &order, "+886900000000", 429).await;
    // Whoever has the right contact gets in all the same, from wherever they are not guessing themselves.
    from("198.51.100.6", &order, &phone(&order), 200).await;
    // Another order is not concerned, nor are numbers that do not exist told apart by it.
    from("198.51.100.6", &other, &phone(&other), 200).await;
    let nowhere = Order { id: OrderId::from_i64(987_654_321_987_654), ..Order::clone(&order) };
    for n in 11..=15 {
        from(&format!("198.51.100.{n}"), &nowhere, "+886900000000", 404).await;
    }
    from("198.51.100.16", &nowhere, "+886900000000", 429).await;
    // One IPv6 network is one client.
    for n in 1..=5 {
        let unknown = Order { id: OrderId::from_i64(other.id.get() + n), ..Order::clone(&other) };
        from(&format!("2001:db8:1:2::{n}"), &unknown, "+886900000000", 404).await;
    }
    from("2001:db8:1:2:ffff::9", &other, &phone(&other), 429).await;
    from("2001:db8:1:3::9", &other, &phone(&other), 200).await;
    fixture.server.close().await;
}

async fn a_token_is_never_stopped(db: Db) {
    let fixture = Fixture::throttled(&db, &[]).await;
    let placed = fixture.place(&json!({"name": "Ana", "phone": "+5511987654321"})).await.json();
    let number = text(&placed, "number");
    for _ in 0..5 {
        fixture.look_up(json!({"number": number, "phone": "+886900000000"}), 404).await;
    }
    fixture.look_up(json!({"number": number, "phone": "+5511987654321"}), 429).await;
    fixture.look_up(json!({"number": number, "token": placed["lookup_token"]}), 200).await;
    // Wrong ones count for their address alone.
    let counters = dump(&db).await["throttles"].len();
    fixture.server.shop.clock.advance(600_000);
    let other = OrderId::from_i64(987_654_321_987_654).number();
    for _ in 0..5 {
        fixture.look_up(json!({"number": other, "token": "olt_x"}), 404).await;
    }
    fixture.look_up(json!({"number": other, "token": "olt_x"}), 429).await;
    assert_eq!(dump(&db).await["throttles"].len(), counters);
    fixture.server.close().await;
}

async fn a_burst_gets_no_further_than_its_limit(db: Db) {
    let fixture = Fixture::throttled(&db, &[]).await;
    let order = fixture.bought(Status::Confirmed).await;
    let guesses =
        (0..60).map(|n| look_up(&json!({"number": order.id.number(), "phone": format!("+886900000{n:03}")})));
    let guesses: Vec<Request> = guesses.collect();
    let answers = join_all(guesses.iter().map(|guess| fixture.server.send(guess))).await;
    let compared = answers.iter().filter(|answer| answer.status == 404).count();
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((compared, refused), (5, 55));
    fixture.server.close().await;
}

/// What somebody guesses: from which address, which number, with which phone number.
type Guess = fn(i64) -> (String, i64, String);

/// Each of these for an hour, with the limits of a real server, and what it lets through in ten minutes.
const GUESSING: [(&str, Guess, usize); 3] = [
    ("contacts for one number, each from an address of its own", |n| (address(n), 0, nobodys_phone(n)), 5),
    ("numbers for one contact, from one address", |n| (address(0), n, nobodys_phone(0)), 5),
    ("numbers for one contact, from forty addresses", |n| (address(n % 40), n, nobodys_phone(0)), 5 * 40),
];

fn address(n: i64) -> String {
    format!("10.{}.{}.{}", n / 65_536, n / 256 % 256, n % 256)
}

fn nobodys_phone(n: i64) -> String {
    format!("+88690{n:07}")
}

async fn very_many_guesses_get_no_further_than_the_limits(db: Db) {
    /// Guesses of each kind.
    const GUESSES: i64 = 1_500;
    const AT_A_TIME: i64 = 10;
    const PAUSE_MILLIS: i64 = 600_000;
    const GUESSES_PER_PAUSE: usize = 250;
    /// An hour has six pauses, and the guesses may begin between two.
    const WINDOWS: usize = 7;
    let fixture = Fixture::throttled(&db, &["127.0.0.0/8"]).await;
    let order = fixture.bought(Status::Confirmed).await;
    let mut answers = std::collections::BTreeSet::new();
    for (name, guess, limit) in GUESSING {
        let mut compared = 0;
        for block in 0..GUESSES / AT_A_TIME {
            let requests = (block * AT_A_TIME..(block + 1) * AT_A_TIME).map(|n| {
                let (address, number, phone) = guess(n);
                let number = OrderId::from_i64(order.id.get() + number).number();
                let request = look_up(&json!({"number": number, "phone": phone}));
                request.header("x-forwarded-for", address).header("x-request-id", "alike")
            });
            let requests: Vec<Request> = requests.collect();
            for answer in join_all(requests.iter().map(|request| fixture.server.send(request))).await {
                compared += usize::from(answer.status == 404);
                answers.insert((answer.status, answer.text()));
            }
            fixture.server.shop.clock.advance(6 * PAUSE_MILLIS * AT_A_TIME / GUESSES);
        }
        assert!((limit..=limit * WINDOWS).contains(&compared), "{name}: {compared}");
        // Of an hour's counters only those of the last pauses are left.
        let kept = dump(&db).await["throttles"].len();
        assert!(kept <= 3 * (limit + GUESSES_PER_PAUSE), "{name}: {kept}");
        fixture.server.shop.clock.advance(PAUSE_MILLIS);
    }
    // Not found or too many: nothing else was told, and each always in the same words.
    assert_eq!(answers.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [404, 429]);
    fixture.look_up(json!({"number": order.id.number(), "phone": phone(&order)}), 200).await;
    fixture.server.close().await;
}
