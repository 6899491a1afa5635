//! What can have happened to an order. Events are kept for ever as text, so a variant never changes its meaning: a new
//! field is optional, anything else is a new variant.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumDiscriminants, EnumIter, IntoStaticStr, VariantNames};

use super::{
    Adjustment, CancelReason, Credit, CreditedUnits, FailureReason, FulfillmentState, InvalidReason, Line,
    Payment, Refund, ReversalReason, Source, Status, Totals, Transaction, UnitsBack, WriteOffSide,
};
use crate::country::Country;
use crate::id::{BatchId, CustomerId, StoreId};
use crate::money::Amount;
use crate::money::Currency;
use crate::parcel::LineUnits;
use crate::time::Timestamp;
use crate::totals::Terms;

/// One event of an order's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants, VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
#[strum_discriminants(
    name(OrderEventKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`OrderEvent`], named like it."
)]
#[expect(clippy::large_enum_variant, reason = "few are held at a time, and orders begin with the large one")]
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
        /// The store's country.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        country: Option<Country>,
        /// What was ordered.
        lines: Vec<Line>,
        /// The sums.
        totals: Totals,
        /// What they are computed by.
        #[serde(default, skip_serializing_if = "Terms::is_default")]
        terms: Terms,
        /// Until when the customer may change it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change_until: Option<Timestamp>,
        /// When it is due to be reviewed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
        /// When it is due to be paid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payment_due_at: Option<Timestamp>,
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
        /// The store's country.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        country: Option<Country>,
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
        /// All discounts and fees after the change, if they changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adjustments: Option<Vec<Adjustment>>,
        /// The sums after the change.
        totals: Totals,
    },
    /// It costs less, or more, than its prices say.
    Adjusted {
        /// The discount or fee.
        adjustment: Adjustment,
        /// All lines after it.
        lines: Vec<Line>,
        /// The sums after it.
        totals: Totals,
    },
    /// A discount or a fee was taken away.
    AdjustmentRemoved {
        /// Its number.
        no: u32,
        /// All lines without it.
        lines: Vec<Line>,
        /// The sums without it.
        totals: Totals,
    },
    /// The execution began.
    Started {
        /// When it is due to be completed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
        /// When all of it is due to have left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shipping_due_at: Option<Timestamp>,
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
        /// When all of it is due to have left, if it is being executed then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shipping_due_at: Option<Timestamp>,
    },
    /// The confirmation was taken back: it waits for a look again.
    Unconfirmed {
        /// Why.
        reason: ReversalReason,
        /// When it is due to leave that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
    },
    /// The start was taken back: it is promised again.
    Unstarted {
        /// Why.
        reason: ReversalReason,
        /// When it is due to leave that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
    },
    /// The completion was taken back: it is being executed again.
    Reopened {
        /// Why.
        reason: ReversalReason,
        /// When it is due to leave that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
        /// When all of it is due to have left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shipping_due_at: Option<Timestamp>,
    },
    /// The cancellation was taken back.
    Reinstated {
        /// The status that it has again.
        to: Status,
        /// Why.
        reason: ReversalReason,
        /// When it is due to leave that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
        /// When all of it is due to have left, if it is being executed then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shipping_due_at: Option<Timestamp>,
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
    /// It went into a customer's account.
    Linked {
        /// Whose.
        customer_id: CustomerId,
    },
    /// It went out of the account in which it was.
    Unlinked {
        /// Why.
        reason: ReversalReason,
    },
    /// Somebody pays, or tries to.
    PaymentOpened {
        /// The payment, of which nothing else is known yet.
        payment: Payment,
    },
    /// Something became known of a payment.
    Transacted {
        /// The number of the payment.
        payment: u32,
        /// What.
        transaction: Transaction,
    },
    /// The shop gives something though it was agreed.
    Credited {
        /// What.
        credit: Credit,
    },
    /// Something is to be paid back.
    RefundRequested {
        /// What.
        refund: Refund,
        /// Since when.
        at: Timestamp,
    },
    /// A difference was let go of.
    WrittenOff {
        /// Who lets go.
        side: WriteOffSide,
        /// How much.
        amount: Amount,
    },
    /// Units were set aside for a fulfillment.
    FulfillmentPlanned {
        /// Its number.
        no: u32,
        /// What is in it.
        lines: Vec<LineUnits>,
    },
    /// A fulfillment was picked or packed; its parcels, if they are told, stand with the personal values.
    FulfillmentStepped {
        /// Its number.
        no: u32,
        /// How far it is.
        to: FulfillmentState,
        /// Who carries it, if that is told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carrier: Option<String>,
    },
    /// A fulfillment has left.
    Shipped {
        /// Its number.
        no: u32,
        /// Who carries it, if that is told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carrier: Option<String>,
    },
    /// It was told how the parcels of a fulfillment are found.
    Tracked {
        /// Its number.
        no: u32,
        /// Who carries it, if that is told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carrier: Option<String>,
    },
    /// A fulfillment has arrived.
    Delivered {
        /// Its number.
        no: u32,
        /// When.
        at: Timestamp,
    },
    /// A fulfillment was called off before it left: its units are open again.
    FulfillmentCancelled {
        /// Its number.
        no: u32,
    },
    /// Parcels that had left do not arrive.
    DeliveryFailed {
        /// The number of their fulfillment.
        no: u32,
        /// Are they lost? Else they come back.
        lost: bool,
        /// Why.
        reason: FailureReason,
    },
    /// They are back in the house.
    TakenBack {
        /// The number of their fulfillment.
        no: u32,
        /// What has become of their units.
        lines: Vec<UnitsBack>,
    },
    /// Lost or broken units were promised anew.
    LossReshipped {
        /// The number of their fulfillment.
        no: u32,
        /// Which.
        lines: Vec<LineUnits>,
    },
    /// Lost or broken units are not owed any more.
    LossCredited {
        /// The number of their fulfillment.
        no: u32,
        /// Which, and what they cost.
        lines: Vec<CreditedUnits>,
        /// What the order costs less.
        credit: Credit,
    },
    /// They had not arrived after all.
    DeliveryCorrected {
        /// The number of their fulfillment.
        no: u32,
    },
    /// Some units were called off, and the order goes on without them.
    LinesCancelled {
        /// Which.
        lines: Vec<LineUnits>,
        /// Why.
        reason: CancelReason,
    },
    /// Its step was not done in time.
    Breached {
        /// When it would have been due.
        due_at: Timestamp,
    },
    /// Nothing is known any more of who ordered it.
    Erased {},
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

    /// The status in which this event puts the order, be it the one that it had: a step of its life begins. None: it stays
    /// in its step.
    #[must_use]
    pub fn enters(&self) -> Option<Status> {
        match self {
            Self::Placed { .. } | Self::Imported { .. } => Some(Status::PendingReview),
            Self::StepImported { to, .. } | Self::Restored { to, .. } | Self::Reinstated { to, .. } => {
                Some(*to)
            }
            Self::Unconfirmed { .. } => Some(Status::PendingReview),
            Self::Confirmed { .. } | Self::Unstarted { .. } => Some(Status::Confirmed),
            Self::Started { .. } | Self::Reopened { .. } => Some(Status::Processing),
            Self::Completed {} => Some(Status::Completed),
            Self::Cancelled { .. } => Some(Status::Cancelled),
            Self::Rejected { .. } | Self::Invalidated { .. } => Some(Status::Invalid),
            Self::Amended { .. }
            | Self::Adjusted { .. }
            | Self::AdjustmentRemoved { .. }
            | Self::Deleted { .. }
            | Self::Undeleted { .. }
            | Self::Hidden {}
            | Self::Shown {}
            | Self::Linked { .. }
            | Self::Unlinked { .. }
            | Self::PaymentOpened { .. }
            | Self::Transacted { .. }
            | Self::Credited { .. }
            | Self::RefundRequested { .. }
            | Self::WrittenOff { .. }
            | Self::FulfillmentPlanned { .. }
            | Self::FulfillmentStepped { .. }
            | Self::Shipped { .. }
            | Self::Tracked { .. }
            | Self::Delivered { .. }
            | Self::FulfillmentCancelled { .. }
            | Self::DeliveryFailed { .. }
            | Self::TakenBack { .. }
            | Self::LossReshipped { .. }
            | Self::LossCredited { .. }
            | Self::DeliveryCorrected { .. }
            | Self::LinesCancelled { .. }
            | Self::Breached { .. }
            | Self::Erased {} => None,
        }
    }

    /// The number of the fulfillment that it is about, if it is about one.
    #[must_use]
    pub fn fulfillment(&self) -> Option<u32> {
        match self {
            Self::FulfillmentPlanned { no, .. }
            | Self::FulfillmentStepped { no, .. }
            | Self::Shipped { no, .. }
            | Self::Tracked { no, .. }
            | Self::Delivered { no, .. }
            | Self::FulfillmentCancelled { no }
            | Self::DeliveryFailed { no, .. }
            | Self::TakenBack { no, .. }
            | Self::LossReshipped { no, .. }
            | Self::LossCredited { no, .. }
            | Self::DeliveryCorrected { no } => Some(*no),
            _ => None,
        }
    }

    /// Why it was done, if it says so.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Cancelled { reason } | Self::LinesCancelled { reason, .. } => Some(reason.into()),
            Self::Rejected { reason } | Self::Invalidated { reason } => Some(reason.into()),
            Self::Adjusted { adjustment, .. } => Some(adjustment.reason.into()),
            Self::Credited { credit } | Self::LossCredited { credit, .. } => Some(credit.reason.into()),
            Self::RefundRequested { refund, .. } => Some(refund.reason.into()),
            Self::DeliveryFailed { reason, .. } => Some(reason.into()),
            Self::Unconfirmed { reason, .. }
            | Self::Unstarted { reason, .. }
            | Self::Reopened { reason, .. }
            | Self::Reinstated { reason, .. }
            | Self::Unlinked { reason } => Some(reason.into()),
            _ => None,
        }
    }

    /// The bulk run that it belongs to, if it says so.
    #[must_use]
    pub fn batch(&self) -> Option<BatchId> {
        match self {
            Self::Deleted { batch } | Self::Undeleted { batch } => *batch,
            _ => None,
        }
    }
}

impl OrderEventKind {
    /// Does a step of the order's life begin with such an event, as it [enters](OrderEvent::enters) a status?
    #[must_use]
    pub fn begins_step(self) -> bool {
        match self {
            Self::Placed
            | Self::Imported
            | Self::StepImported
            | Self::Confirmed
            | Self::Rejected
            | Self::Started
            | Self::Completed
            | Self::Cancelled
            | Self::Invalidated
            | Self::Restored
            | Self::Unconfirmed
            | Self::Unstarted
            | Self::Reopened
            | Self::Reinstated => true,
            Self::Amended
            | Self::Adjusted
            | Self::AdjustmentRemoved
            | Self::Deleted
            | Self::Undeleted
            | Self::Hidden
            | Self::Shown
            | Self::Linked
            | Self::Unlinked
            | Self::PaymentOpened
            | Self::Transacted
            | Self::Credited
            | Self::RefundRequested
            | Self::WrittenOff
            | Self::FulfillmentPlanned
            | Self::FulfillmentStepped
            | Self::Shipped
            | Self::Tracked
            | Self::Delivered
            | Self::FulfillmentCancelled
            | Self::DeliveryFailed
            | Self::TakenBack
            | Self::LossReshipped
            | Self::LossCredited
            | Self::DeliveryCorrected
            | Self::LinesCancelled
            | Self::Breached
            | Self::Erased => false,
        }
    }
}
