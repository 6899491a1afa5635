//! Requested lines: which lines of the order they mean, and at which price further pieces come in.

use std::collections::BTreeSet;

use super::context::DecisionContext;
use super::shares::computed;
use super::{AmendedLine, ImportedLine, Line, LineRequest, MAX_LINES, MAX_QUANTITY, Order};
use crate::money::{Amount, Money};
use crate::product::Product;
use crate::refusal::Refusal;
use crate::store::Store;
use crate::totals::{ShippingRule, Terms};

/// The lines of a new order, numbered from 1, at today's prices.
pub(super) fn ordered(
    context: &DecisionContext<'_>,
    store: &Store,
    terms: &Terms,
    requests: &[LineRequest],
) -> Result<Vec<Line>, Refusal> {
    let requests: Vec<AmendedLine> = requests.iter().copied().map(AmendedLine::from).collect();
    let lines = priced(context, store, terms, &[], 0, &requests)?;
    computed(&lines, &[], terms)
}

/// The lines of an order after an amendment, by their numbers. Pieces that the order has already keep number, title and
/// price; further ones come in at today's: on a line that was agreed so, or on one of their own, with a number that no line
/// of the order ever had.
pub(super) fn amended(
    context: &DecisionContext<'_>,
    store: &Store,
    order: &Order,
    requests: &[AmendedLine],
) -> Result<Vec<Line>, Refusal> {
    priced(context, store, &order.terms, &order.lines, order.last_line_no, requests)
}

/// What it costs to send these lines so.
pub(super) fn sending(rule: &ShippingRule, lines: &[Line]) -> Result<Amount, Refusal> {
    let goods = lines.iter().map(|line| line.net().get()).sum();
    let grams = lines.iter().map(Line::grams).sum();
    rule.price(Amount::new(goods), grams).ok_or(Refusal::TooHeavy)
}

/// Whoever was told what it costs gets it for that, or not at all.
pub(super) fn price_stands(expected: Option<Money>, total: Money) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != total => Err(Refusal::PriceChanged { expected, total }),
        _ => Ok(()),
    }
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
            Some(product) => {
                imported.push(new(no, product, line.quantity, line.unit_price, &Terms::default()));
            }
        }
    }
    match unknown.is_empty() {
        true => imported.into_iter().map(Line::summed).collect(),
        false => Err(Refusal::UnknownProduct(unknown)),
    }
}

fn priced(
    context: &DecisionContext<'_>,
    store: &Store,
    terms: &Terms,
    agreed: &[Line],
    mut last_no: u32,
    requests: &[AmendedLine],
) -> Result<Vec<Line>, Refusal> {
    within_limits(requests)?;
    let named = named(agreed, requests)?;
    let (mut lines, further) = kept(agreed, requests, &named);
    let (mut own, mut unknown, mut unsold) = (vec![], vec![], vec![]);
    for (position, (request, further)) in requests.iter().zip(further).enumerate() {
        let product = context.products.get(&request.product_id);
        let Some(product) = product.filter(|product| product.store_id == store.id) else {
            unknown.push(position);
            continue;
        };
        let is_on_order = agreed.iter().any(|line| line.product_id == product.id);
        if further == 0 {
            continue;
        }
        let new = new(0, product, further, product.price, terms);
        if !product.active {
            if is_on_order { &mut unsold } else { &mut unknown }.push(position);
        } else if let Some(line) = lines.iter_mut().find(|line| takes(line, request, further, &new, &named)) {
            line.quantity += further;
        } else {
            last_no = last_no.saturating_add(1);
            own.push(Line { no: last_no, ..new }.summed()?);
        }
    }
    if !unknown.is_empty() {
        return Err(Refusal::UnknownProduct(unknown));
    }
    if !unsold.is_empty() {
        return Err(Refusal::NotSold(unsold));
    }
    lines.retain(|line| line.quantity > 0);
    let lines: Vec<Line> =
        lines.into_iter().map(Line::summed).chain(own.into_iter().map(Ok)).collect::<Result<_, _>>()?;
    if lines.len() > MAX_LINES {
        return Err(Refusal::TooManyLines { most: MAX_LINES });
    }
    Ok(lines)
}

/// What stays of the lines of the order, and how many pieces each request asks for beyond that. It means the line that it names,
/// else those of its product that no other names, of which the older ones stay first.
fn kept(agreed: &[Line], requests: &[AmendedLine], named: &BTreeSet<u32>) -> (Vec<Line>, Vec<u32>) {
    let mut lines: Vec<Line> = agreed.iter().map(|line| Line { quantity: 0, ..line.clone() }).collect();
    let further = requests.iter().map(|request| {
        let means = |line: &Line| match request.no {
            Some(no) => line.no == no,
            None => line.product_id == request.product_id && !named.contains(&line.no),
        };
        lines.iter_mut().zip(agreed).filter(|(_, had)| means(had)).fold(
            request.quantity,
            |further, (line, had)| {
                let stay = further.min(had.quantity - line.quantity);
                line.quantity += stay;
                further - stay
            },
        )
    });
    let further = further.collect();
    (lines, further)
}

/// Do so many further pieces go onto this line, because it was agreed as the product is sold today?
fn takes(line: &Line, request: &AmendedLine, further: u32, new: &Line, named: &BTreeSet<u32>) -> bool {
    line.product_id == new.product_id
        && (request.no == Some(line.no) || !named.contains(&line.no))
        && line.unit_price == new.unit_price
        && line.title == new.title
        && line.tax_rate == new.tax_rate
        && line.weight_grams == new.weight_grams
        && line.quantity.saturating_add(further) <= MAX_QUANTITY
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

/// The numbers that requests name, each of a line of the order and of its product, and each once.
fn named(agreed: &[Line], requests: &[AmendedLine]) -> Result<BTreeSet<u32>, Refusal> {
    let mut named = BTreeSet::new();
    for (position, request) in requests.iter().enumerate() {
        let Some(no) = request.no else { continue };
        match agreed.iter().find(|line| line.no == no) {
            None => return Err(Refusal::UnknownLine { line: position }),
            Some(line) if line.product_id != request.product_id => {
                return Err(Refusal::LineOfAnotherProduct { line: position });
            }
            Some(_) if !named.insert(no) => return Err(Refusal::LineNamedTwice { line: position }),
            Some(_) => {}
        }
    }
    Ok(named)
}

/// A line that nothing has been taken off, still without the price of all its pieces.
fn new(no: u32, product: &Product, quantity: u32, unit_price: Amount, terms: &Terms) -> Line {
    Line {
        no,
        product_id: product.id,
        sku: product.sku.clone(),
        title: product.title.clone(),
        category: product.category.clone(),
        quantity,
        unit_price,
        total: Amount::ZERO,
        discount: Amount::ZERO,
        tax_rate: terms.rate(product.tax_class.as_ref()),
        tax: Amount::ZERO,
        added_tax: Amount::ZERO,
        weight_grams: product.weight_grams.unwrap_or_default(),
    }
}

impl Line {
    /// With the price of all its pieces.
    fn summed(self) -> Result<Self, Refusal> {
        let total = self.unit_price.checked_mul(self.quantity).filter(|total| total.in_range());
        Ok(Self { total: total.ok_or(Refusal::AmountOutOfRange)?, ..self })
    }
}
