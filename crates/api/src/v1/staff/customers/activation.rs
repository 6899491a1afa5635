//! `POST /v1/staff/customers/{id}/activate`, `…/deactivate` and `…/undelete`

use actix_web::{HttpResponse, web};
use ordervault_domain::customer::{CustomerCommand, DeactivationReason};
use ordervault_domain::id::CustomerId;
use ordervault_domain::order::MAX_COMMENT_CODE_POINTS;
use ordervault_persistence::writer::{MailKind, Operation, SessionOperation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{StaffCustomerBody, answer, of_all_stores, visible};
use crate::extract::{Content, OptionalIdempotencyKey, OptionalIfMatch, PathId, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, faults_in};
use crate::v1::me::deletion::news;

/// Why a customer shall not log in any more.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeactivateCustomer {
    /// `abuse`, `fraud`, `stolen`, `duplicate`, `customer` or `other`.
    #[schema(value_type = String, example = "stolen")]
    reason: DeactivationReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        max_length = 1000,
        example = "called to say that somebody else has the password"
    )]
    comment: Option<String>,
}

impl Content for DeactivateCustomer {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        })
    }
}

/// Let a customer log in again
///
/// Takes a deactivation back. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/staff/customers/{id}/activate", operation_id = "activate_customer", tag = "staff-customers",
    params(("id" = String, Path, description = "Id of the customer", example = json!(examples::CUSTOMER_TO_SWITCH)),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The customer as they are now", body = StaffCustomerBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn activate_customer(
    state: web::Data<AppState>,
    staff: Staff<permit::customer::Activate>,
    id: PathId<CustomerId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let conditions = Conditions { version, key };
    carry_out(&caller, id.0, conditions, "activate_customer", &(), CustomerCommand::Activate).await
}

/// Deactivate a customer
///
/// They are logged out everywhere and may not log in any more; their orders go on. `…/activate` takes it back. An account is
/// good in all stores, so it takes a member who looks after all of them. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/staff/customers/{id}/deactivate", operation_id = "deactivate_customer",
    tag = "staff-customers",
    params(("id" = String, Path, description = "Id of the customer", example = json!(examples::CUSTOMER_TO_SWITCH)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = DeactivateCustomer,
    responses((status = 200, description = "The customer as they are now", body = StaffCustomerBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn deactivate_customer(
    state: web::Data<AppState>,
    staff: Staff<permit::customer::Deactivate>,
    id: PathId<CustomerId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<DeactivateCustomer>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let comment = fields.lines_option("/comment", body.0.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
    let command = CustomerCommand::Deactivate { reason: body.0.reason, comment: fields.finish(comment)? };
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(&caller, id.0, Conditions { version, key }, "deactivate_customer", &body.0, command).await
}

/// Keep a customer's account
///
/// Takes back that it shall be deleted, for somebody who did not ask for that or cannot log in any more; until it is erased. They are
/// written to, where mail is configured. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/staff/customers/{id}/undelete", operation_id = "undelete_customer", tag = "staff-customers",
    params(("id" = String, Path, description = "Id of the customer", example = json!(examples::CUSTOMER_TO_SWITCH)),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The customer as they are now", body = StaffCustomerBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn undelete_customer(
    state: web::Data<AppState>,
    staff: Staff<permit::customer::TakeBackDeletion>,
    id: PathId<CustomerId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let conditions = Conditions { version, key };
    carry_out(&caller, id.0, conditions, "undelete_customer", &(), CustomerCommand::TakeBackDeletion).await
}

async fn carry_out(
    caller: &Caller<'_>,
    id: CustomerId,
    conditions: Conditions,
    name: &str,
    body: &impl Serialize,
    command: CustomerCommand,
) -> Result<HttpResponse, Problem> {
    of_all_stores(caller.state, &caller.actor, id).await?;
    let ends = matches!(command, CustomerCommand::Deactivate { .. });
    let news = match command {
        CustomerCommand::TakeBackDeletion => {
            let account = visible(caller.state, &caller.actor, id).await?;
            news(caller.state, &account, MailKind::AccountDeletionTakenBack)
        }
        _ => None,
    };
    let end_all = SessionOperation::EndAll { principal_id: id.get(), but: None, because: "deactivated" };
    let expected_version = conditions.version.expected_version();
    let mut operations =
        vec![Operation::Customer { id: Some(id), expected_version, command, password_hash: None }];
    operations.extend(ends.then_some(Operation::Session(end_all)));
    operations.extend(news);
    let changed = caller.change(conditions.key, &format!("{name} {id}"), body, operations).await?;
    caller.state.mail_waker.wake();
    Ok(answer(caller.state, &caller.actor, &changed))
}
