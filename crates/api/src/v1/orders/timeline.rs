//! `GET /v1/orders/{id}/timeline`

use actix_web::web;
use ordervault_domain::id::OrderId;

use super::read::visible;
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::CustomerOrGuest;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::paging::PageQuery;
use crate::v1::timeline::{self, TimelineBody};

/// Read the steps of one of your orders
///
/// Oldest first, each with when it was entered, due and done, how long it took and whether that was late. Staff are shown by their role.
#[utoipa::path(get, path = "/v1/orders/{id}/timeline", operation_id = "get_order_timeline", tag = "orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER)), PageQuery),
    responses((status = 200, description = "A page of the order's steps", body = TimelineBody)),
    security(("customer_bearer" = []), ("guest_bearer" = [])))]
pub(crate) async fn get_order_timeline(
    state: web::Data<AppState>,
    buyer: CustomerOrGuest,
    id: PathId<OrderId>,
    query: Query<PageQuery>,
) -> Result<web::Json<TimelineBody>, Problem> {
    let order = visible(&state, &buyer.actor(), id.0).await?;
    timeline::show(&state, &buyer.actor(), &order, &query.0).await
}
