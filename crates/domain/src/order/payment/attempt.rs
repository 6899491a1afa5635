//! One attempt to pay by one means, as the messages about it say.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::money::Amount;
use crate::time::Timestamp;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// By what somebody pays.
    PaymentMethod {
        /// A credit or debit card.
        Card,
        /// From bank account to bank account.
        BankTransfer,
        /// A wallet of an app.
        Wallet,
        /// Notes and coins.
        Cash,
        /// To whoever brings the parcel.
        CashOnDelivery,
        /// A voucher.
        Voucher,
        /// At the till of a convenience store.
        ConvenienceStore,
        /// A Brazilian payment slip.
        Boleto,
        /// Something else.
        Other,
    }

    /// What a message about money says.
    TransactionKind {
        /// So much is set aside.
        Authorization,
        /// So much was paid.
        Capture,
        /// What was set aside is free again.
        Void,
        /// So much is paid back.
        Refund,
        /// The customer's bank takes so much back.
        Chargeback,
        /// And gives it back again.
        ChargebackReversal,
        /// The customer has complained to the bank; no money moves.
        Dispute,
    }

    /// How far it is; of two messages of one moment the later one of this list counts.
    TransactionState {
        /// On its way.
        Pending,
        /// It came to pass.
        Succeeded,
        /// It did not.
        Failed,
    }
}

/// What is known of one movement of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    /// What it is.
    pub kind: TransactionKind,
    /// What it is called; a payment has one of a kind and a reference.
    pub reference: String,
    /// How far it is.
    pub state: TransactionState,
    /// How much.
    pub amount: Amount,
    /// Since when.
    pub at: Timestamp,
}

/// An attempt to pay by one means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Its number within the order, from 1.
    pub no: u32,
    /// By which way the shop learns of it: [`MANUAL`](super::MANUAL), or the name of a gateway.
    pub channel: String,
    /// By what is paid.
    pub method: PaymentMethod,
    /// What is known of it, by kind and reference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<Transaction>,
}

/// What the transactions of a payment come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaymentSums {
    /// Set aside and neither paid nor free again.
    pub authorized: Amount,
    /// Paid.
    pub captured: Amount,
    /// Of that paid back.
    pub refunded: Amount,
    /// Being paid back.
    pub refund_pending: Amount,
    /// Said to be paid back, though nothing was paid that it could be of.
    pub unexplained: Amount,
    /// Taken back by the customer's bank.
    pub charged_back: Amount,
    /// Has the customer complained to the bank?
    pub is_disputed: bool,
}

impl PaymentSums {
    /// So much can be paid back.
    #[must_use]
    pub fn refundable(&self) -> Amount {
        if self.is_disputed {
            return Amount::ZERO;
        }
        let Self { captured, refunded, refund_pending, charged_back, .. } = *self;
        Amount::new((captured.get() - refunded.get() - refund_pending.get() - charged_back.get()).max(0))
    }
}

impl Payment {
    /// Takes in a message. In whatever order messages come, and however often, the same is known in the end: of those about one
    /// transaction the latest counts, of one moment the one with the later state, then the greater amount.
    pub(super) fn take(&mut self, message: Transaction) {
        let key = |one: &Transaction| (one.kind, one.reference.clone());
        let rank = |one: &Transaction| (one.at, one.state, one.amount);
        match self.transactions.binary_search_by_key(&key(&message), key) {
            Ok(place) if rank(&self.transactions[place]) < rank(&message) => {
                self.transactions[place] = message;
            }
            Ok(_) => {}
            Err(place) => self.transactions.insert(place, message),
        }
    }

    /// What is known of the transaction of this kind and reference.
    #[must_use]
    pub fn transaction(&self, kind: TransactionKind, reference: &str) -> Option<&Transaction> {
        self.transactions.iter().find(|one| one.kind == kind && one.reference == reference)
    }

    /// When it last was paid, if it ever was.
    #[must_use]
    pub fn captured_at(&self) -> Option<Timestamp> {
        self.of(TransactionKind::Capture, TransactionState::Succeeded).map(|one| one.at).max()
    }

    /// What its transactions come to. Refunds count as far as what was paid covers them, those that came to pass first; so never more is
    /// paid back than was paid, whatever is said.
    #[must_use]
    pub fn sums(&self) -> PaymentSums {
        use TransactionKind as Kind;
        let done = |kind| sum(self.of(kind, TransactionState::Succeeded));
        let captured = done(Kind::Capture);
        let set_aside = done(Kind::Authorization).get() - done(Kind::Void).get() - captured.get();
        let charged_back = done(Kind::Chargeback).get() - done(Kind::ChargebackReversal).get();
        let mut refunds: Vec<&Transaction> = self
            .transactions
            .iter()
            .filter(|one| one.kind == Kind::Refund && one.state != TransactionState::Failed)
            .collect();
        refunds.sort_by_key(|one| (Reverse(one.state), one.at, &one.reference));
        let mut sums = PaymentSums {
            authorized: Amount::new(set_aside.max(0)),
            captured,
            charged_back: Amount::new(charged_back.max(0)),
            is_disputed: self.of(Kind::Dispute, TransactionState::Pending).next().is_some(),
            ..PaymentSums::default()
        };
        for refund in refunds {
            let counted = sums.refunded.get() + sums.refund_pending.get() + refund.amount.get();
            let place = match refund.state {
                _ if counted > captured.get() => &mut sums.unexplained,
                TransactionState::Succeeded => &mut sums.refunded,
                TransactionState::Pending | TransactionState::Failed => &mut sums.refund_pending,
            };
            *place = Amount::new(place.get() + refund.amount.get());
        }
        sums
    }

    fn of(&self, kind: TransactionKind, state: TransactionState) -> impl Iterator<Item = &Transaction> {
        self.transactions.iter().filter(move |one| one.kind == kind && one.state == state)
    }
}

fn sum<'a>(transactions: impl Iterator<Item = &'a Transaction>) -> Amount {
    Amount::new(transactions.map(|one| one.amount.get()).sum())
}
