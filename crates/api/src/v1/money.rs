//! Money as JSON.

use ordervault_domain::money::{Amount, Currency, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::fields::Fields;

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

/// What an order is to cost, as it was shown to whoever asks: a `total` as the API writes it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = ExpectedTotal)]
pub(crate) struct ExpectedTotalBody {
    /// Minor units: 199900 with exponent 2 is 1999.00.
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 199_900)]
    amount: i64,
    /// ISO 4217 code.
    #[schema(min_length = 3, max_length = 3, example = "TWD")]
    currency: String,
    /// Decimal places of the currency; needs not be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 4, example = 2)]
    exponent: Option<u8>,
}

impl ExpectedTotalBody {
    /// The `expected_total` of a request, if it has one.
    pub(crate) fn read(fields: &mut Fields, body: Option<&Self>) -> Option<Money> {
        let body = body?;
        let currency: Currency =
            fields.parsed("/expected_total/currency", &body.currency, "unknown-currency")?;
        if body.exponent.is_some_and(|exponent| exponent != currency.exponent()) {
            fields.fault("/expected_total/exponent", "wrong-exponent");
        }
        Some(Money { amount: Amount::new(body.amount), currency })
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
