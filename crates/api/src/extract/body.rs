//! The strict JSON body.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{RefOr, Required};
use validator::Validate;

use super::argument::{Argument, is_refused};
use super::gather::{Content, faults_of, read};
use super::query::refuse_unread_query;
use super::tree::Node;
use crate::problem::{Code, FieldError, Problem};
use crate::state::AppState;
use crate::translations::Text;

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

impl<T: Content> FromRequest for Valid<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            check_media_type(&request)?;
            let body = bytes(&request, payload).await?;
            understood(&request, &body).map(Valid)
        })
    }
}

impl<T: Content> Argument for Valid<T> {}

/// A JSON body that may be left out, which says as much as an empty object.
#[derive(Debug)]
pub struct ValidOrNothing<T>(pub T);

impl<T: Content> FromRequest for ValidOrNothing<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            if request.headers().contains_key(header::CONTENT_TYPE) {
                check_media_type(&request)?;
            }
            let body = bytes(&request, payload).await?;
            if body.is_empty() {
                return understood(&request, b"{}").map(Self);
            }
            check_media_type(&request)?;
            understood(&request, &body).map(Self)
        })
    }
}

impl<T: Content> Argument for ValidOrNothing<T> {
    fn describe(operation: &mut Operation) {
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            body.required = Some(Required::False);
        }
    }
}

async fn bytes(request: &HttpRequest, payload: Payload) -> Result<BytesMut, Problem> {
    let limit = body_limit_bytes(request.match_pattern().as_deref());
    match tokio::time::timeout(BODY_TIMEOUT, read_all(payload, limit)).await {
        Ok(body) => body,
        Err(_) => Err(Problem::new(Code::RequestTimeout).close_connection()),
    }
}

fn understood<T: Content>(request: &HttpRequest, body: &[u8]) -> Result<T, Problem> {
    let state = request.app_data::<web::Data<AppState>>();
    let more = |content: &T| state.map(|state| content.faults(state)).unwrap_or_default();
    parse(body, is_refused(request) || refuse_unread_query(request).is_err(), more)
}

fn check_media_type(request: &HttpRequest) -> Result<(), Problem> {
    let unsupported =
        |detail| Err(Problem::new(Code::UnsupportedMediaType).detail(detail).close_connection());
    let is_compressed = request
        .headers()
        .get_all(header::CONTENT_ENCODING)
        .any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_compressed {
        return unsupported(Text::new("body-compressed"));
    }
    if !request.headers().contains_key(header::CONTENT_TYPE) {
        return unsupported(Text::new("body-type-missing"));
    }
    let is_patch = request.method() == Method::PATCH;
    let is_taken = request.mime_type().ok().flatten().is_some_and(|media_type| {
        let is_known = match media_type.essence_str() {
            "application/json" => true,
            "application/merge-patch+json" => is_patch,
            _ => false,
        };
        is_known && media_type.get_param("charset").is_none_or(|charset| charset == "utf-8")
    });
    match is_taken {
        true => Ok(()),
        false => unsupported(Text::new(if is_patch { "body-type-patch" } else { "body-type-other" })),
    }
}

async fn read_all(mut payload: Payload, limit_bytes: usize) -> Result<BytesMut, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::new(Code::MalformedRequest)
                .detail(Text::new("body-broken-off"))
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
        .detail(Text::new("body-too-large").with("limit", limit_bytes))
        .close_connection()
}

/// The tree of a body; 400 when it is none.
fn tree(body: &[u8]) -> Result<Node, Problem> {
    let malformed = |detail| Problem::new(Code::MalformedRequest).detail(detail);
    if body.is_empty() {
        return Err(malformed(Text::new("body-empty")));
    }
    serde_json::from_slice(body).map_err(|error| {
        // The library has no names for these two.
        let message = error.to_string();
        let text = match error.classify() {
            Category::Eof => Text::new("body-cut-off"),
            _ if message.starts_with("trailing characters") => Text::new("body-more"),
            _ if message.starts_with("recursion limit") => return malformed(Text::new("body-too-deep")),
            _ => Text::new("body-not-json"),
        };
        malformed(text.with("line", error.line()).with("column", error.column()))
    })
}

/// After reading: syntax (400), then shape and rules (422). Where the request is refused already, also what the handler would
/// find.
fn parse<T: DeserializeOwned + Validate>(
    body: &[u8],
    is_refused: bool,
    more: impl FnOnce(&T) -> Vec<FieldError>,
) -> Result<T, Problem> {
    let faults = match read(tree(body)?) {
        Some(content) if !is_refused => return Ok(content),
        Some(content) => match more(&content) {
            faults if faults.is_empty() => return Ok(content),
            faults => faults,
        },
        None => faults_of(tree(body)?, body.len(), more),
    };
    Err(Problem::invalid(faults))
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
