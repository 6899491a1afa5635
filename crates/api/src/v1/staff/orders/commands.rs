//! The commands on one order that say no more than why: one entry each, which makes its permit, its handler and its route.

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{MAX_COMMENT_CODE_POINTS, OrderCommandKind};

use super::reasons::{CancelStaffOrder, InvalidateOrder, ReverseOrder, Why};
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch, PathId, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::Fields;
use crate::v1::order_body::OrderBody;
use crate::v1::orders::answer::carry_out;

/// Of each command: the handler, which is the operation id as well; the end of the path; the order of the example; the kind of
/// command, with the body of the request if it takes a reason.
macro_rules! commands {
    ($($(#[$doc:meta])* $handler:ident, $end:literal, $example:ident, $kind:ident $(because $body:ident)?;)+) => {
        permit::commands!(
            /// Permits for the commands of this file.
            permits, order, OrderCommandKind: $($kind),+
        );

        /// The endpoints of this file.
        pub(super) fn routes() -> Routes {
            Routes::new()$(.with(endpoint!($handler)))+
        }

        $(
            $(#[$doc])*
            #[utoipa::path(post, path = concat!("/v1/staff/orders/{id}/", $end), operation_id = stringify!($handler),
                tag = "staff-orders",
                params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::$example)),
                    OptionalIfMatch, OptionalIdempotencyKey),
                $(request_body = $body,)?
                responses((status = 200, description = "The order as it is now", body = OrderBody,
                    headers(("ETag" = String, description = "The version in double quotes")))),
                security(("staff_bearer" = [])))]
            async fn $handler(
                state: web::Data<AppState>,
                staff: Staff<permits::$kind>,
                id: PathId<OrderId>,
                request_id: RequestId,
                version: OptionalIfMatch,
                key: OptionalIdempotencyKey,
                $(body: Valid<$body>,)?
            ) -> Result<HttpResponse, Problem> {
                let caller = Caller::staff(&state, &staff, &request_id);
                let conditions = Conditions { version, key };
                let said = said!($($body: body)?);
                command(caller, id.0, conditions, stringify!($handler), OrderCommandKind::$kind, said).await
            }
        )+
    };
}

/// What the body says, or nothing.
macro_rules! said {
    () => {
        &()
    };
    ($type:ident: $body:ident) => {
        &$body.0
    };
}

async fn command(
    caller: Caller<'_>,
    id: OrderId,
    conditions: Conditions,
    name: &str,
    kind: OrderCommandKind,
    said: &impl Why,
) -> Result<HttpResponse, Problem> {
    let (reason, comment) = said.why();
    let mut fields = Fields::default();
    let comment = fields.lines_option("/comment", comment, MAX_COMMENT_CODE_POINTS);
    let command = fields.finish(kind.plain(reason, comment))?;
    let command = command.map_err(|_| Problem::internal("a body that does not go with its command"))?;
    carry_out(caller, id, conditions, name, said, command).await
}

commands! {
    /// Confirm an order
    ///
    /// The shop promises to deliver. Doing it twice is no error.
    confirm_order, "confirm", ORDER_TO_CONFIRM, Confirm;

    /// Reject an order
    ///
    /// An order that waits for review becomes invalid; its stock is given back.
    reject_order, "reject", ORDER_TO_REJECT, Reject because InvalidateOrder;

    /// Start the execution of an order
    ///
    /// From here on the customer can change nothing any more but the contact. Doing it twice is no error.
    start_order, "start", ORDER_TO_START, Start;

    /// Complete an order
    ///
    /// The goods have left the house: the reserved stock is taken out. Doing it twice is no error.
    complete_order, "complete", ORDER_TO_COMPLETE, Complete;

    /// Cancel an order
    ///
    /// Before its execution, or during it with the permission `orders:cancel-processing`; the stock is given back. Cancelling
    /// twice for the same reason is no error.
    cancel_staff_order, "cancel", ORDER_TO_CANCEL_BY_STAFF, Cancel because CancelStaffOrder;

    /// Mark an order invalid
    ///
    /// An order that is not being executed yet, or was cancelled; its stock is given back.
    invalidate_order, "invalidate", ORDER_TO_INVALIDATE, Invalidate because InvalidateOrder;

    /// Take an invalid mark back
    ///
    /// The order returns to the status it had before; the stock is reserved again, if there is enough.
    restore_order, "restore", ORDER_TO_RESTORE, Restore;

    /// Take the confirmation of an order back
    ///
    /// Within the time that the store's policy gives. It waits for review again, with a new deadline.
    unconfirm_order, "unconfirm", ORDER_TO_UNCONFIRM, Unconfirm because ReverseOrder;

    /// Take the start of an order back
    ///
    /// Within the time that the store's policy gives. It is confirmed again, with a new deadline; the customer can change it again
    /// if their time for that is not over.
    unstart_order, "unstart", ORDER_TO_UNSTART, Unstart because ReverseOrder;

    /// Take the completion of an order back
    ///
    /// Within the time that the store's policy gives. It is being executed again, with a new deadline; what left the house is
    /// there again, and reserved.
    reopen_order, "reopen", ORDER_TO_REOPEN, Reopen because ReverseOrder;

    /// Take the cancellation of an order back
    ///
    /// Within the time that the store's policy gives. The order returns to the status it had before, with a new deadline; the
    /// stock is reserved again, if there is enough. Nobody is asked whether it looks like another order.
    reinstate_order, "reinstate", ORDER_TO_REINSTATE, Reinstate because ReverseOrder;

    /// Put an invalid order into the trash
    ///
    /// From then on only members with the permission `orders:delete` see it. Nothing is lost. Doing it twice is no error.
    delete_order, "delete", ORDER_TO_DELETE, Delete;

    /// Take an order out of the trash
    ///
    /// It is again what it was before.
    undelete_order, "undelete", ORDER_TO_UNDELETE, Undelete;

    /// Keep an order off the public board
    ///
    /// As its buyer wishes. Doing it twice is no error.
    hide_staff_order, "hide", ORDER_TO_HIDE_BY_STAFF, Hide;

    /// Let an order stand on the public board
    ///
    /// Masked, if its store has a board. Doing it twice is no error.
    show_staff_order, "show", ORDER_TO_HIDE_BY_STAFF, Show;

    /// Take an order out of a customer's account
    ///
    /// As if it had been placed without one: its number and contact still find it. Whoever is written to about the order is told.
    /// Doing it twice is no error.
    unlink_order, "unlink", ORDER_TO_LINK, Unlink because ReverseOrder;
}
