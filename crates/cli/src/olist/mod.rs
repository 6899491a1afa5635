//! Reader for the public Brazilian marketplace data set of Olist: seven CSV files, plain or gzip'ed, in one folder.
//!
//! [`read`] reads and joins all files before anything is imported, so that a missing file, a missing column or a
//! cut-off archive stops the import while nothing is half done. Broken *rows* do not stop it: each becomes a
//! [`Finding`], the order concerned is left out, the rest comes in, and [`Summary`] accounts for every row.
//!
//! The files, their columns and their oddities are those of the data set as published. Times carry no zone (the
//! importer knows the store's); money is Brazilian real in minor units (centavos).
//!
//! To read one more column: add it to the column list of its file in `assemble.rs` and to the type below.

mod assemble;
mod fields;
mod findings;
mod ids;
mod operations;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use chrono::NaiveDateTime;

pub use assemble::read;
pub use fields::FEDERAL_STATES;
pub use findings::{FileCount, Finding, PaymentSum, Reason, Summary};
pub use operations::{Translator, customers, products};

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
    /// Federal state of the customer, one of [`FEDERAL_STATES`].
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

/// The source's status vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OlistStatus {
    /// Placed, payment not approved yet.
    Created,
    /// Payment approved.
    Approved,
    /// Invoice issued.
    Invoiced,
    /// Being prepared.
    Processing,
    /// Handed to the carrier.
    Shipped,
    /// Reached the customer.
    Delivered,
    /// Paid, but never shipped.
    Unavailable,
    /// Called off.
    Canceled,
}

impl OlistStatus {
    /// All of them, in the order of an order's life.
    pub const ALL: [Self; 8] = [
        Self::Created,
        Self::Approved,
        Self::Invoiced,
        Self::Processing,
        Self::Shipped,
        Self::Delivered,
        Self::Unavailable,
        Self::Canceled,
    ];

    /// The source's spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Approved => "approved",
            Self::Invoiced => "invoiced",
            Self::Processing => "processing",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Unavailable => "unavailable",
            Self::Canceled => "canceled",
        }
    }

    /// The status spelled so by the source.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl fmt::Display for OlistStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a folder cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum OlistError {
    /// Some of the seven files are not there.
    #[error("{} has no {}; each of the seven files is needed, as .csv or .csv.gz", folder.display(), names.join(", "))]
    MissingFiles {
        /// The folder looked into.
        folder: PathBuf,
        /// The missing files, without extension.
        names: Vec<&'static str>,
    },
    /// A file is there twice, and only the operator knows which one counts.
    #[error("{} has both {name}.csv and {name}.csv.gz; keep one of them", folder.display())]
    BothForms {
        /// The folder looked into.
        folder: PathBuf,
        /// The file, without extension.
        name: &'static str,
    },
    /// The first line is not there.
    #[error("{} is empty: its first line must name the columns", path.display())]
    NoHeader {
        /// The file.
        path: PathBuf,
    },
    /// The first line lacks columns that are needed.
    #[error("{} has no column {}; its first line must name the columns as published", path.display(), columns.join(", "))]
    MissingColumns {
        /// The file.
        path: PathBuf,
        /// The missing columns.
        columns: Vec<&'static str>,
    },
    /// A gzip'ed file ends too early.
    #[error("{} is cut off after line {line}: copy or download it again", path.display())]
    CutOff {
        /// The file.
        path: PathBuf,
        /// The last whole line.
        line: u64,
    },
    /// The file cannot be opened or read, or its compression is damaged.
    #[error("cannot read {} (after line {line})", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The last line read, 0 when it could not be opened.
        line: u64,
        /// What the system or the decompressor says.
        source: std::io::Error,
    },
}
