//! What older rules have folded is stale, no damage, and is folded anew beside whoever uses it.

use ordervault_domain::customer::{Customer, CustomerCommand, DeactivationReason};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{Amendment, OrderCommand};
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::repair::{Reindexed, is_due, reindex, repair};
use ordervault_persistence::verify::{Report, verify, verify_order};
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::shop::{Shop, keys};
use ordervault_tests::twin::Fresh;

use crate::verify::{fill, place_many};

ordervault_tests::twin_tests!(
    what_other_rules_have_folded_is_folded_anew,
    a_change_leaves_a_stale_row_stale,
    pages_of_stale_rows_are_folded_anew,
    accounts_that_would_become_one_stay_two,
);

/// As if other rules had folded everything: older ones, and for products those of a newer program.
fn folded_by_others(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "UPDATE orders SET folded_by = 0, contact_phone_reversed = '1', contact_email_key = 'x', duplicate_key = 1;
             UPDATE customers SET folded_by = 0, email_key = 'old ' || id, phone_reversed = '1';
             UPDATE members SET folded_by = -1, email_key = 'old ' || id;
             UPDATE products SET folded_by = 99;
             UPDATE order_search SET items = 'x', contact = 'x', note = 'x';
             UPDATE product_search SET words = 'x'; UPDATE customer_search SET words = 'x'"
        }
        Engine::Postgres => {
            "UPDATE orders SET folded_by = 0, contact_phone_reversed = '1', contact_email_key = 'x', duplicate_key = 1;
             UPDATE customers SET folded_by = 0, email_key = 'old ' || id, phone_reversed = '1';
             UPDATE members SET folded_by = -1, email_key = 'old ' || id;
             UPDATE products SET folded_by = 99;
             UPDATE order_search SET items = '''x'':1', contact = '''x'':1', note = '''x'':1';
             UPDATE product_search SET words = '''x'':1'; UPDATE customer_search SET words = '''x'':1'"
        }
    }
}

async fn looked_at(db: &Db) -> Report {
    let report = verify(db, Some(&keys()), |_| {}).await.expect("readable");
    assert!(report.is_clean(), "{report:?}");
    report
}

async fn reindexed(db: &Db) -> Reindexed {
    reindex(db).await.expect("reindexed")
}

async fn what_other_rules_have_folded_is_folded_anew(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    fill(&fresh.db).await;
    let healthy = dump(&fresh.db).await;
    assert!(!is_due(&fresh.db).await.expect("readable"));
    assert_eq!(reindexed(&fresh.db).await, Reindexed::default());
    fresh.damage(folded_by_others(db.engine())).await;
    let rows = [("customers", 1), ("members", 1), ("orders", 3), ("products", 3)];
    assert_eq!(looked_at(&fresh.db).await.stale, rows.into());
    assert!(is_due(&fresh.db).await.expect("readable"));
    let repaired = repair(&fresh.db, &keys(), None, |_| {}).await.expect("looked for");
    assert!(repaired.rebuilt.is_empty(), "nothing is damaged: {repaired:?}");
    let done = reindexed(&fresh.db).await;
    assert_eq!(done, Reindexed { folded: rows.into(), ..Reindexed::default() });
    assert_eq!(differences(&healthy, &dump(&fresh.db).await), Vec::<String>::new());
    assert!(looked_at(&fresh.db).await.stale.is_empty(), "words are those of today's rules, too");
    assert!(!is_due(&fresh.db).await.expect("readable"));
    fresh.finish().await;
}

/// Its words are still those of other rules.
async fn a_change_leaves_a_stale_row_stale(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    let shop = Shop::open(&fresh.db).await;
    let store = shop.store().await;
    let product = shop.product(&store, 10).await;
    let order = shop.place(&*shop.customer().await, &store, &[(&product, 3)]).await;
    fresh.damage(folded_by_others(db.engine())).await;
    let order = shop.change(ActorRef::Operator, &order, OrderCommand::Confirm).await;
    assert_eq!(looked_at(&fresh.db).await.stale.get("orders"), Some(&1));
    let amendment = Amendment { note: Some("another".into()), ..Amendment::default() };
    let order = shop.change(ActorRef::Operator, &order, OrderCommand::Amend(amendment)).await;
    assert_eq!(looked_at(&fresh.db).await.stale.get("orders"), Some(&1));
    let mut report = Report::default();
    verify_order(&fresh.db, Some(&keys()), OrderId::from_i64(order.id.get()), &mut report)
        .await
        .expect("readable");
    assert!(report.is_clean() && report.stale.contains_key("orders"), "{report:?}");
    let repaired = repair(&fresh.db, &keys(), None, |_| {}).await.expect("looked for");
    assert!(repaired.rebuilt.is_empty(), "{repaired:?}");
    reindexed(&fresh.db).await;
    assert!(looked_at(&fresh.db).await.stale.is_empty());
    shop.change(ActorRef::Operator, &order, OrderCommand::Start).await;
    shop.close().await;
    fresh.finish().await;
}

async fn pages_of_stale_rows_are_folded_anew(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    place_many(&fresh.db).await;
    fresh.damage("UPDATE orders SET folded_by = 0 - version, contact_phone_reversed = '1'").await;
    assert_eq!(reindexed(&fresh.db).await.folded["orders"], 1_200);
    assert!(looked_at(&fresh.db).await.stale.is_empty());
    fresh.finish().await;
}

async fn accounts_that_would_become_one_stay_two(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    let shop = Shop::open(&fresh.db).await;
    let (one, two, three) = (shop.customer().await, shop.customer().await, shop.customer().await);
    shop.close().await;
    // By older rules the addresses of all three were others, and the first one's has become another since.
    share_address(&fresh, &one, &[&one, &two, &three]).await;
    let done = reindexed(&fresh.db).await;
    assert_eq!(done.folded["customers"], 1);
    let told: Vec<String> = done.left.listed.iter().map(ToString::to_string).collect();
    let left = |customer: &Customer| {
        format!("customers {}: its address would be the one of {}", customer.id, one.id)
    };
    assert_eq!(told, [left(&two), left(&three)]);
    assert_eq!(reindexed(&fresh.db).await.left, done.left, "and again");
    assert!(is_due(&fresh.db).await.expect("readable"));
    // Whoever is left goes on with the account as it is.
    let shop = Shop::open(&fresh.db).await;
    let deactivate = Operation::Customer {
        id: Some(two.id),
        expected_version: None,
        command: CustomerCommand::Deactivate { reason: DeactivationReason::Other, comment: None },
        password_hash: None,
    };
    shop.act(ActorRef::Operator, deactivate).await;
    shop.close().await;
    assert_eq!(reindexed(&fresh.db).await.left, done.left, "still");
    // Each gets its own address again.
    for customer in [&one, &two, &three] {
        let email = customer.contact.email.as_ref().expect("an address").as_str();
        let text = format!("UPDATE customers SET email = '{email}' WHERE id = {}", customer.id.get());
        fresh.damage(Box::leak(text.into_boxed_str())).await;
    }
    assert_eq!(
        reindexed(&fresh.db).await,
        Reindexed { folded: [("customers", 2)].into(), ..Reindexed::default() }
    );
    assert!(looked_at(&fresh.db).await.stale.is_empty());
    fresh.finish().await;
}

/// Gives customers the address of one of them, each under a key of its own.
async fn share_address(fresh: &Fresh, of: &Customer, customers: &[&Customer]) {
    let email = of.contact.email.as_ref().expect("an address").as_str();
    for customer in customers {
        let text = format!(
            "UPDATE customers SET folded_by = 0, email = '{email}', email_key = 'old ' || id WHERE id = {}",
            customer.id.get()
        );
        fresh.damage(Box::leak(text.into_boxed_str())).await;
    }
}
