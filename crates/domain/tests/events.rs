//! The text of every kind of event, with everything that it may hold: histories keep it for ever, so a change of it is a
//! diff. Whoever adds an event is asked by the compiler for its sample.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use std::fmt::Write;

use common::{CUSTOMER, NOW, STORE, assert_committed, product, store, taxed, way_of_paying, way_of_sending};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::aggregate::{Aggregate, Kind};
use ordervault_domain::customer::{Customer, CustomerEvent, CustomerEventKind, DeactivationReason};
use ordervault_domain::id::{BatchId, CustomerId};
use ordervault_domain::installation::{Installation, InstallationEvent, InstallationEventKind};
use ordervault_domain::member::{Member, MemberEvent, MemberEventKind};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{
    AdjustReason, Adjustment, AdjustmentKind, CancelReason, Credit, CreditedUnits, FailureReason,
    FulfillmentState, InvalidReason, Line, MANUAL, Order, OrderEvent, OrderEventKind, Payment, PaymentMethod,
    Refund, RefundReason, ReversalReason, Source, Status, Totals, Transaction, TransactionKind,
    TransactionState, UnitsBack, WriteOffSide,
};
use ordervault_domain::parcel::LineUnits;
use ordervault_domain::product::{Product, ProductEvent, ProductEventKind};
use ordervault_domain::store::{Policy, Store, StoreEvent, StoreEventKind};
use ordervault_domain::totals::{PaymentKind, Rate, Share, Value};
use strum::IntoEnumIterator;

fn line() -> Line {
    let product = product(10, 5);
    Line {
        no: 1,
        product_id: product.id,
        sku: product.sku,
        title: product.title,
        category: product.category,
        quantity: 2,
        unit_price: product.price,
        total: Amount::new(2_000),
        discount: Amount::new(500),
        tax_rate: Rate::try_from(5_000).expect("a rate"),
        tax: Amount::new(71),
        added_tax: Amount::ZERO,
        weight_grams: 150,
    }
}

fn adjustment() -> Adjustment {
    Adjustment {
        no: 1,
        kind: AdjustmentKind::Discount,
        reason: AdjustReason::Goodwill,
        code: Some("SPRING".into()),
        value: Value::Amount(Amount::new(500)),
        shares: vec![Share { line: 1, units: 2, amount: Amount::new(500) }],
        amount: Amount::new(500),
        tax: Amount::ZERO,
        added_tax: Amount::ZERO,
    }
}

fn transaction() -> Transaction {
    Transaction {
        kind: TransactionKind::Capture,
        reference: "payment-1".into(),
        state: TransactionState::Succeeded,
        amount: Amount::new(2_000),
        at: NOW,
    }
}

fn paid() -> Payment {
    let channel = MANUAL.to_owned();
    Payment { no: 1, channel, method: PaymentMethod::BankTransfer, transactions: vec![] }
}

#[expect(clippy::too_many_lines, reason = "a table, one entry a kind")]
fn of_order(kind: OrderEventKind) -> OrderEvent {
    let lines = vec![line()];
    let adjustment = adjustment();
    let totals =
        Totals::of(&lines, std::slice::from_ref(&adjustment), Amount::new(60), &taxed()).expect("a sum");
    let (customer_id, currency, country) = (Some(CUSTOMER), store().currency, store().country);
    let carrier = Some("黑貓宅急便".to_owned());
    let (due_at, batch) = (Some(NOW), Some(BatchId::from_i64(5)));
    match kind {
        OrderEventKind::Placed => OrderEvent::Placed {
            store_id: STORE,
            customer_id,
            source: Source::Shop,
            currency,
            country,
            lines,
            totals,
            terms: taxed(),
            change_until: Some(NOW),
            due_at,
            payment_due_at: due_at,
            unlisted: true,
        },
        OrderEventKind::Imported => OrderEvent::Imported {
            store_id: STORE,
            customer_id,
            external_reference: "elsewhere:1".into(),
            source_status: "shipped".into(),
            currency,
            country,
            lines,
            totals,
        },
        OrderEventKind::StepImported => OrderEvent::StepImported { to: Status::Confirmed, at: Some(NOW) },
        OrderEventKind::Confirmed => OrderEvent::Confirmed { due_at },
        OrderEventKind::Rejected => OrderEvent::Rejected { reason: InvalidReason::Test },
        OrderEventKind::Amended => {
            OrderEvent::Amended { lines: Some(lines), adjustments: Some(vec![adjustment]), totals }
        }
        OrderEventKind::Adjusted => OrderEvent::Adjusted { adjustment, lines, totals },
        OrderEventKind::AdjustmentRemoved => OrderEvent::AdjustmentRemoved { no: 1, lines, totals },
        OrderEventKind::Started => OrderEvent::Started { due_at, shipping_due_at: due_at },
        OrderEventKind::Completed => OrderEvent::Completed {},
        OrderEventKind::Cancelled => OrderEvent::Cancelled { reason: CancelReason::Customer },
        OrderEventKind::Invalidated => OrderEvent::Invalidated { reason: InvalidReason::Fraud },
        OrderEventKind::Restored => {
            OrderEvent::Restored { to: Status::Confirmed, due_at, shipping_due_at: None }
        }
        OrderEventKind::Unconfirmed => OrderEvent::Unconfirmed { reason: ReversalReason::Mistake, due_at },
        OrderEventKind::Unstarted => OrderEvent::Unstarted { reason: ReversalReason::Customer, due_at },
        OrderEventKind::Reopened => {
            OrderEvent::Reopened { reason: ReversalReason::Information, due_at, shipping_due_at: due_at }
        }
        OrderEventKind::Reinstated => OrderEvent::Reinstated {
            to: Status::Processing,
            reason: ReversalReason::Clock,
            due_at,
            shipping_due_at: due_at,
        },
        OrderEventKind::Deleted => OrderEvent::Deleted { batch },
        OrderEventKind::Undeleted => OrderEvent::Undeleted { batch },
        OrderEventKind::Hidden => OrderEvent::Hidden {},
        OrderEventKind::Shown => OrderEvent::Shown {},
        OrderEventKind::Linked => OrderEvent::Linked { customer_id: CustomerId::from_i64(2) },
        OrderEventKind::Unlinked => OrderEvent::Unlinked { reason: ReversalReason::Mistake },
        OrderEventKind::PaymentOpened => OrderEvent::PaymentOpened { payment: paid() },
        OrderEventKind::Transacted => OrderEvent::Transacted { payment: 1, transaction: transaction() },
        OrderEventKind::Credited => OrderEvent::Credited {
            credit: Credit { no: 1, amount: Amount::new(100), reason: RefundReason::Flaw },
        },
        OrderEventKind::RefundRequested => OrderEvent::RefundRequested {
            refund: Refund {
                no: 1,
                payment: 1,
                amount: Amount::new(100),
                credit: Some(1),
                reason: RefundReason::Flaw,
            },
            at: NOW,
        },
        OrderEventKind::WrittenOff => {
            OrderEvent::WrittenOff { side: WriteOffSide::Forgive, amount: Amount::new(1) }
        }
        OrderEventKind::FulfillmentPlanned => {
            OrderEvent::FulfillmentPlanned { no: 1, lines: vec![LineUnits { no: 1, units: 2 }] }
        }
        OrderEventKind::FulfillmentStepped => {
            OrderEvent::FulfillmentStepped { no: 1, to: FulfillmentState::Packed, carrier }
        }
        OrderEventKind::Shipped => OrderEvent::Shipped { no: 1, carrier },
        OrderEventKind::Tracked => OrderEvent::Tracked { no: 1, carrier },
        OrderEventKind::Delivered => OrderEvent::Delivered { no: 1, at: NOW },
        OrderEventKind::FulfillmentCancelled => OrderEvent::FulfillmentCancelled { no: 1 },
        OrderEventKind::DeliveryFailed => {
            OrderEvent::DeliveryFailed { no: 1, lost: true, reason: FailureReason::Missing }
        }
        OrderEventKind::TakenBack => {
            OrderEvent::TakenBack { no: 1, lines: vec![UnitsBack { no: 1, restocked: 1, broken: 1 }] }
        }
        OrderEventKind::LossCredited => OrderEvent::LossCredited {
            no: 1,
            lines: vec![CreditedUnits { no: 1, units: 1, value: Amount::new(100) }],
            credit: Credit { no: 1, amount: Amount::new(100), reason: RefundReason::Lost },
        },
        OrderEventKind::LossReshipped => {
            OrderEvent::LossReshipped { no: 1, lines: vec![LineUnits { no: 1, units: 1 }] }
        }
        OrderEventKind::DeliveryCorrected => OrderEvent::DeliveryCorrected { no: 1 },
        OrderEventKind::LinesCancelled => OrderEvent::LinesCancelled {
            lines: vec![LineUnits { no: 1, units: 1 }],
            reason: CancelReason::Inventory,
        },
        OrderEventKind::Breached => OrderEvent::Breached { due_at: NOW },
        OrderEventKind::Erased => OrderEvent::Erased {},
    }
}

fn of_store(kind: StoreEventKind) -> StoreEvent {
    let Store { name, currency, time_zone, country, .. } = store();
    let change_window_minutes = Some(30);
    let policy = Policy {
        duplicate_window_minutes: Some(10),
        review_minutes: Some(30),
        start_minutes: Some(60),
        completion_minutes: Some(120),
        payment_minutes: Some(50),
        shipping_minutes: Some(100),
        cancel_unconfirmed_minutes: Some(45),
        reversal_minutes: Some(90),
        discount_limit: Rate::try_from(10_000).ok(),
        refund_limit: Some(Amount::new(50_000)),
        public_board: true,
        order_mails: true,
    };
    match kind {
        StoreEventKind::Created => StoreEvent::Created {
            name,
            currency,
            time_zone,
            country,
            change_window_minutes,
            policy,
            tax: taxed().tax,
            shipping: vec![way_of_sending()],
            payments: vec![way_of_paying(PaymentKind::Prepaid)],
            external_reference: Some("elsewhere:1".into()),
        },
        StoreEventKind::Edited => StoreEvent::Edited {
            name,
            currency,
            time_zone,
            country,
            change_window_minutes,
            policy,
            tax: taxed().tax,
            shipping: vec![way_of_sending()],
            payments: vec![way_of_paying(PaymentKind::Prepaid)],
        },
        StoreEventKind::Activated => StoreEvent::Activated {},
        StoreEventKind::Deactivated => StoreEvent::Deactivated {},
    }
}

fn of_product(kind: ProductEventKind) -> ProductEvent {
    let Product { store_id, sku, title, category, price, on_hand, .. } = product(10, 5);
    match kind {
        ProductEventKind::Created => ProductEvent::Created {
            store_id,
            sku,
            title,
            category,
            price,
            tax_class: "zero".parse().ok(),
            weight_grams: Some(150),
            on_hand,
            external_reference: Some("elsewhere:1".into()),
        },
        ProductEventKind::Edited => ProductEvent::Edited {
            sku,
            title,
            category,
            price,
            tax_class: "zero".parse().ok(),
            weight_grams: Some(150),
        },
        ProductEventKind::StockAdjusted => ProductEvent::StockAdjusted { delta: -3 },
        ProductEventKind::Activated => ProductEvent::Activated {},
        ProductEventKind::Deactivated => ProductEvent::Deactivated {},
    }
}

fn of_member(kind: MemberEventKind) -> MemberEvent {
    let (roles, stores) = ([Role::Manager, Role::Finance].into(), StoreScope::Only([STORE].into()));
    match kind {
        MemberEventKind::Created => MemberEvent::Created { roles, stores, must_change_password: true },
        MemberEventKind::Edited => MemberEvent::Edited { roles, stores },
        MemberEventKind::Activated => MemberEvent::Activated {},
        MemberEventKind::Deactivated => MemberEvent::Deactivated {},
        MemberEventKind::PasswordChanged => MemberEvent::PasswordChanged {},
        MemberEventKind::PasswordReset => MemberEvent::PasswordReset {},
    }
}

fn of_customer(kind: CustomerEventKind) -> CustomerEvent {
    match kind {
        CustomerEventKind::Registered => CustomerEvent::Registered { must_verify_email: true },
        CustomerEventKind::Imported => CustomerEvent::Imported { external_reference: "elsewhere:1".into() },
        CustomerEventKind::Edited => CustomerEvent::Edited {},
        CustomerEventKind::PasswordChanged => CustomerEvent::PasswordChanged {},
        CustomerEventKind::PasswordReset => CustomerEvent::PasswordReset { by_mail: true },
        CustomerEventKind::EmailVerified => CustomerEvent::EmailVerified {},
        CustomerEventKind::CodeHandedOut => CustomerEvent::CodeHandedOut {},
        CustomerEventKind::Deactivated => CustomerEvent::Deactivated { reason: DeactivationReason::Stolen },
        CustomerEventKind::Activated => CustomerEvent::Activated {},
        CustomerEventKind::DeletionRequested => CustomerEvent::DeletionRequested { due_at: NOW },
        CustomerEventKind::DeletionTakenBack => CustomerEvent::DeletionTakenBack {},
        CustomerEventKind::Erased => CustomerEvent::Erased {},
    }
}

fn of_installation(kind: InstallationEventKind) -> InstallationEvent {
    match kind {
        InstallationEventKind::Installed => InstallationEvent::Installed {},
        InstallationEventKind::Restored => InstallationEvent::Restored { position: 7 },
        InstallationEventKind::Repaired => InstallationEvent::Repaired {},
        InstallationEventKind::ExpiriesApproved => InstallationEvent::ExpiriesApproved { through: NOW },
        InstallationEventKind::ClockCorrected => {
            InstallationEvent::ClockCorrected { from: NOW.plus_minutes(60), to: NOW }
        }
    }
}

/// A line for each event of a kind of thing, which is read back as the same event.
fn texts<A: Aggregate>(events: impl Iterator<Item = A::Event>) -> String
where
    A::Event: PartialEq,
{
    let mut texts = String::new();
    let mut names = vec![];
    for event in events {
        let text = serde_json::to_string(&event).expect("an event as text");
        assert_eq!(serde_json::from_str::<A::Event>(&text).expect("an event"), event);
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        names.push(value["type"].as_str().expect("a name").to_owned());
        writeln!(texts, "{} {text}", A::KIND).expect("writing to a string");
    }
    assert_eq!(names, A::KIND.events(), "the names by which events are searched for");
    texts
}

#[test]
fn every_event_has_its_text() {
    let all: String = Kind::iter()
        .map(|kind| match kind {
            Kind::Store => texts::<Store>(StoreEventKind::iter().map(of_store)),
            Kind::Product => texts::<Product>(ProductEventKind::iter().map(of_product)),
            Kind::Customer => texts::<Customer>(CustomerEventKind::iter().map(of_customer)),
            Kind::Member => texts::<Member>(MemberEventKind::iter().map(of_member)),
            Kind::Order => texts::<Order>(OrderEventKind::iter().map(of_order)),
            Kind::Installation => texts::<Installation>(InstallationEventKind::iter().map(of_installation)),
        })
        .collect();
    assert_committed("events.txt", &format!("What histories keep, an event a line.\n\n{all}"));
}

#[test]
fn steps_begin_with_the_events_that_enter_a_status() {
    for kind in OrderEventKind::iter() {
        assert_eq!(of_order(kind).enters().is_some(), kind.begins_step(), "{kind}");
    }
}
