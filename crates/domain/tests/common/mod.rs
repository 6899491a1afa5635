//! A small shop for the tests of the domain.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]
#![expect(clippy::expect_used, reason = "tests may")]

pub mod any;
pub mod life;
#[path = "../../../../tests/src/samples.rs"]
pub mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ordervault_domain::access::{Actor, MemberAuthority, Role, StoreScope};
use ordervault_domain::aggregate::{Aggregate, Envelope, Stamp};
use ordervault_domain::batch::{Batch, BatchAction, Opening};
use ordervault_domain::contact::Contact;
use ordervault_domain::id::{BatchId, CustomerId, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::member::Member;
use ordervault_domain::money::{Amount, Money};
use ordervault_domain::order::{
    Adjust, DecisionContext, LineRequest, Order, OrderCommand, OrderCommandKind, OrderEvent, Place, decide,
};
use ordervault_domain::product::Product;
use ordervault_domain::store::{Policy, Store};
use ordervault_domain::time::Timestamp;
use ordervault_domain::totals::{
    Band, PaymentKind, PaymentRule, Rate, Rounding, ShippingRule, TaxTerms, Terms, Value,
};

pub const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub const STORE: StoreId = StoreId::from_i64(1);
pub const CUSTOMER: CustomerId = CustomerId::from_i64(2);
/// The order that most tests are about.
pub const ORDER: OrderId = OrderId::from_i64(7);
/// One that was placed before it.
pub const EARLIER: OrderId = OrderId::from_i64(6);

pub fn store() -> Store {
    Store {
        id: STORE,
        version: 1,
        name: "Tea House".into(),
        currency: "TWD".parse().expect("a currency"),
        time_zone: "Asia/Taipei".parse().expect("a zone"),
        country: "TW".parse().ok(),
        active: true,
        change_window_minutes: None,
        policy: Policy::default(),
        tax: None,
        shipping: vec![],
        payments: vec![],
        external_reference: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Five percent in the prices, and none of some.
pub fn taxed() -> Terms {
    let code = |text: &str| text.parse().expect("a code");
    let tax = TaxTerms {
        prices_include_tax: true,
        rounding: Rounding::HalfUp,
        step: 100,
        classes: [("standard", 5_000), ("zero", 0)]
            .map(|(class, rate)| (code(class), Rate::try_from(rate).expect("a rate")))
            .into(),
        shipping_class: code("standard"),
    };
    Terms {
        tax: Some(tax),
        shipping: Some(way_of_sending()),
        payment: Some(way_of_paying(PaymentKind::Prepaid)),
    }
}

pub fn way_of_sending() -> ShippingRule {
    ShippingRule {
        code: "home".parse().expect("a code"),
        name: "宅配".into(),
        price: Amount::new(60),
        free_above: Some(Amount::new(100_000)),
        bands: vec![Band { max_grams: 5_000, price: Amount::new(60) }],
    }
}

pub fn way_of_paying(kind: PaymentKind) -> PaymentRule {
    PaymentRule { code: "transfer".parse().expect("a code"), name: "銀行轉帳".into(), kind }
}

/// So many minor units of the store's currency.
pub fn money(minor_units: i64) -> Money {
    Money { amount: Amount::new(minor_units), currency: store().currency }
}

/// Money that came in.
pub fn payment(minor_units: i64) -> OrderCommand {
    samples::paid(money(minor_units))
}

pub fn discount(value: Value) -> Adjust {
    Adjust { value, ..samples::one_off() }
}

pub fn product(id: i64, available: i64) -> Product {
    Product {
        id: ProductId::from_i64(id),
        version: 1,
        store_id: STORE,
        sku: format!("SKU-{id}"),
        title: format!("Product {id}"),
        category: Some("tea".into()),
        price: Amount::new(100 * id),
        tax_class: None,
        weight_grams: None,
        active: true,
        on_hand: available,
        reserved: 0,
        external_reference: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub fn context<'a>(store: &'a Store, products: &'a [Product]) -> DecisionContext<'a> {
    DecisionContext {
        erased_customers: BTreeSet::new(),
        store: Some(store),
        products: products.iter().map(|product| (product.id, product)).collect::<BTreeMap<_, _>>(),
        possible_duplicates: vec![],
    }
}

pub fn contact() -> Contact {
    Contact {
        name: Some("王小明".into()),
        phone: Some("+886912345678".parse().expect("a phone number")),
        ..Contact::default()
    }
}

pub fn samples() -> samples::Samples {
    samples::Samples {
        store_id: STORE,
        product_id: ProductId::from_i64(10),
        customer_id: CUSTOMER,
        currency: store().currency,
        time_zone: store().time_zone,
        contact: contact(),
        now: NOW,
    }
}

pub fn place(lines: &[(i64, u32)]) -> OrderCommand {
    OrderCommand::Place(placement(lines))
}

pub fn placement(lines: &[(i64, u32)]) -> Place {
    Place {
        shipping: None,
        payment: None,
        store_id: STORE,
        customer_id: None,
        lines: lines
            .iter()
            .map(|(id, quantity)| LineRequest { product_id: ProductId::from_i64(*id), quantity: *quantity })
            .collect(),
        contact: contact(),
        note: String::new(),
        unlisted: false,
        not_duplicate_of: vec![],
        expected_total: None,
    }
}

pub fn staff(role: Role) -> Actor {
    staff_of(9, role, StoreScope::All)
}

pub fn staff_of(id: i64, role: Role, stores: StoreScope) -> Actor {
    Actor::Member(MemberAuthority { id: MemberId::from_i64(id), roles: BTreeSet::from([role]), stores })
}

/// The member behind [`staff`].
pub fn member(role: Role) -> Member {
    Member {
        id: MemberId::from_i64(9),
        version: 1,
        contact: contact(),
        roles: BTreeSet::from([role]),
        stores: StoreScope::All,
        active: true,
        must_change_password: false,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// A batch of [`staff`] that nobody has begun with.
pub fn batch(total: i64) -> Batch {
    let opening = Opening {
        created_by: MemberId::from_i64(9),
        action: BatchAction::new(OrderCommandKind::Delete, None, None).expect("an action"),
        undoes: None,
        stores: StoreScope::All,
    };
    Batch::open(BatchId::from_i64(5), opening, "req", total, NOW)
}

pub fn fold(state: Option<Order>, events: &[Envelope<OrderEvent>], now: Timestamp) -> Option<Order> {
    events.iter().fold(state, |state, event| {
        let seq = state.as_ref().map_or(0, |order| order.version) + 1;
        let stamp = Stamp { seq, recorded_at: now, occurred_at: event.occurred_at.unwrap_or(now) };
        Some(Order::apply(state, ORDER.get(), event, stamp).expect("a fitting event"))
    })
}

/// The order after the commands, which must all be accepted.
pub fn after(actor: &Actor, context: &DecisionContext<'_>, commands: &[OrderCommand]) -> Order {
    commands
        .iter()
        .fold(None, |order: Option<Order>, command| {
            let events = decide(order.as_ref(), context, actor, command, NOW).expect("an accepted command");
            fold(order, &events, NOW)
        })
        .expect("an order")
}

/// Compares with a committed file, or writes it when `ORDERVAULT_BLESS` is set.
#[expect(clippy::disallowed_methods, reason = "a test may be told by the environment to write its snapshot")]
pub fn assert_committed(name: &str, text: &str) {
    if std::env::var_os("ORDERVAULT_BLESS").is_some() {
        std::fs::write(path_of(name), text).expect("a writable snapshot");
    }
    assert_eq!(committed(name), text, "{name} differs: run `cargo xtask bless` and look at the change");
}

/// A committed file; empty if it is not there.
pub fn committed(name: &str) -> String {
    std::fs::read_to_string(path_of(name)).unwrap_or_default()
}

fn path_of(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrices").join(name)
}
