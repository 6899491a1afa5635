//! `/livez`, `/readyz`, `/version`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use ordervault_persistence::clock;
use ordervault_persistence::writer::WriteError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Code, FieldError, FieldErrorBody, Problem};
use crate::state::AppState;
use crate::translations::Locale;
use crate::translations::Text;

/// The process answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Live {
    /// Always `alive`.
    #[schema(example = "alive")]
    status: &'static str,
}

/// Everything needed works.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ready {
    /// Always `ready`; anything else is a problem document.
    #[schema(example = "ready")]
    status: &'static str,
    /// What was checked.
    #[schema(example = json!(["database", "writes"]))]
    checks: Vec<&'static str>,
}

/// Which build this is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Version {
    /// Always `ordervault`.
    #[schema(example = "ordervault")]
    name: &'static str,
    /// The released version.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The source's commit, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "1f0c9d2")]
    commit: Option<&'static str>,
    /// `development` or `production`.
    #[schema(example = "development")]
    mode: &'static str,
}

/// Is the process alive?
///
/// Asks nothing else; restart the process when it does not answer.
#[utoipa::path(get, path = "/livez", operation_id = "get_livez", tag = "system",
    responses((status = 200, description = "Alive", body = Live)))]
pub(crate) async fn livez() -> web::Json<Live> {
    web::Json(Live { status: "alive" })
}

/// Should requests be sent here?
///
/// Runs every check; while stopping the answer is no, so that a proxy turns away in time.
#[utoipa::path(get, path = "/readyz", operation_id = "get_readyz", tag = "system",
    responses(
        (status = 200, description = "Ready", body = Ready),
        (status = 503, description = "Not ready; the errors name the failing checks",
            content_type = "application/problem+json", body = ref("#/components/schemas/Problem"))
    ))]
pub(crate) async fn readyz(state: web::Data<AppState>) -> Result<web::Json<Ready>, Problem> {
    let failures = failures(&state).await;
    if failures.is_empty() {
        let checks = state.ready_checks.iter().map(|check| check.name).collect();
        return Ok(web::Json(Ready { status: "ready", checks }));
    }
    Err(Problem::new(Code::NotReady).errors(failures))
}

/// What is not as it should be; empty when the server is ready.
pub(super) async fn failures(state: &AppState) -> Vec<FieldError> {
    if state.is_draining() {
        return vec![FieldError::new("server", "stopping")];
    }
    let mut failures = Vec::new();
    for check in &state.ready_checks {
        if let Err(why) = check.run().await {
            failures.push(
                FieldError::new(check.name, "failed").detail(Text::new("check-failed").with("why", why)),
            );
        }
    }
    failures
}

/// What only the operator is told, on the listener of the metrics: the same checks, and what is not well although requests are
/// welcome.
#[derive(Debug, Serialize)]
struct Details {
    status: &'static str,
    failures: Vec<FieldErrorBody>,
    /// In words, by what it is about.
    details: BTreeMap<&'static str, String>,
}

/// `GET /readyz` on the listener of the metrics, with the status of that of the API.
pub(crate) async fn ready_details(state: web::Data<AppState>) -> HttpResponse {
    let failures = failures(&state).await;
    let mut details = BTreeMap::new();
    details.extend(clock(&state).await.map(|said| ("clock", said)));
    details.extend(backup(&state).await.map(|said| ("backup", said)));
    let others = state.ready_details.iter();
    details.extend(others.filter_map(|detail| Some((detail.name, detail.tell()?))));
    let failures: Vec<_> = failures.iter().map(|failure| failure.body(Locale::english())).collect();
    match failures.is_empty() {
        true => HttpResponse::Ok().json(Details { status: "ready", failures, details }),
        false => HttpResponse::ServiceUnavailable().json(Details { status: "not-ready", failures, details }),
    }
}

/// Whether the clock is so far behind that nothing is written.
async fn clock(state: &AppState) -> Option<String> {
    let behind = async {
        let mut conn = state.db.read().await?;
        clock::behind(&mut conn, state.now()).await
    };
    let millis = behind.await.ok()??;
    Some(WriteError::ClockBehind { behind_seconds: millis / 1_000 }.to_string())
}

/// The newest backup of a SQLite database and its age.
async fn backup(state: &AppState) -> Option<String> {
    let folder = state.settings.backups.as_ref()?.folder.clone();
    let backups = match web::block(move || folder.list()).await.ok()? {
        Ok(backups) => backups,
        Err(error) => return Some(error.to_string()),
    };
    let Some(newest) = backups.first() else { return Some("there is none".to_owned()) };
    let age_minutes = (state.now().millis() - newest.manifest.made_at.millis()) / 60_000;
    Some(format!("the newest, {}, was made {age_minutes} minutes ago", newest.name()))
}

/// Which version is running?
///
/// Name, version, commit and mode of this server.
#[utoipa::path(get, path = "/version", operation_id = "get_version", tag = "system",
    responses((status = 200, description = "The build", body = Version)))]
pub(crate) async fn version(state: web::Data<AppState>) -> web::Json<Version> {
    web::Json(Version {
        name: "ordervault",
        version: state.build.version,
        commit: state.build.commit,
        mode: state.settings.mode.name(),
    })
}
