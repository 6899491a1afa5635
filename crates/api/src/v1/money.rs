//! Money as JSON.

use ordervault_domain::money::{Amount, Currency};
use serde::Serialize;
use utoipa::ToSchema;

/// An amount of money in minor units.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Money)]
pub(crate) struct MoneyBody {
    /// Minor units: 199900 with exponent 2 is 1999.00.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 199_900)]
    pub amount: i64,
    /// ISO 4217 code.
    #[schema(min_length = 3, max_length = 3, example = "TWD")]
    pub currency: &'static str,
    /// Decimal places of the currency.
    #[schema(minimum = 0, maximum = 4, example = 2)]
    pub exponent: u8,
}

impl MoneyBody {
    /// An amount with its currency.
    pub(crate) fn new(amount: Amount, currency: Currency) -> Self {
        Self { amount: amount.get(), currency: currency.code(), exponent: currency.exponent() }
    }
}

/// A sum over many things, in minor units.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MoneySum)]
pub(crate) struct SumBody {
    /// Minor units: 199900 with exponent 2 is 1999.00.
    #[schema(minimum = 0, example = 199_900)]
    pub amount: i64,
    /// ISO 4217 code.
    #[schema(min_length = 3, max_length = 3, example = "TWD")]
    pub currency: &'static str,
    /// Decimal places of the currency.
    #[schema(minimum = 0, maximum = 4, example = 2)]
    pub exponent: u8,
}

impl SumBody {
    /// A sum with its currency.
    pub(crate) fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency: currency.code(), exponent: currency.exponent() }
    }
}
