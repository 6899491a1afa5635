//! Why an order is called off, is not a real one, or takes a step back.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// Why an order is called off.
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
pub enum CancelReason {
    /// The customer changed their mind.
    Customer,
    /// Cannot be delivered.
    Inventory,
    /// The payment was declined.
    Declined,
    /// Suspected fraud.
    Fraud,
    /// A mistake of the staff.
    Staff,
    /// Waited too long.
    Expired,
    /// Was ordered twice.
    Duplicate,
    /// Anything else.
    Other,
}

/// Why an order is not a real one.
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
pub enum InvalidReason {
    /// Was ordered twice.
    Duplicate,
    /// Somebody tried the shop out.
    Test,
    /// Nobody answers there.
    UnreachableContact,
    /// There is no such address.
    BadAddress,
    /// The price was wrong.
    PriceError,
    /// Fraud.
    Fraud,
    /// Was never paid.
    Unpaid,
    /// Anything else.
    Other,
}

/// Why an order costs less, or more, than its prices say.
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
pub enum AdjustReason {
    /// An offer of the shop.
    Promotion,
    /// As a kindness.
    Goodwill,
    /// A price was wrong.
    PriceError,
    /// The goods have a flaw.
    Flaw,
    /// The order makes more work than others.
    Handling,
    /// Anything else.
    Other,
}

/// Why an order takes a step back.
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
pub enum ReversalReason {
    /// The step was a slip of the hand.
    Mistake,
    /// The customer wishes it so.
    Customer,
    /// The shop has learnt more since.
    Information,
    /// The step was taken by a clock that was wrong.
    Clock,
    /// Anything else.
    Other,
}
