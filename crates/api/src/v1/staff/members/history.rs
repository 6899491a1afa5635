//! `GET /v1/staff/members/{id}/history`

use actix_web::web;
use ordervault_domain::id::MemberId;
use ordervault_domain::member::Member;

use super::answer::visible;
use crate::extract::PathId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::{self, HistoryBody};

/// Read what happened to a member
///
/// Oldest first: who did what, by which request, and every changed field with its value before and after. Passwords are in no
/// history.
#[utoipa::path(get, path = "/v1/staff/members/{id}/history", operation_id = "get_member_history", tag = "staff-members",
    params(("id" = String, Path, description = "Id of the member", example = json!(examples::MEMBER))),
    responses((status = 200, description = "The member's history", body = HistoryBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_member_history(
    state: web::Data<AppState>,
    staff: Staff<permit::MembersRead>,
    _: Staff<permit::HistoryRead>,
    id: PathId<MemberId>,
) -> Result<web::Json<HistoryBody>, Problem> {
    let member = visible(&state, &staff.actor(), id.0).await?;
    history::show::<Member>(&state, &staff.actor(), member.id.get()).await
}
