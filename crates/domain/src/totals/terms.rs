//! The terms of an order: what of its store's settings its amounts are computed by. They stay those of the time when it was
//! placed.

use serde::{Deserialize, Serialize};

use super::{Code, PaymentRule, Rate, Rounding, ShippingRule, TaxTerms, Taxed, WHOLE};
use crate::money::Amount;

/// What amounts are computed by. The default is that of a store which has said nothing: no tax, sending costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Terms {
    /// How it is taxed; none: not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<TaxTerms>,
    /// How it is sent; none: that is not said, and costs what it was placed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping: Option<ShippingRule>,
    /// How it is to be paid; none: that is not said, and nothing waits for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentRule>,
}

impl Terms {
    /// Is nothing said?
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Computed amounts are multiples of so many minor units.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.tax.as_ref().map_or(1, |tax| tax.step.max(1))
    }

    fn rounding(&self) -> Rounding {
        self.tax.as_ref().map_or(Rounding::default(), |tax| tax.rounding)
    }

    /// The rate of goods of this class.
    #[must_use]
    pub fn rate(&self, class: Option<&Code>) -> Rate {
        self.tax.as_ref().map_or(Rate::ZERO, |tax| tax.rate(class))
    }

    /// The rate of sending and of fees.
    #[must_use]
    pub fn shipping_rate(&self) -> Rate {
        self.tax.as_ref().map_or(Rate::ZERO, |tax| tax.rate(Some(&tax.shipping_class)))
    }

    /// The tax on an amount after discounts.
    #[must_use]
    pub fn taxed(&self, net: Amount, rate: Rate) -> Taxed {
        self.tax.as_ref().map_or(Taxed::default(), |tax| tax.taxed(net, rate))
    }

    /// Such a share of an amount, in whole steps.
    #[must_use]
    pub fn share(&self, rate: Rate, of: Amount) -> Amount {
        let numerator = i128::from(of.get().max(0)) * i128::from(rate.get());
        self.rounding().nearest(numerator, i128::from(WHOLE), self.step())
    }
}
