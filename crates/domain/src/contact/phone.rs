//! Telephone numbers: how they are read, and which of them ring the same telephone.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;

use super::ContactProblem;
use crate::serde_text::serde_as_text;

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
    pub(super) fn at_home(&self) -> Vec<String> {
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
    /// digits have to be all that follows the country code: `+886 912 345 678` and `0912 345 678`. Fewer
    /// digits never do. How far two numbers agree does not show in the time that it takes.
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

    pub(super) fn digits(&self) -> &str {
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

    proptest! {
        #[test]
        fn a_normal_form_is_read_as_itself(
            plus in "\\+?", digits in "[0-9]{5,15}", blanks in prop::collection::vec("[ .()-]{0,3}", 16),
        ) {
            let mut typed = plus.clone();
            for (digit, blank) in digits.chars().zip(&blanks) {
                typed.extend([blank.as_str(), &digit.to_string()]);
            }
            let phone: Phone = typed.parse().unwrap();
            prop_assert_eq!(phone.as_str(), format!("{plus}{digits}"));
            prop_assert_eq!(phone.to_string().parse(), Ok(phone));
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
