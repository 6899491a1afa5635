//! Tampers: what somebody who can write into the database, and has no key, might do to it, each with what names it.

use std::collections::BTreeSet;
use std::path::Path;

use ordervault_domain::time::Timestamp;
use ordervault_persistence::HistoryRow;
use ordervault_persistence::backup::begin_epoch;
use ordervault_persistence::checkpoint::{CheckpointError, Taken, take, take_restored};
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::seal::KeyRing;
use ordervault_persistence::statement::Template;
use ordervault_persistence::verify::{Code, Report, verify, verify_checkpoints};
use ordervault_tests::queue::catch_up;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, keys};
use ordervault_tests::twin::Fresh;

use crate::verify::fill;

ordervault_tests::twin_tests!(
    tampers_are_named,
    an_older_database_is_named,
    checkpoints_that_are_lost_doubled_or_altered_are_named,
    a_restored_database_goes_on,
    nothing_new_makes_no_checkpoint,
);

/// What is done to a folder.
type Damage<'a> = &'a dyn Fn(&Path);

/// What is done in SQL. `Rechained`: afterwards all hashes are made to fit again, with another key under the name of ours.
#[derive(Clone, Copy)]
enum Tamper {
    Sql(&'static str),
    Rechained(&'static str),
}

use Tamper::{Rechained, Sql};

/// Of the order that was placed last, which nothing else refers to.
const REMOVE_LAST_ORDER: &str = "
    DELETE FROM seen_orders WHERE order_id = (SELECT MAX(id) FROM orders);
    DELETE FROM order_lines WHERE order_id = (SELECT MAX(id) FROM orders);
    DELETE FROM personal_values WHERE entity_id = (SELECT MAX(id) FROM orders);
    DELETE FROM history WHERE entity_id = (SELECT MAX(id) FROM orders);
    DELETE FROM outbox WHERE entity_id = (SELECT MAX(id) FROM orders);
    UPDATE products SET reserved = reserved - (SELECT COALESCE(SUM(m.reserved), 0) FROM stock_movements m
        WHERE m.product_id = products.id AND m.entity_id = (SELECT MAX(id) FROM orders));
    DELETE FROM stock_movements WHERE entity_id = (SELECT MAX(id) FROM orders);
    DELETE FROM orders WHERE id = (SELECT MAX(id) FROM orders);
";
/// And those after it move up.
const REMOVE_A_CUSTOMERS_HISTORY: &str = "
    DELETE FROM personal_values WHERE entity_id IN (SELECT id FROM customers);
    DELETE FROM history WHERE entity_id IN (SELECT id FROM customers);
    DELETE FROM outbox WHERE entity_id IN (SELECT id FROM customers);
    UPDATE outbox SET position = -(SELECT COUNT(*) FROM outbox b WHERE b.position <= outbox.position);
    UPDATE outbox SET position = -position;
";

/// Each is named by this code, perhaps by others as well.
const TAMPERS: &[(Tamper, Code)] = &[
    // What an event says.
    (Sql("UPDATE history SET event = replace(event, '10000', '1') WHERE type = 'placed'"), Code::HistoryHash),
    (Sql("UPDATE history SET actor_kind = 'system' WHERE type = 'confirmed'"), Code::HistoryHash),
    (Sql("UPDATE history SET actor_id = 7 WHERE type = 'placed'"), Code::HistoryHash),
    (Sql("UPDATE history SET actor_role = 'owner' WHERE seq = 2"), Code::HistoryHash),
    (Sql("UPDATE history SET recorded_at = recorded_at + 1 WHERE type = 'amended'"), Code::HistoryHash),
    (Sql("UPDATE history SET occurred_at = occurred_at - 1 WHERE type = 'confirmed'"), Code::HistoryHash),
    (Sql("UPDATE history SET request_id = 'req_0' WHERE type = 'confirmed'"), Code::HistoryHash),
    (Sql("UPDATE history SET store_id = store_id + 1 WHERE seq = 2"), Code::HistoryHash),
    (Sql("UPDATE history SET fields = '' WHERE type = 'amended'"), Code::HistoryHash),
    (Sql("UPDATE history SET type = 'started' WHERE type = 'confirmed'"), Code::HistoryHash),
    (Sql("UPDATE history SET commitment = NULL WHERE seq = 1"), Code::HistoryHash),
    (Sql("DELETE FROM history WHERE type = 'confirmed'"), Code::HistoryGap),
    (Sql("DELETE FROM history WHERE type = 'hidden'"), Code::HeadVersion),
    // The same with chains that fit, but for the key.
    (
        Rechained(
            "UPDATE history SET event = replace(event, '10000', '1') WHERE type = 'placed';
             UPDATE order_lines SET unit_price = 1, total = quantity;
             UPDATE orders SET subtotal = 1, total = 1",
        ),
        Code::HistoryHash,
    ),
    (Rechained("UPDATE history SET actor_kind = 'system', actor_id = NULL WHERE type = 'placed'"), Code::HistoryHash),
    (Rechained("UPDATE history SET actor_role = 'owner' WHERE actor_kind = 'member'"), Code::HistoryHash),
    (Rechained("UPDATE history SET recorded_at = recorded_at + 1"), Code::HistoryHash),
    (Rechained("UPDATE history SET occurred_at = occurred_at - 1"), Code::HistoryHash),
    (Rechained("UPDATE history SET request_id = 'req_0'"), Code::HistoryHash),
    (
        Rechained(
            "INSERT INTO history SELECT entity_id, seq + 1, kind, store_id, 'started', format, '{\"type\":\"started\"}', NULL,
                 '', recorded_at, occurred_at, actor_kind, actor_id, actor_role, request_id, key_id, hash
             FROM history WHERE type = 'amended'",
        ),
        Code::HistoryHash,
    ),
    (
        Rechained(
            "UPDATE history SET event = replace(event, 'manager', 'owner') WHERE kind = 'member';
             UPDATE members SET roles = replace(roles, 'manager', 'owner')",
        ),
        Code::HistoryHash,
    ),
    (
        Rechained(
            "UPDATE history SET event = replace(event, '\"on_hand\":10', '\"on_hand\":90') WHERE kind = 'product';
             UPDATE products SET on_hand = 90; UPDATE stock_movements SET on_hand = 90 WHERE entity_id = product_id",
        ),
        Code::HistoryHash,
    ),
    (Rechained("UPDATE history SET commitment = 'x' WHERE kind = 'customer'"), Code::HistoryHash),
    (Rechained("UPDATE history SET type = type"), Code::CheckpointDiffers),
    // Personal values.
    (Sql("UPDATE personal_values SET content = replace(content, 'Maria', 'Marta')"), Code::PersonalMismatch),
    (Sql("UPDATE personal_values SET salt = '00'"), Code::PersonalMismatch),
    (Sql("DELETE FROM personal_values WHERE entity_id IN (SELECT id FROM customers)"), Code::PersonalMissing),
    // What is made of the events.
    (Sql("UPDATE orders SET status = 'completed', executed_to = 'completed'"), Code::FoldDiffers),
    (Sql("UPDATE orders SET contact_name = 'x'"), Code::FoldDiffers),
    (Sql("UPDATE orders SET contact_phone_reversed = '1'"), Code::ColumnDiffers),
    (Sql("UPDATE order_lines SET quantity = quantity + 1, total = total + unit_price"), Code::FoldDiffers),
    (Sql("UPDATE products SET price = 1"), Code::FoldDiffers),
    (Sql("UPDATE products SET on_hand = on_hand + 5"), Code::StockSum),
    (Sql("UPDATE products SET reserved = 0"), Code::StockReserved),
    (Sql("UPDATE stock_movements SET on_hand = on_hand + 1"), Code::StockMovement),
    (Sql("UPDATE members SET roles = '[\"owner\"]'"), Code::FoldDiffers),
    (Sql("UPDATE members SET active = NOT active"), Code::FoldDiffers),
    (Sql("UPDATE members SET email = 'x@example.com'"), Code::FoldDiffers),
    (Sql("UPDATE customers SET email = 'x@example.com'"), Code::FoldDiffers),
    (Sql("UPDATE stores SET public_board = TRUE"), Code::FoldDiffers),
    (Sql("UPDATE orders SET head_hash = 'x'"), Code::HeadHash),
    // What was cut off, taken out or moved.
    (Sql(REMOVE_LAST_ORDER), Code::CheckpointAhead),
    (Sql(REMOVE_A_CUSTOMERS_HISTORY), Code::CheckpointAhead),
    (
        Sql("DELETE FROM outbox WHERE position = (SELECT MAX(position) FROM outbox)"),
        Code::OutboxMissing,
    ),
    (
        Sql("UPDATE outbox SET position = -position WHERE position IN (1, 2);
             UPDATE outbox SET position = 3 + position WHERE position < 0"),
        Code::CheckpointDiffers,
    ),
    (Sql("UPDATE outbox SET position = position + 100 WHERE position > 5"), Code::OutboxGap),
    (Sql("INSERT INTO followers VALUES ('ahead', 100000)"), Code::FollowerAhead),
    (Sql("UPDATE outbox SET arrived_in = arrived_in + 1"), Code::OutboxMissing),
    (Sql("UPDATE outbox SET arrived_in = NULL"), Code::OutboxMissing),
    (Sql("UPDATE outbox SET arrived_in = 1 WHERE seq = 2"), Code::OutboxMissing),
    // Passwords and logins.
    (Sql("UPDATE credentials SET password_hash = 'known'"), Code::RowSeal),
    (
        Sql("UPDATE credentials SET password_hash = (SELECT k.password_hash || '' FROM credentials k LIMIT 1),
                 seal = (SELECT k.seal FROM credentials k ORDER BY principal_id LIMIT 1)"),
        Code::RowSeal,
    ),
    (Sql("UPDATE credentials SET version = 0"), Code::PasswordOutdated),
    (Sql("UPDATE sessions SET ended_at = 1, ended_because = 'logout'"), Code::RowSeal),
    (Sql("UPDATE sessions SET expires_at = expires_at + 86400000"), Code::RowSeal),
    (Sql("UPDATE sessions SET principal_id = (SELECT MIN(id) FROM members), realm = 'staff'"), Code::RowSeal),
    // Batches.
    (Sql("UPDATE batches SET created_by = 1"), Code::RowSeal),
    (Sql("UPDATE batches SET action = 'confirm'"), Code::RowSeal),
    (Sql("UPDATE batches SET request_id = 'req_0'"), Code::RowSeal),
    (Sql("UPDATE batches SET refused = 0, succeeded = 1"), Code::RowSeal),
    (Sql("UPDATE batch_items SET code = 'x' WHERE code IS NOT NULL"), Code::RowSeal),
    (Sql("UPDATE batch_items SET order_id = -order_id"), Code::RowSeal),
    (Sql("UPDATE batch_items SET result = 'succeeded', code = NULL"), Code::RowSeal),
    // The schema.
    (Sql("DROP INDEX orders_by_time"), Code::SchemaDiffers),
    (Sql("DROP INDEX orders_by_email"), Code::SchemaDiffers),
    (Sql("DROP VIEW readable_history"), Code::SchemaDiffers),
];

/// What the engines write differently.
const ON_SQLITE: &[(Tamper, Code)] = &[
    (Sql("UPDATE order_search SET items = 'x', contact = 'x', note = 'x'"), Code::SearchDiffers),
    (Sql("UPDATE product_search SET words = 'x'"), Code::SearchDiffers),
    (Sql("UPDATE customer_search SET words = 'x'"), Code::SearchDiffers),
    (Sql("DELETE FROM order_search"), Code::SearchMissing),
    (Sql("UPDATE _sqlx_migrations SET checksum = X'00'"), Code::MigrationDiffers),
    (
        Sql("PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (reserved >= 0)', 'CHECK (TRUE)') WHERE name = 'products'"),
        Code::SchemaDiffers,
    ),
    (
        Sql("CREATE TRIGGER quiet AFTER INSERT ON orders BEGIN DELETE FROM idempotency_keys; END"),
        Code::SchemaDiffers,
    ),
];
const ON_POSTGRES: &[(Tamper, Code)] = &[
    (Sql("UPDATE order_search SET items = '', contact = '', note = ''"), Code::SearchDiffers),
    (Sql("UPDATE product_search SET words = ''"), Code::SearchDiffers),
    (Sql("UPDATE customer_search SET words = ''"), Code::SearchDiffers),
    (Sql("DELETE FROM order_search"), Code::SearchMissing),
    (Sql("UPDATE _sqlx_migrations SET checksum = '\\x00'"), Code::MigrationDiffers),
    (Sql("ALTER TABLE order_lines DROP CONSTRAINT order_lines_pkey"), Code::SchemaDiffers),
    (Sql("ALTER TABLE history DISABLE TRIGGER ALL"), Code::SchemaDiffers),
];

/// What the tampers here are named by, and what is wrong with checkpoints.
pub(crate) fn codes() -> BTreeSet<Code> {
    let tampers = [TAMPERS, ON_SQLITE, ON_POSTGRES].concat();
    tampers.into_iter().map(|(_, code)| code).chain([Code::CheckpointFile]).collect()
}

async fn tampers_are_named(db: Db) {
    let engine = db.engine();
    let more = match engine {
        Engine::Sqlite => ON_SQLITE,
        Engine::Postgres => ON_POSTGRES,
    };
    assert!(TAMPERS.len() + more.len() >= 64);
    let mut unnamed = vec![];
    for (tamper, code) in TAMPERS.iter().chain(more) {
        let (fresh, folder) = (Fresh::on(engine).await, tempfile::tempdir().expect("a folder"));
        fill(&fresh.db).await;
        checkpoint(&fresh.db, folder.path()).await.expect("a checkpoint");
        let sql = match tamper {
            Sql(sql) => sql,
            Rechained(sql) => {
                fresh.damage(sql).await;
                &*rechained(&fresh.db).await
            }
        };
        fresh.damage(sql).await;
        let report = report(&fresh.db, folder.path()).await;
        if !report.totals.contains_key(code) {
            unnamed.push(format!("{code} is not among what was found after {sql}: {:#?}", report.findings));
        }
        fresh.drop().await;
    }
    assert!(unnamed.is_empty(), "{}", unnamed.join("\n"));
}

async fn an_older_database_is_named(db: Db) {
    let (there, folder) = (Fresh::on(db.engine()).await, tempfile::tempdir().expect("a folder"));
    // One of two twins goes on.
    fill(&db).await;
    fill(&there.db).await;
    checkpoint(&there.db, folder.path()).await.expect("a checkpoint");
    assert!(report(&db, folder.path()).await.is_clean());
    let shop = Shop::with(&there.db, ManualClock::at(OPENING_MILLIS), 2).await;
    shop.store().await;
    shop.close().await;
    catch_up(&there.db).await;
    checkpoint(&there.db, folder.path()).await.expect("a checkpoint");
    assert!(report(&there.db, folder.path()).await.is_clean());
    let found = report(&db, folder.path()).await;
    assert_eq!(found.totals.keys().collect::<Vec<_>>(), [&Code::CheckpointAhead], "{found:?}");
    let refused = checkpoint(&db, folder.path()).await;
    assert!(matches!(refused, Err(CheckpointError::Unfit(_))), "{refused:?}");
    there.finish().await;
}

async fn checkpoints_that_are_lost_doubled_or_altered_are_named(db: Db) {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = Shop::open(&db).await;
    for _ in 0..4 {
        shop.store().await;
        catch_up(&db).await;
        checkpoint(&db, folder.path()).await.expect("a checkpoint");
    }
    shop.close().await;
    let name = |number: u32| format!("checkpoint-{number:08}.json");
    let rewrite = |path: &Path, from: &str, to: &str| {
        let text = std::fs::read_to_string(path).expect("text");
        assert!(text.contains(from), "{text}");
        std::fs::write(path, text.replacen(from, to, 1)).expect("written");
    };
    let cases: [(&str, Damage<'_>); 8] = [
        ("number 2 is not there", &|at| std::fs::remove_file(at.join(name(2))).expect("removed")),
        ("number 4 is not there", &|at| std::fs::remove_file(at.join(name(4))).expect("removed")),
        ("00000005.json is not what", &|at| {
            std::fs::copy(at.join(name(4)), at.join(name(5))).expect("copied");
        }),
        ("copy of it.json is not what", &|at| {
            std::fs::copy(at.join(name(3)), at.join("checkpoint-00000003 copy of it.json")).expect("copied");
        }),
        ("00000003.json is not what", &|at| rewrite(&at.join(name(3)), "\"position\":4", "\"position\":3")),
        ("00000001.json is not what", &|at| std::fs::write(at.join(name(1)), "{").expect("written")),
        ("newest.json is not what", &|at| rewrite(&at.join("newest.json"), "\"number\":4", "\"number\":1")),
        ("there is none", &|at| {
            std::fs::remove_dir_all(at).expect("removed");
            std::fs::create_dir(at).expect("made");
        }),
    ];
    for (expected, damage) in cases {
        let copy = tempfile::tempdir().expect("a folder");
        for entry in std::fs::read_dir(folder.path()).expect("a folder") {
            let path = entry.expect("a file").path();
            std::fs::copy(&path, copy.path().join(path.file_name().expect("a name"))).expect("copied");
        }
        damage(copy.path());
        let found = report(&db, copy.path()).await;
        let told = |finding: &&ordervault_persistence::verify::Finding| {
            finding.code == Code::CheckpointFile && finding.detail.contains(expected)
        };
        assert!(found.findings.iter().any(|finding| told(&finding)), "{expected}: {found:?}");
    }
    // Without the key nobody can tell.
    let mut found = Report::default();
    let others = KeyRing::new([9; 32], []);
    verify_checkpoints(&db, Some(&others), folder.path(), &mut found).await.expect("readable");
    assert!(found.totals.is_empty() && !found.is_clean(), "{found:?}");
}

async fn a_restored_database_goes_on(db: Db) {
    let (there, folder) = (Fresh::on(db.engine()).await, tempfile::tempdir().expect("a folder"));
    fill(&db).await;
    fill(&there.db).await;
    let shop = Shop::with(&there.db, ManualClock::at(OPENING_MILLIS), 2).await;
    shop.store().await;
    shop.close().await;
    catch_up(&there.db).await;
    checkpoint(&there.db, folder.path()).await.expect("a checkpoint");
    // The older one takes its place. What happens then has positions that others had.
    let shop = Shop::with(&db, ManualClock::at(OPENING_MILLIS), 3).await;
    let (position, _) = begin_epoch(&db, &shop.writer, true).await.expect("an epoch");
    let restored = take_restored(&db, &keys(), folder.path(), position, now()).await.expect("a checkpoint");
    assert_eq!((restored.position, restored.number, restored.epoch), (position, 2, 2));
    catch_up(&db).await;
    assert!(report(&db, folder.path()).await.is_clean());
    shop.store().await;
    shop.close().await;
    catch_up(&db).await;
    checkpoint(&db, folder.path()).await.expect("a checkpoint");
    let found = report(&db, folder.path()).await;
    assert!(found.is_clean(), "{found:?}");
    there.finish().await;
}

async fn nothing_new_makes_no_checkpoint(db: Db) {
    let folder = tempfile::tempdir().expect("a folder");
    let first = checkpoint(&db, folder.path()).await.expect("a checkpoint");
    let Taken::Written(first) = first else { panic!("{first:?}") };
    assert_eq!((first.number, first.position), (1, 0));
    assert_eq!(checkpoint(&db, folder.path()).await.expect("a checkpoint"), Taken::NothingNew(first));
}

async fn checkpoint(db: &Db, folder: &Path) -> Result<Taken, CheckpointError> {
    take(db, &keys(), folder, now()).await
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000)
}

async fn report(db: &Db, folder: &Path) -> Report {
    let mut report = verify(db, Some(&keys()), |_| {}).await.expect("readable");
    verify_checkpoints(db, Some(&keys()), folder, &mut report).await.expect("readable");
    report
}

/// What makes all hashes fit again, with a key that is not ours.
async fn rechained(db: &Db) -> String {
    static ALL: Template = Template::new(
        "SELECT entity_id, seq, kind, store_id, type, format, event, commitment, fields, recorded_at, occurred_at,
             actor_kind, actor_id, actor_role, request_id, key_id, hash, hash AS salt, hash AS content
         FROM history ORDER BY entity_id, seq",
    );
    let foreign = KeyRing::new([1; 32], []);
    let rows: Vec<HistoryRow> =
        db.read().await.expect("a reader").fetch_all(&ALL.bind(())).await.expect("readable");
    let mut sql = String::new();
    for rows in rows.chunk_by(|a, b| a.entity_id == b.entity_id) {
        let mut head = String::new();
        for row in rows {
            head = row.chained(foreign.sealing(), &head);
            let (id, seq) = (row.entity_id, row.seq);
            sql += &format!("UPDATE history SET hash = '{head}' WHERE entity_id = {id} AND seq = {seq};\n");
        }
        for table in ["stores", "products", "customers", "members", "orders"] {
            sql += &format!("UPDATE {table} SET head_hash = '{head}' WHERE id = {};\n", rows[0].entity_id);
        }
    }
    sql
}
