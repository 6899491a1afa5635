//! What is paid for orders and given back, as clients see it.

use std::sync::Arc;

use futures_util::future::join_all;
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::product::Product;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::{OPENING_MILLIS, Shop};
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    an_order_goes_on_when_it_is_paid,
    what_is_collected_on_delivery_is_written_down_then,
    late_money_is_told_and_paid_back,
    a_store_that_says_nothing_goes_on_as_before,
    a_refund_that_fails_gives_its_amount_back,
    at_once_no_more_is_paid_back_than_there_is,
    deadlines_of_paying_and_sending_go_with_what_they_ask_for,
    bad_payments_change_nothing,
);

const MINUTE: i64 = 60_000;

/// A store with ways of paying, and a product at 100.00.
struct Fixture {
    server: TestServer,
    store: String,
    product: Arc<Product>,
    owner: String,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        let server = TestServer::of(Shop::open(db).await).await;
        let store = server.shop.store().await;
        let product = server.shop.product(&store, 100).await;
        let owner = server.staff(Role::Owner).await.token();
        let fixture = Self { store: store.id.to_string(), server, product, owner };
        let rule = |code: &str, kind: &str| json!({"code": code, "name": code, "kind": kind});
        let rules = [rule("transfer", "prepaid"), rule("cod", "on_delivery"), rule("bill", "invoice")];
        fixture.edit_store(&json!({"payments": rules, "policy": {"refund_limit": 500}})).await;
        fixture
    }

    async fn edit_store(&self, edit: &Value) {
        let path = format!("/v1/staff/stores/{}", self.store);
        let request = Request::new("PATCH", path).bearer(&self.owner).if_match("*").json(edit);
        self.server.good(&request, 200).await;
    }

    /// An order of one piece.
    async fn place(&self, payment: Option<&str>) -> String {
        let mut body = json!({
            "store_id": self.store,
            "lines": [{"product_id": self.product.id.to_string(), "quantity": 1}],
            "contact": {"name": "Ana", "phone": format!("+8869{:08}", self.server.number())},
        });
        if let Some(payment) = payment {
            body["payment"] = json!(payment);
        }
        let request =
            Request::post("/v1/staff/orders").bearer(&self.owner).key(&self.server.key()).json(&body);
        let placed = self.server.good(&request, 201).await.json();
        format!("/v1/staff/orders/{}", text(&placed["id"]))
    }

    fn post(&self, order: &str, under: &str, body: &Value) -> Request {
        Request::post(format!("{order}/{under}")).bearer(&self.owner).key(&self.server.key()).json(body)
    }

    async fn good(&self, order: &str, under: &str, body: Value) -> Value {
        self.server.good(&self.post(order, under, &body), 200).await.json()
    }

    async fn send(&self, order: &str, under: &str, body: Value) -> Answer {
        self.server.send(&self.post(order, under, &body)).await
    }

    async fn pay(&self, order: &str, amount: i64) -> Value {
        self.good(order, "payments", json!({"method": "bank_transfer", "amount": money(amount)})).await
    }

    /// A step that takes no body.
    async fn step(&self, order: &str, step: &str) -> Answer {
        self.server.send(&Request::post(format!("{order}/{step}")).bearer(&self.owner)).await
    }

    async fn read(&self, order: &str) -> Value {
        self.server.good(&Request::get(order).bearer(&self.owner), 200).await.json()
    }
}

fn money(amount: i64) -> Value {
    json!({"amount": amount, "currency": "TWD"})
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// How far it is paid, what is open, and what somebody has to look into.
fn told(order: &Value) -> (&str, i64, Vec<&str>) {
    let attention = order["attention"].as_array().into_iter().flatten();
    let open = order["balance_due"]["amount"].as_i64().unwrap_or(i64::MAX);
    (text(&order["payment_status"]), open, attention.map(text).collect())
}

async fn an_order_goes_on_when_it_is_paid(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.place(None).await;
    let confirmed = fixture.step(&order, "confirm").await.json();
    assert_eq!(told(&confirmed), ("unpaid", 10_000, vec![]));
    assert_eq!(confirmed["payment"], json!({"code": "transfer", "name": "transfer", "kind": "prepaid"}));
    let refused = fixture.step(&order, "start").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "payment-rule-not-met"));
    assert_eq!(told(&fixture.pay(&order, 4_000).await), ("partially_paid", 6_000, vec![]));
    assert_eq!(fixture.step(&order, "start").await.code(), "payment-rule-not-met");
    assert_eq!(told(&fixture.pay(&order, 6_000).await), ("paid", 0, vec![]));
    assert_eq!(fixture.step(&order, "start").await.status, 200);
    let overpaid = fixture.pay(&order, 300).await;
    assert_eq!(told(&overpaid), ("overpaid", -300, vec!["refund_due"]));
    assert_eq!(fixture.step(&order, "complete").await.code(), "balance-not-settled");

    let proposal = Request::get(format!("{order}/refund-proposal")).bearer(&fixture.owner);
    let proposal = fixture.server.good(&proposal, 200).await.json();
    assert_eq!(
        (&proposal["owed"]["amount"], &proposal["creditable"]["amount"]),
        (&json!(300), &json!(10_000))
    );
    assert_eq!(proposal["refunds"], json!([{"payment": 3, "amount": overpaid["payments"][2]["captured"]}]));
    let refund = json!({"amount": money(300), "reason": "overpaid"});
    let refunding = fixture.good(&order, "refunds", refund).await;
    assert_eq!(told(&refunding), ("overpaid", -300, vec![]));
    assert_eq!(
        (&refunding["refunds"][0]["state"], &refunding["refunds"][0]["payment"]),
        (&json!("pending"), &json!(3))
    );
    assert_eq!(fixture.step(&order, "complete").await.code(), "balance-not-settled");
    let settled = fixture.good(&order, "refunds/1/settle", json!({"succeeded": true})).await;
    assert_eq!(told(&settled), ("partially_refunded", 0, vec![]));
    let again = fixture.good(&order, "refunds/1/settle", json!({"succeeded": true})).await;
    assert_eq!(again["version"], settled["version"]);
    // Given though it is owed: the order costs less then.
    let given = json!({"amount": money(500), "credit": money(500), "reason": "flaw", "comment": "a scratch"});
    let given = fixture.good(&order, "refunds", given).await;
    assert_eq!((told(&given), &given["credited_total"]["amount"]), (("overpaid", -500, vec![]), &json!(500)));
    fixture.good(&order, "refunds/2/settle", json!({"succeeded": true})).await;
    assert_eq!(fixture.step(&order, "complete").await.status, 200);

    let warehouse = fixture.server.shop.member(Role::Warehouse, StoreScope::All).await;
    let warehouse = fixture.server.member_token(&warehouse).await;
    let seen = fixture.server.good(&Request::get(&order).bearer(&warehouse), 200).await.json();
    assert_eq!(
        (seen.get("payments"), seen.get("refunds"), seen["balance_due"]["amount"].as_i64()),
        (None, None, Some(0))
    );
    fixture.server.close().await;
}

async fn what_is_collected_on_delivery_is_written_down_then(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.place(Some("cod")).await;
    fixture.step(&order, "confirm").await;
    assert_eq!(fixture.step(&order, "start").await.status, 200);
    assert_eq!(fixture.step(&order, "complete").await.code(), "balance-not-settled");
    fixture.good(&order, "payments", json!({"method": "cash_on_delivery", "amount": money(9_999)})).await;
    let more = json!({"side": "forgive", "amount": money(2)});
    assert_eq!(fixture.send(&order, "write-offs", more).await.code(), "write-off-exceeds-balance");
    let even = fixture.good(&order, "write-offs", json!({"side": "forgive", "amount": money(1)})).await;
    assert_eq!((told(&even), &even["written_off_total"]["amount"]), (("paid", 0, vec![]), &json!(1)));
    assert_eq!(fixture.step(&order, "complete").await.status, 200);
    fixture.server.close().await;
}

async fn late_money_is_told_and_paid_back(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.place(None).await;
    let cancelled = fixture.good(&order, "cancel", json!({"reason": "expired"})).await;
    assert_eq!(told(&cancelled), ("not_required", 0, vec![]));
    let late = fixture.pay(&order, 10_000).await;
    assert_eq!(
        (told(&late), text(&late["status"])),
        (("overpaid", -10_000, vec!["late_money"]), "cancelled")
    );
    let found = async |what: &str| {
        let found = fixture.read(&format!("/v1/staff/orders?attention={what}")).await;
        let counted = fixture.read("/v1/staff/summary").await["attention"]["count"].clone();
        (found["items"].as_array().map(Vec::len), counted)
    };
    assert_eq!(found("refund_due,late_money").await, (Some(1), json!(1)));
    assert_eq!(found("refund_due").await, (Some(0), json!(1)));
    let invalid = json!({"reason": "unpaid"});
    assert_eq!(fixture.send(&order, "invalidate", invalid.clone()).await.code(), "money-kept");
    // A clerk pays back up to what the store says.
    let clerk = fixture.server.shop.member(Role::Clerk, StoreScope::All).await;
    let clerk = fixture.server.member_token(&clerk).await;
    let by_clerk = |amount: i64| {
        let body = json!({"amount": money(amount), "reason": "cancelled"});
        Request::post(format!("{order}/refunds")).bearer(&clerk).key(&fixture.server.key()).json(&body)
    };
    assert_eq!(fixture.server.send(&by_clerk(501)).await.code(), "refund-above-limit");
    fixture.server.good(&by_clerk(500), 200).await;
    fixture.good(&order, "refunds", json!({"amount": money(9_500), "reason": "cancelled"})).await;
    let refund = json!({"amount": money(1), "reason": "cancelled"});
    assert_eq!(fixture.send(&order, "refunds", refund).await.code(), "nothing-refundable");
    for no in [1, 2] {
        fixture.good(&order, &format!("refunds/{no}/settle"), json!({"succeeded": true})).await;
    }
    assert_eq!(told(&fixture.read(&order).await), ("refunded", 0, vec![]));
    assert_eq!(found("refund_due,late_money").await, (Some(0), json!(0)));
    fixture.good(&order, "invalidate", invalid).await;
    fixture.server.close().await;
}

async fn a_store_that_says_nothing_goes_on_as_before(db: Db) {
    let fixture = Fixture::open(&db).await;
    let before = fixture.place(None).await;
    fixture.edit_store(&json!({"payments": []})).await;
    let order = fixture.place(None).await;
    for step in ["confirm", "start", "complete"] {
        assert_eq!(fixture.step(&order, step).await.status, 200, "{step}");
    }
    let paid = fixture.pay(&order, 10_001).await;
    assert_eq!((told(&paid), paid.get("payment")), (("overpaid", -1, vec![]), None));
    // Orders that are placed keep their way of paying.
    fixture.step(&before, "confirm").await;
    assert_eq!(fixture.step(&before, "start").await.code(), "payment-rule-not-met");
    fixture.server.close().await;
}

async fn a_refund_that_fails_gives_its_amount_back(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.place(None).await;
    fixture.pay(&order, 10_300).await;
    let refund = json!({"amount": money(300), "reason": "overpaid"});
    fixture.good(&order, "refunds", refund.clone()).await;
    let failed = fixture.good(&order, "refunds/1/settle", json!({"succeeded": false})).await;
    assert_eq!(told(&failed), ("overpaid", -300, vec!["refund_due", "refund_failed"]));
    fixture.good(&order, "refunds", refund).await;
    let settled = fixture.good(&order, "refunds/2/settle", json!({"succeeded": true})).await;
    assert_eq!(told(&settled), ("partially_refunded", 0, vec![]));
    // That the first one was paid after all is a truth, too: more than the order costs is away then, and said.
    let after_all = fixture.good(&order, "refunds/1/settle", json!({"succeeded": true})).await;
    assert_eq!(told(&after_all), ("partially_paid", 300, vec![]));
    fixture.server.close().await;
}

async fn at_once_no_more_is_paid_back_than_there_is(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.place(None).await;
    fixture.pay(&order, 10_020).await;
    let refund = json!({"amount": money(1), "reason": "overpaid"});
    let answers = join_all((0..40).map(|_| fixture.send(&order, "refunds", refund.clone()))).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.code() == "nothing-refundable").count();
    assert_eq!((done, refused), (20, 20));
    let read = fixture.read(&order).await;
    assert_eq!(read["refund_pending_total"]["amount"], 20);
    fixture.server.close().await;
}

async fn deadlines_of_paying_and_sending_go_with_what_they_ask_for(db: Db) {
    let shop = Fixture::open(&db).await;
    let policy = json!({"payment_minutes": 5, "shipping_minutes": 20, "completion_minutes": 60});
    shop.edit_store(&json!({"policy": policy})).await;
    let at = |minutes: i64| json!(Timestamp::from_millis(OPENING_MILLIS + minutes * MINUTE));
    let milestones = async |order: &str| shop.read(&format!("{order}/timeline")).await["milestones"].clone();
    let cod = shop.place(Some("cod")).await;
    assert_eq!((shop.read(&cod).await.get("due_at"), milestones(&cod).await), (None, json!([])));

    let order = shop.place(None).await;
    assert_eq!(shop.read(&order).await["due_at"], at(5));
    assert_eq!(milestones(&order).await, json!([{"milestone": "paid", "due_at": at(5), "late": false}]));
    shop.server.shop.clock.advance(6 * MINUTE);
    assert_eq!(shop.read(&order).await["overdue"], json!(true));
    assert_eq!(shop.pay(&order, 10_000).await.get("due_at"), None);
    shop.step(&order, "confirm").await.ok();
    let started = shop.step(&order, "start").await.ok();
    assert_eq!(started["due_at"], at(26));
    shop.server.shop.clock.advance(2 * MINUTE);
    let sent = shop.good(&order, "ship", json!({})).await;
    // What is left is to be done by the end of its step.
    assert_eq!(sent["due_at"], at(66));
    shop.good(&order, "fulfillments/1/deliver", json!({})).await;
    let reached = json!([
        {"milestone": "paid", "due_at": at(5), "done_at": at(6), "late": true},
        {"milestone": "planned", "done_at": at(8), "late": false},
        {"milestone": "shipped", "due_at": at(26), "done_at": at(8), "late": false},
        {"milestone": "delivered", "done_at": at(8), "late": false},
    ]);
    assert_eq!(milestones(&order).await, reached);
    let steps = shop.read(&format!("{order}/timeline")).await["steps"].clone();
    assert_eq!(steps[2]["due_at"], at(66));
    shop.server.close().await;
}

#[expect(clippy::too_many_lines, reason = "a table")]
async fn bad_payments_change_nothing(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.place(None).await;
    fixture.pay(&order, 10_100).await;
    let unpaid = fixture.place(None).await;
    let before = dump(&db).await;
    let pay = |amount: Value| ("payments", json!({"method": "cash", "amount": amount}));
    let refund = |amount: Value| ("refunds", json!({"amount": amount, "reason": "other"}));
    let euro = json!({"amount": 1, "currency": "EUR"});
    let later = json!({"method": "cash", "amount": money(1), "paid_at": "2999-01-01T00:00:00Z"});
    let second = json!({"amount": money(1), "payment": 2, "reason": "other"});
    for ((under, body), status, pointer, code) in [
        (pay(money(0)), 422, "/amount/amount", "amount-out-of-range"),
        (pay(money(-1)), 422, "/amount/amount", "out-of-range"),
        (pay(money(1_000_000_000_001)), 422, "/amount/amount", "out-of-range"),
        (pay(json!({"amount": 1.5, "currency": "TWD"})), 422, "/amount/amount", "wrong-type"),
        (pay(json!({"amount": "1", "currency": "TWD"})), 422, "/amount/amount", "wrong-type"),
        (pay(json!({"amount": 1})), 422, "/amount/currency", "missing"),
        (pay(euro.clone()), 422, "/amount/currency", "other-currency"),
        (
            pay(json!({"amount": 1, "currency": "TWD", "exponent": 0})),
            422,
            "/amount/exponent",
            "wrong-exponent",
        ),
        (("payments", json!({"method": "shells", "amount": money(1)})), 422, "/method", "unknown-value"),
        (("payments", later), 422, "/paid_at", "later-than-now"),
        (refund(money(0)), 422, "/amount/amount", "amount-out-of-range"),
        (refund(euro), 422, "/amount/currency", "other-currency"),
        (("refunds", second), 422, "/payment", "unknown-payment"),
        (("refunds", json!({"amount": money(1), "reason": "because"})), 422, "/reason", "unknown-value"),
        (("write-offs", json!({"side": "burn", "amount": money(1)})), 422, "/side", "unknown-value"),
    ] {
        let answer = fixture.send(&order, under, body).await;
        let said = answer.json();
        assert_eq!(
            (answer.status, text(&said["errors"][0]["pointer"]), text(&said["errors"][0]["code"])),
            (status, pointer, code),
            "{said}"
        );
    }
    for (order, under, body, status, code) in [
        (&order, "refunds", refund(money(101)).1, 409, "refund-exceeds-payment"),
        (&unpaid, "refunds", refund(money(1)).1, 409, "nothing-refundable"),
        (&order, "refunds/1/settle", json!({"succeeded": true}), 404, "not-found"),
        (
            &order,
            "write-offs",
            json!({"side": "forgive", "amount": money(1)}),
            409,
            "write-off-exceeds-balance",
        ),
    ] {
        let answer = fixture.send(order, under, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text());
    }
    let keyless = Request::post(format!("{order}/payments")).bearer(&fixture.owner).json(&pay(money(1)).1);
    assert_eq!(fixture.server.send(&keyless).await.code(), "idempotency-key-missing");
    let path = format!("/v1/staff/stores/{}", fixture.store);
    let rule = json!({"code": "a", "name": "A", "kind": "prepaid"});
    let twice = json!({"payments": [rule, rule]});
    let twice = Request::new("PATCH", path).bearer(&fixture.owner).if_match("*").json(&twice);
    assert_eq!(fixture.server.send(&twice).await.json()["errors"][0]["pointer"], "/payments/1/code");
    assert_eq!(differences(&before, &dump(&db).await), Vec::<String>::new());

    // The next good one is carried out, once for each key.
    let once = fixture.post(&order, "payments", &pay(money(1)).1);
    let first = fixture.server.good(&once, 200).await.json();
    let replayed = fixture.server.good(&once, 200).await;
    assert_eq!(replayed.json()["version"], first["version"]);
    assert_eq!(replayed.header("idempotent-replayed"), Some("true"));
    fixture.server.close().await;
}
