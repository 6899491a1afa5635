//! Problem documents (RFC 9457): the one shape of every answer of 400 and above.
//!
//! A handler or extractor returns `Err(Problem)`; [`crate::middleware::render`] writes it, because only there the
//! request id is known. [`Code`] is the one table of what can go wrong; no other place names a status or a title.
//!
//! Whoever refuses says a [`Text`]; only the rendering middleware knows in which language its reader wants it.

mod action;
mod codes;
mod earlier_order;
mod fields;
mod open_order;
mod remedy;

pub use action::{ActionBody, Offers};
pub use codes::Code;
pub(crate) use codes::ProblemCode;
pub use earlier_order::EarlierOrder;
pub use fields::{FieldError, FieldErrorBody, pointer};
pub use open_order::OpenOrderBody;
pub use remedy::{Remedy, RemedyBody, RemedyKind};

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use ordervault_domain::money::Money;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::schema::RefBuilder;

use crate::names;
use crate::translations::{Locale, Text};

/// The media type of every problem document.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Tells of what is throttled how often it may be tried yet.
pub(crate) const RATE_LIMIT: header::HeaderName = header::HeaderName::from_static("ratelimit");

/// So many attempts are left, and in so many seconds they begin anew (draft-ietf-httpapi-ratelimit-headers-10).
pub(crate) fn rate_limit(left: u32, seconds: u64) -> String {
    format!("\"attempts\";r={left};t={seconds}")
}

/// What one problem carries at most in `errors`; a hostile body does not buy an endless answer.
pub const MAX_FIELD_ERRORS: usize = 50;

/// A refusal on its way to the client. Cheap to move; never carries the refused value itself.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    detail: Option<Text>,
    errors: Vec<FieldError>,
    current_status: Option<String>,
    version: Option<i64>,
    actions: Option<Vec<ActionBody>>,
    total: Option<Money>,
    earlier_orders: Vec<EarlierOrder>,
    open_orders: Vec<OpenOrderBody>,
    remedies: Vec<Remedy>,
    headers: Vec<(header::HeaderName, header::HeaderValue)>,
    close_connection: bool,
    cause: Option<String>,
}

/// A problem document as the client reads it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// Where the code is explained: `/problems/<code>` on this server.
    #[serde(rename = "type")]
    #[schema(example = "/problems/validation-failed")]
    pub type_uri: String,
    /// The same for every problem of this code.
    #[schema(example = "The content is not valid")]
    pub title: String,
    /// The HTTP status, repeated.
    #[schema(minimum = 400, maximum = 599, example = 422)]
    pub status: u16,
    /// What happened this time.
    #[schema(example = "one field is not valid")]
    pub detail: String,
    /// Stable name for programs to act on.
    #[schema(value_type = ProblemCode)]
    pub code: &'a str,
    /// Name this when asking for help; it is in the server's log, too.
    #[schema(example = "6b1f0c9d2e7a4f83")]
    pub request_id: &'a str,
    /// The fields or parameters concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub errors: Vec<FieldErrorBody>,
    /// Conflicts: the state the thing is in now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<names::OrderStatus>)]
    pub current_status: Option<&'a str>,
    /// Conflicts: the version the thing has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, example = 7)]
    pub version: Option<i64>,
    /// Conflicts: what this caller may do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub actions: Option<&'a [ActionBody]>,
    /// Prices that have changed: what it costs now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = total, required = false)]
    pub total: Option<Money>,
    /// `duplicate-order`: the orders that the new one looks like. Without an account they are not told.
    #[serde(skip_serializing_if = "<[EarlierOrder]>::is_empty")]
    pub earlier_orders: &'a [EarlierOrder],
    /// `open-orders`: the orders that are still to be done, the newest first, and at most a hundred.
    #[serde(skip_serializing_if = "<[OpenOrderBody]>::is_empty")]
    pub open_orders: &'a [OpenOrderBody],
    /// What a person can do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<RemedyBody>,
}

/// Money, as all answers have it.
fn total() -> Ref {
    let money = RefBuilder::new().ref_location_from_schema_name("Money");
    money.description(Some("Prices that have changed: what it costs now.")).build()
}

impl Problem {
    /// A problem with the code's own help text as detail.
    pub fn new(code: Code) -> Self {
        Self(Box::new(Parts {
            code,
            detail: None,
            errors: Vec::new(),
            current_status: None,
            version: None,
            actions: None,
            total: None,
            earlier_orders: Vec::new(),
            open_orders: Vec::new(),
            remedies: Vec::new(),
            headers: Vec::new(),
            close_connection: false,
            cause: None,
        }))
    }

    /// 422 `validation-failed` naming the fields.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::new(Code::ValidationFailed).errors(errors)
    }

    /// 400 `invalid-parameter` for one query parameter or header.
    pub fn parameter(name: &'static str, code: &'static str) -> Self {
        Self::new(Code::InvalidParameter).errors(vec![FieldError::new(name, code)])
    }

    /// 500 `internal-error`. The cause goes to the log, never to the client.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(Code::InternalError).cause(cause)
    }

    /// What happened this time; without the refused value.
    #[must_use]
    pub fn detail(mut self, detail: Text) -> Self {
        self.0.detail = Some(detail);
        self
    }

    /// The fields concerned (at most [`MAX_FIELD_ERRORS`] are kept).
    #[must_use]
    pub fn errors(mut self, mut errors: Vec<FieldError>) -> Self {
        errors.truncate(MAX_FIELD_ERRORS);
        self.0.errors = errors;
        self
    }

    /// The same problem, with the faults of another one.
    #[must_use]
    pub(crate) fn and(mut self, other: &Self) -> Self {
        if self.0.errors.is_empty() {
            self.0.errors = vec![self.as_error()];
        }
        match other.0.errors.is_empty() {
            true => self.0.errors.push(other.as_error()),
            false => self.0.errors.extend(other.0.errors.iter().cloned()),
        }
        self.0.errors.truncate(MAX_FIELD_ERRORS);
        self.0.close_connection |= other.0.close_connection;
        self
    }

    /// The place that this problem without errors is about.
    fn as_error(&self) -> FieldError {
        let (pointer, code) = match self.0.code {
            Code::NotFound => ("id", "invalid-id"),
            Code::OrderNumberMistyped => ("id", "mistyped"),
            _ => self.refused_header().unwrap_or(("", "malformed")),
        };
        let error = FieldError::new(pointer, code);
        match &self.0.detail {
            Some(detail) => error.detail(detail.clone()),
            None => error,
        }
    }

    /// The header that this problem is about, and what is wrong with it.
    fn refused_header(&self) -> Option<(&'static str, &'static str)> {
        match self.0.code {
            Code::IdempotencyKeyMissing => Some(("Idempotency-Key", "missing")),
            Code::IdempotencyKeyInvalid => Some(("Idempotency-Key", "invalid-key")),
            Code::PreconditionRequired => Some(("If-Match", "missing")),
            Code::UnsupportedMediaType => Some(("Content-Type", "unknown-value")),
            _ => None,
        }
    }

    /// The state a conflicting command met: status, version, and what is possible instead.
    #[must_use]
    pub fn current(mut self, status: impl Into<String>, version: i64, actions: Vec<ActionBody>) -> Self {
        self.0.current_status = Some(status.into());
        self.0.version = Some(version);
        self.0.actions = Some(actions);
        self
    }

    /// What it costs now.
    #[must_use]
    pub fn total(mut self, total: Money) -> Self {
        self.0.total = Some(total);
        self
    }

    /// The orders that a new one looks like.
    #[must_use]
    pub fn earlier_orders(mut self, orders: Vec<EarlierOrder>) -> Self {
        self.0.earlier_orders = orders;
        self
    }

    /// The orders that are still to be done.
    #[must_use]
    pub fn open_orders(mut self, orders: Vec<OpenOrderBody>) -> Self {
        self.0.open_orders = orders;
        self
    }

    /// Adds something a person can do.
    #[must_use]
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.0.remedies.push(remedy);
        self
    }

    /// For whoever has tried too often, with `Retry-After` and `RateLimit`: the next attempt is let through in so many seconds.
    #[must_use]
    pub(crate) fn too_many_attempts(seconds: u32) -> Self {
        let problem = Self::new(Code::RateLimited).retry_after(seconds);
        match header::HeaderValue::from_str(&rate_limit(0, seconds.into())) {
            Ok(limit) => problem.header(RATE_LIMIT, limit),
            Err(_) => problem,
        }
    }

    /// Adds `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        self.header(header::RETRY_AFTER, header::HeaderValue::from(seconds))
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: header::HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Closes the connection after the answer: for bodies that were not read to their end.
    #[must_use]
    pub fn close_connection(mut self) -> Self {
        self.0.close_connection = true;
        self
    }

    /// What the log should say and the client should not.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// The code of this problem.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The fields concerned.
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// What the log should say, if anything.
    pub fn internal_cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The document for a client who reads this language.
    pub fn body<'a>(&'a self, request_id: &'a str, locale: Locale) -> ProblemBody<'a> {
        let code = self.0.code;
        let detail = self.0.detail.as_ref().map(|detail| locale.say(detail));
        let header = self.refused_header().filter(|_| self.0.errors.is_empty()).map(|_| [self.as_error()]);
        let errors = header.as_ref().map_or(self.0.errors.as_slice(), <[_; 1]>::as_slice);
        ProblemBody {
            type_uri: code.type_uri(),
            title: locale.say(&code.title()),
            status: code.status().as_u16(),
            detail: detail.unwrap_or_else(|| locale.say(&code.happened())),
            code: code.slug(),
            request_id,
            errors: errors.iter().map(|error| error.body(locale)).collect(),
            current_status: self.0.current_status.as_deref(),
            version: self.0.version,
            actions: self.0.actions.as_deref(),
            earlier_orders: &self.0.earlier_orders,
            open_orders: &self.0.open_orders,
            total: self.0.total,
            remedies: self.0.remedies.iter().map(|remedy| remedy.body(locale)).collect(),
        }
    }

    /// The whole answer, to a client who reads this language.
    pub fn response(&self, request_id: &str, locale: Locale) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.code.status());
        response.content_type(PROBLEM_JSON);
        if self.0.code.status() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, self.0.code.challenge()));
        }
        for (name, value) in &self.0.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        if self.0.close_connection {
            response.force_close();
        }
        let mut answer = match serde_json::to_vec(&self.body(request_id, locale)) {
            Ok(body) => response.body(body),
            Err(_) => response.finish(),
        };
        said_in(answer.headers_mut(), locale);
        answer
    }
}

/// Notes in which language an answer is, and that others get it in another one.
pub(crate) fn said_in(headers: &mut HeaderMap, locale: Locale) {
    if let Some(tag) = locale.tag().and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        headers.insert(header::CONTENT_LANGUAGE, tag);
    }
    headers.append(header::VARY, HeaderValue::from_static("Accept-Language"));
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.slug())
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    /// Without a request id and in nobody's language: the rendering middleware replaces this answer by one that has both.
    fn error_response(&self) -> HttpResponse {
        self.response("", Locale::english())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_problem_has_exactly_the_promised_members() {
        let plain = serde_json::to_value(Problem::new(Code::NotFound).body("r1", Locale::english())).unwrap();
        assert_eq!(
            plain,
            json!({
                "type": "/problems/not-found",
                "title": "Not found",
                "status": 404,
                "detail": Code::NotFound.happened().in_english(),
                "code": "not-found",
                "request_id": "r1",
            })
        );

        let reopen =
            ActionBody { action: "reopen", allowed: true, until: None, blocked_by: None, parts: vec![] };
        let full = Problem::new(Code::StateConflict).current("completed", 7, vec![reopen]).remedy(Remedy {
            code: RemedyKind::Open,
            detail: Text::new("remedy-open"),
            method: None,
            href: None,
            not_duplicate_of: None,
        });
        let full = serde_json::to_value(full.body("r2", Locale::english())).unwrap();
        assert_eq!(full["current_status"], "completed");
        assert_eq!(full["version"], 7);
        assert_eq!(full["actions"][0], json!({"action": "reopen", "allowed": true}));
        assert_eq!(full["remedies"][0], json!({"code": "open", "detail": "look at the earlier order"}));
    }

    #[test]
    fn headers_follow_from_code_and_builder() {
        let response = Problem::new(Code::Overloaded).retry_after(2).response("r", Locale::english());
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers().get("retry-after").unwrap(), "2");
        assert_eq!(response.headers().get("content-type").unwrap(), PROBLEM_JSON);

        let challenge = Problem::new(Code::TokenInvalid).response("r", Locale::english());
        assert!(challenge.headers().contains_key("www-authenticate"));
    }

    #[test]
    fn the_cause_stays_inside() {
        let problem = Problem::internal("connection to 10.0.0.7 refused");
        assert_eq!(problem.internal_cause(), Some("connection to 10.0.0.7 refused"));
        let body = serde_json::to_string(&problem.body("r", Locale::english())).unwrap();
        assert!(!body.contains("10.0.0.7"));
    }

    #[test]
    fn the_number_of_field_errors_is_bounded() {
        let many = (0..500).map(|n| FieldError::new(format!("/{n}"), "missing")).collect();
        assert_eq!(Problem::invalid(many).field_errors().len(), MAX_FIELD_ERRORS);
    }
}
