//! Members, as their managers look after them.

use std::collections::BTreeSet;

use super::*;

ordervault_tests::twin_tests!(
    a_member_lives_from_creation_to_deactivation,
    a_new_member_logs_in_and_chooses_a_password_first,
    bad_members_are_refused_by_field,
    an_address_belongs_to_one_member,
    an_owner_stays_and_nobody_locks_themselves_out,
    nobody_grants_or_changes_rights_beyond_their_own,
    a_manager_of_some_stores_deals_with_their_staff_only,
    that_an_address_is_taken_says_nothing_of_whose_it_is,
);

const NEW: &str = "/v1/staff/members";
const PASSWORD: &str = "seven goats eat nine hats";

fn new_member() -> Value {
    json!({"email": "Ana@Example.com", "name": "Ana Souza", "roles": ["warehouse", "clerk", "clerk"], "all_stores": true,
        "password": PASSWORD})
}

async fn a_member_lives_from_creation_to_deactivation(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let store = owner.new_store().await;
    let member = owner.post(NEW, new_member()).await.created();
    let expected = json!({"id": member["id"], "version": 1, "name": "Ana Souza", "email": "ana@example.com",
        "roles": ["clerk", "warehouse"], "all_stores": true, "active": true, "must_change_password": true,
        "created_at": "2026-01-31T08:00:00.000Z", "updated_at": "2026-01-31T08:00:00.000Z"});
    assert_eq!(member, expected);
    let at = path("members", &member);

    let edited = owner.patch(&at, "\"1\"", json!({"name": "Ana", "store_ids": [store["id"]]})).await.ok();
    assert_eq!((&edited["all_stores"], &edited["store_ids"]), (&json!(false), &json!([store["id"]])));
    assert_eq!((&edited["name"], &edited["email"]), (&json!("Ana"), &json!("ana@example.com")));
    let edited = owner
        .patch(&at, "*", json!({"all_stores": true, "roles": ["auditor"], "email": "a@b.example"}))
        .await
        .ok();
    assert_eq!(
        (edited.get("store_ids"), &edited["roles"], &edited["version"]),
        (None, &json!(["auditor"]), &json!(3))
    );
    assert_eq!(owner.patch(&at, "\"3\"", json!({"name": "Ana"})).await.ok()["version"], 3);
    let stale = owner.patch(&at, "\"1\"", json!({"name": "Ana S."})).await;
    stale.faults(Code::PreconditionFailed, &["/name", "/email", "/roles"].map(|field| (field, "changed")));
    let stale = owner.patch(&at, "\"2\"", json!({"name": "Ana S."})).await;
    stale.faults(
        Code::PreconditionFailed,
        &["/email", "/roles", "/store_ids"].map(|field| (field, "changed")),
    );

    assert_eq!(owner.act(&format!("{at}/deactivate")).await.ok()["active"], false);
    assert_eq!(owner.act(&format!("{at}/deactivate")).await.ok()["version"], 4);
    assert_eq!(owner.act(&format!("{at}/activate")).await.ok()["active"], true);

    let history = owner.get(&format!("{at}/history")).await;
    assert!(!history.text().contains(PASSWORD) && !history.text().contains("argon2"));
    let history = history.rows(5);
    let changes = json!([{"field": "name", "before": "Ana Souza", "after": "Ana"},
        {"field": "store_ids", "before": "all", "after": [store["id"]]}]);
    assert_eq!(history[1]["changes"], changes);
    owner.get(NEW).await.rows(2);
    server.close().await;
}

async fn a_new_member_logs_in_and_chooses_a_password_first(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let member = owner.post(NEW, new_member()).await.created();
    let login = |password: &str| json!({"email": "ana@example.com", "password": password});
    let nobody = server.anonymous();
    let token = |answer: &Value| answer["access_token"].as_str().expect("a text").to_owned();
    let first = nobody.post("/v1/staff/auth/login", login(PASSWORD)).await.ok();
    let ana = nobody.with_token(&token(&first));
    ana.get("/v1/staff/stores").await.problem(Code::PasswordChangeRequired);
    let change = |new: &str| json!({"current_password": PASSWORD, "new_password": new});
    let same = ana.post("/v1/staff/me/password", change(PASSWORD)).await;
    same.faults(Code::ValidationFailed, &[("/new_password", "unchanged")]);
    ana.get("/v1/staff/stores").await.problem(Code::PasswordChangeRequired);
    let change = change("nine hats eat seven goats");
    ana.post("/v1/staff/me/password", change).await;
    ana.get("/v1/staff/stores").await.rows(0);

    let reset = format!("{}/reset-password", path("members", &member));
    let other = "a third one, long enough";
    let answer = owner.post(&reset, json!({"new_password": other})).await;
    assert!(!answer.text().contains(other) && answer.ok()["must_change_password"] == true);
    ana.get("/v1/staff/me").await.problem(Code::TokenInvalid);
    nobody.post("/v1/staff/auth/login", login(PASSWORD)).await.problem(Code::InvalidCredentials);
    nobody.post("/v1/staff/auth/login", login(other)).await.ok();
    for (password, code) in
        [("short", "too-short"), ("passwordpassword", "blocklisted"), ("ana@example.com", "blocklisted")]
    {
        owner
            .post(&reset, json!({"new_password": password}))
            .await
            .faults(Code::ValidationFailed, &[("/new_password", code)]);
    }
    let own = format!("{NEW}/{}/reset-password", owner.id);
    owner.post(&own, json!({"new_password": other})).await.problem(Code::OwnAccount);
    server.close().await;
}

async fn bad_members_are_refused_by_field(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let store = owner.new_store().await;
    let member = owner.post(NEW, new_member()).await.created();
    let with = |field: &str, value: Value| {
        let mut body = new_member();
        body["email"] = json!("other@example.com");
        body[field] = value;
        body
    };
    for (field, value, pointer, code) in [
        ("email", json!("nobody"), "/email", "invalid-email"),
        ("name", json!(""), "/name", "blank"),
        ("roles", json!([]), "/roles", "too-few"),
        ("roles", json!(["clerk", "admin"]), "/roles/1", "unknown-value"),
        ("roles", json!("clerk"), "/roles", "wrong-type"),
        ("all_stores", json!(false), "/store_ids", "missing"),
        ("must_change_password", json!(false), "/must_change_password", "unknown-field"),
    ] {
        let expected = [(pointer, code)];
        owner.post(NEW, with(field, value.clone())).await.faults(Code::ValidationFailed, &expected);
        let patched = owner.patch(&path("members", &member), "\"1\"", json!({field: value})).await;
        patched.faults(Code::ValidationFailed, &expected);
    }
    for (password, code) in
        [("short", "too-short"), ("passwordpassword", "blocklisted"), ("other@example.com", "blocklisted")]
    {
        owner
            .post(NEW, with("password", json!(password)))
            .await
            .faults(Code::ValidationFailed, &[("/password", code)]);
    }
    let both = with("store_ids", json!([store["id"]]));
    owner.post(NEW, both).await.faults(Code::ValidationFailed, &[("/store_ids", "contradiction")]);
    let mut neither = with("store_ids", json!([store["id"], "sto_1", member["id"]]));
    neither["all_stores"] = json!(false);
    let unknown = [("/store_ids/1", "unknown-store"), ("/store_ids/2", "unknown-store")];
    owner.post(NEW, neither.clone()).await.faults(Code::ValidationFailed, &unknown);
    neither.as_object_mut().expect("an object").remove("all_stores");
    neither.as_object_mut().expect("an object").remove("store_ids");
    owner.post(NEW, neither).await.faults(Code::ValidationFailed, &[("/store_ids", "missing")]);
    owner.get(NEW).await.rows(2);
    server.close().await;
}

async fn an_address_belongs_to_one_member(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let taken = [("/email", "duplicate")];
    let created = owner.post_once(NEW, "once", new_member()).await.created();
    owner.post(NEW, new_member()).await.faults(Code::Duplicate, &taken);
    let again = owner.post_once(NEW, "once", new_member()).await;
    assert_eq!((again.created(), again.header("idempotent-replayed")), (created, Some("true")));
    let own = format!("{NEW}/{}", owner.id);
    owner.patch(&own, "\"1\"", json!({"email": "ANA@example.com"})).await.faults(Code::Duplicate, &taken);
    // A customer may well have the same address.
    let register = json!({"email": "ana@example.com", "name": "Ana", "password": PASSWORD});
    assert_eq!(server.anonymous().post("/v1/auth/register", register).await.status, 201);
    server.close().await;
}

async fn an_owner_stays_and_nobody_locks_themselves_out(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let own = format!("{NEW}/{}", owner.id);
    owner.act(&format!("{own}/deactivate")).await.problem(Code::OwnAccount);
    owner.patch(&own, "\"1\"", json!({"roles": ["manager"]})).await.problem(Code::LastOwner);
    let second = server.staff(Role::Owner).await;
    second.act(&format!("{own}/deactivate")).await.ok();
    owner.get("/v1/staff/me").await.problem(Code::TokenInvalid);
    let last = format!("{NEW}/{}", second.id);
    second.patch(&last, "\"1\"", json!({"roles": ["clerk"]})).await.problem(Code::LastOwner);
    second.act(&format!("{own}/activate")).await.ok();
    // Whoever was logged out stays so, but may log in again.
    owner.get("/v1/staff/me").await.problem(Code::TokenInvalid);
    second.patch(&last, "\"1\"", json!({"roles": ["clerk"]})).await.ok();
    second.get(NEW).await.problem(Code::Forbidden);
    server.close().await;
}

async fn nobody_grants_or_changes_rights_beyond_their_own(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let manager = server.staff(Role::Manager).await;
    let mut body = new_member();
    body["roles"] = json!(["owner"]);
    manager.post(NEW, body).await.problem(Code::Forbidden);
    let clerk = manager.post(NEW, new_member()).await.created();
    let at = path("members", &clerk);
    manager.patch(&at, "\"1\"", json!({"roles": ["owner"]})).await.problem(Code::Forbidden);
    let owners = format!("{NEW}/{}", owner.id);
    manager.patch(&owners, "\"1\"", json!({"name": "X"})).await.problem(Code::Forbidden);
    manager.act(&format!("{owners}/deactivate")).await.problem(Code::Forbidden);
    let password = json!({"new_password": PASSWORD});
    manager.post(&format!("{owners}/reset-password"), password).await.problem(Code::Forbidden);
    assert_eq!(owner.get(&owners).await.ok()["version"], 1);
    server.close().await;
}

async fn a_manager_of_some_stores_deals_with_their_staff_only(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let (store, other) = (owner.new_store().await, owner.new_store().await);
    let manager = server.staff_of(Role::Manager, &store).await;
    let stranger = server.staff_of(Role::Clerk, &other).await;
    let own_rows = manager.get(NEW).await.rows(1);
    assert_eq!(own_rows[0]["id"], manager.id);
    for id in [&stranger.id, &owner.id] {
        let at = format!("{NEW}/{id}");
        manager.get(&at).await.problem(Code::NotFound);
        manager.patch(&at, "\"1\"", json!({"name": "X"})).await.problem(Code::NotFound);
        manager.act(&format!("{at}/deactivate")).await.problem(Code::NotFound);
    }
    manager.post(NEW, new_member()).await.problem(Code::Forbidden);
    let mut body = new_member();
    body.as_object_mut().expect("an object").remove("all_stores");
    body["store_ids"] = json!([store["id"], other["id"]]);
    manager
        .post(NEW, body.clone())
        .await
        .faults(Code::ValidationFailed, &[("/store_ids/1", "unknown-store")]);
    body["store_ids"] = json!([store["id"]]);
    let clerk = manager.post(NEW, body).await.created();
    manager.get(NEW).await.rows(2);
    let more = json!({"all_stores": true});
    manager.patch(&path("members", &clerk), "\"1\"", more).await.problem(Code::Forbidden);
    server.close().await;
}

async fn that_an_address_is_taken_says_nothing_of_whose_it_is(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let (store, other) = (owner.new_store().await, owner.new_store().await);
    let manager = server.staff_of(Role::Manager, &store).await;
    let colleague = server.staff_of(Role::Clerk, &store).await;
    let stranger = server.staff_of(Role::Clerk, &other).await;
    let gone = server.staff_of(Role::Clerk, &other).await;
    owner.act(&format!("{NEW}/{}/deactivate", gone.id)).await.ok();
    let mut body = new_member();
    body.as_object_mut().expect("an object").remove("all_stores");
    body["store_ids"] = json!([store["id"]]);
    let clerk = path("members", &manager.post(NEW, body.clone()).await.created());
    let mut told = BTreeSet::new();
    for holder in [&manager, &colleague, &stranger, &gone, &owner] {
        let email = owner.get(&format!("{NEW}/{}", holder.id)).await.ok()["email"].clone();
        body["email"] = email.clone();
        for answer in [
            manager.post(NEW, body.clone()).await,
            manager.patch(&clerk, "\"1\"", json!({"email": email})).await,
        ] {
            answer.faults(Code::Duplicate, &[("/email", "duplicate")]);
            let mut answer = answer.json();
            answer.as_object_mut().expect("an object").remove("request_id");
            told.insert(answer.to_string());
        }
    }
    assert_eq!(told.len(), 1, "the same words, whoever has it and wherever they are: {told:?}");
    server.close().await;
}
