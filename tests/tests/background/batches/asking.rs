//! Previews and requests.

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::order::{OrderCommand, Status};
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::writer::{ActorRef, MAX_PREVIEWS_PER_MEMBER, PREVIEW_MILLIS};
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::http::Request;
use ordervault_tests::twin::Fresh;
use serde_json::{Value, json};

use super::fixture::{BATCHES, Fixture, delete, id, ids, with};

pub(crate) async fn a_filter_is_that_of_the_list(db: Db) {
    let fixture = Fixture::open(&db).await;
    let invalid = fixture.invalid_orders(5).await;
    fixture.order(Status::Confirmed).await;
    let filtered = async |filter: Value| {
        fixture.preview(&json!({"action": "delete", "filter": filter})).await["count"].clone()
    };
    let store = fixture.store.id.to_string();
    for (filter, count) in [
        (json!({"status": ["invalid"]}), 5),
        (json!({"status": ["invalid", "confirmed"], "store": [store.clone()]}), 6),
        (json!({"status": ["invalid"], "total_min": 30_000}), 3),
        (json!({"q": "Thermos", "status": ["invalid"]}), 5),
        (json!({"q": "..."}), 0),
        (json!({"status": ["cancelled"]}), 0),
        (json!({}), 6),
    ] {
        assert_eq!(filtered(filter.clone()).await, json!(count), "{filter}");
    }
    let none = fixture.accept(&json!({"action": "delete", "filter": {"status": ["cancelled"]}})).await;
    assert_eq!(fixture.counts(&none).await, json!(["completed", 0, 0, 0, 0, 0]));
    let all = fixture.accept(&json!({"action": "delete", "filter": {"status": ["invalid"]}})).await;
    fixture.finish().await;
    assert_eq!(fixture.counts(&all).await, json!(["completed", 5, 5, 5, 0, 0]));
    assert!(fixture.business(&invalid).await.iter().all(|order| order.is_deleted()));
    fixture.close().await;
}

pub(crate) async fn a_filter_finds_at_most_so_many(db: Db) {
    const COPIES: [&str; 2] = [
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)
         UPDATE orders SET note = (SELECT MAX(n) FROM n);
         CREATE TEMP TABLE c AS SELECT * FROM orders;
         UPDATE c SET duplicate_key = NULL;
         WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)
         INSERT INTO orders SELECT c.* FROM c WHERE FALSE;
         CREATE TEMP TABLE n AS WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)
         SELECT n FROM n;
         CREATE TEMP TABLE many AS SELECT c.* FROM c, n;
         UPDATE many SET id = id + rowid;
         INSERT INTO orders SELECT * FROM many",
        "CREATE TEMP TABLE many AS SELECT orders.* FROM orders, generate_series(1, 10000);
         CREATE TEMP SEQUENCE s;
         UPDATE many SET id = id + nextval('s');
         INSERT INTO orders SELECT * FROM many",
    ];
    let fresh = Fresh::on(db.engine()).await;
    let fixture = Fixture::open(&fresh.db).await;
    let invalid = fixture.invalid_orders(1).await;
    fresh
        .damage(match db.engine() {
            Engine::Sqlite => COPIES[0],
            Engine::Postgres => COPIES[1],
        })
        .await;
    let preview = |filter: Value| {
        let body = json!({"action": "delete", "filter": filter});
        fixture.ask("POST", &format!("{BATCHES}?preview=true")).json(&body)
    };
    let answer = fixture.server.send(&preview(json!({"status": ["invalid"]}))).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "validation-failed"), "{}", answer.text());
    assert_eq!(answer.json()["errors"][0]["pointer"], "/filter");
    assert_eq!(answer.json()["errors"][0]["code"], "too-many");
    let one = fixture.server.good(&preview(json!({"number": invalid[0].id.to_string()})), 200).await.json();
    assert_eq!(one["count"], 1);
    fixture.close().await;
    fresh.drop().await;
}

pub(crate) async fn a_preview_is_for_one_member_one_act_and_these_orders(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders = fixture.invalid_orders(3).await;
    let body = delete(&orders);
    let preview = fixture.preview(&body).await;
    assert_eq!(preview["count"], 3);
    assert_eq!(preview["not_found"], json!([]));
    let sum: i64 = orders.iter().map(|order| order.totals.total.get()).sum();
    assert_eq!(preview["sums"], json!([{"amount": sum, "currency": "TWD", "exponent": 2, "orders": 3}]));
    assert_eq!(preview["orders"].as_array().map(Vec::len), Some(3));
    let digest = &preview["digest"];
    assert_eq!(*digest, fixture.preview(&body).await["digest"], "the same twice");
    let reversed = json!({"action": "delete", "ids": ids(&orders).into_iter().rev().collect::<Vec<_>>()});
    assert_eq!(*digest, fixture.preview(&reversed).await["digest"], "in any order");

    let other = fixture.server.shop.member(Role::Manager, StoreScope::All).await;
    let token = fixture.server.member_token(&other).await;
    let before = dump(&db).await;
    let wrong = with(&body, "digest", "0".repeat(64));
    let undelete = json!({"action": "undelete", "ids": ids(&orders), "digest": digest});
    let fewer = json!({"action": "delete", "ids": ids(&orders[1..]), "digest": digest});
    let mine = with(&body, "digest", digest.clone());
    let theirs = Request::post(BATCHES).bearer(&token).key(&fixture.server.key()).json(&mine);
    for (name, request, detail) in [
        ("made up", fixture.run(&wrong), "you have no preview with this digest, or it is too old"),
        ("of another act", fixture.run(&undelete), "the preview with this digest was for another act"),
        ("of more orders", fixture.run(&fewer), "since the preview 0 orders joined, 1 left and 0 changed"),
        ("of somebody else", theirs, "you have no preview with this digest, or it is too old"),
    ] {
        let answer = fixture.server.send(&request).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "preview-outdated"), "{name}");
        assert_eq!(answer.json()["detail"], detail, "{name}");
        assert_eq!(answer.json()["remedies"][0]["code"], "preview");
    }
    let changed = differences(&before, &dump(&db).await);
    assert!(changed.is_empty(), "{}", changed.join("\n"));
    fixture.server.good(&fixture.run(&mine), 202).await;
    fixture.close().await;
}

pub(crate) async fn a_preview_that_is_out_of_date_tells_what_changed(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders = fixture.invalid_orders(3).await;
    let body = json!({"action": "delete", "filter": {"status": ["invalid"]}});
    let digest = fixture.preview(&body).await["digest"].clone();
    let joined = fixture.invalid_orders(1).await;
    let shop = &fixture.server.shop;
    shop.change(ActorRef::Operator, &orders[0], OrderCommand::Restore).await;
    shop.change(ActorRef::Operator, &orders[1], OrderCommand::Hide).await;
    let before = dump(&db).await;
    let answer = fixture.server.send(&fixture.run(&with(&body, "digest", digest))).await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "preview-outdated"));
    let problem = answer.json();
    assert_eq!(problem["detail"], "since the preview 1 orders joined, 1 left and 1 changed");
    let mut named: Vec<(String, &str)> = vec![
        (format!("/orders/{}", joined[0].id), "joined"),
        (format!("/orders/{}", orders[0].id), "left"),
        (format!("/orders/{}", orders[1].id), "changed"),
    ];
    named.sort();
    let mut found: Vec<(String, &str)> = vec![];
    for error in problem["errors"].as_array().expect("errors") {
        let word = |name: &str| error[name].as_str().expect("a text");
        found.push((word("pointer").to_owned(), word("code")));
    }
    found.sort();
    assert_eq!(found, named);
    assert!(differences(&before, &dump(&db).await).is_empty());
    fixture.close().await;
}

pub(crate) async fn previews_are_forgotten(db: Db) {
    let mut fixture = Fixture::open(&db).await;
    let orders = fixture.invalid_orders(1).await;
    let body = delete(&orders);
    let digest = fixture.preview(&body).await["digest"].clone();
    fixture.server.shop.change(ActorRef::Operator, &orders[0], OrderCommand::Hide).await;
    let detail = async |fixture: &Fixture| {
        let answer = fixture.server.send(&fixture.run(&with(&body, "digest", digest.clone()))).await;
        assert_eq!(answer.code(), "preview-outdated");
        answer.json()["detail"].as_str().expect("a text").to_owned()
    };
    let forgotten = "you have no preview with this digest, or it is too old";
    assert_ne!(detail(&fixture).await, forgotten);
    fixture.server.shop.clock.advance(PREVIEW_MILLIS);
    fixture.token = fixture.server.member_token(&fixture.manager).await;
    assert_eq!(detail(&fixture).await, forgotten, "after its time");
    let kept = async || dump(&db).await["batch_previews"].len();
    for number in 1..=MAX_PREVIEWS_PER_MEMBER + 3 {
        fixture.server.shop.clock.advance(1);
        fixture
            .preview(
                &json!({"action": "delete", "ids": [fixture.order(Status::Confirmed).await.id.to_string()]}),
            )
            .await;
        assert_eq!(i64::try_from(kept().await), Ok(number.min(MAX_PREVIEWS_PER_MEMBER)));
    }
    fixture.close().await;
}

pub(crate) async fn a_request_is_carried_out_once(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders = fixture.invalid_orders(3).await;
    let digest = fixture.preview(&delete(&orders)).await["digest"].clone();
    let body = with(&delete(&orders), "digest", digest);
    let request = fixture.ask("POST", BATCHES).key("once").json(&body);
    let first = fixture.server.good(&request, 202).await;
    let path = format!("{BATCHES}/{}", id(&first));
    assert_eq!(first.header("location"), Some(path.as_str()));
    assert_eq!(first.header("idempotent-replayed"), None);
    // Now, in the middle and afterwards, when the digest does not hold any more.
    for _ in 0..2 {
        let again = fixture.server.good(&request, 202).await;
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.header("location"), Some(path.as_str()));
        assert_eq!(again.text(), first.text());
        fixture.finish().await;
    }
    assert_eq!(dump(&db).await["batches"].len(), 1);
    assert_eq!(fixture.events("deleted").await, (3, 3));
    let other = fixture.ask("POST", BATCHES).key("once").json(&delete(&orders[1..]));
    let refused = fixture.server.send(&other).await;
    assert_eq!(refused.code(), "validation-failed", "without a digest");
    let other = fixture.ask("POST", BATCHES).key("once");
    let other = other.json(&json!({"action": "undelete", "ids": ids(&orders)}));
    let refused = fixture.server.send(&other).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "idempotency-key-reused"));
    fixture.close().await;
}

pub(crate) async fn batches_are_seen_by_their_makers_and_those_who_lead(db: Db) {
    let fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    let elsewhere = shop.store().await;
    let here = StoreScope::Only([fixture.store.id].into());
    let there = StoreScope::Only([elsewhere.id].into());
    let reviewer = shop.member(Role::Reviewer, StoreScope::All).await;
    let token = fixture.server.member_token(&reviewer).await;
    let order = fixture.order(Status::PendingReview).await;
    let other = shop.product(&elsewhere, 10).await;
    let foreign = shop.place(&fixture.customer, &elsewhere, &[(&other, 1)]).await;
    let mut batches = vec![];
    // Here, in both stores, nowhere.
    for orders in
        [vec![order.id], vec![order.id, foreign.id], vec![ordervault_domain::id::OrderId::from_i64(7)]]
    {
        let orders: Vec<String> = orders.iter().map(ToString::to_string).collect();
        let body = json!({"action": "confirm", "ids": orders});
        let request = Request::post(BATCHES).bearer(&token).key(&fixture.server.key()).json(&body);
        batches.push(id(&fixture.server.good(&request, 202).await));
    }
    for (role, stores, seen) in [
        (Role::Owner, StoreScope::All, [true, true, false]),
        (Role::Manager, here.clone(), [true, false, false]),
        (Role::Manager, there, [false, false, false]),
        (Role::Reviewer, here.clone(), [false, false, false]),
        (Role::Clerk, StoreScope::All, [false, false, false]),
        (Role::Auditor, StoreScope::All, [false, false, false]),
    ] {
        let member = shop.member(role, stores).await;
        let token = fixture.server.member_token(&member).await;
        assert_eq!(visible(&fixture, &token, &batches).await, seen, "{role}");
    }
    assert_eq!(visible(&fixture, &token, &batches).await, [true; 3], "their own");
    let page = Request::get(format!("{BATCHES}?limit=2")).bearer(&token);
    let page = fixture.server.good(&page, 200).await.json();
    assert_eq!(page["items"][0]["id"], batches[2].as_str());
    let next = format!("{BATCHES}?limit=2&cursor={}", page["next_cursor"].as_str().expect("a cursor"));
    let page = fixture.server.good(&Request::get(next).bearer(&token), 200).await.json();
    assert_eq!((&page["items"][0]["id"], &page["has_more"]), (&json!(batches[0]), &json!(false)));
    fixture.close().await;
}

/// Which of these batches somebody sees; one by one, their orders, and in the list alike.
async fn visible(fixture: &Fixture, token: &str, batches: &[String]) -> Vec<bool> {
    let list = fixture.server.good(&Request::get(BATCHES).bearer(token), 200).await.json();
    let listed: Vec<&Value> =
        list["items"].as_array().expect("rows").iter().map(|item| &item["id"]).collect();
    let mut seen = vec![];
    for id in batches {
        let path = format!("{BATCHES}/{id}");
        let one = fixture.server.send(&Request::get(path.clone()).bearer(token)).await;
        let items = fixture.server.send(&Request::get(format!("{path}/items")).bearer(token)).await;
        let status = if listed.contains(&&json!(id)) { 200 } else { 404 };
        assert_eq!((one.status, items.status), (status, status), "{id}");
        if status == 404 {
            let cancel = fixture.server.send(&Request::post(format!("{path}/cancel")).bearer(token)).await;
            assert_eq!((cancel.status, cancel.code().as_str()), (404, "not-found"));
        }
        seen.push(status == 200);
    }
    seen
}
