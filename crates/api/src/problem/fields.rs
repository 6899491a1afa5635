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

/// The text of a rule. An unlisted code gets a general one, so that a new rule is never silent.
pub fn detail_of(code: &str) -> &'static str {
    match code {
        "amount-out-of-range" => "the amount is outside the allowed range",
        "blank" => "this must not be empty or only white space",
        "blocklisted" => "this password is too well known",
        "contradiction" => "this does not go together with another field",
        "duplicate-field" => "this field appears twice",
        "forbidden-character" => "this contains a character that is not allowed",
        "insufficient-stock" => "fewer pieces are left than asked for",
        "invalid-email" => "this is not an e-mail address",
        "invalid-order-number" => "this is not an order number",
        "invalid-phone" => "this is not a phone number",
        "missing" => "this is required",
        "mistyped" => "the check symbol does not fit: one symbol is wrong or two are swapped",
        "out-of-range" => "this number is outside the allowed range",
        "repeated-parameter" => "this parameter may be given once; separate several values by commas",
        "too-few" => "this list has too few entries",
        "too-long" => "this text is too long",
        "too-many" => "this list has too many entries",
        "too-short" => "this text is too short",
        "unchanged" => "this is what it was before",
        "unknown-currency" => "this is not the upper-case ISO 4217 code of a currency in use",
        "unknown-field" => "there is no such field",
        "unknown-parameter" => "there is no such parameter",
        "unknown-product" => "there is no such product in this store",
        "unknown-store" => "there is no such store",
        "unknown-time-zone" => "this is not the name of an IANA time zone",
        "unknown-value" => "this is not one of the possible values",
        "wrong-password" => "this is not the password that is good now",
        "wrong-type" => "this has the wrong type",
        _ => "this value is not accepted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_escaped_and_bounded() {
        assert_eq!(pointer(["lines", "0", "a/b~c"]), "/lines/0/a~1b~0c");
        assert_eq!(pointer(Vec::<String>::new()), "");
        assert_eq!(pointer(["x".repeat(1000)]).len(), 1 + MAX_SEGMENT_CHARS);
    }

    #[test]
    fn an_unlisted_rule_still_has_a_text() {
        assert_eq!(FieldError::new("/a", "brand-new").detail, "this value is not accepted");
    }
}
