//! Staff: log in, stay logged in, log out.

use actix_web::{HttpResponse, web};

use crate::auth::Realm;
use crate::extract::{ClientAddress, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::v1::login::{self, Login, Refresh, Tokens};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(login_staff)).with(endpoint!(refresh_staff)).with(endpoint!(logout_staff))
}

/// Log in as staff
///
/// A wrong password, an unknown address and a deactivated account are told alike. Keep the `device_token` of the answer, and
/// send it with the next login: it tells you from strangers who guess your password.
#[utoipa::path(post, path = "/v1/staff/auth/login", operation_id = "login_staff", tag = "staff-auth",
    request_body(content = Login,
        example = json!({"email": examples::OWNER_EMAIL, "password": examples::STAFF_PASSWORD})),
    responses((status = 200, description = "A pair of tokens", body = Tokens),
        (status = 401, description = "E-mail address or password is wrong", content_type = "application/problem+json",
            body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn login_staff(
    state: web::Data<AppState>,
    address: ClientAddress,
    request_id: RequestId,
    body: Valid<Login>,
) -> Result<web::Json<Tokens>, Problem> {
    login::login(&state, Realm::Staff, address, &request_id, &body.0).await
}

/// Stay logged in as staff
///
/// Each refresh token opens the session once; the answer has the next one. Showing a used one ends the session, except within
/// ten seconds, where it counts as a repeated request.
#[utoipa::path(post, path = "/v1/staff/auth/refresh", operation_id = "refresh_staff", tag = "staff-auth",
    request_body = Refresh,
    responses((status = 200, description = "The next pair of tokens", body = Tokens),
        (status = 401, description = "The session is over", content_type = "application/problem+json",
            body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn refresh_staff(
    state: web::Data<AppState>,
    request_id: RequestId,
    body: Valid<Refresh>,
) -> Result<web::Json<Tokens>, Problem> {
    login::refresh(&state, Realm::Staff, &request_id, &body.0).await
}

/// Log out as staff
///
/// Ends this session; its tokens open nothing any more.
#[utoipa::path(post, path = "/v1/staff/auth/logout", operation_id = "logout_staff", tag = "staff-auth",
    responses((status = 204, description = "Logged out")),
    security(("staff_bearer" = [])))]
pub(crate) async fn logout_staff(
    state: web::Data<AppState>,
    staff: Staff<permit::OwnAccount>,
    request_id: RequestId,
) -> Result<HttpResponse, Problem> {
    login::end_session(&state, staff.submitter(), &request_id, staff.session).await?;
    Ok(HttpResponse::NoContent().finish())
}
