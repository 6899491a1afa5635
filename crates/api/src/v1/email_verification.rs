//! Customers who show that the address of their account is theirs.

use actix_web::{HttpResponse, web};
use ordervault_domain::customer::CustomerCommand;
use ordervault_persistence::read;
use ordervault_persistence::writer::{MailKind, Operation, Purpose};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::one_time_codes::{ask_for_mail, mail_is_configured, shown};
use crate::extract::{ClientAddress, Content, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::Customer;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(verify_email)).with(endpoint!(request_email_verification))
}

/// A code that was mailed.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifyEmail {
    /// The code of the mail, which is also behind its link.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = json!(examples::CODE))]
    code: String,
}

impl Content for VerifyEmail {}

/// Confirm your e-mail address
///
/// With the code of the mail that went to it. It is good once and for a day.
#[utoipa::path(post, path = "/v1/auth/email-verification", operation_id = "verify_email", tag = "auth",
    request_body = VerifyEmail,
    responses((status = 204, description = "The address is confirmed"),
        (status = 410, description = "The code is not good", content_type = "application/problem+json",
            body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn verify_email(
    state: web::Data<AppState>,
    address: ClientAddress,
    request_id: RequestId,
    body: Valid<VerifyEmail>,
) -> Result<HttpResponse, Problem> {
    let shown = shown(&state, address, &request_id, &body.0.code, &[Purpose::EmailVerification]).await?;
    let verify = Operation::on_customer(shown.customer_id, CustomerCommand::VerifyEmail);
    shown.redeem(&state, &request_id, vec![verify]).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ask for a mail to confirm your e-mail address
///
/// It goes to the address of your account, with a link and a code that are good once and for a day.
#[utoipa::path(post, path = "/v1/me/email-verification", operation_id = "request_email_verification", tag = "auth",
    responses((status = 202, description = "A mail is on its way, unless the address is confirmed already")),
    security(("customer_bearer" = [])))]
pub(crate) async fn request_email_verification(
    state: web::Data<AppState>,
    customer: Customer,
    address: ClientAddress,
    request_id: RequestId,
) -> Result<HttpResponse, Problem> {
    mail_is_configured(&state)?;
    let account = read::customer(&mut reader(&state).await?, customer.id).await.map_err(failed)?;
    let email = account.and_then(|account| account.contact.email);
    let email = email.ok_or_else(|| Problem::new(Code::TokenInvalid))?;
    let mail = (MailKind::EmailVerification, email);
    ask_for_mail(&state, address, customer.submitter(), &request_id, mail).await?;
    Ok(HttpResponse::Accepted().finish())
}
