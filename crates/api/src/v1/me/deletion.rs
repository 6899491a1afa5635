//! `POST /v1/me/delete` and `POST /v1/me/undelete`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::customer::{self, CustomerCommand};
use ordervault_persistence::writer::{MailKind, MailOperation, Operation, Receipt, SessionOperation};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{CustomerBody, account, answer, own};
use crate::extract::{Content, OptionalIdempotencyKey, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Customer, CustomerOrGuest};
use crate::problem::Problem;
use crate::state::AppState;
use crate::submit::submit;
use crate::v1::caller::Caller;
use crate::v1::own_password::not_done;
use crate::v1::resource::Resource as _;

/// That an account shall be deleted.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteMe {
    /// Your password.
    #[validate(length(min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, example = json!(examples::CUSTOMER_PASSWORD), format = Password)]
    current_password: String,
    /// Also while orders of yours are open, which an `open-orders` problem named: the shop goes on with them.
    #[serde(default)]
    #[schema(nullable = false, example = true)]
    despite_open_orders: Option<bool>,
}

impl Content for DeleteMe {}

/// Delete your account
///
/// It takes your password. In 14 days, soon after `deletion_due_at`, the account is erased: name, e-mail address, phone number,
/// address, language and password.
/// Until then you can log in and take it back with `/v1/me/undelete`. Your other sessions end. While orders are open the answer
/// is 409 `open-orders`, which names them, unless `despite_open_orders` is true. Who bought is kept for as long as the law asks of
/// the shop, and erased then. Asking twice is no error, and leaves the day as it is.
#[utoipa::path(post, path = "/v1/me/delete", operation_id = "delete_me", tag = "auth", request_body = DeleteMe,
    responses((status = 200, description = "Your account as it is now", body = CustomerBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("customer_bearer" = [])))]
pub(crate) async fn delete_me(
    state: web::Data<AppState>,
    customer: Customer,
    request_id: RequestId,
    body: Valid<DeleteMe>,
) -> Result<HttpResponse, Problem> {
    let account = account(&state, &customer).await?;
    let mut operations =
        own(&customer, &account).proved(&state, &request_id, &body.0.current_password).await?;
    let despite_open_orders = body.0.despite_open_orders.unwrap_or_default();
    operations.extend([
        Operation::on_customer(customer.id, CustomerCommand::RequestDeletion { despite_open_orders }),
        Operation::Session(SessionOperation::EndAll {
            principal_id: customer.id.get(),
            but: Some(customer.session),
            because: "deletion_requested",
        }),
    ]);
    operations.extend(news(&state, &account, MailKind::AccountDeletionRequested));
    match submit(&state, customer.submitter(), &request_id, None, operations).await {
        Ok(Receipt::Executed { done, .. }) => match done.into_iter().find_map(customer::Customer::of) {
            Some(customer) => {
                state.mail_waker.wake();
                Ok(answer(&state, &customer.as_ref().clone().into(), StatusCode::OK))
            }
            None => Err(Problem::internal("a change of an account led to something else")),
        },
        Ok(Receipt::Replayed { .. }) => Err(Problem::internal("a deletion has no key")),
        Err(error) => Err(not_done(&error)),
    }
}

/// Keep your account
///
/// Takes back that it shall be deleted, until it is erased. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/me/undelete", operation_id = "undelete_me", tag = "auth", params(OptionalIdempotencyKey),
    responses((status = 200, description = "Your account as it is now", body = CustomerBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("customer_bearer" = [])))]
pub(crate) async fn undelete_me(
    state: web::Data<AppState>,
    customer: Customer,
    request_id: RequestId,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let account = account(&state, &customer).await?;
    let mut operations = vec![Operation::on_customer(customer.id, CustomerCommand::TakeBackDeletion)];
    operations.extend(news(&state, &account, MailKind::AccountDeletionTakenBack));
    let caller = Caller::buyer(&state, &CustomerOrGuest::Customer(customer), &request_id);
    let kept = caller.change(key, "undelete_me", &(), operations).await?;
    state.mail_waker.wake();
    Ok(answer(&state, &kept, StatusCode::OK))
}

/// What is written about it, where it is news.
pub(crate) fn news(state: &AppState, account: &customer::Customer, kind: MailKind) -> Option<Operation> {
    let is_going = account.deletion_due_at.is_some();
    let is_news = is_going == (kind == MailKind::AccountDeletionTakenBack);
    let queue = MailOperation::Queue { kind, entity_id: account.id.get() };
    (state.mailer.is_some() && is_news).then_some(Operation::Mail(queue))
}
