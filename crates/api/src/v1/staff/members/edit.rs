//! `PATCH /v1/staff/members/{id}`

use actix_web::{HttpResponse, web};
use ordervault_domain::access::Role;
use ordervault_domain::contact::{Contact, Email};
use ordervault_domain::id::MemberId;
use ordervault_domain::member::{Member, MemberCommand, MemberEdit};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{MemberBody, carry_out, roles, store_scope, visible};
use crate::extract::{Content, IfMatch, PathId, Valid, present_value};
use crate::middleware::request_id::RequestId;
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, MAX_NAME_CODE_POINTS, faults_in};

/// What shall change (RFC 7396); what is left out stays. Of `all_stores: true` and `store_ids`, give one.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "陳志明 Chen Chih-Ming", "roles": ["clerk", "reviewer"]}))]
pub(crate) struct EditMember {
    /// The e-mail address to log in with.
    #[serde(default, deserialize_with = "present_value")]
    #[schema(
        nullable = false,
        min_length = 3,
        max_length = 254,
        format = "email",
        example = "ana@example.com"
    )]
    email: Option<String>,
    /// The person's name.
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "Ana Souza")]
    name: Option<String>,
    /// All roles that they shall have.
    #[serde(default, deserialize_with = "present_value")]
    #[validate(length(min = 1, max = 20))]
    #[schema(nullable = false, value_type = Option<Vec<names::KnownRole>>, min_items = 1, max_items = 20, example = json!(["clerk"]))]
    roles: Option<Vec<Role>>,
    /// Shall they look after all stores, also those to come?
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, example = true)]
    all_stores: Option<bool>,
    /// All stores that they shall look after.
    #[serde(default, deserialize_with = "present_value")]
    #[validate(length(min = 1, max = 1000))]
    #[schema(nullable = false, min_items = 1, max_items = 1000, example = json!([examples::STORE]))]
    store_ids: Option<Vec<String>>,
}

impl Content for EditMember {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            self.name_and_email(fields);
        })
    }
}

impl EditMember {
    /// The new name and address beside whatever else is known of the member.
    fn name_and_email(&self, fields: &mut Fields) -> (Option<String>, Option<Email>) {
        let name = fields.line_option("/name", self.name.as_ref(), MAX_NAME_CODE_POINTS);
        (name, fields.reach("/email", self.email.as_ref()))
    }

    fn contact(&self, fields: &mut Fields, member: &Member) -> Contact {
        let (name, email) = self.name_and_email(fields);
        let known = member.contact.clone();
        Contact { name: name.or(known.name), email: email.or(known.email), ..known }
    }
}

/// Change a member
///
/// Name, address, roles or stores. Send the ETag that you have seen as `If-Match`. Nobody grants or takes away rights beyond
/// their own, and the last owner stays one.
#[utoipa::path(patch, path = "/v1/staff/members/{id}", operation_id = "edit_member", tag = "staff-members",
    params(("id" = String, Path, description = "Id of the member", example = json!(examples::MEMBER_TO_EDIT)),
        IfMatch),
    request_body = EditMember,
    responses((status = 200, description = "The member as they are now", body = MemberBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn edit_member(
    state: web::Data<AppState>,
    staff: Staff<permit::member::Edit>,
    id: PathId<MemberId>,
    request_id: RequestId,
    version: IfMatch,
    body: Valid<EditMember>,
) -> Result<HttpResponse, Problem> {
    let body = body.0;
    let caller = Caller::staff(&state, &staff, &request_id);
    let member = visible(&state, &caller.actor, id.0).await?;
    let mut fields = Fields::default();
    let edit = MemberEdit {
        contact: Some(body.contact(&mut fields, &member)),
        roles: body.roles.as_deref().map(roles),
        stores: store_scope(&caller, &mut fields, body.all_stores, body.store_ids.as_ref()).await?,
    };
    let command = MemberCommand::Edit(fields.finish(edit)?);
    // The contact is written whole, so even "any version" means the one that it was made from.
    let seen = IfMatch::Version(version.expected_version().unwrap_or(member.version));
    carry_out(&caller, id.0, Conditions::version(seen), "edit_member", &(), command).await
}
