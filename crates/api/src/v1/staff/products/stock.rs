//! `POST /v1/staff/products/{id}/stock-adjustments`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::ProductId;
use ordervault_domain::order::MAX_COMMENT_CODE_POINTS;
use ordervault_domain::product::ProductCommand;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{StaffProductBody, carry_out};
use crate::extract::{Content, OptionalIdempotencyKey, OptionalIfMatch, PathId, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, faults_in};

/// What came into the house or left it, other than by orders.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdjustStock {
    /// By how many units; negative when there are fewer.
    #[validate(range(min = -1_000_000_000, max = 1_000_000_000))]
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000, example = 24)]
    delta: i64,
    /// Why, in your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "delivery of 5 January")]
    comment: Option<String>,
}

impl Content for AdjustStock {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        })
    }
}

/// Adjust the stock of a product
///
/// By a difference, so that two deliveries at the same time both count. What open orders reserve has to stay. Send an
/// `Idempotency-Key`, so that a repeated request does not count twice.
#[utoipa::path(post, path = "/v1/staff/products/{id}/stock-adjustments", operation_id = "adjust_stock",
    tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the product", example = json!(examples::PRODUCT_TO_ADJUST)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = AdjustStock,
    responses((status = 200, description = "The product as it is now", body = StaffProductBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn adjust_stock(
    state: web::Data<AppState>,
    staff: Staff<permit::product::AdjustStock>,
    id: PathId<ProductId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<AdjustStock>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let comment = fields.lines_option("/comment", body.0.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
    let command = fields.finish(ProductCommand::AdjustStock { delta: body.0.delta, comment })?;
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(&caller, id.0, Conditions { version, key }, "adjust_stock", &body.0, command).await
}
