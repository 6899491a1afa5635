//! The source's status vocabulary.

use std::fmt;

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
