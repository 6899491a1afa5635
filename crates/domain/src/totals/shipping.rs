//! Ways of sending, and what they cost.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Code;
use super::fault::TermsFault;
use crate::money::Amount;
use crate::text::single_line;

/// Most ways of sending that a store has.
pub const MAX_RULES: usize = 20;
/// Most bands of weight of one of them.
pub const MAX_BANDS: usize = 20;
/// Greatest weight that is told apart, in grams: a hundred tonnes.
pub const MAX_GRAMS: u32 = 100_000_000;
/// Longest name of a way of sending.
pub const MAX_RULE_NAME_CODE_POINTS: usize = 100;

/// A way of sending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingRule {
    /// What it is called in requests.
    pub code: Code,
    /// What people call it.
    pub name: String,
    /// What it costs where there are no bands.
    pub price: Amount,
    /// It costs nothing from goods of so much on, after discounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_above: Option<Amount>,
    /// What it costs by weight, lightest first; what is heavier than the last is not sent so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<Band>,
}

/// A price up to a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Up to and with so many grams.
    pub max_grams: u32,
    /// It costs so much.
    pub price: Amount,
}

impl ShippingRule {
    /// What it costs to send goods of this price and weight; none: they are too heavy.
    #[must_use]
    pub fn price(&self, goods: Amount, grams: u64) -> Option<Amount> {
        let band = self.bands.iter().find(|band| u64::from(band.max_grams) >= grams);
        let price = match band {
            Some(band) => band.price,
            None if self.bands.is_empty() => self.price,
            None => return None,
        };
        let is_free = self.free_above.is_some_and(|free_above| goods >= free_above);
        Some(if is_free { Amount::ZERO } else { price })
    }

    fn faults(&self) -> Vec<TermsFault> {
        let grams = |band: &Band| band.max_grams;
        let mut faults = vec![
            (single_line(&self.name, MAX_RULE_NAME_CODE_POINTS).as_ref() != Ok(&self.name))
                .then(|| TermsFault::new("/name", "not-a-name")),
            (!self.price.in_range()).then(|| TermsFault::new("/price", "amount-out-of-range")),
            self.free_above
                .is_some_and(|amount| !amount.in_range())
                .then(|| TermsFault::new("/free_above", "amount-out-of-range")),
            (self.bands.len() > MAX_BANDS).then(|| TermsFault::new("/bands", "too-many")),
            (!self.bands.is_sorted_by(|one, next| grams(one) < grams(next)))
                .then(|| TermsFault::new("/bands", "not-ascending")),
        ];
        for (place, band) in self.bands.iter().enumerate() {
            let is_weight = (1..=MAX_GRAMS).contains(&band.max_grams);
            faults.push(
                (!is_weight).then(|| TermsFault::new(format!("/bands/{place}/max_grams"), "out-of-range")),
            );
            faults.push(
                (!band.price.in_range())
                    .then(|| TermsFault::new(format!("/bands/{place}/price"), "amount-out-of-range")),
            );
        }
        faults.into_iter().flatten().collect()
    }
}

/// What is wrong with a store's ways of sending, by pointers from the list on.
#[must_use]
pub fn rule_faults(rules: &[ShippingRule]) -> Vec<TermsFault> {
    let mut faults = vec![];
    if rules.len() > MAX_RULES {
        faults.push(TermsFault::new("", "too-many"));
    }
    let mut codes = BTreeSet::new();
    for (place, rule) in rules.iter().enumerate() {
        if !codes.insert(&rule.code) {
            faults.push(TermsFault::new(format!("/{place}/code"), "duplicate"));
        }
        faults.extend(rule.faults().into_iter().map(|fault| fault.under(&format!("/{place}"))));
    }
    faults
}
