//! Countries, by their codes.

use std::fmt;
use std::str::FromStr;

use isocountry::CountryCode;
use thiserror::Error;

use crate::serde_text::serde_as_text;

/// A country by its ISO 3166-1 alpha-2 code, which is also its text, in JSON too: `TW`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(CountryCode);

impl Country {
    /// Two upper-case letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.alpha2()
    }
}

/// The text is no code of a country.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("not the upper-case ISO 3166-1 alpha-2 code of a country, like TW")]
pub struct UnknownCountry;

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Self, UnknownCountry> {
        CountryCode::for_alpha2(code).map(Self).map_err(|_| UnknownCountry)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

serde_as_text!(Country, "country");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        for country in CountryCode::iter() {
            let code = country.alpha2();
            let read: Country = code.parse().unwrap();
            assert_eq!((read.code(), read.to_string()), (code, code.to_owned()));
        }
        for text in ["", "tw", "TWN", "XX", "UK", "886", " TW", "台灣"] {
            assert_eq!(text.parse::<Country>(), Err(UnknownCountry), "{text:?}");
        }
    }
}
