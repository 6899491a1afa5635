//! `POST /v1/staff/members/{id}/activate` and `…/deactivate`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::MemberId;
use ordervault_domain::member::MemberCommand;

use super::answer::{MemberBody, carry_out};
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch, PathId};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};

/// Activate a member
///
/// They may log in again. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/staff/members/{id}/activate", operation_id = "activate_member", tag = "staff-members",
    params(("id" = String, Path, description = "Id of the member", example = json!(examples::MEMBER_TO_SWITCH)),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The member as it is now", body = MemberBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn activate_member(
    state: web::Data<AppState>,
    staff: Staff<permit::member::Activate>,
    id: PathId<MemberId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(&caller, id.0, Conditions { version, key }, "activate_member", &(), MemberCommand::Activate)
        .await
}

/// Deactivate a member
///
/// They are logged out and may not log in any more. Doing it twice is no error. Nobody does it to themselves, and the last
/// owner stays.
#[utoipa::path(post, path = "/v1/staff/members/{id}/deactivate", operation_id = "deactivate_member", tag = "staff-members",
    params(("id" = String, Path, description = "Id of the member", example = json!(examples::MEMBER_TO_SWITCH)),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The member as it is now", body = MemberBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn deactivate_member(
    state: web::Data<AppState>,
    staff: Staff<permit::member::Deactivate>,
    id: PathId<MemberId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(&caller, id.0, Conditions { version, key }, "deactivate_member", &(), MemberCommand::Deactivate)
        .await
}
