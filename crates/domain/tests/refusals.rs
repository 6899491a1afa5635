//! Every refusal has a case that meets it. Whoever adds one is asked by the compiler for its case.

mod common;

use common::{
    CUSTOMER, NOW, after, batch, context, discount, member, money, payment, place, placement, product,
    samples, staff, store, taxed, way_of_paying, way_of_sending,
};
use ordervault_domain::access::{Actor, Role};
use ordervault_domain::aggregate::{Aggregate as _, Stamp};
use ordervault_domain::batch::ItemOutcome;
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::{self, Customer, CustomerCommand, CustomerCommandKind};
use ordervault_domain::id::{CustomerId, ProductId};
use ordervault_domain::member::{self, MemberCommand, MemberCommandKind, MemberEdit};
use ordervault_domain::money::{Amount, MAX_TOTAL_MINOR_UNITS, Money};
use ordervault_domain::order::{
    self, Adjust, AmendedLine, Amendment, CancelReason, Carriage, Credit, IssueRefund, Order, OrderCommand,
    OrderCommandKind, Place, RecordPayment, Refund, RefundReason,
};
use ordervault_domain::parcel::{LineUnits, Parcel};
use ordervault_domain::product::{
    self, NewProduct, Product, ProductCommand, ProductCommandKind, ProductEdit,
};
use ordervault_domain::refusal::{OpenOrder, Refusal, Rule};
use ordervault_domain::store::{self, Store, StoreCommand, StoreEdit};
use ordervault_domain::totals::{PaymentKind, TaxTerms, Terms, Value};
use strum::IntoEnumIterator;

/// Nobody has the address, and no order is open.
fn nobody() -> customer::DecisionContext<'static> {
    customer::DecisionContext { email_taken: false, open_orders: &[], now: NOW }
}

/// The customer after one more command.
fn customer_after(customer: Option<Customer>, actor: &Actor, command: &CustomerCommand) -> Option<Customer> {
    let events = customer::decide(customer.as_ref(), &nobody(), actor, command).ok()?;
    events
        .iter()
        .try_fold(customer, |customer, event| {
            let seq = customer.as_ref().map_or(1, |customer| customer.version + 1);
            let stamp = Stamp { seq, recorded_at: NOW, occurred_at: NOW };
            Customer::apply(customer, 77, event, stamp).map(Some)
        })
        .ok()?
}

/// What refuses, if a decision of the domain does.
#[expect(clippy::too_many_lines, reason = "a table, one case a rule")]
fn met(rule: Rule) -> Option<Refusal> {
    let (store, products) = (store(), [product(10, 5)]);
    let on_order = |order: Option<&Order>, actor: Actor, command: OrderCommand| {
        order::decide(order, &context(&store, &products), &actor, &command, NOW).err()
    };
    let sample = |kind| samples().order(kind);
    let placed = || after(&Actor::Operator, &context(&store, &products), &[place(&[(10, 1)])]);
    match rule {
        Rule::NotFound => on_order(None, Actor::Operator, sample(OrderCommandKind::Confirm)),
        Rule::Forbidden => on_order(None, staff(Role::Auditor), sample(OrderCommandKind::Place)),
        Rule::StateConflict => on_order(Some(&placed()), Actor::Operator, sample(OrderCommandKind::Complete)),
        Rule::CutOffPassed => {
            let late = Order { customer_id: Some(CUSTOMER), change_until: Some(NOW), ..placed() };
            on_order(Some(&late), Actor::Customer(CUSTOMER), sample(OrderCommandKind::Cancel))
        }
        Rule::TooManyChanges => {
            let worn = Order { customer_id: Some(CUSTOMER), version: order::MAX_BUYER_VERSION, ..placed() };
            let buyer = || Actor::Customer(CUSTOMER);
            assert_eq!(on_order(Some(&worn), buyer(), sample(OrderCommandKind::Cancel)), None);
            assert_eq!(on_order(Some(&worn), Actor::Operator, sample(OrderCommandKind::Hide)), None);
            let fresh = Order { version: order::MAX_BUYER_VERSION - 1, ..worn.clone() };
            assert_eq!(on_order(Some(&fresh), buyer(), sample(OrderCommandKind::Hide)), None);
            on_order(Some(&worn), buyer(), sample(OrderCommandKind::Hide))
        }
        Rule::InAnotherAccount => {
            let taken = Order { customer_id: Some(CustomerId::from_i64(3)), ..placed() };
            on_order(Some(&taken), Actor::Operator, sample(OrderCommandKind::Link))
        }
        Rule::InsufficientStock => on_order(None, Actor::Guest(None), place(&[(10, 6)])),
        Rule::UnknownProduct => on_order(None, Actor::Guest(None), place(&[(99, 1)])),
        Rule::NotSold => {
            let unsold = [Product { active: false, ..product(10, 5) }];
            let more = AmendedLine { no: Some(1), product_id: unsold[0].id, quantity: 2 };
            let more = Amendment { lines: Some(vec![more]), ..Amendment::default() };
            order::decide(
                Some(&placed()),
                &context(&store, &unsold),
                &Actor::Operator,
                &OrderCommand::Amend(more),
                NOW,
            )
            .err()
        }
        Rule::PriceChanged => {
            let expected_total = Some(Money { amount: Amount::new(999), currency: store.currency });
            let cheaper = Place { expected_total, ..placement(&[(10, 1)]) };
            on_order(None, Actor::Guest(None), OrderCommand::Place(cheaper))
        }
        Rule::PossibleDuplicate => {
            let earlier = placed();
            let mut context = context(&store, &products);
            context.possible_duplicates = vec![&earlier];
            order::decide(None, &context, &Actor::Operator, &place(&[(10, 1)]), NOW).err()
        }
        Rule::UnknownStore => {
            let closed = Store { active: false, ..store.clone() };
            let context = context(&closed, &products);
            order::decide(None, &context, &Actor::Operator, &place(&[(10, 1)]), NOW).err()
        }
        Rule::NoLines => on_order(None, Actor::Guest(None), place(&[])),
        Rule::TooManyLines => on_order(None, Actor::Guest(None), place(&[(10, 1); order::MAX_LINES + 1])),
        Rule::QuantityOutOfRange => on_order(None, Actor::Guest(None), place(&[(10, 0)])),
        Rule::UnknownLine => on_order(Some(&placed()), Actor::Operator, amend_lines(&[(Some(2), 10)])),
        Rule::LineOfAnotherProduct => {
            on_order(Some(&placed()), Actor::Operator, amend_lines(&[(Some(1), 11)]))
        }
        Rule::LineNamedTwice => {
            on_order(Some(&placed()), Actor::Operator, amend_lines(&[(Some(1), 10), (Some(1), 10)]))
        }
        Rule::NameMissing => {
            let for_nobody = Place { contact: Contact::default(), ..placement(&[(10, 1)]) };
            on_order(None, Actor::Guest(None), OrderCommand::Place(for_nobody))
        }
        Rule::Unreachable => {
            let contact = Contact { name: Some("Ana".to_owned()), ..Contact::default() };
            let unreachable = Place { contact, ..placement(&[(10, 1)]) };
            on_order(None, Actor::Guest(None), OrderCommand::Place(unreachable))
        }
        Rule::PriceOutOfRange => on_product(&ProductCommand::Edit(ProductEdit {
            price: Some(Amount::new(-1)),
            ..ProductEdit::default()
        })),
        Rule::OpeningStockOutOfRange => {
            let ProductCommand::Create(new) = samples().product(ProductCommandKind::Create) else {
                return None;
            };
            let context = product::DecisionContext { store: Some(&store), sku_taken: false };
            let new = ProductCommand::Create(NewProduct { on_hand: -1, ..new });
            product::decide(None, &context, &Actor::Operator, &new).err()
        }
        Rule::StockAboveLimit => {
            on_product(&ProductCommand::AdjustStock { delta: product::MAX_ON_HAND, comment: None })
        }
        Rule::UnfitTerms => {
            let Terms { tax: Some(tax), .. } = taxed() else { return None };
            let stepless = StoreEdit { tax: Some(Some(TaxTerms { step: 0, ..tax })), ..StoreEdit::default() };
            store::decide(Some(&store), true, &Actor::Operator, &StoreCommand::Edit(stepless)).err()
        }
        Rule::UnknownTaxClass => on_product(&ProductCommand::Edit(ProductEdit {
            tax_class: Some("reduced".parse().ok()),
            ..ProductEdit::default()
        })),
        Rule::UnknownShipping => {
            let drone = Place { shipping: "drone".parse().ok(), ..placement(&[(10, 1)]) };
            on_order(None, Actor::Guest(None), OrderCommand::Place(drone))
        }
        Rule::TooHeavy => {
            let sends = Store { shipping: vec![way_of_sending()], ..store.clone() };
            let heavy = [Product { weight_grams: Some(5_001), ..product(10, 5) }];
            let context = context(&sends, &heavy);
            order::decide(None, &context, &Actor::Operator, &place(&[(10, 1)]), NOW).err()
        }
        Rule::AdjustmentOutOfRange => adjusted(&placed(), discount(Value::Amount(Amount::ZERO))),
        Rule::TooManyAdjustments => {
            let once = after(
                &Actor::Operator,
                &context(&store, &products),
                &[place(&[(10, 1)]), OrderCommand::Adjust(Box::new(discount(Value::Amount(Amount::new(1)))))],
            );
            let adjustments = vec![once.adjustments[0].clone(); order::MAX_ADJUSTMENTS];
            let full = Order { adjustments, ..once };
            adjusted(&full, discount(Value::Amount(Amount::new(1))))
        }
        Rule::NothingToAdjust => {
            let free = [Product { price: Amount::ZERO, ..product(10, 5) }];
            let free = after(&Actor::Operator, &context(&store, &free), &[place(&[(10, 1)])]);
            adjusted(&free, discount(Value::Amount(Amount::new(1))))
        }
        Rule::UnknownAdjustment => {
            on_order(Some(&placed()), Actor::Operator, sample(OrderCommandKind::RemoveAdjustment))
        }
        Rule::DiscountAboveLimit => on_order(
            Some(&placed()),
            staff(Role::Clerk),
            OrderCommand::Adjust(Box::new(discount(Value::Amount(Amount::new(1))))),
        ),
        Rule::UnknownPaymentRule => {
            let barter = Place { payment: "barter".parse().ok(), ..placement(&[(10, 1)]) };
            on_order(None, Actor::Guest(None), OrderCommand::Place(barter))
        }
        Rule::PaymentOutOfRange => on_order(Some(&placed()), Actor::Operator, payment(0)),
        Rule::CurrencyMismatch => {
            let euro = Store { currency: "EUR".parse().ok()?, ..store.clone() };
            let placed = after(&Actor::Operator, &context(&euro, &products), &[place(&[(10, 1)])]);
            on_order(Some(&placed), Actor::Operator, payment(1))
        }
        Rule::NotYet => {
            let OrderCommand::RecordPayment(now) = payment(1) else { return None };
            let later = RecordPayment { paid_at: Some(NOW.plus_millis(1)), ..*now };
            on_order(Some(&placed()), Actor::Operator, OrderCommand::RecordPayment(Box::new(later)))
        }
        Rule::TooManyPayments => {
            let mut full = with_payments(&[1]);
            full.payments.attempts = vec![full.payments.attempts[0].clone(); order::MAX_PAYMENTS];
            on_order(Some(&full), Actor::Operator, payment(1))
        }
        Rule::TooManyRefunds => {
            let mut full = with_payments(&[1_001]);
            let refund =
                Refund { no: 1, payment: 1, amount: Amount::ZERO, credit: None, reason: RefundReason::Other };
            full.payments.refunds = vec![refund; order::MAX_REFUNDS];
            on_order(Some(&full), Actor::Operator, sample(OrderCommandKind::Refund))
        }
        Rule::UnknownPayment => on_order(Some(&with_payments(&[1_001])), Actor::Operator, refund(1, Some(2))),
        Rule::UnknownRefund => {
            on_order(Some(&placed()), Actor::Operator, sample(OrderCommandKind::SettleRefund))
        }
        Rule::NothingRefundable => on_order(Some(&with_payments(&[1_000])), Actor::Operator, refund(1, None)),
        Rule::RefundExceedsPayment => {
            on_order(Some(&with_payments(&[1_001])), Actor::Operator, refund(2, None))
        }
        Rule::RefundAboveLimit => {
            on_order(Some(&with_payments(&[1_001])), staff(Role::Clerk), refund(1, None))
        }
        Rule::WriteOffExceedsBalance => {
            on_order(Some(&with_payments(&[1_000])), Actor::Operator, sample(OrderCommandKind::WriteOff))
        }
        Rule::TotalBelowCredits => {
            let credit = Credit { no: 1, amount: Amount::new(1_000), reason: RefundReason::Goodwill };
            let mut given = with_payments(&[]);
            given.payments.credits = vec![credit];
            given.balance.credited = Amount::new(1_000);
            adjusted(&given, discount(Value::Amount(Amount::new(1))))
        }
        Rule::PaymentRuleNotMet | Rule::BalanceNotSettled | Rule::MoneyKept => {
            let (kind, road, last) = match rule {
                Rule::PaymentRuleNotMet => {
                    (PaymentKind::Prepaid, vec![OrderCommand::Confirm], OrderCommandKind::Start)
                }
                Rule::BalanceNotSettled => (
                    PaymentKind::Invoice,
                    vec![OrderCommand::Confirm, OrderCommand::Start],
                    OrderCommandKind::Complete,
                ),
                _ => (PaymentKind::Prepaid, vec![payment(1)], OrderCommandKind::Invalidate),
            };
            let paid = Store { payments: vec![way_of_paying(kind)], ..store.clone() };
            let context = context(&paid, &products);
            let road: Vec<OrderCommand> = std::iter::once(place(&[(10, 1)])).chain(road).collect();
            on_order(Some(&after(&Actor::Operator, &context, &road)), Actor::Operator, sample(last))
        }
        Rule::UnitsNotOpen => on_order(Some(&sent()), Actor::Operator, sample(OrderCommandKind::Plan)),
        Rule::UnitsOut => on_order(Some(&sent()), Actor::Operator, sample(OrderCommandKind::Cancel)),
        Rule::UnitsUndelivered => {
            on_order(Some(&sent()), Actor::Operator, sample(OrderCommandKind::Complete))
        }
        Rule::UnitsBackDiffer => {
            let context = context(&store, &products);
            let back = after(
                &Actor::Operator,
                &context,
                &[
                    place(&[(10, 1)]),
                    OrderCommand::Confirm,
                    sample(OrderCommandKind::Ship),
                    OrderCommandKind::Fail.probe_of(1)?,
                ],
            );
            let lines = Some(vec![order::UnitsBack { no: 1, restocked: 1, broken: 1 }]);
            on_order(Some(&back), Actor::Operator, OrderCommand::TakeBack { no: 1, lines, comment: None })
        }
        Rule::UnitsMoved => {
            let lines = Some(vec![LineUnits { no: 1, units: 1 }]);
            let cancel = OrderCommand::CancelLines { lines, reason: CancelReason::Other, comment: None };
            let less = after(&Actor::Operator, &context(&store, &products), &[place(&[(10, 2)]), cancel]);
            adjusted(&less, discount(Value::Amount(Amount::new(1))))
        }
        Rule::UnknownFulfillment => {
            on_order(Some(&placed()), Actor::Operator, sample(OrderCommandKind::Pick))
        }
        Rule::FulfillmentConflict => on_order(Some(&sent()), Actor::Operator, OrderCommand::Pick { no: 1 }),
        Rule::TooManyFulfillments => {
            let sent = sent();
            let fulfillments = vec![sent.fulfillments[0].clone(); order::MAX_FULFILLMENTS];
            let full = Order { fulfillments, units: [].into(), ..sent };
            on_order(Some(&full), Actor::Operator, sample(OrderCommandKind::Plan))
        }
        Rule::TooManyParcels => {
            let parcels = Some(vec![Parcel::default(); order::MAX_PARCELS + 1]);
            let carriage = Carriage { carrier: None, parcels };
            on_order(Some(&sent()), Actor::Operator, OrderCommand::Track { no: 1, carriage })
        }
        Rule::DeliveryTimeOutOfRange => {
            let at = Some(NOW.plus_millis(1));
            on_order(Some(&sent()), Actor::Operator, OrderCommand::Deliver { no: 1, at })
        }
        Rule::NoRole => on_member(
            &Actor::Operator,
            &MemberCommand::Edit(MemberEdit { roles: Some([].into()), ..MemberEdit::default() }),
        ),
        Rule::AmountOutOfRange => {
            let dear = [Product { price: Amount::new(MAX_TOTAL_MINOR_UNITS), ..product(10, 5) }];
            let context = context(&store, &dear);
            order::decide(None, &context, &Actor::Operator, &place(&[(10, 2)]), NOW).err()
        }
        Rule::Duplicate => on_order(Some(&placed()), Actor::Operator, place(&[(10, 1)])),
        Rule::StockBelowReserved => {
            let promised = Product { reserved: 5, id: ProductId::from_i64(10), ..product(10, 5) };
            let take = ProductCommand::AdjustStock { delta: -1, comment: None };
            product::decide(Some(&promised), &product::DecisionContext::default(), &Actor::Operator, &take)
                .err()
        }
        Rule::AccountDeactivated => {
            let (register, off) = (
                samples().customer(CustomerCommandKind::Register),
                samples().customer(CustomerCommandKind::Deactivate),
            );
            let opened = customer_after(None, &Actor::Anonymous, &register);
            let shut = customer_after(opened, &Actor::Operator, &off);
            let code = samples().customer(CustomerCommandKind::HandOutCode);
            customer::decide(shut.as_ref(), &nobody(), &Actor::Operator, &code).err()
        }
        Rule::AccountErased => {
            let register = samples().customer(CustomerCommandKind::Register);
            let opened = customer_after(None, &Actor::Anonymous, &register);
            let erased = customer_after(opened, &Actor::Operator, &CustomerCommand::Erase);
            let on = samples().customer(CustomerCommandKind::Activate);
            customer::decide(erased.as_ref(), &nobody(), &Actor::Operator, &on).err()
        }
        Rule::OpenOrders => {
            let register = samples().customer(CustomerCommandKind::Register);
            let opened = customer_after(None, &Actor::Anonymous, &register)?;
            let open_orders = [OpenOrder { id: placed().id, status: order::Status::Confirmed }];
            let context = customer::DecisionContext { open_orders: &open_orders, ..nobody() };
            let leave = |despite_open_orders| {
                let leave = CustomerCommand::RequestDeletion { despite_open_orders };
                customer::decide(Some(&opened), &context, &Actor::Customer(opened.id), &leave).err()
            };
            assert_eq!(leave(true), None);
            leave(false)
        }
        Rule::LastOwner => on_member(&Actor::Operator, &MemberCommand::Deactivate),
        Rule::OwnAccount => on_member(&staff(Role::Owner), &MemberCommand::ResetPassword),
        Rule::BeyondOwnRights => on_member(&staff(Role::Manager), &samples().member(MemberCommandKind::Edit)),
        Rule::CurrencyFixed => {
            let euro = StoreEdit { currency: "EUR".parse().ok(), ..StoreEdit::default() };
            store::decide(Some(&store), true, &Actor::Operator, &StoreCommand::Edit(euro)).err()
        }
        Rule::BatchCompleted => batch(1).settled(ItemOutcome::Succeeded, NOW).cancelled(NOW).err(),
        // What only the writer knows: versions, accounts, passwords, positions, histories. Its own tests meet these.
        Rule::VersionConflict
        | Rule::Inactive
        | Rule::InvalidCredentials
        | Rule::UnknownCustomer
        | Rule::PositionNotReached
        | Rule::BrokenHistory => None,
    }
}

/// An order of one piece, which costs 10.00, with these payments.
fn with_payments(amounts: &[i64]) -> Order {
    let (store, products) = (store(), [product(10, 5)]);
    let payments = amounts.iter().copied().map(payment);
    let road: Vec<OrderCommand> = std::iter::once(place(&[(10, 1)])).chain(payments).collect();
    after(&Actor::Operator, &context(&store, &products), &road)
}

fn refund(minor_units: i64, payment: Option<u32>) -> OrderCommand {
    let (amount, reason) = (money(minor_units), RefundReason::Other);
    OrderCommand::Refund(Box::new(IssueRefund { amount, credit: None, payment, reason, comment: None }))
}

/// An order of which everything has left.
fn sent() -> Order {
    let all = [place(&[(10, 1)]), OrderCommand::Confirm, samples().order(OrderCommandKind::Ship)];
    after(&Actor::Operator, &context(&store(), &[product(10, 5)]), &all)
}

/// What refuses this adjustment.
fn adjusted(order: &Order, adjust: Adjust) -> Option<Refusal> {
    let adjust = OrderCommand::Adjust(Box::new(adjust));
    order::decide(Some(order), &context(&store(), &[]), &Actor::Operator, &adjust, NOW).err()
}

/// Lines by their numbers, one piece of each product.
fn amend_lines(lines: &[(Option<u32>, i64)]) -> OrderCommand {
    let line = |&(no, product)| AmendedLine { no, product_id: ProductId::from_i64(product), quantity: 1 };
    let lines = Some(lines.iter().map(line).collect());
    OrderCommand::Amend(Amendment { lines, ..Amendment::default() })
}

/// On a product of which there are ten.
fn on_product(command: &ProductCommand) -> Option<Refusal> {
    let context = product::DecisionContext::default();
    product::decide(Some(&product(10, 10)), &context, &Actor::Operator, command).err()
}

/// On the only owner.
fn on_member(actor: &Actor, command: &MemberCommand) -> Option<Refusal> {
    let context = member::DecisionContext { email_taken: false, active_owners: 1 };
    member::decide(Some(&member(Role::Owner)), context, actor, command).err()
}

#[test]
fn every_refusal_is_met() {
    for rule in Rule::iter() {
        let is_the_writers = matches!(
            rule,
            Rule::VersionConflict
                | Rule::Inactive
                | Rule::InvalidCredentials
                | Rule::UnknownCustomer
                | Rule::PositionNotReached
                | Rule::BrokenHistory
        );
        let refusal = met(rule);
        assert_eq!(refusal.is_none(), is_the_writers, "{rule:?}");
        if let Some(refusal) = refusal {
            assert_eq!(Rule::from(&refusal), rule, "{refusal:?}");
        }
    }
}

#[test]
fn refusals_say_in_words_what_they_are_about() {
    let said = |refusal: Refusal| refusal.to_string();
    assert_eq!(said(Refusal::UnknownProduct(vec![0, 2])), "its store has no such product (line 1, 3)");
    assert_eq!(said(Refusal::Duplicate { field: "email" }), "another one has this email already");
    assert_eq!(said(Refusal::TooManyLines { most: 200 }), "an order has at most 200 lines");
}
