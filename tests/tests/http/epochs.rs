//! What clients remember from before a restore is void, and they are told how to go on.

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::installation::InstallationCommand;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;
use serde_json::json;

ordervault_tests::twin_tests!(versions_and_cursors_end_with_their_epoch);

async fn versions_and_cursors_end_with_their_epoch(db: Db) {
    let server = TestServer::open(&db).await;
    let store = server.shop.store().await;
    server.shop.store().await;
    let owner = server.shop.member(Role::Owner, StoreScope::All).await;
    let token = server.member_token(&owner).await;
    let get = |path: &str| Request::get(path).bearer(&token);
    let path = format!("/v1/staff/stores/{}", store.id);
    let etag = server.good(&get(&path), 200).await.header("etag").expect("an ETag").to_owned();
    let page = server.good(&get("/v1/staff/stores?limit=1"), 200).await.json();
    let next = format!("/v1/staff/stores?limit=1&cursor={}", page["next_cursor"].as_str().expect("a cursor"));
    server.good(&get(&next), 200).await;
    let restore = Operation::Installation(InstallationCommand::Restore { position: 4 });
    server.shop.act(ActorRef::Operator, restore).await;
    server.close().await;

    let server = TestServer::open(&db).await;
    let edit = |etag: &str| {
        Request::new("PATCH", path.clone()).bearer(&token).if_match(etag).json(&json!({"name": "Renamed"}))
    };
    let stale = server.good(&edit(&etag), 412).await.json();
    assert_eq!(stale["code"], "precondition-failed");
    assert!(stale["detail"].as_str().is_some_and(|detail| detail.contains("read it again")), "{stale}");
    let outdated = server.good(&get(&next), 410).await.json();
    assert_eq!(outdated["code"], "list-outdated");
    // Whoever reads again goes on.
    let etag = server.good(&get(&path), 200).await.header("etag").expect("an ETag").to_owned();
    assert_eq!(etag, "\"2.1\"");
    let edited = server.good(&edit(&etag), 200).await;
    assert_eq!(edited.header("etag"), Some("\"2.2\""));
    let page = server.good(&get("/v1/staff/stores?limit=1"), 200).await.json();
    let next = format!("/v1/staff/stores?limit=1&cursor={}", page["next_cursor"].as_str().expect("a cursor"));
    server.good(&get(&next), 200).await;
    let history = server.good(&get("/v1/staff/history?kind=installation"), 200).await.json();
    assert_eq!(history["items"][0]["changes"][0], json!({"field": "epoch", "before": 1, "after": 2}));
    server.close().await;
}
