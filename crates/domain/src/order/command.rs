//! What can be asked of an order, and what all commands of a kind have in common: one table each, asked for by the compiler
//! when a kind is added.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumDiscriminants, EnumIter, EnumString, IntoStaticStr};

use super::{
    Adjust, AdjustReason, AdjustmentKind, Amendment, CancelReason, Carriage, FailureReason, Import,
    InvalidReason, IssueRefund, LossSettlement, Place, RecordPayment, ReversalReason, SettleRefund, Ship,
    Shipment, UnitsBack, WriteOff,
};
use crate::access::{OrderGrant, Permission};
use crate::id::{BatchId, CustomerId, ProductId, StoreId};
use crate::parcel::LineUnits;
use crate::time::Timestamp;
use crate::totals::{Rate, Value};

/// A request to change an order. Who asks, and on which version, stands beside it.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(
    name(OrderCommandKind),
    derive(EnumIter, EnumString, Hash, IntoStaticStr, Display, Serialize, Deserialize),
    serde(rename_all = "snake_case"),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`OrderCommand`], named like it."
)]
pub enum OrderCommand {
    /// Order something.
    Place(Place),
    /// Take over an order from another system.
    Import(Box<Import>),
    /// Promise to deliver.
    Confirm,
    /// Refuse a placed order as not real.
    Reject {
        /// Why.
        reason: InvalidReason,
        /// In words.
        comment: Option<String>,
    },
    /// Change lines, contact or note.
    Amend(Amendment),
    /// Take something off its price, or add to it.
    Adjust(Box<Adjust>),
    /// Take a discount or a fee away.
    RemoveAdjustment {
        /// Its number.
        no: u32,
        /// In words.
        comment: Option<String>,
    },
    /// Begin the execution.
    Start,
    /// Declare it done.
    Complete,
    /// Call it off.
    Cancel {
        /// Why.
        reason: CancelReason,
        /// In words.
        comment: Option<String>,
    },
    /// Mark it as not real.
    Invalidate {
        /// Why.
        reason: InvalidReason,
        /// In words.
        comment: Option<String>,
    },
    /// Take the invalid mark back.
    Restore,
    /// Take the confirmation back: the order waits for a look again.
    Unconfirm {
        /// Why.
        reason: ReversalReason,
        /// In words.
        comment: Option<String>,
    },
    /// Take the start of the execution back: the order is promised again.
    Unstart {
        /// Why.
        reason: ReversalReason,
        /// In words.
        comment: Option<String>,
    },
    /// Take the completion back: the order is being executed again.
    Reopen {
        /// Why.
        reason: ReversalReason,
        /// In words.
        comment: Option<String>,
    },
    /// Take the cancellation back: the order is what it was before.
    Reinstate {
        /// Why.
        reason: ReversalReason,
        /// In words.
        comment: Option<String>,
    },
    /// Put an invalid order into the trash.
    Delete {
        /// The bulk run that it belongs to.
        batch: Option<BatchId>,
    },
    /// Take an order out of the trash.
    Undelete {
        /// The bulk run that it belongs to.
        batch: Option<BatchId>,
    },
    /// Keep it off the public board.
    Hide,
    /// Let it stand on the public board, if its store has one.
    Show,
    /// Take it, which is in nobody's account, into one.
    Link {
        /// Whose account.
        customer_id: CustomerId,
        /// What a customer, who takes it into their own, has proved to know.
        proof: Option<OrderGrant>,
        /// In words.
        comment: Option<String>,
    },
    /// Take it out of the account in which it is.
    Unlink {
        /// Why.
        reason: ReversalReason,
        /// In words.
        comment: Option<String>,
    },
    /// Write down money that came in.
    RecordPayment(Box<RecordPayment>),
    /// Have money paid back.
    Refund(Box<IssueRefund>),
    /// Write down what became of that.
    SettleRefund(SettleRefund),
    /// Let go of a difference.
    WriteOff(WriteOff),
    /// Set units aside for a fulfillment; the execution starts with it, if it has not.
    Plan {
        /// Which; none: all open ones.
        lines: Option<Vec<LineUnits>>,
        /// In words.
        comment: Option<String>,
    },
    /// Take the units of a fulfillment from the shelf.
    Pick {
        /// Its number.
        no: u32,
    },
    /// Put them into parcels.
    Pack {
        /// Its number.
        no: u32,
        /// What is known of the parcels.
        carriage: Carriage,
    },
    /// Hand the parcels over, of a fulfillment or of a new one.
    Ship(Box<Ship>),
    /// Tell how parcels that have left are found.
    Track {
        /// The number of the fulfillment.
        no: u32,
        /// What is known of them.
        carriage: Carriage,
    },
    /// Note that a fulfillment has arrived.
    Deliver {
        /// Its number.
        no: u32,
        /// When; none: now.
        at: Option<Timestamp>,
    },
    /// Say, as the one who buys, that a fulfillment has arrived.
    Received {
        /// Its number.
        no: u32,
    },
    /// Call a fulfillment off that has not left: its units are open again.
    CancelFulfillment {
        /// Its number.
        no: u32,
        /// In words.
        comment: Option<String>,
    },
    /// Note that parcels do not arrive.
    Fail {
        /// The number of the fulfillment.
        no: u32,
        /// Are they lost? Else they come back.
        lost: bool,
        /// Why.
        reason: FailureReason,
        /// In words.
        comment: Option<String>,
    },
    /// Take undelivered parcels back into the house.
    TakeBack {
        /// The number of the fulfillment.
        no: u32,
        /// What has become of all its units; none: they are good.
        lines: Option<Vec<UnitsBack>>,
        /// In words.
        comment: Option<String>,
    },
    /// Say what becomes of lost or broken units.
    SettleLoss {
        /// The number of the fulfillment.
        no: u32,
        /// What becomes of them.
        by: LossSettlement,
        /// Which; none: all.
        lines: Option<Vec<LineUnits>>,
        /// In words.
        comment: Option<String>,
    },
    /// Take it back that a fulfillment has arrived.
    CorrectDelivery {
        /// The number of the fulfillment.
        no: u32,
        /// In words.
        comment: Option<String>,
    },
    /// Call units off that are open.
    CancelLines {
        /// Which; none: all open ones.
        lines: Option<Vec<LineUnits>>,
        /// Why.
        reason: CancelReason,
        /// In words.
        comment: Option<String>,
    },
    /// Note that its step was not done in time. The program's own.
    NoteBreach,
    /// Call it off because it waited for a confirmation for longer than its store waits. The program's own.
    Expire,
    /// Forget who ordered it, once it is closed for so long. The program's own.
    Erase {
        /// So long personal values of closed orders are kept.
        retention_days: u32,
    },
}

/// Why a command cannot be told by its kind, a reason and a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPlain {
    /// It takes a reason, and none is given.
    ReasonMissing,
    /// It takes reasons, but not this one.
    ReasonUnknown,
    /// It takes no reason.
    TakesNoReason,
    /// It says more than why.
    SaysMore,
}

impl OrderCommandKind {
    /// The permissions of which each opens this kind of command to staff; none: it is not theirs.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Place => &[Permission::OrdersPlace],
            Self::Confirm => &[Permission::OrdersConfirm],
            Self::Reject => &[Permission::OrdersReject],
            Self::Amend | Self::Hide | Self::Show | Self::Link | Self::Unlink => &[Permission::OrdersAmend],
            Self::Adjust | Self::RemoveAdjustment => &[Permission::OrdersDiscount],
            Self::Start => &[Permission::OrdersStart],
            Self::Complete => &[Permission::OrdersComplete],
            // Which of the two, the order's status says.
            Self::Cancel => &[Permission::OrdersCancel, Permission::OrdersCancelProcessing],
            Self::Invalidate => &[Permission::OrdersInvalidate],
            Self::Restore => &[Permission::OrdersRestore],
            Self::Unconfirm | Self::Unstart | Self::Reopen | Self::Reinstate => &[Permission::OrdersReverse],
            Self::Delete | Self::Undelete => &[Permission::OrdersDelete],
            Self::RecordPayment | Self::SettleRefund => &[Permission::PaymentsRecord],
            Self::Refund => &[Permission::RefundsIssue],
            Self::WriteOff => &[Permission::RefundsApprove],
            Self::Plan
            | Self::Pick
            | Self::Pack
            | Self::Ship
            | Self::Deliver
            | Self::Fail
            | Self::TakeBack
            | Self::CancelFulfillment => &[Permission::FulfillmentsWork],
            Self::SettleLoss | Self::CorrectDelivery => &[Permission::FulfillmentsCorrect],
            Self::Track => &[Permission::FulfillmentsTrack],
            // As for the whole order.
            Self::CancelLines => &[Permission::OrdersCancel, Permission::OrdersCancelProcessing],
            Self::Import | Self::Received | Self::NoteBreach | Self::Expire | Self::Erase => &[],
        }
    }

    /// May customers ask for it, and guests for the order that they know?
    #[must_use]
    pub const fn is_for_customers(self) -> bool {
        matches!(self, Self::Place | Self::Amend | Self::Cancel | Self::Hide | Self::Show | Self::Received)
    }

    /// Is it asked for of one fulfillment?
    #[must_use]
    pub const fn is_of_fulfillment(self) -> bool {
        matches!(
            self,
            Self::Pick
                | Self::Pack
                | Self::Ship
                | Self::Track
                | Self::Deliver
                | Self::Received
                | Self::Fail
                | Self::TakeBack
                | Self::SettleLoss
                | Self::CorrectDelivery
                | Self::CancelFulfillment
        )
    }

    /// Does a person ask for it of an order that is there? Each of these has an endpoint that is named like it.
    #[must_use]
    pub fn is_action(self) -> bool {
        self != Self::Place && (self.is_for_customers() || !self.permissions().is_empty())
    }

    /// The command of this kind that says no more than why. A comment goes with a reason only.
    ///
    /// # Errors
    /// When there is none.
    pub fn plain(self, reason: Option<&str>, comment: Option<String>) -> Result<OrderCommand, NotPlain> {
        let is_bare = reason.is_none() && comment.is_none();
        let bare = |command| if is_bare { Ok(command) } else { Err(NotPlain::TakesNoReason) };
        match self {
            Self::Place
            | Self::Import
            | Self::Amend
            | Self::Adjust
            | Self::RemoveAdjustment
            | Self::Link
            | Self::RecordPayment
            | Self::Refund
            | Self::SettleRefund
            | Self::WriteOff
            | Self::Plan
            | Self::Pick
            | Self::Pack
            | Self::Ship
            | Self::Track
            | Self::Deliver
            | Self::Received
            | Self::CancelFulfillment
            | Self::Fail
            | Self::TakeBack
            | Self::SettleLoss
            | Self::CorrectDelivery
            | Self::CancelLines
            | Self::Erase => Err(NotPlain::SaysMore),
            Self::Confirm => bare(OrderCommand::Confirm),
            Self::Reject => Ok(OrderCommand::Reject { reason: known(reason)?, comment }),
            Self::Start => bare(OrderCommand::Start),
            Self::Complete => bare(OrderCommand::Complete),
            Self::Cancel => Ok(OrderCommand::Cancel { reason: known(reason)?, comment }),
            Self::Invalidate => Ok(OrderCommand::Invalidate { reason: known(reason)?, comment }),
            Self::Restore => bare(OrderCommand::Restore),
            Self::Unconfirm => Ok(OrderCommand::Unconfirm { reason: known(reason)?, comment }),
            Self::Unstart => Ok(OrderCommand::Unstart { reason: known(reason)?, comment }),
            Self::Reopen => Ok(OrderCommand::Reopen { reason: known(reason)?, comment }),
            Self::Reinstate => Ok(OrderCommand::Reinstate { reason: known(reason)?, comment }),
            Self::Delete => bare(OrderCommand::Delete { batch: None }),
            Self::Undelete => bare(OrderCommand::Undelete { batch: None }),
            Self::Hide => bare(OrderCommand::Hide),
            Self::Show => bare(OrderCommand::Show),
            Self::Unlink => Ok(OrderCommand::Unlink { reason: known(reason)?, comment }),
            Self::NoteBreach => bare(OrderCommand::NoteBreach),
            Self::Expire => bare(OrderCommand::Expire),
        }
    }

    /// A command of this kind with nothing in it that could be refused for its content; none: it makes an order, or its content is
    /// all of it.
    #[must_use]
    pub fn probe(self) -> Option<OrderCommand> {
        match self {
            Self::Adjust => Some(OrderCommand::Adjust(Box::new(Adjust {
                kind: AdjustmentKind::Discount,
                value: Value::Rate(Rate::ZERO),
                currency: None,
                lines: None,
                code: None,
                reason: AdjustReason::Other,
                comment: None,
                expected_total: None,
            }))),
            Self::RemoveAdjustment => Some(OrderCommand::RemoveAdjustment { no: 0, comment: None }),
            Self::Amend => Some(OrderCommand::Amend(Amendment::default())),
            Self::Link => {
                let nobody = CustomerId::from_i64(0);
                Some(OrderCommand::Link { customer_id: nobody, proof: None, comment: None })
            }
            Self::Erase => Some(OrderCommand::Erase { retention_days: 0 }),
            Self::RecordPayment | Self::Refund | Self::SettleRefund | Self::WriteOff => None,
            Self::Plan => Some(OrderCommand::Plan { lines: None, comment: None }),
            Self::CancelLines => {
                let reason = CancelReason::Other;
                Some(OrderCommand::CancelLines { lines: None, reason, comment: None })
            }
            Self::Ship => Some(OrderCommand::Ship(Box::new(Ship {
                what: Shipment::Lines(None),
                carriage: Carriage::default(),
            }))),
            _ if self.is_of_fulfillment() => self.probe_of(0),
            // Each list of reasons has this one.
            _ => self.plain(None, None).or_else(|_| self.plain(Some("other"), None)).ok(),
        }
    }
}

impl OrderCommandKind {
    /// The same of the fulfillment of this number; none: it is not asked for of one.
    #[must_use]
    pub fn probe_of(self, no: u32) -> Option<OrderCommand> {
        let carriage = Carriage::default();
        Some(match self {
            Self::Pick => OrderCommand::Pick { no },
            Self::Pack => OrderCommand::Pack { no, carriage },
            Self::Ship => OrderCommand::Ship(Box::new(Ship { what: Shipment::Planned(no), carriage })),
            Self::Track => OrderCommand::Track { no, carriage },
            Self::Deliver => OrderCommand::Deliver { no, at: None },
            Self::Received => OrderCommand::Received { no },
            Self::CancelFulfillment => OrderCommand::CancelFulfillment { no, comment: None },
            Self::Fail => OrderCommand::Fail { no, lost: false, reason: FailureReason::Other, comment: None },
            Self::TakeBack => OrderCommand::TakeBack { no, lines: None, comment: None },
            // The way that asks for no others in stock.
            Self::SettleLoss => {
                let by = LossSettlement::Credit;
                OrderCommand::SettleLoss { no, by, lines: None, comment: None }
            }
            Self::CorrectDelivery => OrderCommand::CorrectDelivery { no, comment: None },
            _ => return None,
        })
    }
}

impl OrderCommand {
    /// The store and the products that it names, besides those of the order that it is about.
    #[must_use]
    pub fn named(&self) -> (Option<StoreId>, Vec<ProductId>) {
        match self {
            Self::Place(place) => {
                (Some(place.store_id), place.lines.iter().map(|line| line.product_id).collect())
            }
            Self::Import(import) => {
                (Some(import.store_id), import.lines.iter().map(|line| line.product_id).collect())
            }
            Self::Amend(amendment) => {
                (None, amendment.lines.iter().flatten().map(|line| line.product_id).collect())
            }
            _ => (None, vec![]),
        }
    }

    /// Why, and that in words, if it says so.
    #[must_use]
    pub fn why(&self) -> (Option<&'static str>, Option<&str>) {
        let (reason, comment): (&'static str, _) = match self {
            Self::Cancel { reason, comment } | Self::CancelLines { reason, comment, .. } => {
                (reason.into(), comment)
            }
            Self::Reject { reason, comment } | Self::Invalidate { reason, comment } => {
                (reason.into(), comment)
            }
            Self::Unconfirm { reason, comment }
            | Self::Unstart { reason, comment }
            | Self::Reopen { reason, comment }
            | Self::Reinstate { reason, comment }
            | Self::Unlink { reason, comment } => (reason.into(), comment),
            Self::Fail { reason, comment, .. } => (reason.into(), comment),
            Self::Adjust(adjust) => return (Some(adjust.reason.into()), adjust.comment.as_deref()),
            Self::Link { comment, .. }
            | Self::RemoveAdjustment { comment, .. }
            | Self::SettleRefund(SettleRefund { comment, .. })
            | Self::WriteOff(WriteOff { comment, .. })
            | Self::Plan { comment, .. }
            | Self::TakeBack { comment, .. }
            | Self::SettleLoss { comment, .. }
            | Self::CorrectDelivery { comment, .. }
            | Self::CancelFulfillment { comment, .. } => return (None, comment.as_deref()),
            Self::RecordPayment(payment) => return (None, payment.comment.as_deref()),
            Self::Refund(refund) => return (Some(refund.reason.into()), refund.comment.as_deref()),
            Self::Amend(amendment) => return (None, amendment.comment.as_deref()),
            _ => return (None, None),
        };
        (Some(reason), comment.as_deref())
    }

    /// The command that leads back from where this one led; none: there is no way back, or more than one. What it takes a
    /// reason for was a mistake.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let (reason, comment) = (ReversalReason::Mistake, None);
        Some(match self {
            Self::Confirm => Self::Unconfirm { reason, comment },
            Self::Start => Self::Unstart { reason, comment },
            Self::Complete => Self::Reopen { reason, comment },
            Self::Cancel { .. } => Self::Reinstate { reason, comment },
            Self::Reject { .. } | Self::Invalidate { .. } => Self::Restore,
            Self::Restore => Self::Invalidate { reason: InvalidReason::Other, comment },
            Self::Unconfirm { .. } => Self::Confirm,
            Self::Unstart { .. } => Self::Start,
            Self::Reopen { .. } => Self::Complete,
            Self::Reinstate { .. } => Self::Cancel { reason: CancelReason::Staff, comment },
            Self::Delete { .. } => Self::Undelete { batch: None },
            Self::Undelete { .. } => Self::Delete { batch: None },
            Self::Hide => Self::Show,
            Self::Show => Self::Hide,
            Self::Link { .. } => Self::Unlink { reason, comment },
            Self::Place(_)
            | Self::Import(_)
            | Self::Amend(_)
            | Self::Adjust(_)
            | Self::RemoveAdjustment { .. }
            | Self::Unlink { .. }
            | Self::RecordPayment(_)
            | Self::Refund(_)
            | Self::SettleRefund(_)
            | Self::WriteOff(_)
            | Self::Plan { .. }
            | Self::Pick { .. }
            | Self::Pack { .. }
            | Self::Ship(_)
            | Self::Track { .. }
            | Self::Deliver { .. }
            | Self::Received { .. }
            | Self::CancelFulfillment { .. }
            | Self::Fail { .. }
            | Self::TakeBack { .. }
            | Self::SettleLoss { .. }
            | Self::CorrectDelivery { .. }
            | Self::CancelLines { .. }
            | Self::NoteBreach
            | Self::Expire
            | Self::Erase { .. } => return None,
        })
    }
}

fn known<R: FromStr>(reason: Option<&str>) -> Result<R, NotPlain> {
    reason.ok_or(NotPlain::ReasonMissing)?.parse().map_err(|_| NotPlain::ReasonUnknown)
}
