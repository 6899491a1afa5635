//! What has become of the units of each line. Statuses are read off these counters, never off the parcels and returns that moved
//! them, so that one that was called off cannot make an order look done.

use serde::{Deserialize, Serialize};

use super::Line;
use crate::money::Amount;

/// What has become of the units of a line, and what of its price went with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Units {
    /// Called off.
    pub cancelled: u32,
    /// In parcels that have not left.
    pub allocated: u32,
    /// Handed over, whatever became of them then.
    pub shipped: u32,
    /// Of those: have arrived.
    pub delivered: u32,
    /// Of those shipped: gone, and credited.
    pub lost: u32,
    /// Of those delivered: came back.
    pub returned: u32,
    /// Of those returned: went back into the stock.
    pub restocked: u32,
    /// Gone or broken, and promised anew.
    pub replaced: u32,
    /// Of those returned or lost: their price is credited.
    pub credited: u32,
    /// What the cancelled ones would have cost.
    pub cancelled_value: Amount,
    /// What the credited ones cost.
    pub credited_value: Amount,
}

impl Units {
    /// Those of a line of so many that are still to be sent.
    #[must_use]
    pub fn open(&self, quantity: u32) -> u32 {
        quantity.saturating_sub(self.cancelled + self.allocated + self.shipped)
    }

    /// Can they be those of such a line? The same as the CHECKs of its row.
    #[must_use]
    pub fn fit(&self, line: &Line) -> bool {
        let Self { cancelled, allocated, shipped, delivered, lost, returned, restocked, credited, .. } =
            *self;
        let values = self.cancelled_value.checked_add(self.credited_value);
        cancelled + allocated + shipped <= line.quantity
            && delivered + lost <= shipped
            && returned <= delivered
            && restocked <= returned
            && credited <= returned + lost
            && self.cancelled_value.in_range()
            && self.credited_value.in_range()
            && values.is_some_and(|values| values <= line.amount())
    }
}
