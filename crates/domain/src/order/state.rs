//! An order as it is now.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Adjustment, Attention, Balance, Deadlines, Derived, Fulfillment, Line, Payments, Source, Stage,
    StageParts, Status, Totals, Units,
};
use crate::access::OrderGrant;
use crate::contact::Contact;
use crate::country::Country;
use crate::id::{CustomerId, OrderId, StoreId};
use crate::money::Currency;
use crate::parcel::LineUnits;
use crate::time::Timestamp;
use crate::totals::Terms;

/// An order as it is now: the fold of its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The id, which is the order number as well.
    pub id: OrderId,
    /// Number of the last history row.
    pub version: i64,
    /// Where it stands, with what belongs to that.
    #[serde(flatten)]
    pub stage: Stage,
    /// The store that sells.
    pub store_id: StoreId,
    /// The customer that buys; none for guests.
    pub customer_id: Option<CustomerId>,
    /// How it came in.
    pub source: Source,
    /// The status in the system that it was imported from.
    pub source_status: Option<String>,
    /// Its key in the system that it was imported from.
    pub external_reference: Option<String>,
    /// The one currency of all its amounts.
    pub currency: Currency,
    /// The store's country when it was placed, where the contact's national phone numbers are dialled.
    pub country: Option<Country>,
    /// What was ordered, by the numbers of the lines; empty only for some imported orders.
    pub lines: Vec<Line>,
    /// The highest number that one of its lines ever had.
    pub last_line_no: u32,
    /// Sums over the lines.
    pub totals: Totals,
    /// What its amounts are computed by, as it was when it was placed.
    #[serde(default, skip_serializing_if = "Terms::is_default")]
    pub terms: Terms,
    /// Discounts and fees, by their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjustment>,
    /// The highest number that one of them ever had.
    #[serde(default)]
    pub last_adjustment_no: u32,
    /// What leaves, or has left, together, by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fulfillments: Vec<Fulfillment>,
    /// The highest number that one of them ever had.
    #[serde(default)]
    pub last_fulfillment_no: u32,
    /// What was called off line by line, by the numbers of the lines; not what was with the whole order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancellations: Vec<LineUnits>,
    /// What has become of the units of the lines, by their numbers; nothing of those that are not among them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<u32, Units>,
    /// What of the total is not owed any more, and what was paid.
    pub balance: Balance,
    /// What is read off counters and sums.
    pub derived: Derived,
    /// What was paid for it, and given back.
    #[serde(default, skip_serializing_if = "Payments::is_empty")]
    pub payments: Payments,
    /// What somebody has to look into.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub attention: BTreeSet<Attention>,
    /// Who gets it, and where.
    pub contact: Contact,
    /// The version in which the phone number or the e-mail address last changed, by which somebody without an account proves
    /// to know the order.
    pub contact_version: i64,
    /// The customer's note.
    pub note: String,
    /// Does it hold stock while it is open?
    pub holds_stock: bool,
    /// Until when the customer may still change it; `None`: until the execution starts.
    pub change_until: Option<Timestamp>,
    /// Is it kept off the public board?
    pub unlisted: bool,
    /// When it came into its status.
    pub status_since: Timestamp,
    /// By when what is to be done.
    #[serde(default)]
    pub deadlines: Deadlines,
    /// When the next of it is due; none: no deadline.
    pub due_at: Option<Timestamp>,
    /// When it was noted that this was not done in time.
    pub breached_at: Option<Timestamp>,
    /// When the personal values were erased: contact, note and what was said in words.
    pub erased_at: Option<Timestamp>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl Order {
    /// What somebody has who proves to know it now.
    #[must_use]
    pub fn grant(&self) -> OrderGrant {
        OrderGrant { order: self.id, contact_version: self.contact_version }
    }

    /// The line of this number, if it has one.
    #[must_use]
    pub fn line(&self, no: u32) -> Option<&Line> {
        self.lines.iter().find(|line| line.no == no)
    }

    /// The status in which it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.stage.status()
    }

    /// Where it stands, part by part.
    #[must_use]
    pub fn stage_parts(&self) -> StageParts {
        self.stage.parts()
    }

    /// Is it in the trash?
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.stage.trash().is_some()
    }

    /// May strangers see it, masked, where its store has a public board?
    #[must_use]
    pub fn is_public(&self) -> bool {
        Status::PUBLIC.contains(&self.status()) && !self.unlisted && !self.is_deleted()
    }

    /// Should it have left its status before `now`?
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        is_overdue(self.due_at, now)
    }
}

/// Should what is due then have been done before `now`? What is due this very moment is not late yet.
#[must_use]
pub fn is_overdue(due_at: Option<Timestamp>, now: Timestamp) -> bool {
    due_at.is_some_and(|due_at| due_at < now)
}
