//! Parcels, and units that are called off, as clients see them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ordervault_api::problem::Code;
use ordervault_domain::access::Role;
use ordervault_persistence::db::Db;
use ordervault_tests::client::Client;
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

ordervault_tests::twin_tests!(
    parcels_leave_one_after_the_other,
    a_preview_of_a_cancellation_is_the_cancellation,
    an_order_with_a_parcel_out_is_cancelled_as_far_as_it_is_open,
    orders_are_found_by_their_parcels,
    every_fulfillment_says_what_may_be_done_with_it,
    parcels_that_do_not_arrive_come_back_or_are_sent_anew,
    the_warehouse_sees_what_to_pick_and_for_whom_to_pack,
    a_slip_is_a_page_by_itself_that_nothing_in_it_can_change,
    what_is_lost_is_credited_and_paid_back,
    bad_input_changes_nothing,
);

/// An order of three pieces and one, confirmed, in a store with ten of each.
struct Fixture<'a> {
    owner: Client<'a>,
    buyer: Client<'a>,
    products: [Value; 2],
    path: String,
    order: Value,
}

impl<'a> Fixture<'a> {
    async fn open(server: &'a TestServer) -> Self {
        let owner = server.staff(Role::Owner).await;
        let buyer = server.customer().await;
        let store = owner.new_store().await;
        let products = [owner.new_product(&store, 10).await, owner.new_product(&store, 10).await];
        let body = json!({
            "store_id": store["id"],
            "lines": [
                {"product_id": products[0]["id"], "quantity": 3},
                {"product_id": products[1]["id"], "quantity": 1},
            ],
            "contact": {"name": "Ana", "email": "ana@example.com"},
        });
        let order = buyer.post_once("/v1/orders", &server.key(), body).await.created();
        let path = format!("/v1/staff/orders/{}", text(&order["id"]));
        owner.act(&format!("{path}/confirm")).await.ok();
        Self { owner, buyer, products, path, order }
    }

    async fn post(&self, under: &str, body: Value) -> Value {
        self.owner.post(&format!("{}/{under}", self.path), body).await.ok()
    }

    async fn stock(&self, product: usize) -> [i64; 2] {
        let path = format!("/v1/staff/products/{}", text(&self.products[product]["id"]));
        let shown = self.owner.get(&path).await.ok();
        ["on_hand", "reserved"].map(|name| shown[name].as_i64().unwrap_or_default())
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Of a line: cancelled, allocated, shipped, delivered.
fn counted(order: &Value, line: usize) -> [u64; 4] {
    ["cancelled", "allocated", "shipped", "delivered"]
        .map(|name| order["lines"][line][name].as_u64().unwrap_or(99))
}

fn parcel(number: &str) -> Value {
    json!({"tracking_number": number, "tracking_url": "https://track.example/p?n=1"})
}

async fn parcels_leave_one_after_the_other(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = Fixture::open(&server).await;
    let planned = shop.post("fulfillments", json!({"lines": [{"no": 1, "units": 2}]})).await;
    assert_eq!((&planned["status"], counted(&planned, 0)), (&json!("processing"), [0, 2, 0, 0]));
    assert_eq!(planned["fulfillment_status"], "unfulfilled");
    shop.post("fulfillments/1/pick", json!({})).await;
    let packed = shop.post("fulfillments/1/pack", json!({"parcels": [parcel("RR 1")]})).await;
    assert_eq!(packed["fulfillments"][0]["state"], "packed");
    assert_eq!(shop.stock(0).await, [10, 3]);
    let sent = shop.post("fulfillments/1/ship", json!({"carrier": "黑貓"})).await;
    let first = &sent["fulfillments"][0];
    assert_eq!((&first["state"], &first["carrier"]), (&json!("shipped"), &json!("黑貓")));
    assert_eq!(first["parcels"], json!([parcel("RR 1")]));
    assert_eq!(
        (&sent["fulfillment_status"], counted(&sent, 0)),
        (&json!("partially_fulfilled"), [0, 0, 2, 0])
    );
    // What has left the house is neither there nor promised.
    assert_eq!(shop.stock(0).await, [8, 1]);
    let again = shop.post("fulfillments/1/ship", json!({})).await;
    assert_eq!(again["version"], sent["version"]);
    let open = shop.owner.post(&format!("{}/complete", shop.path), json!({})).await;
    open.problem(Code::UnitsUndelivered);
    let all_sent = shop.post("ship", json!({"parcels": [parcel("RR 2")]})).await;
    assert_eq!(all_sent["fulfillments"][1]["lines"], json!([{"no": 1, "units": 1}, {"no": 2, "units": 1}]));
    assert_eq!(all_sent["fulfillment_status"], "fulfilled");
    let tracked = shop.post("fulfillments/2/track", json!({"parcels": [parcel("RR 3")]})).await;
    assert_eq!(tracked["fulfillments"][1]["parcels"], json!([parcel("RR 3")]));
    // The buyer says that the first has come, and the shop hears of the second.
    let received = format!("/v1/orders/{}/fulfillments/1/received", text(&shop.order["id"]));
    let received = shop.buyer.act(&received).await.ok();
    assert_eq!(received["fulfillment_status"], "partially_delivered");
    assert_eq!(received["fulfillments"][1]["actions"][0], json!({"action": "received", "allowed": true}));
    let arrived = shop.post("fulfillments/2/deliver", json!({})).await;
    assert_eq!(arrived["fulfillment_status"], "delivered");
    let completed = shop.owner.act(&format!("{}/complete", shop.path)).await.ok();
    assert_eq!((&completed["status"], counted(&completed, 1)), (&json!("completed"), [0, 0, 1, 1]));
    assert_eq!((shop.stock(0).await, shop.stock(1).await), ([7, 0], [9, 0]));
    server.close().await;
}

async fn a_preview_of_a_cancellation_is_the_cancellation(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = Fixture::open(&server).await;
    let body = json!({"lines": [{"no": 1, "units": 1}, {"no": 1, "units": 1}], "reason": "inventory"});
    let foreseen = shop.post("cancellations?preview=true", body.clone()).await;
    assert_eq!(shop.stock(0).await, [10, 3]);
    let cancelled = shop.post("cancellations", body).await;
    assert_eq!((&cancelled["lines"], &cancelled["status"]), (&foreseen["lines"], &json!("confirmed")));
    assert_eq!(counted(&cancelled, 0), [2, 0, 0, 0]);
    // What was agreed stays told; lines and prices stay.
    assert_eq!(cancelled["total"], shop.order["total"]);
    assert_eq!(shop.stock(0).await, [10, 1]);
    let discount = json!({"kind": "discount", "amount": 1, "reason": "goodwill"});
    shop.owner.post(&format!("{}/adjustments", shop.path), discount).await.problem(Code::UnitsMoved);
    let history = shop.owner.get(&format!("{}/history", shop.path)).await.ok();
    let last = history["items"]
        .as_array()
        .and_then(|items| items.iter().find(|item| item["event"] == "lines_cancelled").cloned());
    assert_eq!(last.map(|item| item["reason"].clone()), Some(json!("inventory")));
    // With the last unit the whole order; taken back, what was called off before stays so.
    let rest = shop.post("cancellations", json!({"reason": "customer"})).await;
    assert_eq!((&rest["status"], counted(&rest, 0)), (&json!("cancelled"), [3, 0, 0, 0]));
    let back = shop.post("reinstate", json!({"reason": "mistake"})).await;
    assert_eq!((&back["status"], counted(&back, 0)), (&json!("confirmed"), [2, 0, 0, 0]));
    server.close().await;
}

async fn an_order_with_a_parcel_out_is_cancelled_as_far_as_it_is_open(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = Fixture::open(&server).await;
    shop.post("ship", json!({"lines": [{"no": 1, "units": 1}]})).await;
    let rest = shop.post("cancel", json!({"reason": "customer"})).await;
    assert_eq!((&rest["status"], counted(&rest, 0)), (&json!("processing"), [2, 0, 1, 0]));
    let again = shop.owner.post(&format!("{}/cancel", shop.path), json!({"reason": "customer"})).await;
    let problem = again.problem(Code::UnitsOut);
    assert_eq!(text(&problem["detail"]), "units are in parcels, or have left (line: units): 1: 1");
    let unstart = shop.owner.post(&format!("{}/unstart", shop.path), json!({"reason": "mistake"})).await;
    unstart.problem(Code::UnitsOut);
    shop.post("fulfillments/1/deliver", json!({})).await;
    let done = shop.owner.act(&format!("{}/complete", shop.path)).await.ok();
    assert_eq!(done["fulfillment_status"], "delivered");
    server.close().await;
}

async fn orders_are_found_by_their_parcels(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = Fixture::open(&server).await;
    let other = Fixture::open(&server).await;
    shop.post("ship", json!({"lines": [{"no": 1, "units": 1}], "parcels": [parcel("RR 12-3 tw")]})).await;
    other.post("ship", json!({"parcels": [parcel("RR 124 TW")]})).await;
    let ids = async |query: &str| -> Vec<Value> {
        let list = shop.owner.get(&format!("/v1/staff/orders?{query}")).await.ok();
        list["items"].as_array().into_iter().flatten().map(|item| item["id"].clone()).collect()
    };
    assert_eq!(ids("tracking=rr123tw").await, [shop.order["id"].clone()]);
    assert_eq!(ids("tracking=RR%20124%20TW").await, [other.order["id"].clone()]);
    assert_eq!(ids("tracking=RR12").await, [] as [Value; 0]);
    assert_eq!(ids("fulfillment_status=partially_fulfilled").await, [shop.order["id"].clone()]);
    assert_eq!(ids("fulfillment_status=fulfilled,partially_fulfilled").await.len(), 2);
    assert_eq!(ids("fulfillment_status=unfulfilled").await, [] as [Value; 0]);
    // A number that is corrected is found no more.
    shop.post("fulfillments/1/track", json!({"parcels": [parcel("RR 125 TW")]})).await;
    assert_eq!(ids("tracking=RR123TW").await, [] as [Value; 0]);
    assert_eq!(ids("tracking=RR125TW").await, [shop.order["id"].clone()]);
    shop.owner.get("/v1/staff/orders?tracking=%20").await.problem(Code::InvalidParameter);
    shop.owner.get("/v1/staff/orders?fulfillment_status=sent").await.problem(Code::InvalidParameter);
    server.close().await;
}

async fn every_fulfillment_says_what_may_be_done_with_it(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = Fixture::open(&server).await;
    let warehouse = server.staff(Role::Warehouse).await;
    let clerk = server.staff(Role::Clerk).await;
    let open = async |reader: &Client<'_>| -> Vec<String> {
        let shown = reader.get(&shop.path).await.ok();
        let actions = shown["fulfillments"][0]["actions"].as_array().cloned().unwrap_or_default();
        let allowed = actions.iter().filter(|action| action["allowed"] == true);
        allowed.map(|action| text(&action["action"]).to_owned()).collect()
    };
    shop.post("fulfillments", json!({})).await;
    assert_eq!(open(&warehouse).await, ["pick", "pack", "ship", "cancel_fulfillment"]);
    assert_eq!(open(&clerk).await, [] as [&str; 0]);
    clerk.act(&format!("{}/fulfillments/1/ship", shop.path)).await.problem(Code::Forbidden);
    warehouse.act(&format!("{}/fulfillments/1/ship", shop.path)).await.ok();
    assert_eq!(open(&warehouse).await, ["track", "deliver", "fail"]);
    assert_eq!(open(&clerk).await, ["track"]);
    // Whoever packs sees no contact all the same.
    let shown = warehouse.get(&shop.path).await.ok();
    assert_eq!(shown.get("contact"), None);
    server.close().await;
}

async fn parcels_that_do_not_arrive_come_back_or_are_sent_anew(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = Fixture::open(&server).await;
    shop.post("ship", json!({"lines": [{"no": 1, "units": 3}]})).await;
    let failed =
        json!({"outcome": "returning", "reason": "unclaimed", "comment": "a week at the post office"});
    let failed = shop.post("fulfillments/1/fail", failed).await;
    assert_eq!(failed["fulfillments"][0]["state"], "returning");
    let wrong = json!({"lines": [{"no": 1, "restocked": 3, "broken": 1}]});
    let wrong = shop.owner.post(&format!("{}/fulfillments/1/take-back", shop.path), wrong).await;
    assert_eq!(wrong.problem(Code::ValidationFailed)["errors"][0]["code"], "units-differ");
    assert_eq!(shop.stock(0).await, [7, 0]);
    let back = json!({"lines": [{"no": 1, "restocked": 2, "broken": 1}]});
    let back = shop.post("fulfillments/1/take-back", back).await;
    assert_eq!(back["fulfillments"][0]["losses"], json!([{"no": 1, "units": 1}]));
    assert_eq!((counted(&back, 0), shop.stock(0).await), ([0, 0, 1, 0], [9, 2]));
    let settled = shop.post("fulfillments/1/settle-loss", json!({"by": "reship"})).await;
    assert_eq!((counted(&settled, 0), shop.stock(0).await), ([0, 0, 0, 0], [9, 3]));
    shop.post("ship", json!({})).await;
    shop.post("fulfillments/2/deliver", json!({})).await;
    let corrected = shop.post("fulfillments/2/correct-delivery", json!({"comment": "the wrong one"})).await;
    assert_eq!((counted(&corrected, 0), shop.stock(0).await), ([0, 0, 3, 0], [6, 0]));
    let settle = format!("{}/fulfillments/1/settle-loss", shop.path);
    shop.owner.post(&settle, json!({"by": "luck"})).await.problem(Code::ValidationFailed);
    server.close().await;
}

async fn the_warehouse_sees_what_to_pick_and_for_whom_to_pack(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = Fixture::open(&server).await;
    let warehouse = server.staff(Role::Warehouse).await;
    shop.post("fulfillments", json!({"lines": [{"no": 1, "units": 2}]})).await;
    shop.post("fulfillments", json!({"lines": [{"no": 1, "units": 1}, {"no": 2, "units": 1}]})).await;
    shop.post("fulfillments/2/pick", json!({})).await;
    let list = warehouse.get("/v1/staff/picking-list").await.ok();
    let units = |list: &Value| -> Vec<u64> {
        let products = list["products"].as_array().into_iter().flatten();
        products.filter_map(|product| product["units"].as_u64()).collect()
    };
    assert_eq!((units(&list), &list["more"]), (vec![3, 1], &json!(false)));
    let reference = format!("{}/F2", text(&shop.order["number"]));
    assert_eq!(list["products"][0]["fulfillments"][1]["reference"], json!(reference));
    let store = text(&shop.order["store_id"]);
    let of_store = warehouse.get(&format!("/v1/staff/picking-list?store={store}")).await.ok();
    assert_eq!(of_store, list);
    let slip = format!("{}/fulfillments/1/packing-slip", shop.path);
    let sees = async |client: &Client<'_>| client.get(&slip).await.ok().get("ship_to").is_some();
    assert!(!sees(&warehouse).await && sees(&shop.owner).await);
    shop.post("fulfillments/1/pack", json!({})).await;
    assert!(sees(&warehouse).await);
    let shown = warehouse.get(&slip).await.ok();
    assert_eq!((&shown["lines"][0]["units"], &shown["ship_to"]["name"]), (&json!(2), &json!("Ana")));
    // What is packed is picked no more, and what comes back is nobody's in the warehouse.
    assert_eq!(units(&warehouse.get("/v1/staff/picking-list").await.ok()), [1, 1]);
    shop.post("fulfillments/1/ship", json!({})).await;
    shop.post("fulfillments/1/fail", json!({"outcome": "lost", "reason": "missing"})).await;
    assert!(!sees(&warehouse).await);
    warehouse.get(&format!("{}/fulfillments/9/packing-slip", shop.path)).await.problem(Code::NotFound);
    server.staff(Role::Clerk).await.get(&slip).await.problem(Code::Forbidden);
    server.close().await;
}

async fn a_slip_is_a_page_by_itself_that_nothing_in_it_can_change(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = Fixture::open(&server).await;
    let (tag, parcels) = ("<script>alert(1)</script>", json!([{"tracking_number": "<b>&'\"1"}]));
    shop.post("fulfillments", json!({})).await;
    shop.post("fulfillments/1/pack", json!({"carrier": tag, "parcels": parcels})).await;
    let path = format!("{}/fulfillments/1/packing-slip.html", shop.path);
    let print = async |client: &Client<'_>, language: &str| {
        let request = Request::get(&path).header("Accept", "text/html,*/*;q=0.8");
        client.send(request.header("Accept-Language", language)).await
    };
    let shown = print(&shop.owner, "zh-TW").await;
    assert_eq!((shown.status, shown.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(shown.header("content-language"), Some("zh-Hant"));
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    let page = shown.text();
    let style =
        page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap_or_default();
    let hash = STANDARD.encode(Sha256::digest(style));
    let policy = shown.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none';") && policy.contains(&hash), "{policy}");
    assert!(page.contains("<html lang=\"zh-Hant\">") && page.contains("出貨單"));
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("&lt;b&gt;&amp;&#39;&quot;1")
    );
    assert!(!page.contains("<script") && !page.contains("<b>") && page.contains("Ana"));
    assert!(print(&server.staff(Role::Warehouse).await, "ja").await.text().contains("納品書"));
    print(&server.staff(Role::Clerk).await, "en").await.problem(Code::Forbidden);
    let json = Request::get(&path).header("Accept", "application/json");
    shop.owner.send(json).await.problem(Code::NotAcceptable);
    shop.owner.get(&path.replace("/1/", "/9/")).await.problem(Code::NotFound);
    server.close().await;
}

async fn what_is_lost_is_credited_and_paid_back(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = Fixture::open(&server).await;
    let total = shop.order["total"].clone();
    let pay = json!({"method": "cash", "amount": {"amount": total["amount"], "currency": total["currency"]}});
    let paid = format!("{}/payments", shop.path);
    shop.owner.post_once(&paid, &server.key(), pay).await.ok();
    shop.post("ship", json!({"lines": [{"no": 1, "units": 3}]})).await;
    let lost = shop.post("fulfillments/1/fail", json!({"outcome": "lost", "reason": "missing"})).await;
    assert_eq!(lost["attention"], json!(["lost_parcel"]));
    let credit = json!({"by": "credit", "lines": [{"no": 1, "units": 2}]});
    let settled = shop.post("fulfillments/1/settle-loss", credit).await;
    let value = 2 * settled["lines"][0]["unit_price"]["amount"].as_i64().unwrap_or_default();
    assert_eq!(
        (&settled["lines"][0]["lost"], &settled["credited_total"]["amount"]),
        (&json!(2), &json!(value))
    );
    assert_eq!(settled["balance_due"]["amount"], json!(-value));
    assert_eq!(settled["fulfillments"][0]["losses"], json!([{"no": 1, "units": 1}]));
    let proposal = shop.owner.get(&format!("{}/refund-proposal", shop.path)).await.ok();
    assert_eq!(proposal["owed"]["amount"], json!(value));
    let more = json!({"by": "credit", "lines": [{"no": 1, "units": 2}]});
    let more = shop.owner.post(&format!("{}/fulfillments/1/settle-loss", shop.path), more).await;
    more.problem(Code::UnitsNotOpen);
    server.close().await;
}

/// Under which path, with which body, is refused with which code, and for which fault.
type BadCase = (&'static str, Value, Code, Option<(&'static str, &'static str)>);

#[expect(clippy::too_many_lines, reason = "a table")]
fn bad_cases() -> Vec<BadCase> {
    use Code::{NotFound, StateConflict, UnitsNotOpen, ValidationFailed};
    let lines = |lines: Value| json!({"lines": lines});
    let link = |url: &str| json!({"parcels": [{"tracking_url": url}]});
    let not_https = Some(("/parcels/0/tracking_url", "not-https"));
    let too_much = Some(("/lines/0/units", "units-not-open"));
    vec![
        ("ship", lines(json!([{"no": 1, "units": 3}])), UnitsNotOpen, too_much),
        ("ship", lines(json!([{"no": 2, "units": 1}])), UnitsNotOpen, too_much),
        (
            "ship",
            lines(json!([{"no": 1, "units": 1}, {"no": 1, "units": 2}])),
            UnitsNotOpen,
            Some(("/lines/1/units", "units-not-open")),
        ),
        ("fulfillments", lines(json!([{"no": 1, "units": 3}])), UnitsNotOpen, too_much),
        (
            "ship",
            lines(json!([{"no": 99, "units": 1}])),
            ValidationFailed,
            Some(("/lines/0/no", "unknown-line")),
        ),
        (
            "ship",
            lines(json!([{"no": 1, "units": 0}])),
            ValidationFailed,
            Some(("/lines/0/units", "out-of-range")),
        ),
        ("ship", lines(json!([{"no": 1, "units": -1}])), ValidationFailed, None),
        ("ship", lines(json!([{"no": 1, "units": 1.5}])), ValidationFailed, None),
        ("ship", lines(json!([{"no": 1, "units": "1"}])), ValidationFailed, None),
        ("ship", lines(json!([{"no": 1}])), ValidationFailed, None),
        ("ship", lines(json!([])), ValidationFailed, Some(("/lines", "too-few"))),
        ("ship", json!({"line": 1}), ValidationFailed, None),
        ("ship", link("javascript:alert(1)"), ValidationFailed, not_https),
        ("ship", link("http://track.example/"), ValidationFailed, not_https),
        (
            "ship",
            link("https://track.example/\u{1}"),
            ValidationFailed,
            Some(("/parcels/0/tracking_url", "forbidden-character")),
        ),
        (
            "ship",
            link(&format!("https://track.example/{}", "x".repeat(1_979))),
            ValidationFailed,
            Some(("/parcels/0/tracking_url", "too-long")),
        ),
        (
            "ship",
            json!({"parcels": [{"tracking_number": "1\u{0}2"}]}),
            ValidationFailed,
            Some(("/parcels/0/tracking_number", "forbidden-character")),
        ),
        (
            "ship",
            json!({"parcels": [{"tracking_number": "1".repeat(101)}]}),
            ValidationFailed,
            Some(("/parcels/0/tracking_number", "too-long")),
        ),
        ("ship", json!({"parcels": [{}]}), ValidationFailed, Some(("/parcels/0/tracking_number", "missing"))),
        (
            "ship",
            json!({"parcels": vec![json!({"tracking_number": "1"}); 51]}),
            ValidationFailed,
            Some(("/parcels", "too-many")),
        ),
        ("ship", json!({"carrier": " "}), ValidationFailed, Some(("/carrier", "blank"))),
        (
            "cancellations",
            json!({"lines": [{"no": 1, "units": 3}], "reason": "other"}),
            UnitsNotOpen,
            too_much,
        ),
        ("cancellations", json!({"lines": [{"no": 1, "units": 1}]}), ValidationFailed, None),
        ("cancellations", json!({"reason": "rain"}), ValidationFailed, None),
        ("fulfillments/9/pick", json!({}), NotFound, None),
        ("fulfillments/01/pick", json!({}), NotFound, None),
        ("fulfillments/x/pick", json!({}), NotFound, None),
        ("fulfillments/1/pick", json!({"no": 1}), ValidationFailed, None),
        ("fulfillments/1/deliver", json!({}), StateConflict, None),
        ("fulfillments/1/track", json!({}), StateConflict, None),
        ("fulfillments/1/deliver", json!({"at": "yesterday"}), ValidationFailed, None),
        (
            "fulfillments/2/deliver",
            json!({"at": "2001-01-01T00:00:00Z"}),
            ValidationFailed,
            Some(("/at", "out-of-range")),
        ),
        (
            "fulfillments/2/deliver",
            json!({"at": "2999-01-01T00:00:00Z"}),
            ValidationFailed,
            Some(("/at", "out-of-range")),
        ),
        ("fulfillments/2/cancel", json!({}), StateConflict, None),
        ("fulfillments/2/pack", json!({}), StateConflict, None),
        ("complete", json!({}), Code::UnitsUndelivered, None),
    ]
}

async fn bad_input_changes_nothing(db: Db) {
    let server = TestServer::open(&db).await;
    let shop = Fixture::open(&server).await;
    // Of the first line one piece is planned and one open; the second line is called off, and one piece has left.
    shop.post("fulfillments", json!({"lines": [{"no": 1, "units": 1}]})).await;
    shop.post("cancellations", json!({"lines": [{"no": 2, "units": 1}], "reason": "other"})).await;
    shop.post("ship", json!({"lines": [{"no": 1, "units": 1}]})).await;
    let before = dump(&db).await;
    for (under, body, code, fault) in bad_cases() {
        let answer = shop.owner.post(&format!("{}/{under}", shop.path), body.clone()).await;
        let problem = answer.problem(code);
        let Some((pointer, rule)) = fault else { continue };
        let faults = problem["errors"].as_array().cloned().unwrap_or_default();
        let is_told = faults.iter().any(|fault| fault["pointer"] == pointer && fault["code"] == rule);
        assert!(is_told, "{under} {body}: {problem}");
    }
    let changed = differences(&before, &dump(&db).await);
    assert!(changed.iter().all(|line| line.contains(" throttles ")), "{changed:?}");
    // A number is a text: whoever shows it escapes it.
    let number = "<script>alert(1)</script>";
    let sent = shop.post("fulfillments/1/ship", json!({"parcels": [{"tracking_number": number}]})).await;
    assert_eq!(sent["fulfillments"][0]["parcels"][0]["tracking_number"], number);
    server.close().await;
}
