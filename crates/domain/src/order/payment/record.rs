//! Writing down what came in by a way that tells the program nothing: cash, a transfer, money on delivery.

use super::{MANUAL, MAX_PAYMENTS, Payment, RecordPayment, Transaction, TransactionKind, TransactionState};
use crate::aggregate::Envelope;
use crate::money::{Amount, Money};
use crate::order::context::Events;
use crate::order::guards::commented;
use crate::order::{Order, OrderEvent};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// In whatever status the order is: money that came is here. Too much, too little or too late shows afterwards.
pub(in crate::order) fn record(
    order: &Order,
    wanted: &RecordPayment,
    now: Timestamp,
) -> Result<Events, Refusal> {
    in_currency(order, wanted.amount)?;
    if order.payments.attempts.len() >= MAX_PAYMENTS {
        return Err(Refusal::TooManyPayments { most: MAX_PAYMENTS });
    }
    let paid_at = wanted.paid_at.unwrap_or(now);
    if paid_at > now {
        return Err(Refusal::NotYet { field: "paid_at" });
    }
    let no = u32::try_from(order.payments.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
    let payment = Payment { no, channel: MANUAL.to_owned(), method: wanted.method, transactions: vec![] };
    let transaction = Transaction {
        kind: TransactionKind::Capture,
        reference: format!("payment-{no}"),
        state: TransactionState::Succeeded,
        amount: wanted.amount.amount,
        at: paid_at,
    };
    Ok(vec![
        Envelope::of(OrderEvent::PaymentOpened { payment }).with(commented(wanted.comment.as_deref())),
        Envelope::of(OrderEvent::Transacted { payment: no, transaction }),
    ])
}

/// An amount that is something, of the order's currency.
pub(super) fn in_currency(order: &Order, amount: Money) -> Result<(), Refusal> {
    if amount.currency != order.currency {
        return Err(Refusal::CurrencyMismatch { of: order.currency });
    }
    match amount.amount > Amount::ZERO && amount.amount.in_range() {
        true => Ok(()),
        false => Err(Refusal::PaymentOutOfRange),
    }
}
