//! `repair` makes anew what is made of the histories, and touches nothing else.

use std::collections::BTreeSet;

use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::repair::{Entry, RepairError, Report, mends, repair};
use ordervault_persistence::seal::KeyRing;
use ordervault_persistence::verify::{Code, verify};
use ordervault_tests::dump::{Dump, differences, dump};
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, keys};
use ordervault_tests::twin::Fresh;
use strum::IntoEnumIterator as _;

use crate::verify::{Case, HISTORIES, POSTGRES, REST, ROWS, SQLITE, STOCK, fill, place_many};

ordervault_tests::twin_tests!(
    damaged_rows_are_made_anew,
    damaged_stock_is_made_anew,
    the_rest_is_made_anew_or_left,
    what_is_gone_or_exchanged_is_made_anew,
    damaged_histories_are_left,
    only_what_has_no_history_to_go_by_stays,
    without_the_key_nothing_is_touched,
    a_repair_that_was_killed_is_run_again,
);

/// What is made of the histories.
const PROJECTIONS: &[&str] = &[
    "stores",
    "products",
    "customers",
    "members",
    "orders",
    "order_lines",
    "parcels",
    "state_snapshots",
    "stock_movements",
    "order_search",
    "product_search",
    "customer_search",
];
/// What a repair adds to: it says what was done.
const WRITTEN: &[&str] = &["history", "outbox", "installations", "followers", "writers"];

/// Besides the controls of `verify`: more at once, and values that only one may have.
const MORE: &[&str] = &[
    // Everything is gone.
    "DELETE FROM seen_marks; DELETE FROM seen_orders; DELETE FROM order_lines; DELETE FROM stock_movements;
     DELETE FROM order_search; DELETE FROM product_search; DELETE FROM customer_search; DELETE FROM orders;
     DELETE FROM products; DELETE FROM customers; DELETE FROM members; DELETE FROM stores",
    // Two products have exchanged what only one may have.
    "UPDATE products SET sku = 'x' || id;
     UPDATE products SET sku = (SELECT MIN(l.sku) FROM order_lines l WHERE l.product_id <> products.id)
     WHERE id IN (SELECT product_id FROM order_lines)",
    // Another row has taken the place of one.
    "UPDATE products SET id = id + 1 WHERE id = (SELECT MAX(id) FROM products)",
    "UPDATE customers SET id = id + 1",
    "UPDATE installations SET id = id + 1",
    "UPDATE products SET on_hand = 0, reserved = 5",
    "UPDATE products SET on_hand = 7, price = 1; UPDATE stock_movements SET on_hand = on_hand + 5",
    "INSERT INTO order_lines (order_id, no, product_id, sku, title, category, quantity, unit_price, total, amount)
         SELECT 1, no, product_id, sku, title, category, quantity, unit_price, total, amount
     FROM order_lines WHERE order_id = (SELECT MIN(id) FROM orders)",
];

/// Indexes of words whose own tables are damaged.
const WORDS: &[&str] = &[
    "DELETE FROM order_search_data WHERE id > 10",
    "UPDATE product_search_data SET block = zeroblob(length(block)) WHERE id > 10",
];

async fn damaged_rows_are_made_anew(db: Db) {
    mended(db.engine(), &texts(ROWS)).await;
}

async fn damaged_stock_is_made_anew(db: Db) {
    mended(db.engine(), &texts(STOCK)).await;
}

async fn the_rest_is_made_anew_or_left(db: Db) {
    mended(db.engine(), &texts(REST)).await;
    mended(db.engine(), &texts(if db.engine() == Engine::Sqlite { SQLITE } else { POSTGRES })).await;
}

async fn what_is_gone_or_exchanged_is_made_anew(db: Db) {
    mended(db.engine(), MORE).await;
    if db.engine() == Engine::Sqlite {
        mended(db.engine(), WORDS).await;
    }
}

async fn damaged_histories_are_left(db: Db) {
    mended(db.engine(), &texts(HISTORIES)).await;
}

fn texts(cases: &[Case]) -> Vec<&'static str> {
    cases.iter().map(|(sql, ..)| *sql).collect()
}

/// Every code that `repair` mends is among what the controls of `verify` lead to.
#[test]
fn every_code_that_is_mended_has_its_control() {
    let cases = [ROWS, STOCK, REST, SQLITE, HISTORIES].concat();
    let controlled: BTreeSet<Code> =
        cases.iter().flat_map(|(_, codes, more)| [*codes, *more].concat()).collect();
    let without: Vec<Code> = Code::iter().filter(|code| mends(*code) && !controlled.contains(code)).collect();
    assert!(without.is_empty(), "{without:?}");
}

/// Breaks a healthy shop in each of these ways, and repairs it. What is as healthy as before serves again.
async fn mended(engine: Engine, cases: &[&str]) {
    let (mut wrong, mut last) = (vec![], None);
    for sql in cases {
        let fresh = match last.take() {
            Some(fresh) => fresh,
            None => filled(engine).await,
        };
        let healthy = dump(&fresh.db).await;
        fresh.damage(sql).await;
        wrong.extend(unmended(&fresh.db, &healthy).await.into_iter().map(|what| format!("{sql}: {what}")));
        match is_as_before(&fresh.db, &healthy).await {
            true => last = Some(fresh),
            false => fresh.drop().await,
        }
    }
    if let Some(fresh) = last {
        fresh.finish().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn filled(engine: Engine) -> Fresh {
    let fresh = Fresh::on(engine).await;
    fill(&fresh.db).await;
    fresh
}

async fn is_as_before(db: &Db, healthy: &Dump) -> bool {
    let (after, written) = (dump(db).await, |table: &&&str| !WRITTEN.contains(table));
    let tables: Vec<&str> = after.keys().filter(written).copied().collect();
    differences(&only(healthy, &tables), &only(&after, &tables)).is_empty() && codes(db).await.is_empty()
}

/// What does not hold of the repair of a damaged database.
async fn unmended(db: &Db, healthy: &Dump) -> Vec<String> {
    let (found, damaged) = (codes(db).await, dump(db).await);
    let told = run(db, false).await.expect("told");
    let mut wrong = differences(&damaged, &dump(db).await);
    let done = match run(db, true).await {
        Ok(done) => done,
        // The installation's own history is among what was damaged.
        Err(RepairError::Installation(_)) => {
            wrong.extend(differences(&damaged, &dump(db).await));
            return wrong;
        }
        Err(error) => return vec![format!("{error:?}")],
    };
    let (after, left) = (codes(db).await, dump(db).await);
    let mut hold = |what: &str, holds: bool| {
        if !holds {
            wrong.push(format!("{what}: {found:?} became {after:?}, {told:#?}, {done:#?}"));
        }
    };
    let only_mended = found.iter().all(|code| mends(*code) || *code == Code::EngineForeignKey);
    hold("everything of it is mended", !only_mended || (after.is_empty() && done.left.is_empty()));
    hold("it is mended or left", !done.left.is_empty() || !after.iter().any(|code| mends(*code)));
    hold("nothing else breaks", after.is_subset(&found));
    hold("what was told is done", sorted(&told) == sorted(&done));
    hold("a new epoch begins", done.epoch.is_some() != done.rebuilt.is_empty());
    hold("once is enough", run(db, true).await.is_ok_and(|again| again.rebuilt.is_empty()));
    wrong.extend(differences(&only(healthy, PROJECTIONS), &only(&left, PROJECTIONS)));
    let rest = |table: &&&str| !PROJECTIONS.contains(table) && !WRITTEN.contains(table);
    let rest: Vec<&str> = damaged.keys().filter(rest).copied().collect();
    wrong.extend(differences(&only(&damaged, &rest), &only(&left, &rest)));
    let events = differences(&only(&damaged, &["history"]), &only(&left, &["history"]));
    wrong.extend(events.into_iter().filter(|line| !line.contains("repaired")));
    wrong
}

fn only(all: &Dump, tables: &[&str]) -> Dump {
    all.iter()
        .filter(|(table, _)| tables.contains(table))
        .map(|(table, rows)| (*table, rows.clone()))
        .collect()
}

fn sorted(report: &Report) -> (Vec<Entry>, Vec<Entry>) {
    let (mut rebuilt, mut left) = (report.rebuilt.listed.clone(), report.left.listed.clone());
    rebuilt.sort();
    left.sort();
    (rebuilt, left)
}

async fn codes(db: &Db) -> BTreeSet<Code> {
    let report = verify(db, Some(&keys()), |_| {}).await.expect("readable");
    report.totals.keys().copied().collect()
}

async fn run(db: &Db, applies: bool) -> Result<Report, RepairError> {
    let sources = ManualClock::at(OPENING_MILLIS).sources(9);
    repair(db, &keys(), applies.then_some(&sources), |_| {}).await
}

async fn only_what_has_no_history_to_go_by_stays(db: Db) {
    let fresh = filled(db.engine()).await;
    // One product has what is another's, and nobody can tell what it should have.
    fresh
        .damage(
            "UPDATE orders SET note = 'changed';
             UPDATE history SET request_id = 'req_0' WHERE entity_id = (SELECT MIN(id) FROM orders);
             UPDATE products SET sku = 'x' || id;
             UPDATE products SET sku = (SELECT MIN(l.sku) FROM order_lines l WHERE l.product_id <> products.id)
             WHERE id IN (SELECT product_id FROM order_lines);
             UPDATE history SET request_id = 'req_0' WHERE entity_id = (SELECT MIN(id) FROM products)",
        )
        .await;
    let before = dump(&fresh.db).await;
    let done = run(&fresh.db, true).await.expect("repaired");
    let left: Vec<(&str, bool)> = done
        .left
        .listed
        .iter()
        .map(|entry| (entry.table, entry.detail.contains("history-hash at event")))
        .collect();
    assert_eq!(left, [("products", true), ("products", false), ("orders", true)], "{done:#?}");
    assert_eq!(done.rebuilt.totals.clone().into_iter().collect::<Vec<_>>(), [("orders", 2), ("products", 1)]);
    let after = dump(&fresh.db).await;
    let of_left = differences(&before, &after).into_iter().filter(|line| {
        let ids = done.left.listed.iter().filter_map(|entry| entry.id);
        ids.map(|id| format!("\"id\": Int({id})")).any(|id| line.contains(&id))
    });
    assert_eq!(of_left.collect::<Vec<_>>(), [] as [String; 0]);
    fresh.drop().await;
}

async fn without_the_key_nothing_is_touched(db: Db) {
    let fresh = filled(db.engine()).await;
    fresh.damage("UPDATE orders SET note = 'changed'").await;
    let before = dump(&fresh.db).await;
    let others = KeyRing::new([1; 32], []);
    let told = repair(&fresh.db, &others, None, |_| {}).await.expect("told");
    let sources = ManualClock::at(OPENING_MILLIS).sources(9);
    let refused = repair(&fresh.db, &others, Some(&sources), |_| {}).await;
    assert!(matches!(refused, Err(RepairError::Installation(_))), "{refused:?}");
    assert!(told.rebuilt.is_empty() && told.left.totals["orders"] == 3, "{told:#?}");
    assert!(told.left.listed.iter().all(|entry| entry.detail.contains("not checked: key k")), "{told:#?}");
    assert_eq!(differences(&before, &dump(&fresh.db).await), [] as [String; 0]);
    fresh.drop().await;
}

async fn a_repair_that_was_killed_is_run_again(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    place_many(&fresh.db).await;
    let healthy = dump(&fresh.db).await;
    fresh.damage("UPDATE orders SET note = 'changed'; DELETE FROM order_search").await;
    let there = fresh.db.clone();
    let killed = tokio::spawn(async move {
        let sources = ManualClock::at(OPENING_MILLIS).sources(9);
        let dies =
            |at: ordervault_persistence::verify::Progress| assert_ne!((at.table, at.done), ("orders", 500));
        repair(&there, &keys(), Some(&sources), dies).await
    });
    assert!(killed.await.is_err_and(|error| error.is_panic()));
    let done = run(&fresh.db, true).await.expect("repaired");
    let totals: Vec<(&str, u64)> = done.rebuilt.totals.into_iter().collect();
    assert_eq!((totals, done.epoch), (vec![("order_search", 700), ("orders", 700)], Some(3)));
    assert!(codes(&fresh.db).await.is_empty());
    let after = dump(&fresh.db).await;
    assert_eq!(differences(&only(&healthy, PROJECTIONS), &only(&after, PROJECTIONS)), [] as [String; 0]);
    fresh.finish().await;
}
