//! `GET /v1/staff/customers/{id}/history`

use actix_web::web;
use ordervault_domain::id::CustomerId;

use super::answer::visible;
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::{self, HistoryEntry};
use crate::v1::paging::{ListOf, PageQuery};

/// Read what happened to a customer
///
/// Oldest first: who did what with the account, by which request, and every changed field with its value before and after. What
/// happened to their orders is in the histories of these. Passwords are in no history.
#[utoipa::path(get, path = "/v1/staff/customers/{id}/history", operation_id = "get_customer_history", tag = "staff-customers",
    params(("id" = String, Path, description = "Id of the customer", example = json!(examples::CUSTOMER)), PageQuery),
    responses((status = 200, description = "A page of the customer's history", body = ListOf<HistoryEntry>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_customer_history(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    _: Staff<permit::HistoryRead>,
    id: PathId<CustomerId>,
    query: Query<PageQuery>,
) -> Result<web::Json<ListOf<HistoryEntry>>, Problem> {
    let customer = visible(&state, &staff.actor(), id.0).await?;
    history::show(&state, &staff.actor(), &customer, &query.0).await
}
