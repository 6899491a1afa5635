//! The request id: taken from the client when it is sane, else made; in the answer, the log and every problem.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};

use crate::extract::Argument;
use crate::problem::Problem;
use crate::state::AppState;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const MAX_CHARS: usize = 64;
const MADE_BYTES: usize = 8;

/// Names one request. Handlers take it as an argument to hand it on to the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The id as text: 1 to 64 of `[A-Za-z0-9._-]`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of a request; empty before the middleware ran.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<RequestId>().cloned().unwrap_or_else(|| RequestId(String::new()))
    }
}

impl FromRequest for RequestId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(RequestId::of(request)))
    }
}

impl Argument for RequestId {}

/// The middleware.
pub async fn assign(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = sane(&request).or_else(|| make(&request)).unwrap_or_else(|| "unknown".to_owned());
    let header = HeaderValue::from_str(&id).ok();
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.call(request).await?;
    if let Some(value) = header {
        response.headers_mut().insert(HEADER, value);
    }
    Ok(response)
}

fn sane(request: &ServiceRequest) -> Option<String> {
    let text = request.headers().get(HEADER)?.to_str().ok()?;
    let is_sane = (1..=MAX_CHARS).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    is_sane.then(|| text.to_owned())
}

fn make(request: &ServiceRequest) -> Option<String> {
    let state = request.app_data::<web::Data<AppState>>()?;
    Some(hex::encode(state.sources.bytes::<MADE_BYTES>()))
}
