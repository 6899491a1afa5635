//! Discounts and fees: what is taken off an order, or comes on top of it, besides prices, tax and sending.

use serde::{Deserialize, Serialize};

use super::AdjustReason;
use crate::money::Amount;
use crate::totals::{Share, Value};
use crate::vocabulary::vocabulary;

/// Most discounts and fees that one order has.
pub const MAX_ADJUSTMENTS: usize = 20;

vocabulary! {
    /// Which way an adjustment goes.
    AdjustmentKind {
        /// Less, shared by lines.
        Discount,
        /// More, for the order as a whole.
        Fee,
    }
}

/// A discount or a fee of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Its number within the order, from 1; no other one gets it.
    pub no: u32,
    /// Which way it goes.
    pub kind: AdjustmentKind,
    /// Why.
    pub reason: AdjustReason,
    /// What a customer showed for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What was wanted.
    pub value: Value,
    /// What it takes off each line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Share>,
    /// What it comes to: the sum of the shares of a discount; a fee before tax that comes on top.
    pub amount: Amount,
    /// The tax in or on a fee.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub tax: Amount,
    /// What of it comes on top.
    #[serde(default, skip_serializing_if = "Amount::is_zero")]
    pub added_tax: Amount,
}

impl Adjustment {
    /// What of it falls to this line.
    #[must_use]
    pub fn share(&self, line: u32) -> Amount {
        self.shares.iter().find(|share| share.line == line).map_or(Amount::ZERO, |share| share.amount)
    }
}
