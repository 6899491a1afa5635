//! Telephone numbers: how they are read, and which of them ring the same telephone.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;

use super::ContactProblem;
use super::dialling::Dialled;
use crate::country::Country;
use crate::serde_text::serde_as_text;
use crate::text::{digit, is_invisible};

/// A telephone number as it was given: 3 to 20 ASCII digits after an optional `+`, and an extension of up to 8, as in
/// `+88627208889 ext. 12`.
///
/// It is read with any digits of Unicode and with anything between them that is no letter, after `tel:` or another word for
/// it. No numbering plan is asked whether there is such a number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Phone(String);

/// What stands between number and extension, here.
const EXTENSION: &str = " ext. ";
/// The same as people write it, in lower case.
const EXTENSION_MARKS: [&str; 25] = [
    "extension",
    "extn",
    "ext",
    "x",
    "#",
    "分機",
    "分机",
    "轉",
    "转",
    "内線",
    "內線",
    "내선",
    "доб",
    "durchwahl",
    "dw",
    "app",
    "anexo",
    "interno",
    "int",
    "ramal",
    "poste",
    "toestel",
    "wew",
    "dahili",
    "anknytning",
];
/// What people write in front of a number, in lower case.
const LABELS: [&str; 18] = [
    "tel",
    "telephone",
    "phone",
    "mobile",
    "mob",
    "cell",
    "call",
    "telefon",
    "telefono",
    "teléfono",
    "telefone",
    "handy",
    "電話",
    "电话",
    "手機",
    "手机",
    "携帯",
    "тел",
];
/// Letters that keyboards give for a hyphen.
const HYPHEN_LETTERS: [char; 3] = ['ー', '一', '\u{1173}'];

impl Phone {
    const DIGITS: std::ops::RangeInclusive<usize> = 3..=20;
    const MAX_EXTENSION_DIGITS: usize = 8;
    const MAX_INPUT_BYTES: usize = 400;
    /// Fewer digits than this are the end of a number.
    const MIN_WHOLE_DIGITS: usize = 7;

    /// The number as it was given, without its extension.
    #[must_use]
    pub fn number(&self) -> &str {
        self.0.split(EXTENSION).next().unwrap_or_default()
    }

    /// The digits of the extension behind it, if it has one.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.0.split_once(EXTENSION).map(|(_, extension)| extension)
    }

    /// One text for all spellings of a number that is dialled in this country: `+` and the digits from the country code on.
    /// Of what no numbering plan knows, and of a national number where nobody knows the country, the digits as they are:
    /// one person may have two lines, two persons never one. Extensions are left out.
    #[must_use]
    pub fn line(&self, home: Option<Country>) -> String {
        Dialled::read(self.number(), home).map_or_else(|| self.digits().to_owned(), |dialled| dialled.line())
    }

    /// The digits of [`Self::line`] from last to first, so that a search by the number's tail is one by prefix.
    #[must_use]
    pub fn reversed_line(&self, home: Option<Country>) -> String {
        self.line(home).trim_start_matches('+').chars().rev().collect()
    }

    /// Does somebody who writes this know the number? The lines are equal; or the number has its country code, and that is how
    /// it is dialled in its own country; or the other way round, where nobody knows in which country the number is dialled. Never
    /// do fewer digits. How far two numbers agree does not show in the time that it takes.
    #[must_use]
    pub fn is_known_by(&self, written: &Self, home: Option<Country>) -> bool {
        let [own, other] = [self, written].map(|phone| Dialled::read(phone.number(), home));
        let abroad = |known: Option<Dialled>, other: &Self| {
            known.and_then(|known| Some((known.line(), known.neighbour(other.number())?.line())))
        };
        let other = other.filter(|_| own.is_none() && written.is_international());
        let pairs = [
            Some((self.line(home), written.line(home))),
            abroad(own.filter(|_| self.is_international()), written),
            abroad(other, self),
        ];
        pairs.into_iter().flatten().fold(false, |is_known, (own, other)| is_known | is_equal(&own, &other))
    }

    /// How search finds it: its digits as they were given, from the country code on, as they are dialled at home, and without
    /// what is dialled in front there.
    pub(super) fn spellings(&self, home: Option<Country>) -> Vec<String> {
        let mut spellings = vec![self.digits().to_owned()];
        if let Some(dialled) = Dialled::read(self.number(), home) {
            let line = dialled.line().trim_start_matches('+').to_owned();
            spellings.extend([line, dialled.at_home(), dialled.national()]);
        }
        let mut seen = std::collections::HashSet::new();
        spellings.retain(|spelling| seen.insert(spelling.clone()));
        spellings
    }

    /// What to search for when somebody types a number or its end, dialled in this country: of a whole number the national
    /// digits, so that it is found however it was given, of anything shorter the digits as they stand. `None`: this is no
    /// part of a number.
    #[must_use]
    pub fn searched_tail(text: &str, home: Option<Country>) -> Option<String> {
        let (number, _) = read(text).filter(|(number, _)| !number.trim_start_matches('+').is_empty())?;
        let digits = number.trim_start_matches('+');
        if digits.len() < Self::MIN_WHOLE_DIGITS {
            return Some(digits.to_owned());
        }
        let national = || digits.trim_start_matches('0').to_owned();
        Some(Dialled::read(&number, home).map_or_else(national, |dialled| dialled.national()))
    }

    /// The digits by which one searches among words for a whole number: as they were typed, and from the country code on.
    /// None: this is no whole number.
    #[must_use]
    pub fn searched_words(text: &str) -> Vec<String> {
        let Ok(phone) = text.parse::<Self>() else { return vec![] };
        if phone.digits().len() < Self::MIN_WHOLE_DIGITS {
            return vec![];
        }
        let line = phone.line(None).trim_start_matches('+').to_owned();
        let mut words = vec![phone.digits().to_owned(), line];
        words.dedup();
        words
    }

    /// Is it written with its country code, behind `+` or `00`?
    fn is_international(&self) -> bool {
        self.0.starts_with('+') || self.0.starts_with("00")
    }

    pub(super) fn digits(&self) -> &str {
        self.number().trim_start_matches('+')
    }
}

/// Equality in constant time; only lengths can be told from it.
fn is_equal(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// The number in a text, with its `+`, and its extension, which may be empty. `None`: there is something else in it.
fn read(text: &str) -> Option<(String, String)> {
    if text.len() > Phone::MAX_INPUT_BYTES {
        return None;
    }
    let shown = text.chars().filter(|c| !is_invisible(*c));
    let plain: String = shown.nfkc().map(|c| digit(c).unwrap_or(c)).flat_map(char::to_lowercase).collect();
    let (number, extension) = split(&plain).unwrap_or((&plain, String::new()));
    Some((without_label(number)?, extension))
}

/// Number and digits of the extension, where a mark of an extension stands behind a number.
fn split(plain: &str) -> Option<(&str, String)> {
    let last = |mark: &&str| plain.rfind(*mark).map(|at| (at, mark.len()));
    let marks = EXTENSION_MARKS.iter().filter_map(last);
    // Of two that end alike the longer one, of two marks the first: what follows is digits alone.
    let (at, length) = marks.filter(|(at, length)| has_only_digits(&plain[at + length..])).min()?;
    let extension: String = plain[at + length..].chars().filter(char::is_ascii_digit).collect();
    let digits_before = plain[..at].chars().filter(char::is_ascii_digit).count();
    let is_extension = (1..=Phone::MAX_EXTENSION_DIGITS).contains(&extension.len());
    (is_extension && digits_before >= *Phone::DIGITS.start()).then(|| (&plain[..at], extension))
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !HYPHEN_LETTERS.contains(&c)
}

fn has_only_digits(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || !is_letter(c))
}

/// The digits and the `+` in front of them, if there are no letters but a word for what it is.
fn without_label(plain: &str) -> Option<String> {
    let begin = plain.find(|c: char| c.is_ascii_digit() || c == '+').unwrap_or(plain.len());
    let label: String = plain[..begin].chars().filter(|c| is_letter(*c)).collect();
    if !label.is_empty() && !LABELS.contains(&label.as_str()) {
        return None;
    }
    let mut number = String::new();
    for c in plain[begin..].chars() {
        match c {
            '0'..='9' => number.push(c),
            '+' if number.is_empty() => number.push(c),
            c if is_letter(c) => return None,
            _ => {}
        }
    }
    Some(number)
}

impl FromStr for Phone {
    type Err = ContactProblem;

    fn from_str(text: &str) -> Result<Self, ContactProblem> {
        let (mut number, extension) = read(text).ok_or(ContactProblem::InvalidPhone)?;
        if !Self::DIGITS.contains(&number.trim_start_matches('+').len()) {
            return Err(ContactProblem::InvalidPhone);
        }
        if !extension.is_empty() {
            number = [number.as_str(), EXTENSION, &extension].concat();
        }
        Ok(Self(number))
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Phone, "phone");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn phone(text: &str) -> Phone {
        text.parse().unwrap_or_else(|_| panic!("{text:?} is no phone number"))
    }

    fn line(text: &str, home: &str) -> String {
        phone(text).line(home.parse().ok())
    }

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for (text, number) in [
            ("+886 912-345-678", "+886912345678"),
            ("(11) 98765.4321", "11987654321"),
            ("（０２）２７２０‐８８８９", "0227208889"),
            (" +1 (555) 010\u{A0}9999 ", "+15550109999"),
            ("0341/9713-400", "03419713400"),
            ("+43 1 / 515 | 60", "+43151560"),
            ("080ー9876ー1234", "08098761234"),
            ("０８０ｰ９８７６ｰ１２３４", "08098761234"),
            ("010ㅡ2345ㅡ6789", "01023456789"),
            ("080―9876―1234", "08098761234"),
            ("03・5321・1111", "0353211111"),
            ("٠٥٥٩٨٧٦٥٤٣", "0559876543"),
            ("۰۹۳۵۱۲۳۴۵۶۷", "09351234567"),
            ("०९८७६५४३२१", "0987654321"),
            ("০১৭১২৩৪৫৬৭৮", "01712345678"),
            ("\u{202A}+886 988 111 222\u{202C}", "+886988111222"),
            ("\u{2066}+44 7911 123456\u{2069}", "+447911123456"),
            ("\u{FEFF}0988\u{200B}111\u{AD}222\u{200E}", "0988111222"),
            ("tel:+886-988-111-222", "+886988111222"),
            ("Tel.: 02 2720 8889", "0227208889"),
            ("電話：０２－２７２０－８８８９", "0227208889"),
            ("☎ 0988111222\r\n", "0988111222"),
            ("12\t345", "12345"),
            ("886+91234", "88691234"),
            ("110", "110"),
            ("12345678901234567890", "12345678901234567890"),
        ] {
            assert_eq!(phone(text).to_string(), number, "{text:?}");
            assert_eq!(phone(text).extension(), None, "{text:?}");
        }
    }

    #[test]
    fn extensions_are_kept_apart() {
        for text in [
            "02-2720-8889 ext. 12",
            "02-2720-8889 x12",
            "(02)2720-8889#12",
            "(02)2720-8889＃１２",
            "02 2720 8889 分機 12",
            "02-2720-8889轉12",
            "02-2720-8889 内線：12",
            "tel:02-2720-8889;ext=12",
            "02 2720 8889 Durchwahl 12",
            "02 2720 8889 доб. 12",
            "02-2720-8889 (Ext 12)",
        ] {
            let phone = phone(text);
            assert_eq!((phone.number(), phone.extension()), ("0227208889", Some("12")), "{text}");
            assert_eq!(phone.to_string(), "0227208889 ext. 12");
            assert_eq!(phone.to_string().parse(), Ok(phone.clone()));
            assert_eq!(phone.line("TW".parse().ok()), "+886227208889", "{text}");
        }
        // So many digits are no extension, and a mark in front of everything is none.
        assert_eq!(phone("#0988111222").to_string(), "0988111222");
        assert_eq!(phone("02#0988111222").to_string(), "020988111222");
    }

    #[test]
    fn other_texts_are_no_phones() {
        for text in [
            "",
            "+",
            " \u{200B}\u{3000}",
            "12",
            "123456789012345678901",
            "+1' OR '1'='1",
            "Maria 0988111222",
            "0988111222 Maria",
            "1-800-TAIWAN",
            "Ⅷ九八八",
            &"1".repeat(10_000),
            &"\u{200B}".repeat(10_000),
        ] {
            assert_eq!(text.parse::<Phone>(), Err(ContactProblem::InvalidPhone), "{text:?}");
        }
    }

    #[test]
    fn one_line_has_many_spellings() {
        for (home, spellings) in [
            (
                "TW",
                &[
                    "+886988111222",
                    "0988 111 222",
                    "+886(0)988111222",
                    "+8860988111222",
                    "00886988111222",
                    "+00886988111222",
                    "002 886 988 111 222",
                    "886988111222",
                    "988111222",
                    "+886 988 111 222 #7",
                ][..],
            ),
            ("GB", &["+442079460123", "+44 (0)20 7946 0123", "020 7946 0123", "0044 20 7946 0123"]),
            ("US", &["+15550100123", "1-555-010-0123", "(555) 010-0123", "011 1 555 010 0123"]),
            ("TW", &["+15550100123", "1-555-010-0123"]),
            ("IT", &["+39 06 1234 5678", "06 1234 5678", "0039 06 12345678"]),
            ("RU", &["+7 912 345-67-89", "8 912 345-67-89", "+7 (8) 912 3456789"]),
            ("HU", &["+36 1 234 5678", "06 1 234 5678"]),
            ("JP", &["+81 80 9876 1234", "080-9876-1234", "010 81 80 9876 1234"]),
            ("AR", &["+54 9 11 2345 6789", "011 15 2345-6789"]),
        ] {
            for spelling in spellings {
                assert_eq!(line(spelling, home), line(spellings[0], ""), "{spelling} in {home}");
            }
        }
    }

    #[test]
    fn what_no_plan_knows_is_compared_by_its_digits() {
        for (text, home, digits) in [
            ("110", "TW", "110"),
            ("0988111222", "", "0988111222"),
            ("988111222", "", "988111222"),
            ("99999999999999999999", "TW", "99999999999999999999"),
            ("+999123456", "TW", "999123456"),
            ("0988111222", "AQ", "0988111222"),
        ] {
            assert_eq!(line(text, home), digits, "{text} in {home}");
        }
        assert_eq!(phone("0988 111 222").reversed_line("TW".parse().ok()), "222111889688");
    }

    #[test]
    fn whoever_knows_a_number_may_write_it_as_at_home() {
        for (stored, typed, home, is_same) in [
            ("+886988111222", "0988111222", "", true),
            ("+886988111222", "0988111222", "JP", true),
            ("0988111222", "+886 988 111 222", "", true),
            ("0988111222", "+81 988 111 222", "", true),
            ("0988111222", "0988-111-222", "", true),
            ("+5511987654321", "(11) 98765-4321", "TW", true),
            ("+39 06 1234 5678", "06 1234 5678", "TW", true),
            ("+886988111222", "0988111223", "TW", false),
            ("+886988111222", "+81988111222", "TW", false),
            ("+886988111222", "88111222", "TW", false),
            ("+886988111222", "1222", "TW", false),
            ("0988111222", "+81 988 111 222", "TW", false),
        ] {
            let is_known = phone(stored).is_known_by(&phone(typed), home.parse().ok());
            assert_eq!(is_known, is_same, "{stored} {typed}");
        }
    }

    #[test]
    fn a_number_is_searched_for_by_its_national_digits() {
        for (text, home, tail) in [
            ("0912345678", "", Some("912345678")),
            ("0912/345/678", "TW", Some("912345678")),
            ("tel:0912345678", "TW", Some("912345678")),
            ("+886 912-345-678", "", Some("912345678")),
            ("00886912345678", "", Some("912345678")),
            ("(02) 2720-8889", "", Some("227208889")),
            ("8 (912) 345-67-89", "RU", Some("9123456789")),
            ("12345678", "", Some("12345678")),
            ("678", "TW", Some("678")),
            ("045", "TW", Some("045")),
            ("+", "TW", None),
            ("", "TW", None),
            ("王0912345678", "TW", None),
        ] {
            assert_eq!(Phone::searched_tail(text, home.parse().ok()).as_deref(), tail, "{text}");
        }
        assert_eq!(Phone::searched_words("(0912) 345-678"), ["0912345678"]);
        assert_eq!(Phone::searched_words("00886 (0)912 345 678"), ["008860912345678", "886912345678"]);
        assert!(Phone::searched_words("34-678").is_empty() && Phone::searched_words("tea").is_empty());
    }

    fn home() -> impl Strategy<Value = Option<Country>> {
        prop::sample::select(vec!["TW", "JP", "US", "GB", "IT", "RU", "HU", "AR", "CN", ""])
            .prop_map(|code| code.parse().ok())
    }

    proptest! {
        #[test]
        fn separators_and_invisible_characters_change_nothing(
            plus in "\\+?", digits in "[0-9]{3,20}", home in home(),
            between in prop::collection::vec("[ ./()|_,・ー―–\u{A0}\u{3000}\u{200B}\u{202A}\u{2069}\u{FEFF}-]{0,2}", 21),
        ) {
            let mut typed = plus.clone();
            for (digit, between) in digits.chars().zip(&between) {
                typed.extend([between.as_str(), &digit.to_string()]);
            }
            typed.push_str(&between[20]);
            let read = phone(&typed);
            prop_assert_eq!(read.to_string(), format!("{plus}{digits}"));
            prop_assert_eq!(read.line(home), line(&format!("{plus}{digits}"), home.map_or("", Country::code)));
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), marks in "[\\PC0-9+x# ]{0,60}", home in home()) {
            for text in [text, marks] {
                let _ = Phone::searched_tail(&text, home);
                let _ = Phone::searched_words(&text);
                let Ok(phone) = text.parse::<Phone>() else { continue };
                prop_assert_eq!(phone.to_string().parse(), Ok(phone.clone()));
                prop_assert!(!phone.spellings(home).is_empty() && phone.is_known_by(&phone, home));
            }
        }

        #[test]
        fn a_line_is_the_line_of_itself(text in "(\\+|00|0|[1-9])[0-9]{3,18}", home in home(), other in home()) {
            let own = line(&text, home.map_or("", Country::code));
            let read_again = own.parse::<Phone>().unwrap().line(other);
            prop_assert!(read_again == own || !own.starts_with('+'), "{} {}", own, read_again);
        }

        #[test]
        fn a_line_is_known_by_all_its_digits(
            number in "9[0-9]{8}", place in 0..9_usize, digit in 0..=9_u8, home in home(),
        ) {
            let stored = phone(&format!("+886{number}"));
            for typed in [format!("0{number}"), format!("+886{number}"), format!("00886{number}")] {
                prop_assert!(stored.is_known_by(&phone(&typed), home), "{}", typed);
                let mut changed = typed.clone().into_bytes();
                let at = changed.len() - 1 - place;
                changed[at] = b'0' + digit;
                let changed = String::from_utf8(changed).unwrap();
                let is_changed = changed != typed;
                prop_assert_eq!(stored.is_known_by(&phone(&changed), home), !is_changed, "{}", changed);
            }
        }
    }
}
