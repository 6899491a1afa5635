//! Swagger UI at `/docs/`, from files inside the binary, under a content security policy of its own.

use std::io::Read as _;
use std::sync::Arc;

use actix_web::http::header::{self, ContentEncoding, Encoding, Header as _};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::read::GzDecoder;
use utoipa_swagger_ui::Config;

use crate::problem::{Code, Problem};
use crate::routes::{Endpoint, Routes};

/// Swagger UI sets styles inline and draws with data: images; nothing else is let through, and nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The pages of the UI.
pub fn routes() -> Routes {
    Routes::new().with(Endpoint::page("/docs", to_folder)).with(Endpoint::page("/docs/{file:.*}", serve))
}

/// The settings of the UI.
pub fn config() -> Config<'static> {
    Config::from("/openapi.json")
        .use_base_layout()
        .persist_authorization(true)
        .try_it_out_enabled(true)
        .filter(true)
        .deep_linking(true)
        .display_request_duration(true)
        .display_operation_id(true)
        .doc_expansion("list")
        .default_models_expand_depth(-1)
        .request_snippets_enabled(true)
        .validator_url("none")
}

async fn to_folder() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

async fn serve(request: HttpRequest, config: web::Data<Config<'static>>) -> Result<HttpResponse, Problem> {
    let file = request.match_info().get("file").unwrap_or_default();
    let config: Arc<Config<'static>> = config.into_inner();
    let file = utoipa_swagger_ui::serve(file, config)
        .map_err(Problem::internal)?
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(file.content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    if !file.gzpipped {
        return Ok(answer.body(file.bytes.into_owned()));
    }
    // The program carries them packed, which is a third.
    answer.insert_header((header::VARY, "accept-encoding"));
    if takes_gzip(&request) {
        return Ok(answer.insert_header(ContentEncoding::Gzip).body(file.bytes.into_owned()));
    }
    let mut unpacked = Vec::new();
    GzDecoder::new(&*file.bytes).read_to_end(&mut unpacked).map_err(Problem::internal)?;
    Ok(answer.body(unpacked))
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let accepted = header::AcceptEncoding::parse(request).ok();
    let chosen = accepted.and_then(|accepted| accepted.negotiate([Encoding::gzip()].iter()));
    chosen == Some(Encoding::gzip())
}
