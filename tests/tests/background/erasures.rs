//! The walk through the orders of customers who have left: each is looked at when it can be due, and not before.

use ordervault_api::background::{EraseOrders, Job as _, Remaining, Tools};
use ordervault_api::settings::Retention;
use ordervault_domain::access::Scope;
use ordervault_domain::customer::CustomerCommand;
use ordervault_domain::order::{CancelReason, Order, OrderCommand};
use ordervault_domain::time::DAY_MILLIS;
use ordervault_persistence::db::Db;
use ordervault_persistence::read;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::shop::Shop;

ordervault_tests::twin_tests!(what_was_looked_at_is_looked_at_again_when_it_can_be_due);

const RETENTION_DAYS: u32 = 100;

/// Steps of one walk.
async fn walk(job: &mut EraseOrders, shop: &Shop) -> usize {
    let tools = Tools { db: shop.db.clone(), writer: shop.writer.clone(), sources: shop.clock.sources(9) };
    let mut steps = 1;
    while job.step(&tools).await.expect("a step") == Remaining::More {
        steps += 1;
    }
    steps
}

async fn what_was_looked_at_is_looked_at_again_when_it_can_be_due(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let product = shop.product(&store, 1_000).await;
    let (ana, ben) = (shop.customer().await, shop.customer().await);
    let mut orders = vec![];
    for _ in 0..150 {
        orders.push(shop.place(&ana, &store, &[(&product, 1)]).await);
    }
    let cancel = OrderCommand::Cancel { reason: CancelReason::Other, comment: None };
    shop.change(ActorRef::Operator, &orders[0], cancel.clone()).await;
    shop.clock.advance(DAY_MILLIS);
    for order in &orders[2..] {
        shop.change(ActorRef::Operator, order, cancel.clone()).await;
    }
    for customer in [&ana, &ben] {
        shop.act(ActorRef::Operator, Operation::on_customer(customer.id, CustomerCommand::Erase)).await;
    }
    let wait_days = |days: u32| shop.clock.advance(i64::from(days) * DAY_MILLIS);
    let is_erased = async |order: &Order| {
        let order =
            read::order(&mut db.read().await.expect("a connection"), &Scope::Everything, order.id).await;
        order.expect("read").expect("an order").erased_at.is_some()
    };
    let mut job = EraseOrders::after(Retention { order_personal_days: RETENTION_DAYS });
    let (whole, idle) = (walk(&mut job, &shop).await, walk(&mut job, &shop).await);
    // Two customers, one of them with two pages of orders; then nobody.
    assert_eq!((whole, idle), (5, 2));
    wait_days(RETENTION_DAYS - 2);
    assert_eq!(walk(&mut job, &shop).await, idle);
    wait_days(1);
    assert_eq!(walk(&mut job, &shop).await, idle + 2);
    assert!(is_erased(&orders[0]).await && !is_erased(&orders[1]).await && !is_erased(&orders[2]).await);
    wait_days(1);
    walk(&mut job, &shop).await;
    assert!(is_erased(&orders[2]).await && is_erased(&orders[149]).await);
    // The one that is open is due when it has been closed for as long.
    assert!(!is_erased(&orders[1]).await);
    shop.change(ActorRef::Operator, &orders[1], cancel).await;
    wait_days(RETENTION_DAYS - 1);
    walk(&mut job, &shop).await;
    assert!(!is_erased(&orders[1]).await);
    wait_days(1);
    walk(&mut job, &shop).await;
    assert!(is_erased(&orders[1]).await);
    wait_days(10 * RETENTION_DAYS);
    assert_eq!(walk(&mut job, &shop).await, idle);
    shop.close().await;
}
