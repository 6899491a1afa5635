//! What cannot have become of a line or of an order's money, no row says either.

use ordervault_domain::money::Amount;
use ordervault_domain::order::Units;
use ordervault_persistence::db::Db;
use ordervault_persistence::error::{ConflictKind, DbError};
use ordervault_persistence::statement::{Statement, Template};
use ordervault_tests::shop::Shop;
use ordervault_tests::twin::Fresh;

/// Units of the line that is written to.
const QUANTITY: u32 = 2;
/// Of the combinations that cannot be one in so many is tried; of the others every one.
const STRIDE: u32 = 101;

static UNITS: Template = Template::new(
    "UPDATE order_lines SET cancelled = $1, allocated = $2, shipped = $3, delivered = $4, lost = $5, returned = $6,
         restocked = $7, credited = $8, cancelled_value = $9, credited_value = $10",
);
static SUMS: Template = Template::new(
    "UPDATE orders SET cancelled_total = $1, credited_total = $2, written_off_total = $3, kept_total = $4, paid_total = $5,
         refunded_total = $6, refund_pending_total = $7, charged_back_total = $8,
         balance_due = total - $1 - $2 - $3 + $4 - $5 + $6 + $8 + $9",
);

ordervault_tests::twin_tests!(a_row_has_counters_and_sums_that_can_be);

async fn a_row_has_counters_and_sums_that_can_be(db: Db) {
    // Rows that their history does not tell are no longer to be verified.
    let fresh = Fresh::on(db.engine()).await;
    let db = fresh.db.clone();
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let product = shop.product(&store, 5).await;
    let customer = shop.customer().await;
    let order = shop.place(&customer, &store, &[(&product, QUANTITY)]).await;
    shop.close().await;
    let mut written = 0;
    for number in 0..3_u32.pow(9) {
        let digit = |place| number / 3_u32.pow(place) % 3;
        let value = |times: u32| Amount::new(order.totals.total.get() / 2 * i64::from(times));
        let units = Units {
            cancelled: digit(0),
            allocated: digit(1),
            shipped: digit(2),
            delivered: digit(3),
            lost: digit(4),
            returned: digit(5),
            restocked: digit(6),
            credited: digit(7),
            cancelled_value: value(digit(8)),
            credited_value: value(digit(2)),
            ..Units::default()
        };
        let fits = units.fit(&order.lines[0]);
        if !fits && number % STRIDE != 0 {
            continue;
        }
        let count = |units: u32| i64::from(units);
        let statement = UNITS.bind((
            count(units.cancelled),
            count(units.allocated),
            count(units.shipped),
            count(units.delivered),
            count(units.lost),
            count(units.returned),
            count(units.restocked),
            count(units.credited),
            units.cancelled_value.get(),
            units.credited_value.get(),
        ));
        assert_eq!(is_written(&db, &statement).await, fits, "{units:?}");
        written += i64::from(fits);
    }
    assert!(written > 10);
    for (sums, fits) in [
        ([0, 0, 0, 0, 0, 0, 0, 0, 0], true),
        ([1, 1, 1, 1, 3, 2, 1, 9, 0], true),
        ([0, 0, 0, 0, 3, 2, 2, 0, 0], false),
        ([0, 0, 0, 0, 3, -1, 0, 0, 0], false),
        ([0, 0, 0, -1, 0, 0, 0, 0, 0], false),
        ([-1, 0, 0, 0, 0, 0, 0, 0, 0], false),
        ([order.totals.total.get(), 1, 0, 0, 0, 0, 0, 0, 0], false),
        ([0, 0, 0, 0, 0, 0, 0, 0, 1], false),
    ] {
        let [cancelled, credited, written_off, kept, paid, refunded, pending, charged_back, wrong] = sums;
        let statement =
            SUMS.bind((cancelled, credited, written_off, kept, paid, refunded, pending, charged_back, wrong));
        assert_eq!(is_written(&db, &statement).await, fits, "{sums:?}");
    }
    fresh.drop().await;
}

/// Can it be written? It is taken back.
async fn is_written(db: &Db, statement: &Statement) -> bool {
    let mut tx = db.begin().await.expect("a transaction");
    let answer = tx.execute(statement).await;
    tx.rollback().await;
    match answer {
        Ok(rows) => rows == 1,
        Err(DbError::Conflict { kind: ConflictKind::Check, .. }) => false,
        Err(error) => panic!("{error}"),
    }
}
