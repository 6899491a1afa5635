//! Fulfillments: units of lines that leave the house together, from the plan to the customer's door. What an order has sent is told by
//! the counters of its lines ([`Units`](super::Units)), which are counted from these.

pub(super) mod apply;
pub(super) mod cancel;
mod count;
pub(super) mod decide;
pub(super) mod mishap;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::money::Amount;
use crate::parcel::{LineUnits, Parcel};
pub use crate::status::FulfillmentState;
use crate::time::Timestamp;

/// Most fulfillments that one order ever has, cancelled ones too.
pub const MAX_FULFILLMENTS: usize = 100;
/// Most parcels of one fulfillment.
pub const MAX_PARCELS: usize = 50;
/// Longest name of a carrier, in code points.
pub const MAX_CARRIER_CODE_POINTS: usize = 100;

/// Units of lines that leave the house together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fulfillment {
    /// Its number within the order, from 1; no other one gets it.
    pub no: u32,
    /// How far it is.
    pub state: FulfillmentState,
    /// What is in it, by the numbers of the lines.
    pub lines: Vec<LineUnits>,
    /// What of it came back undelivered, good or broken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_back: Vec<UnitsBack>,
    /// What of it was lost or broken, and is to be sent anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reshipped: Vec<LineUnits>,
    /// What of it was lost or broken, and is not owed any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credited: Vec<CreditedUnits>,
    /// Who carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// How its parcels are found; known no more after an erasure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<Parcel>,
    /// When it came into its state.
    pub state_since: Timestamp,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped_at: Option<Timestamp>,
    /// When it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
}

impl Fulfillment {
    /// Units of this line that are in it.
    #[must_use]
    pub fn units(&self, line: u32) -> u32 {
        sum_of(&self.lines, line)
    }

    /// Units of this line that are out of the house with it, wherever they are.
    #[must_use]
    pub fn out(&self, line: u32) -> u32 {
        let back = self.taken_back.iter().filter(|back| back.no == line).map(|back| back.restocked);
        self.units(line).saturating_sub(back.sum::<u32>() + self.anew(line))
    }

    /// Units of this line that were lost or broken, and are to be sent anew.
    #[must_use]
    pub fn anew(&self, line: u32) -> u32 {
        sum_of(&self.reshipped, line)
    }

    /// Units of this line that were lost or broken, and are not owed any more.
    #[must_use]
    pub fn credited(&self, line: u32) -> u32 {
        self.credited.iter().filter(|one| one.no == line).map(|one| one.units).sum()
    }

    /// Lost or broken units of which nothing has become yet, by line.
    #[must_use]
    pub fn losses(&self) -> Vec<LineUnits> {
        let lost = match self.state {
            FulfillmentState::Lost => self.lines.clone(),
            _ => self.taken_back.iter().map(|back| LineUnits { no: back.no, units: back.broken }).collect(),
        };
        let left = |line: LineUnits| {
            let settled = self.anew(line.no) + self.credited(line.no);
            LineUnits { units: line.units.saturating_sub(settled), ..line }
        };
        lost.into_iter().map(left).filter(|line| line.units > 0).collect()
    }
}

impl FulfillmentState {
    /// Are its units set aside, and still in the house?
    #[must_use]
    pub fn is_inside(self) -> bool {
        self < Self::Shipped
    }

    /// Have its units left, wherever they are now?
    #[must_use]
    pub fn has_left(self) -> bool {
        !self.is_inside() && self != Self::Cancelled
    }
}

fn sum_of(lines: &[LineUnits], line: u32) -> u32 {
    lines.iter().filter(|one| one.no == line).map(|one| one.units).sum()
}

/// Units of a line that came back undelivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitsBack {
    /// The number of the line.
    pub no: u32,
    /// So many are good, and open again.
    pub restocked: u32,
    /// So many are broken.
    pub broken: u32,
}

/// Units of a line that are not owed any more, and what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditedUnits {
    /// The number of the line.
    pub no: u32,
    /// How many.
    pub units: u32,
    /// Their part of what the line costs.
    pub value: Amount,
}

/// What becomes of lost or broken units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossSettlement {
    /// Others are sent in their place.
    Reship,
    /// Nobody owes them any more, nor what they cost.
    Credit,
}

/// Why parcels were not delivered.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    Display,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FailureReason {
    /// The recipient did not take them.
    Refused,
    /// Nobody fetched them.
    Unclaimed,
    /// There is no such address.
    BadAddress,
    /// They were damaged on the way.
    Damaged,
    /// The carrier does not find them.
    Missing,
    /// Anything else.
    Other,
}

/// Who carries a fulfillment, and how its parcels are found. None: that stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carriage {
    /// The carrier.
    pub carrier: Option<String>,
    /// All parcels.
    pub parcels: Option<Vec<Parcel>>,
}

/// What leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shipment {
    /// The fulfillment of this number, which was planned.
    Planned(u32),
    /// These units, in a new fulfillment; none: all open ones.
    Lines(Option<Vec<LineUnits>>),
}

/// Hand parcels over to a carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ship {
    /// What leaves.
    pub what: Shipment,
    /// With whom.
    pub carriage: Carriage,
}
