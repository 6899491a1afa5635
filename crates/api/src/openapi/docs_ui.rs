//! Swagger UI at `/docs/`, from files inside the binary, under a content security policy of its own. What the page does
//! besides (logging in, a key for each request, dark mode) stands in the folder `docs_ui`.

use std::io::Read as _;
use std::sync::{Arc, LazyLock};

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::read::GzDecoder;
use utoipa_swagger_ui::Config;

use crate::caching::{Asset, Cacheable};
use crate::problem::{Code, Problem};
use crate::routes::{Endpoint, Routes};
use crate::state::AppState;

/// Swagger UI sets styles inline and draws with data: images; nothing else is let through, and nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const INDEX: &str = include_str!("docs_ui/index.html");
/// What the page reads of where it runs: whether there are accounts to log in with that everybody knows.
const IS_DEMO: &str = "data-demo=\"false\"";

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let vendored = [
        ("/docs/swagger-ui.css", CSS),
        ("/docs/swagger-ui-bundle.js", JAVASCRIPT),
        ("/docs/favicon-32x32.png", "image/png"),
    ];
    let vendored = vendored.into_iter().filter_map(|(path, media_type)| {
        let file = vendored_file(path.trim_start_matches("/docs/"));
        let file = file.inspect_err(|error| tracing::error!(path, error, "Swagger UI is not whole: {error}"));
        Some(Asset::new(path, media_type, file.ok()?))
    });
    let own = [
        Asset::new("/docs/docs.css", CSS, include_str!("docs_ui/docs.css")),
        Asset::new("/docs/docs.js", JAVASCRIPT, include_str!("docs_ui/docs.js")),
    ];
    vendored.chain(own).collect()
});

/// The pages of the UI.
pub fn routes() -> Routes {
    Routes::new().with(Endpoint::page("/docs", to_folder)).with(Endpoint::page("/docs/{file:.*}", serve))
}

async fn to_folder() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

async fn serve(request: HttpRequest, state: web::Data<AppState>) -> Result<HttpResponse, Problem> {
    if request.path() == "/docs/" {
        return Ok(index(&request, state.settings.has_demo_data));
    }
    let asset = ASSETS.iter().find(|asset| asset.path() == request.path());
    Ok(asset.ok_or_else(|| Problem::new(Code::NotFound))?.answer(&request))
}

fn index(request: &HttpRequest, has_demo_data: bool) -> HttpResponse {
    let page = if has_demo_data { INDEX.replace(IS_DEMO, "data-demo=\"true\"") } else { INDEX.to_owned() };
    let page = ASSETS.iter().fold(page, |page, asset| page.replace(asset.path(), &asset.address()));
    let mut answer = Cacheable::new("text/html; charset=utf-8", page).answer(request, "no-cache");
    let policy = header::HeaderValue::from_static(POLICY);
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    answer
}

/// A file of the UI as it was before it was packed.
fn vendored_file(name: &str) -> Result<Bytes, String> {
    let file =
        utoipa_swagger_ui::serve(name, Arc::new(Config::default())).map_err(|error| error.to_string())?;
    let file = file.ok_or_else(|| format!("there is no {name}"))?;
    if !file.gzpipped {
        return Ok(file.bytes.into_owned().into());
    }
    let mut unpacked = Vec::new();
    GzDecoder::new(&*file.bytes).read_to_end(&mut unpacked).map_err(|error| error.to_string())?;
    Ok(unpacked.into())
}
