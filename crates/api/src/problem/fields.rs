//! One entry of a problem's `errors`: which field, which rule, in plain words.

use serde::Serialize;
use utoipa::ToSchema;

/// Longest part of a pointer that comes from the client (an unknown field's name), in characters.
const MAX_SEGMENT_CHARS: usize = 64;

/// A field or parameter that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// In a body: a JSON Pointer (RFC 6901). In a query or header: the parameter's name.
    #[schema(example = "/contact/phone")]
    pub pointer: String,
    /// Stable name of the broken rule. New ones may be added.
    #[schema(example = "too-long")]
    pub code: String,
    /// The rule in plain words; never the refused value.
    #[schema(example = "this text is too long")]
    pub detail: String,
}

impl FieldError {
    /// An error with the rule's own text.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>) -> Self {
        let code = code.into();
        let detail = detail_of(&code).to_owned();
        Self { pointer: pointer.into(), code, detail }
    }

    /// Replaces the text, for example to name the limit.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
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

/// What is said where nothing better is known.
const GENERAL: &str = "this value is not accepted";

/// The text of a rule. An unlisted code gets a general one, so that a new rule is never silent.
pub fn detail_of(code: &str) -> &'static str {
    match code {
        "amount-out-of-range" => "the amount is outside the allowed range",
        "blank" => "this must not be empty or only white space",
        "blocklisted" => "this password is too well known",
        "changed" => "this has changed since the version in If-Match",
        "contradiction" => "this does not go together with another field",
        "duplicate" => "this value is taken",
        "duplicate-field" => "this field appears twice",
        "forbidden-character" => "this contains a character that is not allowed",
        "failed" => "this check failed",
        "insufficient-stock" => "fewer pieces are left than asked for",
        "invalid" => GENERAL,
        "invalid-email" => "this is not an e-mail address",
        "invalid-order-number" => "this is not an order number",
        "invalid-phone" => {
            "this is not a phone number: 3 to 20 digits, with anything but letters between them"
        }
        "later-than-to" => "this is later than `to`",
        "looks-like" => "an order like this was placed a moment ago",
        "missing" => "this is required",
        "mistyped" => "the check symbol does not fit: one symbol is wrong or two are swapped",
        "no-moment" => "give the number of a version, from 1, or a time like 2026-01-05T08:30:00Z (RFC 3339)",
        "no-number" => "give an order number, or at least its first or last 4 symbols",
        "other-currency" => "the prices are in another currency",
        "not-sold" => "this product is not sold any more: the order keeps the pieces that it has",
        "out-of-range" => "this number is outside the allowed range",
        "price-changed" => "it costs something else now",
        "repeated-parameter" => "this parameter may be given once; separate several values by commas",
        "too-few" => "this list has too few entries",
        "too-long" => "this text is too long",
        "too-many" => "this list has too many entries",
        "too-short" => "this text is too short",
        "stopping" => "the server is stopping",
        "unchanged" => "this is what it was before",
        "unknown-batch" => "this is not the id of a batch",
        "unknown-currency" => "this is not the upper-case ISO 4217 code of a currency in use",
        "unknown-cursor" => "this is not a cursor of this list with these filters; start again without one",
        "unknown-customer" => "there is no such customer",
        "unknown-field" => "there is no such field",
        "unknown-order" => "this is not the id or number of an order",
        "unknown-parameter" => "there is no such parameter",
        "unknown-product" => "there is no such product in this store",
        "unknown-store" => "there is no such store",
        "unknown-country" => "this is not the upper-case ISO 3166-1 alpha-2 code of a country, like TW",
        "unknown-time-zone" => "this is not the name of an IANA time zone",
        "unknown-value" => "this is not one of the possible values",
        "wrong-exponent" => "the currency has another number of decimal places",
        "wrong-password" => "this is not the password that is good now",
        "wrong-type" => "this has the wrong type",
        _ => GENERAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    #[test]
    fn pointers_are_escaped_and_bounded() {
        assert_eq!(pointer(["lines", "0", "a/b~c"]), "/lines/0/a~1b~0c");
        assert_eq!(pointer(Vec::<String>::new()), "");
        assert_eq!(pointer(["x".repeat(1000)]).len(), 1 + MAX_SEGMENT_CHARS);
    }

    #[test]
    fn an_unlisted_rule_still_has_a_text() {
        assert_eq!(FieldError::new("/a", "brand-new").detail, GENERAL);
    }

    #[test]
    fn every_rule_in_use_has_a_text() {
        let mut seen = 0;
        for source in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
            for call in ["fault(", "FieldError::new(", "parameter(", "parsed(", "parsed_option(", "custom("] {
                for (_, rest) in source.match_indices(call).map(|(at, _)| source.split_at(at + call.len())) {
                    let Some(code) = last_argument(rest) else { continue };
                    seen += 1;
                    assert!(code == "invalid" || detail_of(code) != GENERAL, "{call}… {code:?} has no text");
                }
            }
        }
        assert!(seen > 40, "{seen}");
    }

    fn sources(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
        let read = |file: &PathBuf| std::fs::read_to_string(file).unwrap();
        let own = files.iter().filter(|file| !file.ends_with("problem/fields.rs")).map(read);
        own.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
    }

    /// The last argument of a call, if it is a rule's name.
    fn last_argument(rest: &str) -> Option<&str> {
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        })?;
        let last = rest[..end].trim_end().trim_end_matches(',').rsplit([',', '\n']).next()?.trim();
        let name = last.strip_prefix('"')?.strip_suffix('"')?;
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        // A name of its own follows with its text.
        (is_name && !rest[end..].starts_with(").detail(")).then_some(name)
    }
}
