//! `GET /v1/staff/customers/{id}`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::CustomerId;

use super::answer::{StaffCustomerBody, answer, visible};
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::as_of::{AsOfQuery, as_of};

/// Read a customer
///
/// One with orders in your scope; whoever looks after all stores reads every one. Without the permission contact:read name, address and phone
/// number are left out. Their orders are `GET /v1/staff/orders?customer=cus_…`.
#[utoipa::path(get, path = "/v1/staff/customers/{id}", operation_id = "get_customer", tag = "staff-customers",
    params(("id" = String, Path, description = "Id of the customer", example = json!(examples::CUSTOMER)), AsOfQuery),
    responses((status = 200, description = "The customer", body = StaffCustomerBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_customer(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    id: PathId<CustomerId>,
    query: Query<AsOfQuery>,
) -> Result<HttpResponse, Problem> {
    let actor = staff.actor();
    let customer = visible(&state, &actor, id.0).await?;
    let customer = as_of(&state, &actor, customer, query.0.as_of).await?;
    Ok(answer(&state, &actor, &customer.into()))
}
