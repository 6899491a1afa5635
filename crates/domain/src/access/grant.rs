//! What somebody without an account has proved.

use std::fmt;
use std::str::FromStr;

use crate::id::{IdError, OrderId};

/// Somebody without an account has proved to know this order, and does for as long as it can be reached by what it could be
/// reached by then. As text `0P7R90WG14B538.1`: the order and the version of the contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderGrant {
    /// The order.
    pub order: OrderId,
    /// The order's `contact_version` at that time.
    pub contact_version: i64,
}

impl fmt::Display for OrderGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.order, self.contact_version)
    }
}

impl FromStr for OrderGrant {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (order, version) = text.split_once('.').ok_or(IdError::Malformed)?;
        let contact_version = version.parse().map_err(|_| IdError::Malformed)?;
        Ok(Self { order: order.parse()?, contact_version })
    }
}
