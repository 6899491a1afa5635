//! The strict JSON body.

use std::borrow::Cow;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::argument::Argument;
use super::tree::Node;
use crate::problem::{Code, FieldError, Problem, pointer};

/// A whole body arrives within this time or not at all.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);

const DEFAULT_BODY_LIMIT_BYTES: usize = 64 * 1024;
const AUTH_BODY_LIMIT_BYTES: usize = 4 * 1024;
const BATCH_BODY_LIMIT_BYTES: usize = 256 * 1024;

/// How many bytes of body the operation of this route takes. By its pattern, because one path can be written in many ways.
pub fn body_limit_bytes(pattern: Option<&str>) -> usize {
    let path = pattern.unwrap_or_default();
    if path.starts_with("/v1/auth/") || path.starts_with("/v1/staff/auth/") {
        AUTH_BODY_LIMIT_BYTES
    } else if path.starts_with("/v1/staff/batches") {
        BATCH_BODY_LIMIT_BYTES
    } else {
        DEFAULT_BODY_LIMIT_BYTES
    }
}

/// A JSON body, read, understood and validated; see the module's table for the refusals.
///
/// Everything is strict without `T` having to ask: unknown and duplicate members, arrays in place of objects and forbidden
/// characters are refused at any depth. A PATCH also takes `application/merge-patch+json`; see
/// [`present`](super::present) for its fields.
#[derive(Debug)]
pub struct Valid<T>(pub T);

impl<T> FromRequest for Valid<T>
where
    T: DeserializeOwned + Validate + 'static,
{
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            check_media_type(&request)?;
            let limit = body_limit_bytes(request.match_pattern().as_deref());
            let body = match tokio::time::timeout(BODY_TIMEOUT, read(payload, limit)).await {
                Ok(body) => body?,
                Err(_) => return Err(Problem::new(Code::RequestTimeout).close_connection()),
            };
            parse(&body).map(Valid)
        })
    }
}

impl<T: DeserializeOwned + Validate + 'static> Argument for Valid<T> {}

fn check_media_type(request: &HttpRequest) -> Result<(), Problem> {
    let unsupported = || Problem::new(Code::UnsupportedMediaType).close_connection();
    let is_compressed = request
        .headers()
        .get_all(header::CONTENT_ENCODING)
        .any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_compressed {
        return Err(unsupported());
    }
    let Ok(Some(media_type)) = request.mime_type() else { return Err(unsupported()) };
    let is_known = match media_type.essence_str() {
        "application/json" => true,
        "application/merge-patch+json" => request.method() == Method::PATCH,
        _ => false,
    };
    let is_utf8 = media_type.get_param("charset").is_none_or(|charset| charset == "utf-8");
    if is_known && is_utf8 { Ok(()) } else { Err(unsupported()) }
}

async fn read(mut payload: Payload, limit_bytes: usize) -> Result<BytesMut, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::new(Code::MalformedRequest)
                .detail("the body broke off before its end")
                .cause(error)
                .close_connection()
        })?;
        if body.len() + chunk.len() > limit_bytes {
            return Err(too_large(limit_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// 413 naming the limit; the connection is closed, as the rest of the body is not read.
pub(crate) fn too_large(limit_bytes: usize) -> Problem {
    Problem::new(Code::PayloadTooLarge)
        .detail(format!("the body is larger than the {limit_bytes} bytes this operation takes"))
        .close_connection()
}

/// The three steps after reading: syntax (400), shape (422), rules (422).
fn parse<T: DeserializeOwned + Validate>(body: &[u8]) -> Result<T, Problem> {
    if body.is_empty() {
        return Err(Problem::new(Code::MalformedRequest).detail("the body is empty; send one JSON object"));
    }
    let tree: Node = serde_json::from_slice(body).map_err(|error| {
        Problem::new(Code::MalformedRequest).detail(format!(
            "the body is not well-formed JSON in UTF-8 (line {}, column {})",
            error.line(),
            error.column()
        ))
    })?;
    let faults = tree.faults();
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    let content = T::deserialize(tree).map_err(|fault| Problem::invalid(vec![fault.in_body()]))?;
    content.validate().map_err(|errors| Problem::invalid(rule_errors(&errors)))?;
    Ok(content)
}

/// The broken rules of the `validator` crate as field errors, sorted by pointer.
pub(super) fn rule_errors(errors: &ValidationErrors) -> Vec<FieldError> {
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
    let limit = |name: &str| rule.params.get(name).and_then(serde_json::Value::as_u64);
    let number = |name: &str| rule.params.get(name).filter(|value| value.is_number());
    match rule.code.as_ref() {
        "length" => {
            let value = rule.params.get("value");
            let is_list = value.is_some_and(|value| value.is_array() || value.is_object());
            let length = match value {
                Some(serde_json::Value::String(text)) => text.chars().count() as u64,
                Some(serde_json::Value::Array(items)) => items.len() as u64,
                _ => 0,
            };
            let counted = |count: u64| match (is_list, count) {
                (true, 1) => "1 entry".to_owned(),
                (true, _) => format!("{count} entries"),
                (false, 1) => "1 character".to_owned(),
                (false, _) => format!("{count} characters"),
            };
            let equal = limit("equal");
            let (min, max) = (limit("min").or(equal), limit("max").or(equal));
            let (code, bound, limit) = match (min, max) {
                (Some(min), _) if length < min => {
                    (if is_list { "too-few" } else { "too-short" }, "at least", min)
                }
                (_, Some(max)) => (if is_list { "too-many" } else { "too-long" }, "at most", max),
                _ => return FieldError::new(pointer, "invalid"),
            };
            let bound = if equal.is_some() { "exactly" } else { bound };
            FieldError::new(pointer, code).detail(format!("{bound} {}", counted(limit)))
        }
        "range" => {
            let error = FieldError::new(pointer, "out-of-range");
            match (number("min"), number("max")) {
                (Some(min), Some(max)) => error.detail(format!("from {min} to {max}")),
                (Some(min), None) => error.detail(format!("at least {min}")),
                (None, Some(max)) => error.detail(format!("at most {max}")),
                (None, None) => error,
            }
        }
        "required" => FieldError::new(pointer, "missing"),
        "email" => FieldError::new(pointer, "invalid-email"),
        code => {
            let code: Cow<'_, str> =
                if code.contains('_') { code.replace('_', "-").into() } else { code.into() };
            FieldError::new(pointer, code)
        }
    }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
