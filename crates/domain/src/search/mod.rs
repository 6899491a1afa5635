//! Search words that mean the same on both database engines.
//!
//! A text is indexed as [`tokens`] in order; a query is a list of [`Term`]s, all of which must match. Engines only store
//! tokens and compare them; everything about languages is decided here. Tokens consist of letters and digits (Unicode's L and
//! N) and of marks of Indian and South-East Asian scripts, so that no tokenizer cuts them again.
//!
//! Chinese, Japanese, Korean, Thai, Lao, Burmese and Khmer are written without (reliable) blanks, so a run of their characters,
//! with their marks, is indexed as its overlapping pairs and its last character: 保温杯 is 保温 温杯 杯. A query of two or more
//! characters is then a phrase of pairs, a query of one character a prefix, and both find the text wherever it contains the
//! query. A blank between Chinese, Japanese or Korean characters counts for nothing in a text, and in a query either for nothing
//! or as one between words. In other scripts a query finds the words that begin with its words; words with an apostrophe, a
//! hyphen or `&` between them are one word, too.

mod fold;
mod runs;
mod variants;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};

pub use fold::fold;
pub use runs::MAX_TOKEN_CHARS;
pub(crate) use runs::is_cjk;

use runs::{Run, Word, joined, runs};

/// Highest place of a token in [`Words`]; PostgreSQL keeps no higher one
/// (<https://www.postgresql.org/docs/15/textsearch-limitations.html>).
pub const MAX_PLACE: usize = 16_383;
/// Most places of one token in [`Words`]; PostgreSQL keeps no more.
pub const MAX_PLACES_PER_TOKEN: usize = 255;

/// A class of an order's texts. Whoever may not see a class does not search it either.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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

/// What to index of a text, in order.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for run in runs(text) {
        match run {
            Run::Words(words) => {
                let chain = (words.len() > 1).then(|| joined(&words));
                let spellings = words.iter().chain(&chain).flat_map(Word::spellings);
                tokens.extend(spellings.map(str::to_owned));
            }
            Run::Unspaced { units, .. } => tokens.extend(pairs(&units)),
        }
    }
    tokens
}

/// What to ask for; nothing when the query has neither letter nor digit.
#[must_use]
pub fn query_terms(query: &str) -> Vec<Term> {
    runs(query)
        .into_iter()
        .flat_map(|run| match run {
            Run::Words(words) => chain_terms(&words),
            Run::Unspaced { units, blanks } => vec![unspaced_term(&units, &blanks)],
        })
        .collect()
}

/// Words that belong together, as one or each by itself.
fn chain_terms(words: &[Word]) -> Vec<Term> {
    let each: Vec<Term> = words.iter().map(word_term).collect();
    if words.len() == 1 { each } else { vec![Term::Any(vec![vec![word_term(&joined(words))], each])] }
}

fn word_term(word: &Word) -> Term {
    match word.spellings().as_slice() {
        [only] => Term::Prefix((*only).to_owned()),
        several => Term::Any(several.iter().map(|word| vec![Term::Prefix((*word).to_owned())]).collect()),
    }
}

/// What stands side by side, or between blanks.
fn unspaced_term(units: &[String], blanks: &[usize]) -> Term {
    let side_by_side = |units: &[String]| match units {
        [only] => Term::Prefix(only.clone()),
        several => Term::Phrase(pairs(several).take(several.len() - 1).collect()),
    };
    if blanks.is_empty() {
        return side_by_side(units);
    }
    let begins = std::iter::once(0).chain(blanks.iter().copied());
    let ends = blanks.iter().copied().chain(std::iter::once(units.len()));
    let parts = begins.zip(ends).map(|(begin, end)| side_by_side(&units[begin..end]));
    Term::Any(vec![vec![side_by_side(units)], parts.collect()])
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

/// Every unit with its right neighbour; the last one alone.
fn pairs(units: &[String]) -> impl Iterator<Item = String> {
    (0..units.len()).map(|i| units[i..].iter().take(2).map(String::as_str).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::char::is_combining_mark;

    fn holds_all(words: &Words, terms: &[Term]) -> bool {
        terms.iter().all(|term| words.hold(term))
    }

    fn found(text: &str, query: &str) -> bool {
        holds_all(&Words::of([text]), &query_terms(query))
    }

    #[test]
    fn tokens_of_every_script() {
        for (text, expected) in [
            ("保温杯", "保温 温杯 杯"),
            ("杯", "杯"),
            ("A5保温3号杯-XL", "a5 保温 温 3 号杯 杯 xl"),
            ("保温 杯", "保温 温杯 杯"),
            ("陳　怡君", "陈怡 怡君 君"),
            ("ひらがな・カタカナー", "ひら らが がな なか かた たか かな なー ー"),
            ("ﾊﾟﾝ", "ぱん ん"),
            ("한국어 책", "한국 국어 어책 책"),
            ("ㄅㄆ", "ㄅㄆ ㄆ"),
            ("𠮷野家", "吉野 野家 家"),
            ("人々〇", "人々 々〇 〇"),
            ("o'Neil_2×4 m²", "o neil oneil 2 4 m2"),
            ("USB-C AT&T -- -x", "usb c usbc at t att x"),
            ("Müller Ærø", "muller mueller aero aeroe"),
            ("ข้าวหอม 5 กก.", "ข้า าว วห หอ อม ม 5 กก ก"),
            ("ខ្មែរ", "ខ្មែ មែរ រ"),
            ("हिन्दी", "हिन्दी"),
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
        let any = Term::Any;
        for (query, expected) in [
            ("Caf", vec![prefix("caf")]),
            ("杯", vec![prefix("杯")]),
            ("温杯", vec![phrase("温杯")]),
            ("保温杯", vec![phrase("保温 温杯")]),
            ("保温杯 XL", vec![phrase("保温 温杯"), prefix("xl")]),
            ("ขาว", vec![phrase("ขา าว")]),
            ("王 小明", vec![any(vec![vec![phrase("王小 小明")], vec![prefix("王"), phrase("小明")]])]),
            ("usb-c", vec![any(vec![vec![prefix("usbc")], vec![prefix("usb"), prefix("c")]])]),
            ("Jörg", vec![any(vec![vec![prefix("jorg")], vec![prefix("joerg")]])]),
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
            ("陳　怡君", "陳怡君", true),
            ("陳怡君", "陳 怡君", true),
            ("김 철수", "김철수", true),
            ("ジョン・スミス", "ジョンスミス", true),
            ("ジョンスミス", "ジョン スミス", true),
            ("保温 杯子", "杯子 保温", true),
            ("เสื้อยืดคอกลมสีขาว", "คอกลม", true),
            ("เสื้อยืดคอกลมสีขาว", "สีขาว", true),
            ("ข้าวหอมมะลิ 5 กก.", "หอมมะลิ", true),
            ("ข้าวหอมมะลิ 5 กก.", "ขาว", false),
            ("ข้าวหอมมะลิ 5 กก.", "ข่าว", false),
            ("ເສື້ອຍືດສີຂາວ", "ສີຂາວ", true),
            ("អាវយឺតពណ៌ស", "ពណ៌ស", true),
            ("ရှပ်အင်္ကျီအဖြူ", "အဖြူ", true),
            ("臺北市信義區", "台北", true),
            ("台北市", "臺北", true),
            ("烏龍茶", "乌龙茶", true),
            ("髙橋", "高橋", true),
            ("渡邉", "渡辺", true),
            ("さくら", "サクラ", true),
            ("أحمد", "احمد", true),
            ("احمد", "أحمد", true),
            ("محـمـود", "محمود", true),
            ("فاطمة", "فاطمه", true),
            ("Guðmundur Þórðarson", "gudmundur thordarson", true),
            ("Ðorđe ħobby ŧest", "dorde hobby test", true),
            ("O'Brien D’Arc", "obrien darc", true),
            ("OBrien", "o'brien", true),
            ("AT&T T-Shirt USB-C", "att tshirt usbc", true),
            ("TShirt", "t-shirt", true),
            ("Müller", "Mueller", true),
            ("Mueller", "Müller", true),
            ("Müller", "muller", true),
            ("Übergrößen", "uebergroessen", true),
            ("Uebergroessen", "Übergrößen", true),
            ("blue", "blu e", false),
            ("SKU-4710-123", "4710123", false),
            ("4710-123456", "4710123456", true),
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
        fn tokens_are_letters_digits_and_marks(text in "(\\PC|[\u{e00}-\u{e7f}\u{900}-\u{97f}\u{1f100}-\u{1f1ff}]){0,60}") {
            for token in tokens(&text) {
                prop_assert!((1..=MAX_TOKEN_CHARS).contains(&token.chars().count()));
                prop_assert!(token.chars().all(|c| runs::is_letter_or_digit(c) || is_combining_mark(c)), "{}", token);
            }
        }
    }
}
