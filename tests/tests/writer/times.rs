//! Times in a history (letter b of the write queue): taken by the writer when it decides, never running backwards,
//! whatever the clocks do; imports keep the times of their source.

use std::sync::Arc;

use ordervault_domain::id::OrderId;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Import, ImportedStep, Order, OrderCommand, Status};
use ordervault_domain::product;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{
    ActorRef, Effect, IDEMPOTENCY_MILLIS, Operation, SessionOperation, WriteError,
};
use ordervault_persistence::{Realm, SESSION_MEMORY_MILLIS};
use ordervault_tests::dump::dump;
use ordervault_tests::queue::*;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, contact, place, submission};

ordervault_tests::twin_tests!(
    a_clock_set_back_a_little_stands_still,
    a_clock_far_behind_is_refused_in_plain_words,
    a_restart_remembers_the_newest_record,
    a_process_whose_clock_is_ahead_does_not_turn_histories_back,
    imports_keep_the_times_of_their_source,
    expired_idempotency_keys_are_dropped_on_the_way,
    sessions_are_dropped_long_after_their_end,
);

const SECOND: i64 = 1_000;

/// A shop with an order that waits for review.
async fn with_order(db: &Db) -> (Shop, Arc<Order>) {
    let shop = Shop::open(db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    let order = shop.place(&customer, &store, &[(&tea, 1)]).await;
    (shop, order)
}

async fn recorded(db: &Db, order: &Order) -> Vec<i64> {
    let rows = history(db, order.id.get()).await;
    assert_eq!(
        rows.iter().map(|row| row.seq).collect::<Vec<_>>(),
        (1..).take(rows.len()).collect::<Vec<_>>()
    );
    rows.iter().map(|row| row.recorded_at - OPENING_MILLIS).collect()
}

async fn a_clock_set_back_a_little_stands_still(db: Db) {
    let (shop, order) = with_order(&db).await;
    shop.clock.advance(90 * SECOND);
    shop.change(ActorRef::Operator, &order, OrderCommand::Confirm).await;
    shop.clock.advance(-60 * SECOND);
    let started = shop.change(ActorRef::Operator, &order, OrderCommand::Start).await;
    assert_eq!(started.stage.parts().started_at, Some(Timestamp::from_millis(OPENING_MILLIS + 90 * SECOND)));
    shop.clock.advance(61 * SECOND);
    shop.change(ActorRef::Operator, &order, OrderCommand::Complete).await;
    assert_eq!(recorded(&db, &order).await, [0, 90 * SECOND, 90 * SECOND, 91 * SECOND]);
    shop.close().await;
}

async fn a_clock_far_behind_is_refused_in_plain_words(db: Db) {
    let (shop, order) = with_order(&db).await;
    let before = dump(&db).await;
    shop.clock.advance(-61 * SECOND);
    let confirm = || shop.submit(ActorRef::Operator, vec![on_order(order.id, None, OrderCommand::Confirm)]);
    let refused = confirm().await.expect_err("refused");
    assert_eq!(refused, WriteError::ClockBehind { behind_seconds: 61 });
    assert!(refused.to_string().contains("clock is 61 s behind"), "{refused}");
    assert_eq!(dump(&db).await, before);
    shop.clock.advance(SECOND);
    assert_eq!(order_of(confirm().await).status(), Status::Confirmed);
    shop.close().await;
}

/// The newest id is that of the order, made long before it was confirmed.
async fn a_restart_remembers_the_newest_record(db: Db) {
    let (shop, order) = with_order(&db).await;
    shop.clock.advance(3_600 * SECOND);
    shop.change(ActorRef::Operator, &order, OrderCommand::Confirm).await;
    shop.close().await;
    let shop = Shop::with(&db, ManualClock::at(OPENING_MILLIS + 3_500 * SECOND), 2).await;
    let start = || shop.submit(ActorRef::Operator, vec![on_order(order.id, None, OrderCommand::Start)]);
    assert_eq!(start().await, Err(WriteError::ClockBehind { behind_seconds: 100 }));
    // Nor anything else, such as an order whose history is only about to begin.
    let other = shop.submit(ActorRef::Operator, vec![place(order.store_id, &[])]).await;
    assert_eq!(other, Err(WriteError::ClockBehind { behind_seconds: 100 }));
    shop.clock.advance(60 * SECOND);
    assert_eq!(order_of(start().await).status(), Status::Processing);
    assert_eq!(recorded(&db, &order).await, [0, 3_600 * SECOND, 3_600 * SECOND]);
    shop.close().await;
}

async fn a_process_whose_clock_is_ahead_does_not_turn_histories_back(db: Db) {
    let (shop, order) = with_order(&db).await;
    let elsewhere = another_process(&db).await;
    let ahead = Shop::with(&elsewhere, ManualClock::at(OPENING_MILLIS + 30 * SECOND), 2).await;
    ahead.change(ActorRef::Operator, &order, OrderCommand::Confirm).await;
    shop.clock.advance(SECOND);
    let started = shop.change(ActorRef::Operator, &order, OrderCommand::Start).await;
    assert_eq!(started.stage.parts().started_at, Some(started.updated_at));
    assert_eq!(recorded(&db, &order).await, [0, 30 * SECOND, 30 * SECOND]);
    // Further ahead than any clock may be: that order has to wait, others need not.
    ahead.clock.advance(120 * SECOND);
    ahead.change(ActorRef::Operator, &order, OrderCommand::Complete).await;
    let ahead_store = ahead.store().await;
    let tooearly = ordervault_domain::store::StoreCommand::Deactivate;
    let outcomes = together(
        &shop.writer,
        vec![
            submission(ActorRef::Operator, vec![on_store(ahead_store.id, tooearly)]),
            submission(
                ActorRef::Operator,
                vec![on_store(order.store_id, ordervault_domain::store::StoreCommand::Deactivate)],
            ),
        ],
    )
    .await;
    assert_eq!(outcomes[0], Err(WriteError::ClockBehind { behind_seconds: 149 }));
    assert!(outcomes[1].is_ok(), "{outcomes:?}");
    ahead.close().await;
    elsewhere.close().await;
    shop.close().await;
}

async fn imports_keep_the_times_of_their_source(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let at = |millis| Timestamp::from_millis(1_500_000_000_000 + millis);
    let step = |to, millis: Option<i64>| ImportedStep { to, at: millis.map(at) };
    let import = Import {
        store_id: store.id,
        customer_id: None,
        external_reference: "olist:1".into(),
        source_status: "delivered".into(),
        currency: "BRL".parse().expect("a currency"),
        lines: vec![],
        shipping_total: Amount::new(1_234),
        contact: contact(1),
        placed_at: at(0),
        steps: vec![
            step(Status::Confirmed, Some(50)),
            // The source's times run backwards, and one is missing.
            step(Status::Processing, Some(20)),
            step(Status::Completed, None),
        ],
    };
    let id = OrderId::from_i64(ordervault_domain::id::compose(at(0), 7).expect("an id"));
    let act = || Operation::Order {
        id: Some(id),
        expected_version: None,
        command: OrderCommand::Import(Box::new(import.clone())),
    };
    let order = order_of(shop.submit(ActorRef::Importer, vec![act()]).await);
    assert_eq!((order.id, order.version, order.status()), (id, 4, Status::Completed));
    assert_eq!(order.placed_at, at(0));
    let stage = order.stage.parts();
    assert_eq!(
        [stage.confirmed_at, stage.started_at, stage.completed_at],
        [Some(at(50)), Some(at(20)), None]
    );
    let rows = history(&db, id.get()).await;
    let occurred: Vec<_> = rows.iter().map(|row| row.occurred_at).collect();
    assert_eq!(occurred, [at(0), at(50), at(50), at(50)].map(Timestamp::millis));
    assert!(rows.iter().all(|row| row.recorded_at == OPENING_MILLIS));
    assert_eq!(folded::<Order>(&db, id.get()).await, *order);
    // A second run changes nothing.
    let before = dump(&db).await;
    let again = shop.submit(ActorRef::Importer, vec![act()]).await;
    assert_eq!(order_of(again), order);
    assert_eq!(dump(&db).await, before);
    // An old id does not make the clock look late.
    shop.store().await;
    shop.close().await;
}

async fn expired_idempotency_keys_are_dropped_on_the_way(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    let act = place(store.id, &[(&tea, 1)]);
    let old = keyed(submission(actor(&customer), vec![act]), "once", "tea");
    let order = order_of(shop.writer.submit(old).await);
    let keys = async || dump(&db).await["idempotency_keys"].len();
    assert_eq!(keys().await, 1);
    shop.clock.advance(IDEMPOTENCY_MILLIS + SECOND);
    write_on(&shop, &tea).await;
    assert_eq!(keys().await, 0);
    assert_eq!(history(&db, order.id.get()).await.len(), 1);
    shop.close().await;
}

async fn sessions_are_dropped_long_after_their_end(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    let open = SessionOperation::Open {
        realm: Realm::Customer,
        principal_id: customer.id.get(),
        idle_millis: SECOND,
        absolute_millis: 2 * SECOND,
        token_hash: Arc::new(|_, _| "current".to_owned()),
    };
    let open = Operation::Session(open);
    let Effect::Session(Some(session)) = shop.act(ActorRef::Anonymous, open).await else {
        panic!("no login")
    };
    let sessions = async || dump(&db).await["sessions"].len();
    let rotate = async || {
        let rotate = SessionOperation::Rotate {
            id: session.id,
            realm: Realm::Customer,
            presented_hash: "current".to_owned(),
            idle_millis: SECOND,
            token_hash: Arc::new(|_, _| "next".to_owned()),
        };
        shop.submit(ActorRef::Anonymous, vec![Operation::Session(rotate)]).await
    };
    shop.clock.advance(SESSION_MEMORY_MILLIS);
    write_on(&shop, &tea).await;
    assert_eq!(sessions().await, 1);
    let outdated = rotate().await;
    assert!(matches!(outdated, Err(WriteError::Refused { .. })), "{outdated:?}");
    shop.clock.advance(3 * SECOND);
    write_on(&shop, &tea).await;
    assert_eq!(sessions().await, 0);
    assert_eq!(rotate().await, outdated, "gone is as good as over");
    shop.close().await;
}

/// As many groups as it takes until something is cleaned up.
async fn write_on(shop: &Shop, tea: &product::Product) {
    let mut active = true;
    for _ in 0..64 {
        active = !active;
        let command =
            if active { product::ProductCommand::Activate } else { product::ProductCommand::Deactivate };
        shop.act(ActorRef::Operator, on_product(tea.id, command)).await;
    }
}
