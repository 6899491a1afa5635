//! Requested lines: which lines of the order they mean, and at which price the others come in.

use std::collections::BTreeSet;

use super::context::DecisionContext;
use super::{AmendedLine, ImportedLine, Line, LineRequest, MAX_LINES, MAX_QUANTITY, Order};
use crate::money::Amount;
use crate::product::Product;
use crate::refusal::Refusal;
use crate::store::Store;

/// The lines of a new order, numbered from 1, at today's prices.
pub(super) fn ordered(
    context: &DecisionContext<'_>,
    store: &Store,
    requests: &[LineRequest],
) -> Result<Vec<Line>, Refusal> {
    let requests: Vec<AmendedLine> = requests.iter().copied().map(AmendedLine::from).collect();
    priced(context, store, &[], 0, &requests)
}

/// The lines of an order after an amendment, by their numbers. One that the order has already keeps number, title and
/// price; the others come in at today's, with numbers that no line of the order ever had.
pub(super) fn amended(
    context: &DecisionContext<'_>,
    store: &Store,
    order: &Order,
    requests: &[AmendedLine],
) -> Result<Vec<Line>, Refusal> {
    priced(context, store, &order.lines, order.last_line_no, requests)
}

/// The lines of an imported order, numbered from 1, at the prices that were paid.
pub(super) fn imported(
    context: &DecisionContext<'_>,
    store: &Store,
    lines: &[ImportedLine],
) -> Result<Vec<Line>, Refusal> {
    let (mut imported, mut unknown) = (vec![], vec![]);
    for (position, (no, line)) in (1..).zip(lines).enumerate() {
        match context.products.get(&line.product_id).filter(|product| product.store_id == store.id) {
            None => unknown.push(position),
            Some(product) => imported.push(new(no, product, line.quantity, line.unit_price)),
        }
    }
    match unknown.is_empty() {
        true => imported.into_iter().collect(),
        false => Err(Refusal::UnknownProduct(unknown)),
    }
}

fn priced(
    context: &DecisionContext<'_>,
    store: &Store,
    agreed: &[Line],
    last_no: u32,
    requests: &[AmendedLine],
) -> Result<Vec<Line>, Refusal> {
    within_limits(requests)?;
    let kept = meant(agreed, requests)?;
    let (mut lines, mut unknown, mut last_no) = (vec![], vec![], last_no);
    for (position, (request, kept)) in requests.iter().zip(kept).enumerate() {
        let product = context.products.get(&request.product_id);
        let product = product.filter(|product| product.store_id == store.id);
        match (kept, product.filter(|product| product.active || kept.is_some())) {
            (_, None) => unknown.push(position),
            (Some(line), Some(_)) => lines.push(line.with_quantity(request.quantity)),
            (None, Some(product)) => {
                last_no = last_no.saturating_add(1);
                lines.push(new(last_no, product, request.quantity, product.price));
            }
        }
    }
    if !unknown.is_empty() {
        return Err(Refusal::UnknownProduct(unknown));
    }
    let mut lines = lines.into_iter().collect::<Result<Vec<_>, _>>()?;
    lines.sort_unstable_by_key(|line| line.no);
    Ok(lines)
}

fn within_limits(requests: &[AmendedLine]) -> Result<(), Refusal> {
    if requests.is_empty() {
        return Err(Refusal::NoLines);
    }
    if requests.len() > MAX_LINES {
        return Err(Refusal::TooManyLines { most: MAX_LINES });
    }
    match requests.iter().position(|line| !(1..=MAX_QUANTITY).contains(&line.quantity)) {
        Some(line) => Err(Refusal::QuantityOutOfRange { line, most: MAX_QUANTITY }),
        None => Ok(()),
    }
}

/// The line of the order that each request means: the one that it names by its number, else the only one of its product,
/// unless that is meant already. `None`: it is to be a new line.
fn meant<'a>(agreed: &'a [Line], requests: &[AmendedLine]) -> Result<Vec<Option<&'a Line>>, Refusal> {
    let mut taken = BTreeSet::new();
    for (position, request) in requests.iter().enumerate() {
        let Some(no) = request.no else { continue };
        match agreed.iter().find(|line| line.no == no) {
            None => return Err(Refusal::UnknownLine { line: position }),
            Some(line) if line.product_id != request.product_id => {
                return Err(Refusal::LineOfAnotherProduct { line: position });
            }
            Some(_) if !taken.insert(no) => return Err(Refusal::LineNamedTwice { line: position }),
            Some(_) => {}
        }
    }
    let mut of_product = |request: &AmendedLine| {
        let mut of_product = agreed.iter().filter(|line| line.product_id == request.product_id);
        let only = of_product.next().filter(|_| of_product.next().is_none());
        only.filter(|line| taken.insert(line.no))
    };
    let line = |request: &AmendedLine| match request.no {
        Some(no) => agreed.iter().find(|line| line.no == no),
        None => of_product(request),
    };
    Ok(requests.iter().map(line).collect())
}

fn new(no: u32, product: &Product, quantity: u32, unit_price: Amount) -> Result<Line, Refusal> {
    let line = Line {
        no,
        product_id: product.id,
        sku: product.sku.clone(),
        title: product.title.clone(),
        category: product.category.clone(),
        quantity,
        unit_price,
        total: Amount::ZERO,
    };
    line.with_quantity(quantity)
}

impl Line {
    /// So many of it, at the same price.
    fn with_quantity(&self, quantity: u32) -> Result<Self, Refusal> {
        let total = self.unit_price.checked_mul(quantity).filter(|total| total.in_range());
        Ok(Self { quantity, total: total.ok_or(Refusal::AmountOutOfRange)?, ..self.clone() })
    }
}
