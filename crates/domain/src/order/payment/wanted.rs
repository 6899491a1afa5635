//! What commands about money carry.

use super::PaymentMethod;
use crate::money::Money;
use crate::order::RefundReason;
use crate::time::Timestamp;
use crate::vocabulary::vocabulary;

/// The channel of what people write down.
pub const MANUAL: &str = "manual";

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPayment {
    /// By what was paid.
    pub method: PaymentMethod,
    /// How much.
    pub amount: Money,
    /// When; none: now.
    pub paid_at: Option<Timestamp>,
    /// In words, such as the reference of the transfer.
    pub comment: Option<String>,
}

/// Something to be paid back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueRefund {
    /// How much.
    pub amount: Money,
    /// How much of it is given though the customer owes it: the order costs so much less then.
    pub credit: Option<Money>,
    /// To which payment; none: as [`proposal`](super::proposal) does.
    pub payment: Option<u32>,
    /// Why.
    pub reason: RefundReason,
    /// In words.
    pub comment: Option<String>,
}

/// What became of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettleRefund {
    /// Its number.
    pub no: u32,
    /// Was it paid?
    pub succeeded: bool,
    /// When; none: now.
    pub at: Option<Timestamp>,
    /// In words.
    pub comment: Option<String>,
}

vocabulary! {
    /// Who lets go.
    WriteOffSide {
        /// The shop, of what the customer owes.
        Forgive,
        /// The customer, of what the shop owes.
        Keep,
    }
}

/// A difference to let go of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOff {
    /// Who lets go.
    pub side: WriteOffSide,
    /// How much.
    pub amount: Money,
    /// In words.
    pub comment: Option<String>,
}
