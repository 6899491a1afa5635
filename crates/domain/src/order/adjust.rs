//! Giving discounts, adding fees, and taking them away.

use std::collections::BTreeSet;

use super::context::{DecisionContext, Events};
use super::fulfillment::cancel::nothing_moved;
use super::guards::{commented, covers_credits, stands_in};
use super::payment::unpaid;
use super::pricing::price_stands;
use super::shares::{computed, sum};
use super::{Adjust, Adjustment, AdjustmentKind, Line, MAX_ADJUSTMENTS, Order, OrderEvent, Status, Totals};
use crate::access::{Actor, Permission};
use crate::aggregate::Envelope;
use crate::money::{Amount, Money};
use crate::refusal::Refusal;
use crate::totals::{Goods, Rate, Taxed, Terms, Value, discount};

/// Where an order still costs what is decided.
const BEFORE_EXECUTION: &[Status] = &[Status::PendingReview, Status::Confirmed];

/// Less as long as the order is not being executed; more only while it waits for review and is not paid, and nobody has been promised
/// anything, by those who may change prices freely.
pub(super) fn adjust(
    order: &Order,
    context: &DecisionContext<'_>,
    actor: &Actor,
    wanted: &Adjust,
) -> Result<Events, Refusal> {
    may(actor, wanted.kind)?;
    match wanted.kind {
        AdjustmentKind::Discount => stands_in(order, BEFORE_EXECUTION)?,
        AdjustmentKind::Fee => {
            stands_in(order, &[Status::PendingReview])?;
            unpaid(order)?;
        }
    }
    nothing_moved(order)?;
    if wanted.currency.is_some_and(|currency| currency != order.currency) {
        return Err(Refusal::CurrencyMismatch { of: order.currency });
    }
    if order.adjustments.len() >= MAX_ADJUSTMENTS {
        return Err(Refusal::TooManyAdjustments { most: MAX_ADJUSTMENTS });
    }
    let goods = goods(order, wanted.lines.as_deref())?;
    if wanted.kind == AdjustmentKind::Discount {
        if goods.iter().all(|goods| goods.left == Amount::ZERO) {
            return Err(Refusal::NothingToAdjust);
        }
        within_limit(context, actor, order.totals, Amount::new(1))?;
    }
    if matches!(wanted.value, Value::Rate(rate) if rate.is_zero()) {
        return Ok(vec![]);
    }
    let adjustment = made(order, wanted, &goods)?;
    if adjustment.amount == Amount::ZERO {
        return Err(Refusal::NothingToAdjust);
    }
    let mut adjustments = order.adjustments.clone();
    adjustments.push(adjustment.clone());
    let lines = computed(&order.lines, &adjustments, &order.terms)?;
    let totals = totals(order, &lines, &adjustments)?;
    if wanted.kind == AdjustmentKind::Discount {
        within_limit(context, actor, totals, Amount::ZERO)?;
    }
    price_stands(wanted.expected_total, Money { amount: totals.total, currency: order.currency })?;
    covers_credits(order, totals)?;
    let event = OrderEvent::Adjusted { adjustment, lines, totals };
    Ok(vec![Envelope::of(event).with(commented(wanted.comment.as_deref()))])
}

/// Nothing when it has been taken away already. Without a discount the order costs more: only while it waits for review and is not paid.
pub(super) fn remove(
    order: &Order,
    actor: &Actor,
    no: u32,
    comment: Option<&str>,
) -> Result<Events, Refusal> {
    stands_in(order, BEFORE_EXECUTION)?;
    let Some(adjustment) = order.adjustments.iter().find(|adjustment| adjustment.no == no) else {
        let was_there = (1..=order.last_adjustment_no).contains(&no);
        return if was_there { Ok(vec![]) } else { Err(Refusal::UnknownAdjustment) };
    };
    may(actor, adjustment.kind)?;
    if adjustment.kind == AdjustmentKind::Discount {
        stands_in(order, &[Status::PendingReview])?;
        unpaid(order)?;
    }
    nothing_moved(order)?;
    let mut adjustments = order.adjustments.clone();
    adjustments.retain(|adjustment| adjustment.no != no);
    let lines = computed(&order.lines, &adjustments, &order.terms)?;
    let totals = totals(order, &lines, &adjustments)?;
    covers_credits(order, totals)?;
    let event = OrderEvent::AdjustmentRemoved { no, lines, totals };
    Ok(vec![Envelope::of(event).with(commented(comment))])
}

/// Fees are for those who may change prices freely.
fn may(actor: &Actor, kind: AdjustmentKind) -> Result<(), Refusal> {
    const FREELY: Permission = Permission::OrdersDiscountFreely;
    match kind {
        AdjustmentKind::Fee if !actor.may(FREELY) => Err(Refusal::Forbidden(Some(FREELY))),
        AdjustmentKind::Fee | AdjustmentKind::Discount => Ok(()),
    }
}

/// The adjustment that is wanted, as it comes out for the order as it stands.
fn made(order: &Order, wanted: &Adjust, goods: &[Goods]) -> Result<Adjustment, Refusal> {
    if matches!(wanted.value, Value::Amount(amount) if amount <= Amount::ZERO || !amount.in_range()) {
        return Err(Refusal::AdjustmentOutOfRange);
    }
    let (shares, amount, taxed) = match wanted.kind {
        AdjustmentKind::Discount => {
            let shares = discount(wanted.value, goods, &order.terms);
            let amount = sum(shares.iter().map(|share| share.amount))?;
            (shares, amount, Taxed::default())
        }
        AdjustmentKind::Fee => {
            let amount = match wanted.value {
                Value::Amount(amount) => amount,
                Value::Rate(rate) => order.terms.share(rate, sum(goods.iter().map(|goods| goods.left))?),
            };
            (vec![], amount, order.terms.taxed(amount, order.terms.shipping_rate()))
        }
    };
    Ok(Adjustment {
        no: order.last_adjustment_no.saturating_add(1),
        kind: wanted.kind,
        reason: wanted.reason,
        code: wanted.code.clone(),
        value: wanted.value,
        shares,
        amount,
        tax: taxed.tax,
        added_tax: taxed.added_tax,
    })
}

/// The lines that these numbers name; all of them, if none are named.
fn goods(order: &Order, named: Option<&[u32]>) -> Result<Vec<Goods>, Refusal> {
    let mut seen = BTreeSet::new();
    for (position, no) in named.into_iter().flatten().enumerate() {
        if order.line(*no).is_none() {
            return Err(Refusal::UnknownLine { line: position });
        }
        if !seen.insert(*no) {
            return Err(Refusal::LineNamedTwice { line: position });
        }
    }
    let is_meant = |line: &&Line| named.is_none() || seen.contains(&line.no);
    let goods = |line: &Line| Goods { line: line.no, units: line.quantity, left: line.net() };
    Ok(order.lines.iter().filter(is_meant).map(goods).collect())
}

/// Some members give discounts up to a share of the goods' price that the store sets; without one, none. Is that kept with so much
/// more?
fn within_limit(
    context: &DecisionContext<'_>,
    actor: &Actor,
    totals: Totals,
    more: Amount,
) -> Result<(), Refusal> {
    if actor.may(Permission::OrdersDiscountFreely) {
        return Ok(());
    }
    let limit = context.store.and_then(|store| store.policy.discount_limit).unwrap_or(Rate::ZERO);
    let most = Terms::default().share(limit, totals.subtotal);
    if totals.discount_total.get() + more.get() <= most.get() {
        Ok(())
    } else {
        Err(Refusal::DiscountAboveLimit { limit })
    }
}

/// The sums with what sending has cost so far.
fn totals(order: &Order, lines: &[Line], adjustments: &[Adjustment]) -> Result<Totals, Refusal> {
    Totals::of(lines, adjustments, order.totals.shipping_total, &order.terms).ok_or(Refusal::AmountOutOfRange)
}
