//! `GET /v1/staff/orders/{id}/diff`

use actix_web::web;
use ordervault_domain::id::OrderId;

use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::as_of::{self, Between, DiffBody};
use crate::v1::orders::read::visible;

/// Compare an order with itself
///
/// Field by field what differs between two moments, each the number of a version or a time.
#[utoipa::path(get, path = "/v1/staff/orders/{id}/diff", operation_id = "get_staff_order_diff", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER)), Between),
    responses((status = 200, description = "What differs", body = DiffBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_staff_order_diff(
    state: web::Data<AppState>,
    staff: Staff<permit::HistoryRead>,
    id: PathId<OrderId>,
    query: Query<Between>,
) -> Result<web::Json<DiffBody>, Problem> {
    let order = visible(&state, &staff.actor(), id.0).await?;
    as_of::diff(&state, &staff.actor(), order, query.0).await
}
