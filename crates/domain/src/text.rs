//! Which texts people may leave behind, and how they are stored: trimmed, in normalisation form C.
//!
//! The outside rule is RFC 9839, "Unicode Assignables": no surrogates, no legacy control characters, no
//! noncharacters. Two kinds more are refused because they make a text look like another one: the embeddings, overrides
//! and isolates of bidirectional text (U+202A–202E, U+2066–2069), and the line and paragraph separators. The marks
//! U+200E, U+200F and U+061C stay allowed, as do the joiners: Hebrew, Arabic and Persian need them, and they cannot
//! turn round what stands beside them.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Why a text is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Error)]
pub enum TextProblem {
    /// It has a control character, a noncharacter, a bidirectional control or a line break that is not allowed here.
    #[error("contains the character U+{:04X}, which is not allowed here", u32::from(*.0))]
    ForbiddenCharacter(char),
    /// There is nothing to see in it.
    #[error("must not be blank")]
    Blank,
    /// It has more code points than allowed.
    #[error("is too long")]
    TooLong,
    /// It has fewer code points than needed.
    #[error("is too short")]
    TooShort,
}

impl TextProblem {
    /// The stable code for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ForbiddenCharacter(_) => "forbidden-character",
            Self::Blank => "blank",
            Self::TooLong => "too-long",
            Self::TooShort => "too-short",
        }
    }
}

/// A text of one line, such as a name: trimmed and normalised, neither blank nor, before or after, longer than
/// `max_code_points`. Control characters are refused even where trimming would remove them.
///
/// # Errors
/// [`TextProblem::TooLong`], `ForbiddenCharacter` or `Blank`, the first that applies.
pub fn single_line(text: &str, max_code_points: usize) -> Result<String, TextProblem> {
    let line = checked(text, max_code_points, |_| false)?;
    if is_blank(&line) { Err(TextProblem::Blank) } else { Ok(line) }
}

/// A text of any number of lines, such as a note: like [`single_line`], but tabs and line feeds are allowed, `\r\n`
/// becomes `\n`, and a blank text becomes the empty one.
///
/// # Errors
/// [`TextProblem::TooLong`] or `ForbiddenCharacter`, the first that applies.
pub fn multi_line(text: &str, max_code_points: usize) -> Result<String, TextProblem> {
    let lines = checked(&text.replace("\r\n", "\n"), max_code_points, |c| matches!(c, '\n' | '\t'))?;
    Ok(if is_blank(&lines) { String::new() } else { lines })
}

fn checked(text: &str, max_code_points: usize, allowed: fn(char) -> bool) -> Result<String, TextProblem> {
    let too_long = |text: &str| text.chars().nth(max_code_points).is_some();
    if too_long(text) {
        return Err(TextProblem::TooLong);
    }
    if let Some(forbidden) = text.chars().find(|c| is_forbidden(*c) && !allowed(*c)) {
        return Err(TextProblem::ForbiddenCharacter(forbidden));
    }
    // A few characters have no composed form and grow.
    let normal: String = text.trim().nfc().collect();
    if too_long(&normal) { Err(TextProblem::TooLong) } else { Ok(normal) }
}

fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{FDD0}'..='\u{FDEF}')
        || u32::from(c) & 0xFFFE == 0xFFFE
        || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// The ASCII digit of the same value as this decimal digit of any script.
pub(crate) fn digit(c: char) -> Option<char> {
    let is_digit = |c: char| c.general_category() == GeneralCategory::DecimalNumber;
    if c.is_ascii() || !is_digit(c) {
        return c.is_ascii_digit().then_some(c);
    }
    // The ten digits of a script stand one behind the other, from zero on.
    let before = |back: u32| u32::from(c).checked_sub(back).and_then(char::from_u32).is_some_and(is_digit);
    char::from_digit((1..10).take_while(|back| before(*back)).fold(0, |value, _| value + 1), 10)
}

/// Unicode's `Default_Ignorable_Code_Point`: zero-width spaces, joiners, fillers, variation selectors, tags.
/// <https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt>
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn good_texts_are_trimmed_and_composed() {
        for (text, stored) in [
            ("王小明", "王小明"),
            ("\u{3000}王 小明 ", "王 小明"),
            ("Jose\u{301}", "José"),
            ("👩\u{200D}🔬", "👩\u{200D}🔬"),
            ("\u{200F}שלום", "\u{200F}שלום"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("\u{E000}\u{378}\u{FFFD}", "\u{E000}\u{378}\u{FFFD}"),
        ] {
            assert_eq!(single_line(text, 20).as_deref(), Ok(stored));
            assert_eq!(multi_line(text, 20).as_deref(), Ok(stored));
        }
    }

    #[test]
    fn forbidden_everywhere() {
        for c in [
            '\0',
            '\u{7}',
            '\r',
            '\u{1B}',
            '\u{7F}',
            '\u{85}',
            '\u{9F}',
            '\u{2028}',
            '\u{2029}',
            '\u{202A}',
            '\u{202E}',
            '\u{2066}',
            '\u{2069}',
            '\u{FDD0}',
            '\u{FDEF}',
            '\u{FFFE}',
            '\u{FFFF}',
            '\u{1FFFE}',
            '\u{10FFFF}',
        ] {
            for text in [format!("a{c}b"), format!("{c}ab"), format!("ab{c}")] {
                assert_eq!(single_line(&text, 20), Err(TextProblem::ForbiddenCharacter(c)), "{text:?}");
                assert_eq!(multi_line(&text, 20), Err(TextProblem::ForbiddenCharacter(c)), "{text:?}");
            }
        }
    }

    #[test]
    fn line_breaks_and_tabs() {
        for text in ["a\nb", "a\r\nb", "a\tb", "ab\n"] {
            assert!(matches!(single_line(text, 20), Err(TextProblem::ForbiddenCharacter(_))), "{text:?}");
        }
        assert_eq!(multi_line("\r\na\r\n\tb\n", 20).as_deref(), Ok("a\n\tb"));
    }

    #[test]
    fn blank_texts() {
        for text in ["", " ", "\u{3000}\u{A0}", "\u{200B}", " \u{200D}\u{FEFF} ", "\u{3164}", "\u{FE0F}"] {
            assert_eq!(single_line(text, 20), Err(TextProblem::Blank), "{text:?}");
            assert_eq!(multi_line(text, 20).as_deref(), Ok(""), "{text:?}");
        }
    }

    #[test]
    fn length_counts_code_points_before_and_after() {
        assert_eq!(single_line("保温杯", 3).as_deref(), Ok("保温杯"));
        assert_eq!(single_line("保温杯", 2), Err(TextProblem::TooLong));
        assert_eq!(single_line("ab ", 2), Err(TextProblem::TooLong));
        assert_eq!(single_line("e\u{301}", 1), Err(TextProblem::TooLong));
        // U+0958 is written as two code points in form C.
        assert_eq!(single_line("\u{958}", 1), Err(TextProblem::TooLong));
        assert_eq!(multi_line("a\r\nb", 3).as_deref(), Ok("a\nb"));
        assert_eq!(multi_line("a\nbc", 3), Err(TextProblem::TooLong));
    }

    #[test]
    fn digits_of_every_script() {
        for digits in [
            "0123456789",
            "٠١٢٣٤٥٦٧٨٩",
            "۰۱۲۳۴۵۶۷۸۹",
            "०१२३४५६७८९",
            "๐๑๒๓๔๕๖๗๘๙",
            "０１２３４５６７８９",
            "𞥐𞥑𞥒𞥓𞥔𞥕𞥖𞥗𞥘𞥙",
        ] {
            assert_eq!(digits.chars().filter_map(digit).collect::<String>(), "0123456789", "{digits}");
        }
        for other in ["a", "+", "一", "Ⅷ", "²", "½", "①", " "] {
            assert_eq!(other.chars().find_map(digit), None, "{other}");
        }
    }

    #[test]
    fn codes() {
        let problems = [
            TextProblem::ForbiddenCharacter('\0'),
            TextProblem::Blank,
            TextProblem::TooLong,
            TextProblem::TooShort,
        ];
        assert_eq!(
            problems.map(TextProblem::code),
            ["forbidden-character", "blank", "too-long", "too-short"]
        );
    }

    proptest! {
        #[test]
        fn what_is_stored_is_stored_unchanged_again(text in any::<String>(), max in 0..40_usize) {
            for rule in [single_line, multi_line] {
                if let Ok(stored) = rule(&text, max) {
                    prop_assert!(stored.chars().count() <= max);
                    prop_assert_eq!(rule(&stored, max), Ok(stored));
                }
            }
        }
    }
}
