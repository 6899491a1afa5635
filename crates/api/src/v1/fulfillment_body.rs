//! Fulfillments as JSON.

use ordervault_domain::order::{CreditedUnits, Fulfillment, Order, UnitsBack};
use ordervault_domain::parcel::{LineUnits, Parcel};
use ordervault_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::names;
use crate::problem::{ActionBody, Offers};

/// Units of lines that leave the house together.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Fulfillment)]
pub(crate) struct FulfillmentBody {
    /// Its number within the order. No other one gets it.
    #[schema(minimum = 1, example = 1)]
    pub no: u32,
    /// How far it is.
    #[schema(value_type = names::FulfillmentState)]
    pub state: &'static str,
    /// What is in it.
    pub lines: Vec<LineUnitsBody>,
    /// What of it came back undelivered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken_back: Vec<UnitsBackBody>,
    /// Lost or broken units of it of which nothing has become yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<LineUnitsBody>,
    /// Lost or broken units of it that are to be sent anew.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reshipped: Vec<LineUnitsBody>,
    /// Lost or broken units of it that are not owed any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credited: Vec<LineUnitsBody>,
    /// Who carries it, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "黑貓宅急便")]
    pub carrier: Option<String>,
    /// How its parcels are found, as far as that is known.
    pub parcels: Vec<ParcelBody>,
    /// When it came into its state.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub state_since: Timestamp,
    /// When it was planned.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub planned_at: Timestamp,
    /// When it left.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub shipped_at: Option<Timestamp>,
    /// When it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-07T08:30:00.000Z")]
    pub delivered_at: Option<Timestamp>,
    /// What the caller may do with it now.
    pub actions: Vec<ActionBody>,
}

/// Some units of a line of an order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = LineUnits)]
pub(crate) struct LineUnitsBody {
    /// The number of the line.
    #[validate(range(min = 1))]
    #[schema(minimum = 1, example = 1)]
    pub no: u32,
    /// How many.
    #[validate(range(min = 1, max = 1_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000, example = 1)]
    pub units: u32,
}

/// Units of a line that came back undelivered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = UnitsBack)]
pub(crate) struct UnitsBackBody {
    /// The number of the line.
    #[validate(range(min = 1))]
    #[schema(minimum = 1, example = 1)]
    pub no: u32,
    /// So many are good, and open again.
    #[validate(range(max = 1_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000, example = 1)]
    pub restocked: u32,
    /// So many are broken.
    #[validate(range(max = 1_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000, example = 0)]
    pub broken: u32,
}

impl From<UnitsBack> for UnitsBackBody {
    fn from(UnitsBack { no, restocked, broken }: UnitsBack) -> Self {
        Self { no, restocked, broken }
    }
}

impl UnitsBackBody {
    /// As the domain has them.
    pub(crate) fn to_domain(&self) -> UnitsBack {
        UnitsBack { no: self.no, restocked: self.restocked, broken: self.broken }
    }
}

/// A parcel, as its carrier knows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = Parcel)]
pub(crate) struct ParcelBody {
    /// The number that the carrier gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, example = "RR 123 456 789 TW")]
    pub tracking_number: Option<String>,
    /// Where the carrier tells how far it is: an address with https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 2000,
        example = "https://track.example.com/RR123456789TW"
    )]
    pub tracking_url: Option<String>,
}

impl FulfillmentBody {
    /// Those of an order.
    pub(crate) fn of(order: &Order, offers: &Offers) -> Vec<Self> {
        let body = |fulfillment: &Fulfillment| Self {
            no: fulfillment.no,
            state: fulfillment.state.into(),
            lines: fulfillment.lines.iter().copied().map(LineUnitsBody::from).collect(),
            taken_back: fulfillment.taken_back.iter().copied().map(UnitsBackBody::from).collect(),
            losses: fulfillment.losses().into_iter().map(LineUnitsBody::from).collect(),
            reshipped: fulfillment.reshipped.iter().copied().map(LineUnitsBody::from).collect(),
            credited: fulfillment.credited.iter().map(LineUnitsBody::from).collect(),
            state_since: fulfillment.state_since,
            carrier: fulfillment.carrier.clone(),
            parcels: fulfillment.parcels.iter().map(ParcelBody::from).collect(),
            planned_at: fulfillment.planned_at,
            shipped_at: fulfillment.shipped_at,
            delivered_at: fulfillment.delivered_at,
            actions: offers.fulfillments.get(&fulfillment.no).cloned().unwrap_or_default(),
        };
        order.fulfillments.iter().map(body).collect()
    }
}

impl From<&CreditedUnits> for LineUnitsBody {
    fn from(&CreditedUnits { no, units, .. }: &CreditedUnits) -> Self {
        Self { no, units }
    }
}

impl From<LineUnits> for LineUnitsBody {
    fn from(LineUnits { no, units }: LineUnits) -> Self {
        Self { no, units }
    }
}

impl LineUnitsBody {
    /// As the domain has them.
    pub(crate) fn to_domain(&self) -> LineUnits {
        LineUnits { no: self.no, units: self.units }
    }
}

impl From<&Parcel> for ParcelBody {
    fn from(parcel: &Parcel) -> Self {
        Self {
            tracking_number: parcel.tracking_number.as_ref().map(ToString::to_string),
            tracking_url: parcel.tracking_url.as_ref().map(ToString::to_string),
        }
    }
}
