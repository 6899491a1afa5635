//! `GET /v1/me/sessions` and `POST /v1/me/sessions/{id}/end`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::SessionId;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::{Session, read};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Realm;
use crate::extract::PathId;
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::Customer;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::v1::login;

/// A login that is open.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionBody {
    /// The id.
    #[schema(example = json!(examples::SESSION))]
    id: String,
    /// Is it the one by which you ask?
    #[schema(example = true)]
    current: bool,
    /// When the login was.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    created_at: Timestamp,
    /// When it was last gone on with: the latest pair of tokens is from then.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T09:10:00.000Z")]
    refreshed_at: Timestamp,
    /// When it ends by itself, if it is not gone on with.
    #[schema(value_type = String, format = DateTime, example = "2026-01-19T09:10:00.000Z")]
    expires_at: Timestamp,
}

impl SessionBody {
    fn of(session: &Session, current: SessionId) -> Self {
        Self {
            id: session.id.to_string(),
            current: session.id == current,
            created_at: session.created_at,
            refreshed_at: session.rotated_at,
            expires_at: session.idle_until,
        }
    }
}

/// Logins that are open, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Sessions)]
pub(crate) struct SessionsBody {
    /// All of them; there are few.
    items: Vec<SessionBody>,
}

/// List your sessions
///
/// Where you are logged in: each login is a session until you log out, end it here, or do not use it for long.
#[utoipa::path(get, path = "/v1/me/sessions", operation_id = "list_sessions", tag = "auth",
    responses((status = 200, description = "Your open sessions, the newest first", body = SessionsBody)),
    security(("customer_bearer" = [])))]
pub(crate) async fn list_sessions(
    state: web::Data<AppState>,
    customer: Customer,
) -> Result<web::Json<SessionsBody>, Problem> {
    let mut conn = reader(&state).await?;
    let open = read::open_sessions(&mut conn, customer.id.get(), state.now()).await.map_err(failed)?;
    let items = open.iter().map(|session| SessionBody::of(session, customer.session)).collect();
    Ok(web::Json(SessionsBody { items }))
}

/// End one of your sessions
///
/// Its tokens open nothing any more. Doing it twice is no error; ending the one by which you ask is logging out.
#[utoipa::path(post, path = "/v1/me/sessions/{id}/end", operation_id = "end_session", tag = "auth",
    params(("id" = String, Path, description = "Id of the session", example = json!(examples::SESSION))),
    responses((status = 204, description = "Ended")),
    security(("customer_bearer" = [])))]
pub(crate) async fn end_session(
    state: web::Data<AppState>,
    customer: Customer,
    id: PathId<SessionId>,
    request_id: RequestId,
) -> Result<HttpResponse, Problem> {
    let mut conn = reader(&state).await?;
    let session = read::session(&mut conn, id.0).await.map_err(failed)?;
    drop(conn);
    let is_own =
        |session: &Session| session.realm == Realm::Customer && session.principal_id == customer.id.get();
    if !session.is_some_and(|session| is_own(&session)) {
        return Err(Problem::new(Code::NotFound));
    }
    login::end_session(&state, customer.submitter(), &request_id, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
