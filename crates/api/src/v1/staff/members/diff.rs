//! `GET /v1/staff/members/{id}/diff`

use actix_web::web;
use ordervault_domain::id::MemberId;

use super::answer::visible;
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::as_of::{self, Between, DiffBody};

/// Compare a member with itself
///
/// Field by field what differs between two moments, each the number of a version or a time.
#[utoipa::path(get, path = "/v1/staff/members/{id}/diff", operation_id = "get_member_diff", tag = "staff-members",
    params(("id" = String, Path, description = "Id of the member", example = json!(examples::MEMBER)), Between),
    responses((status = 200, description = "What differs", body = DiffBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_member_diff(
    state: web::Data<AppState>,
    staff: Staff<permit::MembersRead>,
    _: Staff<permit::HistoryRead>,
    id: PathId<MemberId>,
    query: Query<Between>,
) -> Result<web::Json<DiffBody>, Problem> {
    let member = visible(&state, &staff.actor(), id.0).await?;
    as_of::diff(&state, &staff.actor(), member, query.0).await
}
