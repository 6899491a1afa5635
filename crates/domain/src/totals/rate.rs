//! Shares of amounts.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// All of something, in thousandths of a percent.
pub const WHOLE: u32 = 100_000;

/// A share of an amount in thousandths of a percent, from nothing to all: 19 % is 19000, 8.875 % is 8875. Hundredths would
/// be too coarse for the sales taxes of some cities.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Rate(u32);

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The thousandths of a percent.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Nothing of an amount?
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
}

/// More than all of something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("a rate is from 0 to {WHOLE} thousandths of a percent")]
pub struct RateOutOfRange;

impl TryFrom<u32> for Rate {
    type Error = RateOutOfRange;

    fn try_from(thousandths: u32) -> Result<Self, RateOutOfRange> {
        if thousandths <= WHOLE { Ok(Self(thousandths)) } else { Err(RateOutOfRange) }
    }
}

impl From<Rate> for u32 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}
