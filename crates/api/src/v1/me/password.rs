//! `POST /v1/me/password`

use actix_web::{HttpResponse, web};
use ordervault_domain::customer::CustomerCommand;
use ordervault_persistence::writer::Operation;

use super::answer::{account, own};
use crate::extract::Valid;
use crate::middleware::request_id::RequestId;
use crate::principals::Customer;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::own_password::{ChangePassword, change_own_password};

/// Change your password
///
/// Your other sessions are ended.
#[utoipa::path(post, path = "/v1/me/password", operation_id = "change_password", tag = "auth",
    request_body = ChangePassword,
    responses((status = 204, description = "Changed")),
    security(("customer_bearer" = [])))]
pub(crate) async fn change_password(
    state: web::Data<AppState>,
    customer: Customer,
    request_id: RequestId,
    body: Valid<ChangePassword>,
) -> Result<HttpResponse, Problem> {
    let account = account(&state, &customer).await?;
    let command = |password_hash| Operation::Customer {
        id: Some(customer.id),
        expected_version: None,
        command: CustomerCommand::ChangePassword,
        password_hash: Some(password_hash),
    };
    change_own_password(&state, own(&customer, &account), &request_id, &body.0, command).await
}
