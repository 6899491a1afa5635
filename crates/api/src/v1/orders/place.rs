//! `POST /v1/orders`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::order::{MAX_NOTE_CODE_POINTS, Order, OrderCommand, Place};
use ordervault_persistence::writer::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{LineRequestBody, OrderAndToken, answer, line_requests};
use crate::extract::{ClientAddress, Content, IdempotencyKey, OptionalIdempotencyKey, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{CustomerOrGuest, OptionalCustomer};
use crate::problem::{Code, FieldError, Problem};
use crate::state::AppState;
use crate::throttling;
use crate::v1::caller::{Caller, Written};
use crate::v1::contact::{ContactBody, NewContact};
use crate::v1::fields::{self, Fields};
use crate::v1::money::NewMoneyBody;
use crate::v1::possible_duplicates;

/// A new order. Prices are the shop's business and cannot be sent; what you were shown can.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "store_id": examples::STORE,
    "lines": [{"product_id": examples::PRODUCT, "quantity": 2}],
    "contact": {
        "name": "王小明",
        "phone": "+886912345678",
        "email": examples::CUSTOMER_EMAIL,
        "address": {"line1": "信義路五段7號", "line2": "3F", "city": "台北市", "postal_code": "110", "country": "TW"},
    },
    "note": "請按兩次電鈴",
    "expected_total": {"amount": 136_000, "currency": "TWD"},
}))]
pub(crate) struct PlaceOrder {
    /// The store that sells.
    #[schema(min_length = 18, max_length = 18, pattern = "^[Ss][Tt][Oo]_[0-9A-TV-Za-tv-z]{14}$",
        example = json!(examples::STORE))]
    pub store_id: String,
    /// What is ordered.
    #[validate(nested, length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<LineRequestBody>,
    /// Who gets it, and where.
    #[validate(nested)]
    #[schema(value_type = NewContact)]
    pub contact: ContactBody,
    /// A note to the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, example = "請按兩次電鈴")]
    pub note: Option<String>,
    /// How it is sent: the code of one of the store's ways. Left out: the first of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 32, example = "home")]
    pub shipping: Option<String>,
    /// How it is paid: the code of one of the store's ways. Left out: the first of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 32, example = "transfer")]
    pub payment: Option<String>,
    /// Keep it off the shop's public board, if it has one?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(example = false)]
    pub unlisted: bool,
    /// When a `duplicate-order` problem named earlier orders and this one is meant all the same: their ids, or without an
    /// account the tokens of the problem's remedy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20, example = json!([]))]
    pub not_duplicate_of: Vec<String>,
    /// What the order costs as you were shown it. If it costs something else, it is not placed: 409 `price-changed` has the new
    /// total. Left out: at whatever it costs now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    #[schema(nullable = false)]
    pub expected_total: Option<NewMoneyBody>,
}

impl Content for PlaceOrder {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        fields::faults_of(self.to_domain(None))
    }
}

impl PlaceOrder {
    /// As the domain knows it; `customer_id`: for whom staff place it.
    pub(crate) fn to_domain(&self, customer_id: Option<&String>) -> Result<Place, Problem> {
        let mut fields = Fields::default();
        let customer_id = fields.parsed_option("/customer_id", customer_id, "unknown-customer");
        let store_id = fields.parsed("/store_id", &self.store_id, "unknown-store");
        let lines = line_requests(&mut fields, &self.lines);
        let contact = fields::contact(&mut fields, "/contact", &self.contact);
        let note = fields.lines_option("/note", self.note.as_ref(), MAX_NOTE_CODE_POINTS).unwrap_or_default();
        let shipping = fields.parsed_option("/shipping", self.shipping.as_ref(), "unknown-shipping");
        let payment = fields.parsed_option("/payment", self.payment.as_ref(), "unknown-payment-rule");
        let earlier =
            self.not_duplicate_of.iter().enumerate().filter(|(_, id)| !possible_duplicates::is_token(id));
        let not_duplicate_of =
            earlier.filter_map(|(i, id)| fields.order(format!("/not_duplicate_of/{i}"), id)).collect();
        let expected_total =
            self.expected_total.as_ref().and_then(|total| total.read(&mut fields, "/expected_total"));
        let place = store_id.map(|store_id| Place {
            store_id,
            customer_id,
            lines,
            contact,
            note,
            shipping,
            payment,
            unlisted: self.unlisted,
            not_duplicate_of,
            expected_total,
        });
        fields.finish(place)?.ok_or_else(|| Problem::internal("a store id was lost"))
    }
}

/// The command to place an order.
pub(crate) fn placing(place: Place) -> Operation {
    Operation::Order { id: None, expected_version: None, command: OrderCommand::Place(place) }
}

/// Place an order
///
/// The shop takes prices from its catalogue, reserves the stock and answers with the order, which waits for review. Repeat
/// the request with the same `Idempotency-Key` as often as you like: there will be one order. When there is not enough
/// stock, `errors` names each line and what is available. When you have just ordered the same, you are asked first: 409
/// `duplicate-order` names the earlier order and the ways on; `not_duplicate_of` says that you mean it.
///
/// An account is not needed: without a token, keep the `lookup_token` of the answer, or look the order up by its number and
/// the phone number or e-mail address that you gave. `duplicate-order` then does not tell which the earlier order is.
#[utoipa::path(post, path = "/v1/orders", operation_id = "place_order", tag = "orders",
    params(IdempotencyKey),
    request_body = PlaceOrder,
    responses((status = 201, description = "Placed", body = OrderAndToken, headers(
        ("ETag" = String, description = "The version in double quotes"),
        ("Location" = String, description = "The path of the order"),
        ("RateLimit" = String, description = "So many orders (`r`) are let through in the next `t` seconds")))),
    security((), ("customer_bearer" = [])))]
pub(crate) async fn place_order(
    state: web::Data<AppState>,
    orderer: OptionalCustomer,
    address: ClientAddress,
    request_id: RequestId,
    key: IdempotencyKey,
    body: Valid<PlaceOrder>,
) -> Result<HttpResponse, Problem> {
    let OptionalCustomer(buyer) = orderer;
    let mut place = body.0.to_domain(None)?;
    if let CustomerOrGuest::Guest(_) = buyer {
        place
            .not_duplicate_of
            .extend(possible_duplicates::meant(&state, &place, &body.0.not_duplicate_of).await?);
    }
    let caller = Caller::buyer(&state, &buyer, &request_id).reached_by(&place.contact);
    let key = OptionalIdempotencyKey(Some(key));
    let operations = vec![state.throttles.place(address, &buyer), placing(place)];
    let placed: Written<Order> = match caller.change(key, "place", &body.0, operations).await {
        // Somebody who tries what others have ordered is not to try on and on.
        Err(problem)
            if problem.code() == Code::DuplicateOrder && matches!(buyer, CustomerOrGuest::Guest(_)) =>
        {
            throttling::submit(&state, &request_id, vec![state.throttles.place(address, &buyer)]).await?;
            return Err(problem);
        }
        placed => placed?,
    };
    answer(&state, &buyer.actor(), &placed, StatusCode::CREATED).await
}
