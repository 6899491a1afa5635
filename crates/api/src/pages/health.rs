//! `/livez`, `/readyz`, `/version`.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Code, FieldError, Problem};
use crate::state::AppState;

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
        return vec![FieldError::new("server", "stopping").detail("the server is stopping")];
    }
    let mut failures = Vec::new();
    for check in &state.ready_checks {
        if let Err(why) = check.run().await {
            failures.push(FieldError::new(check.name, "failed").detail(why));
        }
    }
    failures
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
