//! From fractions to whole steps.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::money::Amount;

/// Which of two steps is taken by what lies right in the middle. Anything else goes to the nearer one.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    Display,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Rounding {
    /// The even one, so that many such amounts are not too much together.
    #[default]
    HalfEven,
    /// The greater one.
    HalfUp,
}

impl Rounding {
    /// The multiple of `step` next to `numerator / denominator`; neither is negative, and the divisors are not zero.
    #[must_use]
    pub fn nearest(self, numerator: i128, denominator: i128, step: u32) -> Amount {
        let divisor = denominator * i128::from(step);
        let (steps, rest) = (numerator / divisor, numerator % divisor);
        let up = match (2 * rest).cmp(&divisor) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => match self {
                Self::HalfUp => true,
                Self::HalfEven => steps % 2 == 1,
            },
        };
        amount((steps + i128::from(up)) * i128::from(step))
    }
}

/// Back from 128 bits. What comes from amounts in range fits.
pub(super) fn amount(minor_units: i128) -> Amount {
    Amount::new(i64::try_from(minor_units).unwrap_or(i64::MAX))
}
