//! `POST /v1/staff/members`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::access::Role;
use ordervault_domain::contact::Contact;
use ordervault_domain::member::{MemberCommand, NewMember};
use ordervault_persistence::writer::Operation;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{MemberBody, answer, roles, store_scope};
use crate::auth::{Lane, NewPassword, Realm};
use crate::extract::{Content, OptionalIdempotencyKey, Valid};
use crate::middleware::request_id::RequestId;
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::Caller;
use crate::v1::fields::{Fields, MAX_NAME_CODE_POINTS, faults_in};

/// Somebody new. Say either `all_stores: true` or `store_ids`.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ana@example.com", "name": "Ana Souza", "roles": ["clerk"],
    "store_ids": [examples::STORE], "password": examples::STAFF_PASSWORD}))]
pub(crate) struct CreateMember {
    /// The e-mail address to log in with.
    #[schema(min_length = 3, max_length = 254, format = "email", example = "ana@example.com")]
    email: String,
    /// The person's name.
    #[schema(min_length = 1, max_length = 200, example = "Ana Souza")]
    name: String,
    /// What they are in the shop. Nobody grants rights beyond their own.
    #[validate(length(min = 1, max = 20))]
    #[schema(value_type = Vec<names::KnownRole>, min_items = 1, max_items = 20, example = json!(["clerk"]))]
    roles: Vec<Role>,
    /// Shall they look after all stores, also those to come?
    #[serde(default)]
    #[schema(nullable = false, example = true)]
    all_stores: Option<bool>,
    /// The stores that they shall look after, if not all.
    #[serde(default)]
    #[validate(length(min = 1, max = 1000))]
    #[schema(nullable = false, min_items = 1, max_items = 1000, example = json!([examples::STORE]))]
    store_ids: Option<Vec<String>>,
    /// A first password, which they have to change: 15 to 128 code points, not a well-known one.
    #[validate(length(max = 1024))]
    #[schema(min_length = 15, max_length = 128, example = json!(examples::STAFF_PASSWORD), format = Password)]
    password: String,
}

impl Content for CreateMember {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            self.contact(fields);
            self.new_password(fields);
        })
    }
}

impl CreateMember {
    fn contact(&self, fields: &mut Fields) -> Contact {
        Contact {
            name: Some(fields.line("/name", &self.name, MAX_NAME_CODE_POINTS)),
            email: fields.reach("/email", Some(&self.email)),
            ..Contact::default()
        }
    }

    fn new_password(&self, fields: &mut Fields) -> Option<NewPassword> {
        fields.password("/password", Realm::Staff, &self.password, &[&self.email, &self.name])
    }

    async fn to_domain(&self, caller: &Caller<'_>) -> Result<(NewMember, NewPassword), Problem> {
        let mut fields = Fields::default();
        let contact = self.contact(&mut fields);
        let stores = match (self.all_stores, &self.store_ids) {
            (None, None) => store_scope(caller, &mut fields, Some(false), None).await?,
            (all, ids) => store_scope(caller, &mut fields, all, ids.as_ref()).await?,
        };
        let password = self.new_password(&mut fields);
        let read = fields.finish(stores.zip(password))?;
        let (stores, password) = read.ok_or_else(|| Problem::internal("stores or a password were lost"))?;
        let new = NewMember { contact, roles: roles(&self.roles), stores, must_change_password: true };
        Ok((new, password))
    }
}

/// Create a member
///
/// They log in with the password that you tell them, and choose their own before anything else. Nobody grants roles or stores
/// beyond their own.
#[utoipa::path(post, path = "/v1/staff/members", operation_id = "create_member", tag = "staff-members",
    params(OptionalIdempotencyKey),
    request_body = CreateMember,
    responses((status = 201, description = "The member", body = MemberBody, headers(
        ("ETag" = String, description = "The version in double quotes"),
        ("Location" = String, description = "The path of the member")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn create_member(
    state: web::Data<AppState>,
    staff: Staff<permit::member::Create>,
    request_id: RequestId,
    key: OptionalIdempotencyKey,
    body: Valid<CreateMember>,
) -> Result<HttpResponse, Problem> {
    let body = body.0;
    let caller = Caller::staff(&state, &staff, &request_id);
    let (new, password) = body.to_domain(&caller).await?;
    let password_hash = Some(state.passwords.hash(Lane::Staff, password).await?);
    let command = MemberCommand::Create(new);
    let operation = Operation::Member { id: None, expected_version: None, command, password_hash };
    // Without the password: nothing from which it could be guessed is kept beside its hash.
    let wanted = (&body.email, &body.name, &body.roles, body.all_stores, &body.store_ids);
    let changed = caller.change(key, "create_member", &wanted, vec![operation]).await?;
    Ok(answer(&state, &changed, StatusCode::CREATED))
}
