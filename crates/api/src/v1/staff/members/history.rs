//! `GET /v1/staff/members/{id}/history`

use actix_web::web;
use ordervault_domain::id::MemberId;

use super::answer::visible;
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::{self, HistoryEntry};
use crate::v1::paging::{ListOf, PageQuery};

/// Read what happened to a member
///
/// Oldest first: who did what, by which request, and every changed field with its value before and after. Passwords are in no
/// history.
#[utoipa::path(get, path = "/v1/staff/members/{id}/history", operation_id = "get_member_history", tag = "staff-members",
    params(("id" = String, Path, description = "Id of the member", example = json!(examples::MEMBER)), PageQuery),
    responses((status = 200, description = "A page of the member's history", body = ListOf<HistoryEntry>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_member_history(
    state: web::Data<AppState>,
    staff: Staff<permit::MembersRead>,
    _: Staff<permit::HistoryRead>,
    id: PathId<MemberId>,
    query: Query<PageQuery>,
) -> Result<web::Json<ListOf<HistoryEntry>>, Problem> {
    let member = visible(&state, &staff.actor(), id.0).await?;
    history::show(&state, &staff.actor(), &member, &query.0).await
}
