//! `/problems` and `/problems/{code}`: every code explained, as a page or as JSON.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::html::{escape, page};
use crate::problem::{Code, Problem};

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    if prefers_json(&request) {
        let items: Vec<Value> = Code::ALL.iter().copied().map(explanation).collect();
        return HttpResponse::Ok().json(json!({ "items": items }));
    }
    let rows: String = Code::ALL
        .iter()
        .map(|code| {
            let (slug, title) = (escape(code.slug()), escape(code.title()));
            let status = code.status().as_u16();
            format!(
                "<tr><td>{status}</td><td><a href=\"/problems/{slug}\">{slug}</a></td><td>{title}</td></tr>\n"
            )
        })
        .collect();
    page(
        "Problem codes",
        &format!(
            "<h1>Problem codes</h1>\n<table>\n<tr><th>Status</th><th>Code</th><th>Title</th></tr>\n{rows}</table>\n\
             <p><a href=\"/\">Home</a></p>\n"
        ),
    )
}

pub(super) async fn explain(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let code = request.match_info().get("code").and_then(Code::from_slug).ok_or_else(|| {
        Problem::new(Code::NotFound).detail("there is no such problem code; /problems lists all")
    })?;
    if prefers_json(&request) {
        return Ok(HttpResponse::Ok().json(explanation(code)));
    }
    Ok(page(
        code.title(),
        &format!(
            "<h1>{}</h1>\n<p><code>{}</code> · HTTP {}</p>\n<h2>What happened</h2>\n<p>{}</p>\n\
             <h2>What to do</h2>\n<p>{}</p>\n<p><a href=\"/problems\">All problem codes</a></p>\n",
            escape(code.title()),
            escape(code.slug()),
            code.status().as_u16(),
            escape(code.happened()),
            escape(code.what_to_do()),
        ),
    ))
}

fn explanation(code: Code) -> Value {
    json!({
        "type": code.type_uri(),
        "title": code.title(),
        "status": code.status().as_u16(),
        "code": code.slug(),
        "what_happened": code.happened(),
        "what_to_do": code.what_to_do(),
    })
}

/// Browsers name HTML; programs that name JSON and not HTML get JSON.
fn prefers_json(request: &HttpRequest) -> bool {
    let accept =
        request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("json") && !accept.contains("text/html")
}
