//! Order lines and the sums over them.

use serde::{Deserialize, Serialize};

use super::{Adjustment, AdjustmentKind};
use crate::id::ProductId;
use crate::money::Amount;
use crate::totals::{Rate, Terms};

/// Most lines that one order may have.
pub const MAX_LINES: usize = 200;
/// Most units on one line.
pub const MAX_QUANTITY: u32 = 1_000_000;

/// One product on an order, with title, price and tax as they were when it was ordered.
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
    /// What is taken off that.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub discount: Amount,
    /// The rate by which it is taxed.
    #[serde(default, skip_serializing_if = "Rate::is_zero")]
    pub tax_rate: Rate,
    /// The tax in or on what is left.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub tax: Amount,
    /// What of it comes on top: all or nothing.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub added_tax: Amount,
    /// What one unit weighs.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub weight_grams: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Line {
    /// Its price after discounts, before tax that comes on top.
    #[must_use]
    pub fn net(&self) -> Amount {
        Amount::new(self.total.get() - self.discount.get())
    }

    /// What it costs all in all.
    #[must_use]
    pub fn amount(&self) -> Amount {
        Amount::new(self.net().get() + self.added_tax.get())
    }

    /// What all its units weigh.
    #[must_use]
    pub fn grams(&self) -> u64 {
        u64::from(self.weight_grams) * u64::from(self.quantity)
    }
}

/// The order's sums, minor units of its currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Sum of the lines.
    pub subtotal: Amount,
    /// What is taken off them.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub discount_total: Amount,
    /// Price of sending.
    pub shipping_total: Amount,
    /// Fees.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub fee_total: Amount,
    /// The tax on all that.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub tax_total: Amount,
    /// What of it comes on top.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub added_tax_total: Amount,
    /// What it costs all in all.
    pub total: Amount,
}

impl Totals {
    /// Adds up; `None` when a sum leaves the range of amounts.
    #[must_use]
    pub fn of(
        lines: &[Line],
        adjustments: &[Adjustment],
        shipping_total: Amount,
        terms: &Terms,
    ) -> Option<Self> {
        let fees = || adjustments.iter().filter(|adjustment| adjustment.kind == AdjustmentKind::Fee);
        let sent = terms.taxed(shipping_total, terms.shipping_rate());
        let subtotal = sum(lines.iter().map(|line| line.total))?;
        let discount_total = sum(lines.iter().map(|line| line.discount))?;
        let fee_total = sum(fees().map(|fee| fee.amount))?;
        let tax_total =
            sum(lines.iter().map(|line| line.tax).chain(fees().map(|fee| fee.tax)).chain([sent.tax]))?;
        let added = lines.iter().map(|line| line.added_tax).chain(fees().map(|fee| fee.added_tax));
        let added_tax_total = sum(added.chain([sent.added_tax]))?;
        let goods = Amount::new(subtotal.get() - discount_total.get());
        let total = sum([goods, shipping_total, fee_total, added_tax_total].into_iter())?;
        Some(Self { subtotal, discount_total, shipping_total, fee_total, tax_total, added_tax_total, total })
    }
}

/// The sum, if all on the way to it are in range.
fn sum(mut amounts: impl Iterator<Item = Amount>) -> Option<Amount> {
    amounts.try_fold(Amount::ZERO, |sum, amount| sum.checked_add(amount).filter(|sum| sum.in_range()))
}
