//! One span and one line per request, and the counters. Route patterns, never addresses; no query values, no bodies.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use tracing::Instrument;

use super::request_id::RequestId;
use crate::telemetry;

/// The middleware.
pub async fn record(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let method = known_method(request.method());
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let request_id = RequestId::of(request.request());
    let span = tracing::info_span!("request", request_id = request_id.as_str(), method, route);
    let in_flight = telemetry::InFlight::enter();
    let outcome = next.call(request).instrument(span.clone()).await;
    drop(in_flight);

    let status = match &outcome {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let elapsed = started.elapsed();
    telemetry::count_request(method, &route, status, elapsed);
    span.in_scope(|| {
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = status.as_u16(), ms, "answered");
    });
    outcome
}

/// Client-chosen method names would make endless label values.
fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
