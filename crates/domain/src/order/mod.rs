//! The order: its state, the commands that may change it, the events that did.
//!
//! Two functions hold every rule: [`decide()`] turns a command into events or a refusal, [`Order::apply`] turns events
//! into the next state. To add a command: a variant in [`OrderCommand`], its arm in `decide`, a variant in [`OrderEvent`] and its
//! arm in `apply` (if no existing event says it), its [`Action`] when a person may ask for it, and then bless the
//! committed matrices.

mod action;
mod apply;
mod command;
mod decide;
mod duplicate;
mod event;
mod line;
mod place;
mod stock;
pub mod timeline;
mod words;

pub use action::{Action, ActionAvailability, actions};
pub use command::{
    Amendment, CancelReason, Import, ImportedLine, ImportedStep, InvalidReason, LineRequest, OrderCommand,
    Place,
};
pub use decide::{DecisionContext, authorize, decide, foreseen};
pub use duplicate::DuplicateKey;
pub use event::OrderEvent;
pub use line::{Line, Totals};
pub use stock::{StockDelta, stock_deltas};

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::aggregate::{Aggregate, Kind, compared};
use crate::contact::Contact;
use crate::id::{BatchId, CustomerId, OrderId, StoreId};
use crate::money::Currency;
use crate::time::Timestamp;

/// Most lines that one order may have.
pub const MAX_LINES: usize = 200;
/// Most units on one line.
pub const MAX_QUANTITY: u32 = 1_000_000;
/// Longest customer's note, in code points.
pub const MAX_NOTE_CODE_POINTS: usize = 2_000;
/// Longest comment on an act, in code points.
pub const MAX_COMMENT_CODE_POINTS: usize = 1_000;

/// Where an order stands in its life.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
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
pub enum Status {
    /// Placed, waits for the shop's look.
    PendingReview,
    /// The shop will deliver it.
    Confirmed,
    /// Being executed.
    Processing,
    /// Done.
    Completed,
    /// Called off.
    Cancelled,
    /// Never was a real order.
    Invalid,
}

impl Status {
    /// What a public board shows: what the shop has promised to deliver.
    pub const PUBLIC: [Self; 3] = [Self::Confirmed, Self::Processing, Self::Completed];

    /// Is there still something to be done?
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::PendingReview | Self::Confirmed | Self::Processing)
    }
}

/// How an order came in.
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
pub enum Source {
    /// Placed by a customer or guest through the API.
    Shop,
    /// Placed by staff for a customer.
    Staff,
    /// Imported from another system.
    Import,
}

/// An order as it is now: the fold of its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The id, which is the order number as well.
    pub id: OrderId,
    /// Number of the last history row.
    pub version: i64,
    /// Where it stands.
    pub status: Status,
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
    /// What was ordered; empty only for some imported orders.
    pub lines: Vec<Line>,
    /// Sums over the lines.
    pub totals: Totals,
    /// Who gets it, and where.
    pub contact: Contact,
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
    /// When it is due to leave its status; none: no deadline.
    pub due_at: Option<Timestamp>,
    /// When it was noted that it did not leave its status in time.
    pub breached_at: Option<Timestamp>,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The batch that put it there.
    pub deleted_in: Option<BatchId>,
    /// Why it was cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// Why it was rejected or marked invalid.
    pub invalid_reason: Option<InvalidReason>,
    /// The status that an invalid order had before.
    pub invalid_from: Option<Status>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When its execution started.
    pub started_at: Option<Timestamp>,
    /// When it was completed.
    pub completed_at: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// When it was marked invalid.
    pub invalidated_at: Option<Timestamp>,
}

impl Order {
    /// Is it in the trash?
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// May strangers see it, masked, where its store has a public board?
    #[must_use]
    pub fn is_public(&self) -> bool {
        Status::PUBLIC.contains(&self.status) && !self.unlisted && !self.is_deleted()
    }

    /// Should it have left its status before `now`?
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due_at| due_at < now)
    }
}

impl Aggregate for Order {
    const KIND: Kind = Kind::Order;
    type Event = OrderEvent;

    fn apply(
        state: Option<Self>,
        id: i64,
        envelope: &crate::aggregate::Envelope<OrderEvent>,
        stamp: crate::aggregate::Stamp,
    ) -> Result<Self, crate::aggregate::Inconsistent> {
        apply::apply(state, OrderId::from_i64(id), envelope, stamp)
    }

    fn raw_id(&self) -> i64 {
        self.id.get()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn store_id(&self) -> Option<StoreId> {
        Some(self.store_id)
    }

    compared!(
        status,
        lines,
        totals,
        contact,
        note,
        cancel_reason,
        invalid_reason,
        customer_id,
        source_status,
        change_until,
        unlisted,
        due_at,
        breached_at,
        deleted_at,
        confirmed_at,
        started_at,
        completed_at,
        cancelled_at,
        invalidated_at,
    );
}
