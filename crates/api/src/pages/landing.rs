//! The page at `/`: what runs here, whether it is well, and a first order in four steps.

use actix_web::{HttpRequest, HttpResponse, web};

use super::health::failures;
use super::html::{Reader, escape};
use crate::extract::AcceptLanguage;
use crate::openapi::examples;
use crate::state::AppState;
use crate::translations::Text;

/// Where Swagger UI shows the operation that places an order.
const PLACE_ORDER: &str = "/docs/#/orders/place_order";

pub(super) async fn landing(
    request: HttpRequest,
    accepted: AcceptLanguage,
    state: web::Data<AppState>,
) -> HttpResponse {
    let reader = Reader::of(&request, &state, accepted);
    let settings = &state.settings;
    let demo = if settings.has_demo_data { demo_note(&reader) } else { String::new() };
    let running = Text::new("page-running").with("version", state.build.version);
    let running = reader.tell(&running.with("mode", settings.mode.name()));
    let in_browser = match settings.docs_enabled {
        true => format!(
            "<p>{} <a class=\"button\" href=\"{PLACE_ORDER}\">{}</a></p>\n",
            reader.say("page-in-browser"),
            reader.say("page-place-order"),
        ),
        false => String::new(),
    };
    let body = format!(
        "<h1>ordervault</h1>\n<p>{}</p>\n<p class=\"soft\">{running} · {}</p>\n{demo}<h2>{}</h2>\n{in_browser}<p>{}</p>\n\
         <ol class=\"steps\">\n{}</ol>\n",
        reader.say("page-tagline"),
        light(&reader, &state).await,
        reader.say("page-first-order"),
        reader.say("page-in-terminal"),
        steps(&reader, &state),
    );
    reader.page("ordervault", &body)
}

/// Whether all is well, and if not, what is not.
async fn light(reader: &Reader<'_>, state: &AppState) -> String {
    let failures = failures(state).await;
    if failures.is_empty() {
        return format!("<span class=\"light ok\">{}</span>", reader.say("page-ready"));
    }
    let what: Vec<_> =
        failures.iter().map(|f| format!("{}: {}", f.pointer, reader.locale().say(&f.detail))).collect();
    let told = reader.tell(&Text::new("page-not-ready").with("why", what.join("; ")));
    format!("<span class=\"light bad\">{told}</span>")
}

/// What the demo shop is good for, and how to get in.
fn demo_note(reader: &Reader<'_>) -> String {
    let account = |who: &'static str, email: &'static str, password: &'static str| {
        let text = Text::new(who).with("email", email).with("password", password);
        format!("<br>\n{}", reader.tell(&text))
    };
    format!(
        "<p class=\"note\">{}{}{}</p>\n",
        reader.say("page-demo"),
        account("page-demo-customer", examples::CUSTOMER_EMAIL, examples::CUSTOMER_PASSWORD),
        account("page-demo-staff", examples::OWNER_EMAIL, examples::STAFF_PASSWORD),
    )
}

/// A first order, each step with a line that works as it stands in the demo shop.
fn steps(reader: &Reader<'_>, state: &AppState) -> String {
    let (email, password) = match state.settings.has_demo_data {
        true => (examples::CUSTOMER_EMAIL, examples::CUSTOMER_PASSWORD),
        false => ("you@example.com", "…"),
    };
    let url = &state.settings.public_url;
    let json = "-H 'Content-Type: application/json'";
    let token = "-H \"Authorization: Bearer $TOKEN\"";
    let found = |kind: &str| format!("$(echo \"$FOUND\" | grep -o '{kind}_[0-9A-Z]*' | head -1)");
    let steps = [
        (
            "page-step-login",
            format!(
                "TOKEN=$(curl -s {url}/v1/auth/login {json} -d '{{\"email\":\"{email}\",\"password\":\"{password}\"}}' \
                 | grep -o '\"access_token\":\"[^\"]*' | cut -d'\"' -f4)"
            ),
        ),
        (
            "page-step-choose",
            format!(
                "FOUND=$(curl -s '{url}/v1/products?limit=1'); STORE={}; PRODUCT={}; echo \"$FOUND\"",
                found("sto"),
                found("prd")
            ),
        ),
        (
            "page-step-order",
            format!(
                "curl -s {url}/v1/orders {json} {token} -H \"Idempotency-Key: first-$(date +%s)\" \
                 -d \"{{\\\"store_id\\\":\\\"$STORE\\\",\\\"lines\\\":[{{\\\"product_id\\\":\\\"$PRODUCT\\\",\\\"quantity\\\":1}}],\
                 \\\"contact\\\":{{\\\"name\\\":\\\"Ming\\\",\\\"phone\\\":\\\"+886912345678\\\"}}}}\""
            ),
        ),
        ("page-step-see", format!("curl -s '{url}/v1/orders?limit=1' {token}")),
    ];
    let step = |(name, line): (&'static str, String)| {
        format!("<li>{}<pre>{}</pre></li>\n", reader.say(name), escape(&line))
    };
    steps.into_iter().map(step).collect()
}
