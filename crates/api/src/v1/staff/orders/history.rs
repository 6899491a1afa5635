//! `GET /v1/staff/orders/{id}/history`

use actix_web::web;
use ordervault_domain::id::OrderId;

use crate::extract::PathId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::HistoryBody;
use crate::v1::orders::history::show;

/// Read what happened to an order
///
/// Oldest first: who did what, why, by which request, and every changed field with its value before and after.
#[utoipa::path(get, path = "/v1/staff/orders/{id}/history", operation_id = "get_staff_order_history",
    tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER))),
    responses((status = 200, description = "The order's history", body = HistoryBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_staff_order_history(
    state: web::Data<AppState>,
    staff: Staff<permit::HistoryRead>,
    id: PathId<OrderId>,
) -> Result<web::Json<HistoryBody>, Problem> {
    show(&state, &staff.actor(), id.0).await
}
