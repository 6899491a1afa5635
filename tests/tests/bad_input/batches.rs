//! The trash, and acts on many orders at once.

use ordervault_domain::id::BatchId;
use ordervault_tests::http::Request;
use serde_json::{Value, json};

use crate::case::{Case, case, invalid, parameter};
use crate::fixture::{Fixture, mistyped};

const PATH: &str = "/v1/staff/batches";

pub(crate) fn cases(fixture: &Fixture) -> Vec<Case> {
    let mut cases = trash(fixture);
    cases.extend(bodies(fixture));
    cases.extend(filters(fixture));
    cases.extend(rights(fixture));
    cases.extend(paths(fixture));
    cases
}

fn trash(fixture: &Fixture) -> Vec<Case> {
    let act = |id: &dyn ToString, name: &str| {
        fixture.manager("POST", &format!("/v1/staff/orders/{}/{name}", id.to_string()))
    };
    let conflict = |name, request, status| case(name, request, 409, "state-conflict").currently(status);
    let reviewer = Request::post(format!("/v1/staff/orders/{}/delete", fixture.order.id));
    vec![
        conflict("deleting what is not invalid", act(&fixture.confirmed.id, "delete"), "confirmed"),
        case(
            "deleting an order of another store",
            act(&fixture.foreign_order.id, "delete"),
            404,
            "not-found",
        ),
        case(
            "deleting at a stale version",
            act(&fixture.confirmed.id, "delete").if_match("\"1\""),
            412,
            "precondition-failed",
        )
        .currently("confirmed"),
        case("a reviewer deletes", reviewer.bearer(&fixture.reviewer_token), 403, "forbidden"),
    ]
}

fn run(fixture: &Fixture, body: &Value) -> Request {
    fixture.manager("POST", PATH).key(&fixture.server.key()).json(body)
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn bodies(fixture: &Fixture) -> Vec<Case> {
    let order = fixture.confirmed.id.to_string();
    let many = vec![order.clone(); 501];
    let mistyped = mistyped(fixture.confirmed.id);
    let fault = |name, body: Value, pointer, code| invalid(name, run(fixture, &body), pointer, code);
    let confirm = |ids: Value| json!({"action": "confirm", "ids": ids});
    vec![
        fault(
            "an act that there is not",
            json!({"action": "purge", "ids": [order]}),
            "/action",
            "unknown-value",
        ),
        fault("no act", json!({"ids": [order]}), "/action", "missing"),
        fault("no orders", json!({"action": "confirm"}), "/ids", "missing"),
        fault("0 ids", confirm(json!([])), "/ids", "too-few"),
        fault("501 ids", confirm(json!(many)), "/ids", "too-many"),
        fault("a mistyped id", confirm(json!([mistyped])), "/ids/0", "mistyped"),
        fault("an id that is none", confirm(json!([order, "0BQ7"])), "/ids/1", "unknown-order"),
        fault("one id without a list", confirm(json!(order)), "/ids", "wrong-type"),
        fault(
            "ids and a filter",
            json!({"action": "confirm", "ids": [order], "filter": {}}),
            "/ids",
            "contradiction",
        ),
        fault(
            "a reason to confirm",
            json!({"action": "confirm", "ids": [order], "reason": "test"}),
            "/reason",
            "contradiction",
        ),
        fault(
            "a reason of another act",
            json!({"action": "cancel", "ids": [order], "reason": "test"}),
            "/reason",
            "unknown-value",
        ),
        fault(
            "an act that says more",
            json!({"action": "amend", "ids": [order]}),
            "/action",
            "unknown-value",
        ),
        fault(
            "an act of the program",
            json!({"action": "expire", "ids": [order]}),
            "/action",
            "unknown-value",
        ),
        fault(
            "a comment on deleting",
            json!({"action": "delete", "ids": [order], "comment": "x"}),
            "/comment",
            "contradiction",
        ),
        fault("no reason", json!({"action": "invalidate", "ids": [order]}), "/reason", "missing"),
        fault(
            "a reason that does not exist",
            json!({"action": "invalidate", "ids": [order], "reason": "x"}),
            "/reason",
            "unknown-value",
        ),
        fault(
            "a comment of 1,001",
            json!({"action": "invalidate", "ids": [order], "reason": "test", "comment": "c".repeat(1_001)}),
            "/comment",
            "too-long",
        ),
        fault("deleting without a digest", json!({"action": "delete", "ids": [order]}), "/digest", "missing"),
        fault("a filter without a digest", json!({"action": "confirm", "filter": {}}), "/digest", "missing"),
        fault(
            "a correction without a digest",
            json!({"action": "adjust", "ids": [order], "reason": "other", "correction": {"kind": "discount", "rate": 1}}),
            "/digest",
            "missing",
        ),
        fault(
            "no correction",
            json!({"action": "adjust", "ids": [order], "reason": "other"}),
            "/correction",
            "missing",
        ),
        fault(
            "a correction without a reason",
            json!({"action": "adjust", "ids": [order], "correction": {"kind": "discount", "rate": 1}}),
            "/reason",
            "missing",
        ),
        fault(
            "a correction of nothing",
            json!({"action": "adjust", "ids": [order], "reason": "other", "correction": {"kind": "discount"}}),
            "/correction/amount",
            "amount-or-rate",
        ),
        fault(
            "a correction by more than all",
            json!({"action": "adjust", "ids": [order], "reason": "other", "correction": {"kind": "discount", "rate": 100_001}}),
            "/correction/rate",
            "out-of-range",
        ),
        fault(
            "a correction where none is made",
            json!({"action": "confirm", "ids": [order], "correction": {"kind": "discount", "rate": 1}}),
            "/correction",
            "contradiction",
        ),
        fault(
            "a short digest",
            json!({"action": "delete", "ids": [order], "digest": "abc"}),
            "/digest",
            "too-short",
        ),
        fault(
            "a field that there is not",
            json!({"action": "confirm", "ids": [order], "force": true}),
            "/force",
            "unknown-field",
        ),
    ]
}

fn filters(fixture: &Fixture) -> Vec<Case> {
    let mut cases = vec![];
    for (name, filter, pointer, code) in [
        ("a list for a filter", json!([]), "/filter", "wrong-type"),
        ("a mistyped filter", json!({"stauts": ["invalid"]}), "/filter/stauts", "unknown-field"),
        ("a status that there is not", json!({"status": ["paid"]}), "/filter/status/0", "unknown-value"),
        ("a text for a list", json!({"status": "invalid"}), "/filter/status", "wrong-type"),
        ("a text for a number", json!({"total_min": "5"}), "/filter/total_min", "wrong-type"),
        ("an order", json!({"sort": "due_at"}), "/filter/sort", "unknown-field"),
        ("null for a status", json!({"status": null}), "/filter/status", "wrong-type"),
        ("an object for a status", json!({"status": {"is": "invalid"}}), "/filter/status", "wrong-type"),
        ("less than nothing", json!({"total_min": -1}), "/filter/total_min", "out-of-range"),
        ("a page size", json!({"limit": 5}), "/filter/limit", "unknown-field"),
        ("a page", json!({"cursor": "x"}), "/filter/cursor", "unknown-field"),
        ("a phone number of two digits", json!({"customer": "12"}), "/filter/customer", "too-short"),
        ("a search of 201", json!({"q": "q".repeat(201)}), "/filter/q", "too-long"),
    ] {
        let body = json!({"action": "delete", "filter": filter, "digest": "0".repeat(64)});
        cases.push(invalid(name, run(fixture, &body), pointer, code));
        let preview = fixture.manager("POST", &format!("{PATH}?preview=true")).json(&body);
        cases.push(invalid(name, preview, pointer, code));
    }
    cases
}

fn rights(fixture: &Fixture) -> Vec<Case> {
    let order = fixture.order.id.to_string();
    let delete = json!({"action": "delete", "ids": [order], "digest": "0".repeat(64)});
    let reviewer =
        |target: &str| Request::post(target).bearer(&fixture.reviewer_token).key(&fixture.server.key());
    vec![
        case("a digest that was never given", run(fixture, &delete), 409, "preview-outdated"),
        case("a reviewer deletes many", reviewer(PATH).json(&delete), 403, "forbidden"),
        case(
            "a reviewer previews that",
            reviewer(&format!("{PATH}?preview=true")).json(&delete),
            403,
            "forbidden",
        ),
        case("a customer deletes many", fixture.customer("POST", PATH).json(&delete), 403, "forbidden"),
        case(
            "without a key",
            fixture.manager("POST", PATH).json(&json!({"action": "confirm", "ids": [order]})),
            400,
            "idempotency-key-missing",
        ),
    ]
}

fn paths(fixture: &Fixture) -> Vec<Case> {
    let batch = format!("{PATH}/{}", BatchId::from_i64(7));
    let missing = |name, method, path: &str| case(name, fixture.manager(method, path), 404, "not-found");
    let items = fixture.manager("GET", &format!("{batch}/items?result=done"));
    vec![
        missing("a batch that is not there", "GET", &batch),
        missing("its orders", "GET", &format!("{batch}/items")),
        missing("cancelling it", "POST", &format!("{batch}/cancel")),
        missing("an order for a batch", "GET", &format!("{PATH}/{}", fixture.order.id)),
        parameter("a result that there is not", items, "result", "unknown-value"),
        parameter(
            "a mistyped step",
            run(fixture, &json!({"action": "confirm", "ids": [fixture.order.id.to_string()]}))
                .more("?previw=true"),
            "previw",
            "unknown-parameter",
        ),
        case("deleting a batch", fixture.manager("DELETE", &batch), 405, "method-not-allowed"),
    ]
}
