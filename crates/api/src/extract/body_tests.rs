use super::*;
use crate::extract::gather::MAX_REREAD_BYTES;
use crate::problem::MAX_FIELD_ERRORS;
use crate::translations::Locale;
use serde::Deserialize;

#[derive(Debug, Deserialize, Validate, PartialEq)]
struct Basket {
    #[validate(length(min = 1, max = 3), nested)]
    lines: Vec<Line>,
    #[validate(length(max = 5))]
    note: Option<String>,
    #[serde(default)]
    channel: Channel,
    gift: Option<bool>,
}

#[derive(Debug, Deserialize, Validate, PartialEq, serde::Serialize)]
struct Line {
    #[validate(length(min = 1))]
    product: String,
    #[validate(range(min = 1, max = 999))]
    quantity: i64,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Channel {
    #[default]
    Web,
    PhoneCall,
}

fn parsed<T: serde::de::DeserializeOwned + Validate>(body: &[u8]) -> Result<T, Problem> {
    parse(body, false, |_| vec![])
}

fn refusal(body: impl AsRef<[u8]>) -> (Code, Vec<(String, String)>) {
    let problem = parsed::<Basket>(body.as_ref()).unwrap_err();
    let errors = problem.field_errors().iter().map(|e| (e.pointer.clone(), e.code.to_string())).collect();
    (problem.code(), errors)
}

fn with_line(line: &str) -> String {
    format!(r#"{{"lines": [{{"product": "p", "quantity": 1}}, {line}]}}"#)
}

#[test]
fn a_good_body_is_read() {
    let body = r#"{"lines": [{"product": "保温杯", "quantity": 2}], "note": null, "channel": "phone_call"}"#;
    let basket: Basket = parsed(body.as_bytes()).unwrap();
    assert_eq!(basket.lines, [Line { product: "保温杯".into(), quantity: 2 }]);
    assert_eq!((basket.note, basket.channel, basket.gift), (None, Channel::PhoneCall, None));
}

#[test]
fn unreadable_bodies_are_400() {
    let deep = "[".repeat(200) + &"]".repeat(200);
    let bodies: [&[u8]; 11] = [
        b"",
        b" ",
        b"{",
        br#"{"a":1,}"#,
        br#"{"lines": []} x"#,
        b"{\"note\": \"\xC3\x28\"}",
        br#"{"note": "\ud800"}"#,
        br#"{"note": "\udc00\ud800"}"#,
        b"{\"note\": \"raw\nline\"}",
        br#"{"gift": 1e999}"#,
        deep.as_bytes(),
    ];
    for body in bodies {
        let (code, errors) = refusal(body);
        assert_eq!((code, errors.len()), (Code::MalformedRequest, 0), "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn wrong_content_is_422_with_pointer_and_code() {
    let line = |quantity: &str| with_line(&format!(r#"{{"product": "p", "quantity": {quantity}}}"#));
    let cases: Vec<(String, &str, &str)> = vec![
        ("null".into(), "", "wrong-type"),
        ("[]".into(), "", "wrong-type"),
        (r#""x""#.into(), "", "wrong-type"),
        (r#"[[{"product": "p", "quantity": 1}], "n", "web", true]"#.into(), "", "wrong-type"),
        ("{}".into(), "/lines", "missing"),
        (r#"{"lines": null}"#.into(), "/lines", "wrong-type"),
        (r#"{"lines": []}"#.into(), "/lines", "too-few"),
        (with_line(r#"["p", 1]"#), "/lines/1", "wrong-type"),
        (
            with_line(r#"{"product": "p", "quantity": 1, "unit_price": 1}"#),
            "/lines/1/unit_price",
            "unknown-field",
        ),
        (
            with_line(r#"{"product": "p", "quantity": 1, "quantity": 2}"#),
            "/lines/1/quantity",
            "duplicate-field",
        ),
        (with_line(r#"{"product": "p"}"#), "/lines/1/quantity", "missing"),
        (with_line(r#"{"product": 5, "quantity": 1}"#), "/lines/1/product", "wrong-type"),
        (with_line(r#"{"product": "\u0000", "quantity": 1}"#), "/lines/1/product", "forbidden-character"),
        (with_line(r#"{"product": "\uFFFE", "quantity": 1}"#), "/lines/1/product", "forbidden-character"),
        (with_line(r#"{"product": "\u0085", "quantity": 1}"#), "/lines/1/product", "forbidden-character"),
        (with_line(r#"{"product": "", "quantity": 1}"#), "/lines/1/product", "too-short"),
        (line("0"), "/lines/1/quantity", "out-of-range"),
        (line("-1"), "/lines/1/quantity", "out-of-range"),
        (line("1.0"), "/lines/1/quantity", "wrong-type"),
        (line("1e3"), "/lines/1/quantity", "wrong-type"),
        (line("\"1\""), "/lines/1/quantity", "wrong-type"),
        (line("9223372036854775808"), "/lines/1/quantity", "out-of-range"),
        (line("99999999999999999999"), "/lines/1/quantity", "wrong-type"),
        (
            r#"{"lines": [{"product": "p", "quantity": 1}], "channel": "fax"}"#.into(),
            "/channel",
            "unknown-value",
        ),
        (
            r#"{"lines": [{"product": "p", "quantity": 1}], "channel": ["web"]}"#.into(),
            "/channel",
            "wrong-type",
        ),
        (
            r#"{"lines": [{"product": "p", "quantity": 1}], "status": "paid"}"#.into(),
            "/status",
            "unknown-field",
        ),
    ];
    for (body, pointer, code) in cases {
        assert_eq!(refusal(&body), (Code::ValidationFailed, vec![(pointer.into(), code.into())]), "{body}");
    }
}

/// Pointer, code and words of everything that is wrong with a body.
fn told(body: &str) -> Vec<String> {
    let problem = parsed::<Basket>(body.as_bytes()).unwrap_err();
    let told =
        |error: &FieldError| format!("{} {}: {}", error.pointer, error.code, error.detail.in_english());
    problem.field_errors().iter().map(told).collect()
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let body = r#"{"lines": [{"product": 5, "quantity": "x"}, {"quanity": 1, "product": ""}, {"product": "p",
        "quantity": 1, "quantity": 0}], "note": "123456", "channel": "phone_cal", "gift": "yes", "nte": "x",
        "lines": [], "\u0000": 1}"#;
    assert_eq!(
        told(body),
        [
            "/lines/2/quantity duplicate-field: this field appears twice",
            "/lines duplicate-field: this field appears twice",
            " forbidden-character: this contains the invisible character U+0000, which is not allowed here",
            "/nte unknown-field: there is no such field; did you mean note?",
            "/lines/0/product wrong-type: expected a string",
            "/lines/0/quantity wrong-type: expected a whole number",
            "/lines/1/quanity unknown-field: there is no such field; did you mean quantity?",
            "/lines/1/quantity missing: this is required",
            "/channel unknown-value: this is not one of the possible values; did you mean phone_call? Use one of web, \
             phone_call",
            "/gift wrong-type: expected true or false",
            "/lines/1/product too-short: at least 1 character",
            "/note too-long: at most 5 characters",
        ]
    );
}

#[test]
fn what_is_missing_or_of_another_type_is_not_told_twice() {
    assert_eq!(told("{}"), ["/lines missing: this is required"]);
    assert_eq!(told("[]"), [" wrong-type: expected an object"]);
    assert_eq!(
        told(r#"{"lines": "x", "note": "123456"}"#),
        ["/lines wrong-type: expected a list", "/note too-long: at most 5 characters"]
    );
}

#[test]
fn a_hostile_body_does_not_buy_endless_work() {
    let lines = "[],".repeat(20_000);
    let problem = parsed::<Basket>(format!(r#"{{"lines": [{lines}[]]}}"#).as_bytes()).unwrap_err();
    assert_eq!(problem.field_errors().len(), MAX_REREAD_BYTES / (lines.len() + 15));
    let hidden: String = (0..10_000).map(|_| "\"\u{85}\",").collect();
    let problem = parsed::<Basket>(format!(r#"{{"lines": [{hidden}1]}}"#).as_bytes()).unwrap_err();
    assert_eq!(problem.field_errors().len(), MAX_FIELD_ERRORS);
    let few = "[],".repeat(99);
    let problem = parsed::<Basket>(format!(r#"{{"lines": [{few}[]]}}"#).as_bytes()).unwrap_err();
    assert_eq!(problem.field_errors().len(), MAX_FIELD_ERRORS);
}

#[test]
fn a_body_that_is_none_is_told_from_one_that_goes_on() {
    let detail = |body: &str| {
        let problem = parsed::<Basket>(body.as_bytes()).unwrap_err();
        problem.body("r", Locale::english()).detail
    };
    for (body, expected) in [
        ("", "the body is empty; send one JSON object"),
        ("{", "the body ends before its JSON does (line 1, column 1)"),
        ("{} x", "something follows after the JSON of the body (line 1, column 4); send one JSON object"),
        ("{'a': 1}", "the body is not well-formed JSON in UTF-8 (line 1, column 2)"),
        (&("[".repeat(200) + &"]".repeat(200)), "the JSON of the body is nested too deeply"),
    ] {
        assert_eq!(detail(body), expected);
    }
}

#[derive(Debug, serde::Deserialize, validator::Validate)]
struct Limits {
    #[serde(default)]
    #[validate(length(min = 1))]
    ids: Option<Vec<String>>,
    #[serde(default)]
    #[validate(length(equal = 2))]
    digest: Option<String>,
}

#[test]
fn limits_count_code_points_and_are_named() {
    let one = r#"{"product": "p", "quantity": 1}"#;
    let problem =
        parsed::<Basket>(format!(r#"{{"lines": [{one},{one},{one},{one}], "note": "123456"}}"#).as_bytes())
            .unwrap_err();
    let errors: Vec<_> =
        problem.field_errors().iter().map(|e| (e.pointer.as_str(), e.detail.in_english())).collect();
    assert_eq!(
        errors,
        [("/lines", "at most 3 entries".to_owned()), ("/note", "at most 5 characters".to_owned())]
    );
    assert!(parsed::<Basket>(format!(r#"{{"lines": [{one}], "note": "王小明王小"}}"#).as_bytes()).is_ok());
    let detail =
        |body: &str| parsed::<Limits>(body.as_bytes()).unwrap_err().field_errors()[0].detail.in_english();
    assert_eq!(detail(r#"{"ids": []}"#), "at least 1 entry");
    assert_eq!(detail(r#"{"digest": "abc"}"#), "exactly 2 characters");
    assert_eq!(detail(r#"{"digest": "a"}"#), "exactly 2 characters");
    assert_eq!(detail(r#"{"ids": "a"}"#), "expected a list");
}

#[test]
fn no_refusal_repeats_the_value() {
    for body in [
        with_line(r#"{"product": 1, "quantity": "s3cret"}"#),
        with_line(r#"{"product": "s3cret\u0000", "quantity": 1}"#),
        r#"{"lines": [], "channel": "s3cret"}"#.to_owned(),
        r#"{"lines": "s3cret"}"#.to_owned(),
        r#"{"lines": [], "note": "s3cret is too long"}"#.to_owned(),
        r#"{"s3cret"#.to_owned(),
    ] {
        let problem = parsed::<Basket>(body.as_bytes()).unwrap_err();
        let text = serde_json::to_string(&problem.body("r", Locale::english())).unwrap();
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[derive(Debug, Deserialize, Validate, PartialEq)]
struct Change {
    #[serde(default, deserialize_with = "crate::extract::present")]
    #[validate(length(max = 3))]
    note: Option<Option<String>>,
    #[serde(default, deserialize_with = "crate::extract::present_value")]
    name: Option<String>,
}

#[test]
fn a_patch_tells_absent_null_and_value_apart() {
    let change = |body: &str| parsed::<Change>(body.as_bytes()).map(|c| (c.note, c.name));
    assert_eq!(change("{}").unwrap(), (None, None));
    assert_eq!(change(r#"{"note": null}"#).unwrap(), (Some(None), None));
    assert_eq!(change(r#"{"note": "x", "name": "n"}"#).unwrap(), (Some(Some("x".into())), Some("n".into())));
    assert_eq!(change(r#"{"name": null}"#).unwrap_err().field_errors()[0].code, "wrong-type");
    assert_eq!(change(r#"{"note": "long"}"#).unwrap_err().field_errors()[0].code, "too-long");
}

#[test]
fn body_limits_go_by_kind_of_operation() {
    assert_eq!(body_limit_bytes(Some("/v1/auth/login")), 4 * 1024);
    assert_eq!(body_limit_bytes(Some("/v1/staff/auth/login")), 4 * 1024);
    assert_eq!(body_limit_bytes(Some("/v1/orders")), 64 * 1024);
    assert_eq!(body_limit_bytes(Some("/v1/staff/batches")), 256 * 1024);
}
