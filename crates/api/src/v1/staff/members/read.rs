//! `GET /v1/staff/members/{id}`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::id::MemberId;

use super::answer::{MemberBody, answer, visible};
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::as_of::{AsOfQuery, as_of};

/// Read a member
///
/// One whose stores are all within yours.
#[utoipa::path(get, path = "/v1/staff/members/{id}", operation_id = "get_member", tag = "staff-members",
    params(("id" = String, Path, description = "Id of the member", example = json!(examples::MEMBER)), AsOfQuery),
    responses((status = 200, description = "The member", body = MemberBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_member(
    state: web::Data<AppState>,
    staff: Staff<permit::MembersRead>,
    id: PathId<MemberId>,
    query: Query<AsOfQuery>,
) -> Result<HttpResponse, Problem> {
    let member = visible(&state, &staff.actor(), id.0).await?;
    let member = as_of(&state, &staff.actor(), member, query.0.as_of).await?;
    Ok(answer(&state, &member.into(), StatusCode::OK))
}
