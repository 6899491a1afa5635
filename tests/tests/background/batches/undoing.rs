//! Batches are taken back by batches, order by order.

use std::collections::BTreeSet;
use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::batch::BatchAction;
use ordervault_domain::order::{Order, OrderCommandKind, Status};
use ordervault_persistence::db::Db;
use ordervault_tests::http::Request;
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

use super::fixture::{BATCHES, Fixture, id, ids, with};

/// What is done, to orders in which status, with which reason.
const ACTS: [(&str, Status, Option<&str>); 13] = [
    ("confirm", Status::PendingReview, None),
    ("reject", Status::PendingReview, Some("test")),
    ("start", Status::Confirmed, None),
    ("complete", Status::Processing, None),
    ("cancel", Status::Processing, Some("inventory")),
    ("invalidate", Status::Confirmed, Some("fraud")),
    ("restore", Status::Invalid, None),
    ("unconfirm", Status::Confirmed, Some("customer")),
    ("unstart", Status::Processing, Some("information")),
    ("reopen", Status::Completed, Some("mistake")),
    ("reinstate", Status::Cancelled, Some("clock")),
    ("delete", Status::Invalid, None),
    ("hide", Status::Completed, None),
];

fn body(action: &str, orders: &[Arc<Order>], reason: Option<&str>) -> Value {
    let body = json!({"action": action, "ids": ids(orders)});
    reason.map_or(body.clone(), |reason| with(&body, "reason", reason))
}

/// What matters of the orders: where they stand, and what they hold of the stock.
async fn standing(fixture: &Fixture, orders: &[Arc<Order>]) -> Vec<(Status, Status, bool, bool)> {
    let orders = fixture.business(orders).await;
    let of = |order: &Order| {
        (order.status(), order.stage.execution().status(), order.is_deleted(), order.unlisted)
    };
    orders.iter().map(of).collect()
}

pub(crate) async fn every_batch_can_be_undone_and_that_too(db: Db) {
    let fixture = Fixture::open(&db).await;
    let mut done = BTreeSet::new();
    for (action, status, reason) in ACTS {
        let orders = [fixture.order(status).await, fixture.order(status).await];
        let before = standing(&fixture, &orders).await;
        let mut batch = fixture.accept(&body(action, &orders, reason)).await;
        fixture.finish().await;
        let after = standing(&fixture, &orders).await;
        assert_ne!(before, after, "{action}");
        for stands in [&before, &after] {
            batch = fixture.undo(&batch).await;
            fixture.finish().await;
            assert_eq!(fixture.counts(&batch).await, json!(["completed", 2, 2, 2, 0, 0]), "{action}");
            let rejected_again = action == "reject" && std::ptr::eq(stands, &raw const after);
            assert!(rejected_again || standing(&fixture, &orders).await == *stands, "{action}");
            let shown = fixture.batch(&batch).await;
            done.insert(shown["action"].as_str().expect("an action").to_owned());
        }
        done.insert(action.to_owned());
    }
    let is_for_many = |kind: &OrderCommandKind| {
        let plain = |reason| BatchAction::new(*kind, reason, None).is_ok();
        plain(Some("other")) || plain(None)
    };
    let all = OrderCommandKind::iter().filter(is_for_many);
    assert_eq!(done, all.map(|kind| kind.to_string()).collect());
    fixture.close().await;
}

pub(crate) async fn what_changed_since_a_batch_is_not_undone(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders = [fixture.order(Status::PendingReview).await, fixture.order(Status::PendingReview).await];
    let batch = fixture.accept(&body("confirm", &orders, None)).await;
    fixture.finish().await;
    let start = fixture.ask("POST", &format!("/v1/staff/orders/{}/start", orders[0].id));
    fixture.server.good(&start, 200).await;
    let undo = fixture.undo(&batch).await;
    fixture.finish().await;
    assert_eq!(fixture.counts(&undo).await, json!(["completed", 2, 2, 1, 0, 1]));
    let results = fixture.results(&undo).await;
    assert_eq!(results[&orders[0].id.to_string()], "refused precondition-failed");
    let standing = standing(&fixture, &orders).await;
    assert_eq!([standing[0].0, standing[1].0], [Status::Processing, Status::PendingReview]);
    let history = format!("/v1/staff/orders/{}/history", orders[1].id);
    let history = fixture.server.good(&fixture.ask("GET", &history), 200).await.json();
    let last = &history["items"].as_array().expect("rows").last().expect("a row");
    assert_eq!((&last["event"], &last["reason"]), (&json!("unconfirmed"), &json!("mistake")));
    fixture.close().await;
}

pub(crate) async fn a_batch_is_undone_when_it_is_finished_by_those_who_may(db: Db) {
    let fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    let reviewer = shop.member(Role::Reviewer, StoreScope::All).await;
    let token = fixture.server.member_token(&reviewer).await;
    let order = fixture.order(Status::PendingReview).await;
    let run = Request::post(BATCHES).key("run").json(&body("confirm", &[order], None)).bearer(&token);
    let batch = id(&fixture.server.good(&run, 202).await);
    let undo = |token: &str| Request::post(format!("{BATCHES}/{batch}/undo")).bearer(token).key("undo");
    let early = fixture.server.send(&undo(&fixture.token)).await;
    assert_eq!((early.status, early.code().as_str()), (409, "state-conflict"), "{}", early.text());
    fixture.finish().await;
    let theirs = fixture.server.send(&undo(&token)).await;
    assert_eq!((theirs.status, theirs.code().as_str()), (403, "forbidden"), "{}", theirs.text());
    let first = fixture.server.good(&undo(&fixture.token), 202).await;
    let again = fixture.server.good(&undo(&fixture.token), 202).await;
    assert_eq!(first.json(), again.json(), "the same key undoes once");
    fixture.close().await;
}
