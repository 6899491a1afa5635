//! What orders cost, from the terms of their store to the last minor unit, as clients see it.

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::product::Product;
use ordervault_persistence::db::Db;
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    an_order_costs_what_the_terms_of_its_store_say,
    a_preview_of_a_discount_is_the_discount,
    a_sheet_tells_how_each_number_came_about,
    bad_terms_and_adjustments_change_nothing,
);

/// A store of this server with terms, and two products: at 100.00 and, reduced, at 100.00.
struct Fixture {
    server: TestServer,
    store: String,
    goods: [std::sync::Arc<Product>; 2],
    owner: String,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        let server = TestServer::of(Shop::open(db).await).await;
        let store = server.shop.store().await;
        let goods = [server.shop.product(&store, 100).await, server.shop.product(&store, 100).await];
        let owner = server.staff(Role::Owner).await.token();
        let fixture = Self { store: store.id.to_string(), server, goods, owner };
        fixture.edit_store(&terms(), 200).await;
        let reduced = json!({"tax_class": "reduced", "weight_grams": 600});
        fixture.edit_product(&reduced, 200).await;
        fixture
    }

    async fn edit_store(&self, edit: &Value, status: u16) -> Value {
        let path = format!("/v1/staff/stores/{}", self.store);
        let request = Request::new("PATCH", path).bearer(&self.owner).if_match("*").json(edit);
        self.server.good(&request, status).await.json()
    }

    async fn edit_product(&self, edit: &Value, status: u16) -> Value {
        let path = format!("/v1/staff/products/{}", self.goods[1].id);
        let request = Request::new("PATCH", path).bearer(&self.owner).if_match("*").json(edit);
        self.server.good(&request, status).await.json()
    }

    async fn place(&self, shipping: Option<&str>) -> Value {
        let line = |product: &Product, quantity: u32| json!({"product_id": product.id.to_string(), "quantity": quantity});
        let body = json!({
            "store_id": self.store,
            "lines": [line(&self.goods[0], 3), line(&self.goods[1], 1)],
            "contact": {"name": "Ana", "phone": format!("+8869{:08}", self.server.number())},
            "shipping": shipping.unwrap_or("home"),
        });
        let request =
            Request::post("/v1/staff/orders").bearer(&self.owner).key(&self.server.key()).json(&body);
        self.server.good(&request, 201).await.json()
    }

    fn adjust(&self, order: &Value, query: &str, body: &Value) -> Request {
        let path = format!("/v1/staff/orders/{}/adjustments{query}", text(&order["id"]));
        Request::post(&path).bearer(&self.owner).json(body)
    }
}

fn terms() -> Value {
    json!({
        "tax": {"prices_include_tax": true, "classes": {"standard": 19_000, "reduced": 7_000}},
        "shipping": [
            {"code": "home", "name": "Home", "price": 490, "bands": [{"max_grams": 1_000, "price": 590}]},
            {"code": "express", "name": "Express", "price": 990, "free_above": 40_000},
        ],
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Discount, sending, fees, tax and total.
fn sums(order: &Value) -> [i64; 5] {
    ["discount_total", "shipping_total", "fee_total", "tax_total", "total"]
        .map(|name| order[name]["amount"].as_i64().unwrap_or_default())
}

async fn an_order_costs_what_the_terms_of_its_store_say(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.place(None).await;
    // 300.00 at 19 %, 100.00 at 7 %, 5.90 at 19 %.
    assert_eq!(sums(&order), [0, 590, 0, 4_790 + 654 + 94, 40_590]);
    assert_eq!(order["shipping"], json!({"code": "home", "name": "Home"}));
    assert_eq!(order["prices_include_tax"], true);
    let taxes: Vec<[i64; 3]> = order["taxes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|tax| [&tax["rate"], &tax["base"]["amount"], &tax["tax"]["amount"]])
        .map(|numbers| numbers.map(|number| number.as_i64().unwrap_or_default()))
        .collect();
    assert_eq!(taxes, [[7_000, 10_000 - 654, 654], [19_000, 30_590 - 4_884, 4_884]]);
    let express = fixture.place(Some("express")).await;
    assert_eq!(sums(&express)[1], 0);
    // Later settings are those of later orders.
    fixture.edit_store(&json!({"tax": null, "shipping": []}), 200).await;
    let path = format!("/v1/staff/orders/{}", text(&order["id"]));
    let read = Request::get(&path).bearer(&fixture.owner);
    assert_eq!(sums(&fixture.server.good(&read, 200).await.json()), sums(&order));
    let amend = json!({"lines": [{"product_id": fixture.goods[0].id.to_string(), "quantity": 1}]});
    let amend = Request::post(format!("{path}/amendments")).bearer(&fixture.owner).if_match("*").json(&amend);
    let amended = fixture.server.good(&amend, 200).await.json();
    assert_eq!(sums(&amended), [0, 590, 0, 1_597 + 94, 10_590]);
    fixture.server.close().await;
}

async fn a_preview_of_a_discount_is_the_discount(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.place(None).await;
    let body = json!({"kind": "discount", "rate": 12_500, "reason": "goodwill", "comment": "waited"});
    let foreseen = fixture.server.good(&fixture.adjust(&order, "?preview=true", &body), 200).await.json();
    assert_eq!(sums(&foreseen), [5_000, 590, 0, 4_191 + 572 + 94, 35_590]);
    let adjusted = fixture.server.good(&fixture.adjust(&order, "", &body), 200).await.json();
    assert_eq!(sums(&adjusted), sums(&foreseen));
    assert_eq!(adjusted["adjustments"], foreseen["adjustments"]);
    assert_eq!(adjusted["adjustments"][0]["shares"][0]["amount"]["amount"], 3_750);
    let fee = json!({"kind": "fee", "amount": 200, "reason": "handling", "expected_total":
        {"amount": 35_790, "currency": "TWD"}});
    let dearer = fixture.server.good(&fixture.adjust(&order, "", &fee), 200).await.json();
    assert_eq!(sums(&dearer)[2..], [200, 4_191 + 572 + 94 + 32, 35_790]);
    let remove = |no: u32| {
        let path = format!("/v1/staff/orders/{}/adjustments/{no}/remove", text(&order["id"]));
        Request::post(&path).bearer(&fixture.owner).json(&json!({"comment": "given twice"}))
    };
    let without = fixture.server.good(&remove(1), 200).await.json();
    assert_eq!(sums(&without), [0, 590, 200, 4_790 + 654 + 94 + 32, 40_790]);
    let again = fixture.server.good(&remove(1), 200).await.json();
    assert_eq!(again["version"], without["version"]);
    fixture.server.close().await;
}

async fn a_sheet_tells_how_each_number_came_about(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.place(None).await;
    for body in [
        json!({"kind": "discount", "amount": 1_000, "reason": "promotion", "code": "SPRING"}),
        json!({"kind": "discount", "rate": 12_500, "reason": "goodwill"}),
        json!({"kind": "fee", "amount": 200, "reason": "handling"}),
    ] {
        fixture.server.good(&fixture.adjust(&order, "", &body), 200).await;
    }
    let path = format!("/v1/staff/orders/{}/totals/explain", text(&order["id"]));
    let sheet =
        fixture.server.good(&Request::get(format!("{path}?format=text")).bearer(&fixture.owner), 200).await;
    let rows = sheet.json();
    let row = |row: &Value| {
        format!("{} {} = {}", text(&row["kind"]), text(&row["calculation"]), text(&row["text"]))
    };
    let told: Vec<String> = rows["rows"].as_array().into_iter().flatten().map(row).collect();
    assert_eq!(
        told,
        [
            "line 3 × 100.00 = 300.00 TWD",
            "discount 10.00 ÷ 2 = 7.50 TWD",
            "discount 292.50 × 12.5 % = 36.56 TWD",
            "line_tax 255.94 × 19 ÷ (100 + 19) = 40.86 TWD",
            "line 1 × 100.00 = 100.00 TWD",
            "discount 10.00 ÷ 2 = 2.50 TWD",
            "discount 97.50 × 12.5 % = 12.19 TWD",
            "line_tax 85.31 × 7 ÷ (100 + 7) = 5.58 TWD",
            "shipping home, 600 g = 5.90 TWD",
            "shipping_tax 5.90 × 19 ÷ (100 + 19) = 0.94 TWD",
            "fee 2.00 = 2.00 TWD",
            "fee_tax 2.00 × 19 ÷ (100 + 19) = 0.32 TWD",
            "subtotal 300.00 + 100.00 = 400.00 TWD",
            "discount_total 44.06 + 14.69 = 58.75 TWD",
            "tax_total 40.86 + 5.58 + 0.94 + 0.32 = 47.70 TWD",
            "total 400.00 − 58.75 + 5.90 + 2.00 = 349.15 TWD",
        ]
    );
    let plain = fixture.server.good(&Request::get(&path).bearer(&fixture.owner), 200).await.json();
    assert!(plain["rows"][0]["text"].is_null() && plain["rows"][0]["amount"]["amount"] == 30_000, "{plain}");
    let wrong =
        fixture.server.send(&Request::get(format!("{path}?format=words")).bearer(&fixture.owner)).await;
    assert_eq!(wrong.status, 400);
    fixture.server.close().await;
}

#[expect(clippy::too_many_lines, reason = "a table")]
async fn bad_terms_and_adjustments_change_nothing(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.place(None).await;
    let manager = fixture.server.staff(Role::Manager).await.token();
    let clerk = fixture.server.shop.member(Role::Clerk, StoreScope::All).await;
    let clerk = fixture.server.member_token(&clerk).await;
    let before = dump(&db).await;
    let store = |edit: Value| {
        let path = format!("/v1/staff/stores/{}", fixture.store);
        Request::new("PATCH", path).bearer(&fixture.owner).if_match("*").json(&edit)
    };
    let product = |edit: Value| {
        let path = format!("/v1/staff/products/{}", fixture.goods[0].id);
        Request::new("PATCH", path).bearer(&manager).if_match("*").json(&edit)
    };
    let adjust = |body: Value| fixture.adjust(&order, "", &body);
    let off = |amount: Value| adjust(json!({"kind": "discount", "amount": amount, "reason": "goodwill"}));
    let tax = |tax: Value| store(json!({"tax": tax}));
    let rule = |rule: Value| store(json!({"shipping": [rule]}));
    let classes = json!({"standard": 1});
    let twice = json!({"code": "home", "name": "Home", "price": 1});
    for (request, status, pointer, code) in [
        (
            tax(json!({"prices_include_tax": true, "classes": {"reduced": 1}})),
            422,
            "/tax/classes",
            "standard-class-missing",
        ),
        (
            tax(json!({"prices_include_tax": true, "classes": {"standard": 100_001}})),
            422,
            "/tax/classes/standard",
            "not-a-rate",
        ),
        (
            tax(json!({"prices_include_tax": true, "classes": {"standard": 1, "A b": 1}})),
            422,
            "/tax/classes/A b",
            "not-a-code",
        ),
        (
            tax(json!({"prices_include_tax": true, "classes": classes, "shipping_class": "x"})),
            422,
            "/tax/shipping_class",
            "unknown-tax-class",
        ),
        (
            tax(json!({"prices_include_tax": true, "classes": classes, "step": 0})),
            422,
            "/tax/step",
            "out-of-range",
        ),
        (
            rule(json!({"code": "home", "name": "Home", "price": 1, "free_above": -1})),
            422,
            "/shipping/0/free_above",
            "out-of-range",
        ),
        (rule(json!({"code": "Home!", "name": "Home", "price": 1})), 422, "/shipping/0/code", "not-a-code"),
        (store(json!({"shipping": [twice, twice]})), 422, "/shipping/1/code", "duplicate"),
        (
            rule(
                json!({"code": "a", "name": "A", "price": 1, "bands": [{"max_grams": 2, "price": 1}, {"max_grams": 2, "price": 1}]}),
            ),
            422,
            "/shipping/0/bands",
            "not-ascending",
        ),
        (product(json!({"tax_class": "luxury"})), 422, "/tax_class", "unknown-tax-class"),
        (product(json!({"weight_grams": -1})), 422, "/weight_grams", "out-of-range"),
        (off(json!(0)), 422, "/amount", "out-of-range"),
        (off(json!(-1)), 422, "/amount", "out-of-range"),
        (off(json!(1_000_000_000_001_i64)), 422, "/amount", "out-of-range"),
        (off(json!(1.5)), 422, "/amount", "wrong-type"),
        (off(json!("10")), 422, "/amount", "wrong-type"),
        (
            adjust(json!({"kind": "discount", "rate": 101_000, "reason": "goodwill"})),
            422,
            "/rate",
            "out-of-range",
        ),
        (adjust(json!({"kind": "discount", "rate": 12.5, "reason": "goodwill"})), 422, "/rate", "wrong-type"),
        (adjust(json!({"kind": "discount", "reason": "goodwill"})), 422, "/amount", "amount-or-rate"),
        (
            adjust(json!({"kind": "discount", "rate": 1, "amount": 1, "reason": "goodwill"})),
            422,
            "/rate",
            "amount-or-rate",
        ),
        (adjust(json!({"kind": "fee", "amount": -5, "reason": "handling"})), 422, "/amount", "out-of-range"),
        (adjust(json!({"kind": "tip", "amount": 5, "reason": "handling"})), 422, "/kind", "unknown-value"),
        (
            adjust(json!({"kind": "discount", "amount": 5, "reason": "goodwill", "lines": [{"no": 9}]})),
            422,
            "/lines/0/no",
            "unknown-line",
        ),
    ] {
        let answer = fixture.server.send(&request).await;
        let said = answer.json();
        assert_eq!(
            (answer.status, text(&said["errors"][0]["pointer"]), text(&said["errors"][0]["code"])),
            (status, pointer, code),
            "{said}"
        );
    }
    let path = format!("/v1/staff/orders/{}/adjustments", text(&order["id"]));
    let more = json!({"kind": "discount", "amount": 4_001, "reason": "goodwill"});
    let answer = fixture.server.send(&Request::post(&path).bearer(&clerk).json(&more)).await;
    assert_eq!((answer.status, answer.code()), (409, "discount-above-limit".to_owned()));
    let unknown = format!("/v1/staff/orders/{}/adjustments/7/remove", text(&order["id"]));
    let answer = fixture.server.send(&Request::post(&unknown).bearer(&manager).json(&json!({}))).await;
    assert_eq!(answer.status, 404);
    assert_eq!(differences(&before, &dump(&db).await), Vec::<String>::new());
    // And the next good request is carried out.
    fixture.server.good(&off(json!(1)), 200).await;
    fixture.server.close().await;
}
