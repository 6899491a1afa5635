//! `GET /v1/staff/orders/{id}/timeline`

use actix_web::web;
use ordervault_domain::id::OrderId;

use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::orders::read::visible;
use crate::v1::paging::PageQuery;
use crate::v1::timeline::{self, TimelineBody};

/// Read the steps of an order
///
/// Oldest first, each with when it was entered, due and done, by whom, how long it took and by how much it was late. Imported orders
/// show the times that they had in the other system.
#[utoipa::path(get, path = "/v1/staff/orders/{id}/timeline", operation_id = "get_staff_order_timeline",
    tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER)), PageQuery),
    responses((status = 200, description = "A page of the order's steps", body = TimelineBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_staff_order_timeline(
    state: web::Data<AppState>,
    staff: Staff<permit::HistoryRead>,
    id: PathId<OrderId>,
    query: Query<PageQuery>,
) -> Result<web::Json<TimelineBody>, Problem> {
    let order = visible(&state, &staff.actor(), id.0).await?;
    timeline::show(&state, &staff.actor(), &order, &query.0).await
}
