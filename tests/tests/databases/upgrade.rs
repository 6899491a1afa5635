//! What becomes of the databases of other programs: older, newer, and older than the first release.

#![expect(clippy::panic, reason = "tests may")]

use std::collections::BTreeSet;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::order::{InvalidReason, OrderCommand, OrderCommandKind, Status};
use ordervault_domain::product::ProductCommand;
use ordervault_domain::store::{Policy, StoreCommand, StoreEdit};
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::error::DbError;
use ordervault_persistence::migrate::{SCHEMA, Schema, SchemaVersion, migrate, status};
use ordervault_persistence::read::last_position;
use ordervault_persistence::statement::Template;
use ordervault_persistence::verify::verify_as;
use ordervault_persistence::writer::{
    ActorRef, CodeOperation, Effect, MailKind, MailOperation, Operation, Purpose,
};
use ordervault_persistence::{Error, follow};
use ordervault_tests::dump::{Cell, Dump, differences, dump};
use ordervault_tests::life::{Dice, live};
use ordervault_tests::queue::{catch_up, on_product, on_store, run_sql};
use ordervault_tests::random_submissions::{Known, Roll, opening};
use ordervault_tests::samples::about_goods;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, keys, place};
use ordervault_tests::twin::Fresh;
use strum::IntoEnumIterator as _;

ordervault_tests::twin_tests!(
    a_filled_first_schema_is_brought_up_by_the_next_migration,
    a_schema_that_was_never_released_is_refused,
);

/// The first schema and a migration after it: a column with a CHECK and with values for old rows, and a table.
fn next_schema() -> Schema {
    SCHEMA.followed_by(
        "tags",
        "ALTER TABLE orders ADD COLUMN priority INTEGER NOT NULL DEFAULT 0 CHECK (priority >= 0);
         UPDATE orders SET priority = 1 WHERE status = 'processing';
         CREATE TABLE order_tags (
             order_id INTEGER NOT NULL REFERENCES orders (id),
             tag TEXT NOT NULL,
             PRIMARY KEY (order_id, tag)
         ) STRICT;
         INSERT INTO order_tags SELECT id, status FROM orders;",
        "ALTER TABLE orders ADD COLUMN priority BIGINT NOT NULL DEFAULT 0 CHECK (priority >= 0);
         UPDATE orders SET priority = 1 WHERE status = 'processing';
         CREATE TABLE order_tags (
             order_id BIGINT NOT NULL REFERENCES orders (id),
             tag TEXT COLLATE \"C\" NOT NULL,
             PRIMARY KEY (order_id, tag)
         );
         INSERT INTO order_tags SELECT id, status FROM orders;",
    )
}

async fn a_filled_first_schema_is_brought_up_by_the_next_migration(db: Db) {
    let fresh = Fresh::on(db.engine()).await;
    fill(&fresh.db).await;
    let before = dump(&fresh.db).await;
    assert_every_table_has_rows(&before);
    let known = status(&fresh.db).await.expect("a status").known;

    let next = next_schema();
    let newer = Db::open(&DbOptions::new(&fresh.url)).await.expect("the next program opens it");
    let found = next.status(&newer).await.expect("a status");
    assert_eq!(found, SchemaVersion { applied: known, known: known + 1 });
    for _ in ["migrates", "finds nothing to do"] {
        assert!(next.migrate(&newer).await.expect("migrated").is_current());
    }

    let mut after = dump(&newer).await;
    for order in after.get_mut("orders").expect("a table") {
        let is_processing = order.text("status") == Some("processing");
        assert_eq!(order.0.remove("priority"), Some(Cell::Int(is_processing.into())));
    }
    assert_eq!(differences(&before, &after), [""; 0]);
    assert_holds_together(&next, &newer).await;
    sell_on(&newer).await;
    assert_holds_together(&next, &newer).await;
    newer.close().await;

    // The program of before sees that it is too old.
    assert!(!status(&fresh.db).await.expect("a status").is_current());
    let error = migrate(&fresh.db).await.expect_err("refused");
    assert!(error.to_string().contains("use the newer program"), "{error}");
    fresh.drop().await;
}

async fn a_schema_that_was_never_released_is_refused(db: Db) {
    // Of the migrations that there were before the first release, the first had the number of ours.
    static OLDER: Template = Template::forked(
        "UPDATE _sqlx_migrations SET checksum = x'01' WHERE version = 1",
        "UPDATE _sqlx_migrations SET checksum = '\\x01' WHERE version = 1",
    );
    static MORE_OF_THEM: Template = Template::forked(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT value, 'older', TRUE, x'01', 0 FROM json_each('[2, 3, 4, 5, 6]')",
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT value, 'older', TRUE, '\\x01', 0 FROM generate_series(2, 6) AS value",
    );
    let fresh = Fresh::on(db.engine()).await;
    fill(&fresh.db).await;
    let before = dump(&fresh.db).await;
    for made_older in [&OLDER, &MORE_OF_THEM] {
        run_sql(&fresh.db, made_older).await;
        for outcome in [status(&fresh.db).await, migrate(&fresh.db).await] {
            let error = outcome.expect_err("refused");
            let DbError::Unusable(text) = &error else { panic!("{error:?}") };
            for way_on in ["never released", "export", "import", "with the program that made it"] {
                assert!(text.contains(way_on), "{text}");
            }
            assert!(!text.contains('\n'), "{text}");
        }
    }
    assert_eq!(differences(&before, &dump(&fresh.db).await), [""; 0]);
    fresh.drop().await;
}

/// The shop goes on, a month later.
async fn sell_on(db: &Db) {
    let shop = Shop::with(db, ManualClock::at(OPENING_MILLIS + 30 * 86_400_000), 2).await;
    let store = shop.store().await;
    let product = shop.product(&store, 10).await;
    let placed = shop.act(ActorRef::Operator, place(store.id, &[(&product, 2)])).await;
    let Effect::Order(order) = placed else { panic!("{placed:?}") };
    shop.change(ActorRef::Operator, &order, OrderCommand::Confirm).await;
    shop.close().await;
}

/// What a shop comes to hold: orders in every status, people who are logged in, batches, attempts, what was seen.
pub(crate) async fn fill(db: &Db) {
    let shop = Shop::open(db).await;
    live(&shop, 7, 300).await;
    let member = shop.member(Role::Owner, StoreScope::All).await;
    let store = shop.store_with(Policy { review_minutes: Some(1), ..Policy::default() }).await;
    let window = StoreEdit { change_window_minutes: Some(Some(60)), ..StoreEdit::default() };
    shop.act(ActorRef::Operator, on_store(store.id, StoreCommand::Edit(window))).await;
    let (product, customer) = (shop.product(&store, 10).await, shop.customer().await);
    let queue = MailOperation::Queue { kind: MailKind::PasswordReset, entity_id: customer.id.get() };
    let issue = CodeOperation::Issue {
        customer_id: customer.id,
        purpose: Purpose::PasswordReset,
        hash: "of a code".into(),
        expires_at: shop.clock.now().plus_minutes(60),
    };
    let wait = vec![Operation::Mail(queue), Operation::Code(issue)];
    shop.submit(ActorRef::System, wait).await.expect("a mail waits");
    let adjust = |delta| on_product(product.id, ProductCommand::AdjustStock { delta, comment: None });
    shop.submit(ActorRef::Operator, (1..100).map(adjust).collect()).await.expect("counted often");
    let late = shop.place(&customer, &store, &[(&product, 1)]).await;
    shop.clock.advance(120_000);
    shop.change(ActorRef::System, &late, OrderCommand::NoteBreach).await;
    let parcels = about_goods(OrderCommandKind::Ship, 20).expect("a command");
    let invalidate = OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None };
    for commands in [
        &[OrderCommand::Confirm][..],
        &[OrderCommand::Confirm, OrderCommand::Start],
        &[OrderCommand::Confirm, parcels],
        &[invalidate, OrderCommand::Delete { batch: None }, OrderCommand::Erase { retention_days: 0 }],
    ] {
        let order = shop.place(&customer, &store, &[(&product, 1)]).await;
        for command in commands {
            shop.change(ActorRef::Operator, &order, command.clone()).await;
        }
    }
    let (dice, mut known) = (Dice::new(7), Known::default());
    let number = |_| u16::try_from(dice.roll(1 << 16)).unwrap_or(u16::MAX);
    let random = (0..150).map(|_| -> Roll { std::array::from_fn(number) });
    for roll in opening().into_iter().chain(random) {
        shop.clock.advance(1_000);
        let submission = known.wish(roll);
        let outcome = shop.writer.submit(submission.clone()).await;
        known.learn(&submission, &outcome);
        catch_up(db).await;
    }
    let position = last_position(&mut db.read().await.expect("a reader"), &StoreScope::All).await;
    let seen = Operation::Seen { orders: vec![], up_to: Some(position.expect("a position")) };
    shop.act(ActorRef::Member(member.id), seen).await;
    follow(db, "nobody", async |_| Ok::<_, Error>(())).await.expect("followed");
    shop.close().await;
}

fn assert_every_table_has_rows(dump: &Dump) {
    let empty: Vec<_> = dump.iter().filter(|(_, rows)| rows.is_empty()).map(|(table, _)| table).collect();
    assert_eq!(empty, Vec::<&&str>::new(), "nothing in these");
    let found: BTreeSet<&str> = dump["orders"].iter().filter_map(|order| order.text("status")).collect();
    let every: BTreeSet<&str> = Status::iter().map(Into::into).collect();
    assert_eq!(found, every);
}

async fn assert_holds_together(schema: &Schema, db: &Db) {
    let report = verify_as(schema, db, Some(&keys()), |_| {}).await.expect("the database can be read");
    assert!(report.is_clean(), "{report:?}");
}
