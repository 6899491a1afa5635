//! Tokens, keys and preconditions on their way in, and the order in which a request is judged.

use super::*;

const CUP: &str = r#"{"name": "n", "quantity": 1}"#;

fn bearer(request: TestRequest, realm: Realm) -> TestRequest {
    request.insert_header(("authorization", format!("Bearer {}", token(realm).text)))
}

fn create(body: &str) -> TestRequest {
    bearer(post("/v1/cups", body), Realm::Customer).insert_header(("idempotency-key", "k1"))
}

fn patch(body: &str) -> TestRequest {
    let request = method(Method::PATCH, "/v1/staff/cups/1").set_payload(body.to_owned());
    bearer(request, Realm::Staff).insert_header(("content-type", "application/merge-patch+json"))
}

#[actix_web::test]
async fn a_good_token_opens_its_own_realm_only() {
    let app = app!();
    let answer = send!(app, create(CUP).insert_header(("x-request-id", "r-1")));
    assert_eq!(answer.status, StatusCode::CREATED);
    let body = answer.json();
    assert_eq!(
        (&body["subject"], &body["key"], &body["request_id"]),
        (&json!("sub_1"), &json!("k1"), &json!("r-1"))
    );

    send!(app, bearer(post("/v1/cups", CUP), Realm::Staff)).problem(Code::Forbidden);
    let customer_on_staff_path = bearer(method(Method::PATCH, "/v1/staff/cups/1"), Realm::Customer);
    send!(app, customer_on_staff_path).problem(Code::Forbidden);
}

#[actix_web::test]
async fn anything_but_one_good_bearer_header_is_401() {
    let app = app!();
    let good = token(Realm::Customer).text;
    let refresh = crate::auth::RefreshTokens::new(&secrets())
        .mint(Realm::Customer, ordervault_domain::id::SessionId::from_i64(1), 1)
        .unwrap();
    for header in [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        good.clone(),
        format!("Basic {good}"),
        format!("Bearer {good}x"),
        format!("Bearer {good}, Bearer {good}"),
        format!("Bearer {}", refresh.text),
    ] {
        let answer = send!(app, post("/v1/cups", CUP).insert_header(("authorization", header.clone())));
        answer.problem(Code::TokenInvalid);
        assert!(answer.header("www-authenticate").starts_with("Bearer "), "{header}");
    }
    send!(app, post("/v1/cups", CUP)).problem(Code::TokenMissing);
    let twice = create(CUP).append_header(("authorization", format!("Bearer {good}")));
    send!(app, twice).problem(Code::TokenInvalid);
    send!(app, post(&format!("/v1/cups?access_token={good}"), CUP)).problem(Code::TokenMissing);
    let lower_case = post("/v1/cups", CUP)
        .insert_header(("authorization", format!("bearer {good}")))
        .insert_header(("idempotency-key", "k"));
    assert_eq!(send!(app, lower_case).status, StatusCode::CREATED);
}

#[actix_web::test]
async fn a_request_is_judged_in_order() {
    let app = app!();
    // Everything is wrong; each repair brings the next refusal.
    let broken = || TestRequest::post().uri("/v1/cups").set_payload("{");
    send!(app, broken()).problem(Code::TokenMissing);
    let broken = || bearer(broken(), Realm::Customer);
    send!(app, broken()).problem(Code::IdempotencyKeyMissing);
    let broken = || broken().insert_header(("idempotency-key", "k"));
    send!(app, broken()).problem(Code::UnsupportedMediaType);
    let broken = || broken().insert_header(("content-type", "application/json"));
    send!(app, broken()).problem(Code::MalformedRequest);
    send!(app, broken().set_payload("{}")).problem(Code::ValidationFailed);
    assert_eq!(send!(app, broken().set_payload(CUP)).status, StatusCode::CREATED);
}

#[actix_web::test]
async fn idempotency_keys_are_required_and_checked() {
    let app = app!();
    let with_key =
        |key: &str| bearer(post("/v1/cups", CUP), Realm::Customer).insert_header(("idempotency-key", key));
    send!(app, bearer(post("/v1/cups", CUP), Realm::Customer)).problem(Code::IdempotencyKeyMissing);
    for bad in ["", "\"\"", &"k".repeat(256), "\"open", "caf\u{e9}"] {
        send!(app, with_key(bad)).problem(Code::IdempotencyKeyInvalid);
    }
    send!(app, with_key("a").append_header(("idempotency-key", "b"))).problem(Code::IdempotencyKeyInvalid);
    assert_eq!(send!(app, with_key("\"quoted\"")).json()["key"], "quoted");
    assert_eq!(send!(app, with_key(&"k".repeat(255))).status, StatusCode::CREATED);
}

#[actix_web::test]
async fn preconditions_are_required_and_checked() {
    let app = app!();
    send!(app, patch("{}")).problem(Code::PreconditionRequired);
    send!(app, patch("{}").insert_header(("if-match", "W/\"7\""))).problem(Code::PreconditionFailed);
    let problem = send!(app, patch("{}").insert_header(("if-match", "7"))).problem(Code::InvalidParameter);
    assert_eq!(problem["errors"][0]["pointer"], "If-Match");
    send!(app, patch("{}").insert_header(("if-match", "\"7\"")).append_header(("if-match", "\"8\"")))
        .problem(Code::InvalidParameter);
    let good = send!(app, patch(r#"{"name": null}"#).insert_header(("if-match", "\"7\"")));
    assert_eq!(good.json(), json!({"version": 7, "patch": {"name": null}}));
    let any = send!(app, patch("{}").insert_header(("if-match", "*")));
    assert_eq!(any.json(), json!({"version": null, "patch": {}}));
}
