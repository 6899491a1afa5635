//! Stores, as staff look after them and everybody sees them.

use super::*;

ordervault_tests::twin_tests!(
    a_store_lives_from_creation_to_deactivation,
    a_policy_is_merged_field_by_field,
    bad_stores_are_refused_by_field,
    a_stale_change_names_what_changed,
    the_currency_stays_once_there_are_products,
    everybody_sees_the_stores_that_take_orders_page_by_page,
    a_repeated_creation_makes_one_store,
);

const NEW: &str = "/v1/staff/stores";

fn new_store() -> Value {
    json!({"name": "  Casa do Chá ", "currency": "BRL", "time_zone": "America/Sao_Paulo", "country": "BR", "change_window_minutes": 30})
}

async fn a_store_lives_from_creation_to_deactivation(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let created = owner.post(NEW, new_store()).await;
    let store = created.created();
    assert_eq!(created.header("location"), Some(path("stores", &store).as_str()));
    let expected = json!({"id": store["id"], "version": 1, "name": "Casa do Chá", "currency": "BRL",
        "time_zone": "America/Sao_Paulo", "country": "BR", "active": true, "change_window_minutes": 30,
        "policy": {"duplicate_window_minutes": 10, "public_board": false, "order_mails": false}, "shipping": [],
        "payments": [],
        "created_at": "2026-01-31T08:00:00.000Z", "updated_at": "2026-01-31T08:00:00.000Z"});
    assert_eq!(store, expected);
    let at = path("stores", &store);

    let patched = owner.patch(&at, "\"1\"", json!({"name": "Chá", "change_window_minutes": null})).await;
    assert_eq!(patched.header("etag"), Some("\"2\""));
    let patched = patched.ok();
    assert_eq!((&patched["name"], patched.get("change_window_minutes")), (&json!("Chá"), None));
    // Nothing new in it: nothing is written.
    assert_eq!(owner.patch(&at, "\"2\"", json!({"name": "Chá"})).await.ok()["version"], 2);
    assert_eq!(owner.patch(&at, "*", json!({"currency": "EUR"})).await.ok()["currency"], "EUR");

    let deactivate = format!("{at}/deactivate");
    assert_eq!(owner.act(&deactivate).await.ok()["active"], false);
    assert_eq!(owner.act(&deactivate).await.ok()["version"], 4, "doing it twice is no error");
    assert_eq!(owner.act(&format!("{at}/activate")).await.ok()["version"], 5);
    let read = owner.get(&at).await;
    assert_eq!((read.header("etag"), &read.ok()["active"]), (Some("\"5\""), &json!(true)));

    let history = owner.get(&format!("{at}/history")).await.rows(5);
    let events: Vec<_> = history.iter().map(|entry| entry["event"].as_str().expect("a text")).collect();
    assert_eq!(events, ["created", "edited", "edited", "deactivated", "activated"]);
    let actor = json!({"kind": "member", "role": "owner", "id": owner.id, "name": "王小明 Maria 1"});
    assert_eq!(history[0]["actor"], actor);
    let changes = json!([{"field": "name", "before": "Casa do Chá", "after": "Chá"},
        {"field": "change_window_minutes", "before": 30}]);
    assert_eq!(history[1]["changes"], changes);
    server.close().await;
}

async fn a_policy_is_merged_field_by_field(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let mut body = new_store();
    body["policy"] = json!({"review_minutes": 120, "public_board": true});
    let store = owner.post(NEW, body).await.created();
    let at = path("stores", &store);
    let expected = json!({
        "duplicate_window_minutes": 10, "review_minutes": 120, "public_board": true, "order_mails": false,
    });
    assert_eq!(store["policy"], expected);
    let edit = json!({"policy": {"review_minutes": null, "start_minutes": 60, "duplicate_window_minutes": 0, "order_mails": true}});
    let edited = owner.patch(&at, "\"1\"", edit).await.ok();
    let expected = json!({
        "duplicate_window_minutes": 0, "start_minutes": 60, "public_board": true, "order_mails": true,
    });
    assert_eq!(edited["policy"], expected);
    assert_eq!(owner.get(&at).await.ok()["policy"], expected);
    for (field, value, code) in [
        ("review_minutes", json!(0), "out-of-range"),
        ("start_minutes", json!(527_041), "out-of-range"),
        ("completion_minutes", json!("1"), "wrong-type"),
        ("cancel_unconfirmed_minutes", json!(-1), "out-of-range"),
        ("reversal_minutes", json!(0), "out-of-range"),
        ("duplicate_window_minutes", json!(1_441), "out-of-range"),
        ("public_board", json!(null), "wrong-type"),
        ("order_mails", json!("yes"), "wrong-type"),
        ("colour", json!("red"), "unknown-field"),
    ] {
        let pointer = format!("/policy/{field}");
        let refused = owner.patch(&at, "\"2\"", json!({"policy": {field: value}})).await;
        refused.faults(Code::ValidationFailed, &[(pointer.as_str(), code)]);
    }
    server.close().await;
}

async fn bad_stores_are_refused_by_field(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let with = |field: &str, value: Value| {
        let mut body = new_store();
        body[field] = value;
        body
    };
    for (field, value, code) in [
        ("name", json!("  "), "blank"),
        ("name", json!("x".repeat(201)), "too-long"),
        ("name", json!(7), "wrong-type"),
        ("currency", json!("brl"), "unknown-currency"),
        ("currency", json!("XXX"), "unknown-currency"),
        ("time_zone", json!("Mars/Olympus"), "unknown-time-zone"),
        ("country", json!("Formosa"), "unknown-country"),
        ("country", json!("tw"), "unknown-country"),
        ("change_window_minutes", json!(527_041), "out-of-range"),
        ("change_window_minutes", json!(-1), "out-of-range"),
        ("owner", json!(true), "unknown-field"),
    ] {
        let pointer = format!("/{field}");
        let expected = [(pointer.as_str(), code)];
        owner.post(NEW, with(field, value.clone())).await.faults(Code::ValidationFailed, &expected);
        let store = owner.new_store().await;
        let patched = owner.patch(&path("stores", &store), "\"1\"", json!({field: value})).await;
        patched.faults(Code::ValidationFailed, &expected);
    }
    let store = owner.new_store().await;
    for field in ["name", "currency", "time_zone", "country"] {
        let cleared = owner.patch(&path("stores", &store), "\"1\"", json!({field: null})).await;
        cleared.faults(Code::ValidationFailed, &[(&format!("/{field}"), "wrong-type")]);
    }
    let all_wrong = json!({"name": "", "currency": "?", "time_zone": "?"});
    let expected =
        [("/name", "blank"), ("/currency", "unknown-currency"), ("/time_zone", "unknown-time-zone")];
    owner.post(NEW, all_wrong).await.faults(Code::ValidationFailed, &expected);
    let biggest = with("change_window_minutes", json!(527_040));
    assert_eq!(owner.post(NEW, biggest).await.created()["change_window_minutes"], 527_040);
    server.close().await;
}

async fn a_stale_change_names_what_changed(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let store = owner.new_store().await;
    let at = path("stores", &store);
    owner.send(Request::new("PATCH", at.as_str()).json(&json!({}))).await.problem(Code::PreconditionRequired);
    owner.patch(&at, "\"1\"", json!({"name": "A"})).await.ok();
    owner.patch(&at, "\"2\"", json!({"time_zone": "UTC"})).await.ok();
    let stale = owner.patch(&at, "\"1\"", json!({"name": "B"})).await;
    stale.faults(Code::PreconditionFailed, &[("/name", "changed"), ("/time_zone", "changed")]);
    // Back as it was: that field has not changed.
    owner.patch(&at, "\"3\"", json!({"name": store["name"]})).await.ok();
    let stale = owner.patch(&at, "\"1\"", json!({"name": "B"})).await;
    stale.faults(Code::PreconditionFailed, &[("/time_zone", "changed")]);
    let acted = owner.send(Request::post(format!("{at}/deactivate")).if_match("\"1\"")).await;
    acted.problem(Code::PreconditionFailed);
    assert_eq!(owner.get(&at).await.ok()["version"], 4);
    server.close().await;
}

async fn the_currency_stays_once_there_are_products(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let store = owner.new_store().await;
    let at = path("stores", &store);
    assert_eq!(owner.patch(&at, "\"1\"", json!({"currency": "JPY"})).await.ok()["currency"], "JPY");
    let product = owner.new_product(&store, 5).await;
    owner.patch(&at, "\"2\"", json!({"currency": "TWD"})).await.problem(Code::CurrencyFixed);
    owner.act(&format!("{}/deactivate", path("products", &product))).await.ok();
    owner.patch(&at, "\"2\"", json!({"currency": "TWD"})).await.problem(Code::CurrencyFixed);
    assert_eq!(owner.patch(&at, "\"2\"", json!({"currency": "JPY", "name": "N"})).await.ok()["version"], 3);
    server.close().await;
}

async fn everybody_sees_the_stores_that_take_orders_page_by_page(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let mut stores = vec![];
    for _ in 0..5 {
        stores.push(owner.new_store().await);
    }
    owner.act(&format!("{}/deactivate", path("stores", &stores[2]))).await.ok();
    for (client, list, expected) in [
        (server.anonymous(), "/v1/stores", vec![4, 3, 1, 0]),
        (server.staff(Role::Warehouse).await, "/v1/staff/stores", vec![4, 3, 2, 1, 0]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|index| stores[index]["id"].clone()).collect();
        let all = client.get(list).await.rows(expected.len());
        assert_eq!(all.iter().map(|store| store["id"].clone()).collect::<Vec<_>>(), expected);
        assert_eq!(walk(&client, &format!("{list}?limit=2")).await, expected);
        client
            .get(&format!("{list}?limit=0"))
            .await
            .faults(Code::InvalidParameter, &[("limit", "out-of-range")]);
        client.get(&format!("{list}?limit=101")).await.problem(Code::InvalidParameter);
        client
            .get(&format!("{list}?cursor=AAAA"))
            .await
            .faults(Code::InvalidParameter, &[("cursor", "unknown-cursor")]);
        client.get(&format!("{list}?q=x")).await.problem(Code::InvalidParameter);
    }
    let public = server.anonymous().get("/v1/stores?limit=1").await.ok();
    let shown = json!({"id": stores[4]["id"], "name": stores[4]["name"], "currency": "TWD", "time_zone": "Asia/Taipei",
        "active": true, "shipping": [], "payments": []});
    assert_eq!((&public["items"][0], &public["has_more"]), (&shown, &json!(true)));
    // A cursor opens its own list only.
    let other = format!("/v1/staff/stores?cursor={}", public["next_cursor"].as_str().expect("a text"));
    owner.get(&other).await.problem(Code::InvalidParameter);
    server.close().await;
}

async fn a_repeated_creation_makes_one_store(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let store = owner.post_once(NEW, "once", new_store()).await.created();
    owner.patch(&path("stores", &store), "\"1\"", json!({"name": "Later"})).await.ok();
    let again = owner.post_once(NEW, "once", new_store()).await;
    assert_eq!((again.created(), again.header("idempotent-replayed")), (store, Some("true")));
    let mut other = new_store();
    other["name"] = json!("Other");
    owner.post_once(NEW, "once", other).await.problem(Code::IdempotencyKeyReused);
    // Whose key it is counts, too.
    server.staff(Role::Owner).await.post_once(NEW, "once", new_store()).await.created();
    owner.get("/v1/staff/stores").await.rows(2);
    server.close().await;
}

/// The ids on all pages of a list.
pub(super) async fn walk(client: &Client<'_>, list: &str) -> Vec<Value> {
    let mut ids = vec![];
    let mut next = list.to_owned();
    loop {
        let page = client.get(&next).await.ok();
        ids.extend(page["items"].as_array().into_iter().flatten().map(|row| row["id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { return ids };
        next = format!("{list}&cursor={cursor}");
    }
}
