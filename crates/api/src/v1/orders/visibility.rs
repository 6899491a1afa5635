//! `POST /v1/orders/{id}/hide` and `…/show`: whether an order may stand on its store's public board.

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::OrderCommand;

use super::answer::carry_out;
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch, PathId};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::CustomerOrGuest;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::order_body::OrderBody;

/// Keep one of your orders off the public board
///
/// At once, for good, and whatever its store shows. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/orders/{id}/hide", operation_id = "hide_order", tag = "orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_HIDE)),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("customer_bearer" = []), ("guest_bearer" = [])))]
pub(crate) async fn hide_order(
    state: web::Data<AppState>,
    buyer: CustomerOrGuest,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::buyer(&state, &buyer, &request_id);
    carry_out(caller, id.0, Conditions { version, key }, "hide", &(), OrderCommand::Hide).await
}

/// Let one of your orders stand on the public board
///
/// Masked, if its store has a board. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/orders/{id}/show", operation_id = "show_order", tag = "orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_HIDE)),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("customer_bearer" = []), ("guest_bearer" = [])))]
pub(crate) async fn show_order(
    state: web::Data<AppState>,
    buyer: CustomerOrGuest,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::buyer(&state, &buyer, &request_id);
    carry_out(caller, id.0, Conditions { version, key }, "show", &(), OrderCommand::Show).await
}
