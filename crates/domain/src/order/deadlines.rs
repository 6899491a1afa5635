//! By when an order is to be further, where its store gives a time for it.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Until when what is to be done, as the store had it when the order came to where that is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// Leave its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Timestamp>,
    /// Be paid, or have the whole amount set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<Timestamp>,
    /// Have left the house with all that is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipped: Option<Timestamp>,
}
