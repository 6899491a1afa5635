//! A telephone number is the same wherever and however it is written: ordering, look-ups, possible duplicates, lists, search.

use ordervault_api::settings::{Rates, Settings};
use ordervault_domain::access::Role;
use ordervault_persistence::db::Db;
use ordervault_tests::client::Client;
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    an_order_is_taken_however_the_number_is_written,
    one_line_is_one_person_in_every_spelling,
    staff_find_a_number_however_it_is_separated,
    a_store_without_a_country_has_that_of_the_deployment,
);

/// A shop with a store in this country, and something to buy.
struct Fixture {
    server: TestServer,
    /// The owner's.
    token: String,
}

impl Fixture {
    async fn open(db: &Db, default_country: &str) -> Self {
        let settings = Settings {
            rates: Rates::unlimited(),
            default_country: default_country.parse().ok(),
            ..Settings::default()
        };
        let server = TestServer::with(Shop::open(db).await, settings).await;
        let token = server.staff(Role::Owner).await.token();
        Self { server, token }
    }

    fn owner(&self) -> Client<'_> {
        self.server.anonymous().with_token(&self.token)
    }

    async fn store(&self, country: Option<&str>) -> Value {
        let mut body = json!({"name": "Loja", "currency": "TWD", "time_zone": "UTC",
            "policy": {"duplicate_window_minutes": 10}});
        if let Some(country) = country {
            body["country"] = json!(country);
        }
        self.owner().post("/v1/staff/stores", body).await.created()
    }

    async fn product(&self, store: &Value) -> Value {
        let body =
            json!({"store_id": store["id"], "sku": "TEA", "title": "Chá", "price": 100, "on_hand": 1_000});
        self.owner().post("/v1/staff/products", body).await.created()
    }

    async fn place(&self, product: &Value, phone: &str, status: u16) -> Value {
        let body = json!({"store_id": product["store_id"], "contact": {"name": "Ana", "phone": phone},
            "lines": [{"product_id": product["id"], "quantity": 1}]});
        let request = Request::post("/v1/orders").key(&self.server.key()).json(&body);
        self.server.good(&request, status).await.json()
    }

    async fn look_up(&self, order: &Value, phone: &str, status: u16) {
        let body = json!({"number": order["number"], "phone": phone});
        let answer = self.server.send(&Request::post("/v1/order-lookups").json(&body)).await;
        assert_eq!(answer.status, status, "{phone}: {}", answer.text());
    }

    async fn found(&self, parameter: &str, text: &str) -> Vec<String> {
        let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let list = self.owner().get(&format!("/v1/staff/orders?{parameter}={escaped}")).await.ok();
        let items = list["items"].as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|item| item["number"].as_str().map(str::to_owned)).collect()
    }
}

async fn an_order_is_taken_however_the_number_is_written(db: Db) {
    let fixture = Fixture::open(&db, "").await;
    let product = fixture.product(&fixture.store(Some("TW")).await).await;
    for (phone, shown) in [
        ("0341/9713-400", "03419713400"),
        ("+43 1 / 515 60", "+43151560"),
        ("０８０ー９８７６ー１２３４", "08098761234"),
        ("080―9876―1235", "08098761235"),
        ("٠٥٥٩٨٧٦٥٤٣", "0559876543"),
        ("۰۹۳۵۱۲۳۴۵۶۷", "09351234567"),
        ("०९८७६५४३२५", "0987654325"),
        ("\u{202A}+886 988 111 200\u{202C}", "+886988111200"),
        ("\u{FEFF}0988\u{200B}111201\u{200E}", "0988111201"),
        ("tel:+886-988-111-202", "+886988111202"),
        ("02-2720-8889 分機 12", "0227208889 ext. 12"),
        ("110", "110"),
        ("12345678901234567890", "12345678901234567890"),
    ] {
        let order = fixture.place(&product, phone, 201).await;
        assert_eq!(order["contact"]["phone"], shown, "{phone}");
        fixture.look_up(&order, phone, 200).await;
        fixture.look_up(&order, "0988111299", 404).await;
    }
    for phone in ["", "12", "123456789012345678901", "Ana", "0988111222 Ana", &"1".repeat(10_000)] {
        let problem = fixture.place(&product, phone, 422).await;
        assert_eq!(problem["errors"][0]["code"], "invalid-phone", "{phone}");
    }
    fixture.server.close().await;
}

async fn one_line_is_one_person_in_every_spelling(db: Db) {
    let fixture = Fixture::open(&db, "").await;
    for (country, spellings) in [
        (
            "TW",
            &[
                "+886988111210",
                "+886(0)988111210",
                "+8860988111210",
                "00886988111210",
                "0988-111-210",
                "886988111210",
                "988111210",
                "０９８８・１１１・２１０",
                "tel:0988111210 #7",
            ][..],
        ),
        ("GB", &["+44 (0)20 7946 0123", "+442079460123", "020 7946 0123"]),
        ("US", &["1-555-010-0123", "+15550100123", "(555) 010-0123"]),
        ("IT", &["+39 06 1234 5678", "06 1234 5678"]),
        ("RU", &["8 912 345-67-89", "+79123456789"]),
    ] {
        let product = fixture.product(&fixture.store(Some(country)).await).await;
        let order = fixture.place(&product, spellings[0], 201).await;
        for spelling in spellings {
            fixture.look_up(&order, spelling, 200).await;
            let problem = fixture.place(&product, spelling, 409).await;
            assert_eq!(problem["code"], "duplicate-order", "{spelling} in {country}");
        }
        // One digit more, less or other is somebody else.
        let other = format!("{}5", spellings[0]);
        fixture.look_up(&order, &other, 404).await;
        fixture.look_up(&order, &spellings[0][..spellings[0].len() - 1], 404).await;
    }
    fixture.server.close().await;
}

async fn staff_find_a_number_however_it_is_separated(db: Db) {
    let fixture = Fixture::open(&db, "TW").await;
    let product = fixture.product(&fixture.store(Some("TW")).await).await;
    let order = fixture.place(&product, "+886 988 111 220", 201).await;
    let other = fixture.place(&product, "0988 111 221", 201).await;
    for text in [
        "0988 111 220",
        "0988-111-220",
        "(0988)111220",
        "0988/111/220",
        "0988・111・220",
        "０９８８ー１１１ー２２０",
        "tel:0988111220",
        "+886 (0)988 111 220",
        "00886988111220",
        "988111220",
    ] {
        for parameter in ["q", "customer"] {
            let numbers = fixture.found(parameter, text).await;
            assert_eq!(numbers, [order["number"].as_str().unwrap_or_default()], "{parameter}={text}");
        }
    }
    assert_eq!(fixture.found("q", "Ana 0988-111-221").await, [other["number"].as_str().unwrap_or_default()]);
    assert_eq!(fixture.found("customer", "1-220").await, [order["number"].as_str().unwrap_or_default()]);
    for text in ["0988 111 222", "+81 988 111 22", "Rui 0988-111-221"] {
        assert!(fixture.found("q", text).await.is_empty(), "{text}");
    }
    fixture.server.close().await;
}

async fn a_store_without_a_country_has_that_of_the_deployment(db: Db) {
    let fixture = Fixture::open(&db, "JP").await;
    let store = fixture.store(None).await;
    assert_eq!(store["country"], "JP");
    let product = fixture.product(&store).await;
    fixture.place(&product, "080-9876-1234", 201).await;
    fixture.place(&product, "+81 80 9876 1234", 409).await;
    // What is placed is read as it was, wherever the store has moved.
    let path = format!("/v1/staff/stores/{}", store["id"].as_str().unwrap_or_default());
    let moved = fixture.owner().patch(&path, "*", json!({"country": "TW"})).await.ok();
    assert_eq!((&moved["country"], &moved["version"]), (&json!("TW"), &json!(2)));
    fixture.place(&product, "080-9876-1234", 201).await;
    fixture.server.close().await;
}
