//! Tax: which rates there are, and how much is in an amount or comes on top of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fault::TermsFault;
use super::{Code, Rate, Rounding, WHOLE};
use crate::money::Amount;

/// The class of what says no other. Every store that is taxed has it.
pub const STANDARD: &str = "standard";
/// Most classes that a store has.
pub const MAX_CLASSES: usize = 20;
/// Largest step of computed amounts, in minor units.
pub const MAX_STEP_MINOR_UNITS: u32 = 100_000;

/// How a store is taxed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxTerms {
    /// Is the tax in the prices already? Else it comes on top.
    pub prices_include_tax: bool,
    /// How fractions become whole steps.
    pub rounding: Rounding,
    /// Computed amounts are multiples of so many minor units: 100 where nobody pays cents.
    pub step: u32,
    /// The rate of each class.
    pub classes: BTreeMap<Code, Rate>,
    /// The class of sending and fees.
    pub shipping_class: Code,
}

/// The tax on an amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taxed {
    /// The tax.
    pub tax: Amount,
    /// What of it comes on top of the amount: all or nothing.
    pub added_tax: Amount,
}

impl TaxTerms {
    /// The rate of this class; that of [`STANDARD`] for one that is not among them (any more).
    #[must_use]
    pub fn rate(&self, class: Option<&Code>) -> Rate {
        let named = class.and_then(|class| self.classes.get(class));
        let standard = || self.classes.iter().find(|(class, _)| class.as_str() == STANDARD);
        named.or_else(|| standard().map(|(_, rate)| rate)).copied().unwrap_or_default()
    }

    /// The tax on an amount after discounts, rounded once.
    #[must_use]
    pub fn taxed(&self, net: Amount, rate: Rate) -> Taxed {
        let (whole, rate) = (i128::from(WHOLE), i128::from(rate.get()));
        let base = if self.prices_include_tax { whole + rate } else { whole };
        let tax = self.rounding.nearest(i128::from(net.get()) * rate, base, self.step);
        Taxed { tax, added_tax: if self.prices_include_tax { Amount::ZERO } else { tax } }
    }

    /// What is wrong with them, by pointers from the terms on.
    #[must_use]
    pub fn faults(&self) -> Vec<TermsFault> {
        let has = |class: &str| self.classes.keys().any(|known| known.as_str() == class);
        let faults = [
            (!has(STANDARD)).then_some(("/classes", "standard-class-missing")),
            (self.classes.len() > MAX_CLASSES).then_some(("/classes", "too-many")),
            (!has(self.shipping_class.as_str())).then_some(("/shipping_class", "unknown-tax-class")),
            (!(1..=MAX_STEP_MINOR_UNITS).contains(&self.step)).then_some(("/step", "out-of-range")),
        ];
        faults.into_iter().flatten().map(|(pointer, rule)| TermsFault::new(pointer, rule)).collect()
    }
}
