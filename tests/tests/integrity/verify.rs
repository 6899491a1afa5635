//! `verify` names every kind of damage, and finds nothing in a shop that holds together.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{Amendment, CancelReason, OrderCommand, OrderCommandKind};
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::verify::{Code, Progress, Report, verify, verify_behind};
use ordervault_persistence::writer::{
    ActorRef, BatchOperation, Effect, Idempotency, Operation, Receipt, SessionOperation, Submission,
};
use ordervault_persistence::{Realm, read};
use ordervault_tests::life::live;
use ordervault_tests::queue::{batch_action, catch_up};
use ordervault_tests::seed::seeds;
use ordervault_tests::shop::{Shop, keys, place, submission};
use ordervault_tests::twin::Fresh;
use strum::IntoEnumIterator as _;

use crate::tampers;

ordervault_tests::twin_tests!(
    random_lives_hold_together,
    a_second_look_sees_what_is_there_by_then,
    every_table_is_looked_at,
    a_run_that_was_stopped_can_be_gone_on_with,
    damage_to_rows_is_named,
    damage_to_histories_is_named,
    damage_to_stock_is_named,
    damage_to_the_outbox_and_the_rest_is_named,
    many_damaged_rows_are_counted_over_pages,
);

/// SQL, the codes that it leads to, and those that the engine's own check on SQLite adds.
pub(crate) type Case = (&'static str, &'static [Code], &'static [Code]);

/// The first order: placed, confirmed, amended; the second one is cancelled with a comment.
pub(crate) const ROWS: &[Case] = &[
    ("UPDATE orders SET currency = 'XXX'", &[Code::RowUnreadable], &[]),
    ("UPDATE order_lines SET quantity = -1", &[Code::RowUnreadable, Code::StockReserved], &[]),
    (
        "INSERT INTO stores SELECT id + 1000, version, head_hash, name, currency, time_zone, country, active,
             change_window_minutes, duplicate_window_minutes, review_minutes, start_minutes, completion_minutes, payment_minutes, shipping_minutes,
             cancel_unconfirmed_minutes, reversal_minutes, discount_limit, refund_limit, tax, shipping, payments, public_board, order_mails, NULL, created_at, updated_at
         FROM stores WHERE id = (SELECT MIN(id) FROM stores)",
        &[Code::RowWithoutHistory],
        &[],
    ),
    (
        "DELETE FROM seen_marks; DELETE FROM seen_orders; DELETE FROM members; DELETE FROM credentials",
        &[Code::HistoryWithoutRow],
        &[],
    ),
    ("DELETE FROM installations", &[Code::InstallationMissing, Code::HistoryWithoutRow], &[]),
    ("UPDATE installations SET epoch = 2", &[Code::FoldDiffers], &[]),
    ("UPDATE stores SET name = 'x'", &[Code::FoldDiffers], &[]),
    ("UPDATE products SET price = price + 1", &[Code::FoldDiffers], &[]),
    (
        "UPDATE customers SET phone = NULL",
        &[Code::FoldDiffers, Code::ColumnDiffers, Code::SearchDiffers],
        &[],
    ),
    ("UPDATE members SET must_change_password = TRUE", &[Code::FoldDiffers], &[]),
    ("UPDATE orders SET placed_at = placed_at + 1", &[Code::FoldDiffers], &[]),
    ("UPDATE orders SET confirmed_at = 5 WHERE confirmed_at IS NOT NULL", &[Code::FoldDiffers], &[]),
    ("UPDATE orders SET contact_phone_reversed = '1'", &[Code::ColumnDiffers], &[]),
    ("UPDATE order_lines SET no = no + 5", &[Code::FoldDiffers], &[]),
    ("UPDATE orders SET last_line_no = last_line_no + 1", &[Code::FoldDiffers], &[]),
    ("UPDATE orders SET last_line_no = 0", &[Code::FoldDiffers], &[]),
    ("UPDATE orders SET version = version + 1", &[Code::HeadVersion], &[]),
    ("UPDATE orders SET head_hash = ''", &[Code::HeadHash], &[]),
    (
        "UPDATE orders SET subtotal = subtotal + 1, total = total + 1, balance_due = balance_due + 1",
        &[Code::SumDiffers, Code::FoldDiffers],
        &[],
    ),
    (
        "UPDATE order_lines SET total = total + 1",
        &[Code::SumDiffers, Code::FoldDiffers],
        &[],
    ),
    ("UPDATE orders SET balance_due = balance_due + 1", &[Code::ColumnDiffers], &[]),
    (
        "UPDATE orders SET cancelled_total = cancelled_total + 1, balance_due = balance_due - 1",
        &[Code::SumDiffers, Code::FoldDiffers],
        &[],
    ),
    (
        "UPDATE orders SET fulfillment_status = 'delivered'",
        &[Code::SumDiffers, Code::FoldDiffers],
        &[],
    ),
    (
        "UPDATE order_lines SET shipped = quantity + 1, delivered = quantity + 1",
        &[Code::SumDiffers, Code::FoldDiffers, Code::StockReserved],
        &[],
    ),
    (
        "UPDATE orders SET customer_id = 1",
        &[Code::LinkBroken, Code::FoldDiffers, Code::ColumnDiffers],
        &[],
    ),
    (
        "UPDATE orders SET store_id = 1",
        &[Code::LinkBroken, Code::FoldDiffers, Code::ColumnDiffers],
        &[],
    ),
    // What has no foreign key.
    (
        "INSERT INTO order_lines (order_id, no, product_id, sku, title, category, quantity, unit_price, total, amount)
         SELECT 1, no, product_id, sku, title, category, quantity, unit_price, total, amount FROM order_lines
         WHERE order_id = (SELECT MIN(id) FROM orders)",
        &[Code::LinkBroken],
        &[],
    ),
    (
        "UPDATE order_lines SET product_id = 1",
        &[Code::LinkBroken, Code::FoldDiffers, Code::StockReserved, Code::ColumnDiffers],
        &[],
    ),
    (
        "UPDATE order_lines SET order_id = 1 WHERE order_id = (SELECT MIN(id) FROM orders)",
        &[Code::LinkBroken, Code::FoldDiffers, Code::StockReserved, Code::SumDiffers, Code::ColumnDiffers, Code::SearchDiffers],
        &[],
    ),
    (
        "INSERT INTO parcels SELECT MIN(id), 1, 1, 'RR 1', 'RR1' FROM orders",
        &[Code::ColumnDiffers],
        &[],
    ),
    ("INSERT INTO parcels VALUES (1, 1, 1, 'RR 1', 'RR1')", &[Code::LinkBroken], &[]),
    ("UPDATE orders SET last_fulfillment_no = 1", &[Code::FoldDiffers], &[]),
    ("UPDATE orders SET duplicate_key = 1", &[Code::ColumnDiffers], &[]),
    ("UPDATE orders SET due_at = 1", &[Code::FoldDiffers, Code::SumDiffers], &[]),
    (
        "UPDATE orders SET deadlines = '{\"step\":\"2026-01-01T00:00:00.000Z\"}'",
        &[Code::FoldDiffers, Code::SumDiffers],
        &[],
    ),
    ("UPDATE orders SET unlisted = TRUE", &[Code::FoldDiffers], &[]),
    ("UPDATE stores SET public_board = TRUE", &[Code::FoldDiffers], &[]),
    ("UPDATE products SET store_id = 1", &[Code::LinkBroken, Code::FoldDiffers], &[Code::EngineForeignKey]),
    (
        "UPDATE order_lines SET product_id = (SELECT MAX(id) FROM products)",
        &[Code::LinkBroken, Code::FoldDiffers, Code::StockReserved, Code::ColumnDiffers],
        &[],
    ),
];

pub(crate) const HISTORIES: &[Case] = &[
    (
        "DELETE FROM history WHERE seq = 2 AND type = 'confirmed'",
        &[Code::HistoryGap, Code::OutboxWithoutEvent],
        &[],
    ),
    (
        "DELETE FROM history WHERE entity_id IN (SELECT id FROM members)",
        &[Code::RowWithoutHistory, Code::OutboxWithoutEvent, Code::PersonalWithoutEvent],
        &[],
    ),
    ("UPDATE history SET kind = 'store' WHERE seq = 3", &[Code::HistoryHash, Code::HistoryKind], &[]),
    ("UPDATE history SET request_id = 'req_forged' WHERE seq = 2", &[Code::HistoryHash], &[]),
    ("UPDATE history SET occurred_at = 1 WHERE type = 'amended'", &[Code::HistoryHash], &[]),
    (
        "UPDATE history SET recorded_at = recorded_at - 1 WHERE type = 'confirmed';
         UPDATE outbox SET recorded_at = (SELECT h.recorded_at FROM history h WHERE h.entity_id = outbox.entity_id
             AND h.seq = outbox.seq)",
        &[Code::HistoryHash, Code::TimeBackwards],
        &[],
    ),
    (
        "INSERT INTO history SELECT entity_id, 2, kind, store_id, 'clock_corrected', format,
             '{\"type\":\"clock_corrected\",\"from\":\"2027-01-01T00:00:00.000Z\",\"to\":\"2026-01-01T00:00:00.000Z\"}',
             commitment, 'clock_corrected_from', recorded_at, occurred_at, actor_kind, actor_id, actor_role, request_id,
             key_id, hash
         FROM history WHERE kind = 'installation'",
        &[Code::HistoryHash, Code::HeadVersion, Code::ClockCorrection, Code::OutboxMissing],
        &[],
    ),
    ("UPDATE history SET hash = '' WHERE seq = 3", &[Code::HistoryHash, Code::HeadHash], &[]),
    (
        "UPDATE history SET event = '{\"type\":\"nonsense\"}' WHERE seq = 2",
        &[Code::HistoryHash, Code::HistoryText],
        &[],
    ),
    ("UPDATE history SET format = 99 WHERE seq = 2", &[Code::HistoryHash, Code::HistoryText], &[]),
    (
        "UPDATE history SET event = '{\"type\":\"restored\",\"to\":\"confirmed\"}' WHERE seq = 2",
        &[Code::HistoryHash, Code::HistoryMisfit],
        &[],
    ),
    ("UPDATE history SET fields = 'total' WHERE seq = 2", &[Code::HistoryHash, Code::HistoryDerived], &[]),
    ("UPDATE history SET type = 'started' WHERE seq = 2", &[Code::HistoryHash, Code::HistoryDerived], &[]),
    ("UPDATE history SET store_id = NULL WHERE seq = 3", &[Code::HistoryHash, Code::HistoryDerived], &[]),
    ("UPDATE personal_values SET salt = ''", &[Code::PersonalMismatch], &[]),
    ("DELETE FROM personal_values WHERE seq = 2", &[Code::PersonalMissing], &[]),
    (
        "UPDATE history SET event = '{\"type\":\"erased\"}' WHERE type = 'confirmed'",
        &[Code::HistoryHash, Code::HistoryDerived, Code::PersonalLeft, Code::FoldDiffers],
        &[],
    ),
    (
        "INSERT INTO personal_values SELECT entity_id, 99, salt, content FROM personal_values WHERE seq = 2",
        &[Code::PersonalWithoutEvent],
        &[],
    ),
    (
        "INSERT INTO personal_values SELECT entity_id, seq, '', '{}' FROM history WHERE type = 'confirmed'",
        &[Code::PersonalMismatch],
        &[],
    ),
    (
        "INSERT INTO state_snapshots SELECT entity_id, seq, kind, format, event FROM history WHERE type = 'confirmed'",
        &[Code::SnapshotDiffers],
        &[],
    ),
    (
        "INSERT INTO state_snapshots SELECT entity_id, seq + 100, kind, 0, '{}' FROM history WHERE type = 'confirmed'",
        &[Code::SnapshotDiffers],
        &[],
    ),
];

pub(crate) const STOCK: &[Case] = &[
    ("UPDATE products SET on_hand = on_hand + 1", &[Code::StockSum], &[]),
    ("UPDATE products SET reserved = reserved + 1", &[Code::StockSum, Code::StockReserved], &[]),
    (
        "UPDATE stock_movements SET reserved = reserved + 1 WHERE entity_id <> product_id",
        &[Code::StockMovement, Code::StockSum],
        &[],
    ),
    (
        "DELETE FROM stock_movements WHERE entity_id <> product_id",
        &[Code::StockMovement, Code::StockSum],
        &[],
    ),
    (
        "INSERT INTO stock_movements SELECT product_id, entity_id, 77, 0, 0 FROM stock_movements WHERE seq = 1",
        &[Code::StockMovement],
        &[],
    ),
    (
        "INSERT INTO stock_movements SELECT product_id, 1, seq, 0, 0 FROM stock_movements WHERE entity_id = product_id",
        &[Code::StockMovement],
        &[],
    ),
    (
        "UPDATE stock_movements SET product_id = 1 WHERE entity_id <> product_id",
        &[Code::StockMovement, Code::StockSum],
        &[],
    ),
    ("UPDATE orders SET holds_stock = FALSE", &[Code::StockReserved, Code::FoldDiffers], &[]),
];

pub(crate) const REST: &[Case] = &[
    ("DELETE FROM outbox WHERE position = (SELECT MAX(position) FROM outbox)", &[Code::OutboxMissing], &[]),
    ("UPDATE outbox SET recorded_at = 1 WHERE position = 1", &[Code::OutboxMissing], &[]),
    (
        "INSERT INTO outbox SELECT entity_id, 99, recorded_at, (SELECT MAX(position) + 1 FROM outbox), NULL
         FROM outbox WHERE position = 1",
        &[Code::OutboxWithoutEvent],
        &[],
    ),
    ("UPDATE outbox SET position = 1000 WHERE position = 3", &[Code::OutboxGap], &[]),
    ("UPDATE outbox SET position = 0 WHERE position = 1", &[Code::OutboxGap], &[]),
    (
        "UPDATE outbox SET position = NULL WHERE position = (SELECT MAX(position) FROM outbox)",
        &[],
        &[Code::OutboxUnsequenced],
    ),
    (
        "UPDATE outbox SET position = -position WHERE entity_id IN (SELECT MIN(id) FROM orders) AND seq <= 2;
         UPDATE outbox SET position = position - (SELECT SUM(b.position) FROM outbox b WHERE b.position < 0)
         WHERE position < 0",
        &[Code::OutboxOrder],
        &[],
    ),
    ("INSERT INTO followers SELECT 'ahead', MAX(position) + 1 FROM outbox", &[Code::FollowerAhead], &[]),
    ("UPDATE outbox SET arrived_in = NULL", &[Code::OutboxMissing], &[]),
    ("UPDATE outbox SET arrived_in = (SELECT MAX(id) FROM stores)", &[Code::OutboxMissing], &[]),
    ("UPDATE seen_marks SET member_id = 1", &[Code::PrincipalMissing], &[Code::EngineForeignKey]),
    ("UPDATE seen_orders SET member_id = 1", &[Code::PrincipalMissing], &[Code::EngineForeignKey]),
    ("UPDATE seen_orders SET order_id = 1", &[Code::PrincipalMissing], &[Code::EngineForeignKey]),
    ("DELETE FROM order_search", &[Code::SearchMissing], &[]),
    ("DELETE FROM product_search", &[Code::SearchMissing], &[]),
    ("DELETE FROM customer_search", &[Code::SearchMissing], &[]),
    ("UPDATE customers SET phone_reversed = '1'", &[Code::ColumnDiffers], &[]),
    ("INSERT INTO credentials VALUES (1, '', 0, '')", &[Code::PrincipalMissing], &[]),
    ("INSERT INTO mails VALUES (1, 'order_placed', 0, 0, 0)", &[Code::PrincipalMissing], &[]),
    ("INSERT INTO one_time_codes VALUES (1, 'handed_out', '', 0)", &[Code::PrincipalMissing], &[]),
    ("UPDATE sessions SET principal_id = 1", &[Code::PrincipalMissing, Code::RowSeal], &[]),
    ("UPDATE sessions SET realm = 'staff'", &[Code::PrincipalMissing, Code::RowSeal], &[]),
    ("UPDATE idempotency_keys SET version = 99", &[Code::IdempotencyDangling], &[]),
    ("UPDATE idempotency_keys SET entity_id = 1", &[Code::IdempotencyDangling], &[]),
    ("UPDATE batches SET total = total + 1", &[Code::BatchDiffers, Code::RowSeal], &[]),
    ("UPDATE batches SET refused = 0, already_applied = 1", &[Code::BatchDiffers, Code::RowSeal], &[]),
    ("UPDATE batches SET status = 'completed', finished_at = 1", &[Code::BatchDiffers, Code::RowSeal], &[]),
    ("UPDATE batches SET started_at = NULL", &[Code::BatchDiffers, Code::RowSeal], &[]),
    ("UPDATE batch_items SET result = 'cancelled' WHERE result = 'waiting'", &[Code::BatchDiffers], &[]),
    ("UPDATE batch_items SET result = 'succeeded', code = NULL", &[Code::BatchDiffers, Code::RowSeal], &[]),
    ("DELETE FROM batches", &[Code::BatchDiffers, Code::IdempotencyDangling], &[Code::EngineForeignKey]),
];

pub(crate) const SQLITE: &[Case] = &[
    ("UPDATE order_search SET items = 'x', contact = '', note = ''", &[Code::SearchDiffers], &[]),
    ("UPDATE product_search SET words = 'x'", &[Code::SearchDiffers], &[]),
    ("UPDATE customer_search SET words = 'x'", &[Code::SearchDiffers], &[]),
    ("UPDATE _sqlx_migrations SET checksum = X'00'", &[Code::MigrationDiffers], &[]),
    (
        "CREATE INDEX broken ON stores (name); PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = 'CREATE INDEX broken ON stores (currency)' WHERE name = 'broken'",
        &[Code::EngineDamage],
        &[],
    ),
    ("INSERT INTO order_search (rowid, note) VALUES (1, 'x')", &[Code::SearchWithoutRow], &[]),
    ("INSERT INTO product_search (rowid, words) VALUES (1, 'x')", &[Code::SearchWithoutRow], &[]),
    ("INSERT INTO customer_search (rowid, words) VALUES (1, 'x')", &[Code::SearchWithoutRow], &[]),
];

pub(crate) const POSTGRES: &[Case] = &[
    ("UPDATE _sqlx_migrations SET checksum = '\\x00'", &[Code::MigrationDiffers], &[]),
    ("INSERT INTO order_search VALUES (1, '', '', '')", &[Code::SearchWithoutRow], &[]),
    ("INSERT INTO product_search VALUES (1, '')", &[Code::SearchWithoutRow], &[]),
    ("INSERT INTO customer_search VALUES (1, '')", &[Code::SearchWithoutRow], &[]),
    ("UPDATE order_search SET contact = ''", &[Code::SearchDiffers], &[]),
    ("UPDATE product_search SET words = ''", &[Code::SearchDiffers], &[]),
    ("UPDATE customer_search SET words = ''", &[Code::SearchDiffers], &[]),
];

async fn random_lives_hold_together(db: Db) {
    let shop = Shop::open(&db).await;
    for seed in seeds(&[7]) {
        live(&shop, seed, 200).await;
    }
    shop.close().await;
}

/// Connections remember what they have seen of an index.
async fn a_second_look_sees_what_is_there_by_then(db: Db) {
    let shop = Shop::open(&db).await;
    for seed in 1..=4 {
        live(&shop, seed, 60).await;
        // On several connections.
        let looks = (0..4).map(|_| async {
            let report = verify(&db, Some(&keys()), |_| {}).await.expect("readable");
            assert!(report.is_clean(), "{report:?}");
        });
        join_all(looks).await;
    }
    shop.close().await;
}

async fn every_table_is_looked_at(db: Db) {
    fill(&db).await;
    let mut steps: Vec<Progress> = vec![];
    let report = verify(&db, Some(&keys()), |step| steps.push(step)).await.expect("readable");
    assert!(report.is_clean(), "{report:?}");
    let looked: Vec<_> = report.looked_at.iter().map(|(table, rows)| format!("{table} {rows}")).collect();
    assert_eq!(
        looked.join(", "),
        "batch_items 3, batches 1, credentials 2, customer_search 2, customers 1, history 15, idempotency_keys 2, installations 1, mails 0, members 1, \
         one_time_codes 0, order_lines 3, order_search 6, orders 3, outbox 15, parcels 0, personal_values 7, product_search 6, \
         products 3, seen_marks 1, seen_orders 1, sessions 1, state_snapshots 0, stock_movements 7, stores 2"
    );
    assert_eq!(steps.last(), Some(&Progress { table: "orders", done: 3, total: 3 }));
}

async fn damage_to_rows_is_named(db: Db) {
    controls(db.engine(), ROWS).await;
}

async fn damage_to_histories_is_named(db: Db) {
    controls(db.engine(), HISTORIES).await;
}

async fn damage_to_stock_is_named(db: Db) {
    controls(db.engine(), STOCK).await;
}

async fn damage_to_the_outbox_and_the_rest_is_named(db: Db) {
    controls(db.engine(), REST).await;
    match db.engine() {
        Engine::Sqlite => controls(db.engine(), SQLITE).await,
        Engine::Postgres => controls(db.engine(), POSTGRES).await,
    }
}

async fn many_damaged_rows_are_counted_over_pages(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    place_many(&fresh.db).await;
    fresh.damage("UPDATE orders SET note = 'changed'").await;
    let report = verify(&fresh.db, Some(&keys()), |_| {}).await.expect("readable");
    assert_eq!(report.totals[&Code::FoldDiffers], 1_200);
    let first = report.findings.iter().find(|finding| finding.code == Code::FoldDiffers).expect("listed");
    assert!(first.to_string().ends_with(": note is not what the history makes of it"), "{first}");
    assert!(!first.to_string().contains("changed"), "personal values are not repeated");
    fresh.drop().await;
}

/// A run that is stopped has told what it saw; the next one goes on behind it, and the two saw everything.
async fn a_run_that_was_stopped_can_be_gone_on_with(db: Db) {
    place_many(&db).await;
    let (mut first, mut second, keys) = (Report::default(), Report::default(), keys());
    let (stop, mut stopped) = tokio::sync::mpsc::unbounded_channel();
    let progress = move |at: Progress| {
        if at.table == "orders" && at.done >= 500 {
            // Nobody listens any more: it was heard.
            _ = stop.send(());
        }
    };
    tokio::select! {
        biased;
        _ = stopped.recv() => {}
        outcome = verify_behind(&db, Some(&keys), None, &mut first, progress) => panic!("not stopped: {outcome:?}"),
    }
    let behind = first.up_to.expect("some orders were looked at");
    assert!((500..1_200).contains(&first.looked_at["orders"]), "{first:?}");
    verify_behind(&db, Some(&keys), Some(behind), &mut second, |_| {}).await.expect("verified");
    assert!(first.is_clean() && second.is_clean() && second.up_to.is_none(), "{first:?} {second:?}");
    assert_eq!(first.looked_at["orders"] + second.looked_at["orders"], 1_200);
    let whole = verify(&db, Some(&keys), |_| {}).await.expect("verified");
    let mut both = first.looked_at;
    for (table, rows) in second.looked_at {
        *both.entry(table).or_default() += rows;
    }
    assert_eq!(both, whole.looked_at);
}

/// 1,200 orders.
pub(crate) async fn place_many(db: &Db) {
    let shop = Shop::open(db).await;
    let store = shop.store().await;
    let product = shop.product(&store, 100_000).await;
    let customer = shop.customer().await;
    let orders: Vec<_> = (0..1_200)
        .map(|_| submission(ActorRef::Customer(customer.id), vec![place(store.id, &[(&product, 1)])]))
        .collect();
    for orders in orders.chunks(400) {
        let placed = orders.iter().map(|order| shop.writer.submit(order.clone()));
        for placed in join_all(placed).await {
            placed.expect("placed");
        }
    }
    shop.close().await;
}

#[test]
fn every_code_has_its_control() {
    let cases = [ROWS, HISTORIES, STOCK, REST, SQLITE, POSTGRES].concat();
    let mut controlled: BTreeSet<Code> =
        cases.iter().flat_map(|(_, codes, more)| [*codes, *more].concat()).collect();
    controlled.extend(tampers::codes());
    assert_eq!(controlled, Code::iter().collect());
}

/// Breaks a healthy shop in each of these ways, and looks for exactly what follows.
async fn controls(engine: Engine, cases: &[Case]) {
    let mut wrong = vec![];
    for (sql, codes, on_sqlite) in cases {
        let fresh = Fresh::on(engine).await;
        fill(&fresh.db).await;
        fresh.damage(sql).await;
        let report = verify(&fresh.db, Some(&keys()), |_| {}).await.expect("readable");
        let mut expected: BTreeSet<Code> = codes.iter().copied().collect();
        if engine == Engine::Sqlite {
            expected.extend(*on_sqlite);
        }
        let found: BTreeSet<Code> = report.totals.keys().copied().collect();
        if found != expected {
            wrong.push(format!("{sql}: {expected:?} expected, found {:#?}", report.findings));
        }
        fresh.drop().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Two stores, three products, a customer who is logged in, a member, two orders, a batch that is begun.
pub(crate) async fn fill(db: &Db) {
    let shop = Shop::open(db).await;
    let store = shop.store().await;
    let product = shop.product(&store, 10).await;
    let other = shop.product(&store, 10).await;
    let elsewhere = shop.store().await;
    shop.product(&elsewhere, 10).await;
    let customer = shop.customer().await;
    let member = shop.member(Role::Manager, StoreScope::All).await;
    let log_in = SessionOperation::Open {
        realm: Realm::Customer,
        principal_id: customer.id.get(),
        idle_millis: 1_000,
        absolute_millis: 2_000,
        token_hash: Arc::new(|id, generation| format!("{id}/{generation}")),
    };
    shop.act(ActorRef::Anonymous, Operation::Session(log_in)).await;
    let order = shop.place(&customer, &store, &[(&product, 3)]).await;
    let order = shop.change(ActorRef::Operator, &order, OrderCommand::Confirm).await;
    let amendment = Amendment { note: Some("another".into()), ..Amendment::default() };
    shop.change(ActorRef::Operator, &order, OrderCommand::Amend(amendment)).await;
    let operations = vec![place(store.id, &[(&other, 1)])];
    let idempotency = Idempotency { scoped_key: "key".into(), fingerprint: "same".into() };
    let placing = Submission {
        idempotency: Some(idempotency),
        ..submission(ActorRef::Customer(customer.id), operations)
    };
    let placed = shop.writer.submit(placing).await.expect("placed");
    let Receipt::Executed { done, .. } = placed else { panic!("{placed:?}") };
    let [Effect::Order(second)] = &done[..] else { panic!("{done:?}") };
    let cancel = OrderCommand::Cancel { reason: CancelReason::Other, comment: Some("說明".into()) };
    shop.change(ActorRef::Operator, second, cancel).await;
    let stores = StoreScope::Only([store.id].into());
    let items = Arc::new([(order.id, None), (second.id, None), (OrderId::from_i64(1), None)]);
    let open =
        BatchOperation::Open { action: batch_action(OrderCommandKind::Delete), undoes: None, stores, items };
    let idempotency = Idempotency { scoped_key: "batch".into(), fingerprint: "same".into() };
    let opening = Submission {
        idempotency: Some(idempotency),
        ..submission(ActorRef::Member(member.id), vec![Operation::Batch(open)])
    };
    let opened = shop.writer.submit(opening).await.expect("opened");
    let Receipt::Executed { done, .. } = opened else { panic!("{opened:?}") };
    let [Effect::Batch(batch)] = &done[..] else { panic!("{done:?}") };
    shop.act(ActorRef::System, Operation::Batch(BatchOperation::Run { id: batch.id, order_id: order.id }))
        .await;
    catch_up(db).await;
    let position = read::last_position(&mut db.read().await.expect("a reader"), &StoreScope::All).await;
    let position = position.expect("a position");
    let seen = |orders, up_to| Operation::Seen { orders, up_to };
    shop.act(ActorRef::Member(member.id), seen(vec![], Some(position))).await;
    let operations = [place(store.id, &[(&other, 2)])];
    let Effect::Order(third) = shop.act(ActorRef::Customer(customer.id), operations[0].clone()).await else {
        panic!("an order")
    };
    shop.act(ActorRef::Member(member.id), seen(vec![third.id], None)).await;
    shop.change(ActorRef::Operator, &third, OrderCommand::Hide).await;
    shop.close().await;
    catch_up(db).await;
}
