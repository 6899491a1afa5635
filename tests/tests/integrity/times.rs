//! Times run backwards where the clock was corrected, and `verify` tells that from everywhere else.

use std::collections::BTreeSet;

use ordervault_domain::order::OrderCommand;
use ordervault_persistence::clock;
use ordervault_persistence::db::Db;
use ordervault_persistence::transfer::{export, import};
use ordervault_persistence::verify::{Code, verify};
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::queue::catch_up;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, keys};
use ordervault_tests::twin::Fresh;

ordervault_tests::twin_tests!(
    a_time_goes_back_across_a_correction_and_nowhere_else,
    another_shop_takes_the_times_over,
);

const DAY: i64 = 24 * 60 * 60_000;

/// A shop whose clock was a week ahead, with orders from before, of then and since, of which two were changed since.
async fn corrected(db: &Db) {
    let shop = Shop::open(db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    let before = shop.place(&customer, &store, &[(&tea, 1)]).await;
    shop.clock.advance(7 * DAY);
    shop.change(ActorRef::Operator, &before, OrderCommand::Confirm).await;
    let ahead = shop.place(&customer, &store, &[(&tea, 1)]).await;
    shop.clock.advance(-6 * DAY);
    clock::correct(&shop.writer).await.expect("corrected");
    for order in [&before, &ahead] {
        let command = if order.id == before.id { OrderCommand::Start } else { OrderCommand::Confirm };
        shop.change(ActorRef::Operator, order, command).await;
        shop.place(&customer, &store, &[(&tea, 1)]).await;
    }
    catch_up(db).await;
    shop.close().await;
}

async fn a_time_goes_back_across_a_correction_and_nowhere_else(db: Db) {
    // The test's own database is looked at when it ends.
    corrected(&db).await;
    for (sql, code) in [
        // The correction is taken away, with all traces that it has left.
        (
            "UPDATE outbox SET position = -position WHERE position > (SELECT o.position FROM outbox o JOIN history h
                 ON h.entity_id = o.entity_id AND h.seq = o.seq WHERE h.type = 'clock_corrected');
             DELETE FROM outbox WHERE EXISTS (SELECT 1 FROM history h WHERE h.entity_id = outbox.entity_id
                 AND h.seq = outbox.seq AND h.type = 'clock_corrected');
             UPDATE outbox SET position = -position - 1 WHERE position < 0;
             DELETE FROM history WHERE type = 'clock_corrected'",
            Code::TimeBackwards,
        ),
        // It is put behind what came after it,
        (
            "UPDATE outbox SET position = 1000 WHERE EXISTS (SELECT 1 FROM history h WHERE h.entity_id = outbox.entity_id
                 AND h.seq = outbox.seq AND h.type = 'clock_corrected')",
            Code::TimeBackwards,
        ),
        // or in front of what it corrects.
        (
            "UPDATE outbox SET position = 0 WHERE EXISTS (SELECT 1 FROM history h WHERE h.entity_id = outbox.entity_id
                 AND h.seq = outbox.seq AND h.type = 'clock_corrected')",
            Code::ClockCorrection,
        ),
        // A time goes back once more, and a second correction is made up for it.
        (
            "UPDATE history SET recorded_at = recorded_at - 1000 WHERE type = 'started';
             INSERT INTO outbox SELECT entity_id, 3, recorded_at, (SELECT MAX(position) + 1 FROM outbox), NULL
                 FROM history WHERE type = 'clock_corrected';
             INSERT INTO history SELECT entity_id, 3, kind, store_id, type, format, event, commitment, fields, recorded_at,
                 occurred_at, actor_kind, actor_id, actor_role, request_id, key_id, hash
                 FROM history WHERE type = 'clock_corrected'",
            Code::ClockCorrection,
        ),
        (
            "UPDATE history SET recorded_at = recorded_at - 1000 WHERE type = 'started'",
            Code::TimeBackwards,
        ),
    ] {
        let fresh = Fresh::on(db.engine()).await;
        corrected(&fresh.db).await;
        fresh.damage(sql).await;
        let report = verify(&fresh.db, Some(&keys()), |_| {}).await.expect("readable");
        let found: BTreeSet<Code> = report.totals.keys().copied().collect();
        assert!(found.contains(&code), "{sql}: {code} expected, found {:#?}", report.findings);
        fresh.drop().await;
    }
}

async fn another_shop_takes_the_times_over(db: Db) {
    corrected(&db).await;
    let mut text = vec![];
    export(&db, &mut text, |_| {}).await.expect("exported");
    let there = Fresh::on(db.engine()).await;
    let shop = Shop::open(&there.db).await;
    shop.clock.advance(2 * DAY);
    let summary = import(&shop.writer, text.as_slice(), |_| {}).await.expect("imported");
    assert!(summary.is_complete(), "{summary:?}");
    catch_up(&there.db).await;
    // What is to come there is to come here.
    let mut conn = there.db.read().await.expect("a reader");
    assert_eq!(clock::behind(&mut conn, shop.clock.now()).await.expect("a look"), Some(5 * DAY));
    drop(conn);
    clock::correct(&shop.writer).await.expect("corrected");
    shop.close().await;
    let shop = Shop::with(&there.db, ManualClock::at(OPENING_MILLIS + 2 * DAY), 3).await;
    shop.store().await;
    shop.close().await;
    there.finish().await;
}
