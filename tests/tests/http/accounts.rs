//! What customers do with their own accounts, and staff with those of customers.

use ordervault_api::problem::Code;
use ordervault_domain::access::Role;
use ordervault_domain::customer::Customer;
use ordervault_persistence::Realm;
use ordervault_persistence::db::Db;
use ordervault_tests::client::Client;
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::PASSWORD;
use serde_json::{Value, json};

ordervault_tests::twin_tests!(
    customers_change_name_and_phone,
    people_are_written_to_in_the_language_that_they_read,
    another_address_takes_the_password_and_is_nobodys,
    sessions_are_listed_and_ended_one_by_one,
    whoever_is_deactivated_is_out_until_that_is_taken_back,
    an_account_is_shut_by_those_who_look_after_all_stores,
);

fn email(customer: &Customer) -> String {
    customer.contact.email.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn token(tokens: &Value) -> &str {
    tokens["access_token"].as_str().expect("a token")
}

async fn logged_in<'a>(server: &'a TestServer, customer: &Customer) -> Client<'a> {
    server.anonymous().with_token(token(&server.log_in(Realm::Customer, &email(customer)).await))
}

async fn customers_change_name_and_phone(db: Db) {
    let server = TestServer::open(&db).await;
    let customer = server.customer().await;
    let before = customer.get("/v1/me").await;
    assert_eq!((before.header("etag"), &before.ok()["version"]), (Some("\"1\""), &json!(1)));
    let changed =
        customer.patch("/v1/me", "\"1\"", json!({"name": "陳怡君", "phone": "02-2720 8889"})).await.ok();
    assert_eq!(
        (&changed["name"], &changed["phone"], &changed["version"]),
        (&json!("陳怡君"), &json!("0227208889"), &json!(2))
    );
    // The same once more changes nothing; what is left out stays; null takes the phone away, and nothing else.
    assert_eq!(customer.patch("/v1/me", "*", json!({"name": "陳怡君"})).await.ok()["version"], 2);
    let without = customer.patch("/v1/me", "*", json!({"phone": null})).await.ok();
    assert_eq!((&without["name"], without.get("phone")), (&json!("陳怡君"), None));
    assert_eq!(without["email"], before.ok()["email"]);
    assert_eq!(customer.get("/v1/me").await.ok(), without);

    customer.patch("/v1/me", "\"2\"", json!({"name": "Ana"})).await.problem(Code::PreconditionFailed);
    let request = Request::new("PATCH", "/v1/me").json(&json!({"name": "Ana"}));
    customer.send(request).await.problem(Code::PreconditionRequired);
    for (body, pointer, code) in [
        (json!({"name": null}), "/name", "missing"),
        (json!({"name": "\u{200b}"}), "/name", "blank"),
        (json!({"phone": "no number"}), "/phone", "invalid-phone"),
        (json!({"email": "ana@example.com"}), "/email", "unknown-field"),
        (json!({"active": true}), "/active", "unknown-field"),
    ] {
        let refused = customer.patch("/v1/me", "*", body.clone()).await;
        let problem = refused.problem(Code::ValidationFailed);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        assert!(code == "missing" || problem["errors"][0]["code"] == code, "{problem}");
    }
    server.close().await;
}

async fn people_are_written_to_in_the_language_that_they_read(db: Db) {
    let server = TestServer::open(&db).await;
    let register = async |header: Option<&str>, language: Option<&str>| {
        let email = format!("reader{}@example.com", server.number());
        let mut body = json!({"email": email, "password": "blue horses eat soup", "name": "Ana"});
        if let Some(language) = language {
            body["language"] = json!(language);
        }
        let request = Request::post("/v1/auth/register").json(&body);
        let request =
            header.into_iter().fold(request, |request, header| request.header("accept-language", header));
        server.send(&request).await
    };
    for (header, language, expected) in [
        (None, None, json!(null)),
        (Some("zh-TW,zh;q=0.9"), None, json!("zh-Hant")),
        (Some("de, *;q=0.1"), None, json!(null)),
        (Some("\u{fffd};;q=,"), None, json!(null)),
        (Some("ja"), Some("zh-hans-sg"), json!("zh-Hans-SG")),
    ] {
        let answer = register(header, language).await;
        assert_eq!((answer.status, &answer.json()["language"]), (201, &expected), "{header:?} {language:?}");
    }
    for language in ["", "klingon language", "de", "zh_Hant\n"] {
        let refused = register(None, Some(language)).await;
        refused.faults(Code::ValidationFailed, &[("/language", "unknown-language")]);
    }
    let customer = server.customer().await;
    assert_eq!(customer.patch("/v1/me", "*", json!({"language": "ja"})).await.ok()["language"], "ja");
    assert_eq!(customer.get("/v1/me").await.ok()["language"], "ja");
    assert_eq!(customer.patch("/v1/me", "*", json!({"language": "ja"})).await.ok()["version"], 2);
    let refused = customer.patch("/v1/me", "*", json!({"language": "tlh"})).await;
    refused.faults(Code::ValidationFailed, &[("/language", "unknown-language")]);
    server.close().await;
}

async fn another_address_takes_the_password_and_is_nobodys(db: Db) {
    let server = TestServer::open(&db).await;
    let (ana, ben) = (server.shop.customer().await, server.shop.customer().await);
    let client = logged_in(&server, &ana).await;
    let change = |password: &str, email: &str| json!({"current_password": password, "email": email});
    let refused = client.post("/v1/me/email", change("wrong", "new@example.com")).await;
    refused.faults(Code::ValidationFailed, &[("/current_password", "wrong-password")]);
    let refused = client.post("/v1/me/email", change(PASSWORD, "no address")).await;
    refused.faults(Code::ValidationFailed, &[("/email", "invalid-email")]);
    let taken = client.post("/v1/me/email", change(PASSWORD, &email(&ben).to_uppercase())).await;
    taken.faults(Code::Duplicate, &[("/email", "duplicate")]);

    let changed = client.post("/v1/me/email", change(PASSWORD, " New@Example.com ")).await.ok();
    assert_eq!((&changed["email"], &changed["version"]), (&json!("new@example.com"), &json!(2)));
    let login = |email: &str| json!({"email": email, "password": PASSWORD});
    let nobody = server.anonymous();
    nobody.post("/v1/auth/login", login(&email(&ana))).await.problem(Code::InvalidCredentials);
    nobody.post("/v1/auth/login", login("new@example.com")).await.ok();
    // Whoever is logged in stays so, and the address that was given up is free.
    client.get("/v1/me").await.ok();
    let again = json!({"email": email(&ana), "password": PASSWORD, "name": "Ana"});
    assert_eq!(nobody.post("/v1/auth/register", again).await.status, 201);
    server.close().await;
}

async fn sessions_are_listed_and_ended_one_by_one(db: Db) {
    let server = TestServer::open(&db).await;
    let (ana, ben) = (server.shop.customer().await, server.shop.customer().await);
    let one = logged_in(&server, &ana).await;
    server.shop.clock.advance(60_000);
    let other = logged_in(&server, &ana).await;
    let list = async |client: &Client<'_>| {
        client.get("/v1/me/sessions").await.ok()["items"].as_array().expect("a list").clone()
    };
    let sessions = list(&one).await;
    assert_eq!(sessions.iter().map(|session| &session["current"]).collect::<Vec<_>>(), [false, true]);
    assert_eq!(sessions[1]["created_at"], "2026-01-31T08:00:00.000Z");
    let end = |session: &Value| format!("/v1/me/sessions/{}/end", session["id"].as_str().unwrap_or_default());

    let stranger = logged_in(&server, &ben).await;
    stranger.act(&end(&sessions[0])).await.problem(Code::NotFound);
    other.get("/v1/me").await.ok();
    for _ in 0..2 {
        assert_eq!(one.act(&end(&sessions[0])).await.status, 204);
    }
    other.get("/v1/me").await.problem(Code::TokenInvalid);
    assert_eq!(list(&one).await.len(), 1);
    assert_eq!(one.act(&end(&sessions[1])).await.status, 204);
    one.get("/v1/me").await.problem(Code::TokenInvalid);
    // What nobody has gone on with for too long is not listed.
    let third = logged_in(&server, &ana).await;
    server.shop.clock.advance(15 * 24 * 60 * 60_000);
    drop(third);
    assert_eq!(list(&logged_in(&server, &ana).await).await.len(), 1);
    server.close().await;
}

async fn whoever_is_deactivated_is_out_until_that_is_taken_back(db: Db) {
    let server = TestServer::open(&db).await;
    let manager = server.staff(Role::Manager).await;
    let ana = server.shop.customer().await;
    let tokens = server.log_in(Realm::Customer, &email(&ana)).await;
    let client = server.anonymous().with_token(token(&tokens));
    client.get("/v1/me").await.ok();
    let at = |act: &str| format!("/v1/staff/customers/{}/{act}", ana.id);

    let reason = json!({"reason": "stolen", "comment": "called from another number"});
    let off = manager.post_once(&at("deactivate"), "once", reason.clone()).await.ok();
    assert_eq!(
        (&off["active"], &off["version"], &off["email"]),
        (&json!(false), &json!(2), &json!(email(&ana)))
    );
    assert_eq!(manager.post_once(&at("deactivate"), "once", reason.clone()).await.ok(), off);
    assert_eq!(manager.post(&at("deactivate"), reason).await.ok()["version"], 2);
    client.get("/v1/me").await.problem(Code::TokenInvalid);
    let nobody = server.anonymous();
    let login = json!({"email": email(&ana), "password": PASSWORD});
    nobody.post("/v1/auth/login", login.clone()).await.problem(Code::InvalidCredentials);
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    nobody.post("/v1/auth/refresh", refresh.clone()).await.problem(Code::TokenInvalid);

    let history = manager.get("/v1/staff/history?limit=1").await.rows(1);
    assert_eq!((&history[0]["event"], &history[0]["reason"]), (&json!("deactivated"), &json!("stolen")));
    assert_eq!(history[0]["comment"], "called from another number");
    assert_eq!(manager.act(&at("activate")).await.ok()["active"], true);
    assert_eq!(manager.act(&at("activate")).await.ok()["version"], 3);
    nobody.post("/v1/auth/login", login).await.ok();
    // A session that was ended does not begin again.
    nobody.post("/v1/auth/refresh", refresh).await.problem(Code::TokenInvalid);
    server.close().await;
}

async fn an_account_is_shut_by_those_who_look_after_all_stores(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let ana = server.shop.customer().await;
    let of_one = server.staff_of(Role::Manager, &owner.new_store().await).await;
    let clerk = server.staff(Role::Clerk).await;
    let at = format!("/v1/staff/customers/{}/deactivate", ana.id);
    let reason = json!({"reason": "other"});
    of_one.post(&at, reason.clone()).await.problem(Code::NotFound);
    clerk.post(&at, reason.clone()).await.problem(Code::Forbidden);
    owner.post("/v1/staff/customers/cus_00000000000000/deactivate", reason).await.problem(Code::NotFound);
    for (body, pointer) in [
        (json!({}), "/reason"),
        (json!({"reason": "dislike"}), "/reason"),
        (json!({"reason": "other", "comment": "x".repeat(1_001)}), "/comment"),
    ] {
        let refused = owner.post(&at, body).await.problem(Code::ValidationFailed);
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    logged_in(&server, &ana).await.get("/v1/me").await.ok();
    server.close().await;
}
