//! A folded text, cut where its scripts change.

use unicode_normalization::char::is_combining_mark;

use super::fold::{SECOND_A, SECOND_E, folded};

/// Characters of a word that are indexed and searched; the rest of it is cut off in both.
pub const MAX_TOKEN_CHARS: usize = 40;

/// A part of a text that is indexed and searched in one way.
pub(super) enum Run {
    /// Words with apostrophes, hyphens or ampersands between them, at least one.
    Words(Vec<Word>),
    /// What is written without (reliable) blanks: at least one unit, and behind which of them there is a blank.
    Unspaced {
        /// Characters with their marks.
        units: Vec<String>,
        /// Numbers of units before a blank.
        blanks: Vec<usize>,
    },
}

/// A word of at most [`MAX_TOKEN_CHARS`].
pub(super) struct Word {
    /// Without diacritics: `muller`.
    pub(super) plain: String,
    /// The same where something else is written for letters with diacritics: `mueller`.
    pub(super) spelt_out: String,
}

impl Word {
    fn new(text: &str) -> Self {
        let cut = |text: String| text.chars().take(MAX_TOKEN_CHARS).collect();
        let plain: String = text.chars().filter(|c| ![SECOND_E, SECOND_A].contains(c)).collect();
        let spelt_out = text.replace(SECOND_E, "e").replace(SECOND_A, "a");
        Self { plain: cut(plain), spelt_out: cut(spelt_out) }
    }

    /// Its spellings, one or two.
    pub(super) fn spellings(&self) -> Vec<&str> {
        let mut all = vec![self.plain.as_str(), self.spelt_out.as_str()];
        all.dedup();
        all
    }
}

/// The words of a chain as one.
pub(super) fn joined(words: &[Word]) -> Word {
    let of = |part: fn(&Word) -> &str| {
        words.iter().flat_map(|word| part(word).chars()).take(MAX_TOKEN_CHARS).collect::<String>()
    };
    Word { plain: of(|word| &word.plain), spelt_out: of(|word| &word.spelt_out) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    /// Chinese, Japanese, Korean.
    Cjk,
    /// Thai, Lao, Burmese, Khmer.
    Unspaced,
    /// Belongs to what stands before it.
    Mark,
    /// Between two parts of one word.
    Connector,
    /// Between two parts of one name in Chinese, Japanese, Korean.
    Blank,
    Separator,
}

/// The runs of a text, in order.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let segments = segments(&folded(text));
    let mut runs: Vec<Run> = vec![];
    for (place, (class, text)) in segments.iter().enumerate() {
        let class_before = |back: usize| place.checked_sub(back).map(|place| segments[place].0);
        let is_behind = |between: Class| class_before(1) == Some(between) && class_before(2) == Some(*class);
        match (class, runs.last_mut()) {
            (Class::Letter, Some(Run::Words(words))) if is_behind(Class::Connector) => {
                words.push(Word::new(text));
            }
            (Class::Letter, _) => runs.push(Run::Words(vec![Word::new(text)])),
            (Class::Cjk, Some(Run::Unspaced { units: before, blanks })) if is_behind(Class::Blank) => {
                blanks.push(before.len());
                before.extend(units(text));
            }
            (Class::Cjk | Class::Unspaced, _) => {
                runs.push(Run::Unspaced { units: units(text), blanks: vec![] });
            }
            (Class::Mark | Class::Connector | Class::Blank | Class::Separator, _) => {}
        }
    }
    runs
}

/// The text cut where its classes change. A connector stands alone; marks that are indexed stand with what is before them.
fn segments(folded: &str) -> Vec<(Class, String)> {
    let mut segments: Vec<(Class, String)> = vec![];
    for c in folded.chars() {
        let class = class(c);
        match segments.last_mut() {
            Some((Class::Letter | Class::Unspaced, text)) if class == Class::Mark => {
                text.extend(Some(c).filter(|c| is_indexed_mark(*c)));
            }
            Some(_) if class == Class::Mark => {}
            Some((Class::Connector, _)) if class == Class::Connector => {
                segments.push((Class::Separator, String::new()));
            }
            Some((before, text)) if *before == class => text.push(c),
            _ => segments.push((class, c.to_string())),
        }
    }
    segments
}

/// Characters with their marks.
fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = vec![];
    for c in text.chars() {
        match units.last_mut() {
            Some(unit) if is_combining_mark(c) => unit.push(c),
            _ => units.push(c.to_string()),
        }
    }
    units
}

fn class(c: char) -> Class {
    match c {
        // Most characters need not be looked up.
        'a'..='z' | '0'..='9' => Class::Letter,
        ' ' => Class::Blank,
        '\u{4E00}'..='\u{9FFF}' => Class::Cjk,
        c if is_combining_mark(c) => Class::Mark,
        c if is_cjk(c) => Class::Cjk,
        c if is_unspaced(c) => Class::Unspaced,
        SECOND_E | SECOND_A => Class::Letter,
        '\''
        | '\u{2018}'
        | '\u{2019}'
        | '\u{201B}'
        | '\u{2B9}'
        | '\u{2BB}'
        | '\u{2BC}'
        | '\u{2032}'
        | '\u{60}'
        | '\u{B4}'
        | '\u{A78C}'
        | '-'
        | '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{5BE}'
        | '&' => Class::Connector,
        c if is_letter_or_digit(c) => Class::Letter,
        '・' | '·' | '‧' => Class::Blank,
        c if c.is_whitespace() => Class::Blank,
        _ => Class::Separator,
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

/// A letter of Thai, Lao, Burmese or Khmer.
fn is_unspaced(c: char) -> bool {
    let in_block = matches!(c,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17DF}' | '\u{A9E0}'..='\u{A9FF}'
        | '\u{AA60}'..='\u{AA7F}');
    in_block && is_letter_or_digit(c)
}

/// Marks that make another word: vowels and tones of Indian and South-East Asian scripts. Both engines keep these.
fn is_indexed_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17DF}' | '\u{A9E0}'..='\u{A9FF}'
        | '\u{AA60}'..='\u{AA7F}')
}

/// Unicode's L and N. The standard library's "alphanumeric" also has marks that are part of letters, and the squared
/// and negative letters, which are symbols.
pub(super) fn is_letter_or_digit(c: char) -> bool {
    c.is_alphanumeric() && !is_combining_mark(c) && !matches!(c, '\u{1F130}'..='\u{1F189}')
}
