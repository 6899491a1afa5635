//! The orders that a new one looks like, told to whoever may see them.

use ordervault_domain::money::Money;
use ordervault_domain::order::Order;
use ordervault_domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::Ref;

use crate::names;

/// An earlier order that the new one looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EarlierOrder {
    /// The id.
    #[schema(min_length = 14, max_length = 14, example = "0P654D221QSQ5F")]
    pub id: String,
    /// The order number.
    #[schema(min_length = 17, max_length = 17, example = "0P65-4D22-1QSQ-5F")]
    pub number: String,
    /// Where it stands.
    #[schema(value_type = names::OrderStatus)]
    pub status: &'static str,
    /// When it was placed.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub placed_at: Timestamp,
    /// What it costs.
    #[schema(schema_with = total)]
    pub total: Money,
}

fn total() -> Ref {
    Ref::from_schema_name("Money")
}

impl From<&Order> for EarlierOrder {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            number: order.id.number(),
            status: order.status().into(),
            placed_at: order.placed_at,
            total: Money { amount: order.totals.total, currency: order.currency },
        }
    }
}
