//! What can have happened to an order. Events are kept for ever as text, so a variant never changes its meaning: a new
//! field is optional, anything else is a new variant.

use serde::{Deserialize, Serialize};

use super::{CancelReason, InvalidReason, Line, Source, Status, Totals};
use crate::id::{BatchId, CustomerId, StoreId};
use crate::money::Currency;
use crate::time::Timestamp;

/// One event of an order's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
pub enum OrderEvent {
    /// It was ordered, at these prices.
    Placed {
        /// The store that sells.
        store_id: StoreId,
        /// The customer; none for guests.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer_id: Option<CustomerId>,
        /// How it came in.
        source: Source,
        /// The currency of all amounts.
        currency: Currency,
        /// What was ordered.
        lines: Vec<Line>,
        /// The sums.
        totals: Totals,
        /// Until when the customer may change it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change_until: Option<Timestamp>,
        /// When it is due to be reviewed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
        /// Is it kept off the public board?
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unlisted: bool,
    },
    /// It was taken over from another system.
    Imported {
        /// The store that sells.
        store_id: StoreId,
        /// The customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer_id: Option<CustomerId>,
        /// Its key there.
        external_reference: String,
        /// Its status there.
        source_status: String,
        /// The currency of all amounts.
        currency: Currency,
        /// What was ordered; may be empty.
        lines: Vec<Line>,
        /// The sums.
        totals: Totals,
    },
    /// A step of an imported order.
    StepImported {
        /// The status that it reached.
        to: Status,
        /// When, if the source knew.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
    },
    /// The shop promised to deliver.
    Confirmed {
        /// When its execution is due to start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
    },
    /// The shop refused it as not real.
    Rejected {
        /// Why.
        reason: InvalidReason,
    },
    /// Lines, contact or note were changed; contact and note stand with the personal values.
    Amended {
        /// All lines after the change, if they changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lines: Option<Vec<Line>>,
        /// The sums after the change.
        totals: Totals,
    },
    /// The execution began.
    Started {
        /// When it is due to be completed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
    },
    /// It is done.
    Completed {},
    /// It was called off.
    Cancelled {
        /// Why.
        reason: CancelReason,
    },
    /// It was marked as not real.
    Invalidated {
        /// Why.
        reason: InvalidReason,
    },
    /// The invalid mark was taken back.
    Restored {
        /// The status that it has again.
        to: Status,
        /// When it is due to leave that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
    },
    /// It was put into the trash.
    Deleted {
        /// The bulk run that it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch: Option<BatchId>,
    },
    /// It was taken out of the trash.
    Undeleted {
        /// The bulk run that it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch: Option<BatchId>,
    },
    /// It is kept off the public board.
    Hidden {},
    /// It may stand on the public board again.
    Shown {},
    /// Its step was not done in time.
    Breached {
        /// When it would have been due.
        due_at: Timestamp,
    },
}

impl OrderEvent {
    /// The lines that the order has after this event, if the event says so.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        match self {
            Self::Placed { lines, .. }
            | Self::Imported { lines, .. }
            | Self::Amended { lines: Some(lines), .. } => lines,
            _ => &[],
        }
    }
}
