//! What the job makes of batches.

use futures_util::FutureExt as _;
use ordervault_api::background::{Job as _, JobError, Remaining, RunBatches, Tools};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::id::OrderId;
use ordervault_domain::member::{self, MemberEdit};
use ordervault_domain::order::{OrderCommand, Status};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, WriteError};
use ordervault_tests::dump::dump;
use ordervault_tests::http::Request;
use ordervault_tests::queue::{another_process, history, on_member};
use ordervault_tests::shop::Shop;
use ordervault_tests::twin::Fresh;
use serde_json::{Value, json};

use super::fixture::{BATCHES, Fixture, delete, id, ids, with};

/// More than one step takes.
const MANY: u32 = 240;

pub(crate) async fn orders_go_into_the_trash_and_come_back_as_they_were(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders = fixture.invalid_orders(MANY).await;
    let before = fixture.business(&orders).await;
    let versions: Vec<i64> = orders.iter().map(|order| order.version).collect();
    let batch = fixture.accept(&delete(&orders)).await;
    assert_eq!(fixture.counts(&batch).await, json!(["pending", MANY, 0, 0, 0, 0]));
    assert_eq!(fixture.step().await, Remaining::More);
    assert_eq!(fixture.counts(&batch).await, json!(["running", MANY, 200, 200, 0, 0]));
    fixture.finish().await;
    assert_eq!(fixture.counts(&batch).await, json!(["completed", MANY, MANY, MANY, 0, 0]));
    assert!(fixture.results(&batch).await.values().all(|result| result == "succeeded"));
    let one = fixture.ask("GET", &format!("/v1/staff/orders/{}", orders[0].id));
    assert_eq!(fixture.server.good(&one, 200).await.json()["deleted_in"], batch.as_str());

    let back = fixture.undo(&batch).await;
    assert_eq!(fixture.batch(&back).await["undoes"], batch.as_str());
    fixture.finish().await;
    assert_eq!(fixture.counts(&back).await, json!(["completed", MANY, MANY, MANY, 0, 0]));
    assert_eq!(fixture.business(&orders).await, before);
    let again = fixture.undo(&batch).await;
    fixture.finish().await;
    assert_eq!(fixture.counts(&again).await, json!(["completed", MANY, MANY, 0, 0, MANY]));
    for (order, version) in orders.iter().zip(versions) {
        let rows = history(&db, order.id.get()).await;
        assert_eq!(i64::try_from(rows.len()), Ok(version + 2));
        let [.., deleted, undeleted] = &rows[..] else { panic!("two rows more") };
        for (row, batch) in [(deleted, &batch), (undeleted, &back)] {
            assert!(row.event.contains(batch), "{}", row.event);
            assert_eq!(row.actor_id, Some(fixture.manager.id.get()));
        }
    }
    let requests: std::collections::BTreeSet<_> = dump(&db).await["history"]
        .iter()
        .filter(|row| row.text("type") == Some("deleted"))
        .cloned()
        .collect();
    let requests: std::collections::BTreeSet<_> =
        requests.iter().filter_map(|row| row.text("request_id").map(str::to_owned)).collect();
    assert_eq!(requests.len(), 1, "one request for all");
    fixture.close().await;
}

pub(crate) async fn a_selection_and_one_order_come_back(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders = fixture.invalid_orders(4).await;
    let batch = fixture.accept(&delete(&orders)).await;
    fixture.finish().await;
    let path = format!("/v1/staff/orders/{}", orders[0].id);
    let met = fixture.server.good(&fixture.ask("POST", &format!("{path}/restore")), 409).await.json();
    assert_eq!(met["detail"], "the order is in the trash, where nothing goes on");
    assert_eq!(met["remedies"][0]["href"], format!("{path}/undelete"));
    let history = fixture.server.good(&fixture.ask("GET", &format!("{path}/history")), 200).await.json();
    let batches: Vec<&Value> =
        history["items"].as_array().into_iter().flatten().map(|entry| &entry["batch_id"]).collect();
    assert_eq!(batches, [&Value::Null, &Value::Null, &json!(batch)]);
    let some = json!({"action": "undelete", "ids": ids(&orders[..2])});
    fixture.server.good(&fixture.run(&some), 202).await;
    fixture.finish().await;
    let post = |name: &str| fixture.ask("POST", &format!("/v1/staff/orders/{}/{name}", orders[2].id));
    let shown = fixture.server.good(&post("undelete"), 200).await.json();
    assert_eq!((&shown["status"], &shown["deleted_at"]), (&json!("invalid"), &Value::Null));
    let twice = fixture.server.good(&post("undelete"), 200).await.json();
    assert_eq!(twice["version"], shown["version"], "it is out already");
    let deleted: Vec<bool> = fixture.business(&orders).await.iter().map(|order| order.is_deleted()).collect();
    assert_eq!(deleted, [false, false, false, true]);
    for _ in 0..2 {
        assert!(fixture.server.good(&post("delete"), 200).await.json()["deleted_at"].is_string());
    }
    assert_eq!(fixture.events("deleted").await, (5, 4), "twice is once");
    fixture.close().await;
}

pub(crate) async fn other_acts_run_too(db: Db) {
    let fixture = Fixture::open(&db).await;
    let (one, other) =
        (fixture.order(Status::PendingReview).await, fixture.order(Status::PendingReview).await);
    let confirm = json!({"action": "confirm", "ids": ids(&[one.clone(), other.clone()])});
    let confirmed = id(&fixture.server.good(&fixture.run(&confirm), 202).await);
    fixture.finish().await;
    assert_eq!(fixture.counts(&confirmed).await, json!(["completed", 2, 2, 2, 0, 0]));
    let again = id(&fixture.server.good(&fixture.run(&confirm), 202).await);
    fixture.finish().await;
    assert_eq!(fixture.counts(&again).await, json!(["completed", 2, 2, 0, 2, 0]));
    let invalidate = json!({"action": "invalidate", "reason": "fraud", "filter": {"status": ["confirmed"]}});
    let marked = fixture.accept(&invalidate).await;
    fixture.finish().await;
    assert_eq!(fixture.batch(&marked).await["reason"], "fraud");
    for order in fixture.business(&[one, other]).await {
        assert_eq!(
            order.stage.parts().invalid_reason.map(|reason| reason.to_string()).as_deref(),
            Some("fraud")
        );
    }
    fixture.close().await;
}

pub(crate) async fn each_order_has_its_own_result(db: Db) {
    let fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    let elsewhere = shop.store().await;
    let product = shop.product(&elsewhere, 10).await;
    let foreign = shop.place(&fixture.customer, &elsewhere, &[(&product, 1)]).await;
    let invalid = fixture.invalid_orders(1).await;
    let confirmed = fixture.order(Status::Confirmed).await;
    let gone = fixture.invalid_orders(1).await;
    shop.change(ActorRef::Operator, &gone[0], OrderCommand::Delete { batch: None }).await;
    let nothing = OrderId::from_i64(7);
    let named = [invalid[0].id, confirmed.id, gone[0].id, foreign.id, nothing];
    let named: Vec<String> = named.iter().map(ToString::to_string).collect();
    let body = json!({"action": "delete", "ids": named});
    let preview = fixture.preview(&body).await;
    assert_eq!(preview["count"], 3);
    let mut missing = vec![foreign.id.to_string(), nothing.to_string()];
    missing.sort();
    assert_eq!(preview["not_found"], json!(missing));
    let batch = fixture.accept(&body).await;
    fixture.finish().await;
    assert_eq!(fixture.counts(&batch).await, json!(["completed", 5, 5, 1, 1, 3]));
    let results = fixture.results(&batch).await;
    let result = |order: OrderId| results[&order.to_string()].as_str();
    assert_eq!(result(invalid[0].id), "succeeded");
    assert_eq!(result(gone[0].id), "already_applied");
    assert_eq!(result(confirmed.id), "refused state-conflict");
    assert_eq!(result(foreign.id), "refused not-found");
    assert_eq!(result(nothing), "refused not-found");
    let some = fixture.ask("GET", &format!("{BATCHES}/{batch}/items?result=already_applied,succeeded"));
    assert_eq!(fixture.server.good(&some, 200).await.json()["items"].as_array().map(Vec::len), Some(2));
    fixture.close().await;
}

pub(crate) async fn what_changed_since_the_preview_is_left_alone(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders = fixture.invalid_orders(2).await;
    let batch = fixture.accept(&delete(&orders)).await;
    fixture.server.shop.change(ActorRef::Operator, &orders[0], OrderCommand::Hide).await;
    fixture.finish().await;
    let results = fixture.results(&batch).await;
    assert_eq!(results[&orders[0].id.to_string()], "refused precondition-failed");
    assert_eq!(results[&orders[1].id.to_string()], "succeeded");
    fixture.close().await;
}

pub(crate) async fn whoever_runs_next_goes_on(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders = fixture.invalid_orders(MANY).await;
    let batch = fixture.accept(&delete(&orders)).await;
    let tools = fixture.tools();
    let mut job = RunBatches;
    // Killed after it has handed over its orders and before it heard what became of them.
    let mut step = job.step(&tools);
    loop {
        assert!((&mut step).now_or_never().is_none(), "the writer has had no turn yet");
        if fixture.server.shop.writer.depth() > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    drop(step);
    let (deleted, _) = fixture.events("deleted").await;
    assert!(deleted < MANY as usize, "in the middle");
    fixture.finish().await;
    assert_eq!(fixture.counts(&batch).await, json!(["completed", MANY, MANY, MANY, 0, 0]));
    assert_eq!(fixture.events("deleted").await, (MANY as usize, MANY as usize));
    fixture.close().await;
}

pub(crate) async fn two_servers_at_once_do_nothing_twice(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders = fixture.invalid_orders(MANY).await;
    let batch = fixture.accept(&delete(&orders)).await;
    let elsewhere = another_process(&db).await;
    let other = Shop::with(&elsewhere, fixture.server.shop.clock.clone(), 2).await;
    let tools = Tools { db: elsewhere.clone(), writer: other.writer.clone(), ..fixture.tools() };
    loop {
        let (mut here, mut there) = (RunBatches, RunBatches);
        let own = fixture.tools();
        let steps = tokio::join!(here.step(&own), there.step(&tools));
        let more = |outcome: Result<Remaining, JobError>| match outcome {
            Ok(progress) => progress == Remaining::More,
            // They meet in the batch's row; whoever was slower comes again.
            Err(JobError::Write(WriteError::Locked)) => true,
            Err(error) => panic!("{error}"),
        };
        if !(more(steps.0) | more(steps.1)) {
            break;
        }
    }
    assert_eq!(fixture.counts(&batch).await, json!(["completed", MANY, MANY, MANY, 0, 0]));
    assert_eq!(fixture.events("deleted").await, (MANY as usize, MANY as usize));
    other.close().await;
    elsewhere.close().await;
    fixture.close().await;
}

pub(crate) async fn rights_count_at_each_turn(db: Db) {
    let mut fixture = Fixture::open(&db).await;
    let shop = &fixture.server.shop;
    let owner = shop.member(Role::Owner, StoreScope::All).await;
    fixture.token = fixture.server.member_token(&owner).await;
    let shop = &fixture.server.shop;
    let deactivate = member::MemberCommand::Deactivate;
    let fewer = MemberEdit { roles: Some([Role::Clerk].into()), ..MemberEdit::default() };
    let elsewhere = MemberEdit { stores: Some(StoreScope::none()), ..MemberEdit::default() };
    for (loss, code) in [
        (deactivate, "refused forbidden"),
        (member::MemberCommand::Edit(fewer), "refused forbidden"),
        (member::MemberCommand::Edit(elsewhere), "refused not-found"),
    ] {
        let orders = fixture.invalid_orders(MANY).await;
        let here = StoreScope::Only([fixture.store.id].into());
        let maker = shop.member(Role::Manager, here).await;
        let token = fixture.server.member_token(&maker).await;
        let ask = |query: &str| Request::post(format!("{BATCHES}{query}")).bearer(&token);
        let preview = fixture.server.good(&ask("?preview=true").json(&delete(&orders)), 200).await.json();
        let body = with(&delete(&orders), "digest", preview["digest"].clone());
        let batch = id(&fixture.server.good(&ask("").key(&fixture.server.key()).json(&body), 202).await);
        fixture.step().await;
        shop.act(ActorRef::Operator, on_member(maker.id, loss)).await;
        fixture.finish().await;
        assert_eq!(fixture.counts(&batch).await, json!(["completed", MANY, MANY, 200, 0, MANY - 200]));
        let refused = fixture.results(&batch).await.into_values().filter(|result| result == code).count();
        assert_eq!(refused, MANY as usize - 200, "{code}");
    }
    fixture.close().await;
}

pub(crate) async fn a_cancelled_batch_leaves_the_rest(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders = fixture.invalid_orders(MANY).await;
    let batch = fixture.accept(&delete(&orders)).await;
    fixture.step().await;
    let cancel = |key: &str| fixture.ask("POST", &format!("{BATCHES}/{batch}/cancel")).key(key);
    let first = fixture.server.good(&cancel("a"), 200).await;
    assert_eq!(first.json()["status"], "cancelled");
    assert_eq!(first.json(), fixture.batch(&batch).await);
    for key in ["a", "b"] {
        assert_eq!(fixture.server.good(&cancel(key), 200).await.json(), first.json(), "twice is no error");
    }
    let before = dump(&db).await;
    fixture.finish().await;
    assert_eq!(ordervault_tests::dump::differences(&before, &dump(&db).await), Vec::<String>::new());
    assert_eq!(fixture.counts(&batch).await, json!(["cancelled", MANY, 200, 200, 0, 0]));
    let results = fixture.results(&batch).await;
    assert_eq!(results.values().filter(|result| *result == "cancelled").count(), MANY as usize - 200);
    assert_eq!(fixture.events("deleted").await, (200, 200), "what is done stays done");

    let rest = fixture.undo(&batch).await;
    fixture.finish().await;
    assert_eq!(fixture.counts(&rest).await, json!(["completed", 200, 200, 200, 0, 0]));
    let late = fixture.server.send(&fixture.ask("POST", &format!("{BATCHES}/{rest}/cancel"))).await;
    assert_eq!((late.status, late.code().as_str()), (409, "state-conflict"));
    fixture.close().await;
}

pub(crate) async fn batches_run_side_by_side(db: Db) {
    let fixture = Fixture::open(&db).await;
    let (many, few) = (fixture.invalid_orders(MANY).await, fixture.invalid_orders(3).await);
    let long = fixture.accept(&delete(&many)).await;
    let short = fixture.accept(&delete(&few)).await;
    fixture.step().await;
    assert_eq!(fixture.counts(&short).await, json!(["completed", 3, 3, 3, 0, 0]));
    assert_eq!(fixture.counts(&long).await, json!(["running", MANY, 100, 100, 0, 0]));
    fixture.finish().await;
    assert_eq!(fixture.counts(&long).await, json!(["completed", MANY, MANY, MANY, 0, 0]));
    fixture.close().await;
}

pub(crate) async fn an_order_that_cannot_be_read_is_given_up(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    let fixture = Fixture::open(&fresh.db).await;
    let orders = fixture.invalid_orders(3).await;
    let batch = fixture.accept(&delete(&orders)).await;
    fresh.damage("UPDATE orders SET currency = 'XXX' WHERE id = (SELECT MIN(id) FROM orders)").await;
    fixture.finish().await;
    assert_eq!(fixture.counts(&batch).await, json!(["completed", 3, 3, 2, 0, 1]));
    let results = fixture.results(&batch).await;
    let first = orders.iter().map(|order| order.id).min().expect("an order");
    assert_eq!(results[&first.to_string()], "refused internal-error");
    fixture.close().await;
    fresh.drop().await;
}

pub(crate) async fn what_was_said_is_kept_with_the_orders_only(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.order(Status::Confirmed).await;
    let body =
        json!({"action": "invalidate", "ids": [order.id.to_string()], "reason": "other", "comment": "說明"});
    let batch = id(&fixture.server.good(&fixture.run(&body), 202).await);
    let said = async || dump(&db).await["batches"][0].text("comment").map(str::to_owned);
    assert_eq!(said().await.as_deref(), Some("說明"));
    fixture.finish().await;
    assert_eq!(fixture.counts(&batch).await, json!(["completed", 1, 1, 1, 0, 0]));
    assert_eq!(said().await, None);
    let rows = history(&db, order.id.get()).await;
    let content = rows.last().and_then(|row| row.content.clone()).unwrap_or_default();
    assert!(content.contains("說明"), "{content}");
    fixture.close().await;
}

/// Down freely before the execution, up only while nobody has been promised anything; and what was shown is what it comes to.
pub(crate) async fn prices_are_corrected_as_previewed(db: Db) {
    let fixture = Fixture::open(&db).await;
    let waiting = fixture.order(Status::PendingReview).await;
    let confirmed = fixture.order(Status::Confirmed).await;
    let started = fixture.order(Status::Processing).await;
    let orders = [waiting, confirmed, started];
    let named = ids(&orders);
    let sum = |after: &[i64]| json!([{"amount": after.iter().sum::<i64>(), "currency": "TWD", "exponent": 2, "orders": 3}]);
    let before = orders.each_ref().map(|order| order.totals.total.get());
    let [first, second, third] = before;
    let down = json!({"action": "adjust", "ids": named, "correction": {"kind": "discount", "rate": 10_000}, "reason": "price_error"});
    let preview = fixture.preview(&down).await;
    assert_eq!((&preview["sums"], &preview["refused"]), (&sum(&before), &json!(1)));
    assert_eq!(preview["sums_after"], sum(&[first - first / 10, second - second / 10, third]));
    let batch = fixture.accept(&down).await;
    fixture.finish().await;
    assert_eq!(fixture.counts(&batch).await, json!(["completed", 3, 3, 2, 0, 1]));
    assert_eq!(fixture.batch(&batch).await["correction"], json!({"kind": "discount", "rate": 10_000}));
    assert_eq!(fixture.results(&batch).await[&named[2]], "refused state-conflict");
    let totals =
        fixture.business(&orders).await.iter().map(|order| order.totals.total.get()).collect::<Vec<_>>();
    assert_eq!(totals, [first - first / 10, second - second / 10, third]);

    let fee = |currency: &str| {
        let amount = json!({"amount": 500, "currency": currency});
        let correction = json!({"kind": "fee", "amount": amount});
        json!({"action": "adjust", "ids": named, "correction": correction, "reason": "handling"})
    };
    let up = fixture.preview(&fee("TWD")).await;
    assert_eq!(
        (&up["refused"], &up["sums_after"]),
        (&json!(2), &sum(&[totals[0] + 500, totals[1], totals[2]]))
    );
    assert_eq!(fixture.preview(&fee("JPY")).await["refused"], json!(3));
    let batch = fixture.accept(&fee("TWD")).await;
    fixture.finish().await;
    assert_eq!(fixture.counts(&batch).await, json!(["completed", 3, 3, 1, 0, 2]));
    let undo = fixture.ask("POST", &format!("{BATCHES}/{batch}/undo"));
    let answer = fixture.server.send(&undo).await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "state-conflict"));
    fixture.close().await;
}
