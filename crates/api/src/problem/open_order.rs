//! The orders that are open when an account is to be deleted.

use ordervault_domain::refusal::OpenOrder;
use serde::Serialize;
use utoipa::ToSchema;

use crate::names;

/// An order that is still to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OpenOrder)]
pub struct OpenOrderBody {
    /// The id.
    #[schema(min_length = 14, max_length = 14, example = "0P654D221QSQ5F")]
    pub id: String,
    /// The order number.
    #[schema(min_length = 17, max_length = 17, example = "0P65-4D22-1QSQ-5F")]
    pub number: String,
    /// Where it stands.
    #[schema(value_type = names::OrderStatus)]
    pub status: &'static str,
}

impl From<&OpenOrder> for OpenOrderBody {
    fn from(order: &OpenOrder) -> Self {
        Self { id: order.id.to_string(), number: order.id.number(), status: order.status.into() }
    }
}
