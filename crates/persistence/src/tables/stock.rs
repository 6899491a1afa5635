//! The table `stock_movements`: the ledger behind a product's numbers.

use std::collections::HashMap;

use ordervault_domain::aggregate::Aggregate as _;
use ordervault_domain::order::{Order, StockDelta};
use ordervault_domain::product::Product;

use crate::bulk::{BulkInsert, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    pub(crate) INSERT: BulkInsert = BulkInsert::new("stock_movements", &[
        ("product_id", Int), ("entity_id", Int), ("seq", Int), ("on_hand", Int), ("reserved", Int),
    ]);
    // From the few events behind the position, each looked up with each of the products; not from all movements of these.
    MOVED_AFTER: Template = Template::new(
        "WITH later AS MATERIALIZED (
             SELECT entity_id, seq FROM outbox WHERE position > $2
             UNION ALL SELECT entity_id, seq FROM outbox WHERE position IS NULL
         )
         SELECT m.product_id, CAST(SUM(m.on_hand) AS BIGINT) AS on_hand, CAST(SUM(m.reserved) AS BIGINT) AS reserved
         FROM later CROSS JOIN stock_movements m
         WHERE m.product_id {in_keys:1} AND m.entity_id = later.entity_id AND m.seq = later.seq GROUP BY m.product_id"
    );
}

/// A row of the stock ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub(crate) struct StockMovement {
    pub product_id: i64,
    pub entity_id: i64,
    pub seq: i64,
    pub on_hand: i64,
    pub reserved: i64,
}

impl StockMovement {
    /// What an order, as it is now, has moved of a product.
    pub(crate) fn of(order: &Order, moved: StockDelta) -> Self {
        Self {
            product_id: moved.product_id.get(),
            entity_id: order.id.get(),
            seq: order.version,
            on_hand: moved.on_hand,
            reserved: moved.reserved,
        }
    }
}

/// Notes what an event of a product itself did to its stock.
pub(crate) fn own_movement(before: Option<&Product>, after: &Product) -> Option<StockMovement> {
    let on_hand = after.on_hand - before.map_or(0, |before| before.on_hand);
    (on_hand != 0).then(|| StockMovement {
        product_id: after.id.get(),
        entity_id: after.id.get(),
        seq: after.version(),
        on_hand,
        reserved: 0,
    })
}

/// By how much events behind that position of the outbox moved these products, by product: in the house, reserved.
pub(crate) async fn moved_after(
    conn: &mut Conn,
    products: &[i64],
    position: i64,
) -> Result<HashMap<i64, (i64, i64)>, Error> {
    let rows: Vec<(i64, i64, i64)> = conn.fetch_all(&MOVED_AFTER.bind((products, position))).await?;
    Ok(rows.into_iter().map(|(product, on_hand, reserved)| (product, (on_hand, reserved))).collect())
}
