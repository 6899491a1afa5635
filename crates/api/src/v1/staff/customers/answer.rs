//! A customer as staff see them, and what requests about customers have in common.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use ordervault_domain::customer::{Customer, EmailVerification};
use ordervault_domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::examples;
use crate::state::AppState;
use crate::v1::caller::Written;

/// A customer's account as staff see it.
#[derive(Serialize, ToSchema)]
#[schema(as = StaffCustomer)]
pub(crate) struct StaffCustomerBody {
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
    /// Have they shown that they get what is sent to the address?
    #[schema(example = false)]
    email_verified: bool,
    /// The language that they read, as far as they have said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "zh-Hant")]
    language: Option<String>,
    /// May they log in?
    #[schema(example = true)]
    active: bool,
    /// When the account was opened.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    created_at: Timestamp,
    /// When it was last written.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    updated_at: Timestamp,
}

impl From<&Customer> for StaffCustomerBody {
    fn from(customer: &Customer) -> Self {
        let contact = &customer.contact;
        Self {
            id: customer.id.to_string(),
            version: customer.version,
            name: contact.name.clone(),
            email: contact.email.as_ref().map(|email| email.as_str().to_owned()),
            phone: contact.phone.as_ref().map(ToString::to_string),
            email_verified: customer.email_verification == EmailVerification::Verified,
            language: customer.language.as_ref().map(ToString::to_string),
            active: customer.active,
            created_at: customer.created_at,
            updated_at: customer.updated_at,
        }
    }
}

/// Answers with the customer.
pub(super) fn answer(state: &AppState, customer: &Written<Customer>) -> HttpResponse {
    let body = StaffCustomerBody::from(customer.resource.as_ref());
    customer.answer(state, StatusCode::OK, &format!("/v1/staff/customers/{}", body.id), &body)
}
