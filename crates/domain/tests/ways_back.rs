//! Steps that are taken back: what is asked anew, until when, and what is as it was before.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use common::{CUSTOMER, NOW, after, context, fold, place, product, staff, store};
use ordervault_domain::access::{Actor, Role};
use ordervault_domain::order::{
    CancelReason, Order, OrderCommand, OrderCommandKind, Status, decide, stock_deltas,
};
use ordervault_domain::refusal::{Refusal, Shortage};
use ordervault_domain::store::{Policy, Store};
use ordervault_domain::time::Timestamp;
use strum::IntoEnumIterator as _;

const CANCEL: OrderCommand = OrderCommand::Cancel { reason: CancelReason::Expired, comment: None };

/// Each way back, what leads to where it begins, and where it leads.
const WAYS: [(OrderCommandKind, &[OrderCommand], Status); 7] = [
    (OrderCommandKind::Unconfirm, &[OrderCommand::Confirm], Status::PendingReview),
    (OrderCommandKind::Unstart, &[OrderCommand::Confirm, OrderCommand::Start], Status::Confirmed),
    (
        OrderCommandKind::Reopen,
        &[OrderCommand::Confirm, OrderCommand::Start, OrderCommand::Complete],
        Status::Processing,
    ),
    (OrderCommandKind::Reinstate, &[CANCEL], Status::PendingReview),
    (OrderCommandKind::Reinstate, &[OrderCommand::Confirm, CANCEL], Status::Confirmed),
    (OrderCommandKind::Reinstate, &[OrderCommand::Confirm, OrderCommand::Start, CANCEL], Status::Processing),
    (
        OrderCommandKind::Restore,
        &[OrderCommand::Invalidate { reason: ordervault_domain::order::InvalidReason::Test, comment: None }],
        Status::PendingReview,
    ),
];

fn back(kind: OrderCommandKind) -> OrderCommand {
    kind.probe().expect("a way back")
}

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

/// An order of five units, the last ones, after these commands.
fn order_after(store: &Store, commands: &[OrderCommand]) -> Order {
    let mut all = vec![place(&[(10, 5)])];
    all.extend(commands.iter().cloned());
    let order = after(&staff(Role::Owner), &context(store, &[product(10, 5)]), &all);
    Order { customer_id: Some(CUSTOMER), ..order }
}

#[test]
fn a_way_back_begins_the_step_before_anew() {
    let (store, manager) = (strict_store(), staff(Role::Manager));
    for (kind, commands, to) in WAYS {
        let order = order_after(&store, commands);
        let later = NOW.plus_minutes(500);
        let products = [product(10, 5)];
        let events = decide(Some(&order), &context(&store, &products), &manager, &back(kind), later);
        let again = fold(Some(order.clone()), &events.expect("a way back"), later).expect("an order");
        assert_eq!((again.status(), again.status_since), (to, later), "{kind}");
        assert_eq!(again.due_at, store.policy.due_at(to, later), "{kind}");
        assert_eq!(again.breached_at, None);
        // Only steps that stay have times.
        let parts = again.stage_parts();
        let times = [parts.confirmed_at, parts.started_at, parts.completed_at, parts.cancelled_at];
        let steps = Status::iter().position(|status| status == to).expect("a step");
        assert_eq!(times.map(|time| time.is_some()), [steps >= 1, steps >= 2, false, false], "{kind}");
        // It does not expire for what it had waited before.
        let expired =
            decide(Some(&again), &context(&store, &products), &Actor::System, &OrderCommand::Expire, later);
        assert_eq!(expired, Ok(vec![]), "{kind}");
    }
}

#[test]
fn a_way_back_asks_for_stock_where_it_was_given_back() {
    let store = store();
    for (kind, commands, _) in WAYS {
        let order = order_after(&store, commands);
        // Somebody else has the last units, beside those that this order still holds.
        let mut tea = product(10, 5);
        let held = stock_deltas(None, &order).first().copied();
        tea.on_hand += held.map_or(0, |held| held.on_hand);
        tea.reserved += tea.on_hand;
        let products = [tea];
        let events = decide(Some(&order), &context(&store, &products), &staff(Role::Owner), &back(kind), NOW);
        let asks = [OrderCommandKind::Reinstate, OrderCommandKind::Restore].contains(&kind);
        let products_short = Shortage { line: 0, product_id: products[0].id, requested: 5, available: 0 };
        let expected = asks.then(|| Refusal::InsufficientStock(vec![products_short]));
        assert_eq!(events.err(), expected, "{kind}");
    }
}

#[test]
fn a_step_is_taken_back_within_its_time() {
    let policy = Policy { reversal_minutes: Some(90), ..Policy::default() };
    let (store, products) = (Store { policy, ..store() }, [product(10, 5)]);
    let until = NOW.plus_minutes(90);
    for (kind, commands, _) in WAYS {
        let order = order_after(&store, commands);
        let asked = |at: Timestamp| {
            decide(Some(&order), &context(&store, &products), &Actor::Operator, &back(kind), at).err()
        };
        assert_eq!(asked(until.plus_millis(-1)), None, "{kind}");
        // An invalid order is taken back whenever.
        let over = (kind != OrderCommandKind::Restore).then_some(Refusal::CutOffPassed { at: until });
        assert_eq!(asked(until), over, "{kind}");
    }
}

#[test]
fn a_customers_time_for_changes_does_not_begin_anew() {
    let store = Store { change_window_minutes: Some(15), ..store() };
    let products = [product(10, 5)];
    let order = order_after(&store, &[OrderCommand::Confirm, OrderCommand::Start]);
    let unstarted = decide(
        Some(&order),
        &context(&store, &products),
        &Actor::Operator,
        &back(OrderCommandKind::Unstart),
        NOW,
    );
    let again = fold(Some(order), &unstarted.expect("a way back"), NOW).expect("an order");
    let cancel = OrderCommand::Cancel { reason: CancelReason::Customer, comment: None };
    let asked =
        |at| decide(Some(&again), &context(&store, &products), &Actor::Customer(CUSTOMER), &cancel, at);
    assert!(asked(NOW.plus_minutes(14)).is_ok());
    assert_eq!(asked(NOW.plus_minutes(15)), Err(Refusal::CutOffPassed { at: NOW.plus_minutes(15) }));
}
