//! Rules of the order's life that a table of states does not show: deadlines, expiry, possible duplicates, the trash, guests.
#![expect(clippy::panic, reason = "tests may")]

mod common;

use common::{CUSTOMER, NOW, after, contact, context, fold, place, product, samples, staff, store};
use ordervault_domain::access::{Actor, OrderGrant, Role, Scope, StatusSet, StoreScope};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{
    Amendment, CancelReason, DuplicateKey, InvalidReason, Order, OrderCommand, OrderCommandKind, OrderEvent,
    Place, Status, decide,
};
use ordervault_domain::refusal::{Refusal, Shortage};
use ordervault_domain::store::{Policy, Store};
use ordervault_domain::time::Timestamp;
use strum::IntoEnumIterator;

fn strict_store() -> Store {
    let policy = Policy {
        review_minutes: Some(30),
        start_minutes: Some(60),
        completion_minutes: Some(120),
        cancel_unconfirmed_minutes: Some(45),
        ..Policy::default()
    };
    Store { policy, ..store() }
}

fn placement(command: OrderCommand) -> Place {
    match command {
        OrderCommand::Place(place) => place,
        other => panic!("{other:?}"),
    }
}

const INVALIDATE: OrderCommand = OrderCommand::Invalidate { reason: InvalidReason::Other, comment: None };

#[test]
fn each_open_step_gets_its_deadline_and_no_other_state_has_one() {
    let store = strict_store();
    let products = [product(10, 5)];
    let context = context(&store, &products);
    let owner = staff(Role::Owner);
    let due = |commands: &[OrderCommand]| after(&owner, &context, commands).due_at;
    let placed = place(&[(10, 1)]);
    let cancel = OrderCommand::Cancel { reason: CancelReason::Other, comment: None };
    let road = [placed, OrderCommand::Confirm, OrderCommand::Start, OrderCommand::Complete];
    assert_eq!(due(&road[..1]), Some(NOW.plus_minutes(30)));
    assert_eq!(due(&road[..2]), Some(NOW.plus_minutes(60)));
    assert_eq!(due(&road[..3]), Some(NOW.plus_minutes(120)));
    assert_eq!(due(&road), None);
    assert_eq!(due(&[road[0].clone(), cancel]), None);
    assert_eq!(due(&[road[0].clone(), INVALIDATE]), None);
    assert_eq!(
        due(&[road[0].clone(), road[1].clone(), INVALIDATE, OrderCommand::Restore]),
        Some(NOW.plus_minutes(60))
    );
}

#[test]
fn a_deadline_is_fixed_when_the_step_begins() {
    let products = [product(10, 5)];
    let order = after(&staff(Role::Owner), &context(&strict_store(), &products), &[place(&[(10, 1)])]);
    let note = OrderCommand::Amend(Amendment { note: Some("later".into()), ..Amendment::default() });
    let slower = Store { policy: Policy { review_minutes: Some(9_999), ..Policy::default() }, ..store() };
    let events = decide(Some(&order), &context(&slower, &products), &Actor::Operator, &note, NOW);
    let amended = fold(Some(order.clone()), &events.expect("an amendment"), NOW).expect("an order");
    assert_eq!(amended.due_at, order.due_at);
}

#[test]
fn a_breach_is_noted_once_per_step_and_never_early() {
    let store = strict_store();
    let products = [product(10, 5)];
    let context = context(&store, &products);
    let order = after(&staff(Role::Owner), &context, &[place(&[(10, 1)])]);
    let note =
        |order: &Order, now| decide(Some(order), &context, &Actor::System, &OrderCommand::NoteBreach, now);
    let due_at = order.due_at.expect("a deadline");
    assert_eq!(note(&order, due_at), Ok(vec![]));
    let late = due_at.plus_millis(1);
    let events = note(&order, late).expect("a breach");
    assert_eq!(events[0].event, OrderEvent::Breached { due_at });
    let breached = fold(Some(order), &events, late).expect("an order");
    assert_eq!(breached.breached_at, Some(late));
    assert_eq!(note(&breached, late.plus_minutes(5)), Ok(vec![]));
    let events = decide(Some(&breached), &context, &Actor::Operator, &OrderCommand::Confirm, late);
    let confirmed = fold(Some(breached), &events.expect("confirmed"), late).expect("an order");
    assert_eq!(confirmed.breached_at, None);
    assert_eq!(note(&confirmed, late.plus_minutes(61)).map(|events| events.len()), Ok(1));
}

#[test]
fn what_stays_unconfirmed_expires_where_the_store_says_so() {
    let products = [product(10, 5)];
    let strict = strict_store();
    let order = after(&staff(Role::Owner), &context(&strict, &products), &[place(&[(10, 1)])]);
    let expire = |order: &Order, store: &Store, now: Timestamp| {
        decide(Some(order), &context(store, &products), &Actor::System, &OrderCommand::Expire, now)
            .expect("no refusal")
    };
    let end = NOW.plus_minutes(45);
    assert_eq!(expire(&order, &strict, end.plus_millis(-1)), vec![]);
    assert_eq!(expire(&order, &store(), end), vec![], "off by default");
    let events = expire(&order, &strict, end);
    assert_eq!(events[0].event, OrderEvent::Cancelled { reason: CancelReason::Expired });
    let expired = fold(Some(order.clone()), &events, end).expect("an order");
    assert_eq!(expire(&expired, &strict, end.plus_minutes(99)), vec![]);
    let confirmed =
        decide(Some(&order), &context(&strict, &products), &Actor::Operator, &OrderCommand::Confirm, NOW);
    let confirmed = fold(Some(order), &confirmed.expect("confirmed"), NOW).expect("an order");
    assert_eq!(expire(&confirmed, &strict, end.plus_minutes(99)), vec![]);
}

#[test]
fn timers_are_nobody_elses() {
    let store = strict_store();
    let products = [product(10, 5)];
    let context = context(&store, &products);
    let order = after(&staff(Role::Owner), &context, &[place(&[(10, 1)])]);
    let others =
        [Actor::Anonymous, Actor::Customer(CUSTOMER), Actor::Guest(Some(order.grant())), Actor::Importer];
    for actor in Role::iter().map(staff).chain(others) {
        for command in [OrderCommand::NoteBreach, OrderCommand::Expire] {
            let decided = decide(Some(&order), &context, &actor, &command, NOW.plus_minutes(99));
            assert_eq!(decided, Err(Refusal::Forbidden(None)), "{actor:?}");
        }
    }
}

#[test]
fn an_order_like_a_recent_one_is_asked_about() {
    let store = store();
    let products = [product(10, 50)];
    let order = after(&Actor::Guest(None), &context(&store, &products), &[place(&[(10, 1)])]);
    let again = |earlier: &Order, told_apart: &[OrderId]| {
        let mut context = context(&store, &products);
        context.possible_duplicates = vec![earlier];
        let command = placement(place(&[(10, 1)]));
        let command = OrderCommand::Place(Place { not_duplicate_of: told_apart.to_vec(), ..command });
        decide(None, &context, &Actor::Guest(None), &command, NOW).map(|events| events.len())
    };
    assert_eq!(again(&order, &[]), Err(Refusal::PossibleDuplicate(vec![order.id])));
    assert_eq!(again(&order, &[OrderId::from_i64(99)]), Err(Refusal::PossibleDuplicate(vec![order.id])));
    assert_eq!(again(&order, &[order.id]), Ok(1));
    for status in Status::iter() {
        let earlier = Order { stage: order.stage.entered(status, None), ..order.clone() };
        assert_eq!(again(&earlier, &[]).is_err(), status.is_open(), "{status}");
    }
}

#[test]
fn orders_are_alike_by_store_buyer_and_basket() {
    let base = placement(place(&[(10, 1), (11, 2)]));
    let like =
        |place: &Place, customer| DuplicateKey::of_place(place, customer, store().country).expect("a buyer");
    let same = like(&base, None);
    let reordered = placement(place(&[(11, 1), (10, 1), (11, 1)]));
    assert_eq!(like(&reordered, None), same);
    assert_eq!(like(&reordered, None).key(), same.key());
    let by_email = ordervault_domain::contact::Contact {
        phone: None,
        email: Some("ming@example.com".parse().expect("an address")),
        ..contact()
    };
    let others = [
        like(&placement(place(&[(10, 1), (11, 3)])), None),
        like(&placement(place(&[(10, 1)])), None),
        like(&Place { store_id: ordervault_domain::id::StoreId::from_i64(77), ..base.clone() }, None),
        like(&Place { contact: by_email, ..base.clone() }, None),
        like(&base, Some(CUSTOMER)),
    ];
    for other in others {
        assert_ne!(other, same);
        assert_ne!(other.key(), same.key());
    }
    let store = store();
    let products = [product(10, 50), product(11, 50)];
    let order = after(&Actor::Guest(None), &context(&store, &products), &[OrderCommand::Place(base)]);
    assert_eq!(DuplicateKey::of_order(&order), Some(same));
    let imported = Order { source: ordervault_domain::order::Source::Import, ..order };
    assert_eq!(DuplicateKey::of_order(&imported), None);
}

#[test]
fn a_number_is_one_buyers_in_all_its_spellings() {
    let like = |phone: &str, home: &str| {
        let contact = ordervault_domain::contact::Contact { phone: phone.parse().ok(), ..contact() };
        DuplicateKey::of_place(&Place { contact, ..placement(place(&[(10, 1)])) }, None, home.parse().ok())
    };
    let line = like("+886 912 345 678", "TW");
    for spelling in ["00886912345678", "0912 345 678", "912345678", "+886 (0)912 345 678 ext. 7"] {
        assert_eq!(like(spelling, "TW"), line, "{spelling}");
    }
    assert_ne!(like("+86 912 345 678", "TW"), line);
    assert_ne!(like("0912 345 678", "JP"), line);
    // Where nobody knows in which country it is dialled, it is nobody's but its own.
    assert_ne!(like("0912 345 678", ""), line);
    assert_eq!(like("0912 345 678", ""), like("0912-345-678", ""));
}

#[test]
fn lines_of_one_product_are_short_together() {
    let store = store();
    let products = [product(10, 298), product(11, 5)];
    let context = context(&store, &products);
    let wanted = place(&[(10, 150), (11, 5), (10, 150)]);
    let short = |line| Shortage { line, product_id: products[0].id, requested: 300, available: 298 };
    let decided = decide(None, &context, &Actor::Guest(None), &wanted, NOW);
    assert_eq!(decided, Err(Refusal::InsufficientStock(vec![short(0), short(2)])));
}

#[test]
fn nothing_goes_on_in_the_trash() {
    let store = store();
    let products = [product(10, 5)];
    let context = context(&store, &products);
    let road = [place(&[(10, 1)]), INVALIDATE, OrderCommand::Delete { batch: None }];
    let of_a_customer = |order| Order { customer_id: Some(CUSTOMER), ..order };
    let deleted = of_a_customer(after(&staff(Role::Owner), &context, &road));
    for kind in OrderCommandKind::iter() {
        let decided = decide(Some(&deleted), &context, &Actor::Operator, &samples().order(kind), NOW);
        let expected = match kind {
            OrderCommandKind::Place | OrderCommandKind::Import => Err(Refusal::Duplicate { field: "id" }),
            OrderCommandKind::Delete => Ok(0),
            // Who ordered is forgotten there as well.
            OrderCommandKind::Undelete | OrderCommandKind::Erase => Ok(1),
            _ => Err(Refusal::StateConflict { current: Status::Invalid }),
        };
        assert_eq!(decided.map(|events| events.len()), expected, "{kind}");
    }
    let undelete = OrderCommand::Undelete { batch: None };
    let events = decide(Some(&deleted), &context, &Actor::Operator, &undelete, NOW).expect("undeleted");
    let undeleted = fold(Some(deleted.clone()), &events, NOW).expect("an order");
    assert_eq!(
        decide(Some(&undeleted), &context, &Actor::Operator, &undelete, NOW),
        Ok(vec![]),
        "it is there"
    );
    let before = of_a_customer(after(&staff(Role::Owner), &context, &road[..2]));
    let same = Order { version: before.version, ..undeleted };
    assert_eq!(same, before, "as it was, only its history is longer");
}

#[test]
fn the_trash_is_out_of_reach_without_the_right_to_it() {
    let store = store();
    let products = [product(10, 5)];
    let context = context(&store, &products);
    let road = [place(&[(10, 1)]), INVALIDATE, OrderCommand::Delete { batch: None }];
    let deleted = after(&staff(Role::Owner), &context, &road);
    let deleted = Order { customer_id: Some(CUSTOMER), ..deleted };
    let all = |trash| Scope::Staff {
        stores: StoreScope::All,
        statuses: StatusSet::of_roles(&[Role::Owner].into()),
        contact: true,
        payments: true,
        trash,
    };
    for (scope, covers) in [
        (Scope::Customer(CUSTOMER), false),
        (Scope::Guest(Some(deleted.grant())), false),
        (all(false), false),
        (all(true), true),
        (Scope::Everything, true),
    ] {
        assert_eq!(scope.covers(&deleted), covers, "{scope:?}");
    }
}

#[test]
fn a_guest_reaches_the_one_order_that_they_know() {
    let store = store();
    let products = [product(10, 5)];
    let context = context(&store, &products);
    let order = after(&Actor::Guest(None), &context, &[place(&[(10, 1)])]);
    assert_eq!((order.customer_id, order.source), (None, ordervault_domain::order::Source::Shop));
    let cancel = OrderCommand::Cancel { reason: CancelReason::Customer, comment: None };
    let ask = |actor: Actor| decide(Some(&order), &context, &actor, &cancel, NOW).map(|events| events.len());
    assert_eq!(ask(Actor::Guest(Some(order.grant()))), Ok(1));
    for other in [
        OrderGrant { order: OrderId::from_i64(99), ..order.grant() },
        OrderGrant { contact_version: 2, ..order.grant() },
    ] {
        assert_eq!(ask(Actor::Guest(Some(other))), Err(Refusal::NotFound));
    }
    assert_eq!(ask(Actor::Guest(None)), Err(Refusal::NotFound));
    let confirmed =
        decide(Some(&order), &context, &Actor::Guest(Some(order.grant())), &OrderCommand::Confirm, NOW);
    assert_eq!(confirmed, Err(Refusal::Forbidden(None)));
}
