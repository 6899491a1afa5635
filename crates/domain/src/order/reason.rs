//! Why an order is called off or not a real one.

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
