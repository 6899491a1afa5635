//! `POST /v1/orders/{id}/cancel`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{CancelReason, MAX_COMMENT_CODE_POINTS, OrderCommand};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::answer::carry_out;
use crate::extract::{Content, OptionalIdempotencyKey, OptionalIfMatch, PathId, ValidOrNothing};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::CustomerOrGuest;
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, faults_in};
use crate::v1::order_body::OrderBody;

/// Why a customer calls an order off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "customer")]
pub(crate) enum CustomerCancelReason {
    /// Changed their mind.
    #[default]
    Customer,
    /// Ordered it twice.
    Duplicate,
    /// Anything else.
    Other,
}

/// Why the order is called off.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelOrder {
    /// The reason; `customer` if left out.
    #[serde(default)]
    reason: CustomerCancelReason,
    /// In your own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "found it at home")]
    comment: Option<String>,
}

impl Content for CancelOrder {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        })
    }
}

/// Cancel one of your orders
///
/// As long as it is not being executed. Cancelling twice is no error; the stock is given back. Nothing has to be said: without a
/// body the reason is `customer`.
#[utoipa::path(post, path = "/v1/orders/{id}/cancel", operation_id = "cancel_order", tag = "orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_CANCEL)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = Option<CancelOrder>,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("customer_bearer" = []), ("guest_bearer" = [])))]
pub(crate) async fn cancel_order(
    state: web::Data<AppState>,
    buyer: CustomerOrGuest,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: ValidOrNothing<CancelOrder>,
) -> Result<HttpResponse, Problem> {
    let reason = match body.0.reason {
        CustomerCancelReason::Customer => CancelReason::Customer,
        CustomerCancelReason::Duplicate => CancelReason::Duplicate,
        CustomerCancelReason::Other => CancelReason::Other,
    };
    let mut fields = Fields::default();
    let comment = fields.lines_option("/comment", body.0.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
    let command = fields.finish(OrderCommand::Cancel { reason, comment })?;
    let caller = Caller::buyer(&state, &buyer, &request_id);
    carry_out(caller, id.0, Conditions { version, key }, "cancel", &body.0, command).await
}
