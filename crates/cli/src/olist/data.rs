//! What is read from the folder, in the source's words.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::findings::{Finding, Summary};
use super::status::OlistStatus;

/// Everything read from one folder.
#[derive(Debug)]
pub struct Olist {
    /// The orders that can be imported, by purchase time and id.
    pub orders: Vec<OlistOrder>,
    /// Every readable product by its source id, used or not.
    pub products: BTreeMap<String, OlistProduct>,
    /// Every broken row, in the order of reading.
    pub findings: Vec<Finding>,
    /// What became of each row, and the totals to compare an import with.
    pub summary: Summary,
}

/// One order with its lines; the state is the last one known, the source keeps no history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OlistOrder {
    /// The source's order id.
    pub order_id: String,
    /// The person; the same one may have several orders, also within one second.
    pub customer_unique_id: String,
    /// The source's status.
    pub status: OlistStatus,
    /// When it was bought, local time.
    pub purchased_at: NaiveDateTime,
    /// When the payment was approved, local time. May lie before the purchase's neighbours or be missing.
    pub approved_at: Option<NaiveDateTime>,
    /// When it was handed to the carrier, local time. May lie before the approval.
    pub carrier_at: Option<NaiveDateTime>,
    /// When it reached the customer, local time. May lie before the hand-over.
    pub delivered_at: Option<NaiveDateTime>,
    /// The promised day, as its midnight.
    pub estimated: Option<NaiveDateTime>,
    /// Federal state of the customer, one of [`FEDERAL_STATES`](super::FEDERAL_STATES).
    pub state: String,
    /// City of the customer, lower case.
    pub city: String,
    /// First five digits of the postal code, as text: many begin with 0.
    pub zip: String,
    /// The lines in the order of their first unit; empty for orders whose items the source lost.
    pub lines: Vec<OlistLine>,
    /// Freight of all lines, in minor units.
    pub freight_total: i64,
}

/// Equal units of one order: same product, seller and price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OlistLine {
    /// The source's product id.
    pub product_id: String,
    /// The source's seller id.
    pub seller_id: String,
    /// Number of units, at least 1.
    pub quantity: i64,
    /// Price of one unit in minor units.
    pub unit_price: i64,
    /// Category of the product, if it has one.
    pub category: Option<String>,
    /// Freight of all units together in minor units.
    pub freight: i64,
}

/// What is known about a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OlistProduct {
    /// English category; the source's own word where no translation exists; `None` where it has none at all.
    pub category: Option<String>,
}
