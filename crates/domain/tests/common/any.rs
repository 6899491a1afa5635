//! Anybody asking for anything: what the laws are tried with.

use ordervault_domain::access::{Actor, Role};
use ordervault_domain::contact::Contact;
use ordervault_domain::id::{CustomerId, ProductId};
use ordervault_domain::money::{Amount, Money};
use ordervault_domain::order::{
    Adjust, AdjustmentKind, AmendedLine, Amendment, Import, ImportedLine, ImportedStep, IssueRefund,
    LineRequest, OrderCommand, OrderCommandKind, PaymentMethod, Place, RecordPayment, RefundReason,
    SettleRefund, Status, WriteOff, WriteOffSide,
};
use ordervault_domain::store::Policy;
use ordervault_domain::totals::{PaymentKind, Rate, Rounding, TaxTerms, Terms, Value};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use strum::IntoEnumIterator;

use super::samples::{about_goods, first_grant, reasons};
use super::{CUSTOMER, EARLIER, NOW, ORDER, contact, staff};

const MAX_MINUTES: u32 = 5_000;

pub fn any_of<T: IntoEnumIterator + Clone + std::fmt::Debug + 'static>() -> impl Strategy<Value = T> + Clone {
    select(T::iter().collect::<Vec<_>>())
}

pub fn any_actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        2 => Just(Actor::Customer(CUSTOMER)),
        1 => Just(Actor::Customer(CustomerId::from_i64(3))),
        1 => Just(Actor::Guest(None)),
        1 => Just(Actor::Guest(Some(first_grant(ORDER)))),
        1 => Just(Actor::Anonymous),
        1 => Just(Actor::Importer),
        2 => Just(Actor::System),
        3 => Just(Actor::Operator),
        6 => any_of::<Role>().prop_map(staff),
    ]
}

pub fn any_policy() -> impl Strategy<Value = Policy> {
    let minutes = || option::of(1..MAX_MINUTES);
    let steps = (minutes(), minutes(), minutes(), minutes(), minutes());
    (minutes(), steps, minutes(), minutes(), any::<bool>()).prop_map(
        |(duplicate, (review, start, completion, payment, shipping), cancel, reversal, public_board)| {
            Policy {
                duplicate_window_minutes: duplicate,
                review_minutes: review,
                start_minutes: start,
                completion_minutes: completion,
                payment_minutes: payment,
                shipping_minutes: shipping,
                cancel_unconfirmed_minutes: cancel,
                reversal_minutes: reversal,
                discount_limit: reversal.and_then(|minutes| Rate::try_from(minutes * 10).ok()),
                refund_limit: reversal.map(|minutes| Amount::new(minutes.into())),
                public_board,
                order_mails: public_board,
            }
        },
    )
}

/// Those of a store that has said nothing, with tax in its prices, or on top of them.
pub fn any_terms() -> impl Strategy<Value = Terms> {
    let included = super::taxed();
    let tax = included.tax.clone().map(|tax| TaxTerms {
        prices_include_tax: false,
        rounding: Rounding::HalfEven,
        step: 1,
        ..tax
    });
    let added = Terms { tax, shipping: None, payment: None };
    let payment = option::of(any_of::<PaymentKind>().prop_map(super::way_of_paying));
    (select(vec![Terms::default(), included, added]), payment)
        .prop_map(|(terms, payment)| Terms { payment, ..terms })
}

/// A time for changes of customers.
pub fn any_window() -> impl Strategy<Value = Option<u32>> {
    option::of(1..MAX_MINUTES)
}

/// Milliseconds between two commands: often none, at most more than any policy's minutes.
pub fn any_wait() -> impl Strategy<Value = i64> {
    let longest = i64::from(MAX_MINUTES) * 60_000;
    prop_oneof![2 => Just(0), 3 => 0..3_600_000_i64, 1 => 0..longest + 60_000]
}

/// Commands on an order, one kind as often as the other.
pub fn any_order_command() -> impl Strategy<Value = OrderCommand> {
    any_of::<OrderCommandKind>().prop_flat_map(order_command)
}

fn order_command(kind: OrderCommandKind) -> BoxedStrategy<OrderCommand> {
    match kind {
        OrderCommandKind::Place => any_place().prop_map(OrderCommand::Place).boxed(),
        OrderCommandKind::Import => any_import().boxed(),
        OrderCommandKind::Amend => any_amendment().prop_map(OrderCommand::Amend).boxed(),
        OrderCommandKind::Adjust => any_adjust().boxed(),
        OrderCommandKind::RemoveAdjustment => {
            (0..4_u32).prop_map(|no| OrderCommand::RemoveAdjustment { no, comment: None }).boxed()
        }
        OrderCommandKind::RecordPayment => any_payment().boxed(),
        OrderCommandKind::Refund => any_refund().boxed(),
        OrderCommandKind::SettleRefund => (1..4_u32, any::<bool>())
            .prop_map(|(no, succeeded)| {
                OrderCommand::SettleRefund(SettleRefund { no, succeeded, at: None, comment: None })
            })
            .boxed(),
        OrderCommandKind::WriteOff => (any_of::<WriteOffSide>(), any_money())
            .prop_map(|(side, amount)| OrderCommand::WriteOff(WriteOff { side, amount, comment: None }))
            .boxed(),
        OrderCommandKind::Link => any_link().boxed(),
        OrderCommandKind::Erase => {
            (0..3_u32).prop_map(|days| OrderCommand::Erase { retention_days: days }).boxed()
        }
        _ if about_goods(kind, 0).is_some() => {
            (0..60_u16).prop_map(move |how| about_goods(kind, how).expect("a command")).boxed()
        }
        // With any reason, if it takes one.
        _ => select(reasons(kind))
            .prop_map(move |reason| kind.plain(reason, None).expect("a reason of this kind"))
            .boxed(),
    }
}

fn any_lines() -> impl Strategy<Value = Vec<LineRequest>> {
    let line = (10..14_i64, 1..5_u32)
        .prop_map(|(id, quantity)| LineRequest { product_id: ProductId::from_i64(id), quantity });
    vec(line, 1..4)
}

/// Mostly without numbers, so that most of them are taken.
fn any_amended_lines() -> impl Strategy<Value = Vec<AmendedLine>> {
    let line = (10..14_i64, 1..5_u32, option::weighted(0.2, 1..5_u32))
        .prop_map(|(id, quantity, no)| AmendedLine { no, product_id: ProductId::from_i64(id), quantity });
    vec(line, 1..4)
}

pub fn any_place() -> impl Strategy<Value = Place> {
    (any_lines(), option::of(Just(CUSTOMER)), any::<bool>(), any::<bool>()).prop_map(
        |(lines, customer_id, unlisted, knows)| Place {
            customer_id,
            lines,
            unlisted,
            not_duplicate_of: if knows { vec![EARLIER] } else { vec![] },
            ..super::placement(&[(10, 1)])
        },
    )
}

/// Mostly small ones, of all lines or some.
fn any_adjust() -> impl Strategy<Value = OrderCommand> {
    let value = prop_oneof![
        2 => (1..3_000_i64).prop_map(|amount| Value::Amount(Amount::new(amount))),
        1 => (0..=100_000_u32).prop_map(|rate| Value::Rate(Rate::try_from(rate).expect("a rate"))),
        1 => (0..=30_000_u32).prop_map(|rate| Value::Rate(Rate::try_from(rate).expect("a rate"))),
    ];
    (any_of::<AdjustmentKind>(), value, option::weighted(0.3, vec(1..5_u32, 1..3))).prop_map(
        |(kind, value, lines)| {
            let wanted = Adjust { kind, lines, ..super::discount(value) };
            OrderCommand::Adjust(Box::new(wanted))
        },
    )
}

/// Of a piece, of an order, more; now and then of another currency.
fn any_money() -> impl Strategy<Value = Money> {
    let amount = prop_oneof![1..50_i64, 900..1_200_i64, 1_000..15_000_i64];
    let currency = prop_oneof![15 => Just("TWD"), 1 => Just("EUR")];
    (amount, currency).prop_map(|(amount, currency)| Money {
        amount: Amount::new(amount),
        currency: currency.parse().expect("a currency"),
    })
}

/// Sometimes some time ago.
fn any_payment() -> impl Strategy<Value = OrderCommand> {
    (any_of::<PaymentMethod>(), any_money(), option::weighted(0.2, 0..90_000_000_i64)).prop_map(
        |(method, amount, ago)| {
            let paid_at = ago.map(|ago| NOW.plus_millis(-ago));
            OrderCommand::RecordPayment(Box::new(RecordPayment { method, amount, paid_at, comment: None }))
        },
    )
}

fn any_refund() -> impl Strategy<Value = OrderCommand> {
    let payment = option::weighted(0.3, 1..4_u32);
    (any_money(), option::of(any_money()), any::<bool>(), payment, any_of::<RefundReason>()).prop_map(
        |(amount, credit, is_whole, payment, reason)| {
            let credit = if is_whole { Some(amount) } else { credit };
            OrderCommand::Refund(Box::new(IssueRefund { amount, credit, payment, reason, comment: None }))
        },
    )
}

fn any_link() -> impl Strategy<Value = OrderCommand> {
    let proof = option::of(Just(first_grant(ORDER)));
    (select(vec![CUSTOMER, CustomerId::from_i64(3)]), proof)
        .prop_map(|(customer_id, proof)| OrderCommand::Link { customer_id, proof, comment: None })
}

fn any_amendment() -> impl Strategy<Value = Amendment> {
    let email = option::of("[a-z]{3}").prop_map(|name| {
        name.map(|name| Contact { email: format!("{name}@example.com").parse().ok(), ..contact() })
    });
    (option::of(any_amended_lines()), email, option::of("[a-z]{0,3}")).prop_map(|(lines, contact, note)| {
        Amendment { lines, contact, note, comment: None, expected_total: None }
    })
}

/// Steps may stand still, be of unknown time or run backwards.
pub fn any_import() -> impl Strategy<Value = OrderCommand> {
    let time = || option::of(-90_000_000..90_000_000_i64);
    let step = (0..3_usize, time());
    (-90_000_000..0_i64, vec(step, 0..=4), 1..9_u32).prop_map(|(placed, mut steps, quantity)| {
        const ROAD: [Status; 3] = [Status::Confirmed, Status::Processing, Status::Completed];
        let at = |millis: i64| NOW.plus_millis(millis);
        steps.sort_by_key(|(place, _)| *place);
        let line = ImportedLine { product_id: ProductId::from_i64(10), quantity, unit_price: Amount::new(5) };
        let steps = steps.into_iter();
        OrderCommand::Import(Box::new(Import {
            store_id: super::STORE,
            customer_id: Some(CUSTOMER),
            external_reference: "x:1".into(),
            source_status: "shipped".into(),
            currency: super::store().currency,
            lines: vec![line],
            shipping_total: Amount::ZERO,
            contact: contact(),
            placed_at: at(placed),
            steps: steps
                .map(|(place, time)| ImportedStep { to: ROAD[place], at: time.map(at) })
                .collect::<Vec<_>>(),
        }))
    })
}

/// Who asks for what, and how long after the one before.
pub type Ask = (i64, Actor, OrderCommand);

/// A life that begins with an order, if its content is accepted.
pub fn any_life(most: usize) -> impl Strategy<Value = Vec<Ask>> {
    let buyer = prop_oneof![Just(Actor::Customer(CUSTOMER)), Just(Actor::Guest(None)), Just(Actor::Operator)];
    let placed = (buyer, any_place()).prop_map(|(actor, place)| (0, actor, OrderCommand::Place(place)));
    let imported = any_import().prop_map(|import| (0, Actor::Importer, import));
    let later = (any_wait(), any_actor(), any_order_command());
    (prop_oneof![3 => placed, 1 => imported], vec(later, 0..most)).prop_map(|(first, later)| {
        let mut asks = vec![first];
        asks.extend(later);
        asks
    })
}

/// The order that was there before, by a customer or by nobody.
pub fn earlier_places() -> impl Strategy<Value = (Actor, Place)> {
    let actor = prop_oneof![Just(Actor::Customer(CUSTOMER)), Just(Actor::Guest(None))];
    (actor, any_place())
}
