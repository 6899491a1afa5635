//! Letting go of a difference: what the customer owes, or what the shop owes.

use super::record::in_currency;
use super::{WriteOff, WriteOffSide};
use crate::aggregate::Envelope;
use crate::money::Money;
use crate::order::context::Events;
use crate::order::guards::commented;
use crate::order::{Order, OrderEvent};
use crate::refusal::Refusal;

/// Not more than the difference is; nor while something is on its way back.
pub(in crate::order) fn write_off(order: &Order, wanted: &WriteOff) -> Result<Events, Refusal> {
    in_currency(order, wanted.amount)?;
    let open = order.balance.open(order.totals.total).get();
    let most = match wanted.side {
        WriteOffSide::Forgive => open,
        WriteOffSide::Keep => -open - order.balance.refund_pending.get(),
    };
    if wanted.amount.amount.get() > most {
        return Err(Refusal::WriteOffExceedsBalance {
            open: Money { amount: order.balance.open(order.totals.total), currency: order.currency },
        });
    }
    let event = OrderEvent::WrittenOff { side: wanted.side, amount: wanted.amount.amount };
    Ok(vec![Envelope::of(event).with(commented(wanted.comment.as_deref()))])
}
