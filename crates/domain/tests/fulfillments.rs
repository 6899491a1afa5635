//! Parcels and cancelled units: what becomes of the units of an order, and what it still costs.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use common::any::{any_life, any_policy};
use common::life::Life;
use common::{CUSTOMER, NOW, after, context, fold, place, product, staff, store, taxed};
use ordervault_domain::access::{Actor, Role};
use ordervault_domain::aggregate::Envelope;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{
    Amendment, Attention, CancelReason, Carriage, FailureReason, FulfillmentState, FulfillmentStatus,
    LossSettlement, Order, OrderCommand, OrderEvent, ReversalReason, Ship, Shipment, Status, UnitsBack,
    decide, fulfillment_actions,
};
use ordervault_domain::parcel::{LineUnits, Parcel};
use ordervault_domain::refusal::{NotOpen, Refusal};
use ordervault_domain::store::Store;
use ordervault_domain::totals::part;
use proptest::prelude::*;

#[expect(clippy::unnecessary_wraps, reason = "as commands take them")]
fn units(lines: &[(u32, u32)]) -> Option<Vec<LineUnits>> {
    Some(lines.iter().map(|(no, units)| LineUnits { no: *no, units: *units }).collect())
}

fn plan(lines: &[(u32, u32)]) -> OrderCommand {
    OrderCommand::Plan { lines: units(lines), comment: None }
}

fn cancel_lines(lines: &[(u32, u32)]) -> OrderCommand {
    OrderCommand::CancelLines { lines: units(lines), reason: CancelReason::Inventory, comment: None }
}

fn ship(what: Shipment) -> OrderCommand {
    OrderCommand::Ship(Box::new(Ship { what, carriage: Carriage::default() }))
}

fn numbered(text: &str) -> Parcel {
    Parcel { tracking_number: text.parse().ok(), ..Parcel::default() }
}

/// An order of three of one product and one of another, and a store that sells them by the dozen.
fn ordered(commands: &[OrderCommand]) -> Order {
    let all = [&[place(&[(10, 3), (11, 1)]), OrderCommand::Confirm], commands].concat();
    let products = [product(10, 12), product(11, 12)];
    let order = after(&Actor::Operator, &context(&store(), &products), &all);
    Order { customer_id: Some(CUSTOMER), ..order }
}

fn asked(order: &Order, actor: &Actor, command: &OrderCommand) -> Result<Vec<Envelope<OrderEvent>>, Refusal> {
    decide(Some(order), &context(&store(), &[product(10, 12), product(11, 12)]), actor, command, NOW)
}

fn refused(order: &Order, command: &OrderCommand) -> Refusal {
    asked(order, &Actor::Operator, command).expect_err("a refusal")
}

fn done(order: &Order, command: &OrderCommand) -> Order {
    let events = asked(order, &Actor::Operator, command).expect("an accepted command");
    fold(Some(order.clone()), &events, NOW).expect("an order")
}

/// Of a line: cancelled, allocated, shipped, delivered.
fn counted(order: &Order, line: u32) -> [u32; 4] {
    let units = order.units(line);
    [units.cancelled, units.allocated, units.shipped, units.delivered]
}

#[test]
fn units_go_from_the_shelf_to_the_door() {
    let order = ordered(&[plan(&[(1, 2)])]);
    assert_eq!((order.status(), counted(&order, 1)), (Status::Processing, [0, 2, 0, 0]));
    let packed = done(&order, &OrderCommand::Pack { no: 1, carriage: Carriage::default() });
    let back = refused(&packed, &OrderCommand::Pick { no: 1 });
    assert_eq!(back, Refusal::FulfillmentConflict { current: FulfillmentState::Packed });
    let sent = done(&packed, &ship(Shipment::Planned(1)));
    assert_eq!(counted(&sent, 1), [0, 0, 2, 0]);
    assert_eq!(sent.derived.fulfillment_status, FulfillmentStatus::PartiallyFulfilled);
    let all_sent = done(&sent, &ship(Shipment::Lines(None)));
    assert_eq!(all_sent.fulfillments[1].lines, units(&[(1, 1), (2, 1)]).expect("lines"));
    assert_eq!(all_sent.derived.fulfillment_status, FulfillmentStatus::Fulfilled);
    let received = asked(&all_sent, &Actor::Customer(CUSTOMER), &OrderCommand::Received { no: 1 });
    let arrived = fold(Some(all_sent), &received.expect("received"), NOW).expect("an order");
    assert_eq!(arrived.derived.fulfillment_status, FulfillmentStatus::PartiallyDelivered);
    let missing = units(&[(1, 1), (2, 1)]).expect("lines");
    assert_eq!(refused(&arrived, &OrderCommand::Complete), Refusal::UnitsUndelivered(missing));
    let completed =
        done(&done(&arrived, &OrderCommand::Deliver { no: 2, at: None }), &OrderCommand::Complete);
    assert_eq!(completed.derived.fulfillment_status, FulfillmentStatus::Delivered);
    // What was sent stays sent.
    let reopen = OrderCommand::Reopen { reason: ReversalReason::Mistake, comment: None };
    assert_eq!(counted(&done(&completed, &reopen), 1), [0, 0, 3, 3]);
}

#[test]
fn a_cancelled_fulfillment_gives_back_its_own_units() {
    let order = ordered(&[plan(&[(1, 1)]), plan(&[(1, 2)])]);
    let less = done(&order, &OrderCommand::CancelFulfillment { no: 1, comment: None });
    assert_eq!(counted(&less, 1), [0, 2, 0, 0]);
    let again = done(&less, &plan(&[(1, 1)]));
    assert_eq!(again.fulfillments.last().map(|one| one.no), Some(3));
    let sent = done(&again, &ship(Shipment::Planned(2)));
    let late = refused(&sent, &OrderCommand::CancelFulfillment { no: 2, comment: None });
    assert_eq!(late, Refusal::FulfillmentConflict { current: FulfillmentState::Shipped });
}

#[test]
fn no_more_is_taken_than_is_open() {
    let order = ordered(&[plan(&[(1, 1)]), cancel_lines(&[(2, 1)])]);
    let not_open = |line, no, asked, open| Refusal::UnitsNotOpen(vec![NotOpen { line, no, asked, open }]);
    assert_eq!(refused(&order, &plan(&[(1, 3)])), not_open(0, 1, 3, 2));
    assert_eq!(refused(&order, &plan(&[(1, 1), (1, 2)])), not_open(1, 1, 3, 2));
    assert_eq!(refused(&order, &ship(Shipment::Lines(units(&[(2, 1)])))), not_open(0, 2, 1, 0));
    assert_eq!(refused(&order, &cancel_lines(&[(1, 0)])), not_open(0, 1, 0, 2));
    assert_eq!(refused(&order, &plan(&[(99, 1)])), Refusal::UnknownLine { line: 0 });
    assert_eq!(refused(&order, &plan(&[])), Refusal::UnitsNotOpen(vec![]));
}

#[test]
fn what_is_out_is_neither_cancelled_nor_forgotten() {
    let cancel = OrderCommand::Cancel { reason: CancelReason::Customer, comment: None };
    let order = ordered(&[plan(&[(1, 1)])]);
    let rest = done(&order, &cancel);
    assert_eq!(
        (rest.status(), counted(&rest, 1), counted(&rest, 2)),
        (Status::Processing, [2, 1, 0, 0], [1, 0, 0, 0])
    );
    let out = || units(&[(1, 1)]).expect("lines");
    assert_eq!(refused(&rest, &cancel), Refusal::UnitsOut(out()));
    let unstart = OrderCommand::Unstart { reason: ReversalReason::Mistake, comment: None };
    assert_eq!(refused(&order, &unstart), Refusal::UnitsOut(out()));
    let inside = done(&rest, &OrderCommand::CancelFulfillment { no: 1, comment: None });
    assert_eq!(done(&inside, &cancel).status(), Status::Cancelled);
}

#[test]
fn cancelled_units_take_their_part_of_the_price_along() {
    // 3 at 19.99 with 9.23 off, in steps of a cent: 16.91, 16.91, 16.92.
    for (step, parts) in [(1, [1_691, 1_691, 1_692]), (100, [1_600, 1_700, 1_774])] {
        let mut tax = taxed().tax.expect("tax");
        tax.step = step;
        let sells = Store { tax: Some(tax), ..store() };
        let mut goods = product(10, 5);
        goods.price = Amount::new(1_999);
        let products = [goods];
        let context = context(&sells, &products);
        let mut order = after(&Actor::Operator, &context, &[place(&[(10, 3)]), OrderCommand::Confirm]);
        order.lines[0].discount = Amount::new(923);
        let mut gone = 0;
        for part in parts {
            let events = decide(Some(&order), &context, &Actor::Operator, &cancel_lines(&[(1, 1)]), NOW);
            order = fold(Some(order), &events.expect("cancelled"), NOW).expect("an order");
            gone += part;
            assert_eq!(order.units(1).cancelled_value.get(), gone, "steps of {step}");
        }
        // With the last unit it was the whole order.
        assert_eq!((order.status(), order.balance.cancelled), (Status::Cancelled, order.totals.total));
        let back = OrderCommand::Reinstate { reason: ReversalReason::Mistake, comment: None };
        let events = decide(Some(&order), &context, &Actor::Operator, &back, NOW).expect("reinstated");
        let back = fold(Some(order), &events, NOW).expect("an order");
        assert_eq!(counted(&back, 1), [2, 0, 0, 0], "what was called off before stays so");
        assert_eq!(back.balance.cancelled.get(), parts[0] + parts[1]);
    }
}

#[test]
fn lines_and_prices_stay_once_units_are_called_off() {
    let order = ordered(&[cancel_lines(&[(1, 1)])]);
    assert_eq!(order.status(), Status::Confirmed);
    let lines = Some(vec![ordervault_domain::order::AmendedLine {
        no: Some(1),
        product_id: order.lines[0].product_id,
        quantity: 1,
    }]);
    let amend = OrderCommand::Amend(Amendment { lines, ..Amendment::default() });
    assert_eq!(refused(&order, &amend), Refusal::UnitsMoved);
    let note = Amendment { note: Some("ring twice".into()), ..Amendment::default() };
    assert!(asked(&order, &Actor::Operator, &OrderCommand::Amend(note)).is_ok());
}

#[test]
fn parcels_are_told_before_and_after_they_leave_and_forgotten_with_the_buyer() {
    let told = |carrier: Option<&str>, parcels: Option<Vec<Parcel>>| Carriage {
        carrier: carrier.map(str::to_owned),
        parcels,
    };
    let order = ordered(&[plan(&[(1, 3)])]);
    let early = refused(&order, &OrderCommand::Track { no: 1, carriage: Carriage::default() });
    assert_eq!(early, Refusal::FulfillmentConflict { current: FulfillmentState::Planned });
    let pack = OrderCommand::Pack { no: 1, carriage: told(Some("cat"), Some(vec![numbered("RR 1")])) };
    let sent = done(&done(&order, &pack), &ship(Shipment::Planned(1)));
    assert_eq!(sent.fulfillments[0].parcels, [numbered("RR 1")]);
    let track = OrderCommand::Track { no: 1, carriage: told(None, Some(vec![numbered("RR 2")])) };
    let tracked = done(&sent, &track);
    assert_eq!(tracked.fulfillments[0].parcels, [numbered("RR 2")]);
    assert_eq!(tracked.fulfillments[0].carrier.as_deref(), Some("cat"));
    assert_eq!(asked(&tracked, &staff(Role::Clerk), &track), Ok(vec![]));
    assert_eq!(
        asked(&tracked, &staff(Role::Clerk), &plan(&[(2, 1)])),
        Err(Refusal::Forbidden(Some(ordervault_domain::access::Permission::FulfillmentsWork)))
    );
    let erased = fold(Some(tracked), &[Envelope::of(OrderEvent::Erased {})], NOW).expect("an order");
    assert_eq!(erased.fulfillments[0].parcels, []);
}

#[test]
fn an_arrival_is_neither_before_the_departure_nor_in_the_future() {
    let sent = ordered(&[ship(Shipment::Lines(None))]);
    for millis in [-1, 1] {
        let deliver = OrderCommand::Deliver { no: 1, at: Some(NOW.plus_millis(millis)) };
        assert_eq!(refused(&sent, &deliver), Refusal::DeliveryTimeOutOfRange);
    }
    let deliver = OrderCommand::Deliver { no: 1, at: Some(NOW) };
    let arrived = done(&sent, &deliver);
    assert_eq!(asked(&arrived, &Actor::Operator, &deliver), Ok(vec![]));
    let planned = ordered(&[plan(&[(1, 1)])]);
    let early = refused(&planned, &OrderCommand::Received { no: 1 });
    assert_eq!(early, Refusal::FulfillmentConflict { current: FulfillmentState::Planned });
}

#[test]
fn parcels_come_back_and_lost_ones_are_sent_anew() {
    let fail = |lost| OrderCommand::Fail { no: 1, lost, reason: FailureReason::Unclaimed, comment: None };
    let back = |lines: &[(u32, u32, u32)]| {
        let line = |&(no, restocked, broken): &(u32, u32, u32)| UnitsBack { no, restocked, broken };
        OrderCommand::TakeBack { no: 1, lines: Some(lines.iter().map(line).collect()), comment: None }
    };
    let anew = |lines| OrderCommand::SettleLoss { no: 1, by: LossSettlement::Reship, lines, comment: None };
    let sent = ordered(&[ship(Shipment::Lines(None))]);
    let returning = done(&sent, &fail(false));
    assert_eq!(asked(&returning, &Actor::Operator, &fail(false)), Ok(vec![]));
    let whole = units(&[(1, 3), (2, 1)]).expect("lines");
    for lines in [vec![(1, 3, 0)], vec![(1, 3, 1), (2, 1, 0)], vec![(1, 3, 0), (2, 1, 0), (2, 0, 0)]] {
        assert_eq!(refused(&returning, &back(&lines)), Refusal::UnitsBackDiffer(whole.clone()));
    }
    let in_house = done(&returning, &back(&[(1, 2, 1), (2, 1, 0)]));
    assert_eq!((counted(&in_house, 1), counted(&in_house, 2)), ([0, 0, 1, 0], [0, 0, 0, 0]));
    assert_eq!(refused(&in_house, &OrderCommand::Complete), Refusal::UnitsUndelivered(whole));
    let promised = done(&in_house, &anew(None));
    assert_eq!((counted(&promised, 1), promised.units(1).replaced), ([0, 0, 0, 0], 1));
    let not_lost = refused(&promised, &anew(units(&[(1, 1)])));
    assert_eq!(not_lost, Refusal::UnitsNotOpen(vec![NotOpen { line: 0, no: 1, asked: 1, open: 0 }]));
    let again =
        done(&done(&promised, &ship(Shipment::Lines(None))), &OrderCommand::Deliver { no: 2, at: None });
    assert_eq!(
        done(&again, &OrderCommand::Complete).derived.fulfillment_status,
        FulfillmentStatus::Delivered
    );
    // What is lost is sent anew in portions, unless it turns up before.
    let lost = done(&returning, &fail(true));
    assert_eq!(lost.fulfillments[0].losses(), lost.fulfillments[0].lines);
    let found = done(&lost, &back(&[(1, 3, 0), (2, 1, 0)]));
    assert_eq!(found.fulfillments[0].losses(), []);
    let some = done(&lost, &anew(units(&[(1, 1)])));
    assert_eq!(some.fulfillments[0].losses(), units(&[(1, 2), (2, 1)]).expect("lines"));
    let gone = refused(&some, &back(&[(1, 3, 0), (2, 1, 0)]));
    assert_eq!(gone, Refusal::FulfillmentConflict { current: FulfillmentState::Lost });
}

#[test]
fn lost_units_are_sent_anew_only_if_there_are_others() {
    let lost = OrderCommand::Fail { no: 1, lost: true, reason: FailureReason::Missing, comment: None };
    let order = ordered(&[ship(Shipment::Lines(None)), lost]);
    let sold_out = [product(10, 2), product(11, 0)];
    let anew = OrderCommand::SettleLoss { no: 1, by: LossSettlement::Reship, lines: None, comment: None };
    let decided = decide(Some(&order), &context(&store(), &sold_out), &Actor::Operator, &anew, NOW);
    assert!(matches!(decided, Err(Refusal::InsufficientStock(short)) if short.len() == 2));
}

#[test]
fn what_is_lost_is_not_owed_any_more_once_it_is_credited() {
    let lost = OrderCommand::Fail { no: 1, lost: true, reason: FailureReason::Missing, comment: None };
    let credit = |lines| OrderCommand::SettleLoss { no: 1, by: LossSettlement::Credit, lines, comment: None };
    let order = ordered(&[cancel_lines(&[(1, 1)]), ship(Shipment::Lines(None)), lost]);
    assert_eq!(order.attention, [Attention::LostParcel].into());
    let some = done(&order, &credit(units(&[(1, 1)])));
    let counted = some.units(1);
    assert_eq!((counted.lost, counted.credited, counted.cancelled), (1, 1, 1));
    // Whatever units go, together they cost what the line does.
    let gone = counted.cancelled_value.get() + counted.credited_value.get();
    assert_eq!(gone, part(some.lines[0].amount(), 2, 3, some.terms.step()).get());
    assert_eq!(some.balance.credited, counted.credited_value);
    let missing = units(&[(1, 1), (2, 1)]).expect("lines");
    assert_eq!(some.fulfillments[0].losses(), missing);
    let whole = done(&some, &credit(None));
    assert_eq!(
        (whole.attention.clone(), whole.derived.fulfillment_status),
        ([].into(), FulfillmentStatus::NotRequired)
    );
    assert_eq!(whole.balance.due(whole.totals.total), whole.totals.shipping_total);
    assert_eq!(done(&whole, &OrderCommand::Complete).status(), Status::Completed);
    let found = OrderCommand::TakeBack { no: 1, lines: None, comment: None };
    assert_eq!(refused(&whole, &found), Refusal::FulfillmentConflict { current: FulfillmentState::Lost });
}

#[test]
fn an_arrival_that_was_none_is_taken_back_for_three_days() {
    let arrived = ordered(&[ship(Shipment::Lines(None)), OrderCommand::Deliver { no: 1, at: None }]);
    let correct = OrderCommand::CorrectDelivery { no: 1, comment: None };
    let sent = done(&arrived, &correct);
    assert_eq!((counted(&sent, 1), sent.fulfillments[0].delivered_at), ([0, 0, 3, 0], None));
    let late = NOW.plus_minutes(72 * 60);
    let decided = decide(Some(&arrived), &context(&store(), &[]), &Actor::Operator, &correct, late);
    assert_eq!(decided, Err(Refusal::CutOffPassed { at: late }));
    let forbidden = asked(&arrived, &staff(Role::Warehouse), &correct);
    assert!(matches!(forbidden, Err(Refusal::Forbidden(Some(_)))));
}

proptest! {
    #[test]
    fn what_is_advertised_of_a_fulfillment_is_true(policy in any_policy(), asks in any_life(25)) {
        let mut life = Life::new(policy, None, 100);
        for (by, (wait, actor, command)) in asks.iter().enumerate() {
            life.now = life.now.plus_millis(*wait);
            let _ = life.live(by, actor, command);
            let Some(order) = &life.order else { continue };
            for no in order.fulfillments.iter().map(|one| one.no) {
                for offer in fulfillment_actions(order, no, &common::context(&life.store, &life.products), actor, life.now) {
                    let command = offer.action.probe_of(no).expect("a command");
                    let decided = life.decide(actor, &command);
                    match offer.blocked_by {
                        None => prop_assert!(decided.is_ok(), "{:?}", decided),
                        Some(ordervault_domain::order::ALREADY_APPLIED) => prop_assert_eq!(decided, Ok(vec![])),
                        Some(rule) => prop_assert_eq!(<&str>::from(decided.expect_err("a refusal")), rule),
                    }
                }
            }
        }
    }
}
