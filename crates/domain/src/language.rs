//! Languages that people read, by their tags.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use unic_langid::LanguageIdentifier;

use crate::serde_text::serde_as_text;

/// Longest tag that is read, in bytes; those that tell languages, scripts and regions are shorter.
const MAX_TAG_BYTES: usize = 35;
/// Languages of a header that are looked at.
const MAX_ACCEPTED: usize = 20;

/// A language by its BCP 47 tag, which is also its text, in JSON too: `en`, `zh-Hant`, `pt-BR`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Language(LanguageIdentifier);

/// The text is no tag of a language.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("not a tag of a language, like en, ja or zh-Hant")]
pub struct UnknownLanguage;

impl Language {
    /// The one of these that somebody reads who reads this one: the same, or the same in the same script, or the same.
    #[must_use]
    pub fn best_of<'a>(&self, available: &'a [Self]) -> Option<&'a Self> {
        let own = self.likely();
        let same_language = |other: &&Self| other.0.language == self.0.language;
        let same_script = |other: &&Self| same_language(other) && other.likely().script == own.script;
        let mut languages = available.iter();
        languages
            .find(|other| *other == self)
            .or_else(|| available.iter().find(same_script))
            .or_else(|| available.iter().find(same_language))
    }

    /// The one of these that the header `Accept-Language` (RFC 9110, section 12.5.4) prefers; what cannot be read in it is
    /// passed over.
    #[must_use]
    pub fn accepted<'a>(header: &str, available: &'a [Self]) -> Option<&'a Self> {
        let mut wanted: Vec<(f32, Self)> =
            header.split(',').take(MAX_ACCEPTED).filter_map(weighted).collect();
        // Stable: of equal weight the first one counts.
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.iter().find_map(|(_, language)| language.best_of(available))
    }

    /// With the script in which it is written unless somebody says otherwise: Traditional Chinese in Taiwan.
    fn likely(&self) -> LanguageIdentifier {
        let mut likely = self.0.clone();
        likely.maximize();
        likely
    }
}

/// A language of the header with its weight; none: it is not wanted at all.
fn weighted(part: &str) -> Option<(f32, Language)> {
    let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
    let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
    let language = tag.trim().parse().ok()?;
    (weight > 0.0).then_some((weight, language))
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        if tag.len() > MAX_TAG_BYTES {
            return Err(UnknownLanguage);
        }
        let language: LanguageIdentifier = tag.parse().map_err(|_| UnknownLanguage)?;
        match language.language.is_empty() {
            true => Err(UnknownLanguage),
            false => Ok(Self(language)),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

serde_as_text!(Language, "language");

#[cfg(test)]
mod tests {
    use super::*;

    fn languages(tags: &[&str]) -> Vec<Language> {
        tags.iter().map(|tag| tag.parse().unwrap()).collect()
    }

    #[test]
    fn tags_are_read_in_any_case() {
        for (tag, read) in [("EN", "en"), ("zh-hant-tw", "zh-Hant-TW"), ("pt_br", "pt-BR"), ("ja", "ja")] {
            assert_eq!(tag.parse::<Language>().unwrap().to_string(), read);
        }
        for tag in ["", "*", "und", "e", "中文", " en", "en;q=1", "zh-Hant-TW-x-toolongtobealanguagetag"] {
            assert_eq!(tag.parse::<Language>(), Err(UnknownLanguage), "{tag:?}");
        }
    }

    #[test]
    fn whoever_wants_a_language_gets_what_they_can_read() {
        let available = languages(&["en", "zh-Hant", "zh-Hans", "ja"]);
        for (header, expected) in [
            ("ja", "ja"),
            ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
            ("zh-HK", "zh-Hant"),
            ("zh", "zh-Hans"),
            ("zh-CN", "zh-Hans"),
            ("zh-Hant-SG", "zh-Hant"),
            ("en-GB;q=0.5, ja;q=0.7", "ja"),
            ("de, fr;q=0.9, en;q=0.1", "en"),
            ("ja;q=0, en", "en"),
            ("*, ??, ja", "ja"),
            ("en;q=high, ja", "ja"),
            ("JA-jp", "ja"),
        ] {
            let found = Language::accepted(header, &available).map(ToString::to_string);
            assert_eq!(found.as_deref(), Some(expected), "{header}");
        }
        for header in ["", "de", "*", "ja;q=0", ";;;,,,", "\u{0}"] {
            assert_eq!(Language::accepted(header, &available), None, "{header:?}");
        }
        // Better the other script than none.
        let available = languages(&["zh-Hans"]);
        assert_eq!(Language::accepted("zh-TW", &available), available.first());
    }
}
