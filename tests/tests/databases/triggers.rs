//! Each trigger is seen to refuse.

use std::collections::BTreeSet;

use ordervault_persistence::db::Db;
use ordervault_persistence::error::{ConflictKind, DbError};
use ordervault_persistence::statement::Template;
use ordervault_tests::dump::dump;
use ordervault_tests::life::live;
use ordervault_tests::shop::Shop;

use crate::schema::{TRIGGERS, is_on_postgres_only, rows};

ordervault_tests::twin_tests!(each_trigger_refuses);

/// A trigger, and what it must refuse.
static REFUSED: [(&str, Template); 6] = [
    ("history_no_update", Template::new("UPDATE history SET occurred_at = occurred_at")),
    ("history_no_delete", Template::new("DELETE FROM history WHERE seq > 1")),
    ("history_no_truncate", Template::new("TRUNCATE history")),
    ("stock_movements_no_update", Template::new("UPDATE stock_movements SET on_hand = on_hand")),
    ("stock_movements_no_delete", Template::new("DELETE FROM stock_movements WHERE seq > 1")),
    ("stock_movements_no_truncate", Template::new("TRUNCATE stock_movements")),
];

async fn each_trigger_refuses(db: Db) {
    let shop = Shop::open(&db).await;
    live(&shop, 7, 50).await;
    shop.close().await;
    let before = dump(&db).await;
    let mut tried = BTreeSet::new();
    for (trigger, statement) in &REFUSED {
        if is_on_postgres_only(trigger, db.engine()) {
            continue;
        }
        let mut tx = db.begin().await.expect("a transaction");
        let error = tx.execute(&statement.bind(())).await.expect_err(trigger);
        assert!(
            matches!(&error, DbError::Conflict { kind: ConflictKind::Trigger, .. }),
            "{trigger}: {error:?}"
        );
        assert!(format!("{error:?}").contains("is append-only"), "{trigger}: {error:?}");
        tx.rollback().await;
        tried.insert((*trigger).to_owned());
    }
    assert_eq!(dump(&db).await, before);
    let there: BTreeSet<String> =
        rows::<(String, String)>(&db, &TRIGGERS).await.into_iter().map(|row| row.1).collect();
    assert_eq!(tried, there, "a trigger that is not tried here, or is missing");
}
