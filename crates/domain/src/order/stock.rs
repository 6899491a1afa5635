//! What an order holds of the stock, and so what a change of it moves.

use std::collections::BTreeMap;

use super::{Order, Status};
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
/// An open order reserves its quantities; a completed one has taken them out of the house. Any change of status or
/// lines moves the difference, so no act can forget to give stock back.
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
    let (out, held) = match order.status {
        _ if !order.holds_stock => (0, 0),
        Status::PendingReview | Status::Confirmed | Status::Processing => (0, 1),
        Status::Completed => (-1, 0),
        Status::Cancelled | Status::Invalid => (0, 0),
    };
    order.lines.iter().map(move |line| {
        let quantity = i64::from(line.quantity);
        (line.product_id, out * quantity, held * quantity)
    })
}
