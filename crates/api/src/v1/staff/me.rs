//! A member's own account.

use actix_web::{HttpResponse, web};
use ordervault_domain::access::{StoreScope, permissions_of};
use ordervault_domain::member::{Member, MemberCommand};
use ordervault_persistence::writer::Operation;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Realm;
use crate::extract::Valid;
use crate::middleware::request_id::RequestId;
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::v1::own_password::{ChangePassword, OwnAccount, change_own_password};

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(get_staff_me)).with(endpoint!(change_staff_password))
}

/// Who you are here, and what you may do.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffMe {
    /// Your id.
    #[schema(example = json!(examples::MEMBER))]
    id: String,
    /// Your name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "林宜蓁 Lin Yi-Chen")]
    name: Option<String>,
    /// Your e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(examples::OWNER_EMAIL))]
    email: Option<String>,
    /// Your roles.
    #[schema(value_type = Vec<names::Role>, example = json!(["owner"]))]
    roles: Vec<&'static str>,
    /// What your roles allow together.
    #[schema(value_type = Vec<names::Permission>, example = json!(["orders:read", "orders:confirm"]))]
    permissions: Vec<&'static str>,
    /// Are all stores in your scope, also those to come?
    #[schema(example = true)]
    all_stores: bool,
    /// The stores in your scope, if not all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!([examples::STORE]))]
    store_ids: Option<Vec<String>>,
    /// Did somebody else set your password? Then change it first; nothing else is open.
    #[schema(example = false)]
    must_change_password: bool,
}

impl From<&Member> for StaffMe {
    fn from(member: &Member) -> Self {
        let store_ids = match &member.stores {
            StoreScope::All => None,
            StoreScope::Only(ids) => Some(ids.iter().map(ToString::to_string).collect()),
        };
        Self {
            id: member.id.to_string(),
            name: member.contact.name.clone(),
            email: member.contact.email.as_ref().map(|email| email.as_str().to_owned()),
            roles: member.roles.iter().map(|role| role.into()).collect(),
            permissions: permissions_of(&member.roles).iter().map(|permission| permission.into()).collect(),
            all_stores: store_ids.is_none(),
            store_ids,
            must_change_password: member.must_change_password,
        }
    }
}

/// Read your staff account
///
/// Roles, permissions and stores, as they are at this moment.
#[utoipa::path(get, path = "/v1/staff/me", operation_id = "get_staff_me", tag = "staff-auth",
    responses((status = 200, description = "Your account", body = StaffMe)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_staff_me(staff: Staff<permit::OwnAccount>) -> web::Json<StaffMe> {
    web::Json(StaffMe::from(&*staff.member))
}

/// Change your staff password
///
/// Your other sessions are ended.
#[utoipa::path(post, path = "/v1/staff/me/password", operation_id = "change_staff_password", tag = "staff-auth",
    request_body(content = ChangePassword,
        example = json!({"current_password": examples::STAFF_PASSWORD, "new_password": examples::STAFF_PASSWORD})),
    responses((status = 204, description = "Changed")),
    security(("staff_bearer" = [])))]
pub(crate) async fn change_staff_password(
    state: web::Data<AppState>,
    staff: Staff<permit::OwnAccount>,
    request_id: RequestId,
    body: Valid<ChangePassword>,
) -> Result<HttpResponse, Problem> {
    let own = OwnAccount {
        realm: Realm::Staff,
        principal_id: staff.member.id.get(),
        submitter: staff.submitter(),
        session: staff.session,
        contact: &staff.member.contact,
        must_change_password: staff.member.must_change_password,
    };
    let command = |password_hash| Operation::Member {
        id: Some(staff.member.id),
        expected_version: None,
        command: MemberCommand::ChangePassword,
        password_hash: Some(password_hash),
    };
    change_own_password(&state, own, &request_id, &body.0, command).await
}
