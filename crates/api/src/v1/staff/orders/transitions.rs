//! `POST /v1/staff/orders/{id}/…`: the acts that take an order through its life.

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{CancelReason, InvalidReason, MAX_COMMENT_CODE_POINTS, OrderCommand};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::auth::{Staff, permit};
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch, PathId, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::fields::Fields;
use crate::v1::order_body::OrderBody;
use crate::v1::orders::act;
use crate::v1::submit::{Caller, Conditions};

/// Why an order is not a real one.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvalidateOrder {
    /// `duplicate`, `test`, `unreachable_contact`, `bad_address`, `price_error`, `fraud`, `unpaid` or `other`.
    #[schema(value_type = String, example = "duplicate")]
    reason: InvalidReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "the same as the order before")]
    comment: Option<String>,
}

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

impl InvalidateOrder {
    fn comment(&self) -> Result<Option<String>, Problem> {
        comment(self.comment.as_ref())
    }
}

fn comment(text: Option<&String>) -> Result<Option<String>, Problem> {
    let mut fields = Fields::default();
    let comment = fields.lines_option("/comment", text, MAX_COMMENT_CODE_POINTS);
    fields.finish(comment)
}

/// An act without anything to say about it: no body, one step.
macro_rules! step {
    ($(#[$doc:meta])* $handler:ident, $path:literal, $operation:literal, $example:expr, $permit:ident, $command:expr) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, operation_id = $operation, tag = "staff-orders",
            params(("id" = String, Path, description = "Id or number of the order", example = json!($example)),
                OptionalIfMatch, OptionalIdempotencyKey),
            responses((status = 200, description = "The order as it is now", body = OrderBody,
                headers(("ETag" = String, description = "The version in double quotes")))),
            security(("staff_bearer" = [])))]
        pub(crate) async fn $handler(
            state: web::Data<AppState>,
            staff: Staff<permit::$permit>,
            id: PathId<OrderId>,
            request_id: RequestId,
            version: OptionalIfMatch,
            key: OptionalIdempotencyKey,
        ) -> Result<HttpResponse, Problem> {
            let caller = Caller::staff(&state, &staff, &request_id);
            act(caller, id.0, Conditions { version, key }, $operation, &(), $command).await
        }
    };
}

step!(
    /// Confirm an order
    ///
    /// The shop promises to deliver. Doing it twice is no error.
    confirm_order, "/v1/staff/orders/{id}/confirm", "confirm_order", examples::ORDER_TO_CONFIRM,
    OrdersConfirm, OrderCommand::Confirm
);
step!(
    /// Start the execution of an order
    ///
    /// From here on the customer can change nothing any more. Doing it twice is no error.
    start_order, "/v1/staff/orders/{id}/start", "start_order", examples::ORDER_TO_START,
    OrdersStart, OrderCommand::Start
);
step!(
    /// Complete an order
    ///
    /// The goods have left the house: the reserved stock is taken out. Doing it twice is no error.
    complete_order, "/v1/staff/orders/{id}/complete", "complete_order", examples::ORDER_TO_COMPLETE,
    OrdersComplete, OrderCommand::Complete
);
step!(
    /// Take an invalid mark back
    ///
    /// The order returns to the status it had before; the stock is reserved again, if there is enough.
    restore_order, "/v1/staff/orders/{id}/restore", "restore_order", examples::ORDER_TO_RESTORE,
    OrdersRestore, OrderCommand::Restore
);
step!(
    /// Put an invalid order into the trash
    ///
    /// From then on only members with the permission `orders:delete` see it. Nothing is lost. Doing it twice is no error.
    delete_order, "/v1/staff/orders/{id}/delete", "delete_order", examples::ORDER_TO_DELETE,
    OrdersDelete, OrderCommand::Delete { batch: None }
);
step!(
    /// Take an order out of the trash
    ///
    /// It is again what it was before.
    undelete_order, "/v1/staff/orders/{id}/undelete", "undelete_order", examples::ORDER_TO_UNDELETE,
    OrdersDelete, OrderCommand::Undelete { batch: None }
);

step!(
    /// Keep an order off the public board
    ///
    /// As its buyer wishes. Doing it twice is no error.
    hide_staff_order, "/v1/staff/orders/{id}/hide", "hide_staff_order", examples::ORDER_TO_HIDE_BY_STAFF,
    OrdersAmend, OrderCommand::Hide
);
step!(
    /// Let an order stand on the public board
    ///
    /// Masked, if its store has a board. Doing it twice is no error.
    show_staff_order, "/v1/staff/orders/{id}/show", "show_staff_order", examples::ORDER_TO_HIDE_BY_STAFF,
    OrdersAmend, OrderCommand::Show
);

/// Reject an order
///
/// An order that waits for review becomes invalid; its stock is given back.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/reject", operation_id = "reject_order", tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_REJECT)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = InvalidateOrder,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn reject_order(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersReject>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<InvalidateOrder>,
) -> Result<HttpResponse, Problem> {
    let command = OrderCommand::Reject { reason: body.0.reason, comment: body.0.comment()? };
    let caller = Caller::staff(&state, &staff, &request_id);
    act(caller, id.0, Conditions { version, key }, "reject_order", &body.0, command).await
}

/// Mark an order invalid
///
/// An order that is not being executed yet, or was cancelled; its stock is given back.
#[utoipa::path(post, path = "/v1/staff/orders/{id}/invalidate", operation_id = "invalidate_order",
    tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_INVALIDATE)),
        OptionalIfMatch, OptionalIdempotencyKey),
    request_body = InvalidateOrder,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn invalidate_order(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersInvalidate>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<InvalidateOrder>,
) -> Result<HttpResponse, Problem> {
    let command = OrderCommand::Invalidate { reason: body.0.reason, comment: body.0.comment()? };
    let caller = Caller::staff(&state, &staff, &request_id);
    act(caller, id.0, Conditions { version, key }, "invalidate_order", &body.0, command).await
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
    staff: Staff<permit::OrdersCancel>,
    id: PathId<OrderId>,
    request_id: RequestId,
    version: OptionalIfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<CancelStaffOrder>,
) -> Result<HttpResponse, Problem> {
    let command = OrderCommand::Cancel { reason: body.0.reason, comment: comment(body.0.comment.as_ref())? };
    let caller = Caller::staff(&state, &staff, &request_id);
    act(caller, id.0, Conditions { version, key }, "cancel_staff_order", &body.0, command).await
}
