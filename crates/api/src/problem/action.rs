//! What may be done to an order, as answers list it.

use std::collections::BTreeMap;

use ordervault_domain::order::ActionAvailability;
use ordervault_domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::names;

/// Whether one act is open to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ActionAvailability)]
pub struct ActionBody {
    /// The act, named like the endpoint that does it.
    #[schema(value_type = names::OrderAction)]
    pub action: &'static str,
    /// Would it be carried out now?
    #[schema(example = true)]
    pub allowed: bool,
    /// Until when, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T09:30:00.000Z")]
    pub until: Option<Timestamp>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<names::BlockedBy>)]
    pub blocked_by: Option<&'static str>,
    /// Of `amend`: what can be changed now; a contact can be corrected for longer than the rest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<names::AmendedPart>>, nullable = false, example = json!(["contact"]))]
    pub parts: Vec<&'static str>,
}

/// What somebody may do with an order, and with each of its fulfillments by their numbers.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    /// With the order.
    pub order: Vec<ActionBody>,
    /// With its fulfillments.
    pub fulfillments: BTreeMap<u32, Vec<ActionBody>>,
}

impl From<ActionAvailability> for ActionBody {
    fn from(offer: ActionAvailability) -> Self {
        Self {
            action: offer.action.into(),
            allowed: offer.allowed,
            until: offer.until,
            blocked_by: offer.blocked_by,
            parts: offer.parts.into_iter().map(Into::into).collect(),
        }
    }
}
