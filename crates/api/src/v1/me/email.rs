//! `POST /v1/me/email`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::contact::Email;
use ordervault_domain::customer::{self, CustomerCommand, CustomerEdit};
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::writer::{MailKind, MailOperation, Operation, Receipt, WriteError};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{CustomerBody, account, answer, own};
use crate::extract::{ClientAddress, Content, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::Customer;
use crate::problem::{FieldError, Problem};
use crate::reading::reader;
use crate::state::AppState;
use crate::submit::submit;
use crate::throttling;
use crate::v1::fields::{Fields, faults_in};
use crate::v1::own_password::not_done;
use crate::v1::resource::Resource as _;

/// Another address to log in with.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeEmail {
    /// Your password.
    #[validate(length(min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, example = json!(examples::CUSTOMER_PASSWORD), format = Password)]
    current_password: String,
    /// The e-mail address to log in with from now on.
    #[schema(min_length = 3, max_length = 254, example = json!(examples::CUSTOMER_EMAIL))]
    email: String,
}

impl Content for ChangeEmail {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.reach::<Email>("/email", Some(&self.email));
        })
    }
}

/// Change the e-mail address of your account
///
/// It takes your password, so that nobody who finds an open session keeps the account. An address that has another account is
/// refused. Where mail is configured, one goes to the new address, to confirm it, and one to the former, to say so.
#[utoipa::path(post, path = "/v1/me/email", operation_id = "change_email", tag = "auth", request_body = ChangeEmail,
    responses((status = 200, description = "Your account as it is now", body = CustomerBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("customer_bearer" = [])))]
pub(crate) async fn change_email(
    state: web::Data<AppState>,
    customer: Customer,
    address: ClientAddress,
    request_id: RequestId,
    body: Valid<ChangeEmail>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let email = fields.reach::<Email>("/email", Some(&body.0.email));
    let email = fields.finish(email)?;
    // Whoever looks for addresses that are taken is not to try on and on.
    let throttle = state.throttles.register(address);
    throttling::admit(&mut reader(&state).await?, std::slice::from_ref(&throttle), state.now()).await?;
    let account = account(&state, &customer).await?;
    let written_to = email.clone().filter(|_| state.mailer.is_some());
    let news = written_to.map(|email| {
        let (kind, entity_id) = (MailKind::AccountEmailChanged, customer.id.get());
        let verification = MailOperation::QueueTo { kind: MailKind::EmailVerification, email };
        [MailOperation::Queue { kind, entity_id }, verification].map(Operation::Mail)
    });
    let mut operations =
        own(&customer, &account).proved(&state, &request_id, &body.0.current_password).await?;
    operations.push(Operation::Customer {
        id: Some(customer.id),
        expected_version: None,
        command: CustomerCommand::Edit(CustomerEdit { email, ..CustomerEdit::default() }),
        password_hash: None,
    });
    operations.extend(news.into_iter().flatten());
    match submit(&state, customer.submitter(), &request_id, None, operations).await {
        Ok(Receipt::Executed { done, .. }) => match done.into_iter().find_map(customer::Customer::of) {
            Some(customer) => {
                state.mail_waker.wake();
                Ok(answer(&state, &customer.as_ref().clone().into(), StatusCode::OK))
            }
            _ => Err(Problem::internal("a change of an account led to something else")),
        },
        Ok(Receipt::Replayed { .. }) => Err(Problem::internal("a change of an address has no key")),
        Err(error @ WriteError::Refused { refusal: Refusal::Duplicate { .. }, .. }) => {
            throttling::submit(&state, &request_id, vec![throttling::counted(&throttle)]).await?;
            Err(not_done(&error))
        }
        Err(error) => Err(not_done(&error)),
    }
}
