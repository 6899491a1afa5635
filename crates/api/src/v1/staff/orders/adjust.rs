//! `POST /v1/staff/orders/{id}/adjustments` and the way back, `…/adjustments/{no}/remove`.

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{
    Adjust, AdjustReason, AdjustmentKind, MAX_ADJUSTMENT_CODE_CODE_POINTS, MAX_COMMENT_CODE_POINTS,
    OrderCommand,
};
use ordervault_domain::totals::{Rate, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::{Content, OptionalIdempotencyKey, OptionalIfMatch, PathId, PathNo, Query, Valid};
use crate::middleware::request_id::RequestId;
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, faults_in, faults_of};
use crate::v1::money::NewMoneyBody;
use crate::v1::order_body::OrderBody;
use crate::v1::orders::amend::{Preview, foresee};
use crate::v1::orders::answer::carry_out;

/// A discount or a fee: an amount or a rate.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "discount", "rate": 10_000, "reason": "goodwill", "comment": "waited for a week"}))]
pub(crate) struct AdjustOrder {
    /// Less, shared by the lines; or more, while the order waits for review.
    #[schema(value_type = names::KnownAdjustmentKind)]
    kind: AdjustmentKind,
    /// So many minor units of the order's currency; of a discount at most what the lines cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 1_000_000_000_000_i64))]
    #[schema(nullable = false, minimum = 1, maximum = 1_000_000_000_000_i64, example = 10_000)]
    amount: Option<i64>,
    /// Such a share of what the lines cost, in thousandths of a percent: 12500 is 12.5 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(nullable = false, minimum = 1, maximum = 100_000, example = 10_000)]
    rate: Option<u32>,
    /// The lines that it is about. Left out: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested, length(min = 1, max = 200))]
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    lines: Option<Vec<LineNo>>,
    /// What the customer showed for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 50, example = "SPRING")]
    code: Option<String>,
    /// The reason.
    #[schema(value_type = names::KnownAdjustReason)]
    reason: AdjustReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "waited for a week")]
    comment: Option<String>,
    /// What the order costs then, as a preview showed it. If it costs something else, it is not changed: 409 `price-changed` has the
    /// new total. Left out: at whatever it comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    #[schema(nullable = false)]
    expected_total: Option<NewMoneyBody>,
}

/// A line of the order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineNo {
    /// Its number.
    #[validate(range(min = 1))]
    #[schema(minimum = 1, example = 1)]
    no: u32,
}

impl Content for AdjustOrder {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

impl AdjustOrder {
    fn to_domain(&self) -> Result<Adjust, Problem> {
        let mut fields = Fields::default();
        let rate = self.rate.and_then(|thousandths| Rate::try_from(thousandths).ok());
        let value = match (self.amount, rate) {
            (Some(amount), None) => Value::Amount(Amount::new(amount)),
            (None, Some(rate)) => Value::Rate(rate),
            (None, None) => {
                fields.fault("/amount", "amount-or-rate");
                Value::Rate(Rate::ZERO)
            }
            (Some(_), Some(_)) => {
                fields.fault("/rate", "amount-or-rate");
                Value::Rate(Rate::ZERO)
            }
        };
        let adjust = Adjust {
            kind: self.kind,
            value,
            currency: None,
            lines: self.lines.as_ref().map(|lines| lines.iter().map(|line| line.no).collect()),
            code: fields.line_option("/code", self.code.as_ref(), MAX_ADJUSTMENT_CODE_CODE_POINTS),
            reason: self.reason,
            comment: fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS),
            expected_total: self
                .expected_total
                .as_ref()
                .and_then(|total| total.read(&mut fields, "/expected_total")),
        };
        fields.finish(adjust)
    }
}

/// Give a discount, or add a fee
///
/// A discount is shared by lines in proportion to what they cost, to the last minor unit; units that are amended away take their
/// part along. Members without the permission `orders:discount-freely` give discounts up to the `discount_limit` of the store's
/// policy. Fees are added while the order waits for review. With `preview=true` you get what the order would become, and
/// nothing changes.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/adjustments", operation_id = "adjust_order", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_ADJUST)),
        Preview, OptionalIfMatch, OptionalIdempotencyKey),
    request_body = AdjustOrder,
    responses((status = 200, description = "The order as it is now (or, with `preview`, would be)", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes; none with `preview`")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn adjust_order(
    state: web::Data<AppState>,
    staff: Staff<permit::order::Adjust>,
    id: PathId<OrderId>,
    preview: Query<Preview>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<AdjustOrder>,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let command = OrderCommand::Adjust(Box::new(body.0.to_domain()?));
    if preview.0.is_wanted() {
        return foresee(&caller, id.0, version, command).await;
    }
    carry_out(caller, id.0, Conditions { version, key }, "adjust", &body.0, command).await
}

/// Why a discount or a fee is taken away.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveAdjustment {
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "given twice")]
    comment: Option<String>,
}

impl Content for RemoveAdjustment {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        })
    }
}

/// Take a discount or a fee away
///
/// A fee until the execution starts; a discount, without which the order costs more, while the order waits for review. Other
/// discounts stay what they are. Doing it twice is no error.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/adjustments/{no}/remove", operation_id = "remove_adjustment",
    tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_ADJUST)),
        ("no" = u32, Path, description = "Number of the discount or fee", example = 1),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = RemoveAdjustment,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn remove_adjustment(
    state: web::Data<AppState>,
    staff: Staff<permit::order::RemoveAdjustment>,
    id: PathId<OrderId>,
    no: PathNo,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<RemoveAdjustment>,
) -> Result<HttpResponse, Problem> {
    let PathNo(no) = no;
    let mut fields = Fields::default();
    let comment = fields.lines_option("/comment", body.0.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
    let command = OrderCommand::RemoveAdjustment { no, comment: fields.finish(comment)? };
    let caller = Caller::staff(&state, &staff, &request_id);
    let name = format!("remove_adjustment {no} of");
    carry_out(caller, id.0, Conditions { version, key }, &name, &body.0, command).await
}
