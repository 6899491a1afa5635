//! Customers and their orders. What staff do with orders the same way is shared from here.

pub(super) mod amend;
mod cancel;
pub(super) mod history;
pub(super) mod list;
mod place;
pub(super) mod read;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use ordervault_domain::access::Actor;
use ordervault_domain::id::{OrderId, ProductId};
use ordervault_domain::order::{Command, LineRequest, Order};
use ordervault_persistence::writer::{Act, ActorRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::fields::Fields;
use super::order_body::OrderBody;
use super::submit::{ChangedOrder, Wish, change_order, idempotency, offers};
use crate::auth::{Customer, Staff};
use crate::extract::{OptionalIdempotencyKey, OptionalIfMatch};
use crate::middleware::request_id::RequestId;
use crate::problem::Problem;
use crate::routes::{Routes, endpoint};
use crate::state::AppState;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(place::place_order))
        .with(endpoint!(list::list_orders))
        .with(endpoint!(read::get_order))
        .with(endpoint!(history::get_order_history))
        .with(endpoint!(amend::amend_order))
        .with(endpoint!(cancel::cancel_order))
}

/// A product and how many of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = LineRequest)]
pub(crate) struct LineRequestBody {
    /// Which product; of the order's store.
    #[schema(min_length = 18, max_length = 18, example = "prd_0BQ7C0M3X7T2KA")]
    product_id: String,
    /// How many.
    #[validate(range(min = 1, max = 1_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000, example = 2)]
    quantity: u32,
}

/// Reads requested lines.
fn line_requests(fields: &mut Fields, lines: &[LineRequestBody]) -> Vec<LineRequest> {
    let read = lines.iter().enumerate().filter_map(|(position, line)| {
        let pointer = format!("/lines/{position}/product_id");
        let product_id: ProductId = fields.parsed(pointer, &line.product_id, "unknown-product")?;
        Some(LineRequest { product_id, quantity: line.quantity })
    });
    read.collect()
}

/// Whoever asks for a change of an order.
pub(crate) struct Asker<'a> {
    state: &'a AppState,
    actor: Actor,
    actor_ref: ActorRef,
    request_id: &'a RequestId,
}

impl<'a> Asker<'a> {
    /// A customer.
    pub(crate) fn customer(state: &'a AppState, customer: &Customer, request_id: &'a RequestId) -> Self {
        Self { state, actor: customer.actor(), actor_ref: customer.actor_ref(), request_id }
    }

    /// A member.
    pub(crate) fn staff<P>(state: &'a AppState, staff: &Staff<P>, request_id: &'a RequestId) -> Self {
        Self { state, actor: staff.actor(), actor_ref: staff.actor_ref(), request_id }
    }
}

/// Under which conditions an act is wanted.
pub(crate) struct Conditions {
    /// The version that the caller has seen.
    pub version: OptionalIfMatch,
    /// "Do this once."
    pub key: OptionalIdempotencyKey,
}

/// Carries out an act on an order and answers with what became of it.
pub(crate) async fn act(
    asker: Asker<'_>,
    id: OrderId,
    conditions: Conditions,
    name: &str,
    body: &impl Serialize,
    command: Command,
) -> Result<HttpResponse, Problem> {
    let wish = Wish {
        state: asker.state,
        actor: asker.actor_ref,
        request_id: asker.request_id,
        idempotency: idempotency(&owner(&asker.actor), conditions.key, &operation(name, id), body),
    };
    let expected_version = conditions.version.0.and_then(|version| version.expected_version());
    let act = Act::Order { id: Some(id), expected_version, command };
    let changed = change_order(wish, &asker.actor, act).await?;
    answer(asker.state, &asker.actor, &changed, StatusCode::OK).await
}

/// Who owns an idempotency key of a customer or member.
fn owner(actor: &Actor) -> String {
    format!("{}:{}", <&str>::from(actor.kind()), actor.id().unwrap_or_default())
}

/// The operation with its target, which an idempotency key stands for.
fn operation(name: &str, id: OrderId) -> String {
    format!("{name} {id}")
}

/// The order as the actor sees it, with what they may do now.
async fn body(state: &AppState, actor: &Actor, order: &Order) -> Result<OrderBody, Problem> {
    Ok(OrderBody::new(order, &actor.scope(), offers(state, order, actor).await?))
}

/// Answers with an order: ETag, path of a new one, and the mark of a repeated answer.
async fn answer(
    state: &AppState,
    actor: &Actor,
    changed: &ChangedOrder,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let body = body(state, actor, &changed.order).await?;
    let mut response = HttpResponse::build(status);
    response.insert_header((header::ETAG, format!("\"{}\"", changed.order.version)));
    if status == StatusCode::CREATED {
        response.insert_header((header::LOCATION, format!("/v1/orders/{}", changed.order.id)));
    }
    if changed.replayed {
        response.insert_header(("idempotent-replayed", "true"));
    }
    Ok(response.json(body))
}
