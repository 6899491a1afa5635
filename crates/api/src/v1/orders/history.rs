//! `GET /v1/orders/{id}/history`

use actix_web::web;
use ordervault_domain::access::Actor;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::Order;

use super::read::visible;
use crate::auth::CustomerOrGuest;
use crate::extract::PathId;
use crate::openapi::examples;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::history::{self, HistoryBody};

/// Read what happened to one of your orders
///
/// Oldest first, with what changed from which value to which. Staff are shown by their role.
#[utoipa::path(get, path = "/v1/orders/{id}/history", operation_id = "get_order_history", tag = "orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER))),
    responses((status = 200, description = "The order's history", body = HistoryBody)),
    security(("customer_bearer" = []), ("guest_bearer" = [])))]
pub(crate) async fn get_order_history(
    state: web::Data<AppState>,
    buyer: CustomerOrGuest,
    id: PathId<OrderId>,
) -> Result<web::Json<HistoryBody>, Problem> {
    show(&state, &buyer.actor(), id.0).await
}

/// Answers with the history of an order that the actor may see.
pub(crate) async fn show(
    state: &AppState,
    actor: &Actor,
    id: OrderId,
) -> Result<web::Json<HistoryBody>, Problem> {
    visible(state, actor, id).await?;
    history::show::<Order>(state, actor, id.get()).await
}
