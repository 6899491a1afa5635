//! `POST /v1/staff/orders/{id}/payments`, `…/refunds`, `…/refunds/{no}/settle`, `…/write-offs` and `GET …/refund-proposal`.

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{
    IssueRefund, MAX_COMMENT_CODE_POINTS, OrderCommand, PaymentMethod, RecordPayment, RefundReason,
    SettleRefund, WriteOff, WriteOffSide, proposal,
};
use ordervault_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::{
    Content, IdempotencyKey, OptionalIdempotencyKey, OptionalIfMatch, PathId, PathNo, Valid,
};
use crate::middleware::request_id::RequestId;
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, faults_of};
use crate::v1::money::{MoneyBody, NewMoneyBody};
use crate::v1::order_body::OrderBody;
use crate::v1::orders::answer::carry_out;
use crate::v1::orders::read::visible;

/// Money that came in by a way that tells the shop nothing.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordPayment, example = json!({"method": "bank_transfer", "amount": {"amount": 100, "currency": "JPY"},
    "comment": "reference 83821"}))]
pub(crate) struct RecordPaymentBody {
    /// By what was paid.
    #[schema(value_type = names::KnownPaymentMethod)]
    method: PaymentMethod,
    /// How much, in the order's currency.
    #[validate(nested)]
    amount: NewMoneyBody,
    /// When. Left out: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    paid_at: Option<Timestamp>,
    /// In your own words, such as the reference of the transfer; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "reference 83821")]
    comment: Option<String>,
}

impl Content for RecordPaymentBody {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

impl RecordPaymentBody {
    fn to_domain(&self) -> Result<OrderCommand, Problem> {
        let mut fields = Fields::default();
        let amount = self.amount.read(&mut fields, "/amount");
        let comment = fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        let (method, paid_at) = (self.method, self.paid_at);
        let payment = amount.map(|amount| RecordPayment { method, amount, paid_at, comment });
        fields.finish(payment)?.map(Box::new).map(OrderCommand::RecordPayment).ok_or_else(lost)
    }
}

/// Write down money that came in
///
/// Cash, a transfer, money on delivery: whatever no gateway tells. In whatever status the order is, and however much it was: `payment_status`,
/// `balance_due` and `attention` say what that leads to. What was written down stays; pay back what was a mistake.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/payments", operation_id = "record_payment", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_PAY)),
        OptionalIfMatch, IdempotencyKey),
    request_body = RecordPaymentBody,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn record_payment(
    state: web::Data<AppState>,
    staff: Staff<permit::order::RecordPayment>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: IdempotencyKey,
    body: Valid<RecordPaymentBody>,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let command = body.0.to_domain()?;
    carry_out(caller, id.0, conditions(version, key), "record_payment", &body.0, command).await
}

/// What can be paid back.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RefundProposal)]
pub(crate) struct RefundProposalBody {
    /// The version of the order.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// So much is here that is not owed: it can be paid back as it is.
    owed: MoneyBody,
    /// So much could be given besides: only with `credit`.
    creditable: MoneyBody,
    /// Where what is not owed would go.
    refunds: Vec<ProposedRefundBody>,
}

/// What would go to one payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ProposedRefund)]
pub(crate) struct ProposedRefundBody {
    /// The number of the payment.
    #[schema(minimum = 1, example = 1)]
    payment: u32,
    /// How much.
    amount: MoneyBody,
}

/// See what can be paid back
///
/// The newest payment first, vouchers last.
#[utoipa::path(get, path = "/v1/staff/orders/{id}/refund-proposal", operation_id = "get_refund_proposal", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_PAY))),
    responses((status = 200, description = "What can be paid back", body = RefundProposalBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_refund_proposal(
    state: web::Data<AppState>,
    staff: Staff<permit::PaymentsRead>,
    id: PathId<OrderId>,
) -> Result<web::Json<RefundProposalBody>, Problem> {
    let order = visible(&state, &staff.actor(), id.0).await?;
    let proposed = proposal(&order);
    let money = |amount| MoneyBody::new(amount, order.currency);
    let refunds = proposed.refunds.iter();
    Ok(web::Json(RefundProposalBody {
        version: order.version,
        owed: money(proposed.owed),
        creditable: money(proposed.creditable),
        refunds: refunds
            .map(|refund| ProposedRefundBody { payment: refund.payment, amount: money(refund.amount) })
            .collect(),
    }))
}

/// Something to be paid back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = IssueRefund, example = json!({"amount": {"amount": 20_000, "currency": "JPY"},
    "credit": {"amount": 20_000, "currency": "JPY"}, "reason": "flaw", "comment": "a scratch"}))]
pub(crate) struct IssueRefundBody {
    /// How much, in the order's currency.
    #[validate(nested)]
    amount: NewMoneyBody,
    /// How much of it is given though the customer owes it: the order costs so much less then. Left out: nothing, only what is too much is
    /// paid back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    #[schema(nullable = false)]
    credit: Option<NewMoneyBody>,
    /// To which payment, by its number. Left out: to the newest first, to vouchers last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1))]
    #[schema(nullable = false, minimum = 1, example = 1)]
    payment: Option<u32>,
    /// The reason.
    #[schema(value_type = names::KnownRefundReason)]
    reason: RefundReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "a scratch")]
    comment: Option<String>,
}

impl Content for IssueRefundBody {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

impl IssueRefundBody {
    fn to_domain(&self) -> Result<OrderCommand, Problem> {
        let mut fields = Fields::default();
        let amount = self.amount.read(&mut fields, "/amount");
        let credit = self.credit.as_ref().map(|credit| credit.read(&mut fields, "/credit"));
        let comment = fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        let (payment, reason) = (self.payment, self.reason);
        let credit = credit.flatten();
        let refund = amount.map(|amount| IssueRefund { amount, credit, payment, reason, comment });
        fields.finish(refund)?.map(Box::new).map(OrderCommand::Refund).ok_or_else(lost)
    }
}

/// Have money paid back
///
/// It is under way then: pay it, and say so with `…/refunds/{no}/settle`. Never more than was paid, and without `credit` never more than is not
/// owed. Members without the permission `refunds:approve` go up to the `refund_limit` of the store's policy.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/refunds", operation_id = "issue_refund", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_PAY)),
        OptionalIfMatch, IdempotencyKey),
    request_body = IssueRefundBody,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn issue_refund(
    state: web::Data<AppState>,
    staff: Staff<permit::order::Refund>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: IdempotencyKey,
    body: Valid<IssueRefundBody>,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let command = body.0.to_domain()?;
    carry_out(caller, id.0, conditions(version, key), "issue_refund", &body.0, command).await
}

/// What became of a refund.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = SettleRefund, example = json!({"succeeded": true}))]
pub(crate) struct SettleRefundBody {
    /// Was it paid? Else it gives its amount back.
    #[schema(example = true)]
    succeeded: bool,
    /// When. Left out: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    at: Option<Timestamp>,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "reference 83821")]
    comment: Option<String>,
}

impl Content for SettleRefundBody {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain(1))
    }
}

impl SettleRefundBody {
    fn to_domain(&self, no: u32) -> Result<OrderCommand, Problem> {
        let mut fields = Fields::default();
        let comment = fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        let settle = SettleRefund { no, succeeded: self.succeeded, at: self.at, comment };
        fields.finish(OrderCommand::SettleRefund(settle))
    }
}

/// Say what became of a refund
///
/// What was said before can be corrected. Saying it twice is no error.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/refunds/{no}/settle", operation_id = "settle_refund", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_PAY)),
        ("no" = u32, Path, description = "Number of the refund", example = 1),
        OptionalIfMatch, IdempotencyKey),
    request_body = SettleRefundBody,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn settle_refund(
    state: web::Data<AppState>,
    staff: Staff<permit::order::SettleRefund>,
    id: PathId<OrderId>,
    no: PathNo,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: IdempotencyKey,
    body: Valid<SettleRefundBody>,
) -> Result<HttpResponse, Problem> {
    let PathNo(no) = no;
    let caller = Caller::staff(&state, &staff, &request_id);
    let command = body.0.to_domain(no)?;
    let name = format!("settle_refund {no} of");
    carry_out(caller, id.0, conditions(version, key), &name, &body.0, command).await
}

/// A difference to let go of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = WriteOff, example = json!({"side": "forgive", "amount": {"amount": 1, "currency": "JPY"}}))]
pub(crate) struct WriteOffBody {
    /// Who lets go: the shop of what the customer owes, or the customer of what the shop owes.
    #[schema(value_type = names::KnownWriteOffSide)]
    side: WriteOffSide,
    /// How much, in the order's currency; at most the difference.
    #[validate(nested)]
    amount: NewMoneyBody,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "a rounding")]
    comment: Option<String>,
}

impl Content for WriteOffBody {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

impl WriteOffBody {
    fn to_domain(&self) -> Result<OrderCommand, Problem> {
        let mut fields = Fields::default();
        let amount = self.amount.read(&mut fields, "/amount");
        let comment = fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        let side = self.side;
        let write_off = amount.map(|amount| WriteOff { side, amount, comment });
        fields.finish(write_off)?.map(OrderCommand::WriteOff).ok_or_else(lost)
    }
}

/// Let go of a difference
///
/// Pennies that the customer owes, or that stay with the shop by the customer's leave. It does not come back.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/write-offs", operation_id = "write_off", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_PAY)),
        OptionalIfMatch, IdempotencyKey),
    request_body = WriteOffBody,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn write_off(
    state: web::Data<AppState>,
    staff: Staff<permit::order::WriteOff>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: IdempotencyKey,
    body: Valid<WriteOffBody>,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::staff(&state, &staff, &request_id);
    let command = body.0.to_domain()?;
    carry_out(caller, id.0, conditions(version, key), "write_off", &body.0, command).await
}

/// Money moves once: each request about it has a key.
fn conditions(version: OptionalIfMatch, key: IdempotencyKey) -> Conditions {
    Conditions { version, key: OptionalIdempotencyKey(Some(key)) }
}

fn lost() -> Problem {
    Problem::internal("an amount was lost")
}
