//! `POST /v1/staff/orders/{id}/fulfillments` and `…/ship`: new fulfillments.

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{MAX_COMMENT_CODE_POINTS, OrderCommand, Ship, Shipment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::body::{read_carriage, read_lines};
use crate::extract::{Content, OptionalIdempotencyKey, OptionalIfMatch, PathId, ValidOrNothing};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, faults_of};
use crate::v1::fulfillment_body::{LineUnitsBody, ParcelBody};
use crate::v1::order_body::OrderBody;
use crate::v1::orders::answer::carry_out;

/// What is set aside.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lines": [{"no": 1, "units": 1}]}))]
pub(crate) struct PlanFulfillment {
    /// Open units, added up by line. Left out: all that are open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested, length(min = 1, max = 200))]
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    lines: Option<Vec<LineUnitsBody>>,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "the rest comes on Friday")]
    comment: Option<String>,
}

impl Content for PlanFulfillment {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

impl PlanFulfillment {
    fn to_domain(&self) -> Result<OrderCommand, Problem> {
        let mut fields = Fields::default();
        let comment = fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        fields.finish(OrderCommand::Plan { lines: read_lines(self.lines.as_deref()), comment })
    }
}

/// Plan a fulfillment
///
/// Sets open units aside that are to leave together; an order may have several. The execution of a confirmed order starts with it.
/// The new fulfillment is the last of `fulfillments` and says which `actions` it takes.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/fulfillments", operation_id = "plan_fulfillment", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_FULFILL)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = Option<PlanFulfillment>,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn plan_fulfillment(
    state: web::Data<AppState>,
    staff: Staff<permit::order::Plan>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: ValidOrNothing<PlanFulfillment>,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let command = body.0.to_domain()?;
    carry_out(caller, id.0, Conditions { version, key }, "plan_fulfillment", &body.0, command).await
}

/// What leaves, and with whom.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lines": [{"no": 1, "units": 1}], "carrier": "黑貓宅急便",
    "parcels": [{"tracking_number": "RR 123 456 789 TW"}]}))]
pub(crate) struct ShipOrder {
    /// Open units, added up by line. Left out: all that are open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested, length(min = 1, max = 200))]
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    lines: Option<Vec<LineUnitsBody>>,
    /// The carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, example = "黑貓宅急便")]
    carrier: Option<String>,
    /// Its parcels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested, length(max = 50))]
    #[schema(nullable = false, max_items = 50)]
    parcels: Option<Vec<ParcelBody>>,
}

impl Content for ShipOrder {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

impl ShipOrder {
    fn to_domain(&self) -> Result<OrderCommand, Problem> {
        let mut fields = Fields::default();
        let carriage = read_carriage(&mut fields, self.carrier.as_ref(), self.parcels.as_deref());
        let what = Shipment::Lines(read_lines(self.lines.as_deref()));
        fields.finish(OrderCommand::Ship(Box::new(Ship { what, carriage })))
    }
}

/// Ship units
///
/// In one act, without a plan before it: a new fulfillment that has left.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/ship", operation_id = "ship_order", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_SHIP)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = Option<ShipOrder>,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn ship_order(
    state: web::Data<AppState>,
    staff: Staff<permit::order::Ship>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: ValidOrNothing<ShipOrder>,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let command = body.0.to_domain()?;
    carry_out(caller, id.0, Conditions { version, key }, "ship_order", &body.0, command).await
}
