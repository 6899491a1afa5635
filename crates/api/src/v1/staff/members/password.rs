//! `POST /v1/staff/members/{id}/reset-password`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::MemberId;
use ordervault_domain::member::MemberCommand;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{MemberBody, carry_out_with, visible};
use crate::auth::{Lane, Realm};
use crate::extract::{Content, OptionalIdempotencyKey, OptionalIfMatch, PathId, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, faults_in, personal};

/// A password that somebody else chose.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetPassword {
    /// What they log in with next, and then have to change: 15 to 128 code points, not a well-known one.
    #[validate(length(max = 1024))]
    #[schema(min_length = 15, max_length = 128, example = json!(examples::STAFF_PASSWORD), format = Password)]
    new_password: String,
}

impl Content for ResetPassword {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.password("/new_password", Realm::Staff, &self.new_password, &[]);
        })
    }
}

/// Reset a member's password
///
/// For somebody who forgot theirs: they are logged out everywhere, log in with the password that you tell them, and choose
/// their own before anything else. Your own password you change with `POST /v1/staff/me/password`.
#[utoipa::path(post, path = "/v1/staff/members/{id}/reset-password", operation_id = "reset_member_password",
    tag = "staff-members",
    params(("id" = String, Path, description = "Id of the member", example = json!(examples::MEMBER_WITHOUT_PASSWORD)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = ResetPassword,
    responses((status = 200, description = "The member as they are now", body = MemberBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn reset_member_password(
    state: web::Data<AppState>,
    staff: Staff<permit::member::ResetPassword>,
    id: PathId<MemberId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<ResetPassword>,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let member = visible(&state, &caller.actor, id.0).await?;
    let mut fields = Fields::default();
    let password =
        fields.password("/new_password", Realm::Staff, &body.0.new_password, &personal(&member.contact));
    let password = fields.finish(password)?.ok_or_else(|| Problem::internal("a password was lost"))?;
    let password_hash = Some(state.passwords.hash(Lane::Staff, password).await?);
    let conditions = Conditions { version, key };
    let command = MemberCommand::ResetPassword;
    // The key stands for the operation without the password: nothing from which it could be guessed is kept beside its hash.
    carry_out_with(&caller, id.0, conditions, "reset_member_password", &(), command, password_hash).await
}
