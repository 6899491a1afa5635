//! The time-line of an order: laws over random lives, and one life told by hand.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use common::any::{any_import, any_order_command, any_policy};
use common::life::Life;
use common::{NOW, place};
use ordervault_domain::access::Actor;
use ordervault_domain::order::timeline::total_seconds;
use ordervault_domain::order::{
    Import, ImportedStep, OrderCommand, OrderCommandKind, OrderEvent, Status, is_overdue,
};
use ordervault_domain::store::Policy;
use ordervault_domain::time::Timestamp;
use proptest::prelude::*;

/// The same, so many minutes later.
fn at(minutes: i64) -> Timestamp {
    NOW.plus_millis(minutes * 60_000)
}

fn live(life: &mut Life, by: usize, command: &OrderCommand, now: Timestamp) {
    life.now = now;
    life.live(by, &Actor::System, command).expect("an accepted command");
}

proptest! {
    #[test]
    fn steps_follow_one_another_and_add_up(
        policy in any_policy(),
        start in prop_oneof![Just(place(&[(10, 1)])), any_import()],
        asks in proptest::collection::vec((0..200_000_000_i64, any_order_command()), 0..20),
        rest_millis in 0..200_000_000_i64,
    ) {
        let mut life = Life::new(policy, None, 1_000);
        live(&mut life, 0, &start, NOW);
        for (by, (wait, command)) in asks.iter().enumerate() {
            life.now = life.now.plus_millis(*wait);
            // What is refused leaves the life as it was.
            let _refused = life.live(by + 1, &Actor::System, command).err();
        }
        let now = life.now.plus_millis(rest_millis);
        let order = life.order.as_ref().expect("an order");
        let steps = life.steps();
        let (first, last) = (steps.first().expect("a step"), steps.last().expect("a step"));

        prop_assert_eq!((first.entered_at, first.entered_by), (order.placed_at, 0));
        for pair in steps.windows(2) {
            prop_assert_eq!(pair[0].done_at, Some(pair[1].entered_at));
            prop_assert_eq!(pair[0].done_by, Some(pair[1].entered_by));
            prop_assert!(pair[0].entered_at <= pair[1].entered_at);
        }
        let entered = life.history.iter().filter_map(|event| event.envelope.event.enters());
        prop_assert!(steps.iter().map(|step| step.status).eq(entered));
        prop_assert_eq!((last.status, last.due_at), (order.status(), order.deadlines.step));
        prop_assert_eq!((last.done_at, last.done_by), (None, None));
        prop_assert_eq!(last.entered_at, order.status_since.later_of(last.entered_at));

        let sum: i64 = steps.iter().filter_map(|step| step.seconds(now)).sum();
        prop_assert_eq!(sum, total_seconds(order, last.entered_at, now));
        prop_assert_eq!(last.seconds(now).is_some(), order.status().is_open());
        prop_assert!(steps.iter().all(|step| step.seconds(now).is_none_or(|seconds| seconds >= 0)));

        // Late is what the order itself calls overdue, and whatever was noted as a breach, as far as it is about the step.
        prop_assert_eq!(last.late_seconds(now).is_some(), is_overdue(order.deadlines.step, now));
        prop_assert!(order.is_overdue(now) || last.late_seconds(now).is_none());
        let late = steps.iter().filter(|step| step.late_seconds(now).is_some()).count();
        let breaches =
            life.history.iter().filter(|event| match event.envelope.event {
                OrderEvent::Breached { due_at } => steps.iter().any(|step| step.due_at == Some(due_at)),
                _ => false,
            });
        prop_assert!(breaches.count() <= late);
    }
}

#[test]
fn a_life_told_by_hand() {
    let policy = Policy { review_minutes: Some(60), start_minutes: Some(30), ..Policy::default() };
    let mut life = Life::new(policy, None, 10);
    live(&mut life, 1, &place(&[(10, 1)]), at(0));
    live(&mut life, 2, &OrderCommand::NoteBreach, at(61));
    live(&mut life, 3, &OrderCommand::Confirm, at(90));
    live(&mut life, 4, &OrderCommand::Start, at(100));
    let told: Vec<_> = life
        .steps()
        .iter()
        .map(|step| {
            let done = step.done_at.zip(step.done_by);
            (
                step.status,
                step.entered_at,
                step.due_at,
                done,
                step.seconds(at(105)),
                step.late_seconds(at(105)),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (Status::PendingReview, at(0), Some(at(60)), Some((at(90), 3)), Some(90 * 60), Some(30 * 60)),
            (Status::Confirmed, at(90), Some(at(120)), Some((at(100), 4)), Some(10 * 60), None),
            (Status::Processing, at(100), None, None, Some(5 * 60), None),
        ]
    );
    assert_eq!(Status::Processing.ahead(), [Status::Completed]);
}

#[test]
fn a_step_that_is_repeated_is_told_twice() {
    let OrderCommand::Import(import) = common::samples().order(OrderCommandKind::Import) else {
        panic!("an import");
    };
    let steps = [(Status::Confirmed, 5), (Status::Processing, 10), (Status::Processing, 20)]
        .map(|(to, minutes)| ImportedStep { to, at: Some(at(minutes)) });
    let import = Import { placed_at: at(0), steps: steps.to_vec(), ..*import };
    let mut life = Life::new(Policy::default(), None, 10);
    live(&mut life, 1, &OrderCommand::Import(Box::new(import)), at(30));
    let told: Vec<_> = life.steps().iter().map(|step| (step.status, step.entered_at, step.done_at)).collect();
    assert_eq!(
        told,
        [
            (Status::PendingReview, at(0), Some(at(5))),
            (Status::Confirmed, at(5), Some(at(10))),
            (Status::Processing, at(10), Some(at(20))),
            (Status::Processing, at(20), None),
        ]
    );
}
