//! Placing and importing: what is ordered, at which price, and whether it was just ordered before.

use super::decide::{DecisionContext, Events};
use super::{
    Import, Line, LineRequest, MAX_LINES, MAX_QUANTITY, OrderCommand, OrderEvent, Place, Status, Totals,
};
use crate::access::Actor;
use crate::aggregate::{Envelope, Personal};
use crate::contact::Contact;
use crate::id::{OrderId, ProductId};
use crate::money::Amount;
use crate::product::Product;
use crate::refusal::Refusal;
use crate::store::Store;
use crate::time::Timestamp;

pub(super) fn place(
    context: &DecisionContext<'_>,
    actor: &Actor,
    place: &Place,
    now: Timestamp,
) -> Result<Events, Refusal> {
    let store = context
        .store
        .filter(|store| store.active)
        .filter(|store| {
            matches!(actor, Actor::Customer(_) | Actor::Guest(_)) || actor.stores().covers(store.id)
        })
        .ok_or(Refusal::UnknownStore)?;
    reachable(&place.contact)?;
    let customer_id = match actor {
        Actor::Customer(id) => Some(*id),
        Actor::Guest(_) => None,
        _ => place.customer_id,
    };
    let lines = price(context, store, &place.lines, &[])?;
    not_again(context, &place.not_duplicate_of)?;
    let totals = Totals::of(&lines, Amount::ZERO).ok_or(Refusal::AmountOutOfRange)?;
    let change_until = store.change_window_minutes.map(|minutes| now.plus_minutes(minutes));
    let event = OrderEvent::Placed {
        store_id: store.id,
        customer_id,
        source: OrderCommand::source_for(actor),
        currency: store.currency,
        lines,
        totals,
        change_until,
        due_at: store.policy.due_at(Status::PendingReview, now),
        unlisted: place.unlisted,
    };
    let personal = Personal {
        contact: Some(place.contact.clone()),
        note: (!place.note.is_empty()).then(|| place.note.clone()),
        comment: None,
    };
    Ok(vec![Envelope::of(event).with(personal)])
}

/// An open order of the same buyer with the same basket, placed a moment ago, has to be told apart on purpose.
fn not_again(context: &DecisionContext<'_>, told_apart: &[OrderId]) -> Result<(), Refusal> {
    let open = context.look_alikes.iter().filter(|order| order.status.is_open());
    let alike: Vec<OrderId> = open.map(|order| order.id).filter(|id| !told_apart.contains(id)).collect();
    if alike.is_empty() { Ok(()) } else { Err(Refusal::LooksLike(alike)) }
}

/// An imported order comes in as it stands there: no live rules, no stock, steps at their own times. Where the
/// source's times run backwards, a step is dated no earlier than the step before it; the step keeps its own time.
pub(super) fn import(context: &DecisionContext<'_>, import: &Import) -> Result<Events, Refusal> {
    let store = context.store.ok_or(Refusal::UnknownStore)?;
    let unknown = |line: &super::ImportedLine| match context.products.get(&line.product_id) {
        Some(product) => product.store_id != store.id,
        None => true,
    };
    let unknown = positions(&import.lines, unknown);
    if !unknown.is_empty() {
        return Err(Refusal::UnknownProduct(unknown));
    }
    let lines = import
        .lines
        .iter()
        .filter_map(|line| context.products.get(&line.product_id).map(|product| (line, product)))
        .map(|(line, product)| snapshot(product, line.quantity, line.unit_price))
        .collect::<Result<Vec<_>, _>>()?;
    let totals = Totals::of(&lines, import.shipping_total).ok_or(Refusal::AmountOutOfRange)?;
    let event = OrderEvent::Imported {
        store_id: store.id,
        customer_id: import.customer_id,
        external_reference: import.external_reference.clone(),
        source_status: import.source_status.clone(),
        currency: import.currency,
        lines,
        totals,
    };
    let personal = Personal { contact: Some(import.contact.clone()), ..Personal::default() };
    let mut events = vec![Envelope::of(event).with(personal).at(import.placed_at)];
    let mut latest = import.placed_at;
    for step in &import.steps {
        latest = step.at.map_or(latest, |at| at.later_of(latest));
        events.push(Envelope::of(OrderEvent::StepImported { to: step.to, at: step.at }).at(latest));
    }
    Ok(events)
}

/// A contact that the shop can do something with: a name, and one way to reach the person.
pub(super) fn reachable(contact: &Contact) -> Result<(), Refusal> {
    let invalid = |pointer: &str, code, detail| Refusal::Invalid { pointer: pointer.into(), code, detail };
    if contact.name.is_none() {
        return Err(invalid("/contact/name", "missing", "give the name of the person who gets the order"));
    }
    if contact.phone.is_none() && contact.email.is_none() {
        return Err(invalid("/contact/phone", "missing", "give a phone number or an e-mail address"));
    }
    Ok(())
}

/// Prices the requested lines. A product that the order has already keeps the title and price it was ordered at.
pub(super) fn price(
    context: &DecisionContext<'_>,
    store: &Store,
    requests: &[LineRequest],
    agreed: &[Line],
) -> Result<Vec<Line>, Refusal> {
    let invalid = |pointer: String, code, detail| Err(Refusal::Invalid { pointer, code, detail });
    if requests.is_empty() {
        return invalid("/lines".into(), "too-few", "an order has at least one line");
    }
    if requests.len() > MAX_LINES {
        return invalid("/lines".into(), "too-many", "an order has at most 200 lines");
    }
    if let Some(line) = requests.iter().position(|line| !(1..=MAX_QUANTITY).contains(&line.quantity)) {
        return invalid(format!("/lines/{line}/quantity"), "out-of-range", "a quantity is from 1 to 1000000");
    }
    let had = |id: ProductId| agreed.iter().find(|line| line.product_id == id);
    let unknown = positions(requests, |line| match context.products.get(&line.product_id) {
        Some(product) => product.store_id != store.id || !(product.active || had(line.product_id).is_some()),
        None => true,
    });
    if !unknown.is_empty() {
        return Err(Refusal::UnknownProduct(unknown));
    }
    requests
        .iter()
        .filter_map(|request| context.products.get(&request.product_id).map(|product| (request, product)))
        .map(|(request, product)| match had(request.product_id) {
            Some(line) => Ok(Line {
                quantity: request.quantity,
                total: times(line.unit_price, request.quantity)?,
                ..line.clone()
            }),
            None => snapshot(product, request.quantity, product.price),
        })
        .collect()
}

fn snapshot(product: &Product, quantity: u32, unit_price: Amount) -> Result<Line, Refusal> {
    Ok(Line {
        product_id: product.id,
        sku: product.sku.clone(),
        title: product.title.clone(),
        category: product.category.clone(),
        quantity,
        unit_price,
        total: times(unit_price, quantity)?,
    })
}

fn times(unit_price: Amount, quantity: u32) -> Result<Amount, Refusal> {
    unit_price.checked_mul(quantity).filter(|total| total.in_range()).ok_or(Refusal::AmountOutOfRange)
}

fn positions<T>(items: &[T], is: impl Fn(&T) -> bool) -> Vec<usize> {
    items.iter().enumerate().filter(|(_, item)| is(item)).map(|(position, _)| position).collect()
}
