//! Why a value did not fit its type, as a rule's code and the way to the value.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use crate::problem::{FieldError, pointer};
use crate::translations::Text;

/// How alike a known name must be to be proposed for an unknown one (1 = equal).
const MIN_SIMILARITY: f64 = 0.6;

/// So much of an unknown parameter's name is told.
const MAX_NAME_CHARS: usize = 64;

/// The known name that is most like an unknown one, if one is alike at all.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let alike = known.map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    let nearest = alike.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (nearest.0 >= MIN_SIMILARITY).then_some(nearest.1)
}

/// A refused value. Built from the inside out: [`Fault::under`] adds the enclosing names.
#[derive(Debug)]
pub(super) struct Fault {
    code: Cow<'static, str>,
    detail: Option<Text>,
    /// Innermost first.
    path: Vec<String>,
}

impl Fault {
    pub(super) fn new(code: &'static str) -> Self {
        Self { code: Cow::Borrowed(code), detail: None, path: Vec::new() }
    }

    pub(super) fn detail(mut self, detail: Text) -> Self {
        self.detail = Some(detail);
        self
    }

    /// The same fault, seen from the object or list that holds the value under this name.
    pub(super) fn under(mut self, name: impl Into<String>) -> Self {
        self.path.push(name.into());
        self
    }

    /// A value of another type.
    pub(super) fn wrong_type(expected: &'static str) -> Self {
        Fault::new("wrong-type").detail(Text::new(expected))
    }

    /// A name that none of the known ones is.
    pub(super) fn unknown_value(name: &str, known: &'static [&'static str]) -> Self {
        let names = known.join(", ");
        Fault::new("unknown-value").detail(match nearest(name, known.iter().copied()) {
            Some(nearest) => Text::new("value-nearest").with("nearest", nearest).with("names", names),
            None => Text::new("value-known").with("names", names),
        })
    }

    /// A parameter that the operation does not take.
    pub(super) fn unknown_parameter(name: &str, known: &'static [&'static str]) -> Self {
        let detail = match nearest(name, known.iter().copied()) {
            Some(nearest) => Text::new("parameter-nearest").with("nearest", nearest),
            None if known.is_empty() => Text::new("parameter-none"),
            None => Text::new("parameter-known").with("names", known.join(", ")),
        };
        Fault::new("unknown-parameter").detail(detail).under(name)
    }

    /// Is there nothing of this name, so that it says nothing about what stands there?
    pub(super) fn is_about_the_name(&self) -> bool {
        matches!(self.code.as_ref(), "unknown-field" | "unknown-parameter")
    }

    /// The names that lead to the value, outermost first.
    pub(super) fn path(&self) -> impl Iterator<Item = &String> {
        self.path.iter().rev()
    }

    /// Located by JSON Pointer in a body, by the parameter's name in a query.
    pub(super) fn into_error(self, is_query: bool) -> FieldError {
        let location = match is_query {
            true => {
                self.path().next().map(|name| name.chars().take(MAX_NAME_CHARS).collect()).unwrap_or_default()
            }
            false => pointer(self.path()),
        };
        let error = FieldError::new(location, self.code);
        match self.detail {
            Some(detail) => error.detail(detail),
            None => error,
        }
    }
}

/// What to say instead of what serde expects; it describes structs by their Rust name, which is nobody's business.
fn expectation(expected: &dyn Expected) -> &'static str {
    let text = expected.to_string();
    match text.as_str() {
        "i8" | "i16" | "i32" | "i64" | "isize" => "expected-whole-number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "expected-unsigned",
        "f32" | "f64" => "expected-number",
        "a boolean" => "expected-boolean",
        "a sequence" => "expected-list",
        "a map" => "expected-object",
        _ if ["struct", "tuple", "enum", "unit", "internally", "adjacently", "variant"]
            .iter()
            .any(|prefix| text.starts_with(prefix)) =>
        {
            "expected-object"
        }
        _ => "expected-string",
    }
}

impl Error for Fault {
    /// A type's own refusal. A text that is a rule's name (`too-long`) becomes the code; any other is not shown, because it
    /// might repeat the value.
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        let is_code = !message.is_empty() && message.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        Self {
            code: if is_code { Cow::Owned(message) } else { Cow::Borrowed("invalid") },
            detail: None,
            path: Vec::new(),
        }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Fault::wrong_type(expectation(expected))
    }

    /// A number that does not fit into its type, or a text that the domain does not read; its types say which text they are.
    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        if let Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) = unexpected {
            return Fault::new("out-of-range").detail(Text::new(expectation(expected)));
        }
        let what = expected.to_string();
        match what.as_str() {
            "time" => Fault::new("invalid-time"),
            "time zone" => Fault::new("unknown-time-zone"),
            "phone" => Fault::new("invalid-phone"),
            "email" => Fault::new("invalid-email"),
            "country" => Fault::new("unknown-country"),
            "currency" => Fault::new("unknown-currency"),
            "language" => Fault::new("unknown-language"),
            "id " => Fault::new("unknown-order"),
            _ => match what.strip_prefix("id ") {
                Some(prefix) => Fault::new("invalid-id")
                    .detail(Text::new("expected-id").with("prefix", prefix.to_owned())),
                None => Fault::new("invalid"),
            },
        }
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Fault::new("wrong-type")
    }

    fn unknown_variant(name: &str, expected: &'static [&'static str]) -> Self {
        Fault::unknown_value(name, expected)
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        let detail = match nearest(field, known.iter().copied()) {
            Some(nearest) => Text::new("field-nearest").with("nearest", nearest),
            None if known.is_empty() => Text::new("field-none"),
            None => Text::new("field-known").with("names", known.join(", ")),
        };
        Fault::new("unknown-field").detail(detail).under(field)
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::new("missing").under(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Fault::new("duplicate-field").under(field)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

impl std::error::Error for Fault {}
