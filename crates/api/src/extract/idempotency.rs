//! `Idempotency-Key` (after draft-ietf-httpapi-idempotency-key-header-07): 1 to 255 printable ASCII characters, bare or as a
//! quoted string; of somebody without an account at least 16.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde_json::json;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required};

use super::argument::Argument;
use super::header::header_parameter;
use crate::problem::{Code, Problem};
use crate::translations::Text;

const MAX_KEY_CHARS: usize = 255;
const MIN_GUEST_KEY_CHARS: usize = 16;
const HEADER: &str = "idempotency-key";

/// The key of an operation that requires one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl IdempotencyKey {
    /// Whether nobody guesses it: whoever sends the request of a guest once more gets their order.
    ///
    /// # Errors
    /// 400 `idempotency-key-invalid` when it is shorter than those without an account may send.
    pub fn check_for_guest(&self) -> Result<(), Problem> {
        if self.0.len() >= MIN_GUEST_KEY_CHARS {
            return Ok(());
        }
        let short = Text::new("guest-key-short").with("limit", MIN_GUEST_KEY_CHARS);
        Err(Problem::new(Code::IdempotencyKeyInvalid).detail(short))
    }
}

/// The key of an operation that takes one. (Not `Option<IdempotencyKey>`, which would pass over a bad key in silence.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionalIdempotencyKey(pub Option<IdempotencyKey>);

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request).and_then(|key| key.ok_or_else(|| Problem::new(Code::IdempotencyKeyMissing))))
    }
}

impl FromRequest for OptionalIdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request).map(OptionalIdempotencyKey))
    }
}

impl Argument for IdempotencyKey {}

impl Argument for OptionalIdempotencyKey {}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = parameter(
            "1 to 255 printable ASCII characters, without an account at least 16; new for each order",
        );
        let example = json!("0190f5c2-7c1e-7b1a-9d55-3f6d2f7c8a11");
        vec![parameter.required(Required::True).example(Some(example)).build()]
    }
}

impl IntoParams for OptionalIdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![parameter("Makes repeats safe").build()]
    }
}

fn parameter(description: &str) -> ParameterBuilder {
    let schema = ObjectBuilder::new().min_length(Some(1)).max_length(Some(MAX_KEY_CHARS));
    header_parameter("Idempotency-Key", description, schema)
}

fn read(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    let mut values = request.headers().get_all(HEADER);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => match parse(value.as_bytes()) {
            Some(key) => Ok(Some(IdempotencyKey(key))),
            None => Err(Problem::new(Code::IdempotencyKeyInvalid)),
        },
        (Some(_), Some(_)) => Err(Problem::new(Code::IdempotencyKeyInvalid)),
    }
}

fn parse(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?.trim();
    let key = match text.strip_prefix('"') {
        None => text.to_owned(),
        // A structured-field string (RFC 8941): only the quote and the backslash are escaped.
        Some(quoted) => {
            let mut key = String::new();
            let mut chars = quoted.strip_suffix('"')?.chars();
            while let Some(c) = chars.next() {
                match c {
                    '"' => return None,
                    '\\' => key.push(chars.next().filter(|c| matches!(c, '"' | '\\'))?),
                    c => key.push(c),
                }
            }
            key
        }
    };
    let is_printable = key.bytes().all(|b| (0x20..=0x7E).contains(&b));
    (is_printable && !key.trim().is_empty() && key.len() <= MAX_KEY_CHARS).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_bare_or_quoted() {
        let longest = "k".repeat(255);
        for (value, key) in [
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("\"8e03978e\"", "8e03978e"),
            (" spaced out ", "spaced out"),
            (r#""a\"b\\c""#, r#"a"b\c"#),
            (longest.as_str(), longest.as_str()),
        ] {
            assert_eq!(parse(value.as_bytes()).as_deref(), Some(key), "{value}");
        }
    }

    #[test]
    fn bad_keys_are_refused() {
        let too_long = "k".repeat(256);
        let too_long_quoted = format!("\"{too_long}\"");
        let bad: [&[u8]; 11] = [
            b"",
            b"  ",
            b"\"\"",
            b"\" \"",
            b"\"open",
            b"\"a\"b\"",
            b"\"a\\n\"",
            b"caf\xC3\xA9",
            b"a\x01b",
            too_long.as_bytes(),
            too_long_quoted.as_bytes(),
        ];
        for value in bad {
            assert_eq!(parse(value), None, "{}", String::from_utf8_lossy(value));
        }
    }
}
