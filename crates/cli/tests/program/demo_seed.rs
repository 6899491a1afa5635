//! `demo seed` as an operator sees it, on both engines.

use std::collections::{BTreeMap, BTreeSet};

use ordervault_domain::id::StoreId;
use ordervault_domain::order::Status;
use ordervault_persistence::read::OrderSummary;

use crate::installation::{Installation, assert_ends, assert_fails, text};

/// Orders of the demo shop itself.
const OF_THE_DEMO: usize = 200;

fn seed(shop: &Installation, orders: &str) -> std::process::Output {
    shop.run(&["-q", "demo", "seed", "--orders", orders])
}

async fn seeded(shop: &Installation) -> Vec<OrderSummary> {
    let orders = shop.orders().await;
    orders.into_iter().filter(|order| order.source_status.is_some()).collect()
}

#[tokio::test]
async fn orders_come_in_skewed_and_more_come_in_between() {
    for shop in Installation::on_both().await {
        assert_ends(&seed(&shop, "400"), 0, "orders: 400 new, 0 already there, 0 refused\n");
        let orders = seeded(&shop).await;
        assert_eq!((orders.len(), shop.orders().await.len()), (400, 400 + OF_THE_DEMO));
        assert_skewed(&orders);

        assert_ends(&seed(&shop, "400"), 0, "nothing new: the database is unchanged\n");
        assert_eq!(seeded(&shop).await, orders);

        assert_ends(&seed(&shop, "1000"), 0, "orders: 600 new, 400 already there, 0 refused\n");
        let more = seeded(&shop).await;
        let ids = |orders: &[OrderSummary]| orders.iter().map(|order| order.id).collect::<BTreeSet<_>>();
        assert!(ids(&more).is_superset(&ids(&orders)));
        assert_skewed(&more);
        assert_ends(&shop.run(&["-q", "verify"]), 0, "everything holds");
    }
}

/// Most orders are completed; one store has half of them and one has two.
fn assert_skewed(orders: &[OrderSummary]) {
    let of = |status| orders.iter().filter(|order| order.status == status).count();
    assert!(of(Status::Completed) * 10 > orders.len() * 9);
    assert!(of(Status::Cancelled) > 0 && of(Status::Invalid) > 0 && of(Status::Processing) > 0);
    let mut stores: BTreeMap<StoreId, usize> = BTreeMap::new();
    for order in orders {
        *stores.entry(order.store_id).or_default() += 1;
    }
    let greatest = stores.values().max().copied().unwrap_or_default();
    assert_eq!(stores.values().min(), Some(&2), "{stores:?}");
    assert!((4..=6).contains(&(greatest * 10 / orders.len())), "{stores:?}");
}

#[tokio::test]
async fn whoever_stops_it_goes_on_later() {
    for shop in Installation::on_both().await {
        let mut running = shop.start(&["demo", "seed", "--orders", "3000"], &[]);
        running.wait_for("orders: ");
        running.signal("INT");
        let (code, out, said) = running.end();
        assert_eq!(code, Some(1), "{out}{said}");
        assert!(out.contains("not taken up\nstopped before the end"), "{out}");
        let there = seeded(&shop).await.len();
        assert!((1..3_000).contains(&there));
        assert_ends(&seed(&shop, "3000"), 0, &format!(" {there} already there, 0 refused\n"));
        assert_eq!(seeded(&shop).await.len(), 3_000);
    }
}

#[tokio::test]
async fn no_other_shop_gets_made_up_orders() {
    for shop in Installation::on_both().await {
        let owner = ["member", "create", "ana@example.com", "--name", "Ana", "--role", "owner"];
        assert_ends(&shop.run(&owner), 0, "ana@example.com");
        assert_fails(&seed(&shop, "10"), 78, "holds another shop than the demo shop");
        assert_eq!(shop.orders().await, []);
    }
}

#[test]
fn production_and_odd_numbers_are_refused_and_leave_nothing_behind() {
    let shop = Installation::on_sqlite();
    let args = ["demo", "seed", "--orders", "10"];
    assert_fails(&shop.run_with(&args, &[("ORDERVAULT_MODE", "production")]), 78, "`demo seed`");
    for orders in ["0", "-1", "10000001", "many", ""] {
        let output = seed(&shop, orders);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    }
    assert!(!shop.path().join("data").exists());
}
