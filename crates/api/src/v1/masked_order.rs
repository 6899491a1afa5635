//! Orders as those see them who may not know whose they are.

use ordervault_domain::contact::{Contact, masked_email, masked_name, masked_phone};
use ordervault_domain::order::Order;
use ordervault_domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::money::MoneyBody;
use super::order_body::LineBody;
use crate::names;
use crate::openapi::examples;

/// An order without anything that tells whose it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MaskedOrder)]
pub(crate) struct MaskedOrderBody {
    /// The order number; on a public board three stars and its last four symbols.
    #[schema(min_length = 7, max_length = 17, example = json!(examples::ORDER_NUMBER))]
    number: String,
    /// Where it stands.
    #[schema(value_type = names::OrderStatus)]
    status: &'static str,
    /// When it came into its status, to the minute.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    status_since: Timestamp,
    /// The store that sells.
    #[schema(example = json!(examples::STORE))]
    store_id: String,
    /// What customers call the store today.
    #[schema(example = "台北茶館 Taipei Tea House")]
    store_name: String,
    /// What was ordered.
    lines: Vec<LineBody>,
    /// Sum of the lines.
    subtotal: MoneyBody,
    /// Price of sending.
    shipping_total: MoneyBody,
    /// What it costs all in all.
    total: MoneyBody,
    /// Who gets it, masked.
    contact: MaskedContactBody,
    /// When it was placed, to the minute.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    placed_at: Timestamp,
}

/// An order on a public board.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BoardOrder)]
pub(crate) struct BoardOrderBody {
    /// Names the order on the board, and nowhere else.
    #[schema(min_length = 32, max_length = 32, example = "vJ2vF8cXb0m1qT4yWkq9uQ3hZr6sN7eP")]
    id: String,
    /// The order, with no more than the end of its number, with which somebody might be let in.
    #[serde(flatten)]
    order: MaskedOrderBody,
}

/// A contact of which strangers see little: no address, and of the rest first letters and last digits.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MaskedContact)]
pub(crate) struct MaskedContactBody {
    /// The person's name: the first character of each word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "王**")]
    name: Option<String>,
    /// Phone number: the last three digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "***678")]
    phone: Option<String>,
    /// E-mail address: first letters and the last part of the domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "m***@e***.com")]
    email: Option<String>,
}

impl BoardOrderBody {
    /// An order under its id on the board.
    pub(crate) fn new(id: String, order: &Order, store_name: &str) -> Self {
        let masked = MaskedOrderBody::new(order, store_name);
        Self { id, order: MaskedOrderBody { number: order.id.masked_number(), ..masked } }
    }
}

impl MaskedOrderBody {
    /// An order of the store of this name.
    pub(crate) fn new(order: &Order, store_name: &str) -> Self {
        let money = |amount| MoneyBody::new(amount, order.currency);
        Self {
            number: order.id.number(),
            status: order.status().into(),
            status_since: order.status_since.floor_to_minute(),
            store_id: order.store_id.to_string(),
            store_name: store_name.to_owned(),
            lines: order.lines.iter().map(|line| LineBody::new(line, order)).collect(),
            subtotal: money(order.totals.subtotal),
            shipping_total: money(order.totals.shipping_total),
            total: money(order.totals.total),
            contact: MaskedContactBody::from(&order.contact),
            placed_at: order.placed_at.floor_to_minute(),
        }
    }
}

impl From<&Contact> for MaskedContactBody {
    fn from(contact: &Contact) -> Self {
        Self {
            name: contact.name.as_deref().map(masked_name),
            phone: contact.phone.as_ref().map(masked_phone),
            email: contact.email.as_ref().map(masked_email),
        }
    }
}
