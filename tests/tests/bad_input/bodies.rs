//! What no operation takes: bodies that are no JSON or not of the shape, queries that are not understood.

use serde_json::{Value, json};

use crate::case::{Case, case, invalid, parameter};
use crate::fixture::Fixture;

pub(crate) fn cases(fixture: &Fixture) -> Vec<Case> {
    let mut cases = syntax(fixture);
    cases.extend(shape(fixture));
    cases.extend(characters(fixture));
    cases.extend(queries(fixture));
    cases
}

fn malformed(name: &'static str, fixture: &Fixture, body: impl Into<Vec<u8>>) -> Case {
    case(name, fixture.place_text(body), 400, "malformed-request")
}

fn syntax(fixture: &Fixture) -> Vec<Case> {
    vec![
        malformed("an object that does not end", fixture, "{"),
        malformed("a comma too many", fixture, r#"{"a":1,}"#),
        malformed("nothing", fixture, ""),
        malformed("two documents", fixture, "{}{}"),
        malformed("bytes that are no UTF-8", fixture, b"{\"note\": \"\xC3\x28\"}"),
        malformed("half a surrogate pair", fixture, r#"{"note": "\ud800"}"#),
        malformed("a number beyond all bounds", fixture, r#"{"note": 1e999}"#),
        malformed("200 lists in each other", fixture, "[".repeat(200) + &"]".repeat(200)),
        malformed(
            "200 lists in each other in a field",
            fixture,
            format!(r#"{{"note": {}{}}}"#, "[".repeat(200), "]".repeat(200)),
        ),
        // What comes first is told first: nobody without a token learns what is wrong with the body.
        case(
            "no JSON from nobody",
            ordervault_tests::http::Request::post("/v1/staff/stores").text("{"),
            401,
            "token-missing",
        ),
    ]
}

fn shape(fixture: &Fixture) -> Vec<Case> {
    let body = |text: &str| fixture.place_text(text);
    let good = fixture.order_body();
    let positional = json!([good["store_id"], good["lines"], good["contact"], good["note"]]);
    let line = json!([good["lines"][0]["product_id"], 1]);
    let twice = good.to_string().replacen('{', r#"{"note": "first","#, 1);
    let twice_inside = good.to_string().replacen(r#""name""#, r#""name": "X", "name""#, 1);
    vec![
        invalid("null for an object", body("null"), "", "wrong-type"),
        invalid("a list for an object", body("[]"), "", "wrong-type"),
        invalid("a text for an object", body(r#""x""#), "", "wrong-type"),
        invalid("the fields without their names", fixture.place(&positional), "", "wrong-type"),
        invalid("a line without names", fixture.place_with("/lines/0", line), "/lines/0", "wrong-type"),
        invalid("null for a contact", fixture.place_with("/contact", Value::Null), "/contact", "wrong-type"),
        invalid("an object for a list", fixture.place_with("/lines", json!({})), "/lines", "wrong-type"),
        invalid("a number for a text", fixture.place_with("/note", json!(7)), "/note", "wrong-type"),
        invalid("an unknown field", fixture.place_with("/colour", json!("red")), "/colour", "unknown-field"),
        invalid(
            "an unknown field inside",
            fixture.place_with("/contact/fax", json!("1")),
            "/contact/fax",
            "unknown-field",
        ),
        invalid("no fields at all", body("{}"), "/store_id", "missing"),
        invalid("a field twice", body(&twice), "/note", "duplicate-field"),
        invalid("a field twice inside", body(&twice_inside), "/contact/name", "duplicate-field"),
    ]
}

fn characters(fixture: &Fixture) -> Vec<Case> {
    let name = |text: &str| fixture.place_with("/contact/name", json!(text));
    let note = |text: &str| fixture.place_with("/note", json!(text));
    let (at_name, at_note, rule) = ("/contact/name", "/note", "forbidden-character");
    vec![
        invalid("U+0000 in a name", name("a\0b"), at_name, rule),
        invalid("U+0000 in a note", note("a\0b"), at_note, rule),
        invalid("U+0000 in an id", fixture.place_with("/store_id", json!("sto_\0")), "/store_id", rule),
        invalid("U+0000 in the name of a field", fixture.place_with("/no\0te", json!("x")), "", rule),
        invalid("U+FFFE", note("a\u{FFFE}"), at_note, rule),
        invalid("U+FDD0", note("a\u{FDD0}"), at_note, rule),
        invalid("U+0085", name("a\u{85}"), at_name, rule),
        invalid("U+001B", note("a\u{1B}[2J"), at_note, rule),
        invalid("a line break in a name", name("a\nb"), at_name, rule),
        parameter(
            "U+0000 in a query",
            fixture.manager("GET", "/v1/staff/orders?q=%00"),
            "q",
            "forbidden-character",
        ),
    ]
}

fn queries(fixture: &Fixture) -> Vec<Case> {
    let list = |query: &str| fixture.manager("GET", &format!("/v1/staff/orders?{query}"));
    let own = |query: &str| fixture.customer("GET", &format!("/v1/orders?{query}"));
    vec![
        parameter("a parameter twice", list("limit=1&limit=2"), "limit", "repeated-parameter"),
        parameter("a parameter twice, equal", own("limit=1&limit=1"), "limit", "repeated-parameter"),
        parameter(
            "a list in two pieces",
            own("status=confirmed&status=invalid"),
            "status",
            "repeated-parameter",
        ),
        parameter("an unknown parameter", list("limt=1"), "limt", "unknown-parameter"),
        parameter("a customer's filter by customer", own("customer=1"), "customer", "unknown-parameter"),
        parameter(
            "a filter for everybody",
            fixture.customer("GET", "/v1/stores?q=x"),
            "q",
            "unknown-parameter",
        ),
        parameter(
            "a parameter where there is none",
            fixture.customer("GET", "/v1/me?verbose=true"),
            "verbose",
            "unknown-parameter",
        ),
        parameter(
            "a parameter beside a good body",
            ordervault_tests::http::Request::post("/v1/orders?dry_run=true")
                .bearer(&fixture.token)
                .key(&fixture.server.key())
                .json(&fixture.order_body()),
            "dry_run",
            "unknown-parameter",
        ),
        parameter("no time at all", list("placed_after=yesterday"), "placed_after", "invalid-time"),
        parameter("30 February", list("placed_after=2026-02-30T00:00:00Z"), "placed_after", "invalid-time"),
        parameter(
            "a time without offset",
            own("placed_before=2026-01-01T00:00:00"),
            "placed_before",
            "invalid-time",
        ),
        parameter("a negative amount", list("total_min=-1"), "total_min", "out-of-range"),
        parameter("half a unit", list("total_max=1.5"), "total_max", "wrong-type"),
        parameter("a number for yes", list("include_total=1"), "include_total", "wrong-type"),
        parameter("a status that does not exist", list("status=paid"), "status", "unknown-value"),
        parameter("a status without a name", list("status=confirmed,"), "status", "blank"),
        parameter("a phone number of two digits", list("customer=12"), "customer", "too-short"),
    ]
}
