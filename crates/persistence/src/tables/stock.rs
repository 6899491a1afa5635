//! The table `stock_movements`: the ledger behind a product's numbers.

use ordervault_domain::aggregate::Aggregate as _;
use ordervault_domain::order::{Order, StockDelta};
use ordervault_domain::product::Product;

use crate::bulk::{BulkInsert, ColumnType::*};
use crate::statement::statements;

statements! {
    pub(crate) INSERT: BulkInsert = BulkInsert::new("stock_movements", &[
        ("product_id", Int), ("entity_id", Int), ("seq", Int), ("on_hand", Int), ("reserved", Int),
    ]);
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
