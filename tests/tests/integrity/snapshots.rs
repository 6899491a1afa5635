//! States that are kept of histories: whatever is wrong with one is named, and none is missed.

use std::sync::Arc;

use ordervault_domain::product::{Product, ProductCommand};
use ordervault_persistence::db::Db;
use ordervault_persistence::transfer::{export, import};
use ordervault_persistence::verify::{Code, verify};
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::dump::dump;
use ordervault_tests::queue::on_product;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, keys};
use ordervault_tests::twin::Fresh;

ordervault_tests::twin_tests!(what_is_wrong_is_named_and_nothing_is_missed, an_import_keeps_them_as_well);

/// A product with 205 events, of whose units orders have taken some.
async fn fill(db: &Db) -> Arc<Product> {
    let shop = Shop::open(db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    shop.place(&customer, &store, &[(&tea, 3)]).await;
    let adjust = |delta| on_product(tea.id, ProductCommand::AdjustStock { delta, comment: None });
    shop.submit(ActorRef::Operator, (1..205).map(adjust).collect()).await.expect("counted");
    shop.close().await;
    tea
}

async fn what_is_wrong_is_named_and_nothing_is_missed(db: Db) {
    for (damage, is_named) in [
        ("UPDATE state_snapshots SET state = replace(state, 'Thermos', 'Kettle') WHERE seq = 200", true),
        (
            "UPDATE state_snapshots SET state = replace(state, '\"on_hand\":0', '\"on_hand\":9') WHERE seq = 100",
            true,
        ),
        ("UPDATE state_snapshots SET state = (SELECT MAX(s.state) FROM state_snapshots s)", true),
        ("UPDATE state_snapshots SET state = '{'", true),
        ("UPDATE state_snapshots SET kind = 'store'", true),
        ("UPDATE state_snapshots SET seq = 201 WHERE seq = 200", true),
        ("UPDATE state_snapshots SET seq = 300 WHERE seq = 200", true),
        ("UPDATE state_snapshots SET entity_id = (SELECT MIN(id) FROM stores)", true),
        ("UPDATE state_snapshots SET format = 0, state = ''", false),
        ("DELETE FROM state_snapshots WHERE seq = 100", false),
        ("DELETE FROM state_snapshots", false),
    ] {
        let fresh = Fresh::on(db.engine()).await;
        fill(&fresh.db).await;
        fresh.damage(damage).await;
        let report = verify(&fresh.db, Some(&keys()), |_| {}).await.expect("readable");
        let codes: Vec<Code> = report.totals.keys().copied().collect();
        let expected = if is_named { vec![Code::SnapshotDiffers] } else { vec![] };
        assert_eq!(codes, expected, "{damage}: {:#?}", report.findings);
        fresh.drop().await;
    }
}

async fn an_import_keeps_them_as_well(db: Db) {
    let tea = fill(&db).await;
    let mut exported = vec![];
    export(&db, &mut exported, |_| {}).await.expect("exported");
    let there = Fresh::on(db.engine()).await;
    let shop = Shop::with(&there.db, ManualClock::at(OPENING_MILLIS), 2).await;
    import(&shop.writer, &exported[..], |_| {}).await.expect("imported");
    shop.close().await;
    let kept = async |db: &Db| {
        let mut rows = dump(db).await["state_snapshots"].clone();
        rows.retain(|row| row.int("entity_id") == Some(tea.id.get()));
        rows
    };
    let here = kept(&db).await;
    assert_eq!((here.len(), here), (2, kept(&there.db).await));
    there.finish().await;
}
