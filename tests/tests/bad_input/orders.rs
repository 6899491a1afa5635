//! Orders: placing, reading, amending, cancelling.

use ordervault_domain::id::OrderId;
use ordervault_tests::http::Request;
use serde_json::{Value, json};

use crate::case::{Case, case, invalid, parameter};
use crate::fixture::{Fixture, mistyped, with};

pub(crate) fn placing(fixture: &Fixture) -> Vec<Case> {
    let mut cases = keys(fixture);
    cases.extend(lines(fixture));
    cases.extend(contacts(fixture));
    cases.extend(expected_totals(fixture));
    cases.extend(by_staff(fixture));
    cases
}

pub(crate) fn changing(fixture: &Fixture) -> Vec<Case> {
    let mut cases = preconditions(fixture);
    cases.extend(states(fixture));
    cases.extend(strangers(fixture));
    cases.extend(ids(fixture));
    cases
}

fn keys(fixture: &Fixture) -> Vec<Case> {
    let place = || fixture.customer("POST", "/v1/orders").json(&fixture.order_body());
    let bad =
        |name, key: &[u8]| case(name, place().header("idempotency-key", key), 400, "idempotency-key-invalid");
    // The key of the good request between the cases.
    let other_body = with(fixture.order_body(), "/lines/0/quantity", json!(2));
    let cancel =
        fixture.customer("POST", &format!("/v1/orders/{}/cancel", fixture.order.id)).json(&json!({}));
    vec![
        case("no key", place(), 400, "idempotency-key-missing"),
        bad("an empty key", b""),
        bad("a key of blanks", b"\"  \""),
        bad("a key of 256", &[b'k'; 256]),
        bad("a key that is not ASCII", "clé".as_bytes()),
        bad("a key with an open quote", b"\"key"),
        case("two keys", place().key("a").key("b"), 400, "idempotency-key-invalid"),
        case(
            "a key with another body",
            fixture.customer("POST", "/v1/orders").key("good").json(&other_body),
            422,
            "idempotency-key-reused",
        ),
        case("a key with another operation", cancel.key("good"), 422, "idempotency-key-reused"),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn lines(fixture: &Fixture) -> Vec<Case> {
    let at = "/lines/0/quantity";
    let quantity = |text: &str| {
        let body =
            fixture.order_body().to_string().replace(r#""quantity":1"#, &format!(r#""quantity":{text}"#));
        assert!(body.contains(text), "{body}");
        fixture.place_text(body)
    };
    let line = |id: String, quantity: u32| json!({"product_id": id, "quantity": quantity});
    let good = || line(fixture.product.id.to_string(), 1);
    let order = |lines: Vec<Value>| fixture.place_with("/lines", json!(lines));
    let unknown = ("/lines/1/product_id", "unknown-product");
    let with_line = |name, id: String| invalid(name, order(vec![good(), line(id, 1)]), unknown.0, unknown.1);
    let field = |name, pointer: &'static str, value: Value| {
        invalid(name, fixture.place_with(pointer, value), pointer, "unknown-field")
    };
    let nowhere = OrderId::from_i64(987_654_321_987_654);
    vec![
        invalid("quantity 0", quantity("0"), at, "out-of-range"),
        invalid("quantity -1", quantity("-1"), at, "out-of-range"),
        invalid("quantity 1.0", quantity("1.0"), at, "wrong-type"),
        invalid("quantity 1e3", quantity("1e3"), at, "wrong-type"),
        invalid("quantity as text", quantity("\"1\""), at, "wrong-type"),
        invalid("quantity 2^63", quantity("9223372036854775808"), at, "out-of-range"),
        invalid("quantity 2^32 + 1", quantity("4294967297"), at, "out-of-range"),
        invalid("quantity 2^64", quantity("18446744073709551616"), at, "wrong-type"),
        invalid("quantity of a million and one", quantity("1000001"), at, "out-of-range"),
        invalid(
            "an order beyond all money",
            order(vec![line(fixture.dear.id.to_string(), 2)]),
            "/lines",
            "amount-out-of-range",
        ),
        invalid(
            "lines beyond all money together",
            order(vec![line(fixture.dear.id.to_string(), 1), good()]),
            "/lines",
            "amount-out-of-range",
        ),
        field("a price from outside", "/lines/0/unit_price", json!({"amount": 1, "currency": "TWD"})),
        field("a total from outside", "/total", json!(1)),
        field("a discount from outside", "/discount", json!(100)),
        field("a status from outside", "/status", json!("confirmed")),
        field("a customer from outside", "/customer_id", json!(fixture.customer.id.to_string())),
        field("a time from outside", "/created_at", json!("2020-01-01T00:00:00Z")),
        field("a currency from outside", "/currency", json!("usd")),
        with_line("a product that does not exist", format!("prd_{nowhere}")),
        with_line("a product that is no id", "TEA-001".into()),
        with_line("a store for a product", fixture.store.id.to_string()),
        with_line("a product that is not for sale", fixture.inactive.id.to_string()),
        with_line("a product of another store", fixture.foreign.id.to_string()),
        invalid("no lines", order(vec![]), "/lines", "too-few"),
        invalid("201 lines", order(vec![good(); 201]), "/lines", "too-many"),
        invalid(
            "a store that does not exist",
            fixture.place_with("/store_id", json!(format!("sto_{nowhere}"))),
            "/store_id",
            "unknown-store",
        ),
        invalid(
            "a store that is no id",
            fixture.place_with("/store_id", json!("1")),
            "/store_id",
            "unknown-store",
        ),
        case(
            "more than there is",
            order(vec![good(), line(fixture.product.id.to_string(), 10_000)]),
            409,
            "insufficient-stock",
        )
        .at("/lines/1/quantity", "insufficient-stock"),
    ]
}

fn contacts(fixture: &Fixture) -> Vec<Case> {
    let contact = |name: &'static str, pointer: &'static str, value: &str, code: &'static str| {
        invalid(name, fixture.place_with(pointer, json!(value)), pointer, code)
    };
    let (name, phone, email) = ("/contact/name", "/contact/phone", "/contact/email");
    let marks = format!("a{}", "\u{301}".repeat(5_000));
    vec![
        contact("text that runs backwards", name, "Ana\u{202E}gpj", "forbidden-character"),
        contact("text in an isolate", name, "Ana\u{2066}", "forbidden-character"),
        contact("a name of blanks", name, "   ", "blank"),
        contact("a name of nothing visible", name, "\u{200B}", "blank"),
        contact("an empty name", name, "", "blank"),
        contact("a name of 201", name, &"名".repeat(201), "too-long"),
        contact("one letter under 5,000 accents", name, &marks, "too-long"),
        contact("SQL for a phone number", phone, "+1' OR '1'='1", "invalid-phone").hides("OR '1'"),
        contact("a phone number of 400 digits", phone, &"1".repeat(400), "invalid-phone"),
        contact("a phone number of letters", phone, "call me", "invalid-phone").hides("call me"),
        contact("an address without @", email, "example.com", "invalid-email"),
        contact("an address with a line break", email, "a@example.com\nBcc: b@example.com", "invalid-email"),
        contact("a note of 2,001", "/note", &"記".repeat(2_001), "too-long"),
        invalid(
            "a name and no way to call",
            fixture.place_with("/contact", json!({"name": "王"})),
            phone,
            "missing",
        ),
        invalid(
            "no name",
            fixture.place_with("/contact", json!({"phone": "+886912345678"})),
            name,
            "missing",
        ),
        invalid(
            "a city with a control character",
            fixture.place_with("/contact/address", json!({"city": "台\u{7}北"})),
            "/contact/address/city",
            "forbidden-character",
        ),
    ]
}

fn by_staff(fixture: &Fixture) -> Vec<Case> {
    let place = || fixture.manager("POST", "/v1/staff/orders");
    let order = |pointer: &str, value: Value| {
        place().key(&fixture.server.key()).json(&with(fixture.order_body(), pointer, value))
    };
    let customer =
        |name, id: &str| invalid(name, order("/customer_id", json!(id)), "/customer_id", "unknown-customer");
    let store = |name, id: &str| invalid(name, order("/store_id", json!(id)), "/store_id", "unknown-store");
    let field = |name, pointer: &'static str, value: Value| {
        invalid(name, order(pointer, value), pointer, "unknown-field")
    };
    let product = |name, id: &str| {
        let pointer = "/lines/0/product_id";
        invalid(name, order(pointer, json!(id)), pointer, "unknown-product")
    };
    let nowhere = OrderId::from_i64(987_654_321_987_654);
    let reviewer =
        Request::post("/v1/staff/orders").bearer(&fixture.reviewer_token).key(&fixture.server.key());
    vec![
        case("an order without a key", place().json(&fixture.order_body()), 400, "idempotency-key-missing"),
        case(
            "an order with half a key",
            place().key("\"half").json(&fixture.order_body()),
            400,
            "idempotency-key-invalid",
        ),
        case("an order of nothing", place().key("nothing").text(""), 400, "malformed-request"),
        invalid("an empty order", place().key("empty").json(&json!({})), "/store_id", "missing"),
        invalid(
            "a list of orders",
            place().key("list").json(&json!([fixture.order_body()])),
            "",
            "wrong-type",
        ),
        store("ordering from a store of others", &fixture.other_store.id.to_string()),
        store("ordering from a store that does not exist", &format!("sto_{nowhere}")),
        customer("ordering for nobody", &format!("cus_{nowhere}")),
        customer("ordering for a member", &fixture.manager.id.to_string()),
        customer("ordering for a name", "王小明"),
        invalid("ordering for a number", order("/customer_id", json!(7)), "/customer_id", "wrong-type"),
        product("ordering what does not exist", &format!("prd_{nowhere}")),
        product("ordering what another store sells", &fixture.foreign.id.to_string()),
        product("ordering what is not for sale", &fixture.inactive.id.to_string()),
        invalid(
            "ordering no pieces",
            order("/lines/0/quantity", json!(0)),
            "/lines/0/quantity",
            "out-of-range",
        ),
        invalid(
            "ordering for nobody to be reached",
            order("/contact", json!({"name": "王"})),
            "/contact/phone",
            "missing",
        ),
        field("a price of the clerk's", "/lines/0/unit_price", json!({"amount": 1, "currency": "TWD"})),
        field("a status of the clerk's", "/status", json!("confirmed")),
        field("a source of the clerk's", "/source", json!("shop")),
        case(
            "ordering more than there is",
            order("/lines/0/quantity", json!(10_000)),
            409,
            "insufficient-stock",
        )
        .at("/lines/0/quantity", "insufficient-stock"),
        case("a reviewer places an order", reviewer.json(&fixture.order_body()), 403, "forbidden"),
    ]
}

/// What the order is to cost, at placing and at amending, by buyers and by staff.
fn expected_totals(fixture: &Fixture) -> Vec<Case> {
    let wrong = [
        (
            "an amount with a point",
            json!({"amount": 1.5, "currency": "TWD"}),
            "/expected_total/amount",
            "wrong-type",
        ),
        (
            "an amount below nothing",
            json!({"amount": -1, "currency": "TWD"}),
            "/expected_total/amount",
            "out-of-range",
        ),
        ("an amount without currency", json!({"amount": 1}), "/expected_total/currency", "missing"),
        (
            "a currency in small letters",
            json!({"amount": 1, "currency": "twd"}),
            "/expected_total/currency",
            "unknown-currency",
        ),
        (
            "decimal places of another currency",
            json!({"amount": 1, "currency": "TWD", "exponent": 0}),
            "/expected_total/exponent",
            "wrong-exponent",
        ),
        ("a bare amount", json!(100), "/expected_total", "wrong-type"),
    ];
    let place = |total: &Value| with(fixture.order_body(), "/expected_total", total.clone());
    let amend = |total: &Value| {
        let path = format!("/v1/orders/{}/amendments", fixture.order.id);
        fixture.customer("POST", &path).if_match("*").json(&json!({"note": "new", "expected_total": total}))
    };
    let by_staff = |total: &Value| {
        fixture.manager("POST", "/v1/staff/orders").key(&fixture.server.key()).json(&place(total))
    };
    let mut cases = vec![];
    for (name, total, pointer, code) in wrong {
        for request in [fixture.place(&place(&total)), amend(&total), by_staff(&total)] {
            cases.push(invalid(name, request, pointer, code));
        }
    }
    let other = json!({"amount": 1, "currency": "JPY"});
    let changed = |request| {
        case("a total in another currency", request, 409, "price-changed")
            .at("/expected_total", "other-currency")
    };
    cases.extend([changed(fixture.place(&place(&other))), changed(by_staff(&other))]);
    cases.push(changed(amend(&other)).currently("pending_review"));
    cases
}

fn preconditions(fixture: &Fixture) -> Vec<Case> {
    let amend = || {
        let path = format!("/v1/orders/{}/amendments", fixture.confirmed.id);
        fixture.customer("POST", &path).json(&json!({"note": "new"}))
    };
    let foresee = |order: OrderId| {
        let path = format!("/v1/orders/{order}/amendments?preview=true");
        fixture.customer("POST", &path).json(&json!({"note": "new"}))
    };
    let cancel =
        || fixture.customer("POST", &format!("/v1/orders/{}/cancel", fixture.confirmed.id)).json(&json!({}));
    let stale = |name, request| case(name, request, 412, "precondition-failed");
    let unreadable = |name, value| parameter(name, amend().if_match(value), "If-Match", "invalid");
    vec![
        case("amending without If-Match", amend(), 428, "precondition-required"),
        stale("a stale version", amend().if_match("\"1\"")).at("/status", "changed").currently("confirmed"),
        stale("looking at a stale version", foresee(fixture.confirmed.id).if_match("\"1\""))
            .at("/status", "changed")
            .currently("confirmed"),
        stale("a version to come", amend().if_match("\"3\"")).currently("confirmed"),
        stale("a weak tag", amend().if_match("W/\"2\"")),
        stale("a tag of somebody else", amend().if_match("\"abc\"")),
        stale("a version with a sign", amend().if_match("\"+2\"")),
        unreadable("a tag without quotes", "2"),
        unreadable("two tags", "\"1\", \"2\""),
        unreadable("an empty tag", ""),
        stale("cancelling at a stale version", cancel().if_match("\"1\"")).currently("confirmed"),
        parameter("cancelling at no version", cancel().if_match("2"), "If-Match", "invalid"),
        case("looking without If-Match", foresee(fixture.order.id), 428, "precondition-required"),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn states(fixture: &Fixture) -> Vec<Case> {
    let amend = |order: OrderId, body: &Value| {
        fixture.customer("POST", &format!("/v1/orders/{order}/amendments")).if_match("*").json(body)
    };
    let foresee = |order: OrderId, body: &Value| {
        let path = format!("/v1/orders/{order}/amendments?preview=true");
        fixture.customer("POST", &path).if_match("*").json(body)
    };
    let cancel = |order: OrderId, body: &Value| {
        fixture.customer("POST", &format!("/v1/orders/{order}/cancel")).key(&fixture.server.key()).json(body)
    };
    let (processing, cancelled, pending) = (fixture.processing.id, fixture.cancelled.id, fixture.order.id);
    let note = json!({"note": "new"});
    let conflict = |name, request, status| case(name, request, 409, "state-conflict").currently(status);
    let at = "/lines/0/quantity";
    let product = fixture.product.id.to_string();
    let line = |quantity: u32| json!({"lines": [{"product_id": &product, "quantity": quantity}]});
    let numbered = |numbers: &[i64]| {
        let line = |no| json!({"no": no, "product_id": &product, "quantity": 1});
        json!({"lines": numbers.iter().map(line).collect::<Vec<_>>()})
    };
    vec![
        invalid(
            "a line that it does not have",
            amend(pending, &numbered(&[9])),
            "/lines/0/no",
            "unknown-line",
        ),
        invalid(
            "looking at such a line",
            foresee(pending, &numbered(&[1, 9])),
            "/lines/1/no",
            "unknown-line",
        ),
        invalid("a line named twice", amend(pending, &numbered(&[1, 1])), "/lines/1/no", "duplicate"),
        invalid("a line of number 0", amend(pending, &numbered(&[0])), "/lines/0/no", "out-of-range"),
        conflict("amending after the start", amend(processing, &note), "processing"),
        conflict("looking after the start", foresee(processing, &note), "processing"),
        conflict("amending what is cancelled", amend(cancelled, &note), "cancelled"),
        conflict("cancelling after the start", cancel(processing, &json!({})), "processing"),
        conflict(
            "cancelling again for another reason",
            cancel(cancelled, &json!({"reason": "duplicate"})),
            "cancelled",
        ),
        invalid(
            "a reason of the shop's",
            cancel(pending, &json!({"reason": "fraud"})),
            "/reason",
            "unknown-value",
        ),
        invalid(
            "a comment of 1,001",
            cancel(pending, &json!({"comment": "c".repeat(1_001)})),
            "/comment",
            "too-long",
        ),
        invalid(
            "amending the status",
            amend(pending, &json!({"status": "completed"})),
            "/status",
            "unknown-field",
        ),
        invalid("amending nothing", amend(pending, &json!({"comment": "why not"})), "", "missing"),
        invalid("amending to no lines", amend(pending, &json!({"lines": []})), "/lines", "too-few"),
        invalid("amending to quantity 0", amend(pending, &line(0)), at, "out-of-range"),
        case("amending to more than there is", amend(pending, &line(10_000)), 409, "insufficient-stock")
            .at(at, "insufficient-stock")
            .currently("pending_review"),
        invalid("amending to nobody", amend(pending, &json!({"contact": {}})), "/contact/name", "missing"),
        parameter(
            "a preview that is maybe",
            fixture
                .customer("POST", &format!("/v1/orders/{pending}/amendments?preview=maybe"))
                .if_match("*")
                .json(&note),
            "preview",
            "wrong-type",
        ),
    ]
}

fn strangers(fixture: &Fixture) -> Vec<Case> {
    let stranger = |method: &str, rest: &str| {
        Request::new(method, format!("/v1/orders/{}{rest}", fixture.order.id)).bearer(&fixture.stranger_token)
    };
    let hidden = |name, request| case(name, request, 404, "not-found");
    vec![
        hidden("another's order", stranger("GET", "")),
        hidden("another's history", stranger("GET", "/history")),
        hidden(
            "amending another's order",
            stranger("POST", "/amendments").if_match("\"1\"").json(&json!({"note": "x"})),
        ),
        hidden(
            "the same at a wrong version",
            stranger("POST", "/amendments").if_match("\"9\"").json(&json!({"note": "x"})),
        ),
        hidden(
            "looking at an amendment of another's order",
            stranger("POST", "/amendments?preview=true").if_match("\"1\"").json(&json!({"note": "x"})),
        ),
        hidden("cancelling another's order", stranger("POST", "/cancel").json(&json!({}))),
    ]
}

fn ids(fixture: &Fixture) -> Vec<Case> {
    let long = "1".repeat(300);
    let number = fixture.order.id.to_string();
    let mistyped = mistyped(fixture.order.id);
    let none = |name, path: String| case(name, fixture.customer("GET", &path), 404, "not-found");
    let order = |id: &str| format!("/v1/orders/{id}");
    vec![
        none("id abc", order("abc")),
        none("id 0", order("0")),
        none("id -1", order("-1")),
        none("id 2^64", order("18446744073709551616")),
        none("id U+0000", order("%00")),
        none("id of bytes that are no UTF-8", order("%C3%28")),
        none("id of 300", order(&long)),
        none("id of another kind", order(&fixture.store.id.to_string())),
        none("no id", "/v1/orders/".into()),
        none("no such address", "/v1/order".into()),
        none("an order that does not exist", order(&OrderId::from_i64(987_654_321_987_654).to_string())),
        case("a mistyped number", fixture.customer("GET", &order(&mistyped)), 404, "order-number-mistyped"),
        case("an id abc of a member", fixture.manager("GET", "/v1/staff/members/abc"), 404, "not-found"),
        case(
            "an order among products",
            fixture.manager("GET", &format!("/v1/staff/products/{number}")),
            404,
            "not-found",
        ),
    ]
}
