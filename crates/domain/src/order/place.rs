//! Placing and importing: what is ordered, at which price, and whether it was just ordered before.

use super::context::{DecisionContext, Events};
use super::pricing::{imported, ordered, price_stands, sending};
use super::{Import, OrderEvent, Place, Source, Status, Totals};
use crate::access::Actor;
use crate::aggregate::{Envelope, Personal};
use crate::contact::Contact;
use crate::id::OrderId;
use crate::money::{Amount, Money};
use crate::refusal::Refusal;
use crate::store::Store;
use crate::time::Timestamp;
use crate::totals::{Code, PaymentKind, Terms};

pub(super) fn place(
    context: &DecisionContext<'_>,
    actor: &Actor,
    place: &Place,
    now: Timestamp,
) -> Result<Events, Refusal> {
    let store = context
        .store
        .filter(|store| store.active)
        .filter(|store| actor.buys() || actor.stores().covers(store.id))
        .ok_or(Refusal::UnknownStore)?;
    reachable(&place.contact)?;
    let customer_id = match actor {
        Actor::Customer(id) => Some(*id),
        Actor::Anonymous | Actor::Guest(_) => None,
        Actor::Member(_) | Actor::Operator | Actor::Importer | Actor::System => place.customer_id,
    };
    let terms = Terms {
        tax: store.tax.clone(),
        shipping: named(
            &store.shipping,
            |rule| &rule.code,
            place.shipping.as_ref(),
            Refusal::UnknownShipping,
        )?,
        payment: named(
            &store.payments,
            |rule| &rule.code,
            place.payment.as_ref(),
            Refusal::UnknownPaymentRule,
        )?,
    };
    let lines = ordered(context, store, &terms, &place.lines)?;
    let shipping_total = terms.shipping.as_ref().map_or(Ok(Amount::ZERO), |rule| sending(rule, &lines))?;
    let totals = Totals::of(&lines, &[], shipping_total, &terms).ok_or(Refusal::AmountOutOfRange)?;
    price_stands(place.expected_total, Money { amount: totals.total, currency: store.currency })?;
    not_again(context, &place.not_duplicate_of)?;
    let change_until = store.change_window_minutes.map(|minutes| now.plus_minutes(minutes));
    let event = OrderEvent::Placed {
        store_id: store.id,
        customer_id,
        source: source_for(actor),
        currency: store.currency,
        country: store.country,
        lines,
        totals,
        payment_due_at: payment_due_at(store, &terms, now),
        terms,
        change_until,
        due_at: store.policy.due_at(Status::PendingReview, now),
        unlisted: place.unlisted,
    };
    let personal = Personal {
        contact: Some(place.contact.clone()),
        note: (!place.note.is_empty()).then(|| place.note.clone()),
        comment: None,
        ..Personal::default()
    };
    Ok(vec![Envelope::of(event).with(personal)])
}

/// When an order that is to be paid beforehand is due to be.
fn payment_due_at(store: &Store, terms: &Terms, now: Timestamp) -> Option<Timestamp> {
    let is_prepaid = terms.payment.as_ref().is_some_and(|rule| rule.kind == PaymentKind::Prepaid);
    store.policy.payment_minutes.filter(|_| is_prepaid).map(|minutes| now.plus_minutes(minutes))
}

/// The way of sending or paying that is named, else the first; none: the store has none.
fn named<T: Clone>(
    rules: &[T],
    code: fn(&T) -> &Code,
    wanted: Option<&Code>,
    unknown: Refusal,
) -> Result<Option<T>, Refusal> {
    match wanted {
        None => Ok(rules.first().cloned()),
        Some(wanted) => rules.iter().find(|rule| code(rule) == wanted).cloned().map(Some).ok_or(unknown),
    }
}

/// The source that a new order gets from the actor who places it.
fn source_for(actor: &Actor) -> Source {
    match actor {
        Actor::Anonymous | Actor::Customer(_) | Actor::Guest(_) => Source::Shop,
        Actor::Importer => Source::Import,
        Actor::Member(_) | Actor::Operator | Actor::System => Source::Staff,
    }
}

/// An open order of the same buyer with the same basket, placed a moment ago, has to be told apart on purpose.
fn not_again(context: &DecisionContext<'_>, told_apart: &[OrderId]) -> Result<(), Refusal> {
    let open = context.possible_duplicates.iter().filter(|order| order.status().is_open());
    let alike: Vec<OrderId> = open.map(|order| order.id).filter(|id| !told_apart.contains(id)).collect();
    if alike.is_empty() { Ok(()) } else { Err(Refusal::PossibleDuplicate(alike)) }
}

/// An imported order comes in as it stands there: no live rules, no stock, steps at their own times. Where the
/// source's times run backwards, a step is dated no earlier than the step before it; the step keeps its own time.
pub(super) fn import(context: &DecisionContext<'_>, import: &Import) -> Result<Events, Refusal> {
    let store = context.store.ok_or(Refusal::UnknownStore)?;
    let lines = imported(context, store, &import.lines)?;
    let totals = Totals::of(&lines, &[], import.shipping_total, &Terms::default());
    let totals = totals.ok_or(Refusal::AmountOutOfRange)?;
    let event = OrderEvent::Imported {
        store_id: store.id,
        customer_id: import.customer_id,
        external_reference: import.external_reference.clone(),
        source_status: import.source_status.clone(),
        currency: import.currency,
        country: store.country,
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
    if contact.name.is_none() {
        return Err(Refusal::NameMissing);
    }
    if contact.phone.is_none() && contact.email.is_none() {
        return Err(Refusal::Unreachable);
    }
    Ok(())
}
