//! The back office: lists, acts on orders, members, stores, products.

use ordervault_domain::id::OrderId;
use ordervault_tests::http::Request;
use serde_json::{Value, json};

use crate::case::{Case, case, invalid, parameter};
use crate::fixture::{Fixture, mistyped};

pub(crate) fn lists_and_orders(fixture: &Fixture) -> Vec<Case> {
    let mut cases = lists(fixture);
    cases.extend(out_of_scope(fixture));
    cases.extend(operations(fixture));
    cases.extend(histories(fixture));
    cases.extend(the_past(fixture));
    cases.extend(seen(fixture));
    cases
}

pub(crate) fn members_and_catalogue(fixture: &Fixture) -> Vec<Case> {
    let mut cases = rights(fixture);
    cases.extend(conflicts(fixture));
    cases.extend(catalogue(fixture));
    cases.extend(expiry_previews(fixture));
    cases.extend(approvals(fixture));
    cases
}

fn lists(fixture: &Fixture) -> Vec<Case> {
    let list = |query: &str| fixture.manager("GET", &format!("/v1/staff/orders?{query}"));
    let customer =
        |path: &str| case("a customer on a staff path", fixture.customer("GET", path), 403, "forbidden");
    let cursor = |name, cursor: &str| {
        parameter(name, list(&format!("limit=1&cursor={cursor}")), "cursor", "unknown-cursor")
    };
    let long = "q".repeat(201);
    let mut cases = vec![
        customer("/v1/staff/me"),
        customer("/v1/staff/orders"),
        customer("/v1/staff/members"),
        parameter("limit -1", list("limit=-1"), "limit", "wrong-type"),
        parameter("limit 0", list("limit=0"), "limit", "out-of-range"),
        parameter("limit 101", list("limit=101"), "limit", "out-of-range"),
        parameter("limit abc", list("limit=abc"), "limit", "wrong-type"),
        parameter("limit nothing", list("limit="), "limit", "wrong-type"),
        parameter("a sort order with more behind", list("sort=created_at;drop"), "sort", "unknown-value"),
        parameter("a search of 201", list(&format!("q={long}")), "q", "too-long"),
        parameter("an empty search", list("q="), "q", "too-short"),
        cursor("a cursor of nothing", "AAAA"),
        cursor("a cursor that is no base64", "%25%25"),
    ];
    for index in [0, 15, 31] {
        let mut changed = fixture.cursor.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        cases.push(cursor("a cursor with one byte changed", &String::from_utf8_lossy(&changed)));
    }
    let of = |query: &str| format!("{query}&cursor={}", fixture.cursor);
    cases.extend([
        parameter("the cursor of other filters", list(&of("status=confirmed")), "cursor", "unknown-cursor"),
        parameter(
            "the cursor of somebody else",
            fixture.owner("GET", &of("/v1/staff/orders?limit=1")),
            "cursor",
            "unknown-cursor",
        ),
        parameter(
            "the cursor of another list",
            fixture.manager("GET", &of("/v1/staff/products?limit=1")),
            "cursor",
            "unknown-cursor",
        ),
    ]);
    cases
}

fn out_of_scope(fixture: &Fixture) -> Vec<Case> {
    let foreign = fixture.foreign_order.id;
    let get = |rest: &str| fixture.manager("GET", &format!("/v1/staff/orders/{foreign}{rest}"));
    let post = |rest: &str| fixture.manager("POST", &format!("/v1/staff/orders/{foreign}/{rest}"));
    let hidden = |name, request| case(name, request, 404, "not-found");
    let reason = json!({"reason": "test"});
    vec![
        hidden("reading an order of another store", get("")),
        hidden("its history", get("/history")),
        hidden("its time-line", get("/timeline")),
        hidden("confirming it", post("confirm")),
        hidden("the same at a wrong version", post("confirm").if_match("\"9\"")),
        hidden("starting it", post("start")),
        hidden("rejecting it", post("reject").json(&reason)),
        hidden("cancelling it", post("cancel").json(&json!({"reason": "fraud"}))),
        hidden("marking it invalid", post("invalidate").json(&reason)),
        hidden("amending it", post("amendments").if_match("\"1\"").json(&json!({"note": "x"}))),
        hidden("an act that there is not", post("explode")),
    ]
}

fn the_past(fixture: &Fixture) -> Vec<Case> {
    let list = |query: &str| fixture.manager("GET", &format!("/v1/staff/history?{query}"));
    let order =
        |rest: &str| fixture.manager("GET", &format!("/v1/staff/orders/{}{rest}", fixture.confirmed.id));
    let hidden = |name, request| case(name, request, 404, "not-found");
    let foreign = fixture.foreign_order.id;
    let reviewer = Request::get(format!("/v1/staff/members/{}/diff?from=1", fixture.manager.id));
    vec![
        parameter("an event that there is not", list("event=exploded"), "event", "unknown-value"),
        parameter("one of two events", list("event=placed,exploded"), "event", "unknown-value"),
        parameter("a kind that there is not", list("kind=order,spaceship"), "kind", "unknown-value"),
        parameter("a field that there is not", list("field=colour"), "field", "unknown-value"),
        parameter("part of a field's name", list("field=stat%25"), "field", "unknown-value"),
        parameter("an actor that is none", list("actor=nobody"), "actor", "unknown-value"),
        parameter(
            "a kind of actor that there is not",
            list("actor_kind=ghost"),
            "actor_kind",
            "unknown-value",
        ),
        parameter("a thing that is none", list("entity=7"), "entity", "unknown-value"),
        parameter("a store that is none", list("store=here"), "store", "invalid-id"),
        parameter("a time that is none", list("recorded_after=noon"), "recorded_after", "invalid-time"),
        parameter("a filter that there is not", list("actions=placed"), "actions", "unknown-parameter"),
        parameter(
            "a cursor of another list",
            list(&format!("cursor={}", fixture.cursor)),
            "cursor",
            "unknown-cursor",
        ),
        parameter("as of something", order("?as_of=then"), "as_of", "no-moment"),
        parameter("as of nothing", order("?as_of="), "as_of", "no-moment"),
        parameter("as of version 01", order("?as_of=01"), "as_of", "no-moment"),
        parameter("as of version +1", order("?as_of=%2B1"), "as_of", "no-moment"),
        parameter("as of version 0", order("?as_of=0"), "as_of", "no-moment"),
        parameter("as of a negative version", order("?as_of=-1"), "as_of", "no-moment"),
        parameter("as of a day", order("?as_of=2026-01-31"), "as_of", "no-moment"),
        parameter("as of a number beyond all", order("?as_of=99999999999999999999"), "as_of", "no-moment"),
        parameter("a diff of nothing", order("/diff"), "from", "missing"),
        parameter("a diff to something", order("/diff?from=1&to=then"), "to", "no-moment"),
        parameter(
            "a diff back",
            order("/diff?from=2030-01-02T00:00:00Z&to=2030-01-01T00:00:00Z"),
            "from",
            "later-than-to",
        ),
        hidden("as of a version that it never had", order("?as_of=99")),
        hidden("as of before it was", order("?as_of=2020-01-01T00:00:00Z")),
        hidden("a diff from before it was", order("/diff?from=2020-01-01T00:00:00Z")),
        hidden(
            "another store's order as it was",
            fixture.manager("GET", &format!("/v1/staff/orders/{foreign}?as_of=1")),
        ),
        hidden("its diff", fixture.manager("GET", &format!("/v1/staff/orders/{foreign}/diff?from=1"))),
        case("a reviewer compares members", reviewer.bearer(&fixture.reviewer_token), 403, "forbidden"),
        case("a customer reads everything", fixture.customer("GET", "/v1/staff/history"), 403, "forbidden"),
    ]
}

fn seen(fixture: &Fixture) -> Vec<Case> {
    let mark = |body: Value| fixture.manager("POST", "/v1/staff/orders/seen").json(&body);
    let own = fixture.order.id.to_string();
    vec![
        invalid("nothing seen", mark(json!({})), "/up_to", "missing"),
        invalid("both seen", mark(json!({"ids": [own], "up_to": "x"})), "/up_to", "contradiction"),
        invalid("no orders seen", mark(json!({"ids": []})), "/ids", "too-few"),
        invalid("501 orders seen", mark(json!({"ids": vec![own.clone(); 501]})), "/ids", "too-many"),
        invalid("something seen", mark(json!({"ids": [own, "x"]})), "/ids/1", "unknown-order"),
        invalid(
            "a mistyped order seen",
            mark(json!({"ids": [mistyped(fixture.order.id)]})),
            "/ids/0",
            "mistyped",
        ),
        invalid("seen up to what no list said", mark(json!({"up_to": "AAAA"})), "/up_to", "unknown-value"),
        invalid("seen up to a number", mark(json!({"up_to": 1})), "/up_to", "wrong-type"),
        invalid(
            "seen by somebody else",
            mark(json!({"up_to": "x", "member_id": "x"})),
            "/member_id",
            "unknown-field",
        ),
        case(
            "reading what was seen",
            fixture.manager("GET", "/v1/staff/orders/seen"),
            405,
            "method-not-allowed",
        ),
    ]
}

fn operations(fixture: &Fixture) -> Vec<Case> {
    let act =
        |order: OrderId, name: &str| fixture.manager("POST", &format!("/v1/staff/orders/{order}/{name}"));
    let (pending, confirmed, cancelled) = (fixture.order.id, fixture.confirmed.id, fixture.cancelled.id);
    let conflict = |name, request, status| case(name, request, 409, "state-conflict").currently(status);
    let reason = json!({"reason": "test"});
    let long = json!({"reason": "test", "comment": "c".repeat(1_001)});
    let reviewer = |name: &str| {
        Request::post(format!("/v1/staff/orders/{pending}/{name}")).bearer(&fixture.reviewer_token)
    };
    vec![
        conflict("completing what waits for review", act(pending, "complete"), "pending_review"),
        conflict("starting what waits for review", act(pending, "start"), "pending_review"),
        conflict("rejecting what is confirmed", act(confirmed, "reject").json(&reason), "confirmed"),
        conflict("confirming what is cancelled", act(cancelled, "confirm"), "cancelled"),
        conflict("restoring what is not invalid", act(confirmed, "restore"), "confirmed"),
        conflict(
            "marking invalid what is being executed",
            act(fixture.processing.id, "invalidate").json(&reason),
            "processing",
        ),
        case(
            "confirming at a stale version",
            act(confirmed, "confirm").if_match("\"1\""),
            412,
            "precondition-failed",
        )
        .currently("confirmed"),
        invalid(
            "marking invalid without a reason",
            act(confirmed, "invalidate").json(&json!({})),
            "/reason",
            "missing",
        ),
        invalid("a comment of 1,001", act(confirmed, "invalidate").json(&long), "/comment", "too-long"),
        invalid(
            "a reason that does not exist",
            act(confirmed, "invalidate").json(&json!({"reason": "x"})),
            "/reason",
            "unknown-value",
        ),
        invalid("rejecting without a reason", act(pending, "reject").json(&json!({})), "/reason", "missing"),
        invalid("cancelling without a reason", act(pending, "cancel").json(&json!({})), "/reason", "missing"),
        invalid(
            "cancelling with two reasons",
            act(pending, "cancel").json(&json!({"reason": ["fraud", "staff"]})),
            "/reason",
            "wrong-type",
        ),
        case("a reviewer cancels", reviewer("cancel").json(&json!({"reason": "fraud"})), 403, "forbidden"),
        case("a reviewer starts", reviewer("start"), 403, "forbidden"),
        case(
            "amending without If-Match",
            act(confirmed, "amendments").json(&json!({"note": "x"})),
            428,
            "precondition-required",
        ),
    ]
}

fn histories(fixture: &Fixture) -> Vec<Case> {
    let paths = [
        format!("/v1/orders/{}/history", fixture.order.id),
        format!("/v1/staff/orders/{}/history", fixture.order.id),
        format!("/v1/staff/stores/{}/history", fixture.store.id),
        format!("/v1/staff/products/{}/history", fixture.product.id),
        format!("/v1/staff/members/{}/history", fixture.manager.id),
    ];
    let mut cases = vec![];
    let orders =
        ["/v1/orders", "/v1/staff/orders"].map(|path| format!("{path}/{}/timeline", fixture.order.id));
    for path in paths.iter().chain(&orders) {
        let ask = |query: &str| {
            let path = format!("{path}?{query}");
            if path.contains("staff") { fixture.owner("GET", &path) } else { fixture.customer("GET", &path) }
        };
        cases.push(parameter("a page of nothing", ask("limit=0"), "limit", "out-of-range"));
        cases.push(parameter("a page of too many", ask("limit=101"), "limit", "out-of-range"));
        cases.push(parameter("a page of a word", ask("limit=all"), "limit", "wrong-type"));
        cases.push(parameter("an order of its own", ask("order=desc"), "order", "unknown-parameter"));
        let foreign = ask(&format!("cursor={}", fixture.cursor));
        cases.push(parameter("a cursor of another list", foreign, "cursor", "unknown-cursor"));
    }
    for path in &paths {
        for method in ["PUT", "PATCH", "DELETE", "POST"] {
            let request = fixture.owner(method, path).json(&json!({"items": []}));
            cases.push(case("changing a history", request, 405, "method-not-allowed"));
        }
    }
    cases.push(case(
        "deleting an order",
        fixture.customer("DELETE", &format!("/v1/orders/{}", fixture.order.id)),
        405,
        "method-not-allowed",
    ));
    cases
}

fn rights(fixture: &Fixture) -> Vec<Case> {
    let edit = |member: String, body: &Value| {
        fixture.manager("PATCH", &format!("/v1/staff/members/{member}")).if_match("*").json(body)
    };
    let own = |body: Value| edit(fixture.manager.id.to_string(), &body);
    let create = |roles: &[&str], rest: Value| {
        let mut body = json!({
            "email": "new@example.com", "name": "Ana", "roles": roles, "password": "blue horses eat soup",
        });
        body.as_object_mut().expect("an object").extend(rest.as_object().cloned().unwrap_or_default());
        fixture.manager("POST", "/v1/staff/members").json(&body)
    };
    let here = json!({"store_ids": [fixture.store.id.to_string()]});
    let there = json!({"store_ids": [fixture.other_store.id.to_string()]});
    let forbidden = |name, request| case(name, request, 403, "forbidden");
    let reviewer = Request::post("/v1/staff/members").bearer(&fixture.reviewer_token);
    vec![
        forbidden("a higher role for oneself", own(json!({"roles": ["manager", "owner"]}))),
        forbidden("all stores for oneself", own(json!({"all_stores": true}))),
        // A store out of scope looks like one that does not exist.
        invalid("another store for oneself", own(there.clone()), "/store_ids/0", "unknown-store"),
        forbidden("a role that one lacks for somebody new", create(&["owner"], here.clone())),
        forbidden("all stores for somebody new", create(&["clerk"], json!({"all_stores": true}))),
        invalid("another store for somebody new", create(&["clerk"], there), "/store_ids/0", "unknown-store"),
        forbidden("a reviewer makes members", reviewer.json(&json!({}))),
        case(
            "a member of more stores",
            edit(fixture.owner.id.to_string(), &json!({"name": "X"})),
            404,
            "not-found",
        ),
        invalid("a role that does not exist", create(&["admin"], here.clone()), "/roles/0", "unknown-value"),
        invalid("no role", create(&[], here.clone()), "/roles", "too-few"),
        invalid("no stores at all", create(&["clerk"], json!({})), "/store_ids", "missing"),
        invalid(
            "an empty list of stores",
            create(&["clerk"], json!({"store_ids": []})),
            "/store_ids",
            "too-few",
        ),
        invalid("null for roles", own(json!({"roles": null})), "/roles", "wrong-type"),
        invalid(
            "permissions from outside",
            own(json!({"permissions": ["orders:read"]})),
            "/permissions",
            "unknown-field",
        ),
        case(
            "changing a member without If-Match",
            fixture
                .manager("PATCH", &format!("/v1/staff/members/{}", fixture.manager.id))
                .json(&json!({"name": "X"})),
            428,
            "precondition-required",
        ),
    ]
}

fn conflicts(fixture: &Fixture) -> Vec<Case> {
    let owner = format!("/v1/staff/members/{}", fixture.owner.id);
    let store = format!("/v1/staff/stores/{}", fixture.store.id);
    let known = fixture.manager.contact.email.as_ref().map_or("", |email| email.as_str());
    let member = json!({
        "email": known, "name": "Ana", "roles": ["clerk"], "password": "blue horses eat soup", "all_stores": true,
    });
    let product = json!({"store_id": fixture.store.id.to_string(), "sku": fixture.product.sku, "title": "Copo", "price": 1});
    let conflict = |name, request, code| case(name, request, 409, code);
    vec![
        conflict(
            "a member's address twice",
            fixture.owner("POST", "/v1/staff/members").json(&member),
            "duplicate",
        )
        .at("/email", "duplicate"),
        conflict(
            "a stock keeping unit twice",
            fixture.manager("POST", "/v1/staff/products").json(&product),
            "duplicate",
        )
        .at("/sku", "duplicate"),
        conflict(
            "less stock than reserved",
            fixture
                .manager("POST", &format!("/v1/staff/products/{}/stock-adjustments", fixture.product.id))
                .json(&json!({"delta": -1_000})),
            "stock-reserved",
        ),
        conflict(
            "deactivating oneself",
            fixture.owner("POST", &format!("{owner}/deactivate")),
            "own-account",
        ),
        conflict(
            "resetting one's own password",
            fixture
                .owner("POST", &format!("{owner}/reset-password"))
                .json(&json!({"new_password": "blue horses eat soup"})),
            "own-account",
        ),
        conflict(
            "the last owner resigns",
            fixture.owner("PATCH", &owner).if_match("*").json(&json!({"roles": ["clerk"]})),
            "last-owner",
        ),
        conflict(
            "another currency for old orders",
            fixture.owner("PATCH", &store).if_match("*").json(&json!({"currency": "EUR"})),
            "currency-fixed",
        ),
    ]
}

fn expiry_previews(fixture: &Fixture) -> Vec<Case> {
    let preview = |store: &str, query: &str| {
        fixture.owner("GET", &format!("/v1/staff/stores/{store}/expiry-preview{query}"))
    };
    let store = fixture.store.id.to_string();
    let bad = |name, query: &str, code| parameter(name, preview(&store, query), "minutes", code);
    vec![
        bad("a preview without minutes", "", "missing"),
        bad("a preview of no minutes", "?minutes=0", "out-of-range"),
        bad("a preview of less", "?minutes=-1", "wrong-type"),
        bad("a preview of a word", "?minutes=abc", "wrong-type"),
        bad("a preview of more than a year", "?minutes=527041", "out-of-range"),
        bad("a preview of more than a number holds", "?minutes=4294967297", "wrong-type"),
        parameter(
            "a preview of something else",
            preview(&store, "?minutes=60&minute=1"),
            "minute",
            "unknown-parameter",
        ),
        case(
            "a preview for a store that is not there",
            preview("sto_0BQ7C0M3X7T2KA", "?minutes=60"),
            404,
            "not-found",
        ),
        case(
            "a manager previews",
            fixture.manager("GET", &format!("/v1/staff/stores/{store}/expiry-preview?minutes=60")),
            403,
            "forbidden",
        ),
    ]
}

fn approvals(fixture: &Fixture) -> Vec<Case> {
    let approve = |body: Value| fixture.owner("POST", "/v1/staff/expiries/approve").json(&body);
    let bad = |name, body: Value, pointer, code| invalid(name, approve(body), pointer, code);
    let through = "2026-01-31T08:00:00Z";
    vec![
        bad("an approval of nothing", json!({"comment": "closed"}), "/through", "missing"),
        bad(
            "an approval through a word",
            json!({"through": "today", "comment": "closed"}),
            "/through",
            "invalid-time",
        ),
        bad("an approval without a word", json!({"through": through}), "/comment", "missing"),
        bad("a blank approval", json!({"through": through, "comment": " "}), "/comment", "blank"),
        bad(
            "a very long approval",
            json!({"through": through, "comment": "a".repeat(1_001)}),
            "/comment",
            "too-long",
        ),
        case(
            "a manager of one store approves",
            fixture
                .manager("POST", "/v1/staff/expiries/approve")
                .json(&json!({"through": through, "comment": "closed"})),
            403,
            "forbidden",
        ),
    ]
}

fn catalogue(fixture: &Fixture) -> Vec<Case> {
    let store = |currency: &str| {
        let body = json!({"name": "Loja", "currency": currency, "time_zone": "America/Sao_Paulo"});
        fixture.owner("POST", "/v1/staff/stores").json(&body)
    };
    let zone = json!({"name": "Loja", "currency": "BRL", "time_zone": "Sao Paulo"});
    let product = |pointer: &str, value: Value| {
        let body =
            json!({"store_id": fixture.store.id.to_string(), "sku": "NEW", "title": "Copo", "price": 100});
        fixture.manager("POST", "/v1/staff/products").json(&crate::fixture::with(body, pointer, value))
    };
    let edit = |body: Value| {
        fixture
            .manager("PATCH", &format!("/v1/staff/products/{}", fixture.product.id))
            .if_match("*")
            .json(&body)
    };
    let stock = |delta: Value| {
        let path = format!("/v1/staff/products/{}/stock-adjustments", fixture.product.id);
        fixture.manager("POST", &path).json(&json!({"delta": delta}))
    };
    vec![
        invalid("currency usd", store("usd"), "/currency", "unknown-currency"),
        invalid("currency XXX", store("XXX"), "/currency", "unknown-currency"),
        invalid("currency nothing", store(""), "/currency", "unknown-currency"),
        invalid(
            "a time zone that does not exist",
            fixture.owner("POST", "/v1/staff/stores").json(&zone),
            "/time_zone",
            "unknown-time-zone",
        ),
        case(
            "a manager makes a store",
            Request::post("/v1/staff/stores").bearer(&fixture.manager_token).json(&zone),
            403,
            "forbidden",
        ),
        invalid("a negative price", product("/price", json!(-1)), "/price", "out-of-range"),
        invalid(
            "a price beyond all money",
            product("/price", json!(1_000_000_000_001_i64)),
            "/price",
            "out-of-range",
        ),
        invalid("half a price", product("/price", json!(0.5)), "/price", "wrong-type"),
        invalid(
            "a product for another store",
            product("/store_id", json!(fixture.other_store.id.to_string())),
            "/store_id",
            "unknown-store",
        ),
        invalid("a reserve from outside", product("/reserved", json!(1)), "/reserved", "unknown-field"),
        invalid("stock set, not changed", edit(json!({"on_hand": 5})), "/on_hand", "unknown-field"),
        invalid("null for a title", edit(json!({"title": null})), "/title", "wrong-type"),
        invalid("a title of 201", edit(json!({"title": "名".repeat(201)})), "/title", "too-long"),
        invalid("stock in halves", stock(json!(0.5)), "/delta", "wrong-type"),
        invalid("stock beyond all numbers", stock(json!(1_000_000_001)), "/delta", "out-of-range"),
    ]
}
