//! What requests about orders have in common: lines, the command itself and its answer.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use ordervault_domain::access::Actor;
use ordervault_domain::id::{OrderId, ProductId};
use ordervault_domain::order::{LineRequest, Order, OrderCommand};
use ordervault_persistence::writer::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::openapi::examples;
use crate::problem::Problem;
use crate::state::AppState;
use crate::submit::unshown;
use crate::v1::caller::{Caller, Conditions, Written};
use crate::v1::fields::Fields;
use crate::v1::offers::{offers, store_name};
use crate::v1::order_body::OrderBody;
use crate::v1::paths::order_path;
use crate::v1::resource::knowing;

/// A product and how many of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = LineRequest)]
pub(crate) struct LineRequestBody {
    /// Which product; of the order's store.
    #[schema(min_length = 18, max_length = 18, pattern = "^[Pp][Rr][Dd]_[0-9A-TV-Za-tv-z]{14}$",
        example = json!(examples::PRODUCT))]
    product_id: String,
    /// How many.
    #[validate(range(min = 1, max = 1_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000, example = 2)]
    quantity: u32,
}

/// An order, with what finds it again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderAndToken {
    /// The order.
    #[serde(flatten)]
    order: OrderBody,
    /// Without an account: finds the order again, together with its number. It is told when the order is placed and when another
    /// phone number or e-mail address ends the one before, and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "olt_T0yJpZ2xk8q3v5w7n9b1c4d6f8h0j2l4m6p8r0s2u4w")]
    lookup_token: Option<String>,
}

/// Reads requested lines.
pub(super) fn line_requests(fields: &mut Fields, lines: &[LineRequestBody]) -> Vec<LineRequest> {
    let read = lines.iter().enumerate().filter_map(|(position, line)| {
        let product_id = line_product(fields, position, &line.product_id)?;
        Some(LineRequest { product_id, quantity: line.quantity })
    });
    read.collect()
}

/// Reads the product of the line at this place of a request.
pub(super) fn line_product(fields: &mut Fields, position: usize, product_id: &str) -> Option<ProductId> {
    fields.parsed(format!("/lines/{position}/product_id"), product_id, "unknown-product")
}

/// Carries out a command on an order and answers with what became of it.
pub(crate) async fn carry_out(
    caller: Caller<'_>,
    id: OrderId,
    conditions: Conditions,
    name: &str,
    body: &impl Serialize,
    command: OrderCommand,
) -> Result<HttpResponse, Problem> {
    let expected_version = conditions.version.expected_version();
    let operation = Operation::Order { id: Some(id), expected_version, command };
    let counted = caller.state.throttles.act(&caller.actor);
    let operations = counted.into_iter().chain([operation]).collect();
    let changed = caller.change(conditions.key, &format!("{name} {id}"), body, operations).await?;
    answer(caller.state, &caller.actor, &changed, StatusCode::OK).await
}

/// The order as the actor sees it, with what they may do now.
pub(super) async fn body(
    state: &AppState,
    actor: &Actor,
    changed: &Written<Order>,
) -> Result<OrderBody, Problem> {
    let actor = &knowing(actor, &*changed.resource);
    let offers = offers(state, &changed.now, actor).await?;
    let store_name = store_name(state, changed.resource.store_id).await?;
    Ok(OrderBody::new(&changed.resource, &store_name, &actor.scope(), offers, state.now()))
}

/// Answers with an order as a command left it, and with a look-up token for whoever has none that is good for it.
pub(crate) async fn answer(
    state: &AppState,
    actor: &Actor,
    changed: &Written<Order>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let order = body(state, actor, changed).await.map_err(unshown)?;
    let lookup_token = match actor {
        Actor::Guest(had) if *had != Some(changed.resource.grant()) => {
            state.lookup_tokens.mint(changed.resource.grant())
        }
        _ => None,
    };
    let path = order_path(actor, changed.resource.id);
    Ok(changed.answer(state, status, &path, &OrderAndToken { order, lookup_token }))
}
