//! A customer as staff see them, and what requests about customers have in common.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use ordervault_domain::customer::Customer;
use ordervault_domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::AppState;
use crate::v1::caller::Written;
use crate::v1::me::CustomerBody;

/// A customer's account as staff see it.
#[derive(Serialize, ToSchema)]
#[schema(as = StaffCustomer)]
pub(crate) struct StaffCustomerBody {
    /// The account.
    #[serde(flatten)]
    account: CustomerBody,
    /// May they log in?
    #[schema(example = true)]
    active: bool,
    /// When it was last written.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    updated_at: Timestamp,
}

impl From<&Customer> for StaffCustomerBody {
    fn from(customer: &Customer) -> Self {
        Self { account: customer.into(), active: customer.active, updated_at: customer.updated_at }
    }
}

/// Answers with the customer.
pub(super) fn answer(state: &AppState, customer: &Written<Customer>) -> HttpResponse {
    let body = StaffCustomerBody::from(customer.resource.as_ref());
    customer.answer(state, StatusCode::OK, &format!("/v1/staff/customers/{}", customer.resource.id), &body)
}
