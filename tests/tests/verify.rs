//! `verify` finds every kind of damage, and nothing in a healthy shop.
#![expect(clippy::expect_used, reason = "tests may")]

use ordervault_domain::order::Command;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::shop::Shop;

ordervault_tests::twin_tests!(a_healthy_shop);

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
