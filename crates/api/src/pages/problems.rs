//! `/problems` and `/problems/{code}`: every code explained, as a page or as JSON.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::html::{Reader, escape};
use crate::extract::AcceptLanguage;
use crate::openapi::Contract;
use crate::problem::{Code, Problem, said_in};
use crate::state::AppState;
use crate::translations::{Locale, Text};

/// As the id of a request looks.
const REQUEST_ID: &str = "6b1f0c9d2e7a4f83";

pub(super) async fn list(
    request: HttpRequest,
    accepted: AcceptLanguage,
    state: web::Data<AppState>,
) -> HttpResponse {
    if prefers_json(&request) {
        let locale = AcceptLanguage::locale(&request);
        let items: Vec<Value> = Code::ALL.iter().map(|code| explanation(*code, locale)).collect();
        return told(locale, &json!({ "items": items }));
    }
    let reader = Reader::of(&request, &state, accepted);
    let rows: String = Code::ALL
        .iter()
        .map(|code| {
            let (slug, title, status) = (code.slug(), reader.tell(&code.title()), code.status().as_u16());
            let page = reader.to(&code.type_uri());
            format!("<tr><td>{status}</td><td><a href=\"{page}\">{slug}</a></td><td>{title}</td></tr>\n")
        })
        .collect();
    let title = reader.say("page-problems");
    let [status, code, meaning] = ["page-status", "page-code", "page-meaning"].map(|name| reader.say(name));
    reader.page(
        &title,
        &format!(
            "<h1>{title}</h1>\n<table class=\"codes\">\n<tr><th>{status}</th><th>{code}</th><th>{meaning}</th></tr>\n\
             {rows}</table>\n"
        ),
    )
}

pub(super) async fn explain(
    request: HttpRequest,
    accepted: AcceptLanguage,
    state: web::Data<AppState>,
    contract: web::Data<Contract>,
) -> Result<HttpResponse, Problem> {
    let code = request
        .match_info()
        .get("code")
        .and_then(Code::from_slug)
        .ok_or_else(|| Problem::new(Code::NotFound).detail(Text::new("problem-unknown")))?;
    if prefers_json(&request) {
        let locale = AcceptLanguage::locale(&request);
        return Ok(told(locale, &explanation(code, locale)));
    }
    let reader = Reader::of(&request, &state, accepted);
    let title = reader.tell(&code.title());
    let sections = [
        ("page-happened", format!("<p>{}</p>", reader.tell(&code.happened()))),
        ("page-what-to-do", format!("<p>{}</p>", reader.tell(&code.what_to_do()))),
        ("page-example", format!("<pre>{}</pre>", escape(&example(code, reader.locale())))),
        ("page-operations", operations(code, &contract, state.settings.docs_enabled)),
    ];
    let sections: String =
        sections.iter().map(|(name, html)| format!("<h2>{}</h2>\n{html}\n", reader.say(name))).collect();
    Ok(reader.page(
        &title,
        &format!(
            "<h1>{title}</h1>\n<p class=\"soft\"><code>{}</code> · HTTP {}</p>\n{sections}\
             <p><a href=\"{}\">{}</a></p>\n",
            code.slug(),
            code.status().as_u16(),
            reader.to("/problems"),
            reader.say("page-all-problems"),
        ),
    ))
}

/// The least that a problem document of this code says.
fn example(code: Code, locale: Locale) -> String {
    let problem = Problem::new(code);
    serde_json::to_string_pretty(&problem.body(REQUEST_ID, locale)).unwrap_or_default()
}

/// The operations that answer with the status of this code, as the contract lists them.
fn operations(code: Code, contract: &Contract, docs_enabled: bool) -> String {
    let items = contract.answering(code.status().as_u16()).map(|operation| {
        let line = format!("<code>{} {}</code>", operation.method, escape(&operation.path));
        match docs_enabled {
            true => format!("<li><a href=\"/docs/#/{}/{}\">{line}</a></li>\n", operation.tag, operation.id),
            false => format!("<li>{line}</li>\n"),
        }
    });
    format!("<ul class=\"operations\">\n{}</ul>", items.collect::<String>())
}

fn told(locale: Locale, explained: &Value) -> HttpResponse {
    let mut answer = HttpResponse::Ok().json(explained);
    said_in(answer.headers_mut(), locale);
    answer.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
    answer
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
