//! Laws of the order's life: any policy, any commands, by anybody, at any times.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use common::any::{Ask, any_life, any_policy, any_terms, any_window, earlier_places};
use common::life::{HistoryEvent, Life};
use common::{EARLIER, NOW, after, context, fold, place, product, staff, store};
use ordervault_domain::access::{Actor, Role};
use ordervault_domain::aggregate::{Aggregate, Envelope, Inconsistent, Personal, Stamp};
use ordervault_domain::contact::Contact;
use ordervault_domain::id::OrderId;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{
    AdjustmentKind, Amendment, Attention, Balance, CancelReason, Deadlines, DecisionContext,
    FulfillmentState, FulfillmentStatus, Order, OrderCommand, OrderCommandKind, OrderEvent, Status, Totals,
    actions, decide, references_of_actions, stock_deltas,
};
use ordervault_domain::store::Policy;
use ordervault_domain::totals::Terms;
use proptest::prelude::*;
use strum::IntoEnumIterator;

/// Everything that a law may vary.
#[derive(Clone, Debug)]
struct Case {
    policy: Policy,
    window: Option<u32>,
    units: i64,
    terms: Terms,
    earlier: (Actor, ordervault_domain::order::Place),
    asks: Vec<Ask>,
}

fn any_case() -> impl Strategy<Value = Case> {
    (any_policy(), any_window(), 0..12_i64, any_terms(), earlier_places(), any_life(25)).prop_map(
        |(policy, window, units, terms, earlier, asks)| Case { policy, window, units, terms, earlier, asks },
    )
}

impl Case {
    /// A store in which somebody has ordered before.
    fn begin(&self) -> Life {
        let mut life = Life::new(self.policy.clone(), self.window, self.units);
        life.store.tax.clone_from(&self.terms.tax);
        life.store.shipping.extend(self.terms.shipping.clone());
        life.store.payments.extend(self.terms.payment.clone());
        life.products[1].tax_class = "zero".parse().ok();
        life.products[2].weight_grams = Some(400);
        let (actor, place) = &self.earlier;
        let command = OrderCommand::Place(place.clone());
        let plenty: Vec<_> = (10..14).map(|id| product(id, 100)).collect();
        let events = decide(None, &context(&life.store, &plenty), actor, &command, NOW).expect("placed");
        let order = fold(None, &events, NOW).expect("an order");
        life.earlier = vec![Order { id: EARLIER, ..order }];
        life
    }

    /// Lives it, and looks at each command that was carried out: the state before, who asked for what, the events.
    fn live(
        &self,
        mut look: impl FnMut(&Life, Option<&Order>, &Actor, &OrderCommand, &[Envelope<OrderEvent>]) -> Verdict,
    ) -> Verdict {
        let mut life = self.begin();
        for (by, (wait, actor, command)) in self.asks.iter().enumerate() {
            life.now = life.now.plus_millis(*wait);
            let before = life.order.clone();
            if let Ok(events) = life.live(by, actor, command) {
                look(&life, before.as_ref(), actor, command, &events)?;
            } else {
                prop_assert_eq!(&life.order, &before);
            }
        }
        Ok(())
    }
}

/// Was the order to be called off, and goes on with what is in parcels?
fn is_partly_cancelled(command: &OrderCommand, life: &Life) -> bool {
    let goes_on = life.order.as_ref().is_some_and(|order| order.status().is_open());
    matches!(command, OrderCommand::Cancel { .. }) && goes_on
}

type Verdict = Result<(), TestCaseError>;

/// The order that a history tells of.
fn told(history: &[HistoryEvent]) -> Result<Option<Order>, Inconsistent> {
    history.iter().try_fold(None, |order, event| {
        Order::apply(order, common::ORDER.get(), &event.envelope, event.stamp).map(Some)
    })
}

proptest! {
    #[test]
    fn the_row_is_the_fold_of_its_history(case in any_case()) {
        case.live(|life, _, _, _, _| {
            // Events are kept as text: the fold must be the same after a trip through it.
            let mut reread = life.history.clone();
            for event in &mut reread {
                let text = serde_json::to_string(&event.envelope.event).expect("an event as text");
                event.envelope.event = serde_json::from_str(&text).expect("the same event");
            }
            prop_assert_eq!(&told(&reread), &Ok(life.order.clone()));
            let Some(order) = &life.order else { return Ok(()) };
            prop_assert_eq!(order.version, i64::try_from(reread.len()).expect("a short history"));
            let totals = Totals::of(&order.lines, &order.adjustments, order.totals.shipping_total, &order.terms);
            prop_assert_eq!(totals, Some(order.totals));
            for line in &order.lines {
                let shares = order.adjustments.iter().map(|adjustment| adjustment.share(line.no).get());
                prop_assert_eq!(line.discount.get(), shares.sum::<i64>());
                prop_assert!(line.discount <= line.total && line.discount >= Amount::ZERO);
                let taxed = order.terms.taxed(line.net(), line.tax_rate);
                prop_assert_eq!((line.tax, line.added_tax), (taxed.tax, taxed.added_tax));
            }
            for adjustment in order.adjustments.iter().filter(|one| one.kind == AdjustmentKind::Discount) {
                let shares = adjustment.shares.iter().map(|share| share.amount.get());
                prop_assert_eq!(adjustment.amount.get(), shares.sum::<i64>());
            }
            let text = serde_json::to_string(order).expect("an order as text");
            prop_assert_eq!(&serde_json::from_str::<Order>(&text).expect("the same order"), order);
            Ok(())
        })?;
    }

    #[test]
    fn sums_and_statuses_are_those_of_what_became_of_the_lines(case in any_case()) {
        case.live(|life, _, _, _, _| {
            let Some(order) = &life.order else { return Ok(()) };
            prop_assert!(order.is_settled());
            for no in order.units.keys() {
                let line = order.line(*no).expect("a line that is there");
                prop_assert!(order.units(*no).fit(line), "{:?}", order.units(*no));
            }
            for line in &order.lines {
                let units = order.units(line.no);
                let in_fulfillments = |is_meant: fn(FulfillmentState) -> bool| -> u32 {
                    let meant = order.fulfillments.iter().filter(|one| is_meant(one.state));
                    meant.map(|one| one.out(line.no)).sum()
                };
                prop_assert_eq!(in_fulfillments(FulfillmentState::is_inside), units.allocated);
                // Only an order that never sent a parcel is sent by its completion.
                let left = in_fulfillments(FulfillmentState::has_left);
                let sends = order.fulfillments.iter().any(|one| one.state != FulfillmentState::Cancelled);
                if order.status() != Status::Completed || sends {
                    prop_assert_eq!(left, units.shipped);
                }
            }
            if !order.fulfillments.is_empty() || !order.cancellations.is_empty() {
                return Ok(());
            }
            // Whichever steps were taken there and back: as long as nothing else moves units, the status says it all.
            let is_over = matches!(order.status(), Status::Cancelled | Status::Invalid);
            let fulfillment = match order.status() {
                Status::Completed => FulfillmentStatus::Delivered,
                _ if is_over => FulfillmentStatus::NotRequired,
                _ => FulfillmentStatus::Unfulfilled,
            };
            prop_assert_eq!(order.derived.fulfillment_status, fulfillment);
            let Balance { credited, written_off, kept, .. } = order.balance;
            let left = order.totals.total.get() - credited.get() - written_off.get();
            let due = if is_over { kept.get() } else { left + kept.get() };
            prop_assert_eq!(order.balance.due(order.totals.total).get(), due);
            Ok(())
        })?;
    }

    /// As the CHECKs of the row say it.
    #[test]
    fn never_more_is_paid_back_than_was_paid_nor_given_than_was_agreed(case in any_case()) {
        case.live(|life, _, _, _, _| {
            let Some(order) = &life.order else { return Ok(()) };
            let Balance { cancelled, credited, written_off, kept, paid, refunded, refund_pending, .. } = order.balance;
            prop_assert!(refunded.get() + refund_pending.get() <= paid.get());
            prop_assert!(cancelled.get() + credited.get() + written_off.get() <= order.totals.total.get());
            prop_assert!([cancelled, credited, written_off, kept, paid, refunded, refund_pending].iter().all(|sum| *sum >= Amount::ZERO));
            for payment in &order.payments.attempts {
                let sums = payment.sums();
                prop_assert!(sums.refunded.get() + sums.refund_pending.get() <= sums.captured.get());
                prop_assert_eq!(sums.unexplained, Amount::ZERO);
            }
            let untracked = order.terms.payment.is_none();
            prop_assert!(!untracked || order.attention.iter().all(|what| *what == Attention::LostParcel));
            Ok(())
        })?;
    }

    #[test]
    fn a_history_leads_there_as_well_without_what_was_erased(case in any_case()) {
        case.live(|life, _, _, _, _| {
            let is_erased = |event: &HistoryEvent| Order::erases(&event.envelope.event);
            let through = life.history.iter().rposition(is_erased).map_or(0, |last| last + 1);
            let mut left = life.history.clone();
            left.iter_mut().take(through).for_each(|event| event.envelope.personal = Personal::default());
            prop_assert_eq!(&told(&left), &Ok(life.order.clone()));
            let known = life.order.as_ref().filter(|order| order.erased_at.is_some());
            prop_assert!(known.is_none_or(|order| order.contact == Contact::default() && order.note.is_empty()));
            Ok(())
        })?;
    }

    #[test]
    fn stock_is_never_promised_twice_and_never_lost(case in any_case()) {
        case.live(|life, _, _, _, _| {
            let open = life.order.as_ref().filter(|order| order.holds_stock && order.status().is_open());
            for product in &life.products {
                prop_assert!(product.reserved >= 0 && product.on_hand >= product.reserved, "{:?}", product);
                let lines = open.iter().flat_map(|order| &order.lines);
                let lines = lines.filter(|line| line.product_id == product.id);
                let promised: i64 = lines
                    .map(|line| {
                        let units = life.order.as_ref().map(|order| order.units(line.no)).unwrap_or_default();
                        i64::from(line.quantity) - i64::from(units.cancelled + units.shipped)
                    })
                    .sum();
                prop_assert_eq!(product.reserved, promised);
            }
            Ok(())
        })?;
    }

    #[test]
    fn repeating_a_command_writes_nothing(case in any_case()) {
        case.live(|life, _, actor, command, events| {
            // A second order is not the first one again, and what was taken back cannot be taken back any more.
            let is_other = matches!(
                command,
                OrderCommand::Place(_)
                    | OrderCommand::Restore
                    | OrderCommand::Unconfirm { .. }
                    | OrderCommand::Unstart { .. }
                    | OrderCommand::Reopen { .. }
                    | OrderCommand::Reinstate { .. }
                    | OrderCommand::Adjust(_)
                    | OrderCommand::RecordPayment(_)
                    | OrderCommand::Refund(_)
                    | OrderCommand::WriteOff(_)
                    | OrderCommand::Plan { .. }
                    | OrderCommand::Ship(_)
                    | OrderCommand::CancelLines { .. }
                    | OrderCommand::SettleLoss { .. }
                    | OrderCommand::CorrectDelivery { .. }
            ) || is_partly_cancelled(command, life);
            if !events.is_empty() && !is_other {
                // A guest who has changed the contact proves anew to know the order.
                let actor = match actor {
                    Actor::Guest(_) => &Actor::Guest(life.order.as_ref().map(Order::grant)),
                    actor => actor,
                };
                prop_assert_eq!(life.decide(actor, command), Ok(vec![]), "{:?}", command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn whatever_happens_is_told(case in any_case()) {
        case.live(|life, before, _, command, events| {
            let (Some(before), Some(after)) = (before, &life.order) else { return Ok(()) };
            prop_assert_eq!(after.changes(before).is_empty(), events.is_empty(), "{:?}", command);
            Ok(())
        })?;
    }

    #[test]
    fn a_status_is_entered_by_events_that_say_so(case in any_case()) {
        case.live(|life, before, _, _, events| {
            let Some(after) = &life.order else { return Ok(()) };
            let entered = events.iter().rev().find_map(|event| event.event.enters());
            prop_assert_eq!(after.status(), entered.or(before.map(|order| order.status())).expect("a status"));
            if events.len() == 1 && entered.is_some() {
                prop_assert_eq!(after.status_since, life.history.last().expect("an event").stamp.occurred_at);
                prop_assert_eq!(after.breached_at, None);
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_grant_ends_with_what_the_order_is_reached_by(case in any_case()) {
        case.live(|life, before, _, _, events| {
            let Some(after) = &life.order else { return Ok(()) };
            let Some(before) = before else {
                prop_assert_eq!(after.contact_version, 1);
                return Ok(());
            };
            let reached = |order: &Order| (order.contact.phone.clone(), order.contact.email.clone());
            // Also of an order by which nobody could be reached: without its values nobody can tell.
            let is_erased = before.erased_at != after.erased_at;
            prop_assert_eq!(before.grant() == after.grant(), reached(before) == reached(after) && !is_erased);
            if before.grant() != after.grant() && events.len() == 1 {
                prop_assert_eq!(after.contact_version, after.version);
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_line_keeps_its_number_and_price_for_ever(case in any_case()) {
        case.live(|life, before, _, _, _| {
            let Some(after) = &life.order else { return Ok(()) };
            let last = before.map_or(0, |order| order.last_line_no);
            prop_assert!(after.lines.is_sorted_by(|one, next| one.no < next.no));
            for line in after.lines.iter().filter(|line| line.no <= last) {
                let was = before.and_then(|order| order.line(line.no));
                let kept = was.map(|was| (was.product_id, &was.title, was.unit_price));
                prop_assert_eq!(kept, Some((line.product_id, &line.title, line.unit_price)), "{}", line.no);
            }
            let new: Vec<u32> = after.lines.iter().map(|line| line.no).filter(|no| *no > last).collect();
            prop_assert_eq!(&new, &(last + 1..=after.last_line_no).collect::<Vec<_>>());
            Ok(())
        })?;
    }

    #[test]
    fn deadlines_are_those_of_the_policy(case in any_case()) {
        case.live(|life, before, _, _, events| {
            let Some(after) = &life.order else { return Ok(()) };
            prop_assert!(after.due_at.is_none() || after.status().is_open());
            let Deadlines { step, paid, shipped } = after.deadlines;
            prop_assert!([step, paid, shipped, None].contains(&after.due_at));
            prop_assert!(after.due_at.is_some() || step.is_none());
            prop_assert!(step.is_none_or(|step| after.due_at <= Some(step)));
            for event in events {
                match &event.event {
                    OrderEvent::Breached { due_at } => {
                        prop_assert!(before.is_some_and(|order| order.is_overdue(life.now)));
                        prop_assert!(*due_at < life.now);
                    }
                    OrderEvent::StepImported { .. } | OrderEvent::Imported { .. } => {
                        prop_assert_eq!(after.due_at, None);
                    }
                    other => if let Some(status) = other.enters() {
                        prop_assert_eq!(after.deadlines.step, life.store.policy.due_at(status, life.now));
                    }
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_expires_has_waited_for_as_long_as_its_store_waits(case in any_case()) {
        case.live(|life, before, _, command, events| {
            if *command != OrderCommand::Expire {
                return Ok(());
            }
            let before = before.expect("an order");
            let limit = life.store.policy.cancel_unconfirmed_minutes;
            let has_waited = before.status() == Status::PendingReview
                && limit.is_some_and(|minutes| before.status_since.plus_minutes(minutes) <= life.now);
            let expired = events.iter().any(|event| {
                event.event == OrderEvent::Cancelled { reason: CancelReason::Expired }
            });
            prop_assert_eq!((expired, events.len()), (has_waited, usize::from(has_waited)));
            Ok(())
        })?;
    }

    #[test]
    fn customers_change_orders_only_in_their_time(case in any_case()) {
        case.live(|life, before, actor, command, events| {
            let kind = OrderCommandKind::from(command);
            let is_change = matches!(kind, OrderCommandKind::Amend | OrderCommandKind::Cancel);
            if let Some(before) = before.filter(|_| actor.buys() && is_change && !events.is_empty()) {
                let is_in_time = before.change_until.is_none_or(|end| life.now < end)
                    && matches!(before.status(), Status::PendingReview | Status::Confirmed);
                let corrects = matches!(command, OrderCommand::Amend(Amendment { lines: None, note: None, .. }));
                prop_assert!(is_in_time || corrects && before.status().is_open(), "{:?}", command);
            }
            if let (None, OrderCommand::Place(_), Some(after)) = (before, command, &life.order) {
                let end = case.window.map(|minutes| life.now.plus_minutes(minutes));
                prop_assert_eq!(after.change_until, end);
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_was_just_ordered_is_ordered_again_only_on_purpose(case in any_case()) {
        case.live(|life, before, actor, command, _| {
            if let (None, OrderCommand::Place(place)) = (before, command) {
                let alike = life.context(actor, command).possible_duplicates;
                let asked = alike.iter().any(|order| !place.not_duplicate_of.contains(&order.id));
                prop_assert!(!asked, "{:?}", alike);
            }
            Ok(())
        })?;
    }

    #[test]
    fn whatever_has_a_way_back_leads_back(case in any_case()) {
        case.live(|life, before, _, command, events| {
            let (Some(before), Some(after), false) = (before, &life.order, events.is_empty()) else { return Ok(()) };
            if is_partly_cancelled(command, life) {
                return Ok(());
            }
            let Some(back) = command.inverse() else { return Ok(()) };
            let context = life.context(&Actor::Operator, &back);
            let events = decide(Some(after), &context, &Actor::Operator, &back, life.now);
            let again = fold(Some(after.clone()), &events.expect("a way back"), life.now).expect("an order");
            let executed_to = |order: &Order| order.stage.execution().status();
            let seen = |order: &Order| {
                (order.status(), executed_to(order), order.is_deleted(), order.unlisted, order.customer_id)
            };
            prop_assert_eq!(seen(&again), seen(before), "{:?}", command);
            prop_assert_eq!(stock_deltas(Some(before), &again), vec![], "{:?}", command);
            Ok(())
        })?;
    }

    #[test]
    fn actions_look_at_nothing_but_what_they_refer_to(case in any_case()) {
        case.live(|life, _, _, _, _| {
            let Some(order) = &life.order else { return Ok(()) };
            let buyers = [Actor::Customer(common::CUSTOMER), Actor::Guest(Some(order.grant()))];
            for actor in Role::iter().map(staff).chain(buyers).chain([Actor::Operator]) {
                let references = references_of_actions(order, &actor);
                let store = |id| Some(&life.store).filter(|store| store.id == id);
                let product = |id| life.products.iter().find(|product| product.id == id);
                let few = actions(order, &DecisionContext::of(&references, store, product, |_| false), &actor, life.now);
                let all = context(&life.store, &life.products);
                prop_assert_eq!(few, actions(order, &all, &actor, life.now), "{:?}", actor);
            }
            Ok(())
        })?;
    }

    #[test]
    fn everybody_does_only_what_is_theirs(case in any_case()) {
        case.live(|_, before, actor, command, _| {
            let kind = OrderCommandKind::from(command);
            match actor {
                Actor::Operator | Actor::System => {}
                Actor::Anonymous => prop_assert!(false, "{:?}", command),
                Actor::Importer => prop_assert_eq!(kind, OrderCommandKind::Import),
                Actor::Customer(own) if kind == OrderCommandKind::Link => {
                    let before = before.expect("an order");
                    let OrderCommand::Link { customer_id, proof, .. } = command else { return Ok(()) };
                    prop_assert_eq!(own, customer_id);
                    prop_assert!(before.customer_id == Some(*own) || *proof == Some(before.grant()));
                    prop_assert!(before.customer_id.is_none_or(|id| id == *own) && !before.is_deleted());
                    return Ok(());
                }
                Actor::Customer(_) | Actor::Guest(_) => prop_assert!(kind.is_for_customers()),
                Actor::Member(_) => prop_assert!(actor.may_any(kind.permissions()), "{:?}", kind),
            }
            prop_assert!(before.is_none_or(|order| actor.scope().covers(order)));
            Ok(())
        })?;
    }
}

#[test]
fn every_action_has_a_command_to_ask_with() {
    for kind in OrderCommandKind::iter() {
        let probe = kind.probe();
        assert_eq!(probe.as_ref().map(OrderCommandKind::from), probe.as_ref().map(|_| kind));
    }
    let (store, products) = (store(), [product(10, 5)]);
    let context = context(&store, &products);
    let placed = after(&Actor::Operator, &context, &[place(&[(10, 1)])]);
    let told: Vec<OrderCommandKind> =
        actions(&placed, &context, &Actor::Operator, NOW).iter().map(|told| told.action).collect();
    for kind in OrderCommandKind::iter() {
        // The steps of a fulfillment are told with it; shipping is both.
        let is_of_order = kind.probe_of(1).is_none() || kind == OrderCommandKind::Ship;
        assert_eq!(told.contains(&kind), kind.is_action() && is_of_order, "{kind}");
    }
}

#[test]
fn a_gap_in_the_history_is_an_inconsistency() {
    let store = store();
    let products = [product(10, 5)];
    let order = common::after(&staff(Role::Owner), &context(&store, &products), &[place(&[(10, 1)])]);
    let stamp = Stamp { seq: 3, recorded_at: NOW, occurred_at: NOW };
    let event = Envelope::of(OrderEvent::Confirmed { due_at: None });
    let error = Order::apply(Some(order), OrderId::from_i64(7).get(), &event, stamp).expect_err("a gap");
    assert_eq!(error.seq, 3);
}
