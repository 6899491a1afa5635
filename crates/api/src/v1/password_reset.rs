//! Customers who have forgotten their password: ask for a mail, and choose a new one with the code in it, or one from staff.

use actix_web::{HttpResponse, web};
use ordervault_domain::contact::Email;
use ordervault_domain::customer::CustomerCommand;
use ordervault_persistence::read;
use ordervault_persistence::writer::{MailKind, Operation, Purpose, SessionOperation, ThrottleOperation};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::fields::{Fields, personal};
use super::one_time_codes::{ask_for_mail, shown};
use crate::auth::{Lane, Realm};
use crate::extract::{ClientAddress, Content, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::Submitter;
use crate::problem::{Code, FieldError, Problem};
use crate::reading::{failed, reader};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::v1::fields::faults_in;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(request_password_reset)).with(endpoint!(complete_password_reset))
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestPasswordReset {
    /// The account's e-mail address.
    #[schema(min_length = 3, max_length = 254, example = json!(examples::CUSTOMER_EMAIL))]
    email: String,
}

impl Content for RequestPasswordReset {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.reach::<Email>("/email", Some(&self.email));
        })
    }
}

/// A new password, by a code.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompletePasswordReset {
    /// The code of the mail, which is also behind its link, or the one that staff told you.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = json!(examples::CODE))]
    code: String,
    /// The password that shall be: 8 to 128 code points, not a well-known one.
    #[validate(length(max = 1024))]
    #[schema(min_length = 8, max_length = 128, example = json!(examples::CUSTOMER_PASSWORD), format = Password)]
    new_password: String,
}

impl Content for CompletePasswordReset {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.password("/new_password", Realm::Customer, &self.new_password, &[]);
        })
    }
}

/// Ask for a new password
///
/// If the address has an account, a mail goes to it with a link and a code that are good once and for an hour. The answer is
/// the same if it has none.
#[utoipa::path(post, path = "/v1/auth/password-reset", operation_id = "request_password_reset", tag = "auth",
    request_body = RequestPasswordReset,
    responses((status = 202, description = "Whoever has the account gets a mail")))]
pub(crate) async fn request_password_reset(
    state: web::Data<AppState>,
    address: ClientAddress,
    request_id: RequestId,
    body: Valid<RequestPasswordReset>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let email = fields.reach::<Email>("/email", Some(&body.0.email));
    let email = fields.finish(email)?.ok_or_else(|| Problem::internal("an address was lost"))?;
    let mail = (MailKind::PasswordReset, email);
    ask_for_mail(&state, address, Submitter::ANONYMOUS, &request_id, mail).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Choose a new password
///
/// With the code of a mail, or one that staff told you. All sessions end; log in with the new password.
#[utoipa::path(post, path = "/v1/auth/password-reset/complete", operation_id = "complete_password_reset", tag = "auth",
    request_body = CompletePasswordReset,
    responses((status = 204, description = "The new password is good"),
        (status = 410, description = "The code is not good", content_type = "application/problem+json",
            body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn complete_password_reset(
    state: web::Data<AppState>,
    address: ClientAddress,
    request_id: RequestId,
    body: Valid<CompletePasswordReset>,
) -> Result<HttpResponse, Problem> {
    let purposes = [Purpose::PasswordReset, Purpose::HandedOut];
    let shown = shown(&state, address, &request_id, &body.0.code, &purposes).await?;
    let id = shown.customer_id;
    let customer = read::customer(&mut reader(&state).await?, id).await.map_err(failed)?;
    let contact = customer.ok_or_else(|| Problem::new(Code::CodeNotGood))?.contact;
    let mut fields = Fields::default();
    let password =
        fields.password("/new_password", Realm::Customer, &body.0.new_password, &personal(&contact));
    let password = fields.finish(password)?.ok_or_else(|| Problem::internal("a password was lost"))?;
    let password_hash = Some(state.passwords.hash(Lane::Strangers, password).await?);
    let command = CustomerCommand::ResetPassword { by_mail: shown.purpose == Purpose::PasswordReset };
    let end_all = SessionOperation::EndAll { principal_id: id.get(), but: None, because: "password_reset" };
    let operations = vec![
        Operation::Customer { id: Some(id), expected_version: None, command, password_hash },
        Operation::Session(end_all),
        Operation::Throttle(ThrottleOperation::unlock(id.get())),
    ];
    shown.redeem(&state, &request_id, operations).await?;
    Ok(HttpResponse::NoContent().finish())
}
