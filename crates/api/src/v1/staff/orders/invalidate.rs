//! `POST /v1/staff/orders/{id}/invalidate`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::OrderCommand;

use super::reasons::InvalidateOrder;
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch, PathId, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::order_body::OrderBody;
use crate::v1::orders::answer::carry_out;

/// Mark an order invalid
///
/// An order that is not being executed yet, or was cancelled; its stock is given back.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/invalidate", operation_id = "invalidate_order",
    tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_INVALIDATE)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = InvalidateOrder,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn invalidate_order(
    state: web::Data<AppState>,
    staff: Staff<permit::order::Invalidate>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<InvalidateOrder>,
) -> Result<HttpResponse, Problem> {
    let command = OrderCommand::Invalidate { reason: body.0.reason, comment: body.0.comment()? };
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(caller, id.0, Conditions { version, key }, "invalidate_order", &body.0, command).await
}
