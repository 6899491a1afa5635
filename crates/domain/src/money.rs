//! Money in integer minor units of an ISO 4217 currency. No floating point anywhere, all arithmetic checked.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::serde_text::serde_as_text;

/// The greatest total of a line or an order, in minor units. Far below 2^53, so JSON readers keep every digit.
pub const MAX_TOTAL_MINOR_UNITS: i64 = 1_000_000_000_000;

/// The currencies of ISO 4217 list one (January 2026) that people pay with, in alphabetical order; without funds,
/// metals, accounting units and the codes for testing and "no currency".
/// <https://www.six-group.com/en/products-services/financial-information/data-standards.html>
#[rustfmt::skip]
static CODES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD", "BIF", "BMD", "BND",
    "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE",
    "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD",
    "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY",
    "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD",
    "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO",
    "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF",
    "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB",
    "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED", "VES", "VND",
    "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// A currency by its ISO 4217 code, which is also its text, in JSON too: `TWD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

impl Currency {
    /// Three upper-case letters.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0
    }

    /// How many decimals of the major unit the minor unit is: 2 for TWD, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn exponent(self) -> u8 {
        match self.0 {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
            | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }
}

/// The text is no code of a currency that people pay with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("not the upper-case ISO 4217 code of a currency in use, like EUR")]
pub struct UnknownCurrency;

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        CODES.binary_search(&code).map(|place| Self(CODES[place])).map_err(|_| UnknownCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

serde_as_text!(Currency, "currency");

/// A number of minor units of a currency told elsewhere; a plain integer in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);

    /// So many minor units.
    #[must_use]
    pub const fn new(minor_units: i64) -> Self {
        Self(minor_units)
    }

    /// The minor units.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Nothing?
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// The sum, unless it overflows.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// So many times the amount, unless it overflows.
    #[must_use]
    pub fn checked_mul(self, times: u32) -> Option<Self> {
        self.0.checked_mul(i64::from(times)).map(Self)
    }

    /// Whether a line or an order may total this: 0..=[`MAX_TOTAL_MINOR_UNITS`].
    #[must_use]
    pub fn in_range(self) -> bool {
        (0..=MAX_TOTAL_MINOR_UNITS).contains(&self.0)
    }
}

/// An amount with its currency. In JSON `{"amount": 199900, "currency": "TWD", "exponent": 2}`, where the exponent is
/// written for the reader's sake and ignored when read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Money {
    /// Minor units.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// The decimal number of major units that [`Money::parse_decimal`] reads, with all of the currency's decimals.
    #[must_use]
    pub fn decimal(self) -> String {
        let exponent = usize::from(self.currency.exponent());
        let sign = if self.amount.0 < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.amount.0.unsigned_abs(), width = exponent + 1);
        let (whole, decimals) = digits.split_at(digits.len() - exponent);
        let point = if exponent == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{decimals}")
    }

    /// Reads a decimal number of major units exactly: `58.90` BRL is 5890, `58.9` too, `58.901` is `None`.
    /// ASCII digits with an optional minus and at most the currency's decimals; nothing else, no blanks, no plus.
    #[must_use]
    pub fn parse_decimal(text: &str, currency: Currency) -> Option<Amount> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, decimals) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        let missing = usize::from(currency.exponent()).checked_sub(decimals.len())?;
        if whole.is_empty() {
            return None;
        }
        whole
            .bytes()
            .chain(decimals.bytes())
            .chain(std::iter::repeat_n(b'0', missing))
            .try_fold(0_i64, |minor, digit| {
                let digit = digit.is_ascii_digit().then(|| i64::from(digit - b'0'))?;
                minor.checked_mul(10)?.checked_add(sign * digit)
            })
            .map(Amount)
    }
}

/// The decimal number and the currency: `1999.00 TWD`, `-0.05 TWD`, `1999 JPY`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written {
            amount: Amount,
            currency: Currency,
            exponent: u8,
        }
        let Money { amount, currency } = *self;
        Written { amount, currency, exponent: currency.exponent() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Read {
            amount: Amount,
            currency: Currency,
        }
        let Read { amount, currency } = Read::deserialize(deserializer)?;
        Ok(Money { amount, currency })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    fn any_currency() -> impl Strategy<Value = Currency> {
        prop::sample::select(CODES).prop_map(currency)
    }

    #[test]
    fn codes_are_sorted_for_the_search() {
        assert!(CODES.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(CODES.iter().all(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())));
    }

    #[test]
    fn only_exact_codes_of_money_in_use() {
        for (code, exponent) in [("TWD", 2), ("BRL", 2), ("JPY", 0), ("KWD", 3), ("EUR", 2), ("ZWG", 2)] {
            assert_eq!(currency(code).exponent(), exponent);
            assert_eq!(currency(code).code(), code);
            assert_eq!(currency(code).to_string(), code);
        }
        for code in ["", "usd", "Usd", "USD ", "XXX", "XTS", "XAU", "USN", "DEM", "US", "USDX", "圓"] {
            assert_eq!(code.parse::<Currency>(), Err(UnknownCurrency), "{code}");
        }
    }

    #[test]
    fn every_exponent_belongs_to_a_known_code() {
        let count = |exponent| CODES.iter().filter(|code| currency(code).exponent() == exponent).count();
        assert_eq!((count(0), count(3)), (16, 7));
    }

    #[test]
    fn decimals_are_read_exactly() {
        for (text, code, minor) in [
            ("58.90", "BRL", Some(5890)),
            ("58.9", "BRL", Some(5890)),
            ("58", "BRL", Some(5800)),
            ("0.07", "BRL", Some(7)),
            ("-0.07", "BRL", Some(-7)),
            ("0058.90", "BRL", Some(5890)),
            ("1999", "JPY", Some(1999)),
            ("1.5", "KWD", Some(1500)),
            ("92233720368547758.07", "BRL", Some(i64::MAX)),
            ("-92233720368547758.08", "BRL", Some(i64::MIN)),
            ("92233720368547758.08", "BRL", None),
            ("58.901", "BRL", None),
            ("58.900", "BRL", None),
            ("1999.0", "JPY", None),
            ("58.", "BRL", None),
            (".90", "BRL", None),
            ("-", "BRL", None),
            ("", "BRL", None),
            ("+58", "BRL", None),
            (" 58", "BRL", None),
            ("58,90", "BRL", None),
            ("5.8.9", "BRL", None),
            ("5.-9", "BRL", None),
            ("5e1", "BRL", None),
            ("NaN", "BRL", None),
            ("５８", "BRL", None),
        ] {
            assert_eq!(Money::parse_decimal(text, currency(code)), minor.map(Amount), "{text} {code}");
        }
    }

    #[test]
    fn json() {
        let money = Money { amount: Amount(199_900), currency: currency("TWD") };
        let json = r#"{"amount":199900,"currency":"TWD","exponent":2}"#;
        assert_eq!(serde_json::to_string(&money).unwrap(), json);
        assert_eq!(serde_json::from_str::<Money>(json).unwrap(), money);
        assert_eq!(serde_json::from_str::<Money>(r#"{"currency":"TWD","amount":199900}"#).unwrap(), money);
        for bad in
            [r#"{"amount":1.5,"currency":"TWD"}"#, r#"{"amount":1,"currency":"twd"}"#, r#"{"amount":1}"#]
        {
            assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn arithmetic_is_checked() {
        let max = Amount(i64::MAX);
        assert_eq!(Amount(2).checked_add(Amount(3)), Some(Amount(5)));
        assert_eq!(Amount(2).checked_mul(3), Some(Amount(6)));
        assert_eq!(max.checked_add(Amount(1)), None);
        assert_eq!(max.checked_mul(2), None);
        assert_eq!(Amount::default(), Amount::ZERO);
        for (minor, fits) in
            [(-1, false), (0, true), (MAX_TOTAL_MINOR_UNITS, true), (MAX_TOTAL_MINOR_UNITS + 1, false)]
        {
            assert_eq!(Amount(minor).in_range(), fits, "{minor}");
        }
    }

    #[test]
    fn people_read_major_units() {
        for (minor, code, text) in [
            (199_900, "TWD", "1999.00 TWD"),
            (5, "TWD", "0.05 TWD"),
            (-5, "TWD", "-0.05 TWD"),
            (0, "TWD", "0.00 TWD"),
            (1999, "JPY", "1999 JPY"),
            (1500, "KWD", "1.500 KWD"),
            (i64::MIN, "TWD", "-92233720368547758.08 TWD"),
        ] {
            assert_eq!(Money { amount: Amount(minor), currency: currency(code) }.to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(minor in any::<i64>(), currency in any_currency()) {
            let money = Money { amount: Amount(minor), currency };
            let text = money.to_string();
            let (decimal, code) = text.split_once(' ').unwrap();
            prop_assert_eq!(Money::parse_decimal(decimal, code.parse().unwrap()), Some(money.amount));
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }
    }
}
