//! `POST /v1/orders/{id}/fulfillments/{no}/received`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::OrderCommand;

use super::answer::carry_out;
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch, PathId, PathNo};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::CustomerOrGuest;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::order_body::OrderBody;

/// Say that parcels have arrived
///
/// Those of one fulfillment of your order. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/orders/{id}/fulfillments/{no}/received", operation_id = "receive_fulfillment", tag = "orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER)),
        ("no" = u32, Path, description = "Number of the fulfillment", example = 1),
        OptionalIfMatch, OptionalIdempotencyKey),
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("customer_bearer" = []), ("guest_bearer" = [])))]
pub(crate) async fn receive_fulfillment(
    state: web::Data<AppState>,
    buyer: CustomerOrGuest,
    id: PathId<OrderId>,
    no: PathNo,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let PathNo(no) = no;
    let caller = Caller::buyer(&state, &buyer, &request_id);
    let name = format!("receive {no} of");
    carry_out(caller, id.0, Conditions { version, key }, &name, &(), OrderCommand::Received { no }).await
}
