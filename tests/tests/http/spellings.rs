//! E-mail addresses, order numbers and words are the same however they are written.

use ordervault_api::settings::Settings;
use ordervault_domain::access::Role;
use ordervault_persistence::db::Db;
use ordervault_tests::client::Client;
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    one_mailbox_is_one_account,
    addresses_that_look_alike_are_one_member,
    an_order_is_found_by_its_address_in_every_spelling,
    text_that_is_no_contact_costs_no_attempt,
    an_order_is_found_by_its_number_in_every_spelling,
    the_end_of_a_number_finds_it_for_those_who_see_it_all,
    products_and_orders_are_found_as_people_type,
);

const PASSWORD: &str = "a long walk by the sea";

async fn register(server: &TestServer, email: &str) -> Answer {
    let body = json!({"email": email, "password": PASSWORD, "name": "Keiko"});
    server.send(&Request::post("/v1/auth/register").json(&body)).await
}

async fn log_in(server: &TestServer, email: &str) -> Answer {
    let body = json!({"email": email, "password": PASSWORD});
    server.send(&Request::post("/v1/auth/login").json(&body)).await
}

async fn one_mailbox_is_one_account(db: Db) {
    let server = TestServer::open(&db).await;
    for spellings in [
        &[
            "keiko@example.com ",
            "\tKEIKO@example.com\n",
            "ｋｅｉｋｏ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            "\u{FEFF}keiko@example.com\u{202C}",
            "\u{212A}ei\u{212A}o@example.com",
            "𝐤𝐞𝐢𝐤𝐨@example.com",
        ][..],
        &["info@bücher.example", "info@BÜCHER.EXAMPLE", "info@xn--bcher-kva.example"],
        &["keiko..mori@docomo.ne.jp", "Keiko..Mori@DOCOMO.ne.jp"],
        &["mori.@ezweb.ne.jp"],
    ] {
        assert_eq!(register(&server, spellings[0]).await.status, 201, "{}", spellings[0]);
        for spelling in spellings {
            let taken = register(&server, spelling).await;
            assert_eq!((taken.status, taken.code()), (409, "duplicate".to_owned()), "{spelling}");
            assert_eq!(log_in(&server, spelling).await.status, 200, "{spelling}");
        }
    }
    // Another dot, letter or script is another customer's.
    for other in
        ["keiko.mori@docomo.ne.jp", "ke\u{131}ko@example.com", "kеiko@example.com", "info@bucher.example"]
    {
        assert_eq!(register(&server, other).await.status, 201, "{other}");
    }
    for text in ["", " ", "keiko", "keiko@", "@example.com", "k@@example.com", &"k".repeat(500)] {
        assert_eq!(register(&server, text).await.status, 422, "{text}");
    }
    server.close().await;
}

async fn addresses_that_look_alike_are_one_member(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let make = async |email: &str| {
        let body = json!({"email": email, "name": "Mike", "password": "correct horse battery staple",
            "roles": ["clerk"], "all_stores": true});
        owner.post("/v1/staff/members", body).await
    };
    make("mike@example.com").await.created();
    for email in ["MIKE@example.com", "m\u{131}ke@example.com", "mі\u{212A}е@example.com", "mike@exаmple.com"]
    {
        let refused = make(email).await;
        assert_eq!((refused.status, refused.code()), (409, "duplicate".to_owned()), "{email}");
    }
    make("mika@example.com").await.created();
    server.close().await;
}

/// A store with a product, and somebody who orders it.
struct Fixture {
    server: TestServer,
    /// The owner's.
    token: String,
    product: Value,
}

impl Fixture {
    async fn of(server: TestServer) -> Self {
        let owner = server.staff(Role::Owner).await;
        let store = owner.new_store().await;
        let product = owner.new_product(&store, 1_000).await;
        let token = owner.token();
        Self { server, token, product }
    }

    fn owner(&self) -> Client<'_> {
        self.server.anonymous().with_token(&self.token)
    }

    fn body(&self, contact: &Value) -> Value {
        json!({"store_id": self.product["store_id"], "contact": contact,
            "lines": [{"product_id": self.product["id"], "quantity": 1}]})
    }

    async fn place(&self, contact: Value) -> Value {
        let request = Request::post("/v1/orders").key(&self.server.key()).json(&self.body(&contact));
        self.server.good(&request, 201).await.json()
    }

    async fn look_up(&self, body: Value) -> Answer {
        self.server.send(&Request::post("/v1/order-lookups").json(&body)).await
    }
}

/// The numbers of the orders that a list finds.
async fn found(client: &Client<'_>, path: &str, parameter: &str, text: &str) -> Vec<String> {
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let list = client.get(&format!("{path}?{parameter}={escaped}")).await.ok();
    let items = list["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item["number"].as_str().map(str::to_owned)).collect()
}

async fn an_order_is_found_by_its_address_in_every_spelling(db: Db) {
    let fixture = Fixture::of(TestServer::open(&db).await).await;
    let order = fixture.place(json!({"name": "Ana", "email": "Ana@Bücher.example"})).await;
    assert_eq!(order["contact"]["email"], "ana@bücher.example");
    fixture.place(json!({"name": "Ana", "email": "ana@bucher.example"})).await;
    for email in [" ana@BÜCHER.example", "ana@xn--bcher-kva.example\r\n", "ａｎａ@bücher.example"] {
        let answer = fixture.look_up(json!({"number": order["number"], "email": email})).await;
        assert_eq!(answer.status, 200, "{email}: {}", answer.text());
        let numbers = found(&fixture.owner(), "/v1/staff/orders", "customer", email).await;
        assert_eq!(numbers, [order["number"].as_str().unwrap_or_default()], "{email}");
    }
    let other = fixture.look_up(json!({"number": order["number"], "email": "ana@bucher.example"})).await;
    assert_eq!(other.status, 404);
    fixture.server.close().await;
}

async fn text_that_is_no_contact_costs_no_attempt(db: Db) {
    let server = TestServer::with(Shop::open(&db).await, Settings::default()).await;
    let fixture = Fixture::of(server).await;
    let order = fixture.place(json!({"name": "Ana", "email": "ana@example.com"})).await;
    for (field, text) in [
        ("email", "ana"),
        ("email", "\u{200B}"),
        ("phone", "Ana"),
        ("phone", "12"),
        ("email", "ana@"),
        ("phone", "+"),
    ] {
        let answer = fixture.look_up(json!({"number": order["number"], field: text})).await;
        assert_eq!((answer.status, answer.code()), (422, "validation-failed".to_owned()), "{text}");
    }
    let answer = fixture.look_up(json!({"number": order["number"], "email": "ana@example.com"})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    fixture.server.close().await;
}

/// Ways in which a number is written and pasted.
fn spellings(number: &str) -> Vec<String> {
    let with = |between: &str| number.replace('-', between);
    let wide = number.chars().map(|c| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
        other => other,
    });
    vec![
        number.to_lowercase(),
        with(""),
        with(" "),
        with("–"),
        with("‐"),
        with("－"),
        with("\u{AD}-"),
        wide.collect(),
        format!("#{number}"),
        format!("＃{number}"),
        format!("No. {number}."),
        format!("№ {number}"),
        format!("訂單編號：{number}\r\n"),
        format!("\u{202A}{number}\u{202C}"),
    ]
}

async fn an_order_is_found_by_its_number_in_every_spelling(db: Db) {
    let fixture = Fixture::of(TestServer::open(&db).await).await;
    let customer = fixture.server.customer().await;
    let contact = json!({"name": "Ana", "phone": "+886988111222"});
    fixture.place(contact.clone()).await;
    let order =
        customer.post_once("/v1/orders", &fixture.server.key(), fixture.body(&contact)).await.created();
    let number = order["number"].as_str().unwrap_or_default();
    for spelling in spellings(number) {
        let answer = fixture.look_up(json!({"number": spelling, "phone": "+886988111222"})).await;
        assert_eq!(answer.status, 200, "{spelling}: {}", answer.text());
        for parameter in ["number", "q"] {
            let numbers = found(&fixture.owner(), "/v1/staff/orders", parameter, &spelling).await;
            assert_eq!(numbers, [number], "{parameter}={spelling}");
            assert_eq!(
                found(&customer, "/v1/orders", parameter, &spelling).await,
                [number],
                "{parameter}={spelling}"
            );
        }
    }
    for text in ["", " ", "\u{200B}", "Ana", "12", &"0".repeat(90)] {
        let answer = fixture.look_up(json!({"number": text, "phone": "+886988111222"})).await;
        assert_eq!(answer.status, 422, "{text}");
    }
    fixture.server.close().await;
}

async fn the_end_of_a_number_finds_it_for_those_who_see_it_all(db: Db) {
    let fixture = Fixture::of(TestServer::open(&db).await).await;
    let customer = fixture.server.customer().await;
    let contact = json!({"name": "Ana", "phone": "+886988111222"});
    let foreign = fixture.place(contact.clone()).await;
    let order =
        customer.post_once("/v1/orders", &fixture.server.key(), fixture.body(&contact)).await.created();
    let number = order["number"].as_str().unwrap_or_default();
    let end = |of: &Value| {
        of["number"].as_str().map(|number| number[number.len() - 7..].to_owned()).unwrap_or_default()
    };
    for text in
        [end(&order), end(&order).to_lowercase(), end(&order).replace('-', "–"), number[10..].to_owned()]
    {
        let numbers = found(&fixture.owner(), "/v1/staff/orders", "number", &text).await;
        assert_eq!(numbers, [number], "{text}");
        assert_eq!(found(&customer, "/v1/orders", "number", &text).await, [number], "{text}");
        let answer = fixture.look_up(json!({"number": text, "phone": "+886988111222"})).await;
        assert_eq!(answer.status, 422, "{text}");
    }
    assert!(found(&customer, "/v1/orders", "number", &end(&foreign)).await.is_empty());
    let short = fixture.owner().get("/v1/staff/orders?number=7E").await;
    assert_eq!(short.status, 400);
    fixture.server.close().await;
}

async fn products_and_orders_are_found_as_people_type(db: Db) {
    let fixture = Fixture::of(TestServer::open(&db).await).await;
    let owner = fixture.owner();
    for (title, query, misses) in [
        ("กาแฟคั่วเข้มจากดอยช้าง", "ดอยช้าง", "ดอยชาง"),
        ("ກາເຟລາວໃຕ້", "ລາວ", "ລາວໃນ"),
        ("កាហ្វេឆៅ", "ឆៅ", "ឆៃ"),
        ("မြန်မာ့လက်ဖက်ရည်", "လက်ဖက်", "လက်ဖြက်"),
        ("鐵觀音禮盒 300克", "铁观音", "铁观世"),
        ("德島産すだち", "德岛", "德国"),
        ("コーヒー豆", "こーひー", "こーら"),
        ("渡邉製作所 名入れペン", "渡辺", "田辺"),
        ("도자기 찻잔 세트", "도자기찻잔", "찻잔도자기"),
        ("قهوة عربية", "قهوه", "شاي"),
        ("كِتاب الطـبخ", "كتاب الطبخ", "كتابان"),
        ("Kjötsúpa frá Þingvöllum", "kjoetsupa thingvollum", "kjotsuppa"),
        ("Levi's T-shirt & USB-C", "levis tshirt usbc", "levit"),
        ("Käse aus Thüringen", "kaese thueringen", "kasse"),
        ("Smørrebrød", "smorrebrod", "smorgas"),
        ("B&O Lautsprecher", "bo", "bou"),
    ] {
        let sku = format!("X{}Z", fixture.server.number());
        let body = json!({"store_id": fixture.product["store_id"], "sku": sku, "title": title, "price": 100, "on_hand": 10});
        let product = owner.post("/v1/staff/products", body).await.created();
        let order = json!({"store_id": product["store_id"], "contact": {"name": "Ana", "phone": "+886988111222"},
            "lines": [{"product_id": product["id"], "quantity": 1}]});
        let request = Request::post("/v1/orders").key(&fixture.server.key()).json(&order);
        let order = fixture.server.good(&request, 201).await.json();
        let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        for text in [query, title] {
            let list = owner.get(&format!("/v1/products?q={}", escape(text))).await.ok();
            assert_eq!(list["items"][0]["id"], product["id"], "{title} ? {text}");
            let numbers = found(&owner, "/v1/staff/orders", "q", text).await;
            assert_eq!(numbers, [order["number"].as_str().unwrap_or_default()], "{title} ? {text}");
        }
        assert!(found(&owner, "/v1/staff/orders", "q", misses).await.is_empty(), "{title} ? {misses}");
    }
    fixture.server.close().await;
}
