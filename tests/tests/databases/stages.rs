//! What no stage of an order has, no row has either.

use ordervault_persistence::db::Db;
use ordervault_persistence::error::{ConflictKind, DbError};
use ordervault_persistence::statement::Template;
use ordervault_tests::shop::Shop;
use ordervault_tests::stages::combinations;
use ordervault_tests::twin::Fresh;

/// Of the combinations that do not exist one in so many is tried; of the others every one.
const STRIDE: usize = 101;

static WRITE: Template = Template::new(
    "UPDATE orders SET status = $1, executed_to = $2, confirmed_at = $3, started_at = $4, completed_at = $5,
         cancelled_at = $6, cancel_reason = $7, invalidated_at = $8, invalid_reason = $9, invalid_from = $10,
         deleted_at = $11, deleted_in = $12",
);

ordervault_tests::twin_tests!(a_row_has_the_parts_of_a_stage);

async fn a_row_has_the_parts_of_a_stage(db: Db) {
    // Rows that their history does not tell are no longer to be verified.
    let fresh = Fresh::on(db.engine()).await;
    let db = fresh.db.clone();
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let product = shop.product(&store, 5).await;
    let customer = shop.customer().await;
    shop.place(&customer, &store, &[(&product, 1)]).await;
    shop.close().await;
    let mut written = 0;
    for (position, parts) in combinations().enumerate() {
        let exists = parts.stage().is_some();
        if !exists && position % STRIDE != 0 {
            continue;
        }
        let millis = |at: Option<ordervault_domain::time::Timestamp>| at.map(|at| at.millis());
        let mut tx = db.begin().await.expect("a transaction");
        let answer = tx
            .execute(&WRITE.bind((
                <&str>::from(parts.status),
                <&str>::from(parts.executed_to),
                millis(parts.confirmed_at),
                millis(parts.started_at),
                millis(parts.completed_at),
                millis(parts.cancelled_at),
                parts.cancel_reason.map(<&str>::from),
                millis(parts.invalidated_at),
                parts.invalid_reason.map(<&str>::from),
                parts.invalid_from.map(<&str>::from),
                millis(parts.deleted_at),
                parts.deleted_in.map(|id| id.get()),
            )))
            .await;
        match answer {
            Ok(rows) => {
                assert!(exists && rows == 1, "{parts:?} does not exist, and was written");
                written += 1;
            }
            Err(DbError::Conflict { kind: ConflictKind::Check, .. }) => {
                assert!(!exists, "{parts:?} exists, and was refused");
            }
            Err(error) => panic!("{parts:?}: {error}"),
        }
        tx.rollback().await;
    }
    assert_eq!(written, combinations().filter(|parts| parts.stage().is_some()).count());
    fresh.drop().await;
}
