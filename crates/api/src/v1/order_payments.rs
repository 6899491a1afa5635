//! What was paid for an order and given back, as JSON.

use ordervault_domain::access::Scope;
use ordervault_domain::order::{Order, Payment, Refund, Transaction};
use ordervault_domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::money::MoneyBody;
use crate::names;

/// How an order is to be paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderPayment)]
pub(crate) struct OrderPaymentBody {
    /// What the way is called in requests.
    #[schema(example = "transfer")]
    pub code: String,
    /// What people call it.
    #[schema(example = "銀行轉帳")]
    pub name: String,
    /// When is to be paid.
    #[schema(value_type = names::PaymentKind)]
    pub kind: &'static str,
}

impl OrderPaymentBody {
    /// How this order is to be paid, if that is said.
    pub(crate) fn of(order: &Order) -> Option<Self> {
        let rule = order.terms.payment.as_ref()?;
        Some(Self { code: rule.code.to_string(), name: rule.name.clone(), kind: rule.kind.into() })
    }
}

/// An attempt to pay by one means.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub(crate) struct PaymentBody {
    /// Its number within the order.
    #[schema(minimum = 1, example = 1)]
    pub no: u32,
    /// By which way the shop learnt of it: `manual`, where somebody wrote it down.
    #[schema(example = "manual")]
    pub channel: String,
    /// By what is paid.
    #[schema(value_type = names::PaymentMethod)]
    pub method: &'static str,
    /// Paid.
    pub captured: MoneyBody,
    /// Of that paid back.
    pub refunded: MoneyBody,
    /// Being paid back.
    pub refund_pending: MoneyBody,
    /// What is known of it. For staff.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<TransactionBody>,
}

/// One movement of money.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Transaction)]
pub(crate) struct TransactionBody {
    /// What it is.
    #[schema(value_type = names::TransactionKind)]
    pub kind: &'static str,
    /// What it is called; a payment has one of a kind and a reference.
    #[schema(example = "payment-1")]
    pub reference: String,
    /// How far it is.
    #[schema(value_type = names::TransactionState)]
    pub state: &'static str,
    /// How much.
    pub amount: MoneyBody,
    /// Since when.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub at: Timestamp,
}

/// Something that is paid back to one payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
pub(crate) struct RefundBody {
    /// Its number within the order.
    #[schema(minimum = 1, example = 1)]
    pub no: u32,
    /// The number of the payment.
    #[schema(minimum = 1, example = 1)]
    pub payment: u32,
    /// How much.
    pub amount: MoneyBody,
    /// Why.
    #[schema(value_type = names::RefundReason)]
    pub reason: &'static str,
    /// How far it is.
    #[schema(value_type = names::TransactionState)]
    pub state: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub at: Timestamp,
}

impl PaymentBody {
    /// Those of an order, for somebody with this scope.
    pub(crate) fn of(order: &Order, scope: &Scope) -> Vec<Self> {
        let shown = order.payments.attempts.iter().filter(|_| scope.shows_payments());
        shown.map(|payment| Self::new(payment, order, scope)).collect()
    }

    fn new(payment: &Payment, order: &Order, scope: &Scope) -> Self {
        let money = |amount| MoneyBody::new(amount, order.currency);
        let sums = payment.sums();
        let is_staff = matches!(scope, Scope::Staff { .. } | Scope::Everything);
        let transactions = payment.transactions.iter().filter(|_| is_staff);
        Self {
            no: payment.no,
            channel: payment.channel.clone(),
            method: payment.method.into(),
            captured: money(sums.captured),
            refunded: money(sums.refunded),
            refund_pending: money(sums.refund_pending),
            transactions: transactions.map(|transaction| TransactionBody::new(transaction, order)).collect(),
        }
    }
}

impl TransactionBody {
    fn new(transaction: &Transaction, order: &Order) -> Self {
        Self {
            kind: transaction.kind.into(),
            reference: transaction.reference.clone(),
            state: transaction.state.into(),
            amount: MoneyBody::new(transaction.amount, order.currency),
            at: transaction.at,
        }
    }
}

impl RefundBody {
    /// Those of an order, for somebody with this scope.
    pub(crate) fn of(order: &Order, scope: &Scope) -> Vec<Self> {
        let shown = order.payments.refunds.iter().filter(|_| scope.shows_payments());
        shown.filter_map(|refund| Self::new(refund, order)).collect()
    }

    fn new(refund: &Refund, order: &Order) -> Option<Self> {
        let known = order.payments.transaction_of(refund)?;
        Some(Self {
            no: refund.no,
            payment: refund.payment,
            amount: MoneyBody::new(refund.amount, order.currency),
            reason: refund.reason.into(),
            state: known.state.into(),
            at: known.at,
        })
    }
}
