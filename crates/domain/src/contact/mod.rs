//! How a person can be reached, and what of it strangers may see.

mod mask;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::serde_text::serde_as_text;

pub use mask::{masked_email, masked_name, masked_phone};

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
    /// What somebody without an account is told by: the phone number ([`Phone::line`]), else the e-mail address.
    #[must_use]
    pub fn reach(&self) -> Option<String> {
        let email = || self.email.as_ref().map(|email| email.as_str().to_owned());
        self.phone.as_ref().map(Phone::line).or_else(email)
    }

    /// Is this its phone number? See [`Phone::is_same_line`].
    #[must_use]
    pub fn has_phone(&self, phone: &Phone) -> bool {
        self.phone.as_ref().is_some_and(|own| own.is_same_line(phone))
    }

    /// Is this its e-mail address? How far two addresses agree does not show in the time that it takes.
    #[must_use]
    pub fn has_email(&self, email: &Email) -> bool {
        self.email.as_ref().is_some_and(|own| is_same(&own.0, &email.0))
    }

    /// Everything in it that is not empty, as search looks at it: a telephone number as it is dialled at home, too.
    pub fn texts(&self) -> impl Iterator<Item = Cow<'_, str>> {
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
        let plain = [name, email, phone].into_iter().flatten().chain(address.flatten().map(String::as_str));
        plain.map(Cow::Borrowed).chain(self.phone.iter().flat_map(Phone::at_home).map(Cow::Owned))
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
    /// Fewer national digits than this are the end of a number.
    const MIN_NATIONAL_DIGITS: usize = 7;

    /// The normalised number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What to search for when somebody types a number or its end: of a whole number the national digits, so that it is
    /// found however it was given (and with it whoever has the same digits in another country), of anything shorter the digits
    /// as they stand. `None`: this is no part of a number.
    #[must_use]
    pub fn searched_tail(text: &str) -> Option<String> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_phone = text.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c));
        if digits.is_empty() || !is_phone {
            return None;
        }
        let whole = text.parse::<Self>().ok().map(|phone| phone.subscriber().to_owned());
        Some(whole.filter(|national| national.len() >= Self::MIN_NATIONAL_DIGITS).unwrap_or(digits))
    }

    /// One text for the spellings that are certainly of one telephone: `+` and the digits from the country code on, or the
    /// national digits without the zeros in front. Nobody knows in which country a national number is dialled, so it never
    /// becomes an international one: one person may have two lines, two persons never one.
    #[must_use]
    pub fn line(&self) -> String {
        match self.international() {
            Some(digits) => format!("+{digits}"),
            None => self.national().to_owned(),
        }
    }

    /// How else it is searched for: as it is dialled at home, with and without the zero in front.
    fn at_home(&self) -> Vec<String> {
        let national = self.subscriber();
        if national.len() < Self::MIN_NATIONAL_DIGITS {
            return vec![];
        }
        let spellings = [format!("0{national}"), national.to_owned()];
        spellings.into_iter().filter(|spelling| spelling != self.digits()).collect()
    }

    /// The digits from last to first, so that a search by the number's tail is one by prefix.
    #[must_use]
    pub fn reversed_digits(&self) -> String {
        self.digits().chars().rev().collect()
    }

    /// Do both numbers ring the same telephone? Two numbers in international form (with `+` or `00`) are compared digit
    /// by digit, two in national form without the zeros in front. Of an international and a national one, the national
    /// digits have to be all that follows the country code: `+886 912 345 678` and `0912 345 678`. Fewer digits never do. How far two numbers agree does not show in the time that it takes.
    #[must_use]
    pub fn is_same_line(&self, other: &Self) -> bool {
        match (self.international(), other.international()) {
            (Some(own), Some(other)) => is_same(own, other),
            (Some(international), None) => follows_country_code(international, other.national()),
            (None, Some(international)) => follows_country_code(international, self.national()),
            (None, None) => is_same(self.national(), other.national()),
        }
    }

    /// The national digits without the zeros in front, whether it is written with a country code or not.
    fn subscriber(&self) -> &str {
        self.international().map_or(self.national(), behind_country_code)
    }

    /// The digits from the country code on, if it is written with one.
    fn international(&self) -> Option<&str> {
        self.0.strip_prefix('+').or_else(|| self.0.strip_prefix("00"))
    }

    /// The digits without the zeros by which one dials out of a district.
    fn national(&self) -> &str {
        self.digits().trim_start_matches('0')
    }

    fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }
}

/// Is the international number a country code and then these digits?
fn follows_country_code(international: &str, national: &str) -> bool {
    is_same(behind_country_code(international), national)
}

fn behind_country_code(international: &str) -> &str {
    let behind = international.get(country_code_digits(international)..).unwrap_or_default();
    // In some countries, such as Italy, the zero stays.
    behind.trim_start_matches('0')
}

/// How many of the digits are the country code (ITU-T E.164, list of assigned country codes).
fn country_code_digits(international: &str) -> usize {
    let zone = international.get(..2).and_then(|digits| digits.parse().ok()).unwrap_or_default();
    match zone {
        10..=19 | 70..=79 => 1,
        20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 => 2,
        81 | 82 | 84 | 86 | 90..=95 | 98 => 2,
        _ => 3,
    }
}

/// Equality in constant time; only lengths can be told from it.
fn is_same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
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
    fn one_line_has_several_numbers() {
        let same = |a: &str, b: &str| {
            let (a, b): (Phone, Phone) = (a.parse().unwrap(), b.parse().unwrap());
            assert_eq!(a.is_same_line(&b), b.is_same_line(&a), "{a} {b}");
            a.is_same_line(&b)
        };
        for (a, b) in [
            ("+886912345678", "+886 912-345-678"),
            ("+886912345678", "00886912345678"),
            ("+886912345678", "0912345678"),
            ("00886912345678", "912 345 678"),
            ("+5511987654321", "(11) 98765-4321"),
            ("+5511987654321", "0 11 98765-4321"),
            ("+390612345678", "06 1234 5678"),
            ("0912345678", "912345678"),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("+886912345678", "0912345679"),
            ("+886912345678", "+86912345678"),
            ("+886912345678", "12345678"),
            ("+886912345678", "345678"),
            ("+886912345678", "886912345678"),
            ("+886912345678", "00912345678"),
            ("+15550109999", "550109999"),
            ("0912345678", "12345678"),
            ("00000", "+886912345678"),
            ("12345", "54321"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn a_number_is_searched_for_by_its_national_digits() {
        for (text, tail) in [
            ("0912345678", Some("912345678")),
            ("+886 912-345-678", Some("912345678")),
            ("00886912345678", Some("912345678")),
            ("(02) 2720-8889", Some("227208889")),
            ("+39 06 1234 5678", Some("612345678")),
            ("12345678", Some("12345678")),
            ("678", Some("678")),
            ("045", Some("045")),
            ("0045678", Some("0045678")),
            ("1234567890123456", Some("1234567890123456")),
            ("+", None),
            ("", None),
            ("王0912345678", None),
        ] {
            assert_eq!(Phone::searched_tail(text).as_deref(), tail, "{text}");
        }
    }

    #[test]
    fn a_number_is_found_in_words_however_it_was_given() {
        let contact = |phone: &str| Contact { phone: phone.parse().ok(), ..Contact::default() };
        let texts = |phone: &str| contact(phone).texts().map(Cow::into_owned).collect::<Vec<_>>();
        assert_eq!(texts("+886912345678"), ["+886912345678", "0912345678", "912345678"]);
        assert_eq!(texts("0912345678"), ["0912345678", "912345678"]);
        assert_eq!(texts("912345678"), ["912345678", "0912345678"]);
        assert_eq!(texts("12345"), ["12345"]);
    }

    #[test]
    fn a_contact_is_told_by_all_of_it() {
        let contact = Contact {
            phone: "+886912345678".parse().ok(),
            email: "maria@example.com".parse().ok(),
            ..Contact::default()
        };
        assert!(contact.has_phone(&"0912345678".parse().unwrap()));
        assert!(contact.has_email(&"Maria@Example.com".parse().unwrap()));
        for other in ["maria@example.co", "aria@example.com", "maria@example.org"] {
            assert!(!contact.has_email(&other.parse().unwrap()), "{other}");
        }
        let (phone, email) = (contact.phone.clone().unwrap(), contact.email.clone().unwrap());
        assert_eq!(contact.reach().as_deref(), Some("+886912345678"));
        let unreachable = Contact::default();
        assert!(!unreachable.has_phone(&phone) && !unreachable.has_email(&email));
        assert_eq!(
            Contact { email: Some(email), ..unreachable }.reach().as_deref(),
            Some("maria@example.com")
        );
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
        fn equal_lines_are_one_telephone(
            a in "(\\+|00|0)?(886|39|1)?[1-9]{2}0{0,2}[12]{5}", b in "(\\+|00|0)?(886|39|1)?[1-9]{2}0{0,2}[12]{5}",
        ) {
            let (a, b): (Phone, Phone) = (a.parse().unwrap(), b.parse().unwrap());
            for (a, b) in [(&a, &b), (&a, &Phone(a.line()))] {
                let is_one_form = a.international().is_some() == b.international().is_some();
                prop_assert_eq!(a.line() == b.line(), is_one_form && a.is_same_line(b), "{} {}", a, b);
            }
        }

        #[test]
        fn a_line_is_known_by_all_its_digits(
            code in "1|7|39|55|86|353|886", number in "[1-9][0-9]{6,9}", place in 0..7_usize, digit in 0..=9_u8,
        ) {
            let line: Phone = format!("+{code}{number}").parse().unwrap();
            let spelt = [format!("0{number}"), number.clone(), format!("00{code}{number}")];
            for other in spelt {
                prop_assert!(line.is_same_line(&other.parse().unwrap()), "{}", other);
                // One digit changed at the end of it, or one left out.
                let mut changed = other.clone().into_bytes();
                let at = changed.len() - 1 - place;
                changed[at] = b'0' + digit;
                let changed = String::from_utf8(changed).unwrap();
                let is_changed = changed != other;
                prop_assert_eq!(line.is_same_line(&changed.parse().unwrap()), !is_changed, "{}", changed);
            }
        }
    }
}
