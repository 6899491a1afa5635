//! Commands to facts: every rule of the order's life, read top to bottom.

use std::collections::BTreeMap;

use super::{
    Amendment, CancelReason, Command, Fact, Import, InvalidReason, Line, LineRequest, MAX_LINES,
    MAX_QUANTITY, Order, Place, Status, Totals, stock_moves,
};
use crate::access::{Actor, Permission};
use crate::aggregate::{Aggregate, Event, Personal, Stamp};
use crate::contact::Contact;
use crate::id::{OrderId, ProductId};
use crate::money::Amount;
use crate::product::Product;
use crate::refusal::{Refusal, Shortage};
use crate::store::Store;
use crate::time::Timestamp;

type Events = Vec<Event<Fact>>;
const MILLIS_PER_MINUTE: i64 = 60_000;

/// What the writer knows besides the order.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// The store that the command or the order names, if it exists.
    pub store: Option<&'a Store>,
    /// The products that the command and the order name, as far as they exist.
    pub products: BTreeMap<ProductId, &'a Product>,
}

/// Decides one command on one order. No events: it was satisfied already, nothing is to be written.
///
/// # Errors
/// The first rule that says no: first access, then state, then content.
pub fn decide(
    order: Option<&Order>,
    facts: &Facts<'_>,
    actor: &Actor,
    command: &Command,
    now: Timestamp,
) -> Result<Events, Refusal> {
    authorize(order, actor, command)?;
    let events = match (order, command) {
        (None, Command::Place(place)) => self::place(facts, actor, place, now),
        (None, Command::Import(import)) => self::import(facts, import),
        (None, _) => Err(Refusal::NotFound),
        (Some(order), Command::Import(import))
            if order.external_reference.as_ref() == Some(&import.external_reference) =>
        {
            Ok(vec![])
        }
        (Some(_), Command::Place(_) | Command::Import(_)) => Err(Refusal::Duplicate { field: "id" }),
        (Some(order), Command::Confirm) => {
            forward(order, Status::PendingReview, Status::Confirmed, Fact::Confirmed {})
        }
        (Some(order), Command::Start) => {
            forward(order, Status::Confirmed, Status::Processing, Fact::Started {})
        }
        (Some(order), Command::Complete) => {
            forward(order, Status::Processing, Status::Completed, Fact::Completed {})
        }
        (Some(order), Command::Reject { reason, comment }) => {
            const FROM: &[Status] = &[Status::PendingReview];
            invalid(order, FROM, *reason, Fact::Rejected { reason: *reason }, comment)
        }
        (Some(order), Command::Invalidate { reason, comment }) => {
            const FROM: &[Status] = &[Status::PendingReview, Status::Confirmed, Status::Cancelled];
            invalid(order, FROM, *reason, Fact::Invalidated { reason: *reason }, comment)
        }
        (Some(order), Command::Cancel { reason, comment }) => cancel(order, actor, *reason, comment, now),
        (Some(order), Command::Amend(amendment)) => amend(order, facts, actor, amendment, now),
        (Some(order), Command::Restore) => restore(order),
    }?;
    stock_suffices(order, facts, &events, now)?;
    Ok(events)
}

/// May this actor do this kind of act on this order at all?
///
/// # Errors
/// `Forbidden` before `NotFound`: the role is known before the order is looked at.
pub fn authorize(order: Option<&Order>, actor: &Actor, command: &Command) -> Result<(), Refusal> {
    match actor {
        Actor::Operator | Actor::System => return Ok(()),
        Actor::Importer => match command {
            Command::Import(_) => {}
            _ => return Err(Refusal::Forbidden(None)),
        },
        Actor::Customer(_) => match command {
            Command::Place(_) | Command::Amend(_) | Command::Cancel { .. } => {}
            _ => return Err(Refusal::Forbidden(None)),
        },
        Actor::Member(_) => {
            let needed = permission(command);
            if !needed.iter().any(|permission| actor.may(*permission)) {
                return Err(Refusal::Forbidden(needed.first().copied()));
            }
        }
    }
    match order {
        Some(order) if !actor.scope().covers(order) => Err(Refusal::NotFound),
        _ => Ok(()),
    }
}

/// The permissions of which one opens this kind of act to staff.
fn permission(command: &Command) -> &'static [Permission] {
    match command {
        Command::Place(_) => &[Permission::OrdersPlace],
        Command::Import(_) => &[],
        Command::Confirm => &[Permission::OrdersConfirm],
        Command::Reject { .. } => &[Permission::OrdersReject],
        Command::Amend(_) => &[Permission::OrdersAmend],
        Command::Start => &[Permission::OrdersStart],
        Command::Complete => &[Permission::OrdersComplete],
        Command::Cancel { .. } => &[Permission::OrdersCancel, Permission::OrdersCancelProcessing],
        Command::Invalidate { .. } => &[Permission::OrdersInvalidate],
        Command::Restore => &[Permission::OrdersRestore],
    }
}

fn place(facts: &Facts<'_>, actor: &Actor, place: &Place, now: Timestamp) -> Result<Events, Refusal> {
    let store = facts
        .store
        .filter(|store| store.active)
        .filter(|store| matches!(actor, Actor::Customer(_)) || actor.stores().covers(store.id))
        .ok_or(Refusal::UnknownStore)?;
    reachable(&place.contact)?;
    let customer_id = match actor {
        Actor::Customer(id) => Some(*id),
        _ => place.customer_id,
    };
    let lines = price(facts, store, &place.lines, &[])?;
    let totals = Totals::of(&lines, Amount::ZERO).ok_or(Refusal::AmountOutOfRange)?;
    let change_until =
        store.change_window_minutes.map(|minutes| now.plus_millis(i64::from(minutes) * MILLIS_PER_MINUTE));
    let fact = Fact::Placed {
        store_id: store.id,
        customer_id,
        source: Command::source_for(actor),
        currency: store.currency,
        lines,
        totals,
        change_until,
    };
    let personal = Personal {
        contact: Some(place.contact.clone()),
        note: (!place.note.is_empty()).then(|| place.note.clone()),
        comment: None,
    };
    Ok(vec![Event::of(fact).with(personal)])
}

/// An imported order comes in as it stands there: no live rules, no stock, steps at their own times. Where the
/// source's times run backwards, a step is dated no earlier than the step before it; the step keeps its own time.
fn import(facts: &Facts<'_>, import: &Import) -> Result<Events, Refusal> {
    let store = facts.store.ok_or(Refusal::UnknownStore)?;
    let unknown = |line: &super::ImportedLine| match facts.products.get(&line.product_id) {
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
        .filter_map(|line| facts.products.get(&line.product_id).map(|product| (line, product)))
        .map(|(line, product)| snapshot(product, line.quantity, line.unit_price))
        .collect::<Result<Vec<_>, _>>()?;
    let totals = Totals::of(&lines, import.shipping_total).ok_or(Refusal::AmountOutOfRange)?;
    let fact = Fact::Imported {
        store_id: store.id,
        customer_id: import.customer_id,
        external_reference: import.external_reference.clone(),
        source_status: import.source_status.clone(),
        currency: import.currency,
        lines,
        totals,
    };
    let personal = Personal { contact: Some(import.contact.clone()), ..Personal::default() };
    let mut events = vec![Event::of(fact).with(personal).at(import.placed_at)];
    let mut latest = import.placed_at;
    for step in &import.steps {
        latest = step.at.map_or(latest, |at| at.later_of(latest));
        events.push(Event::of(Fact::StepImported { to: step.to, at: step.at }).at(latest));
    }
    Ok(events)
}

/// One step of the main road, or nothing if it has been taken.
fn forward(order: &Order, from: Status, to: Status, fact: Fact) -> Result<Events, Refusal> {
    if order.status == to {
        return Ok(vec![]);
    }
    stands_in(order, &[from])?;
    Ok(vec![Event::of(fact)])
}

fn invalid(
    order: &Order,
    from: &[Status],
    reason: InvalidReason,
    fact: Fact,
    comment: &Option<String>,
) -> Result<Events, Refusal> {
    if order.status == Status::Invalid && order.invalid_reason == Some(reason) {
        return Ok(vec![]);
    }
    stands_in(order, from)?;
    Ok(vec![Event::of(fact).with(commented(comment))])
}

fn cancel(
    order: &Order,
    actor: &Actor,
    reason: CancelReason,
    comment: &Option<String>,
    now: Timestamp,
) -> Result<Events, Refusal> {
    if order.status == Status::Cancelled && order.cancel_reason == Some(reason) {
        return Ok(vec![]);
    }
    match actor {
        Actor::Customer(_) => {
            stands_in(order, &[Status::PendingReview, Status::Confirmed])?;
            in_time(order, now)?;
        }
        _ => {
            stands_in(order, &[Status::PendingReview, Status::Confirmed, Status::Processing])?;
            let needed = match order.status {
                Status::Processing => Permission::OrdersCancelProcessing,
                _ => Permission::OrdersCancel,
            };
            if !actor.may(needed) {
                return Err(Refusal::Forbidden(Some(needed)));
            }
        }
    }
    Ok(vec![Event::of(Fact::Cancelled { reason }).with(commented(comment))])
}

fn amend(
    order: &Order,
    facts: &Facts<'_>,
    actor: &Actor,
    amendment: &Amendment,
    now: Timestamp,
) -> Result<Events, Refusal> {
    stands_in(order, &[Status::PendingReview, Status::Confirmed])?;
    if matches!(actor, Actor::Customer(_)) {
        in_time(order, now)?;
    }
    let contact = amendment.contact.clone().filter(|contact| *contact != order.contact);
    if let Some(contact) = &contact {
        reachable(contact)?;
    }
    let note = amendment.note.clone().filter(|note| *note != order.note);
    let lines = match &amendment.lines {
        None => None,
        Some(requests) => {
            let store = facts.store.ok_or(Refusal::UnknownStore)?;
            Some(price(facts, store, requests, &order.lines)?).filter(|lines| *lines != order.lines)
        }
    };
    if contact.is_none() && note.is_none() && lines.is_none() {
        return Ok(vec![]);
    }
    let totals = match &lines {
        None => order.totals,
        Some(lines) => Totals::of(lines, order.totals.shipping_total).ok_or(Refusal::AmountOutOfRange)?,
    };
    let personal = Personal { contact, note, comment: amendment.comment.clone() };
    Ok(vec![Event::of(Fact::Amended { lines, totals }).with(personal)])
}

fn restore(order: &Order) -> Result<Events, Refusal> {
    match (order.status, order.invalid_from) {
        (Status::Invalid, Some(to)) => Ok(vec![Event::of(Fact::Restored { to })]),
        _ => Err(Refusal::StateConflict { current: order.status }),
    }
}

fn stands_in(order: &Order, statuses: &[Status]) -> Result<(), Refusal> {
    if statuses.contains(&order.status) {
        return Ok(());
    }
    Err(Refusal::StateConflict { current: order.status })
}

/// The customer's own time for changes.
fn in_time(order: &Order, now: Timestamp) -> Result<(), Refusal> {
    match order.change_until {
        Some(at) if now >= at => Err(Refusal::CutOffPassed { at }),
        _ => Ok(()),
    }
}

/// A contact that the shop can do something with: a name, and one way to reach the person.
fn reachable(contact: &Contact) -> Result<(), Refusal> {
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
fn price(
    facts: &Facts<'_>,
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
    let unknown = positions(requests, |line| match facts.products.get(&line.product_id) {
        Some(product) => product.store_id != store.id || !(product.active || had(line.product_id).is_some()),
        None => true,
    });
    if !unknown.is_empty() {
        return Err(Refusal::UnknownProduct(unknown));
    }
    requests
        .iter()
        .filter_map(|request| facts.products.get(&request.product_id).map(|product| (request, product)))
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

fn commented(comment: &Option<String>) -> Personal {
    Personal { comment: comment.clone(), ..Personal::default() }
}

/// Whatever the events reserve must be there. One check for every act, because it compares the states around it.
fn stock_suffices(
    before: Option<&Order>,
    facts: &Facts<'_>,
    events: &Events,
    now: Timestamp,
) -> Result<(), Refusal> {
    if events.is_empty() {
        return Ok(());
    }
    let Some(after) = foreseen(before, events, now) else { return Ok(()) };
    let short: BTreeMap<ProductId, i64> = stock_moves(before, &after)
        .into_iter()
        .filter(|moved| moved.reserved > 0)
        .filter_map(|moved| {
            let available = facts.products.get(&moved.product_id).map_or(0, |product| product.available());
            let held = before.map_or(0, |order| reserved(order, moved.product_id));
            (moved.reserved > available).then_some((moved.product_id, available.max(0) + held))
        })
        .collect();
    if short.is_empty() {
        return Ok(());
    }
    let shortages = after
        .lines
        .iter()
        .enumerate()
        .filter_map(|(line, ordered)| {
            short.get(&ordered.product_id).map(|available| Shortage {
                line,
                product_id: ordered.product_id,
                requested: i64::from(ordered.quantity),
                available: *available,
            })
        })
        .collect();
    Err(Refusal::InsufficientStock(shortages))
}

fn reserved(order: &Order, product_id: ProductId) -> i64 {
    stock_moves(None, order)
        .iter()
        .find(|moved| moved.product_id == product_id)
        .map_or(0, |moved| moved.reserved)
}

/// The order as the events would leave it. The id of a new one does not matter for its stock.
pub(super) fn foreseen(before: Option<&Order>, events: &Events, now: Timestamp) -> Option<Order> {
    let id = before.map_or(OrderId::from_i64(1), |order| order.id).get();
    let mut state = before.cloned();
    for event in events {
        let seq = state.as_ref().map_or(0, |order| order.version) + 1;
        let stamp = Stamp { seq, recorded_at: now, occurred_at: event.occurred_at.unwrap_or(now) };
        state = Some(Order::apply(state, id, event, stamp).ok()?);
    }
    state
}
