//! Search words that mean the same on both database engines.
//!
//! A text is indexed as [`tokens`] in order; a query is a list of [`Term`]s, all of which must match. Engines only store
//! tokens and compare them; everything about languages is decided here. Tokens consist of letters and digits alone
//! (Unicode's L and N), so that no tokenizer cuts them again.
//!
//! Chinese, Japanese and Korean are written without (reliable) blanks, so a run of their characters is indexed as its
//! overlapping pairs and its last character: 保温杯 is 保温 温杯 杯. A query of two or more characters is then a phrase of
//! pairs, a query of one character a prefix, and both find the text wherever it contains the query. In other scripts
//! a query finds the words that begin with its words.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use strum::EnumIter;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::is_invisible;

/// Characters of a word that are indexed and searched; the rest of it is cut off in both.
pub const MAX_TOKEN_CHARS: usize = 40;
/// Highest place of a token in [`Words`]; PostgreSQL keeps no higher one
/// (<https://www.postgresql.org/docs/15/textsearch-limitations.html>).
pub const MAX_PLACE: usize = 16_383;
/// Most places of one token in [`Words`]; PostgreSQL keeps no more.
pub const MAX_PLACES_PER_TOKEN: usize = 255;

/// A class of an order's texts. Whoever may not see a class does not search it either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Titles, stock keeping units and categories of the lines.
    Items,
    /// Name, e-mail address, phone number and address.
    Contact,
    /// The customer's note.
    Note,
}

/// One condition of a query.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Term {
    /// Some token begins with this.
    Prefix(String),
    /// These tokens stand side by side, in this order.
    Phrase(Vec<String>),
    /// All terms of one of these lists match.
    Any(Vec<Vec<Term>>),
}

/// The text as search compares it: compatibility characters resolved (NFKC), lower case, without diacritics and
/// invisible characters, every run of white space one blank, none at the ends. Folding twice changes nothing more.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.chars().all(is_plain) {
        return with_single_blanks(&text.to_ascii_lowercase());
    }
    fold_any(text)
}

/// The same of a text with characters of any kind.
fn fold_any(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let lower = text.nfkc().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect::<String>();
    for c in lower.nfkd().filter(|c| !is_diacritic(*c)) {
        match without_decomposition(c) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(c),
        }
    }
    // Composing again keeps が and 한 in one piece, whose marks and letters are no diacritics.
    with_single_blanks(&plain.nfc().collect::<String>())
}

fn with_single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Is it one of the characters that most texts consist of, which are their own simplest forms but for capital letters? They
/// need not be looked up in the tables of Unicode.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{4E00}'..='\u{9FFF}')
}

fn is_mark(c: char) -> bool {
    !is_plain(c) && is_combining_mark(c)
}

/// What to index of a text, in order.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for run in runs(&fold(text)) {
        match run {
            Run::Word(word) => tokens.push(word),
            Run::Cjk(chars) => tokens.extend(pairs(&chars)),
        }
    }
    tokens
}

/// What to ask for; nothing when the query has neither letter nor digit.
#[must_use]
pub fn query_terms(query: &str) -> Vec<Term> {
    let terms = runs(&fold(query)).into_iter().map(|run| match run {
        Run::Word(word) => Term::Prefix(word),
        Run::Cjk(chars) if chars.len() == 1 => Term::Prefix(chars.into_iter().collect()),
        Run::Cjk(chars) => Term::Phrase(pairs(&chars).take(chars.len() - 1).collect()),
    });
    terms.collect()
}

/// What is indexed of several texts: their tokens, each at a place that rises by one. Between two texts one place stays
/// empty, so that no phrase reaches from one into the next. What one engine could not keep ([`MAX_PLACE`],
/// [`MAX_PLACES_PER_TOKEN`]) is indexed on neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<(usize, String)>);

impl Words {
    /// The words of these texts; empty texts count for nothing.
    #[must_use]
    pub fn of(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut words = vec![];
        let mut place = 0;
        for text in texts.into_iter().filter(|text| !text.as_ref().is_empty()) {
            for token in tokens(text.as_ref()) {
                place += 1;
                words.push((place, token));
            }
            place += 1;
        }
        if words.len() > MAX_PLACES_PER_TOKEN {
            let mut places: HashMap<String, usize> = HashMap::new();
            words.retain(|(place, token)| {
                let count = places.entry(token.clone()).or_default();
                *count += 1;
                *place <= MAX_PLACE && *count <= MAX_PLACES_PER_TOKEN
            });
        }
        Self(words)
    }

    /// The tokens with their places, which count from one.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &str)> {
        self.0.iter().map(|(place, token)| (*place, token.as_str()))
    }

    /// Is this found? The model that both engines follow.
    #[must_use]
    pub fn hold(&self, term: &Term) -> bool {
        match term {
            Term::Prefix(prefix) => self.0.iter().any(|(_, token)| token.starts_with(prefix)),
            Term::Any(lists) => lists.iter().any(|terms| terms.iter().all(|term| self.hold(term))),
            Term::Phrase(phrase) if phrase.is_empty() => true,
            Term::Phrase(phrase) => self.0.windows(phrase.len()).any(|window| {
                let is_unbroken = window.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0);
                is_unbroken && window.iter().map(|(_, token)| token).eq(phrase)
            }),
        }
    }
}

/// A character of Han, Hiragana, Katakana, Bopomofo or Hangul.
pub(crate) fn is_cjk(c: char) -> bool {
    let in_block = matches!(c,
        '\u{1100}'..='\u{11FF}' // Hangul Jamo
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' // 々 〆 〇, Hangzhou numerals
        | '\u{3031}'..='\u{318F}' | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}' // kana, Bopomofo, Jamo
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' // Hangul
        | '\u{FF66}'..='\u{FFDC}' // half-width Katakana and Hangul
        | '\u{16FE2}'..='\u{16FFF}' | '\u{1AFF0}'..='\u{1B16F}' // later signs and kana
        | '\u{20000}'..='\u{3FFFD}' // Han extensions
    );
    in_block && is_letter_or_digit(c)
}

enum Run {
    /// At most [`MAX_TOKEN_CHARS`].
    Word(String),
    /// At least one character.
    Cjk(Vec<char>),
}

fn runs(folded: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    // Marks that are letters' own (Thai, Hindi) are no separators, but no engine indexes them.
    for part in folded.split(|c| !is_letter_or_digit(c) && !is_mark(c)) {
        let chars: Vec<char> = part.chars().filter(|c| !is_mark(*c)).collect();
        for run in chars.chunk_by(|a, b| is_cjk(*a) == is_cjk(*b)) {
            runs.push(match run {
                [first, ..] if is_cjk(*first) => Run::Cjk(run.to_vec()),
                word => Run::Word(word.iter().take(MAX_TOKEN_CHARS).collect()),
            });
        }
    }
    runs
}

/// Every character with its right neighbour; the last one alone.
fn pairs(chars: &[char]) -> impl Iterator<Item = String> {
    (0..chars.len()).map(|i| chars[i..].iter().take(2).collect())
}

/// Unicode's L and N. The standard library's "alphanumeric" also has marks that are part of letters, and the squared
/// and negative letters, which are symbols.
fn is_letter_or_digit(c: char) -> bool {
    c.is_alphanumeric() && !is_mark(c) && !matches!(c, '\u{1F130}'..='\u{1F189}')
}

/// The accents of Latin, Greek and Cyrillic, as they stand after decomposition.
fn is_diacritic(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Letters that people type without their stroke, dot or ligature, though Unicode does not decompose them.
fn without_decomposition(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ς' => "σ",
        'ı' => "i",
        'ø' => "o",
        'ł' => "l",
        'đ' => "d",
        'æ' => "ae",
        'œ' => "oe",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holds_all(words: &Words, terms: &[Term]) -> bool {
        terms.iter().all(|term| words.hold(term))
    }

    fn found(text: &str, query: &str) -> bool {
        holds_all(&Words::of([text]), &query_terms(query))
    }

    #[test]
    fn folding() {
        for (text, folded) in [
            ("  Café \t\n CRÈME ", "cafe creme"),
            ("ＡＢＣ１２３", "abc123"),
            ("ｶﾞﾗｽ", "ガラス"),
            ("がぎ", "がぎ"),
            ("한국", "한국"),
            ("São Paulo", "sao paulo"),
            ("Ἀθῆναι ΟΔΟΣ", "αθηναι οδοσ"),
            ("Ёлка", "елка"),
            ("İstanbul ISPARTA Iğdır", "istanbul isparta igdir"),
            ("Straße STRASSE", "strasse strasse"),
            ("Łódź Ørsted Œuvre", "lodz orsted oeuvre"),
            ("㈱", "(株)"),
            ("葛\u{E0100}飾\u{200B}区", "葛飾区"),
            ("กำ", "ก\u{e4d}า"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn tokens_of_every_script() {
        for (text, expected) in [
            ("保温杯", "保温 温杯 杯"),
            ("杯", "杯"),
            ("A5保温3号杯-XL", "a5 保温 温 3 号杯 杯 xl"),
            ("保温 杯", "保温 温 杯"),
            ("ひらがな・カタカナー", "ひら らが がな な カタ タカ カナ ナー ー"),
            ("ﾊﾟﾝ", "パン ン"),
            ("한국어 책", "한국 국어 어 책"),
            ("ㄅㄆ", "ㄅㄆ ㄆ"),
            ("𠮷野家", "𠮷野 野家 家"),
            ("人々〇", "人々 々〇 〇"),
            ("o'Neil_2×4 m²", "o neil 2 4 m2"),
            ("हिन्दी", "हनद"),
            ("🅐 👍 — !", ""),
            ("", ""),
        ] {
            assert_eq!(tokens(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn terms_of_every_script() {
        let prefix = |text: &str| Term::Prefix(text.into());
        let phrase = |text: &str| Term::Phrase(text.split(' ').map(Into::into).collect());
        for (query, expected) in [
            ("Caf", vec![prefix("caf")]),
            ("杯", vec![prefix("杯")]),
            ("温杯", vec![phrase("温杯")]),
            ("保温杯", vec![phrase("保温 温杯")]),
            ("保温杯 XL", vec![phrase("保温 温杯"), prefix("xl")]),
            ("%' OR 1=1--", vec![prefix("or"), prefix("1"), prefix("1")]),
            ("_%\\\"*", vec![]),
        ] {
            assert_eq!(query_terms(query), expected, "{query}");
        }
    }

    #[test]
    fn finding() {
        for (text, query, expected) in [
            ("Maria da Silva", "silva mar", true),
            ("Maria da Silva", "ilva", false),
            ("Maria da Silva", "silva joão", false),
            ("João", "joao", true),
            ("不锈钢保温杯 500ml", "温杯 500", true),
            ("不锈钢保温杯", "保杯", false),
            ("保温 温杯", "保温杯", false),
            ("温杯保温", "保温杯", false),
            ("不锈钢保温杯", "", true),
        ] {
            assert_eq!(found(text, query), expected, "{text} ? {query}");
        }
        assert!(Words::default().hold(&Term::Phrase(vec![])));
    }

    #[test]
    fn no_phrase_reaches_into_the_next_text() {
        let words = Words::of(["保温", "", "杯子"]);
        assert_eq!(words.iter().collect::<Vec<_>>(), [(1, "保温"), (2, "温"), (4, "杯子"), (5, "子")]);
        assert!(!holds_all(&words, &query_terms("温杯")));
        assert!(holds_all(&words, &query_terms("杯子 保温")));
    }

    #[test]
    fn what_is_beyond_the_limits_is_not_indexed() {
        let last = |text: String| Words::of([text.as_str()]).iter().last().map(|(place, _)| place);
        assert_eq!(last((0..MAX_PLACE + 5).map(|n| format!("w{n} ")).collect()), Some(MAX_PLACE));
        assert_eq!(last("same ".repeat(MAX_PLACES_PER_TOKEN + 5)), Some(MAX_PLACES_PER_TOKEN));
        // A dropped token leaves its place empty.
        let words = Words::of([format!("{}保温杯", "保温 ".repeat(MAX_PLACES_PER_TOKEN)).as_str()]);
        assert!(!holds_all(&words, &query_terms("保温杯")));
        assert!(holds_all(&words, &query_terms("温杯")));
    }

    #[test]
    fn long_words_are_cut_alike() {
        let long = "x".repeat(100);
        assert_eq!(tokens(&long), ["x".repeat(MAX_TOKEN_CHARS)]);
        assert!(found(&long, &long));
    }

    /// Few enough characters that one text often contains another, plus every block.
    fn cjk(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
        let few = prop::sample::select(vec!["保", "温", "杯", "か", "が", "ｶﾞ", "ー", "々", "한", "ㄅ", "𠮷"]);
        let any = "[\u{4E00}-\u{9FA5}\u{20000}-\u{2A6D6}\u{30000}-\u{3134A}ぁ-ゔァ-ヺㄅ-ㄯ가-힣]";
        prop::collection::vec(prop_oneof![9 => few.prop_map(String::from), 1 => any], length)
            .prop_map(|chars| chars.concat())
    }

    proptest! {
        #[test]
        fn a_cjk_text_is_found_by_what_it_contains(text in cjk(0..10), query in cjk(1..5)) {
            prop_assert_eq!(found(&text, &query), fold(&text).contains(&fold(&query)));
        }

        #[test]
        fn a_cjk_text_is_found_by_each_of_its_parts(before in cjk(0..5), part in cjk(1..5), after in cjk(0..5)) {
            prop_assert!(found(&[before, part.clone(), after].concat(), &part));
        }

        #[test]
        fn every_text_is_found_by_itself(text in any::<String>()) {
            prop_assert!(found(&text, &text));
        }

        #[test]
        fn plain_texts_are_folded_like_any(text in "[ -~一-鿿]{0,20}") {
            prop_assert!(text.chars().all(is_plain));
            prop_assert_eq!(fold(&text), fold_any(&text));
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>(), marks in "\\PC{0,20}") {
            for text in [text, marks] {
                prop_assert_eq!(fold(&fold(&text)), fold(&text));
            }
        }

        #[test]
        fn tokens_are_letters_and_digits(text in "(\\PC|[\u{e00}-\u{e7f}\u{900}-\u{97f}\u{1f100}-\u{1f1ff}]){0,60}") {
            for token in tokens(&text) {
                prop_assert!((1..=MAX_TOKEN_CHARS).contains(&token.chars().count()));
                prop_assert!(token.chars().all(is_letter_or_digit));
            }
        }
    }
}
