//! The page at `/`: what runs here, whether it is well, where to go next.

use actix_web::{HttpResponse, web};

use super::health::failures;
use super::html::{escape, page};
use crate::openapi::examples;
use crate::state::AppState;

pub(super) async fn landing(state: web::Data<AppState>) -> HttpResponse {
    let failures = failures(&state).await;
    let light = if failures.is_empty() {
        r#"<span class="light ok">ready</span>"#.to_owned()
    } else {
        let what: Vec<_> =
            failures.iter().map(|f| format!("{}: {}", f.pointer, f.detail.in_english())).collect();
        format!(r#"<span class="light bad">not ready – {}</span>"#, escape(&what.join("; ")))
    };
    let settings = &state.settings;
    let docs = if settings.docs_enabled { r#"<a href="/docs/">API documentation</a>"# } else { "" };
    let (demo, email, password) = if settings.has_demo_data {
        (demo_note(), examples::CUSTOMER_EMAIL, examples::CUSTOMER_PASSWORD)
    } else {
        (String::new(), "you@example.com", "…")
    };
    let url = escape(&settings.public_url);
    let curl: String = [
        format!("curl {url}/v1/stores"),
        format!("curl '{url}/v1/products?limit=5'"),
        format!(
            "curl {url}/v1/auth/login -H 'Content-Type: application/json' \
             -d '{{\"email\": \"{email}\", \"password\": \"{password}\"}}'"
        ),
    ]
    .iter()
    .map(|line| format!("<pre>{line}</pre>\n"))
    .collect();
    page(
        "ordervault",
        &format!(
            "<h1>ordervault</h1>\n<p>version {} · {} · {light}</p>\n{demo}\
             <nav>{docs}<a href=\"/openapi.json\">OpenAPI document</a><a href=\"/problems\">Problem codes</a>\
             <a href=\"/readyz\">Health</a><a href=\"/version\">Version</a></nav>\n<h2>First steps</h2>\n{curl}",
            escape(state.build.version),
            settings.mode.name(),
        ),
    )
}

/// What the demo shop is good for, and how to get in.
fn demo_note() -> String {
    format!(
        "<p class=\"note\">Demo data is loaded: a small shop to play with. Do not keep real orders here.<br>\n\
         Customer <code>{}</code>, password <code>{}</code>.<br>\n\
         Staff <code>{}</code>, password <code>{}</code>.</p>\n",
        examples::CUSTOMER_EMAIL,
        examples::CUSTOMER_PASSWORD,
        examples::OWNER_EMAIL,
        examples::STAFF_PASSWORD,
    )
}
