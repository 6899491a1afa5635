//! The shared problem responses of the contract, one per status.

use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Ref, Response, ResponseBuilder};

use crate::problem::{Code, PROBLEM_JSON, ProblemBody};

/// The component's name.
pub(super) fn name(status: u16) -> String {
    format!("Problem{status}")
}

/// The component: the codes that answer with this status, and one of them as example.
pub(super) fn response(status: u16) -> Response {
    let codes: Vec<Code> =
        Code::ALL.iter().copied().filter(|code| code.status().as_u16() == status).collect();
    let names = codes.iter().map(|code| format!("`{}`", code.slug())).collect::<Vec<_>>().join(", ");
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name())));
    let content = match codes.first() {
        Some(code) => content.example(Some(json!({
            "type": code.type_uri(),
            "title": code.title().in_english(),
            "status": status,
            "detail": code.happened().in_english(),
            "code": code.slug(),
            "request_id": "6b1f0c9d2e7a4f83",
        }))),
        None => content,
    };
    let mut response = ResponseBuilder::new()
        .description(format!("Refused: {names}"))
        .content(PROBLEM_JSON, content.build());
    let text = |description: &str, kind: Type| {
        HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(kind)))
            .description(Some(description))
            .build()
    };
    if matches!(status, 429 | 503) {
        response = response.header("Retry-After", text("Seconds to wait", Type::Integer));
    }
    if status == 429 {
        let what = "Of what is throttled: `r` attempts are left, the next one is let through in `t` seconds";
        response = response.header("RateLimit", text(what, Type::String));
    }
    if status == 401 {
        response = response.header("WWW-Authenticate", text("Bearer", Type::String));
    }
    response.build()
}
