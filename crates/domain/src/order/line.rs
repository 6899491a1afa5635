//! Order lines and the sums over them.

use serde::{Deserialize, Serialize};

use crate::id::ProductId;
use crate::money::Amount;

/// Most lines that one order may have.
pub const MAX_LINES: usize = 200;
/// Most units on one line.
pub const MAX_QUANTITY: u32 = 1_000_000;

/// One product on an order, with title and price as they were when it was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number within the order, from 1. It stays its own for ever: no other line gets it, even when this one has gone. 0
    /// stands in events only, in those that are older than these numbers.
    #[serde(default)]
    pub no: u32,
    /// Which product.
    pub product_id: ProductId,
    /// Its stock keeping unit then.
    pub sku: String,
    /// Its title then.
    pub title: String,
    /// Its category then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Units ordered, at least 1.
    pub quantity: u32,
    /// Price of one unit, minor units.
    pub unit_price: Amount,
    /// Price of the line, minor units.
    pub total: Amount,
}

impl Line {
    /// What it costs all in all.
    #[must_use]
    pub fn amount(&self) -> Amount {
        self.total
    }
}

/// The order's sums, minor units of its currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Sum of the lines.
    pub subtotal: Amount,
    /// Price of sending.
    pub shipping_total: Amount,
    /// What it costs all in all.
    pub total: Amount,
}

impl Totals {
    /// Adds up; `None` when a sum leaves the range of amounts.
    #[must_use]
    pub fn of(lines: &[Line], shipping_total: Amount) -> Option<Self> {
        let subtotal = lines
            .iter()
            .try_fold(Amount::ZERO, |sum, line| sum.checked_add(line.total).filter(|sum| sum.in_range()))?;
        let total = subtotal.checked_add(shipping_total).filter(|sum| sum.in_range())?;
        Some(Self { subtotal, shipping_total, total })
    }
}
