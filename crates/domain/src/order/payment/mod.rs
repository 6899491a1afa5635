//! What was paid for an order and given back: attempts to pay with their transactions, credits, refunds.
//!
//! Nothing here moves money. Somebody at the shop writes down what came in, or asks for something to be paid back and says later
//! whether it was. So what is pending is an ordinary state, and the truth of a bank is never refused: what does not fit is kept,
//! and [told](super::Attention).

mod attempt;
mod guards;
mod payments;
mod record;
mod refund;
mod wanted;
mod write_off;

pub use attempt::{Payment, PaymentMethod, PaymentSums, Transaction, TransactionKind, TransactionState};
pub use payments::{Credit, MAX_PAYMENTS, MAX_REFUNDS, Payments, Refund};
pub use refund::{Proposal, ProposedRefund, proposal};
pub use wanted::{IssueRefund, MANUAL, RecordPayment, SettleRefund, WriteOff, WriteOffSide};

pub(super) use guards::{may_complete, may_invalidate, may_start, unpaid};
pub(super) use payments::follows;
pub(super) use record::record;
pub(super) use refund::{credit, issue, owed, settle_refund};
pub(super) use write_off::write_off;
