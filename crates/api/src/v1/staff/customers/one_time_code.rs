//! `POST /v1/staff/customers/{id}/one-time-code`

use actix_web::web;
use ordervault_domain::customer::CustomerCommand;
use ordervault_domain::id::CustomerId;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{Operation, Purpose};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::of_all_stores;
use crate::auth::{OneTimeCodes, lifetime_millis};
use crate::extract::PathId;
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::submit::{not_written, submit};
use crate::throttling::counted;

/// A code to be told to a customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandedOutCode {
    /// What they enter to choose a new password, once. It is shown only here.
    #[schema(example = json!(examples::CODE))]
    code: String,
    /// Until when it is good.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T09:00:00.000Z")]
    expires_at: Timestamp,
}

/// Hand out a one-time code
///
/// For a customer who forgot their password and gets no mail: tell it to them once you know that it is them, and they choose a
/// new password with `POST /v1/auth/password-reset/complete`. It is good once and for half an hour, takes the place of an
/// earlier one, and stands in the history of the account. An account is good in all stores, so it takes a member who looks
/// after all of them.
#[utoipa::path(post, path = "/v1/staff/customers/{id}/one-time-code", operation_id = "hand_out_code", tag = "staff-customers",
    params(("id" = String, Path, description = "Id of the customer", example = json!(examples::CUSTOMER_ON_THE_PHONE))),
    responses((status = 200, description = "The code", body = HandedOutCode)),
    security(("staff_bearer" = [])))]
pub(crate) async fn hand_out_code(
    state: web::Data<AppState>,
    staff: Staff<permit::customer::HandOutCode>,
    id: PathId<CustomerId>,
    request_id: RequestId,
) -> Result<web::Json<HandedOutCode>, Problem> {
    of_all_stores(&state, &staff.actor(), id.0).await?;
    let code = OneTimeCodes::mint(state.sources.bytes());
    let expires_at = state.now().plus_millis(lifetime_millis(Purpose::HandedOut));
    let operations = vec![
        counted(&state.throttles.handing_out(staff.member.id)),
        Operation::on_customer(id.0, CustomerCommand::HandOutCode),
        state.one_time_codes.issue(id.0, Purpose::HandedOut, &code, expires_at),
    ];
    submit(&state, staff.submitter(), &request_id, None, operations)
        .await
        .map_err(|error| not_written(&error))?;
    Ok(web::Json(HandedOutCode { code, expires_at }))
}
