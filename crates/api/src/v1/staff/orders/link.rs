//! `POST /v1/staff/orders/{id}/link`; the way back, `…/unlink`, is one of the commands that say no more than why.

use actix_web::{HttpResponse, web};
use ordervault_domain::id::{CustomerId, OrderId};
use ordervault_domain::order::{MAX_COMMENT_CODE_POINTS, OrderCommand};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::{Content, OptionalIdempotencyKey, OptionalIfMatch, PathId, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::Fields;
use crate::v1::order_body::OrderBody;
use crate::v1::orders::answer::carry_out;

/// Into whose account.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkOrder {
    /// The customer.
    #[schema(min_length = 18, max_length = 18, pattern = "^[Cc][Uu][Ss]_[0-9A-TV-Za-tv-z]{14}$",
        example = json!(examples::CUSTOMER))]
    customer_id: String,
    /// How you know that it is theirs; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "called, and read the confirmation to me")]
    comment: Option<String>,
}

impl Content for LinkOrder {}

/// Put an order into a customer's account
///
/// One that was placed without an account. From then on it stands among the orders of that customer. Whoever is written to about the
/// order is told. Doing it twice is no error; out of another account it has to be taken first.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/link", operation_id = "link_order", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_LINK)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = LinkOrder,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn link_order(
    state: web::Data<AppState>,
    staff: Staff<permit::order::Link>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<LinkOrder>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let customer_id = fields.parsed("/customer_id", &body.0.customer_id, "unknown-customer");
    let comment = fields.lines_option("/comment", body.0.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
    let customer_id: Option<CustomerId> = fields.finish(customer_id)?;
    let customer_id = customer_id.ok_or_else(|| Problem::internal("a customer was lost"))?;
    let command = OrderCommand::Link { customer_id, proof: None, comment };
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(caller, id.0, Conditions { version, key }, "link", &body.0, command).await
}
