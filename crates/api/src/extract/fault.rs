//! Why a value did not fit its type, as a rule's code and the way to the value.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use crate::problem::{FieldError, pointer};

/// A refused value. Built from the inside out: [`Fault::under`] adds the enclosing names.
#[derive(Debug)]
pub(super) struct Fault {
    code: Cow<'static, str>,
    detail: Option<String>,
    /// Innermost first.
    path: Vec<String>,
}

impl Fault {
    pub(super) fn new(code: &'static str) -> Self {
        Self { code: Cow::Borrowed(code), detail: None, path: Vec::new() }
    }

    pub(super) fn detail(mut self, detail: String) -> Self {
        self.detail = Some(detail);
        self
    }

    /// The same fault, seen from the object or list that holds the value under this name.
    pub(super) fn under(mut self, name: impl Into<String>) -> Self {
        self.path.push(name.into());
        self
    }

    /// For a body: located by JSON Pointer.
    pub(super) fn in_body(self) -> FieldError {
        let location = pointer(self.path.iter().rev());
        self.at(location)
    }

    /// For a query: located by the parameter's name.
    pub(super) fn in_query(self) -> FieldError {
        let location = self.path.last().cloned().unwrap_or_default();
        self.at(location)
    }

    fn at(self, location: String) -> FieldError {
        let error = FieldError::new(location, self.code);
        match self.detail {
            Some(detail) => error.detail(detail),
            None => error,
        }
    }
}

/// serde describes structs by their Rust name, which is nobody's business.
fn expectation(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    if ["struct", "tuple", "enum", "unit", "internally", "adjacently", "variant"]
        .iter()
        .any(|prefix| text.starts_with(prefix))
    {
        return "expected an object".to_owned();
    }
    match text.as_str() {
        "i8" | "i16" | "i32" | "i64" | "isize" => "expected a whole number".to_owned(),
        "a sequence" => "expected a list".to_owned(),
        "a map" => "expected an object".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "expected a whole number, zero or more".to_owned(),
        _ => format!("expected {text}"),
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
        Fault::new("wrong-type").detail(expectation(expected))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match unexpected {
            Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => {
                Fault::new("out-of-range")
            }
            _ => Fault::new("invalid"),
        }
        .detail(expectation(expected))
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Fault::new("wrong-type")
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Fault::new("unknown-value").detail(format!("use one of: {}", expected.join(", ")))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Fault::new("unknown-field").under(field)
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
