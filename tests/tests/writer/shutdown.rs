//! Deadlines and the end (letters h and i of the write queue): whoever was let in gets an answer and what was taken
//! up is carried out, whether or not somebody still waits for it. Admission itself is tested beside the queue.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use ordervault_domain::order::Status;
use ordervault_persistence::db::Db;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::{WriteError, Writer};
use ordervault_tests::dump::dump;
use ordervault_tests::queue::*;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, keys, place, seeded, submission};

ordervault_tests::twin_tests!(
    who_hangs_up_cancels_nothing,
    a_stop_writes_what_waits_and_lets_nobody_in,
    a_stop_in_the_middle_of_a_batch_finishes_it,
    what_is_let_in_is_answered_in_the_order_of_arrival,
);

/// Asks once, as somebody who hangs up before there can be an answer.
fn ask_once(future: impl Future) {
    let ready = pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready();
    assert!(!ready);
}

async fn who_hangs_up_cancels_nothing(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let wish = || keyed(submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]), "key", "x");
    ask_once(shop.writer.submit(wish()));
    assert_eq!(shop.writer.depth(), 1);
    // With the next one it is carried out; the retry with the same key hears what became of it.
    assert!(matches!(
        shop.writer.submit(wish()).await,
        Ok(ordervault_persistence::writer::Receipt::Replayed { version: 1, .. })
    ));
    assert_eq!(dump(&db).await["orders"].len(), 1);
    // Also in the middle of its transaction.
    for turns in 1..12 {
        let item = submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]);
        let mut asking = Box::pin(shop.writer.submit(item));
        for _ in 0..turns {
            tokio::select! {
                biased;
                _ = &mut asking => break,
                () = tokio::task::yield_now() => {}
            }
        }
        drop(asking);
    }
    shop.close().await;
    // Nine more there were to sell.
    assert_eq!(dump(&db).await["orders"].len(), 10);
    assert_eq!(stock(&db, &tea).await, (10, 10));
}

async fn a_stop_writes_what_waits_and_lets_nobody_in(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 1_000).await;
    let customer = shop.customer().await;
    let clock = ManualClock::at(OPENING_MILLIS);
    let sources = Sources::new(move || clock.now(), seeded(3));
    let (writer, task) = Writer::start(db.clone(), sources, keys()).await.expect("a writer");
    let wish = || submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]);
    let waiting = together(&writer, (0..300).map(|_| wish()).collect());
    let (outcomes, ()) = tokio::join!(waiting, task.stop());
    assert_eq!(outcomes.len(), 300);
    for outcome in outcomes {
        assert_eq!(order_of(outcome).status(), Status::PendingReview);
    }
    assert_eq!(writer.submit(wish()).await, Err(WriteError::NotExecuted));
    assert_eq!(writer.depth(), 0);
    assert_eq!(dump(&db).await["orders"].len(), 300);
    shop.close().await;
}

async fn a_stop_in_the_middle_of_a_batch_finishes_it(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 1_000).await;
    let customer = shop.customer().await;
    for turns in 0..10 {
        let clock = ManualClock::at(OPENING_MILLIS);
        let sources = Sources::new(move || clock.now(), seeded(100 + turns));
        let (writer, task) = Writer::start(db.clone(), sources, keys()).await.expect("a writer");
        let wish = submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]);
        let asking = tokio::spawn(async move { writer.submit(wish).await });
        for _ in 0..=turns {
            tokio::task::yield_now().await;
        }
        task.stop().await;
        assert_eq!(order_of(asking.await.expect("an answer")).status(), Status::PendingReview);
    }
    assert_eq!(stock(&db, &tea).await, (1_000, 10));
    shop.close().await;
}

async fn what_is_let_in_is_answered_in_the_order_of_arrival(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 7).await;
    let customer = shop.customer().await;
    let wishes = (0..10).map(|_| submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]));
    let outcomes = together(&shop.writer, wishes.collect()).await;
    let sold: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(sold, [vec![true; 7], vec![false; 3]].concat());
    // Ids rise as they came.
    let ids: Vec<_> = outcomes.into_iter().take(7).map(|outcome| order_of(outcome).id).collect();
    assert!(ids.is_sorted());
    shop.close().await;
}
