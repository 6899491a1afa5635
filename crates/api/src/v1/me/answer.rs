//! A customer's account in answers, and what requests about one's own have in common.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use ordervault_domain::customer::{self, EmailVerification};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Realm;
use crate::openapi::examples;
use crate::principals::Customer;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::v1::caller::Written;
use crate::v1::own_password::OwnAccount;

/// A customer's account.
#[derive(Serialize, ToSchema)]
#[schema(as = Customer)]
pub(crate) struct CustomerBody {
    /// The id.
    #[schema(example = json!(examples::CUSTOMER))]
    id: String,
    /// Rises by one with every change; the ETag.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// The person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "王小明")]
    name: Option<String>,
    /// The e-mail address to log in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(examples::CUSTOMER_EMAIL))]
    email: Option<String>,
    /// Phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "+886912345678")]
    phone: Option<String>,
    /// Has the customer shown that they get what is sent to the address?
    #[schema(example = false)]
    email_verified: bool,
    /// The language that the customer reads, as far as they have said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "zh-Hant")]
    language: Option<String>,
    /// The account is going to be erased then, because the customer asked for that. `POST /v1/me/undelete` takes it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, example = "2026-01-19T08:30:00.000Z")]
    deletion_due_at: Option<Timestamp>,
    /// When the account was opened.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    created_at: Timestamp,
}

impl From<&customer::Customer> for CustomerBody {
    fn from(customer: &customer::Customer) -> Self {
        let contact = &customer.contact;
        Self {
            id: customer.id.to_string(),
            version: customer.version,
            name: contact.name.clone(),
            email: contact.email.as_ref().map(|email| email.as_str().to_owned()),
            phone: contact.phone.as_ref().map(ToString::to_string),
            email_verified: customer.email_verification == EmailVerification::Verified,
            language: customer.language.as_ref().map(ToString::to_string),
            deletion_due_at: customer.deletion_due_at,
            created_at: customer.created_at,
        }
    }
}

/// The caller's account as it is now.
pub(super) async fn account(state: &AppState, customer: &Customer) -> Result<customer::Customer, Problem> {
    let mut conn = reader(state).await?;
    let account = read::customer(&mut conn, customer.id).await.map_err(failed)?;
    account.ok_or_else(|| Problem::new(Code::TokenInvalid))
}

/// The caller's account as one that asks for its password.
pub(super) fn own<'a>(customer: &Customer, account: &'a customer::Customer) -> OwnAccount<'a> {
    OwnAccount {
        realm: Realm::Customer,
        principal_id: customer.id.get(),
        submitter: customer.submitter(),
        session: customer.session,
        contact: &account.contact,
        must_change_password: false,
    }
}

/// Answers with the account.
pub(crate) fn answer(
    state: &AppState,
    account: &Written<customer::Customer>,
    status: StatusCode,
) -> HttpResponse {
    account.answer(state, status, "/v1/me", &CustomerBody::from(account.resource.as_ref()))
}
