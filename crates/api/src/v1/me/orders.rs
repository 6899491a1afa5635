//! `POST /v1/me/orders`: an order that was placed without an account goes into one.

use actix_web::{HttpResponse, web};
use ordervault_domain::order::OrderCommand;

use crate::extract::{ClientAddress, OptionalIdempotencyKey, OptionalIfMatch, Valid};
use crate::middleware::request_id::RequestId;
use crate::principals::{Customer, CustomerOrGuest};
use crate::problem::Problem;
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::order_body::OrderBody;
use crate::v1::order_lookups::{LookUpOrder, proved};
use crate::v1::orders::answer::carry_out;

/// Take an order into your account
///
/// One that was placed without an account, which you prove to know as in a look-up: by its number and the phone number or
/// e-mail address that it has now, or by its look-up token. From then on it stands among your orders. Whoever is written to about
/// the order is told. Doing it twice is no error; what is in another account stays there. Attempts are counted as those of look-ups.
#[utoipa::path(post, path = "/v1/me/orders", operation_id = "take_order", tag = "orders",
    params(OptionalIdempotencyKey),
    request_body = LookUpOrder,
    responses((status = 200, description = "The order as it is now", body = OrderBody,
            headers(("ETag" = String, description = "The version in double quotes"))),
        (status = 404, description = "No such order, or not yours; or the number is mistyped",
            content_type = "application/problem+json", body = ref("#/components/schemas/Problem"))),
    security(("customer_bearer" = [])))]
pub(crate) async fn take_order(
    state: web::Data<AppState>,
    customer: Customer,
    address: ClientAddress,
    request_id: RequestId,
    key: OptionalIdempotencyKey,
    body: Valid<LookUpOrder>,
) -> Result<HttpResponse, Problem> {
    let grant = proved(&state, address, &request_id, &body.0).await?;
    let command = OrderCommand::Link { customer_id: customer.id, proof: Some(grant), comment: None };
    let caller = CustomerOrGuest::Customer(customer);
    let caller = Caller::buyer(&state, &caller, &request_id);
    let conditions = Conditions { version: OptionalIfMatch(None), key };
    carry_out(caller, grant.order, conditions, "link", &body.0, command).await
}
