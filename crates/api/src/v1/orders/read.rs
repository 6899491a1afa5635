//! `GET /v1/orders/{id}`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::access::Actor;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::Order;
use ordervault_persistence::read;

use super::answer::answer;
use crate::extract::PathId;
use crate::openapi::examples;
use crate::principals::CustomerOrGuest;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::v1::order_body::OrderBody;

/// Read one of your orders
///
/// By its id or number, grouped or not, in any case. `actions` tells what you may do now, until when, and why not.
#[utoipa::path(get, path = "/v1/orders/{id}", operation_id = "get_order", tag = "orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER))),
    responses((status = 200, description = "The order", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("customer_bearer" = []), ("guest_bearer" = [])))]
pub(crate) async fn get_order(
    state: web::Data<AppState>,
    buyer: CustomerOrGuest,
    id: PathId<OrderId>,
) -> Result<HttpResponse, Problem> {
    let actor = buyer.actor();
    let order = visible(&state, &actor, id.0).await?;
    answer(&state, &actor, &order.into(), StatusCode::OK).await
}

/// The order, if it exists and the actor may see it.
pub(crate) async fn visible(state: &AppState, actor: &Actor, id: OrderId) -> Result<Order, Problem> {
    let mut conn = reader(state).await?;
    let order = read::order(&mut conn, &actor.scope(), id).await.map_err(failed)?;
    order.ok_or_else(|| Problem::new(Code::NotFound))
}
