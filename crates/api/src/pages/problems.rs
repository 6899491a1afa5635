//! `/problems` and `/problems/{code}`: every code explained, as a page or as JSON.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::html::{escape, page};
use crate::extract::AcceptLanguage;
use crate::problem::{Code, Problem, said_in};
use crate::translations::{Locale, Text};

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    if prefers_json(&request) {
        let locale = AcceptLanguage::locale(&request);
        let items: Vec<Value> = Code::ALL.iter().map(|code| explanation(*code, locale)).collect();
        return told(locale, &json!({ "items": items }));
    }
    let rows: String = Code::ALL
        .iter()
        .map(|code| {
            let (slug, title) = (escape(code.slug()), escape(&code.title().in_english()));
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
    let code = request
        .match_info()
        .get("code")
        .and_then(Code::from_slug)
        .ok_or_else(|| Problem::new(Code::NotFound).detail(Text::new("problem-unknown")))?;
    if prefers_json(&request) {
        let locale = AcceptLanguage::locale(&request);
        return Ok(told(locale, &explanation(code, locale)));
    }
    Ok(page(
        &code.title().in_english(),
        &format!(
            "<h1>{}</h1>\n<p><code>{}</code> · HTTP {}</p>\n<h2>What happened</h2>\n<p>{}</p>\n\
             <h2>What to do</h2>\n<p>{}</p>\n<p><a href=\"/problems\">All problem codes</a></p>\n",
            escape(&code.title().in_english()),
            escape(code.slug()),
            code.status().as_u16(),
            escape(&code.happened().in_english()),
            escape(&code.what_to_do().in_english()),
        ),
    ))
}

fn told(locale: Locale, explained: &Value) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    said_in(&mut response, locale);
    response.json(explained)
}

fn explanation(code: Code, locale: Locale) -> Value {
    json!({
        "type": code.type_uri(),
        "title": locale.say(&code.title()),
        "status": code.status().as_u16(),
        "code": code.slug(),
        "what_happened": locale.say(&code.happened()),
        "what_to_do": locale.say(&code.what_to_do()),
    })
}

/// Browsers name HTML; programs that name JSON and not HTML get JSON.
fn prefers_json(request: &HttpRequest) -> bool {
    let accept =
        request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("json") && !accept.contains("text/html")
}
