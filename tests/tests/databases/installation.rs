//! The installation: one for each database, made by the first writer, a resource with a history like any other.

use ordervault_domain::aggregate::Kind;
use ordervault_domain::installation::{FIRST_EPOCH, InstallationCommand};
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::db::Db;
use ordervault_persistence::transfer::{export, import};
use ordervault_persistence::writer::{ActorRef, Effect, Operation, WriteError};
use ordervault_tests::dump::dump;
use ordervault_tests::queue::{another_process, history};
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop};
use ordervault_tests::twin::Fresh;

ordervault_tests::twin_tests!(
    the_first_writer_makes_it_and_the_next_finds_it,
    a_restore_begins_a_new_epoch,
    only_the_operator_and_the_program_have_a_say,
    an_import_leaves_it_alone,
);

async fn the_first_writer_makes_it_and_the_next_finds_it(db: Db) {
    let other = another_process(&db).await;
    let clock = ManualClock::at(OPENING_MILLIS);
    let (first, second) = tokio::join!(Shop::open(&db), Shop::with(&other, clock, 2));
    let installation = first.writer.installation().clone();
    assert_eq!(&installation, second.writer.installation());
    assert_eq!((installation.version, installation.epoch), (1, FIRST_EPOCH));
    let events = history(&db, installation.id.get()).await;
    assert_eq!((events.len(), events[0].kind.as_str()), (1, Kind::Installation.into()));
    assert_eq!(dump(&db).await["installations"].len(), 1);
    first.close().await;
    second.close().await;
    other.close().await;
}

async fn a_restore_begins_a_new_epoch(db: Db) {
    let shop = Shop::open(&db).await;
    let before = shop.writer.installation().clone();
    for epoch in [2, 3] {
        let restore = Operation::Installation(InstallationCommand::Restore { position: 1 });
        match shop.act(ActorRef::Operator, restore).await {
            Effect::Installation(after) => assert_eq!((after.id, after.epoch), (before.id, epoch)),
            other => panic!("{other:?}"),
        }
    }
    shop.close().await;
    let shop = Shop::open(&db).await;
    assert_eq!(shop.writer.installation().epoch, 3);
    shop.close().await;
}

async fn only_the_operator_and_the_program_have_a_say(db: Db) {
    let shop = Shop::open(&db).await;
    let before = dump(&db).await;
    for actor in [ActorRef::Anonymous, ActorRef::Guest(None), ActorRef::Importer] {
        let restore = Operation::Installation(InstallationCommand::Restore { position: 1 });
        let outcome = shop.submit(actor, vec![restore]).await;
        let refused = matches!(outcome, Err(WriteError::Refused { refusal: Refusal::Forbidden(None), .. }));
        assert!(refused, "{actor:?}: {outcome:?}");
    }
    assert_eq!(dump(&db).await, before);
    shop.close().await;
}

async fn an_import_leaves_it_alone(db: Db) {
    let shop = Shop::open(&db).await;
    shop.store().await;
    let mut text = vec![];
    export(&db, &mut text, |_| {}).await.expect("exported");
    shop.close().await;
    let there = Fresh::on(db.engine()).await;
    let shop = Shop::open(&there.db).await;
    let before = dump(&there.db).await["installations"].clone();
    let summary = import(&shop.writer, text.as_slice(), |_| {}).await.expect("imported");
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(dump(&there.db).await["installations"], before);
    shop.close().await;
    there.finish().await;
}
