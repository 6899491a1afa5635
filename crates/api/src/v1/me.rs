//! A customer's own account.

use actix_web::{HttpResponse, web};
use ordervault_domain::customer::{self, CustomerCommand};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read;
use ordervault_persistence::writer::Operation;
use serde::Serialize;
use utoipa::ToSchema;

use super::login::{ChangePassword, OwnAccount, change_own_password};
use crate::auth::Realm;
use crate::extract::Valid;
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::Customer;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(get_me)).with(endpoint!(change_password))
}

/// A customer's account.
#[derive(Serialize, ToSchema)]
#[schema(as = Customer)]
pub(crate) struct CustomerBody {
    /// The id.
    #[schema(example = json!(examples::CUSTOMER))]
    id: String,
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
    /// When the account was opened.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    created_at: Timestamp,
}

impl From<&customer::Customer> for CustomerBody {
    fn from(customer: &customer::Customer) -> Self {
        let contact = &customer.contact;
        Self {
            id: customer.id.to_string(),
            name: contact.name.clone(),
            email: contact.email.as_ref().map(|email| email.as_str().to_owned()),
            phone: contact.phone.as_ref().map(ToString::to_string),
            created_at: customer.created_at,
        }
    }
}

/// Read your account
#[utoipa::path(get, path = "/v1/me", operation_id = "get_me", tag = "auth",
    description = "Name and ways to reach you.",
    responses((status = 200, description = "Your account", body = CustomerBody)),
    security(("customer_bearer" = [])))]
pub(crate) async fn get_me(
    state: web::Data<AppState>,
    customer: Customer,
) -> Result<web::Json<CustomerBody>, Problem> {
    Ok(web::Json(CustomerBody::from(&account(&state, &customer).await?)))
}

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
    let own = OwnAccount {
        realm: Realm::Customer,
        principal_id: customer.id.get(),
        submitter: customer.submitter(),
        session: customer.session,
        contact: &account.contact,
        must_change_password: false,
    };
    let command = |password_hash| Operation::Customer {
        id: Some(customer.id),
        command: CustomerCommand::ChangePassword,
        password_hash: Some(password_hash),
    };
    change_own_password(&state, own, &request_id, &body.0, command).await
}

async fn account(state: &AppState, customer: &Customer) -> Result<customer::Customer, Problem> {
    let mut conn = reader(state).await?;
    let account = read::customer(&mut conn, customer.id).await.map_err(failed)?;
    account.ok_or_else(|| Problem::new(Code::Unauthenticated))
}
