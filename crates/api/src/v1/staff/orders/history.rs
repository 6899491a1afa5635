//! `GET /v1/staff/orders/{id}/history`

use actix_web::web;
use ordervault_domain::id::OrderId;

use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::{self, HistoryEntry};
use crate::v1::orders::read::visible;
use crate::v1::paging::{ListOf, PageQuery};

/// Read what happened to an order
///
/// Oldest first: who did what, why, by which request, and every changed field with its value before and after.
#[utoipa::path(get, path = "/v1/staff/orders/{id}/history", operation_id = "get_staff_order_history",
    tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER)), PageQuery),
    responses((status = 200, description = "A page of the order's history", body = ListOf<HistoryEntry>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_staff_order_history(
    state: web::Data<AppState>,
    staff: Staff<permit::HistoryRead>,
    id: PathId<OrderId>,
    query: Query<PageQuery>,
) -> Result<web::Json<ListOf<HistoryEntry>>, Problem> {
    let order = visible(&state, &staff.actor(), id.0).await?;
    history::show(&state, &staff.actor(), &order, &query.0).await
}
