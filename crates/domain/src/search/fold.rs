//! Texts as search compares them.

use unicode_normalization::UnicodeNormalization;

use super::variants::representative;
use crate::text::{digit, is_invisible};

/// Stands behind a letter that is also written with an `e` or `a` behind it: ä and ae, å and aa. A character for private use,
/// which is taken out of every text before.
pub(super) const SECOND_E: char = '\u{E0E1}';
pub(super) const SECOND_A: char = '\u{E0E2}';

/// The text as search compares it: compatibility characters resolved (NFKC), lower case, without diacritics, vowel points and
/// invisible characters, one character for all its variants, digits as ASCII has them, every run of white space one blank, none
/// at the ends. Folding twice changes nothing more.
#[must_use]
pub fn fold(text: &str) -> String {
    folded(text).chars().filter(|c| ![SECOND_E, SECOND_A].contains(c)).collect()
}

/// The same, with [`SECOND_E`] and [`SECOND_A`] where something was.
pub(super) fn folded(text: &str) -> String {
    if text.chars().all(is_plain) {
        let simplest: String = text.chars().map(|c| representative(c.to_ascii_lowercase())).collect();
        return with_single_blanks(&simplest);
    }
    folded_any(text)
}

/// The same of a text with characters of any kind.
fn folded_any(text: &str) -> String {
    let shown =
        text.chars().filter(|c| ![SECOND_E, SECOND_A].contains(c)).nfkc().filter(|c| !is_invisible(*c));
    let lower: String = shown.flat_map(char::to_lowercase).collect();
    let mut plain = String::with_capacity(lower.len());
    for c in lower.nfkd() {
        let before = plain.chars().next_back();
        match (before, c) {
            (Some('a' | 'o' | 'u'), '\u{308}') => plain.push(SECOND_E),
            (Some('a'), '\u{30A}') => plain.push(SECOND_A),
            _ if is_dropped(c) => {}
            _ => match without_decomposition(c) {
                Some(letters) => plain.push_str(letters),
                None => plain.push(digit(c).unwrap_or(c)),
            },
        }
    }
    // Composing again keeps が and 한 in one piece, whose marks and letters are no diacritics.
    with_single_blanks(&plain.nfc().map(representative).collect::<String>())
}

fn with_single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Is it one of the characters that most texts consist of, which are their own simplest forms but for capital letters and
/// variants? They need not be looked up in the tables of Unicode.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{4E00}'..='\u{9FFF}')
}

/// The accents of Latin, Greek and Cyrillic, as they stand after decomposition, the points of Hebrew and Arabic, and what
/// lengthens Arabic words.
fn is_dropped(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}'..='\u{5C2}' | '\u{5C4}'..='\u{5C5}' | '\u{5C7}'
        | '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}' | '\u{6E7}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{8D3}'..='\u{8E1}' | '\u{8E3}'..='\u{8FF}')
}

/// Letters that people type without their stroke, dot or ligature, though Unicode does not decompose them, and those of Arabic
/// that are typed for each other.
fn without_decomposition(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ς' => "σ",
        'ı' => "i",
        'ø' => "o\u{E0E1}",
        'ł' => "l",
        'đ' | 'ð' | 'ɖ' | 'ɗ' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' | 'ɲ' => "n",
        'ɓ' => "b",
        'ƙ' | 'ĸ' => "k",
        'ƴ' => "y",
        'æ' => "ae",
        'œ' => "oe",
        'ٱ' => "ا",
        'ى' | 'ی' => "ي",
        'ة' | 'ہ' | 'ھ' => "ه",
        'ک' => "ك",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding() {
        for (text, folded) in [
            ("  Café \t\n CRÈME ", "cafe creme"),
            ("ＡＢＣ１２３", "abc123"),
            ("ｶﾞﾗｽ", "がらす"),
            ("がぎ", "がぎ"),
            ("한국", "한국"),
            ("São Paulo", "sao paulo"),
            ("Ἀθῆναι ΟΔΟΣ", "αθηναι οδοσ"),
            ("Ёлка", "елка"),
            ("İstanbul ISPARTA Iğdır", "istanbul isparta igdir"),
            ("Straße STRASSE", "strasse strasse"),
            ("Łódź Ørsted Œuvre", "lodz orsted oeuvre"),
            ("Guðrún Þóra Đukić", "gudrun thora dukic"),
            ("ħamrun ŧahkku ŋall", "hamrun tahkku nall"),
            ("㈱", "(株)"),
            ("葛\u{E0100}飾\u{200B}区", "葛饰区"),
            ("臺灣 台湾", "台湾 台湾"),
            ("กำ", "ก\u{e4d}า"),
            ("إبراهيم أمل آدم ٱلله", "ابراهيم امل ادم الله"),
            ("مصطفى فاطمة مـــحمد مُحَمَّد", "مصطفي فاطمه محمد محمد"),
            ("علی کریم", "علي كريم"),
            ("שָׁלוֹם", "שלום"),
            ("١٢٣ ๔๕", "123 45"),
            ("a\u{E0E1}\u{E0E2}", "a"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    proptest! {
        #[test]
        fn plain_texts_are_folded_like_any(text in "[ -~一-鿿]{0,20}") {
            prop_assert!(text.chars().all(is_plain));
            prop_assert_eq!(folded(&text), folded_any(&text));
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>(), marks in "\\PC{0,20}") {
            for text in [text, marks] {
                prop_assert_eq!(fold(&fold(&text)), fold(&text));
            }
        }
    }
}
