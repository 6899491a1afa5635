//! The order: its state, the commands that may change it, the events that did.
//!
//! Two functions hold every rule: [`decide()`] turns a command into events or a refusal, [`apply`](crate::aggregate::Aggregate::apply) turns events
//! into the next state. Everything else here is what these two speak of.

mod action;
mod adjust;
mod adjustment;
mod amend;
mod apply;
mod attention;
mod balance;
mod command;
mod content;
mod context;
mod deadlines;
mod decide;
mod duplicate;
mod event;
mod fulfillment;
mod guards;
mod line;
mod link;
mod milestones;
mod payment;
mod place;
mod pricing;
mod reason;
mod rights;
mod scope;
mod settle;
mod shares;
mod stage;
mod state;
mod stock;
pub mod timeline;
mod units;
mod words;

pub use action::{ALREADY_APPLIED, ActionAvailability, actions, fulfillment_actions, references_of_actions};
pub use adjustment::{Adjustment, AdjustmentKind, MAX_ADJUSTMENTS};
pub use amend::AmendedPart;
pub use attention::Attention;
pub use balance::{Balance, Derived, FulfillmentStatus, PaymentStatus, ReturnStatus};
pub use command::{NotPlain, OrderCommand, OrderCommandKind};
pub use content::{
    Adjust, AmendedLine, Amendment, Import, ImportedLine, ImportedStep, LineRequest,
    MAX_ADJUSTMENT_CODE_CODE_POINTS, MAX_COMMENT_CODE_POINTS, MAX_NOTE_CODE_POINTS, Place,
};
pub use context::{DecisionContext, References};
pub use deadlines::Deadlines;
pub use decide::{MAX_BUYER_VERSION, decide, foreseen};
pub use duplicate::DuplicateKey;
pub use event::{OrderEvent, OrderEventKind};
pub use fulfillment::{
    Carriage, CreditedUnits, FailureReason, Fulfillment, FulfillmentState, LossSettlement,
    MAX_CARRIER_CODE_POINTS, MAX_FULFILLMENTS, MAX_PARCELS, Ship, Shipment, UnitsBack,
};
pub use line::{Line, MAX_LINES, MAX_QUANTITY, Totals};
pub use milestones::{Milestone, MilestoneName};
pub use payment::{
    Credit, IssueRefund, MANUAL, MAX_PAYMENTS, MAX_REFUNDS, Payment, PaymentMethod, PaymentSums, Payments,
    Proposal, ProposedRefund, RecordPayment, Refund, SettleRefund, Transaction, TransactionKind,
    TransactionState, WriteOff, WriteOffSide, proposal,
};
pub use reason::{AdjustReason, CancelReason, InvalidReason, RefundReason, ReversalReason};
pub use rights::authorize;
pub use stage::{Cancelled, Execution, Invalid, Stage, StageParts, StepTime, Trash, UnfitParts, Valid};
pub use state::{Order, is_overdue};
pub use stock::{StockDelta, stock_deltas};
pub use units::Units;
pub use words::{OrderTexts, order_terms};

pub use crate::status::{Source, Status};
