//! Limits that need no handler: length of the address, declared length of the body, formats the client accepts.

use std::ffi::OsStr;
use std::path::Path;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

use crate::extract::{body_limit_bytes, too_large};
use crate::problem::{Code, Problem};

/// Path and query together.
const MAX_URI_BYTES: usize = 8 * 1024;

/// The middleware.
pub async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match refusal(&request) {
        // Not `into_response`, which forgets the error that the rendering middleware looks for.
        Some(problem) => Ok(ServiceResponse::new(request.into_parts().0, HttpResponse::from_error(problem))),
        None => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
    }
}

fn refusal(request: &ServiceRequest) -> Option<Problem> {
    if request.uri().path_and_query().is_some_and(|address| address.as_str().len() > MAX_URI_BYTES) {
        return Some(Problem::new(Code::UriTooLong).close_connection());
    }
    let pattern = request.match_pattern();
    let limit = body_limit_bytes(pattern.as_deref());
    let declared =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: u64| length > limit as u64) {
        return Some(too_large(limit));
    }
    // An unknown address is 404 whatever the client accepts.
    let pattern = pattern.filter(|pattern| pattern.starts_with("/v1/"));
    let format = match Path::new(pattern.as_ref()?).extension().and_then(OsStr::to_str) {
        Some("csv") => CSV,
        Some("html") => HTML,
        _ => JSON,
    };
    (!accepts(request, format)).then(|| Problem::new(Code::NotAcceptable))
}

/// Two of the ranges that take a media type; any takes all.
type Format = [&'static str; 2];

const JSON: Format = ["application/json", "application/*"];
const CSV: Format = ["text/csv", "text/*"];
const HTML: Format = ["text/html", "text/*"];

/// Whether `Accept` leaves room for a format (RFC 9110, section 12.5.1). The most specific range decides.
fn accepts(request: &ServiceRequest, [exact, family]: Format) -> bool {
    let mut ranges = request
        .headers()
        .get_all(header::ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter(|range| !range.trim().is_empty())
        .peekable();
    if ranges.peek().is_none() {
        return true;
    }
    let mut best = (0, false);
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let rank = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            range if range == exact => 3,
            range if range == family => 2,
            "*/*" => 1,
            _ => continue,
        };
        let is_refused = parts
            .filter_map(|parameter| parameter.strip_prefix("q="))
            .any(|quality| quality.parse::<f32>().is_ok_and(|quality| quality <= 0.0));
        if rank >= best.0 {
            best = (rank, !is_refused);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn accept_is_understood() {
        for (accept, expected) in [
            ("application/json", true),
            ("application/*", true),
            ("*/*", true),
            ("text/html, */*;q=0.1", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/xml", false),
            ("text/html", false),
            ("application/json;q=0", false),
            ("*/*, application/json; q=0.0", false),
            ("", true),
        ] {
            let request = TestRequest::default().insert_header(("accept", accept)).to_srv_request();
            assert_eq!(accepts(&request, JSON), expected, "{accept}");
        }
        assert!(accepts(&TestRequest::default().to_srv_request(), JSON));
        let csv = TestRequest::default().insert_header(("accept", "text/csv")).to_srv_request();
        assert!(accepts(&csv, CSV) && !accepts(&csv, JSON));
    }
}
