//! `POST /v1/staff/orders/{id}/cancellations`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{CancelReason, MAX_COMMENT_CODE_POINTS, OrderCommand};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::body::read_lines;
use crate::extract::{Content, OptionalIdempotencyKey, OptionalIfMatch, PathId, Query, Valid};
use crate::middleware::request_id::RequestId;
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, faults_of};
use crate::v1::fulfillment_body::LineUnitsBody;
use crate::v1::order_body::OrderBody;
use crate::v1::orders::amend::{Preview, foresee};
use crate::v1::orders::answer::carry_out;

/// What is called off, and why.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lines": [{"no": 1, "units": 1}], "reason": "inventory"}))]
pub(crate) struct CancelLines {
    /// Open units, added up by line. Left out: all that are open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested, length(min = 1, max = 200))]
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    lines: Option<Vec<LineUnitsBody>>,
    /// The reason.
    #[schema(value_type = names::KnownCancelReason)]
    reason: CancelReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "the last one was broken")]
    comment: Option<String>,
}

impl Content for CancelLines {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

impl CancelLines {
    fn to_domain(&self) -> Result<OrderCommand, Problem> {
        let mut fields = Fields::default();
        let comment = fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        let lines = read_lines(self.lines.as_deref());
        fields.finish(OrderCommand::CancelLines { lines, reason: self.reason, comment })
    }
}

/// Call units off
///
/// The order goes on without them, and they are not owed any more; what was agreed stays told. With the last unit of an order that has
/// no parcels the whole order is cancelled. With `preview=true` you get what the order would become, and nothing changes.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/cancellations", operation_id = "cancel_lines", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_CANCEL_IN_PART)),
        Preview, OptionalIfMatch, OptionalIdempotencyKey),
    request_body = CancelLines,
    responses((status = 200, description = "The order as it is now (or, with `preview`, would be)", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes; none with `preview`")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn cancel_lines(
    state: web::Data<AppState>,
    staff: Staff<permit::order::CancelLines>,
    id: PathId<OrderId>,
    preview: Query<Preview>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<CancelLines>,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let command = body.0.to_domain()?;
    if preview.0.is_wanted() {
        return foresee(&caller, id.0, version, command).await;
    }
    carry_out(caller, id.0, Conditions { version, key }, "cancel_lines", &body.0, command).await
}
