//! `POST /v1/staff/orders/{id}/cancel`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{CancelReason, OrderCommand};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::reasons::comment;
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch, PathId, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::order_body::OrderBody;
use crate::v1::orders::answer::carry_out;

/// Why an order is called off.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelStaffOrder {
    /// `customer`, `inventory`, `declined`, `fraud`, `staff`, `expired`, `duplicate` or `other`.
    #[schema(value_type = String, example = "inventory")]
    reason: CancelReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "the last one is damaged")]
    comment: Option<String>,
}

/// Cancel an order
///
/// Before its execution, or during it with the permission `orders:cancel-processing`; the stock is given back. Cancelling
/// twice for the same reason is no error.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/cancel", operation_id = "cancel_staff_order", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_CANCEL_BY_STAFF)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = CancelStaffOrder,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn cancel_staff_order(
    state: web::Data<AppState>,
    staff: Staff<permit::order::Cancel>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<CancelStaffOrder>,
) -> Result<HttpResponse, Problem> {
    let command = OrderCommand::Cancel { reason: body.0.reason, comment: comment(body.0.comment.as_ref())? };
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(caller, id.0, Conditions { version, key }, "cancel_staff_order", &body.0, command).await
}
