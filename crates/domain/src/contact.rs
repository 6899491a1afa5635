//! How a person can be reached, and what of it strangers may see.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::search::is_cjk;
use crate::serde_text::serde_as_text;

/// How the recipient of an order can be reached.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Contact {
    /// The name as the person writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// An e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Where to send goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

impl Contact {
    /// Everything in it that is not empty, as search looks at it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let address = self.address.iter().flat_map(|address| {
            [
                &address.line1,
                &address.line2,
                &address.city,
                &address.region,
                &address.postal_code,
                &address.country,
            ]
        });
        let name = self.name.as_deref();
        let email = self.email.as_ref().map(Email::as_str);
        let phone = self.phone.as_ref().map(Phone::as_str);
        [name, email, phone].into_iter().flatten().chain(address.flatten().map(String::as_str))
    }
}

/// A postal address, in the parts that the person gave.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Address {
    /// Street and house number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line1: Option<String>,
    /// Floor, flat, building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Town or city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State, province, county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// Why a text reaches nobody.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Error)]
pub enum ContactProblem {
    /// Not 5 to 15 digits.
    #[error(
        "not a telephone number: 5 to 15 digits, which may begin with +, with blanks, dots, dashes or parentheses"
    )]
    InvalidPhone,
    /// Not `local@domain`.
    #[error("not an e-mail address, like maria@example.com")]
    InvalidEmail,
}

impl ContactProblem {
    /// The stable code for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidPhone => "invalid-phone",
            Self::InvalidEmail => "invalid-email",
        }
    }
}

/// A telephone number: 5 to 15 ASCII digits, the most that E.164 has, after an optional `+`.
///
/// It is read with blanks, dots, dashes and parentheses anywhere and in full-width characters too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Phone(String);

impl Phone {
    const DIGITS: std::ops::RangeInclusive<usize> = 5..=15;
    const MAX_INPUT_BYTES: usize = 200;

    /// The normalised number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits from last to first, so that a search by the number's tail is one by prefix.
    #[must_use]
    pub fn reversed_digits(&self) -> String {
        self.digits().chars().rev().collect()
    }

    fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }
}

impl FromStr for Phone {
    type Err = ContactProblem;

    fn from_str(text: &str) -> Result<Self, ContactProblem> {
        if text.len() > Self::MAX_INPUT_BYTES {
            return Err(ContactProblem::InvalidPhone);
        }
        let mut number = String::new();
        for c in text.nfkc() {
            match c {
                '0'..='9' => number.push(c),
                '+' if number.is_empty() => number.push(c),
                ' ' | '.' | '-' | '(' | ')' | '\u{2010}'..='\u{2014}' | '\u{2212}' => {}
                _ => return Err(ContactProblem::InvalidPhone),
            }
        }
        let phone = Self(number);
        if Self::DIGITS.contains(&phone.digits().len()) {
            Ok(phone)
        } else {
            Err(ContactProblem::InvalidPhone)
        }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Phone);

/// An e-mail address as it is compared and stored: `local@domain` in form C with ASCII letters in lower case.
///
/// The local part is a dot-string of RFC 5321 (no quotes) of at most 64 octets, the domain has at least two labels or
/// is `localhost`; letters beyond ASCII are allowed in both (RFC 6531). At most 254 octets in all.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Email(String);

impl Email {
    const MAX_OCTETS: usize = 254;
    const MAX_LOCAL_OCTETS: usize = 64;
    const MAX_LABEL_OCTETS: usize = 63;

    /// The normalised address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = ContactProblem;

    fn from_str(text: &str) -> Result<Self, ContactProblem> {
        if text.len() > Email::MAX_OCTETS {
            return Err(ContactProblem::InvalidEmail);
        }
        let address: String = text.nfc().map(|c| c.to_ascii_lowercase()).collect();
        match address.split_once('@') {
            Some((local, domain))
                if address.len() <= Email::MAX_OCTETS && is_local_part(local) && is_domain(domain) =>
            {
                Ok(Self(address))
            }
            _ => Err(ContactProblem::InvalidEmail),
        }
    }
}

/// RFC 5321, section 4.1.2, `Dot-string`, with the characters of RFC 5322's `atext`.
fn is_local_part(local: &str) -> bool {
    local.len() <= Email::MAX_LOCAL_OCTETS
        && local.split('.').all(|atom| {
            !atom.is_empty() && atom.chars().all(|c| is_letter(c) || "!#$%&'*+-/=?^_`{|}~".contains(c))
        })
}

/// RFC 1035 names of letters, digits and inner hyphens.
fn is_domain(domain: &str) -> bool {
    (domain.contains('.') || domain == "localhost")
        && domain.split('.').all(|label| {
            (1..=Email::MAX_LABEL_OCTETS).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| is_letter(c) || c == '-')
        })
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Email);

const MASK: &str = "***";

/// A name for strangers' eyes: of a Chinese, Japanese or Korean word the first character and a star for every other
/// (`王**`), of any other word the first character and always three stars (`M*** S***`). A character that is all of a
/// Chinese, Japanese or Korean word is a star.
#[must_use]
pub fn masked_name(name: &str) -> String {
    name.split_whitespace().map(masked_word).collect::<Vec<_>>().join(" ")
}

fn masked_word(word: &str) -> String {
    let mut rest = word.chars();
    match rest.next() {
        Some(first) if is_cjk(first) => match rest.count() {
            0 => "*".into(),
            hidden => format!("{first}{}", "*".repeat(hidden)),
        },
        Some(first) => format!("{first}{MASK}"),
        None => String::new(),
    }
}

/// A telephone number for strangers' eyes: three stars and the last three digits.
#[must_use]
pub fn masked_phone(phone: &Phone) -> String {
    let digits = phone.digits();
    format!("{MASK}{}", &digits[digits.len().saturating_sub(3)..])
}

/// An e-mail address for strangers' eyes: `m***@e***.com`.
#[must_use]
pub fn masked_email(email: &Email) -> String {
    let (local, domain) = email.0.split_once('@').unwrap_or_default();
    match domain.rsplit_once('.') {
        Some((name, top)) => format!("{}@{}.{top}", masked_start(local), masked_start(name)),
        None => format!("{}@{}", masked_start(local), masked_start(domain)),
    }
}

fn masked_start(text: &str) -> String {
    text.chars().take(1).chain(MASK.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phones_are_normalised() {
        for (text, number, reversed) in [
            ("+886 912-345-678", "+886912345678", "876543219688"),
            ("(11) 98765.4321", "11987654321", "12345678911"),
            ("（０２）２７２０‐８８８９", "0227208889", "9888027220"),
            (" +1 (555) 010\u{A0}9999 ", "+15550109999", "99990105551"),
            ("12345", "12345", "54321"),
            ("123456789012345", "123456789012345", "543210987654321"),
        ] {
            let phone: Phone = text.parse().unwrap();
            assert_eq!((phone.as_str(), phone.reversed_digits().as_str()), (number, reversed));
        }
    }

    #[test]
    fn other_texts_are_no_phones() {
        let long = "1".repeat(400);
        for text in [
            "",
            "+",
            "1234",
            "1234567890123456",
            "+1' OR '1'='1",
            "++88691234",
            "886+91234",
            "12345x7",
            "12\n345",
            "12\t345",
            "١٢٣٤٥٦",
            "12345\0",
            &long,
        ] {
            assert_eq!(text.parse::<Phone>(), Err(ContactProblem::InvalidPhone), "{text:?}");
        }
    }

    #[test]
    fn emails_are_normalised() {
        let longest =
            format!("{}@{}.{}.{}.de", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(58));
        assert_eq!(longest.len(), 254);
        for (text, address) in [
            ("Maria.Silva@Example.COM", "maria.silva@example.com"),
            ("o'neil+shop@mail.example.co.uk", "o'neil+shop@mail.example.co.uk"),
            ("root@localhost", "root@localhost"),
            ("王@例子.中国", "王@例子.中国"),
            ("jose\u{301}@example.com", "josé@example.com"),
            (&longest, &longest),
        ] {
            assert_eq!(text.parse::<Email>().unwrap().as_str(), address);
        }
    }

    #[test]
    fn other_texts_are_no_emails() {
        let too_long =
            format!("{}@{}.{}.{}.de", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(59));
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long_label = format!("a@{}.com", "b".repeat(64));
        for text in [
            "",
            "@",
            "maria",
            "maria@",
            "@example.com",
            "maria@example",
            "a@b@example.com",
            "a..b@example.com",
            ".a@example.com",
            "a.@example.com",
            "a@.example.com",
            "a@example..com",
            "a@example.com.",
            "a@-b.com",
            "a@b-.com",
            "a b@example.com",
            "a@exa mple.com",
            " a@example.com",
            "a@example.com\r\n",
            "a@example.com\0",
            "a\u{200B}b@example.com",
            "\"a\"@example.com",
            "a@[127.0.0.1]",
            "<a@example.com>",
            "a,b@example.com",
            &too_long,
            &long_local,
            &long_label,
        ] {
            assert_eq!(text.parse::<Email>(), Err(ContactProblem::InvalidEmail), "{text:?}");
        }
    }

    #[test]
    fn json_omits_what_is_missing_and_checks_what_is_there() {
        assert_eq!(serde_json::to_string(&Contact::default()).unwrap(), "{}");
        let json = r#"{"phone":"+886 912 345 678","email":"A@Example.com","address":{"city":"台北"}}"#;
        let contact: Contact = serde_json::from_str(json).unwrap();
        assert_eq!(
            serde_json::to_string(&contact).unwrap(),
            r#"{"phone":"+886912345678","email":"a@example.com","address":{"city":"台北"}}"#
        );
        assert!(serde_json::from_str::<Contact>(r#"{"phone":"911"}"#).is_err());
        assert!(serde_json::from_str::<Contact>(r#"{"email":"a@b"}"#).is_err());
    }

    #[test]
    fn codes() {
        assert_eq!(ContactProblem::InvalidPhone.code(), "invalid-phone");
        assert_eq!(ContactProblem::InvalidEmail.code(), "invalid-email");
    }

    #[test]
    fn strangers_see_little() {
        for (name, masked) in [
            ("王小明", "王**"),
            ("田中 太郎", "田* 太*"),
            ("김철수", "김**"),
            ("王", "*"),
            ("Maria Silva", "M*** S***"),
            (" Jo  Ü ", "J*** Ü***"),
            ("maria@example.com", "m***"),
            ("", ""),
        ] {
            assert_eq!(masked_name(name), masked);
        }
        assert_eq!(masked_phone(&"+886912345678".parse().unwrap()), "***678");
        assert_eq!(masked_email(&"maria@mail.example.com".parse().unwrap()), "m***@m***.com");
        assert_eq!(masked_email(&"m@localhost".parse().unwrap()), "m***@l***");
    }

    proptest! {
        #[test]
        fn a_normal_form_is_read_as_itself(phone in "\\+?[0-9() .-]{5,20}", email in "[a-zA-Z.+]{1,9}@[a-zA-Z.-]{3,9}") {
            if let Ok(phone) = phone.parse::<Phone>() {
                prop_assert_eq!(phone.to_string().parse(), Ok(phone));
            }
            if let Ok(email) = email.parse::<Email>() {
                prop_assert_eq!(email.to_string().parse(), Ok(email));
            }
        }

        #[test]
        fn no_name_of_two_characters_is_seen_whole(name in "\\w{2,20}") {
            prop_assert!(!masked_name(&name).contains(&name));
        }
    }
}
