//! One span and one line per request, and the counters. Route patterns, never addresses; no query values, no bodies.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
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
    let trace_id = trace_id(request.headers());
    let span = tracing::info_span!("request", request_id = request_id.as_str(), method, route, trace_id);
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

/// The id of the trace that the request belongs to, so that lines of several programs are found together: of `traceparent`
/// (<https://www.w3.org/TR/trace-context/#traceparent-header>), if it is one.
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let mut part = |length: usize| {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        parts.next().filter(|part| part.len() == length && part.bytes().all(is_hex))
    };
    let (version, trace_id, parent_id, _flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
    let is_nothing = |id: &str| id.bytes().all(|byte| byte == b'0');
    (version != "ff" && !is_nothing(trace_id) && !is_nothing(parent_id)).then_some(trace_id)
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

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_a_trace_that_is_one_is_taken_over() {
        let taken = |text: &'static str| {
            let name = HeaderName::from_static("traceparent");
            let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(text))]);
            trace_id(&headers).map(str::to_owned)
        };
        let whole = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(taken(whole).as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        for none in [
            "",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ] {
            assert_eq!(taken(none), None, "{none}");
        }
        assert_eq!(trace_id(&HeaderMap::new()), None);
    }
}
