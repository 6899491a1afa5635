//! The broken rules of the `validator` crate as field errors.

use std::borrow::Cow;

use serde_json::Value;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::problem::{FieldError, pointer};
use crate::translations::Text;

/// Sorted by pointer.
pub(super) fn broken_rules(errors: &ValidationErrors) -> Vec<FieldError> {
    let mut found = Vec::new();
    collect(errors, &mut Vec::new(), &mut found);
    found.sort_by(|a, b| a.pointer.cmp(&b.pointer).then_with(|| a.code.cmp(&b.code)));
    found
}

fn collect(errors: &ValidationErrors, path: &mut Vec<String>, found: &mut Vec<FieldError>) {
    for (field, kind) in errors.errors() {
        // A rule about the whole object stands at the object.
        let is_own_name = field != "__all__";
        if is_own_name {
            path.push(field.to_string());
        }
        match kind {
            ValidationErrorsKind::Field(broken) => {
                found.extend(broken.iter().map(|rule| field_error(pointer(path.iter()), rule)));
            }
            ValidationErrorsKind::Struct(inner) => collect(inner, path, found),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    path.push(index.to_string());
                    collect(inner, path, found);
                    path.pop();
                }
            }
        }
        if is_own_name {
            path.pop();
        }
    }
}

fn field_error(pointer: String, rule: &ValidationError) -> FieldError {
    match rule.code.as_ref() {
        "length" => length(pointer, rule),
        "range" => {
            let error = FieldError::new(pointer, "out-of-range");
            let number =
                |name: &str| rule.params.get(name).filter(|value| value.is_number()).map(Value::to_string);
            match (number("min"), number("max")) {
                (Some(min), Some(max)) => {
                    error.detail(Text::new("limit-range").with("least", min).with("most", max))
                }
                (Some(min), None) => error.detail(Text::new("limit-least").with("least", min)),
                (None, Some(max)) => error.detail(Text::new("limit-most").with("most", max)),
                (None, None) => error,
            }
        }
        "required" => FieldError::new(pointer, "missing"),
        "email" => FieldError::new(pointer, "invalid-email"),
        code => FieldError::new(pointer, Cow::Owned(code.replace('_', "-"))),
    }
}

fn length(pointer: String, rule: &ValidationError) -> FieldError {
    let limit = |name: &str| rule.params.get(name).and_then(Value::as_u64);
    let (is_list, length) = match rule.params.get("value") {
        Some(Value::String(text)) => (false, text.chars().count() as u64),
        Some(Value::Array(items)) => (true, items.len() as u64),
        Some(Value::Object(_)) => (true, 0),
        _ => (false, 0),
    };
    let exactly = limit("equal");
    let (code, bound, limit) = match (limit("min").or(exactly), limit("max").or(exactly)) {
        (Some(min), _) if length < min => (if is_list { "too-few" } else { "too-short" }, "least", min),
        (_, Some(max)) => (if is_list { "too-many" } else { "too-long" }, "most", max),
        _ => return FieldError::new(pointer, "invalid"),
    };
    let bound = if exactly.is_some() { "exactly" } else { bound };
    let counted = if is_list { "entries" } else { "characters" };
    FieldError::new(pointer, code).detail(Text::new(format!("limit-{counted}-{bound}")).with("limit", limit))
}
