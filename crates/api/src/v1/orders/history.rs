//! `GET /v1/orders/{id}/history`

use actix_web::web;
use ordervault_domain::id::OrderId;

use super::read::visible;
use crate::extract::{PathId, Query};
use crate::openapi::examples;
use crate::principals::CustomerOrGuest;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::{self, HistoryEntry};
use crate::v1::paging::{ListOf, PageQuery};

/// Read what happened to one of your orders
///
/// Oldest first, with what changed from which value to which. Staff are shown by their role.
#[utoipa::path(get, path = "/v1/orders/{id}/history", operation_id = "get_order_history", tag = "orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER)), PageQuery),
    responses((status = 200, description = "A page of the order's history", body = ListOf<HistoryEntry>)),
    security(("customer_bearer" = []), ("guest_bearer" = [])))]
pub(crate) async fn get_order_history(
    state: web::Data<AppState>,
    buyer: CustomerOrGuest,
    id: PathId<OrderId>,
    query: Query<PageQuery>,
) -> Result<web::Json<ListOf<HistoryEntry>>, Problem> {
    let order = visible(&state, &buyer.actor(), id.0).await?;
    history::show(&state, &buyer.actor(), &order, &query.0).await
}
