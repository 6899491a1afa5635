//! What an order holds of the stock, and so what a change of it moves.

use std::collections::BTreeMap;

use super::Order;
use crate::id::ProductId;

/// A movement of one product's stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockDelta {
    /// Which product.
    pub product_id: ProductId,
    /// Change of the units in the house.
    pub on_hand: i64,
    /// Change of the units promised to open orders.
    pub reserved: i64,
}

/// The movements between two states of an order, sorted by product, without empty ones.
///
/// An open order reserves what is still to be sent; what was sent has left the house. Any change of status, lines or counters
/// moves the difference, so no act can forget to give stock back.
#[must_use]
pub fn stock_deltas(before: Option<&Order>, after: &Order) -> Vec<StockDelta> {
    let mut moves: BTreeMap<ProductId, (i64, i64)> = BTreeMap::new();
    for (order, sign) in before.map(|order| (order, -1)).into_iter().chain([(after, 1)]) {
        for (product_id, on_hand, reserved) in holdings(order) {
            let entry = moves.entry(product_id).or_default();
            entry.0 += sign * on_hand;
            entry.1 += sign * reserved;
        }
    }
    moves
        .into_iter()
        .filter(|(_, moved)| *moved != (0, 0))
        .map(|(product_id, (on_hand, reserved))| StockDelta { product_id, on_hand, reserved })
        .collect()
}

/// Per line: product, what has left the house (negative), what is reserved.
fn holdings(order: &Order) -> impl Iterator<Item = (ProductId, i64, i64)> {
    let lines = order.lines.iter().filter(|_| order.holds_stock);
    lines.map(|line| {
        let units = order.units(line.no);
        let out = i64::from(units.shipped) + i64::from(units.replaced) - i64::from(units.restocked);
        let open = i64::from(line.quantity) - i64::from(units.cancelled) - i64::from(units.shipped);
        (line.product_id, -out, if order.status().is_open() { open } else { 0 })
    })
}
