//! One entry of a problem's `errors`: which field, which rule, in plain words.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use crate::names::names;
use crate::translations::{Locale, Text, messages_under};

/// Longest part of a pointer that comes from the client (an unknown field's name), in characters.
const MAX_SEGMENT_CHARS: usize = 64;

/// A field or parameter that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// In a body: a JSON Pointer (RFC 6901). In a path, query or header: the parameter's name.
    pub pointer: String,
    /// The broken rule: the end of the name of a message `rule-…`.
    pub code: Cow<'static, str>,
    /// What would be accepted, or why it is not; never the refused value.
    pub detail: Text,
}

/// A field or parameter that was refused, as the client reads it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub struct FieldErrorBody {
    /// In a body: a JSON Pointer (RFC 6901). In a path, query or header: the parameter's name.
    #[schema(example = "/contact/phone")]
    pub pointer: String,
    /// Stable name of the broken rule.
    #[schema(value_type = FieldErrorCode)]
    pub code: Cow<'static, str>,
    /// What would be accepted, or why it is not, in plain words; never the refused value.
    #[schema(example = "this text is too long")]
    pub detail: String,
}

names! {
    /// Which rule a field or parameter breaks.
    FieldErrorCode, KnownFieldErrorCode: messages_under(RULES).collect::<Vec<_>>();
}

/// How the names of the messages begin that say what is wrong with a field.
const RULES: &str = "rule-";

impl FieldError {
    /// An error with the rule's own text.
    pub fn new(pointer: impl Into<String>, code: impl Into<Cow<'static, str>>) -> Self {
        let code = code.into();
        let detail = Text::new(format!("{RULES}{code}"));
        Self { pointer: pointer.into(), code, detail }
    }

    /// Replaces the text, for example to name the limit.
    #[must_use]
    pub fn detail(mut self, detail: Text) -> Self {
        self.detail = detail;
        self
    }

    /// A character that is not allowed there, by its number, since it may be one that nobody sees.
    pub(crate) fn forbidden_character(pointer: impl Into<String>, character: char) -> Self {
        let is_seen = !character.is_control()
            && !matches!(character, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        let text = Text::new(if is_seen { "character-forbidden" } else { "character-control" });
        let number = format!("U+{:04X}", u32::from(character));
        Self::new(pointer, "forbidden-character").detail(text.with("character", number))
    }

    /// For a client who reads this language.
    pub fn body(&self, locale: Locale) -> FieldErrorBody {
        let (pointer, code) = (self.pointer.clone(), self.code.clone());
        FieldErrorBody { pointer, code, detail: locale.say(&self.detail) }
    }
}

/// A JSON Pointer of these segments, outermost first (RFC 6901: `~` and `/` are escaped).
pub fn pointer<S: AsRef<str>>(segments: impl IntoIterator<Item = S>) -> String {
    let mut pointer = String::new();
    for segment in segments {
        pointer.push('/');
        for c in segment.as_ref().chars().take(MAX_SEGMENT_CHARS) {
            match c {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                c => pointer.push(c),
            }
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    #[test]
    fn pointers_are_escaped_and_bounded() {
        assert_eq!(pointer(["lines", "0", "a/b~c"]), "/lines/0/a~1b~0c");
        assert_eq!(pointer(Vec::<String>::new()), "");
        assert_eq!(pointer(["x".repeat(1000)]).len(), 1 + MAX_SEGMENT_CHARS);
    }

    /// Every text that the program says is in the catalogue, and every one of the catalogue is said.
    #[test]
    fn what_is_said_and_what_can_be_said_is_the_same() {
        let mut sources = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
        // What is wrong with terms the domain says.
        sources
            .extend(self::sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/src/totals"))));
        let mut said = BTreeSet::new();
        for source in &sources {
            for call in [
                "fault(",
                "FieldError::new(",
                "parameter(",
                "parsed(",
                "parsed_option(",
                "Fault::new(",
                "custom(",
            ] {
                let rests = source.match_indices(call).map(|(at, _)| &source[at + call.len()..]);
                said.extend(rests.filter_map(last_argument).map(|code| format!("{RULES}{code}")));
            }
            let rests = source.match_indices("Text::new(").map(|(at, call)| &source[at + call.len()..]);
            said.extend(rests.filter_map(last_argument).map(str::to_owned));
        }
        let messages: BTreeSet<String> = messages_under("").map(str::to_owned).collect();
        let unknown: Vec<_> =
            said.difference(&messages).filter(|name| !name.starts_with("no-such-")).collect();
        assert!(unknown.is_empty(), "in no file of translations: {unknown:?}");
        let made = ["problem-", "mail-", "refusal-", "remedy-", "label-", "limit-", "order-"];
        let quoted = |name: &str| sources.iter().any(|source| source.contains(&format!("\"{name}\"")));
        let unsaid = messages.iter().filter(|name| {
            let code = name.strip_prefix(RULES).unwrap_or(name);
            !made.iter().any(|beginning| name.starts_with(beginning))
                && !said.contains(*name)
                && !quoted(code)
        });
        assert_eq!(unsaid.collect::<Vec<_>>(), Vec::<&String>::new(), "said by nothing");
    }

    fn sources(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
        let read = |file: &PathBuf| {
            let source = std::fs::read_to_string(file).unwrap();
            source.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned()
        };
        files.iter().map(read).chain(folders.iter().flat_map(|folder| sources(folder))).collect()
    }

    /// The last argument of a call, if it is a name.
    fn last_argument(rest: &str) -> Option<&str> {
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        })?;
        let last = rest[..end].trim_end().trim_end_matches(',').rsplit([',', '\n']).next()?.trim();
        let name = last.strip_prefix('"')?.strip_suffix('"')?;
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        is_name.then_some(name)
    }
}
