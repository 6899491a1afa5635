//! A customer as staff see them, and what requests about customers have in common.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use ordervault_domain::access::{Actor, Scope, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::Customer;
use ordervault_domain::id::CustomerId;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::translations::Text;
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
    /// When the account was erased: nothing is known of the customer any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, example = "2026-01-19T08:30:00.000Z")]
    erased_at: Option<Timestamp>,
    /// When it was last written.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    updated_at: Timestamp,
}

impl StaffCustomerBody {
    /// The account as somebody with this scope sees it.
    pub(super) fn new(customer: &Customer, scope: &Scope) -> Self {
        let contact = if scope.shows_contact() { customer.contact.clone() } else { Contact::default() };
        let shown = Customer { contact, ..customer.clone() };
        Self {
            account: (&shown).into(),
            active: customer.active,
            erased_at: customer.erased_at,
            updated_at: customer.updated_at,
        }
    }
}

/// The customer, if they exist and are within this actor's reach.
pub(super) async fn visible(state: &AppState, actor: &Actor, id: CustomerId) -> Result<Customer, Problem> {
    let mut conn = reader(state).await?;
    let customer = read::customer_in_reach(&mut conn, &actor.scope(), id).await.map_err(failed)?;
    customer.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Lets only those through who look after all stores, as the account does.
///
/// # Errors
/// 403 for whoever sees the customer, 404 for whoever does not.
pub(super) async fn of_all_stores(state: &AppState, actor: &Actor, id: CustomerId) -> Result<(), Problem> {
    if actor.stores() == StoreScope::All {
        return Ok(());
    }
    visible(state, actor, id).await?;
    Err(Problem::new(Code::Forbidden).detail(Text::new("account-of-all-stores")))
}

/// Answers with the customer.
pub(super) fn answer(state: &AppState, actor: &Actor, customer: &Written<Customer>) -> HttpResponse {
    let body = StaffCustomerBody::new(&customer.resource, &actor.scope());
    customer.answer(state, StatusCode::OK, &format!("/v1/staff/customers/{}", customer.resource.id), &body)
}
