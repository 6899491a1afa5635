//! What discounts take off lines, also after these have changed, and the tax that comes of that.

use super::{Adjustment, AdjustmentKind, Line, Order};
use crate::money::Amount;
use crate::refusal::Refusal;
use crate::totals::{Goods, Terms, kept};

/// The adjustments of an order whose lines have become these: shares of lines that stay follow them, and are not spread anew.
pub(super) fn refitted(order: &Order, lines: &[Line]) -> Result<Vec<Adjustment>, Refusal> {
    let mut goods: Vec<Goods> =
        lines.iter().map(|line| Goods { line: line.no, units: line.quantity, left: line.total }).collect();
    let mut adjustments = order.adjustments.clone();
    for adjustment in &mut adjustments {
        if adjustment.kind == AdjustmentKind::Fee {
            continue;
        }
        let had = std::mem::take(&mut adjustment.shares);
        for share in had {
            let Some(goods) = goods.iter_mut().find(|goods| goods.line == share.line) else { continue };
            let share = kept(share, adjustment.value, *goods, &order.terms);
            goods.left = Amount::new(goods.left.get() - share.amount.get());
            adjustment.shares.push(share);
        }
        adjustment.amount = sum(adjustment.shares.iter().map(|share| share.amount))?;
    }
    Ok(adjustments)
}

/// The lines with what these adjustments take off them, and the tax that comes of that.
pub(super) fn computed(
    lines: &[Line],
    adjustments: &[Adjustment],
    terms: &Terms,
) -> Result<Vec<Line>, Refusal> {
    let line = |line: &Line| {
        let discount = sum(adjustments.iter().map(|adjustment| adjustment.share(line.no)))?;
        let taxed = terms.taxed(Amount::new(line.total.get() - discount.get()), line.tax_rate);
        Ok(Line { discount, tax: taxed.tax, added_tax: taxed.added_tax, ..line.clone() })
    };
    lines.iter().map(line).collect()
}

/// The sum, if an order can cost so much.
pub(super) fn sum(amounts: impl Iterator<Item = Amount>) -> Result<Amount, Refusal> {
    let sum = amounts.into_iter().try_fold(Amount::ZERO, Amount::checked_add);
    sum.filter(|sum| sum.in_range()).ok_or(Refusal::AmountOutOfRange)
}
