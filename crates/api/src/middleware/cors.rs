//! Web pages of other origins: which of them may read answers (<https://fetch.spec.whatwg.org/#http-cors-protocol>). Nobody is refused
//! for an origin: whoever has none or a foreign one is served as before, and the browser keeps the answer from the page.
//!
//! Logins are in a header that a page sets itself, never in cookies: so no answer allows credentials.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::settings::CorsOrigins;
use crate::state::AppState;

/// How long a browser may remember what it was allowed, seconds: as long as Chromium does at most.
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("7200");
/// What a page may send.
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id",
);
/// The same where any page may ask: nobody's login.
const PUBLIC_REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("Accept-Language, Content-Type, If-None-Match, X-Request-Id");
/// What a page may read of an answer, besides what every page may.
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static(
    "Content-Disposition, ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id",
);
const ANY: HeaderValue = HeaderValue::from_static("*");

/// What everybody may read without a login, wherever they look from.
const OPEN: [&str; 3] = ["/v1/board/", "/v1/labels", "/openapi.json"];
/// What everybody may read without a login, from any page if the shop wants it.
const CATALOGUE: [&str; 2] = ["/v1/stores", "/v1/products"];

/// The middleware.
pub async fn share(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let allowed = allowed(&request);
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    // Also without an origin: whoever keeps the answer for others must not give it to a page.
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(allowed) = allowed else { return Ok(response) };
    if is_preflight {
        let sendable = if allowed == ANY { PUBLIC_REQUEST_HEADERS } else { REQUEST_HEADERS };
        if let Some(methods) = headers.get(header::ALLOW).cloned() {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        }
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, sendable);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    } else {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    Ok(response)
}

/// Which origin may read the answer: the one that asks, any, or none.
fn allowed(request: &ServiceRequest) -> Option<HeaderValue> {
    let origin = request.headers().get(header::ORIGIN)?;
    let state = request.app_data::<web::Data<AppState>>()?;
    let CorsOrigins { exact, any_for_catalogue } = &state.settings.cors_origins;
    // Browsers write it in one way, in which the setting was brought, too: no other reading is looked for.
    if exact.iter().any(|known| known.as_bytes() == origin.as_bytes()) {
        return Some(origin.clone());
    }
    let pattern = request.match_pattern()?;
    let is_under = |places: &[&str]| places.iter().any(|place| pattern.starts_with(place));
    (is_under(&OPEN) || (*any_for_catalogue && is_under(&CATALOGUE))).then_some(ANY)
}
