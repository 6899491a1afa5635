//! Accounts, passwords, logins.

use ordervault_tests::http::Request;
use ordervault_tests::shop::PASSWORD;
use serde_json::{Value, json};

use crate::case::{Case, case, invalid};
use crate::fixture::{Fixture, with};

pub(crate) fn cases(fixture: &Fixture) -> Vec<Case> {
    let mut cases = registrations(fixture);
    cases.extend(logins(fixture));
    cases.extend(password_changes(fixture));
    cases
}

fn account() -> Value {
    json!({"email": "new@example.com", "password": "blue horses eat soup", "name": "陳怡君"})
}

fn register(pointer: &str, value: impl Into<Value>) -> Request {
    Request::post("/v1/auth/register").json(&with(account(), pointer, value.into()))
}

fn registrations(fixture: &Fixture) -> Vec<Case> {
    let long = format!("{}@{}.{}.{}.de", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(59));
    let known = fixture.customer.contact.email.as_ref().map_or("", |email| email.as_str());
    let of_staff = fixture.manager("POST", "/v1/staff/members");
    let member = |password: &str| {
        of_staff.clone().json(&json!({
            "email": "new@example.com", "name": "Ana", "roles": ["clerk"], "password": password,
            "store_ids": [fixture.store.id.to_string()],
        }))
    };
    vec![
        invalid("an address without @", register("/email", "example.com"), "/email", "invalid-email"),
        invalid("an address of 255 octets", register("/email", long), "/email", "invalid-email"),
        invalid(
            "an address with a line break",
            register("/email", "a@example.com\r\nBcc: b@example.com"),
            "/email",
            "invalid-email",
        )
        .hides("Bcc"),
        invalid("a password that is a number", register("/password", 12_345_678), "/password", "wrong-type"),
        invalid(
            "a password that is a list",
            register("/password", json!(["p", "q"])),
            "/password",
            "wrong-type",
        ),
        invalid("a customer's password of 7", register("/password", "zk4!vqp"), "/password", "too-short")
            .hides("zk4!vqp"),
        invalid(
            "a password of 129",
            register("/password", "zk4!vqpx0".repeat(15)[..129].to_owned()),
            "/password",
            "too-long",
        ),
        invalid(
            "a well-known password",
            register("/password", "passwordpassword"),
            "/password",
            "blocklisted",
        )
        .hides("passwordpassword"),
        invalid(
            "the own address as password",
            register("/password", "new@example.com"),
            "/password",
            "blocklisted",
        ),
        invalid("a member's password of 14", member("zk4!vqpx0 zk4!"), "/password", "too-short"),
        invalid(
            "a member's password of 129",
            member(&"zk4!vqpx0".repeat(15)[..129]),
            "/password",
            "too-long",
        ),
        invalid("a member's well-known password", member("passwordpassword"), "/password", "blocklisted"),
        case("an address that has an account", register("/email", known), 409, "duplicate")
            .at("/email", "duplicate"),
        case("the same in capitals", register("/email", known.to_uppercase()), 409, "duplicate"),
        invalid("a role for oneself", register("/role", "owner"), "/role", "unknown-field"),
        invalid("staff rights for oneself", register("/is_staff", true), "/is_staff", "unknown-field"),
        invalid("scopes for oneself", register("/scopes", json!(["*"])), "/scopes", "unknown-field"),
        invalid("an id of one's own", register("/id", "cus_0BQ7C0M3X7T2KA"), "/id", "unknown-field"),
        invalid("a name that is blank", register("/name", " \u{3000}"), "/name", "blank"),
    ]
}

fn logins(fixture: &Fixture) -> Vec<Case> {
    let customer = |email: &str, password: &str| {
        Request::post("/v1/auth/login").json(&json!({"email": email, "password": password}))
    };
    let staff = |email: &str, password: &str| {
        Request::post("/v1/staff/auth/login").json(&json!({"email": email, "password": password}))
    };
    let known = fixture.customer.contact.email.as_ref().map_or("", |email| email.as_str());
    let wrong = |name, request| case(name, request, 401, "invalid-credentials");
    vec![
        wrong("a wrong password", customer(known, "correct horse battery stapler")).hides("stapler"),
        wrong("an unknown address", customer("nobody@example.com", PASSWORD)).hides("nobody"),
        wrong("a customer among staff", staff(known, PASSWORD)),
        wrong("a password with a blank behind", customer(known, &format!("{PASSWORD} "))),
        invalid("a login without @", customer("maria", PASSWORD), "/email", "invalid-email"),
        invalid(
            "a login with a line break",
            customer("a@example.com\r\nBcc: b@example.com", PASSWORD),
            "/email",
            "invalid-email",
        ),
        invalid("no password", customer(known, ""), "/password", "too-short"),
        invalid("an endless password", customer(known, &"p".repeat(1025)), "/password", "too-long"),
        invalid(
            "a login with a list",
            Request::post("/v1/auth/login").json(&json!({"email": known, "password": [PASSWORD]})),
            "/password",
            "wrong-type",
        ),
    ]
}

fn password_changes(fixture: &Fixture) -> Vec<Case> {
    let customer = |body: Value| fixture.customer("POST", "/v1/me/password").json(&body);
    let staff = |body: Value| fixture.manager("POST", "/v1/staff/me/password").json(&body);
    let new = "blue horses eat soup";
    vec![
        invalid(
            "no current password",
            customer(json!({"new_password": new})),
            "/current_password",
            "missing",
        ),
        invalid(
            "a wrong current password",
            customer(json!({"current_password": "not this one", "new_password": new})),
            "/current_password",
            "wrong-password",
        ),
        invalid(
            "a member's wrong current password",
            staff(json!({"current_password": "not this one", "new_password": new})),
            "/current_password",
            "wrong-password",
        ),
        invalid(
            "a new password of 7",
            customer(json!({"current_password": PASSWORD, "new_password": "zk4!vqp"})),
            "/new_password",
            "too-short",
        ),
        invalid(
            "a member's new password of 14",
            staff(json!({"current_password": PASSWORD, "new_password": "zk4!vqpx0 zk4!"})),
            "/new_password",
            "too-short",
        ),
    ]
}
