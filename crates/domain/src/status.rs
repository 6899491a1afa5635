//! Where an order stands in its life and how it came in: leaves, so that rights, stores and refusals may name them without
//! knowing orders.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// Where an order stands in its life.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
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
pub enum Status {
    /// Placed, waits for the shop's look.
    PendingReview,
    /// The shop will deliver it.
    Confirmed,
    /// Being executed.
    Processing,
    /// Done.
    Completed,
    /// Called off.
    Cancelled,
    /// Never was a real order.
    Invalid,
}

impl Status {
    /// What a public board shows: what the shop has promised to deliver.
    pub const PUBLIC: [Self; 3] = [Self::Confirmed, Self::Processing, Self::Completed];

    /// Is there still something to be done?
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::PendingReview | Self::Confirmed | Self::Processing => true,
            Self::Completed | Self::Cancelled | Self::Invalid => false,
        }
    }
}

/// How an order came in.
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
pub enum Source {
    /// Placed by a customer or guest through the API.
    Shop,
    /// Placed by staff for a customer.
    Staff,
    /// Imported from another system.
    Import,
}

/// How far a fulfillment is. The order is that of the steps, which may be skipped.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
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
pub enum FulfillmentState {
    /// Its units are set aside.
    Planned,
    /// They are taken from the shelf.
    Picked,
    /// They are in parcels.
    Packed,
    /// The parcels have left.
    Shipped,
    /// They have arrived.
    Delivered,
    /// They could not be delivered, and are on their way back.
    Returning,
    /// They are back in the house.
    TakenBack,
    /// Nobody knows where they are.
    Lost,
    /// It was called off before it left.
    Cancelled,
}
