//! The steps of one fulfillment: one entry each, which makes its permit, its handler and its route.

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{LossSettlement, OrderCommand, Ship, Shipment};

use super::body::{
    CancelFulfillment, CarriageBody, CorrectDelivery, DeliverFulfillment, FailDelivery, FailureOutcome,
    SettleLoss, SettlementWay, StepBody, TakeBack, read_lines,
};
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch, PathId, PathNo, Valid, ValidOrNothing};
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

/// Of each step: the handler, which is the operation id as well; the end of the path; the kind of command; how the body of the request is read,
/// which, and as what it is described; and the command that it makes with the number of the fulfillment.
macro_rules! steps {
    ($($(#[$doc:meta])* $handler:ident, $end:literal, $kind:ident, $extract:ident $body:ident [$($request:tt)+] => $command:expr;)+) => {
        permit::commands!(
            /// Permits for the steps of this file.
            permits, order, OrderCommandKind: $($kind),+
        );

        /// The endpoints of this file.
        pub(super) fn routes() -> Routes {
            Routes::new()$(.with(endpoint!($handler)))+
        }

        $(
            $(#[$doc])*
            #[utoipa::path(post, path = concat!("/v1/staff/orders/{id}/fulfillments/{no}/", $end),
                operation_id = stringify!($handler), tag = "staff-orders",
                params(("id" = String, Path, description = "Id or number of the order",
                    example = json!(examples::ORDER)),
                    ("no" = u32, Path, description = "Number of the fulfillment", example = 1),
                    OptionalIfMatch, OptionalIdempotencyKey),
                request_body = $($request)+,
                responses((status = 200, description = "The order as it is now", body = OrderBody,
                    headers(("ETag" = String, description = "The version in double quotes")))),
                security(("staff_bearer" = [])))]
            async fn $handler(
                state: web::Data<AppState>,
                staff: Staff<permits::$kind>,
                id: PathId<OrderId>,
                no: PathNo,
                request_id: RequestId,
                version: OptionalIfMatch,
                key: OptionalIdempotencyKey,
                body: $extract<$body>,
            ) -> Result<HttpResponse, Problem> {
                let PathNo(no) = no;
                let mut fields = Fields::default();
                let make: fn(u32, &$body, &mut Fields) -> OrderCommand = $command;
                let command = make(no, &body.0, &mut fields);
                let command = fields.finish(command)?;
                let caller = Caller::staff(&state, &staff, &request_id);
                let name = format!(concat!(stringify!($handler), " {} of"), no);
                carry_out(caller, id.0, Conditions { version, key }, &name, &body.0, command).await
            }
        )+
    };
}

steps! {
    /// Note that a fulfillment is picked
    ///
    /// Its units are taken from the shelf. Doing it twice is no error; steps may be left out.
    pick_fulfillment, "pick", Pick, ValidOrNothing StepBody [Option<StepBody>] => |no, _, _| OrderCommand::Pick { no };

    /// Note that a fulfillment is packed
    ///
    /// Its units are in parcels. What is known of these may be told with it, or later.
    pack_fulfillment, "pack", Pack, ValidOrNothing CarriageBody [Option<CarriageBody>] => |no, body, fields| {
        OrderCommand::Pack { no, carriage: body.read(fields) }
    };

    /// Ship a fulfillment
    ///
    /// Its parcels have left the house, and its units leave the stock.
    ship_fulfillment, "ship", Ship, ValidOrNothing CarriageBody [Option<CarriageBody>] => |no, body, fields| {
        OrderCommand::Ship(Box::new(Ship { what: Shipment::Planned(no), carriage: body.read(fields) }))
    };

    /// Tell how parcels are found
    ///
    /// Of a fulfillment that has left: its carrier, and all its parcels with their tracking numbers and links.
    track_fulfillment, "track", Track, ValidOrNothing CarriageBody [Option<CarriageBody>] => |no, body, fields| {
        OrderCommand::Track { no, carriage: body.read(fields) }
    };

    /// Note that a fulfillment has arrived
    ///
    /// Doing it twice is no error.
    deliver_fulfillment, "deliver", Deliver, ValidOrNothing DeliverFulfillment [Option<DeliverFulfillment>] => |no, body, _| {
        OrderCommand::Deliver { no, at: body.at }
    };

    /// Call a fulfillment off
    ///
    /// Before it has left: its units are open again. Doing it twice is no error.
    cancel_fulfillment, "cancel", CancelFulfillment, ValidOrNothing CancelFulfillment [Option<CancelFulfillment>] => |no, body, fields| {
        OrderCommand::CancelFulfillment { no, comment: body.comment(fields) }
    };

    /// Note that parcels do not arrive
    ///
    /// They come back, or are lost; what was to come back may be lost yet.
    fail_fulfillment, "fail", Fail, Valid FailDelivery [FailDelivery] => |no, body, fields| {
        let (lost, comment) = (body.outcome == FailureOutcome::Lost, body.comment(fields));
        OrderCommand::Fail { no, lost, reason: body.reason, comment }
    };

    /// Take undelivered parcels back
    ///
    /// Good units are open again; broken ones are a loss that is to be settled. Parcels that were given up for lost are taken back as well
    /// if they turn up.
    take_back_fulfillment, "take-back", TakeBack, ValidOrNothing TakeBack [Option<TakeBack>] => |no, body, fields| {
        OrderCommand::TakeBack { no, lines: body.lines(), comment: body.comment(fields) }
    };

    /// Settle a loss
    ///
    /// Lost or broken units are promised anew: they are open again, if there is enough in stock. Or they are not owed any more, and the
    /// order costs so much less; what was paid for them is to be paid back then.
    settle_loss, "settle-loss", SettleLoss, Valid SettleLoss [SettleLoss] => |no, body, fields| {
        let by = match body.by {
            SettlementWay::Reship => LossSettlement::Reship,
            SettlementWay::Credit => LossSettlement::Credit,
        };
        let lines = read_lines(body.lines.as_deref());
        OrderCommand::SettleLoss { no, by, lines, comment: body.comment(fields) }
    };

    /// Take an arrival back
    ///
    /// Of a fulfillment that was noted as delivered by mistake, within 72 hours.
    correct_delivery, "correct-delivery", CorrectDelivery, ValidOrNothing CorrectDelivery [Option<CorrectDelivery>]
        => |no, body, fields| OrderCommand::CorrectDelivery { no, comment: body.comment(fields) };
}
