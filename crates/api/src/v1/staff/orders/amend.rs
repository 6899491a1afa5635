//! `POST /v1/staff/orders/{id}/amendments`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;

use crate::extract::{IfMatch, OptionalIdempotencyKey, PathId, Query, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::caller::Caller;
use crate::v1::order_body::OrderBody;
use crate::v1::orders::amend::{AmendOrder, Preview, amend};

/// Amend an order
///
/// Lines, contact or note of an order that is not being executed yet; the contact alone until the goods leave the house. Send the ETag that you have seen as `If-Match`; with
/// `preview=true` you get what the order would become, and nothing changes.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/amendments", operation_id = "amend_staff_order",
    tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_AMEND_BY_STAFF)),
        Preview, IfMatch, OptionalIdempotencyKey),
    request_body = AmendOrder,
    responses((status = 200, description = "The order as it is now (or, with `preview`, would be)", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes; none with `preview`")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn amend_staff_order(
    state: web::Data<AppState>,
    staff: Staff<permit::order::Amend>,
    id: PathId<OrderId>,
    preview: Query<Preview>,
    request_id: RequestId,
    version: IfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<AmendOrder>,
) -> Result<HttpResponse, Problem> {
    amend(Caller::staff(&state, &staff, &request_id), id.0, preview.0, version, key, &body.0).await
}
