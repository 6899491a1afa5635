//! `POST /v1/staff/orders`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::order::Order;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::{Content, IdempotencyKey, OptionalIdempotencyKey, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Written};
use crate::v1::contact::{ContactBody, NewContact};
use crate::v1::fields::faults_of;
use crate::v1::money::NewMoneyBody;
use crate::v1::order_body::OrderBody;
use crate::v1::orders::answer::{LineRequestBody, answer};
use crate::v1::orders::place::{PlaceOrder, placing};

/// A new order for somebody who called, wrote or came by.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "customer_id": examples::CUSTOMER_ON_THE_PHONE,
    "store_id": examples::STORE,
    "lines": [{"product_id": examples::PRODUCT, "quantity": 1}],
    "contact": {"name": "田中 さくら", "phone": "+819011112222"},
    "note": "asked for by telephone",
}))]
pub(crate) struct PlaceStaffOrder {
    /// The customer whose order it is: they find it among their own. Left out: it is that of somebody without an account.
    #[serde(default)]
    #[schema(nullable = false, min_length = 18, max_length = 18, pattern = "^[Cc][Uu][Ss]_[0-9A-TV-Za-tv-z]{14}$",
        example = json!(examples::CUSTOMER_ON_THE_PHONE))]
    customer_id: Option<String>,
    /// The store that sells; one of yours.
    #[schema(min_length = 18, max_length = 18, pattern = "^[Ss][Tt][Oo]_[0-9A-TV-Za-tv-z]{14}$",
        example = json!(examples::STORE))]
    store_id: String,
    /// What is ordered.
    #[validate(nested, length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<LineRequestBody>,
    /// Who gets it, and where.
    #[validate(nested)]
    #[schema(value_type = NewContact)]
    contact: ContactBody,
    /// The buyer's note to the shop.
    #[serde(default)]
    #[schema(nullable = false, max_length = 2000, example = "asked for by telephone")]
    note: Option<String>,
    /// How it is sent: the code of one of the store's ways. Left out: the first of them.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 32, example = "home")]
    shipping: Option<String>,
    /// How it is paid: the code of one of the store's ways. Left out: the first of them.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 32, example = "transfer")]
    payment: Option<String>,
    /// Keep it off the shop's public board, if it has one?
    #[serde(default)]
    #[schema(example = false)]
    unlisted: bool,
    /// When a `duplicate-order` problem named earlier orders and this one is meant all the same: their ids.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20, example = json!([]))]
    not_duplicate_of: Vec<String>,
    /// What the order costs as the buyer was told. If it costs something else, it is not placed: 409 `price-changed` has the new
    /// total. Left out: at whatever it costs now.
    #[serde(default)]
    #[validate(nested)]
    #[schema(nullable = false)]
    expected_total: Option<NewMoneyBody>,
}

impl Content for PlaceStaffOrder {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        let (customer_id, order) = self.clone().into_parts();
        faults_of(order.to_domain(customer_id.as_ref()))
    }
}

impl PlaceStaffOrder {
    /// For whom, and the order as they would place it themselves.
    fn into_parts(self) -> (Option<String>, PlaceOrder) {
        let Self {
            customer_id,
            store_id,
            lines,
            contact,
            note,
            shipping,
            payment,
            unlisted,
            not_duplicate_of,
            expected_total,
        } = self;
        let order = PlaceOrder {
            store_id,
            lines,
            contact,
            note,
            shipping,
            payment,
            unlisted,
            not_duplicate_of,
            expected_total,
        };
        (customer_id, order)
    }
}

/// Place an order for somebody
///
/// Like an order of a buyer's own: prices from the catalogue, stock reserved, and 409 `duplicate-order` when this buyer has just
/// ordered the same. With `customer_id` the customer finds it among their orders; without, whoever has its number and
/// the phone number or e-mail address looks it up. It is new for your colleagues, not for you. Repeat the request with the
/// same `Idempotency-Key` as often as you like: there will be one order.
#[utoipa::path(post, path = "/v1/staff/orders", operation_id = "place_staff_order", tag = "staff-orders",
    params(IdempotencyKey),
    request_body = PlaceStaffOrder,
    responses((status = 201, description = "Placed", body = OrderBody, headers(
        ("ETag" = String, description = "The version in double quotes"),
        ("Location" = String, description = "The path of the order")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn place_staff_order(
    state: web::Data<AppState>,
    staff: Staff<permit::order::Place>,
    request_id: RequestId,
    key: IdempotencyKey,
    body: Valid<PlaceStaffOrder>,
) -> Result<HttpResponse, Problem> {
    let (customer_id, order) = body.0.into_parts();
    let place = order.to_domain(customer_id.as_ref())?;
    let caller = Caller::staff(&state, &staff, &request_id);
    let (key, body) = (OptionalIdempotencyKey(Some(key)), (&customer_id, &order));
    let placed: Written<Order> = caller.change(key, "place_staff_order", &body, vec![placing(place)]).await?;
    answer(&state, &caller.actor, &placed, StatusCode::CREATED).await
}
