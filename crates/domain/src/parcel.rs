//! What is in parcels, and how those who wait for one find out where it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;
use url::Url;

use crate::serde_text::serde_as_text;
use crate::text::{TextProblem, single_line};

/// Longest tracking number, in code points.
pub const MAX_TRACKING_NUMBER_CODE_POINTS: usize = 100;
/// Longest tracking link, in code points.
pub const MAX_TRACKING_LINK_CODE_POINTS: usize = 2_000;

/// Some units of a line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineUnits {
    /// The number of the line.
    pub no: u32,
    /// How many.
    pub units: u32,
}

/// One parcel of a fulfillment, as its carrier knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parcel {
    /// The number that the carrier gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<TrackingNumber>,
    /// Where the carrier tells how far it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_url: Option<TrackingLink>,
}

/// A carrier's number, as it was typed: one line with something to see in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackingNumber(String);

impl TrackingNumber {
    /// As it was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What all ways to write it have in common, in full width too: letters and digits, capital. The whole text where it has neither.
    #[must_use]
    pub fn key(&self) -> String {
        let key: String =
            self.0.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
        if key.is_empty() { self.0.clone() } else { key }
    }
}

impl FromStr for TrackingNumber {
    type Err = TextProblem;

    fn from_str(text: &str) -> Result<Self, TextProblem> {
        single_line(text, MAX_TRACKING_NUMBER_CODE_POINTS).map(Self)
    }
}

impl fmt::Display for TrackingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(TrackingNumber, "a tracking number");

/// A carrier's page: `https` to a host, without a user's name in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TrackingLink(String);

/// The text is no [`TrackingLink`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum NoTrackingLink {
    /// It has more code points than allowed.
    #[error("is too long")]
    TooLong,
    /// It leads elsewhere than to a page of the web by https, or nowhere.
    #[error("is not an https address")]
    NotHttps,
}

impl TrackingLink {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TrackingLink {
    type Err = NoTrackingLink;

    fn from_str(text: &str) -> Result<Self, NoTrackingLink> {
        let is_too_long = |text: &str| text.chars().nth(MAX_TRACKING_LINK_CODE_POINTS).is_some();
        if is_too_long(text) {
            return Err(NoTrackingLink::TooLong);
        }
        // What the parser would quietly take out or turn round.
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(NoTrackingLink::NotHttps);
        }
        let url = Url::parse(text).map_err(|_| NoTrackingLink::NotHttps)?;
        let is_plain = url.username().is_empty() && url.password().is_none();
        if url.scheme() != "https" || url.host_str().is_none_or(str::is_empty) || !is_plain {
            return Err(NoTrackingLink::NotHttps);
        }
        // Written out in ASCII it grows.
        if is_too_long(url.as_str()) { Err(NoTrackingLink::TooLong) } else { Ok(Self(url.into())) }
    }
}

impl fmt::Display for TrackingLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(TrackingLink, "an https address");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_however_it_is_written() {
        for text in ["RR 123 tw", "rr-123-TW", "ＲＲ１２３　ＴＷ"] {
            assert_eq!(
                text.parse::<TrackingNumber>().map(|number| number.key()),
                Ok("RR123TW".to_owned()),
                "{text}"
            );
        }
        assert_eq!("—".parse::<TrackingNumber>().map(|number| number.key()), Ok("—".to_owned()));
    }

    #[test]
    fn links_lead_to_pages_by_https() {
        for text in ["https://track.example/1?n=A%20B", "https://例え.jp/荷物/1"] {
            let link: TrackingLink = text.parse().expect(text);
            assert_eq!(link.as_str().parse(), Ok(link.clone()), "{text}");
        }
        let long = format!("https://track.example/{}", "x".repeat(MAX_TRACKING_LINK_CODE_POINTS));
        let grows = format!("https://track.example/{}", "荷".repeat(500));
        for text in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "http://track.example/1",
            "//track.example/1",
            "track.example/1",
            "https://",
            "https://user:password@track.example/",
            "https://track.example/a b",
            "https://track.example/\n",
            "https:\\\\track.example",
            "",
        ] {
            assert_eq!(text.parse::<TrackingLink>(), Err(NoTrackingLink::NotHttps), "{text:?}");
        }
        for text in [long, grows] {
            assert_eq!(text.parse::<TrackingLink>(), Err(NoTrackingLink::TooLong));
        }
    }

    #[test]
    fn numbers_are_found_however_they_are_written() {
        let key = |text: &str| text.parse::<TrackingNumber>().expect(text).key();
        for text in ["rr 123-456 789 tw", "RR123456789TW", " RR.123.456.789.TW "] {
            assert_eq!(key(text), "RR123456789TW");
        }
        assert_eq!(key("--"), "--");
        assert!("  ".parse::<TrackingNumber>().is_err());
        assert!("1".repeat(101).parse::<TrackingNumber>().is_err());
        assert!("1\n2".parse::<TrackingNumber>().is_err());
    }
}
