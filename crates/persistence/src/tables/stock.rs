//! The table `stock_movements`: the ledger behind a product's numbers.

use crate::bulk::{BulkInsert, ColumnType::*};
use crate::statement::statements;

statements! {
    pub(crate) INSERT: BulkInsert = BulkInsert::new("stock_movements", &[
        ("product_id", Int), ("entity_id", Int), ("seq", Int), ("on_hand", Int), ("reserved", Int),
    ]);
}
