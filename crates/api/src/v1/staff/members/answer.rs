//! A member in answers, and what requests about members have in common.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use ordervault_domain::access::{Actor, Role, StoreScope};
use ordervault_domain::aggregate::Change;
use ordervault_domain::id::{MemberId, StoreId};
use ordervault_domain::member::{Member, MemberCommand, MemberEvent};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{Effect, Operation, SessionOperation, ThrottleOperation};
use serde::Serialize;
use utoipa::ToSchema;

use crate::names;
use crate::openapi::examples;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions, Written};
use crate::v1::fields::Fields;
use crate::v1::resource::{Resource, Told};

/// A member of the staff.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(crate) struct MemberBody {
    /// The id.
    #[schema(example = json!(examples::MEMBER))]
    id: String,
    /// Rises by one with every change; the ETag.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// The person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "林宜蓁 Lin Yi-Chen")]
    name: Option<String>,
    /// The e-mail address to log in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(examples::OWNER_EMAIL))]
    email: Option<String>,
    /// What they are in the shop: `owner`, `manager`, `reviewer`, `clerk`, `warehouse`, `finance`, `auditor`. A later
    /// version may send others.
    #[schema(value_type = Vec<names::Role>, example = json!(["owner"]))]
    roles: Vec<&'static str>,
    /// Do they look after all stores, also those to come?
    #[schema(example = true)]
    all_stores: bool,
    /// The stores that they look after, if not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!([examples::STORE]))]
    store_ids: Option<Vec<String>>,
    /// May they log in?
    #[schema(example = true)]
    active: bool,
    /// Was their password set by somebody else? Then they change it first; nothing else is open to them.
    #[schema(example = false)]
    must_change_password: bool,
    /// When they came.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    created_at: Timestamp,
    /// When they were last written.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    updated_at: Timestamp,
}

impl From<&Member> for MemberBody {
    fn from(member: &Member) -> Self {
        let store_ids = match &member.stores {
            StoreScope::All => None,
            StoreScope::Only(ids) => Some(ids.iter().map(ToString::to_string).collect()),
        };
        Self {
            id: member.id.to_string(),
            version: member.version,
            name: member.contact.name.clone(),
            email: member.contact.email.as_ref().map(|email| email.as_str().to_owned()),
            roles: member.roles.iter().map(Into::into).collect(),
            all_stores: store_ids.is_none(),
            store_ids,
            active: member.active,
            must_change_password: member.must_change_password,
            created_at: member.created_at,
            updated_at: member.updated_at,
        }
    }
}

impl Resource for Member {
    fn of(done: Effect) -> Option<Arc<Self>> {
        match done {
            Effect::Member(member) => Some(member),
            _ => None,
        }
    }

    fn is_visible(&self, actor: &Actor) -> bool {
        actor.stores().includes(&self.stores)
    }

    /// The stores as `store_ids`: a list, or the word `all`.
    fn shown(change: Change) -> Option<Change> {
        let listed = |stores: serde_json::Value| stores.get("only").cloned().unwrap_or(stores);
        Some(match change.field {
            "stores" => {
                Change { field: "store_ids", before: listed(change.before), after: listed(change.after) }
            }
            _ => change,
        })
    }

    fn told(event: &MemberEvent) -> Told {
        match event {
            MemberEvent::Created { .. }
            | MemberEvent::Edited { .. }
            | MemberEvent::Activated {}
            | MemberEvent::Deactivated {}
            | MemberEvent::PasswordChanged {}
            | MemberEvent::PasswordReset {} => Told::default(),
        }
    }
}

/// The member, if they exist and all their stores are in the actor's scope.
pub(super) async fn visible(state: &AppState, actor: &Actor, id: MemberId) -> Result<Member, Problem> {
    let mut conn = reader(state).await?;
    let member = ordervault_persistence::read::member(&mut conn, id).await.map_err(failed)?;
    let member = member.filter(|member| member.is_visible(actor));
    member.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Reads which stores somebody shall look after: all, or those listed. `None`: nothing is said about it.
pub(super) async fn store_scope(
    caller: &Caller<'_>,
    fields: &mut Fields,
    all_stores: Option<bool>,
    store_ids: Option<&Vec<String>>,
) -> Result<Option<StoreScope>, Problem> {
    let ids = match (all_stores, store_ids) {
        (None, None) => return Ok(None),
        (Some(true), None) => return Ok(Some(StoreScope::All)),
        (Some(true), Some(_)) => {
            fields.fault("/store_ids", "contradiction");
            return Ok(None);
        }
        (Some(false), None) => {
            fields.fault("/store_ids", "missing");
            return Ok(None);
        }
        (_, Some(ids)) => ids,
    };
    let mut conn = reader(caller.state).await?;
    let stores = ordervault_persistence::read::stores(&mut conn, &caller.actor.stores()).await;
    let known: BTreeSet<StoreId> = stores.map_err(failed)?.into_iter().map(|store| store.id).collect();
    let mut chosen = BTreeSet::new();
    for (position, text) in ids.iter().enumerate() {
        match text.parse().ok().filter(|id| known.contains(id)) {
            Some(id) => _ = chosen.insert(id),
            None => fields.fault(format!("/store_ids/{position}"), "unknown-store"),
        }
    }
    Ok(Some(StoreScope::Only(chosen)))
}

pub(super) fn roles(roles: &[Role]) -> BTreeSet<Role> {
    roles.iter().copied().collect()
}

/// Carries out a command on a member and answers with what became of it.
pub(super) async fn carry_out(
    caller: &Caller<'_>,
    id: MemberId,
    conditions: Conditions,
    name: &str,
    body: &impl Serialize,
    command: MemberCommand,
) -> Result<HttpResponse, Problem> {
    carry_out_with(caller, id, conditions, name, body, command, None).await
}

/// The same, with the hash of a new password.
pub(super) async fn carry_out_with(
    caller: &Caller<'_>,
    id: MemberId,
    conditions: Conditions,
    name: &str,
    body: &impl Serialize,
    command: MemberCommand,
    password_hash: Option<String>,
) -> Result<HttpResponse, Problem> {
    let because = match command {
        MemberCommand::Deactivate => Some("deactivated"),
        MemberCommand::ResetPassword => Some("password_reset"),
        MemberCommand::Create(_)
        | MemberCommand::Edit(_)
        | MemberCommand::Activate
        | MemberCommand::ChangePassword => None,
    };
    let end_all = |because| SessionOperation::EndAll { principal_id: id.get(), but: None, because };
    let expected_version = conditions.version.expected_version();
    let unlock = matches!(command, MemberCommand::ResetPassword)
        .then(|| Operation::Throttle(ThrottleOperation::unlock(id.get())));
    let mut operations = vec![Operation::Member { id: Some(id), expected_version, command, password_hash }];
    operations.extend(unlock);
    operations.extend(because.map(end_all).map(Operation::Session));
    let changed = caller.change(conditions.key, &format!("{name} {id}"), body, operations).await?;
    Ok(answer(caller.state, &changed, StatusCode::OK))
}

pub(super) fn answer(state: &AppState, changed: &Written<Member>, status: StatusCode) -> HttpResponse {
    let body = MemberBody::from(changed.resource.as_ref());
    changed.answer(state, status, &format!("/v1/staff/members/{}", body.id), &body)
}
