//! The time-line of an order: laws over random lives, and one life told by hand.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use common::{context, place, product, store};
use ordervault_domain::access::Actor;
use ordervault_domain::aggregate::{Aggregate, Stamp};
use ordervault_domain::id::{OrderId, ProductId};
use ordervault_domain::money::Amount;
use ordervault_domain::order::timeline::{HistoryEvent, Step, timeline};
use ordervault_domain::order::{
    CancelReason, Import, ImportedLine, ImportedStep, InvalidReason, Order, OrderCommand, Status, decide,
};
use ordervault_domain::store::{Policy, Store};
use ordervault_domain::time::Timestamp;
use proptest::prelude::*;

const ID: OrderId = OrderId::from_i64(7);
const START_MILLIS: i64 = 1_800_000_000_000;
const MINUTE_MILLIS: i64 = 60_000;

/// A life that is lived by commands at times.
struct Life {
    store: Store,
    order: Option<Order>,
    history: Vec<HistoryEvent<usize>>,
}

impl Life {
    fn new(policy: Policy) -> Self {
        Self { store: Store { policy, ..store() }, order: None, history: vec![] }
    }

    /// Carries out what is allowed; whoever does it is named by the number of their command.
    fn live(&mut self, by: usize, command: &OrderCommand, now: Timestamp) {
        let products = [product(10, 1_000)];
        let context = context(&self.store, &products);
        let Ok(events) = decide(self.order.as_ref(), &context, &Actor::System, command, now) else { return };
        for event in events {
            let seq = self.order.as_ref().map_or(0, |order| order.version) + 1;
            let stamp = Stamp { seq, recorded_at: now, occurred_at: event.occurred_at.unwrap_or(now) };
            let after = Order::apply(self.order.take(), ID.get(), &event, stamp).expect("it fits");
            self.order = Some(after);
            self.history.push(HistoryEvent { envelope: event, stamp, by });
        }
    }

    fn steps(&self) -> Vec<Step<usize>> {
        timeline(ID, self.history.iter().cloned()).expect("a history")
    }
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(START_MILLIS + minutes * MINUTE_MILLIS)
}

fn any_command() -> impl Strategy<Value = OrderCommand> {
    prop_oneof![
        3 => Just(OrderCommand::Confirm),
        3 => Just(OrderCommand::Start),
        2 => Just(OrderCommand::Complete),
        1 => Just(OrderCommand::Cancel { reason: CancelReason::Staff, comment: None }),
        2 => Just(OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None }),
        2 => Just(OrderCommand::Restore),
        1 => Just(OrderCommand::Delete { batch: None }),
        1 => Just(OrderCommand::Undelete { batch: None }),
        2 => Just(OrderCommand::NoteBreach),
        1 => Just(OrderCommand::Expire),
    ]
}

fn any_start() -> impl Strategy<Value = OrderCommand> {
    let road = [Status::Confirmed, Status::Processing, Status::Completed];
    let times = proptest::collection::vec(proptest::option::of(-90_000_000..90_000_000_i64), 0..=3);
    let import = (-90_000_000..0_i64, times).prop_map(move |(placed, times)| {
        let steps = road.iter().zip(times).map(|(to, at)| ImportedStep {
            to: *to,
            at: at.map(|millis| Timestamp::from_millis(START_MILLIS + millis)),
        });
        OrderCommand::Import(Box::new(Import {
            store_id: common::STORE,
            customer_id: None,
            external_reference: "x:1".into(),
            source_status: "shipped".into(),
            currency: "TWD".parse().expect("a currency"),
            lines: vec![ImportedLine {
                product_id: ProductId::from_i64(10),
                quantity: 1,
                unit_price: Amount::new(5),
            }],
            shipping_total: Amount::new(0),
            contact: common::contact(),
            placed_at: Timestamp::from_millis(START_MILLIS + placed),
            steps: steps.collect(),
        }))
    });
    prop_oneof![Just(place(&[(10, 1)])), import]
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let minutes = || proptest::option::of(1..5_000_u32);
    (minutes(), minutes(), minutes(), minutes()).prop_map(|(review, start, completion, cancel)| Policy {
        review_minutes: review,
        start_minutes: start,
        completion_minutes: completion,
        cancel_unconfirmed_minutes: cancel,
        ..Policy::default()
    })
}

proptest! {
    #[test]
    fn steps_follow_one_another_and_add_up(
        policy in any_policy(),
        start in any_start(),
        operations in proptest::collection::vec((0..200_000_000_i64, any_command()), 0..20),
        rest_millis in 0..200_000_000_i64,
    ) {
        let mut life = Life::new(policy);
        let mut now = START_MILLIS;
        life.live(0, &start, Timestamp::from_millis(now));
        for (by, (wait, command)) in operations.iter().enumerate() {
            now += wait;
            life.live(by + 1, command, Timestamp::from_millis(now));
        }
        let now = Timestamp::from_millis(now + rest_millis);
        let order = life.order.as_ref().expect("an order");
        let steps = life.steps();
        let (first, last) = (steps.first().expect("a step"), steps.last().expect("a step"));

        prop_assert_eq!((first.entered_at, first.entered_by), (order.placed_at, 0));
        for pair in steps.windows(2) {
            prop_assert_eq!(pair[0].done_at, Some(pair[1].entered_at));
            prop_assert_eq!(pair[0].done_by, Some(pair[1].entered_by));
            prop_assert!(pair[0].entered_at <= pair[1].entered_at);
            prop_assert_ne!(pair[0].status, pair[1].status);
        }
        prop_assert_eq!((last.status, last.due_at), (order.status, order.due_at));
        prop_assert_eq!((last.done_at, last.done_by), (None, None));
        prop_assert_eq!(last.entered_at, order.status_since.later_of(last.entered_at));

        let end = if order.status.is_open() { now.later_of(last.entered_at) } else { last.entered_at };
        let sum: i64 = steps.iter().filter_map(|step| step.seconds(now)).sum();
        prop_assert_eq!(sum, end.millis().div_euclid(1_000) - order.placed_at.millis().div_euclid(1_000));
        prop_assert_eq!(last.seconds(now).is_some(), order.status.is_open());
        prop_assert!(steps.iter().all(|step| step.seconds(now).is_none_or(|seconds| seconds >= 0)));

        // Late is what the order itself calls overdue, and whatever was noted as a breach.
        prop_assert_eq!(last.late_seconds(now).is_some(), order.is_overdue(now));
        let late = steps.iter().filter(|step| step.late_seconds(now).is_some()).count();
        let breaches = life.history.iter().filter(|happening| {
            matches!(happening.envelope.event, ordervault_domain::order::OrderEvent::Breached { .. })
        });
        prop_assert!(breaches.count() <= late);
    }
}

#[test]
fn a_life_told_by_hand() {
    let policy = Policy { review_minutes: Some(60), start_minutes: Some(30), ..Policy::default() };
    let mut life = Life::new(policy);
    life.live(1, &place(&[(10, 1)]), at(0));
    life.live(2, &OrderCommand::NoteBreach, at(61));
    life.live(3, &OrderCommand::Confirm, at(90));
    life.live(4, &OrderCommand::Start, at(100));
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
