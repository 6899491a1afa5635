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

    /// As people read it: `1,999.00 TWD`.
    pub(crate) fn text(&self) -> String {
        format!("{} {}", self.grouped(), self.currency)
    }

    /// In major units, with a comma after each three digits, as all languages of this program have it.
    pub(crate) fn grouped(&self) -> String {
        let places = usize::from(self.exponent);
        let digits = format!("{:0>1$}", self.amount, places + 1);
        let (whole, decimals) = digits.split_at(digits.len() - places);
        let mut grouped = String::with_capacity(digits.len() * 2);
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        if places > 0 {
            grouped = grouped + "." + decimals;
        }
        grouped
    }
}

/// An amount of money in a request, as the API writes it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMoney)]
pub(crate) struct NewMoneyBody {
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

impl From<Money> for NewMoneyBody {
    fn from(Money { amount, currency }: Money) -> Self {
        let exponent = Some(currency.exponent());
        Self { amount: amount.get(), currency: currency.code().to_owned(), exponent }
    }
}

impl NewMoneyBody {
    /// The amount that stands there in the request.
    pub(crate) fn read(&self, fields: &mut Fields, at: &str) -> Option<Money> {
        let currency: Currency =
            fields.parsed(format!("{at}/currency"), &self.currency, "unknown-currency")?;
        if self.exponent.is_some_and(|exponent| exponent != currency.exponent()) {
            fields.fault(format!("{at}/exponent"), "wrong-exponent");
        }
        Some(Money { amount: Amount::new(self.amount), currency })
    }
}

/// A difference between amounts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MoneyDifference)]
pub(crate) struct DifferenceBody {
    /// Minor units, below nothing if the second amount is the greater one.
    #[schema(minimum = -10_000_000_000_000_i64, maximum = 10_000_000_000_000_i64, example = 199_900)]
    pub amount: i64,
    /// ISO 4217 code.
    #[schema(min_length = 3, max_length = 3, example = "TWD")]
    pub currency: &'static str,
    /// Decimal places of the currency.
    #[schema(minimum = 0, maximum = 4, example = 2)]
    pub exponent: u8,
}

impl DifferenceBody {
    /// A difference with its currency.
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
