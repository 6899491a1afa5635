//! Batches in the write queue, and the waker.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use ordervault_api::background::{Background, Pace, RunBatches};
use ordervault_domain::access::StoreScope;
use ordervault_domain::batch::{Batch, ItemOutcome};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{OrderCommand, OrderCommandKind, Status};
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, BatchOperation, Effect, Operation};
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::queue::{batch_action, done, on_order, refusal_of, together, written_groups};
use ordervault_tests::shop::submission;
use serde_json::json;
use tokio::sync::oneshot;

use super::fixture::{Fixture, id, ids};

/// Longer than anything here takes; whoever waits for so long waits for nothing.
const HOPELESS: Duration = Duration::from_mins(1);

fn open(orders: &[OrderId], fixture: &Fixture) -> Operation {
    let stores = StoreScope::Only([fixture.store.id].into());
    let items = orders.iter().map(|order| (*order, None)).collect();
    Operation::Batch(BatchOperation::Open {
        action: batch_action(OrderCommandKind::Delete),
        undoes: None,
        stores,
        items,
    })
}

async fn opened(fixture: &Fixture, orders: &[OrderId]) -> Arc<Batch> {
    match fixture.server.shop.act(ActorRef::Member(fixture.manager.id), open(orders, fixture)).await {
        Effect::Batch(batch) => batch,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn turns_and_a_cancellation_are_decided_as_they_arrive(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders: Vec<OrderId> = fixture.invalid_orders(4).await.iter().map(|order| order.id).collect();
    let batch = opened(&fixture, &orders).await;
    let turn = |order: usize| {
        let run = BatchOperation::Run { id: batch.id, order_id: orders[order] };
        submission(ActorRef::System, vec![Operation::Batch(run)])
    };
    let cancel = Operation::Batch(BatchOperation::Cancel { id: batch.id });
    let cancel = submission(ActorRef::Member(fixture.manager.id), vec![cancel]);
    let before = written_groups(&db).await;
    let wishes = vec![turn(0), turn(0), turn(1), cancel, turn(2), turn(1)];
    let outcomes: Vec<Effect> =
        together(&fixture.server.shop.writer, wishes).await.into_iter().map(done).collect();
    assert_eq!(written_groups(&db).await - before, 1, "one group of the queue");
    let mut results = vec![];
    for outcome in &outcomes {
        match outcome {
            Effect::BatchItem(result) => results.push(*result),
            Effect::Batch(batch) => {
                assert_eq!((batch.status.to_string().as_str(), batch.succeeded), ("cancelled", 2));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(results, [Some(ItemOutcome::Succeeded), None, Some(ItemOutcome::Succeeded), None, None]);
    assert_eq!(fixture.counts(&batch.id.to_string()).await, json!(["cancelled", 4, 2, 2, 0, 0]));
    assert_eq!(fixture.events("deleted").await, (2, 2));
    fixture.close().await;
}

pub(crate) async fn what_is_refused_leaves_no_batch(db: Db) {
    let fixture = Fixture::open(&db).await;
    let orders: Vec<OrderId> = fixture.invalid_orders(2).await.iter().map(|order| order.id).collect();
    let batch = opened(&fixture, &orders).await;
    let before = dump(&db).await;
    let shop = &fixture.server.shop;
    let confirm = on_order(orders[0], None, OrderCommand::Confirm);
    let maker = ActorRef::Member(fixture.manager.id);
    let refused = shop.submit(maker, vec![open(&orders, &fixture), confirm.clone()]).await;
    assert!(matches!(refusal_of(refused), Refusal::StateConflict { .. }));
    let cancel = Operation::Batch(BatchOperation::Cancel { id: batch.id });
    let refused = shop.submit(maker, vec![cancel.clone(), confirm]).await;
    assert!(matches!(refusal_of(refused), Refusal::StateConflict { .. }));
    for nobody in [ActorRef::System, ActorRef::Operator, ActorRef::Customer(fixture.customer.id)] {
        let refused = shop.submit(nobody, vec![open(&orders, &fixture)]).await;
        assert!(matches!(refusal_of(refused), Refusal::Forbidden(_)), "{nobody:?}");
    }
    assert!(differences(&before, &dump(&db).await).is_empty());
    fixture.close().await;
}

pub(crate) async fn the_job_is_woken_at_once(db: Db) {
    let fixture = Fixture::open(&db).await;
    let order = fixture.order(Status::PendingReview).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let pace = Pace::every(HOPELESS).or_woken_by(fixture.server.waker());
    // No pause ever ends by itself.
    let background = Background::new(fixture.tools()).with(RunBatches, pace).sleeping(|_| pending().boxed());
    let runner = tokio::spawn(background.run(async move { _ = stopped.await }));
    tokio::task::yield_now().await;
    let body = json!({"action": "confirm", "ids": ids(&[order])});
    let batch = id(&fixture.server.good(&fixture.run(&body), 202).await);
    let completed = async {
        while fixture.batch(&batch).await["status"] != "completed" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(HOPELESS, completed).await.expect("the batch is carried out");
    stop.send(()).expect("the job runs");
    runner.await.expect("no panic");
    fixture.close().await;
}
