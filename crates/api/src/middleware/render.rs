//! Every answer of 400 and above becomes a problem document here, whoever refused: a handler, an extractor, the router or
//! the framework. Server faults are logged here, once, with their cause.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;

use super::request_id::RequestId;
use crate::extract::AcceptLanguage;
use crate::problem::{Code, PROBLEM_JSON, Problem};

/// The middleware.
pub async fn problems(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let response = next.call(request).await?;
    if response.status().as_u16() < 400 {
        return Ok(response.map_into_boxed_body());
    }
    let request_id = RequestId::of(response.request());
    let locale = AcceptLanguage::locale(response.request());
    let own = response.response().error().and_then(|error| error.as_error::<Problem>());
    let rendered = match own {
        Some(problem) => {
            log(problem);
            problem.response(request_id.as_str(), locale)
        }
        None if is_problem_document(&response) => return Ok(response.map_into_boxed_body()),
        None => {
            let problem = foreign(&response);
            log(&problem);
            problem.response(request_id.as_str(), locale)
        }
    };
    Ok(response.into_response(rendered).map_into_boxed_body())
}

fn is_problem_document<B>(response: &ServiceResponse<B>) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == PROBLEM_JSON)
}

fn foreign<B>(response: &ServiceResponse<B>) -> Problem {
    let code = match response.status() {
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        StatusCode::PAYLOAD_TOO_LARGE => Code::PayloadTooLarge,
        StatusCode::URI_TOO_LONG => Code::UriTooLong,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        status if status.is_client_error() => Code::MalformedRequest,
        _ => Code::InternalError,
    };
    let problem = Problem::new(code);
    match response.response().error() {
        Some(error) => problem.cause(error),
        None => problem,
    }
}

fn log(problem: &Problem) {
    let code = problem.code();
    let cause = problem.internal_cause().unwrap_or("none given");
    if code == Code::InternalError || code == Code::StorageUnavailable || code == Code::OutcomeUnknown {
        tracing::error!(code = code.slug(), cause, "request failed: {cause}");
    } else {
        tracing::debug!(code = code.slug(), cause, "request refused: {}", code.slug());
    }
}
