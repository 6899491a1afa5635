//! Amendments: which parts of an order can still be changed, and what a change leads to.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};

use super::context::{DecisionContext, Events};
use super::fulfillment::cancel::nothing_moved;
use super::guards::{covers_credits, in_time, stands_in};
use super::place::reachable;
use super::pricing::{amended, price_stands, sending};
use super::shares::{computed, refitted};
use super::{Adjustment, Amendment, Line, Order, OrderEvent, Status, Totals};
use crate::access::Actor;
use crate::aggregate::{Envelope, Personal};
use crate::money::Money;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// A part of an order that can be amended.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    Display,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AmendedPart {
    /// What is ordered.
    Lines,
    /// Who gets it, and where.
    Contact,
    /// What the customer says to the shop.
    Note,
}

impl Amendment {
    fn parts(&self) -> Vec<AmendedPart> {
        let is_named = |part: &AmendedPart| match part {
            AmendedPart::Lines => self.lines.is_some(),
            AmendedPart::Contact => self.contact.is_some(),
            AmendedPart::Note => self.note.is_some(),
        };
        AmendedPart::iter().filter(is_named).collect()
    }
}

/// The parts that this actor can amend now.
pub(super) fn amendable(order: &Order, actor: &Actor, now: Timestamp) -> Vec<AmendedPart> {
    AmendedPart::iter().filter(|part| can_amend(order, actor, *part, now).is_ok()).collect()
}

/// Until the execution starts, and for buyers within their time; but a contact is corrected until the goods leave the house.
fn can_amend(order: &Order, actor: &Actor, part: AmendedPart, now: Timestamp) -> Result<(), Refusal> {
    match part {
        AmendedPart::Contact => {
            stands_in(order, &[Status::PendingReview, Status::Confirmed, Status::Processing])
        }
        AmendedPart::Lines | AmendedPart::Note => {
            stands_in(order, &[Status::PendingReview, Status::Confirmed])?;
            if part == AmendedPart::Lines {
                nothing_moved(order)?;
            }
            match actor.buys() {
                true => in_time(order.change_until, now),
                false => Ok(()),
            }
        }
    }
}

pub(super) fn amend(
    order: &Order,
    context: &DecisionContext<'_>,
    actor: &Actor,
    amendment: &Amendment,
    now: Timestamp,
) -> Result<Events, Refusal> {
    let mut named = amendment.parts();
    if named.is_empty() {
        // What can be amended longest.
        named.push(AmendedPart::Contact);
    }
    named.into_iter().try_for_each(|part| can_amend(order, actor, part, now))?;
    let contact = amendment.contact.clone().filter(|contact| *contact != order.contact);
    if let Some(contact) = &contact {
        reachable(contact)?;
    }
    let note = amendment.note.clone().filter(|note| *note != order.note);
    let goods = amended_goods(order, context, amendment)?;
    let totals = goods.as_ref().map_or(order.totals, |goods| goods.totals);
    price_stands(amendment.expected_total, Money { amount: totals.total, currency: order.currency })?;
    if contact.is_none() && note.is_none() && goods.is_none() {
        return Ok(vec![]);
    }
    covers_credits(order, totals)?;
    let (lines, adjustments) = goods.map(|goods| (goods.lines, goods.adjustments)).unzip();
    let adjustments = adjustments.filter(|adjustments| *adjustments != order.adjustments);
    let personal = Personal { contact, note, comment: amendment.comment.clone(), ..Personal::default() };
    Ok(vec![Envelope::of(OrderEvent::Amended { lines, adjustments, totals }).with(personal)])
}

/// What changes with the lines.
struct AmendedGoods {
    lines: Vec<Line>,
    adjustments: Vec<Adjustment>,
    totals: Totals,
}

/// Lines as they shall be, discounts as they follow them, and sending anew by the order's own rule. None: nothing changes.
fn amended_goods(
    order: &Order,
    context: &DecisionContext<'_>,
    amendment: &Amendment,
) -> Result<Option<AmendedGoods>, Refusal> {
    let Some(requests) = &amendment.lines else { return Ok(None) };
    let store = context.store.ok_or(Refusal::UnknownStore)?;
    let lines = amended(context, store, order, requests)?;
    let adjustments = refitted(order, &lines)?;
    let lines = computed(&lines, &adjustments, &order.terms)?;
    if lines == order.lines {
        return Ok(None);
    }
    let shipping_total = match &order.terms.shipping {
        None => order.totals.shipping_total,
        Some(rule) => sending(rule, &lines)?,
    };
    let totals = Totals::of(&lines, &adjustments, shipping_total, &order.terms);
    Ok(Some(AmendedGoods { lines, adjustments, totals: totals.ok_or(Refusal::AmountOutOfRange)? }))
}
