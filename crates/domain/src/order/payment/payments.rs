//! All that was paid for an order, and given back.

use serde::{Deserialize, Serialize};

use super::{Payment, Transaction, TransactionKind, TransactionState};
use crate::money::Amount;
use crate::order::RefundReason;

/// Most payments of one order.
pub const MAX_PAYMENTS: usize = 100;
/// Most refunds of one order.
pub const MAX_REFUNDS: usize = 200;

/// All that was paid for an order, and given back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Payments {
    /// The attempts to pay, by their numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Payment>,
    /// What is not owed any more though it was agreed, by numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<Credit>,
    /// What was asked to be paid back, by numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
}

/// Something that is given to the customer though it was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// Its number within the order, from 1.
    pub no: u32,
    /// How much.
    pub amount: Amount,
    /// Why.
    pub reason: RefundReason,
}

/// Something that is paid back to one payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refund {
    /// Its number within the order, from 1.
    pub no: u32,
    /// The number of the payment.
    pub payment: u32,
    /// How much.
    pub amount: Amount,
    /// The credit that it was made with, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<u32>,
    /// Why.
    pub reason: RefundReason,
}

impl Refund {
    /// What its transaction is called.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("refund-{}", self.no)
    }
}

impl Payments {
    /// Was nothing ever paid, or tried to be?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The payment of this number, if there is one.
    #[must_use]
    pub fn attempt(&self, no: u32) -> Option<&Payment> {
        self.attempts.iter().find(|payment| payment.no == no)
    }

    /// The refund of this number, if there is one.
    #[must_use]
    pub fn refund(&self, no: u32) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.no == no)
    }

    /// What is known of a refund.
    #[must_use]
    pub fn transaction_of(&self, refund: &Refund) -> Option<&Transaction> {
        self.attempt(refund.payment)?.transaction(TransactionKind::Refund, &refund.reference())
    }

    /// Set aside, and neither paid nor free again.
    #[must_use]
    pub fn authorized(&self) -> Amount {
        Amount::new(self.attempts.iter().map(|payment| payment.sums().authorized.get()).sum())
    }

    /// Takes in a message about the payment of this number.
    pub(in crate::order) fn take(&mut self, no: u32, message: Transaction) -> Result<(), &'static str> {
        let payment = self.attempts.iter_mut().find(|payment| payment.no == no);
        payment.ok_or("the order has no payment of this number")?.take(message);
        Ok(())
    }

    /// Takes in a credit, whose number is the next.
    pub(in crate::order) fn give(&mut self, credit: &Credit) -> Result<(), &'static str> {
        follows(credit.no, self.credits.len())?;
        self.credits.push(credit.clone());
        Ok(())
    }

    /// Is something of this kind under way, or did it fail?
    pub(in crate::order) fn has(&self, kinds: &[TransactionKind], state: TransactionState) -> bool {
        let mut all = self.attempts.iter().flat_map(|payment| &payment.transactions);
        all.any(|one| kinds.contains(&one.kind) && one.state == state)
    }
}

/// Payments, credits and refunds have the next number each.
pub(in crate::order) fn follows(no: u32, numbers: usize) -> Result<(), &'static str> {
    match u32::try_from(numbers + 1) {
        Ok(next) if next == no => Ok(()),
        _ => Err("a payment, credit or refund has a number that is not its turn"),
    }
}
