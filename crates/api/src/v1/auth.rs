//! Customers: register, log in, stay logged in, log out.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::contact::{Contact, Email};
use ordervault_domain::customer::CustomerCommand;
use ordervault_domain::language::Language;
use ordervault_persistence::writer::{
    Effect, MailKind, MailOperation, Operation, Receipt, Throttle, WriteError,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::fields::{Fields, MAX_NAME_CODE_POINTS};
use super::login::{self, Login, Refresh, Tokens};
use super::me::{self, CustomerBody};
use crate::auth::{Lane, NewPassword, Realm};
use crate::extract::{AcceptLanguage, ClientAddress, Content, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Customer, Submitter};
use crate::problem::{FieldError, Problem};
use crate::reading::reader;
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::submit::{not_written, submit};
use crate::throttling;
use crate::translations::Translations;
use crate::v1::fields::faults_in;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(register_customer))
        .with(endpoint!(login_customer))
        .with(endpoint!(refresh_customer))
        .with(endpoint!(logout_customer))
}

/// A new account.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Register {
    /// The e-mail address to log in with.
    #[schema(min_length = 3, max_length = 254, format = "email", example = "xiaolan@example.com")]
    email: String,
    /// At least 8 and at most 128 code points, not a well-known one.
    #[validate(length(max = 1024))]
    #[schema(min_length = 8, max_length = 128, example = json!(examples::CUSTOMER_PASSWORD), format = Password)]
    password: String,
    /// The person's name.
    #[schema(min_length = 1, max_length = 200, example = "藍小蘭")]
    name: String,
    /// Phone number.
    #[serde(default)]
    #[schema(nullable = false, min_length = 5, max_length = 40, example = "+886911222333")]
    phone: Option<String>,
    /// The language that you read: what is written to you is in it. Left out, `Accept-Language` says.
    #[serde(default)]
    #[schema(nullable = false, min_length = 2, max_length = 35, example = "zh-Hant")]
    language: Option<String>,
}

impl Register {
    fn read(
        &self,
        fields: &mut Fields,
        translations: &Translations,
    ) -> (Contact, Option<Language>, Option<NewPassword>) {
        let contact = Contact {
            name: Some(fields.line("/name", &self.name, MAX_NAME_CODE_POINTS)),
            phone: fields.reach("/phone", self.phone.as_ref()),
            email: fields.reach("/email", Some(&self.email)),
            address: None,
        };
        let language = fields.language("/language", self.language.as_ref(), translations);
        let known_by = [self.email.as_str(), &self.name];
        let password = fields.password("/password", Realm::Customer, &self.password, &known_by);
        (contact, language, password)
    }
}

impl Content for Register {
    fn faults(&self, state: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            self.read(fields, &state.translations);
        })
    }
}

/// Open an account
///
/// Log in afterwards. An address that has an account already is refused. Where mail is configured, the answer is the same
/// whether the address has an account or not: whoever has it gets a mail, and confirms the address before the first login.
#[utoipa::path(post, path = "/v1/auth/register", operation_id = "register_customer", tag = "auth",
    params(AcceptLanguage), request_body = Register,
    responses((status = 201, description = "The account", body = CustomerBody,
        headers(("Location" = String, description = "The path of the account"),
            ("ETag" = String, description = "The version in double quotes"))),
        (status = 202, description = "Where mail is configured: whoever has the address gets a mail")))]
pub(crate) async fn register_customer(
    state: web::Data<AppState>,
    address: ClientAddress,
    request_id: RequestId,
    accepted: AcceptLanguage,
    body: Valid<Register>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let (contact, language, password) = body.0.read(&mut fields, &state.translations);
    let language = language.or(accepted.0);
    let password = fields.finish(password)?.ok_or_else(|| Problem::internal("a password was lost"))?;
    let throttle = state.throttles.register(address);
    throttling::admit(&mut reader(&state).await?, std::slice::from_ref(&throttle), state.now()).await?;
    let password_hash = Some(state.passwords.hash(Lane::Strangers, password).await?);
    let (must_verify_email, email) = (state.mailer.is_some(), contact.email.clone());
    let register = Operation::Customer {
        id: None,
        expected_version: None,
        command: CustomerCommand::Register { contact, language, must_verify_email },
        password_hash,
    };
    if let Some(email) = email.filter(|_| must_verify_email) {
        return open_or_tell(&state, &request_id, &throttle, email, register).await;
    }
    let operations = vec![throttling::counted(&throttle), register];
    let receipt = match submit(&state, Submitter::ANONYMOUS, &request_id, None, operations).await {
        // Whoever looks for addresses that are taken is not to try on and on.
        Err(error @ WriteError::Refused { .. }) => {
            throttling::submit(&state, &request_id, vec![throttling::counted(&throttle)]).await?;
            return Err(not_written(&error));
        }
        receipt => receipt.map_err(|error| not_written(&error))?,
    };
    let Receipt::Executed { done, .. } = receipt else {
        return Err(Problem::internal("a registration has no key"));
    };
    match done.last() {
        Some(Effect::Customer(customer)) => {
            Ok(me::answer(&state, &customer.as_ref().clone().into(), StatusCode::CREATED))
        }
        _ => Err(Problem::internal("a registration led to something else")),
    }
}

/// Opens the account, or tells whoever has it by mail: the answer is the same.
async fn open_or_tell(
    state: &AppState,
    request_id: &RequestId,
    throttle: &Throttle,
    email: Email,
    register: Operation,
) -> Result<HttpResponse, Problem> {
    let mail = |kind| Operation::Mail(MailOperation::QueueTo { kind, email: email.clone() });
    let operations = vec![throttling::counted(throttle), register, mail(MailKind::EmailVerification)];
    match submit(state, Submitter::ANONYMOUS, request_id, None, operations).await {
        Ok(_) => {}
        Err(WriteError::Refused { .. }) => {
            let tell = vec![throttling::counted(throttle), mail(MailKind::AccountExists)];
            throttling::submit(state, request_id, tell).await?;
        }
        Err(error) => return Err(not_written(&error)),
    }
    state.mail_waker.wake();
    Ok(HttpResponse::Accepted().finish())
}

/// Log in
///
/// A wrong password and an unknown address are told alike. Keep the `device_token` of the answer, and send it with the next
/// login: it tells you from strangers who guess your password.
#[utoipa::path(post, path = "/v1/auth/login", operation_id = "login_customer", tag = "auth", request_body = Login,
    responses((status = 200, description = "A pair of tokens", body = Tokens),
        (status = 401, description = "E-mail address or password is wrong", content_type = "application/problem+json",
            body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn login_customer(
    state: web::Data<AppState>,
    address: ClientAddress,
    request_id: RequestId,
    body: Valid<Login>,
) -> Result<web::Json<Tokens>, Problem> {
    login::login(&state, Realm::Customer, address, &request_id, &body.0).await
}

/// Stay logged in
///
/// Each refresh token opens the session once; the answer has the next one. Showing a used one ends the session, except within
/// ten seconds, where it counts as a repeated request.
#[utoipa::path(post, path = "/v1/auth/refresh", operation_id = "refresh_customer", tag = "auth", request_body = Refresh,
    responses((status = 200, description = "The next pair of tokens", body = Tokens),
        (status = 401, description = "The session is over", content_type = "application/problem+json",
            body = ref("#/components/schemas/Problem"))))]
pub(crate) async fn refresh_customer(
    state: web::Data<AppState>,
    request_id: RequestId,
    body: Valid<Refresh>,
) -> Result<web::Json<Tokens>, Problem> {
    login::refresh(&state, Realm::Customer, &request_id, &body.0).await
}

/// Log out
///
/// Ends this session; its tokens open nothing any more.
#[utoipa::path(post, path = "/v1/auth/logout", operation_id = "logout_customer", tag = "auth",
    responses((status = 204, description = "Logged out")),
    security(("customer_bearer" = [])))]
pub(crate) async fn logout_customer(
    state: web::Data<AppState>,
    customer: Customer,
    request_id: RequestId,
) -> Result<HttpResponse, Problem> {
    login::end_session(&state, customer.submitter(), &request_id, customer.session).await?;
    Ok(HttpResponse::NoContent().finish())
}
