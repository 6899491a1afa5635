//! Orders and stores in every position from which something about prices or money is refused.

use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::customer::Customer;
use ordervault_domain::member::Member;
use ordervault_domain::money::{Amount, Currency, Money};
use ordervault_domain::order::{
    Adjust, AdjustmentKind, InvalidReason, IssueRefund, MAX_ADJUSTMENTS, MAX_PAYMENTS, MAX_REFUNDS, Order,
    OrderCommand, Place, RecordPayment, RefundReason, SettleRefund, WriteOff, WriteOffSide,
};
use ordervault_domain::product::{Product, ProductCommand, ProductEdit};
use ordervault_domain::store::{Policy, Store, StoreCommand, StoreEdit};
use ordervault_domain::totals::{Band, PaymentKind, PaymentRule, Rate, ShippingRule, Value};
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::queue::{on_order, on_product, on_store};
use ordervault_tests::samples::{one_off, paid, paid_back};
use ordervault_tests::shop::{Shop, place};

/// A later time than that of any clock here.
const LATER_MILLIS: i64 = 100 * 365 * 24 * 60 * 60 * 1_000;

/// Stores that say how they send and are paid, and orders of several histories.
pub(crate) struct Priced {
    sends: Arc<Store>,
    brick: Arc<Product>,
    clerk: Arc<Member>,
    placed: Arc<Order>,
    free: Arc<Order>,
    adjusted: Arc<Order>,
    paid_often: Arc<Order>,
    refunded_often: Arc<Order>,
    overpaid: Arc<Order>,
    credited: Arc<Order>,
    confirmed: Arc<Order>,
    started: Arc<Order>,
    prepaid: Arc<Order>,
}

impl Priced {
    pub(crate) async fn set(shop: &Shop, customer: &Customer) -> Self {
        let operator = ActorRef::Operator;
        let nothing_given = shop.store_with(Policy::default()).await;
        let tea = shop.product(&nothing_given, 100).await;
        let change = async |order: &Arc<Order>, command| shop.change(operator, order, command).await;
        let order = async || shop.place(customer, &nothing_given, &[(&tea, 1)]).await;
        let placed = order().await;
        let currency = placed.currency;
        let twd = |amount| Money { amount: Amount::new(amount), currency };
        let all_off = Adjust { value: whole(), ..one_off() };
        let free = change(&order().await, OrderCommand::Adjust(Box::new(all_off))).await;
        let mut adjusted = order().await;
        for _ in 0..MAX_ADJUSTMENTS {
            adjusted = change(&adjusted, OrderCommand::Adjust(Box::new(one_off()))).await;
        }
        let times = async |of: Arc<Order>, count: usize, command: OrderCommand| {
            let commands = (0..count).map(|_| on_order(of.id, None, command.clone()));
            shop.submit(operator, commands.collect()).await.expect("all of them");
            of
        };
        let paid_often = times(order().await, MAX_PAYMENTS, paid(twd(1))).await;
        let refunded_often = change(&order().await, paid(twd(1_000_000))).await;
        let refunded_often = times(refunded_often, MAX_REFUNDS, paid_back(twd(1))).await;
        let total = placed.totals.total.get();
        let overpaid = change(&order().await, paid(twd(total + 1))).await;
        let credited = change(&order().await, paid(twd(total))).await;
        let credited = change(&credited, given(twd(total))).await;
        let of = async |kind| {
            let store = shop.store_with(Policy::default()).await;
            let rules = StoreEdit { payments: Some(vec![way_of_paying(kind)]), ..StoreEdit::default() };
            shop.act(operator, on_store(store.id, StoreCommand::Edit(rules))).await;
            let tea = shop.product(&store, 10).await;
            shop.place(customer, &store, &[(&tea, 1)]).await
        };
        let confirmed = change(&of(PaymentKind::Prepaid).await, OrderCommand::Confirm).await;
        let started = change(&of(PaymentKind::Invoice).await, OrderCommand::Confirm).await;
        let started = change(&started, OrderCommand::Start).await;
        let prepaid = change(&of(PaymentKind::Prepaid).await, paid(twd(1))).await;
        let sends = shop.store_with(Policy::default()).await;
        let light = StoreEdit { shipping: Some(vec![letters()]), ..StoreEdit::default() };
        shop.act(operator, on_store(sends.id, StoreCommand::Edit(light))).await;
        let brick = shop.product(&sends, 10).await;
        let heavy = ProductEdit { weight_grams: Some(Some(3_000)), ..ProductEdit::default() };
        shop.act(operator, on_product(brick.id, ProductCommand::Edit(heavy))).await;
        let clerk = shop.member(Role::Clerk, StoreScope::All).await;
        Self {
            sends,
            brick,
            clerk,
            placed,
            free,
            adjusted,
            paid_often,
            refunded_often,
            overpaid,
            credited,
            confirmed,
            started,
            prepaid,
        }
    }

    /// Code, actor, act.
    pub(crate) fn refused(&self) -> Vec<(&'static str, ActorRef, Operation)> {
        let (operator, clerk) = (ActorRef::Operator, ActorRef::Member(self.clerk.id));
        let on = |order: &Order, command| on_order(order.id, None, command);
        let twd = |amount| Money { amount: Amount::new(amount), currency: self.placed.currency };
        let adjust = |wanted: Adjust| OrderCommand::Adjust(Box::new(wanted));
        let nothing = Adjust { value: Value::Amount(Amount::ZERO), ..one_off() };
        let fee = Adjust { kind: AdjustmentKind::Fee, ..one_off() };
        let settle = SettleRefund { no: 9, succeeded: true, at: None, comment: None };
        let much = WriteOff { side: WriteOffSide::Forgive, amount: twd(1_000_000_000), comment: None };
        let mut refused = vec![
            ("adjustment-out-of-range", operator, on(&self.placed, adjust(nothing))),
            ("too-many-adjustments", operator, on(&self.adjusted, adjust(one_off()))),
            ("nothing-to-adjust", operator, on(&self.free, adjust(one_off()))),
            (
                "unknown-adjustment",
                operator,
                on(&self.placed, OrderCommand::RemoveAdjustment { no: 9, comment: None }),
            ),
            ("discount-above-limit", clerk, on(&self.placed, adjust(one_off()))),
            ("money-kept", operator, on(&self.overpaid, adjust(fee))),
            ("money-kept", operator, on(&self.prepaid, invalidate())),
            ("total-below-credits", operator, on(&self.credited, adjust(one_off()))),
            ("payment-out-of-range", operator, on(&self.placed, paid(twd(0)))),
            ("currency-mismatch", operator, on(&self.placed, paid(Money { currency: euro(), ..twd(1) }))),
            ("not-yet", operator, on(&self.placed, self.paid_later())),
            ("too-many-payments", operator, on(&self.paid_often, paid(twd(1)))),
            ("too-many-refunds", operator, on(&self.refunded_often, paid_back(twd(1)))),
            ("unknown-payment", operator, on(&self.overpaid, to_payment(twd(1), 9))),
            ("unknown-refund", operator, on(&self.overpaid, OrderCommand::SettleRefund(settle))),
            ("nothing-refundable", operator, on(&self.placed, paid_back(twd(1)))),
            ("refund-exceeds-payment", operator, on(&self.overpaid, paid_back(twd(2)))),
            ("refund-above-limit", clerk, on(&self.overpaid, paid_back(twd(1)))),
            ("write-off-exceeds-balance", operator, on(&self.placed, OrderCommand::WriteOff(much))),
            ("payment-rule-not-met", operator, on(&self.confirmed, OrderCommand::Start)),
            ("balance-not-settled", operator, on(&self.started, OrderCommand::Complete)),
        ];
        refused.extend(self.refused_terms());
        refused
    }

    fn refused_terms(&self) -> Vec<(&'static str, ActorRef, Operation)> {
        let operator = ActorRef::Operator;
        let with = |change: &dyn Fn(&mut Place)| {
            let mut act = place(self.sends.id, &[(&self.brick, 1)]);
            if let Operation::Order { command: OrderCommand::Place(place), .. } = &mut act {
                change(place);
            }
            act
        };
        let twice = StoreEdit { shipping: Some(vec![letters(), letters()]), ..StoreEdit::default() };
        let luxury = ProductEdit { tax_class: Some("luxury".parse().ok()), ..ProductEdit::default() };
        vec![
            ("unfit-terms", operator, on_store(self.sends.id, StoreCommand::Edit(twice))),
            ("unknown-tax-class", operator, on_product(self.brick.id, ProductCommand::Edit(luxury))),
            ("unknown-shipping", operator, with(&|place| place.shipping = "drone".parse().ok())),
            ("unknown-payment-rule", operator, with(&|place| place.payment = "barter".parse().ok())),
            ("too-heavy", operator, with(&|_| ())),
        ]
    }

    fn paid_later(&self) -> OrderCommand {
        let OrderCommand::RecordPayment(now) =
            paid(Money { amount: Amount::new(1), currency: self.placed.currency })
        else {
            unreachable!("a payment")
        };
        let paid_at = Some(self.placed.placed_at.plus_millis(LATER_MILLIS));
        OrderCommand::RecordPayment(Box::new(RecordPayment { paid_at, ..*now }))
    }
}

fn euro() -> Currency {
    "EUR".parse().expect("a currency")
}

fn whole() -> Value {
    Value::Rate(Rate::try_from(100_000).expect("a rate"))
}

fn invalidate() -> OrderCommand {
    OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None }
}

/// Paid back though it is owed.
fn given(amount: Money) -> OrderCommand {
    refund(amount, Some(amount), None)
}

fn to_payment(amount: Money, no: u32) -> OrderCommand {
    refund(amount, None, Some(no))
}

fn refund(amount: Money, credit: Option<Money>, payment: Option<u32>) -> OrderCommand {
    let reason = RefundReason::Goodwill;
    OrderCommand::Refund(Box::new(IssueRefund { amount, credit, payment, reason, comment: None }))
}

fn way_of_paying(kind: PaymentKind) -> PaymentRule {
    PaymentRule { code: "pay".parse().expect("a code"), name: "Pay".into(), kind }
}

/// Up to a kilogram.
fn letters() -> ShippingRule {
    let price = Amount::new(60);
    ShippingRule {
        code: "letter".parse().expect("a code"),
        name: "Letter".into(),
        price,
        free_above: None,
        bands: vec![Band { max_grams: 1_000, price }],
    }
}
