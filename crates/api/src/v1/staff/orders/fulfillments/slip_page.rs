//! `GET /v1/staff/orders/{id}/fulfillments/{no}/packing-slip.html`
//!
//! A page by itself, without a script and with its style in it: a front end shows it from what it has fetched, and prints it.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ordervault_domain::id::OrderId;
use sha2::{Digest as _, Sha256};

use super::slip::{PackingSlip, SlipLine, slip};
use crate::extract::{AcceptLanguage, PathId, PathNo};
use crate::openapi::examples;
use crate::pages::escape;
use crate::principals::{Staff, permit};
use crate::problem::{Problem, said_in};
use crate::state::AppState;
use crate::translations::{Locale, Text};
use crate::v1::contact::{AddressBody, ContactBody};
use crate::v1::fulfillment_body::ParcelBody;

const STYLE: &str = include_str!("slip_page.css");

/// Nothing but the style that stands in it.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).ok()
});

/// Print a packing slip
///
/// The same as a page to be printed, in the language that `Accept-Language` asks for. It needs nothing else: show what you have
/// fetched, from a blob for instance, and print it.
#[utoipa::path(get, path = "/v1/staff/orders/{id}/fulfillments/{no}/packing-slip.html", operation_id = "print_packing_slip",
    tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER)),
        ("no" = u32, Path, description = "Number of the fulfillment", example = 1)),
    responses((status = 200, description = "The slip", content_type = "text/html", body = String)),
    security(("staff_bearer" = [])))]
pub(crate) async fn print_packing_slip(
    state: web::Data<AppState>,
    staff: Staff<permit::FulfillmentsWork>,
    id: PathId<OrderId>,
    no: PathNo,
    accepted: AcceptLanguage,
) -> Result<HttpResponse, Problem> {
    let slip = slip(&state, &staff.actor(), id.0, no.0).await?;
    let locale = state.translations.locale(accepted.0.as_ref());
    let mut answer = HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page(&slip, locale));
    if let Some(policy) = &*POLICY {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    said_in(answer.headers_mut(), locale);
    Ok(answer)
}

fn page(slip: &PackingSlip, locale: Locale) -> String {
    let say = |name: &'static str| escape(&locale.say(&Text::new(name)));
    let part = |name: &'static str, html: String| match html.as_str() {
        "" => String::new(),
        _ => format!("<section>\n<h2>{}</h2>\n{html}</section>\n", say(name)),
    };
    let sent_by = slip.carrier.as_ref().map(|carrier| format!("<p>{}</p>\n", escape(carrier)));
    let parcels: String = slip.parcels.iter().map(parcel).collect();
    let collect = slip.collect.as_ref().map(|amount| format!("<p class=\"collect\">{}</p>\n", amount.text()));
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{reference}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<header>\n<p>{store}</p>\n<h1>{title} <span>{reference}</span></h1>\n</header>\n\
         {ship_to}{collect}<table>\n<thead><tr><th>{units}</th><th>{sku}</th><th>{item}</th><th>{packed}</th></tr></thead>\n\
         <tbody>\n{lines}</tbody>\n</table>\n{sent}</body>\n</html>\n",
        tag = locale.tag().unwrap_or_default(),
        reference = escape(&slip.reference),
        store = escape(&slip.store_name),
        title = say("slip-title"),
        ship_to = part("slip-ship-to", slip.ship_to.as_ref().map(recipient).unwrap_or_default()),
        collect = part("slip-collect", collect.unwrap_or_default()),
        units = say("slip-units"),
        sku = say("slip-sku"),
        item = say("slip-item"),
        packed = say("slip-packed"),
        lines = slip.lines.iter().map(line).collect::<String>(),
        sent = part("slip-sent-by", sent_by.unwrap_or_default() + &parcels),
    )
}

/// With a box to be ticked.
fn line(line: &SlipLine) -> String {
    let (sku, title) = (escape(&line.sku), escape(&line.title));
    format!("<tr><td>{}</td><td>{sku}</td><td>{title}</td><td class=\"box\"></td></tr>\n", line.units)
}

fn parcel(parcel: &ParcelBody) -> String {
    let told = [&parcel.tracking_number, &parcel.tracking_url];
    let told: Vec<String> = told.into_iter().flatten().map(|text| escape(text)).collect();
    format!("<p>{}</p>\n", told.join("<br>"))
}

/// As it stands on a letter, from the name to the country.
fn recipient(contact: &ContactBody) -> String {
    let AddressBody { line1, line2, city, region, postal_code, country } =
        contact.address.clone().unwrap_or_default();
    let town: Vec<String> = [postal_code, city].into_iter().flatten().collect();
    let town = Some(town.join(" ")).filter(|town| !town.is_empty());
    let lines = [contact.name.clone(), line1, line2, town, region, country, contact.phone.clone()];
    let lines: Vec<String> = lines.iter().flatten().map(|line| escape(line)).collect();
    format!("<address>{}</address>\n", lines.join("<br>\n"))
}
