//! What orders cost by the terms of their store, and what discounts, fees and amendments do to that.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use common::{CUSTOMER, NOW, context, discount, fold, place, placement, product, staff, store, taxed};
use ordervault_domain::access::{Actor, Permission, Role};
use ordervault_domain::id::ProductId;
use ordervault_domain::money::{Amount, Money};
use ordervault_domain::order::{
    Adjust, AdjustmentKind, AmendedLine, Amendment, Order, OrderCommand, Place, Status, actions, decide,
};
use ordervault_domain::product::Product;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::{Policy, Store};
use ordervault_domain::totals::{Rate, Rounding, ShippingRule, TaxTerms, Terms, Value};

/// A shop with cents: 19 % and 7 %, in the prices or not; sending costs 4.90, and nothing from 100.00 on.
fn shop(prices_include_tax: bool) -> Store {
    let code = |text: &str| text.parse().expect("a code");
    let classes = [("standard", 19_000), ("reduced", 7_000)];
    let tax = TaxTerms {
        prices_include_tax,
        rounding: Rounding::HalfEven,
        step: 1,
        classes: classes.map(|(class, rate)| (code(class), thousandths(rate))).into(),
        shipping_class: code("standard"),
    };
    let rule = |name: &str, price| ShippingRule {
        code: code(name),
        name: name.into(),
        price: Amount::new(price),
        free_above: Some(Amount::new(10_000)),
        bands: vec![],
    };
    Store {
        tax: Some(tax),
        shipping: vec![rule("home", 490), rule("express", 990)],
        policy: Policy { discount_limit: Some(thousandths(10_000)), ..Policy::default() },
        ..store()
    }
}

fn thousandths(rate: u32) -> Rate {
    rate.try_into().expect("a rate")
}

fn products() -> [Product; 2] {
    let reduced = "reduced".parse().ok();
    [
        Product { price: Amount::new(1_999), ..product(10, 1_000) },
        Product { price: Amount::new(500), tax_class: reduced, ..product(11, 1_000) },
    ]
}

fn by(actor: &Actor, store: &Store, order: Option<&Order>, command: &OrderCommand) -> Result<Order, Refusal> {
    let products = products();
    let events = decide(order, &context(store, &products), actor, command, NOW)?;
    Ok(fold(order.cloned(), &events, NOW).expect("an order"))
}

fn operator(store: &Store, order: Option<&Order>, command: &OrderCommand) -> Result<Order, Refusal> {
    by(&Actor::Operator, store, order, command)
}

fn placed(store: &Store) -> Order {
    operator(store, None, &place(&[(10, 3), (11, 1)])).expect("placed")
}

fn adjust(adjust: Adjust) -> OrderCommand {
    OrderCommand::Adjust(Box::new(adjust))
}

fn off(value: Value) -> OrderCommand {
    adjust(discount(value))
}

fn amount(minor_units: i64) -> Value {
    Value::Amount(Amount::new(minor_units))
}

fn fee(minor_units: i64) -> OrderCommand {
    adjust(Adjust { kind: AdjustmentKind::Fee, ..discount(amount(minor_units)) })
}

fn amend(quantities: &[(i64, u32)]) -> OrderCommand {
    let line =
        |&(product, quantity)| AmendedLine { no: None, product_id: ProductId::from_i64(product), quantity };
    let lines = Some(quantities.iter().map(line).collect());
    OrderCommand::Amend(Amendment { lines, ..Amendment::default() })
}

/// Of each line discount, tax and amount; then sending, fees, tax and total of the order.
fn told(order: &Order) -> (Vec<[i64; 3]>, [i64; 4]) {
    let line =
        |line: &ordervault_domain::order::Line| [line.discount, line.tax, line.amount()].map(Amount::get);
    let totals = order.totals;
    let sums = [totals.shipping_total, totals.fee_total, totals.tax_total, totals.total];
    (order.lines.iter().map(line).collect(), sums.map(Amount::get))
}

#[test]
fn tax_is_in_the_prices_or_on_top_of_them() {
    let included = placed(&shop(true));
    assert_eq!(told(&included), (vec![[0, 958, 5_997], [0, 33, 500]], [490, 0, 1_069, 6_987]));
    let added = placed(&shop(false));
    assert_eq!(told(&added), (vec![[0, 1_139, 7_136], [0, 35, 535]], [490, 0, 1_267, 8_254]));
    let untaxed = placed(&store());
    assert_eq!(told(&untaxed), (vec![[0, 0, 5_997], [0, 0, 500]], [0, 0, 0, 6_497]));
    assert!(untaxed.terms.is_default());
}

#[test]
fn an_order_is_sent_as_its_buyer_wishes_or_in_the_usual_way() {
    let store = shop(true);
    let sent = |shipping: Option<&str>, lines: &[(i64, u32)]| {
        let place = Place { shipping: shipping.and_then(|code| code.parse().ok()), ..placement(lines) };
        let order = operator(&store, None, &OrderCommand::Place(place))?;
        Ok(order.totals.shipping_total.get())
    };
    assert_eq!(sent(None, &[(10, 1)]), Ok(490));
    assert_eq!(sent(Some("express"), &[(10, 1)]), Ok(990));
    assert_eq!(sent(Some("express"), &[(10, 6)]), Ok(0));
    assert_eq!(sent(Some("drone"), &[(10, 1)]), Err(Refusal::UnknownShipping));
}

#[test]
fn a_discount_is_shared_by_lines_and_stays_with_their_units() {
    let store = shop(true);
    let order = operator(&store, Some(&placed(&store)), &off(amount(1_000))).expect("adjusted");
    assert_eq!(told(&order), (vec![[923, 810, 5_074], [77, 28, 423]], [490, 0, 916, 5_987]));
    // A unit goes with its share; none of it is spread over the others. Further ones get none.
    let less = operator(&store, Some(&order), &amend(&[(10, 2), (11, 1)])).expect("amended");
    assert_eq!(told(&less).0, [[615, 540, 3_383], [77, 28, 423]]);
    let more = operator(&store, Some(&order), &amend(&[(10, 4), (11, 1)])).expect("amended");
    assert_eq!(told(&more).0, [[923, 1_129, 7_073], [77, 28, 423]]);
    let gone = operator(&store, Some(&order), &amend(&[(10, 3)])).expect("amended");
    assert_eq!(gone.adjustments[0].amount, Amount::new(923));
    // A rate stays a rate, of the lines that it was given for.
    let half = operator(&store, Some(&order), &off(Value::Rate(thousandths(50_000)))).expect("adjusted");
    assert_eq!(told(&half).0, [[923 + 2_537, 405, 2_537], [77 + 212, 14, 211]]);
    let more = operator(&store, Some(&half), &amend(&[(10, 4), (11, 1)])).expect("amended");
    assert_eq!(told(&more).0[0], [923 + 3_536, 565, 3_537]);
    // Amended with what it is already: nothing to do.
    let same = operator(&store, Some(&half), &amend(&[(10, 3), (11, 1)])).expect("the same");
    assert_eq!(same, half);
}

#[test]
fn a_discount_takes_no_more_than_there_is() {
    let store = shop(true);
    let order = placed(&store);
    let all = operator(&store, Some(&order), &off(amount(1_000_000))).expect("adjusted");
    assert_eq!(told(&all), (vec![[5_997, 0, 0], [500, 0, 0]], [490, 0, 78, 490]));
    assert_eq!(operator(&store, Some(&all), &off(amount(1))), Err(Refusal::NothingToAdjust));
    for bad in [0, -1, 1_000_000_000_001] {
        let refused = operator(&store, Some(&order), &off(amount(bad)));
        assert_eq!(refused, Err(Refusal::AdjustmentOutOfRange), "{bad}");
    }
    let of = |lines: &[u32]| {
        let wanted = Adjust { lines: Some(lines.to_vec()), ..discount(amount(100)) };
        operator(&store, Some(&order), &adjust(wanted)).map(|order| told(&order).0)
    };
    assert_eq!(of(&[2]), Ok(vec![[0, 958, 5_997], [100, 26, 400]]));
    assert_eq!(of(&[2, 3]), Err(Refusal::UnknownLine { line: 1 }));
    assert_eq!(of(&[2, 1, 2]), Err(Refusal::LineNamedTwice { line: 2 }));
}

#[test]
fn dearer_only_while_nothing_is_promised() {
    let store = shop(true);
    let with_fee = operator(&store, Some(&placed(&store)), &fee(200)).expect("adjusted");
    assert_eq!(told(&with_fee).1, [490, 200, 1_069 + 32, 7_187]);
    let both = operator(&store, Some(&with_fee), &off(amount(1_000))).expect("adjusted");
    let confirmed = operator(&store, Some(&both), &OrderCommand::Confirm).expect("confirmed");
    let remove = |no| OrderCommand::RemoveAdjustment { no, comment: None };
    let conflict = Err(Refusal::StateConflict { current: Status::Confirmed });
    assert_eq!(operator(&store, Some(&confirmed), &fee(1)), conflict);
    assert_eq!(operator(&store, Some(&confirmed), &remove(2)), conflict);
    let cheaper = operator(&store, Some(&confirmed), &remove(1)).expect("without the fee");
    assert_eq!(told(&cheaper).1, [490, 0, 916, 5_987]);
    assert_eq!(operator(&store, Some(&cheaper), &remove(1)), Ok(cheaper.clone()));
    assert_eq!(operator(&store, Some(&cheaper), &remove(3)), Err(Refusal::UnknownAdjustment));
    let dearer = operator(&store, Some(&both), &remove(2)).expect("without the discount");
    assert_eq!(told(&dearer), told(&with_fee));
    // No number is given twice.
    let again = operator(&store, Some(&dearer), &off(amount(1))).expect("adjusted");
    assert_eq!(again.adjustments.iter().map(|one| one.no).collect::<Vec<_>>(), [1, 3]);
    let started = operator(&store, Some(&confirmed), &OrderCommand::Start).expect("started");
    let conflict = Err(Refusal::StateConflict { current: Status::Processing });
    assert_eq!(operator(&store, Some(&started), &off(amount(1))), conflict);
    assert_eq!(operator(&store, Some(&started), &remove(1)), conflict);
}

#[test]
fn clerks_give_discounts_up_to_what_the_store_says() {
    let store = shop(true);
    let clerk = staff(Role::Clerk);
    let order = placed(&store);
    // A tenth of 64.97, together.
    let first = by(&clerk, &store, Some(&order), &off(amount(600))).expect("adjusted");
    let above = Err(Refusal::DiscountAboveLimit { limit: thousandths(10_000) });
    assert_eq!(by(&clerk, &store, Some(&first), &off(amount(51))), above);
    assert!(by(&clerk, &store, Some(&first), &off(amount(50))).is_ok());
    assert!(by(&staff(Role::Manager), &store, Some(&first), &off(amount(51))).is_ok());
    let freely = Err(Refusal::Forbidden(Some(Permission::OrdersDiscountFreely)));
    assert_eq!(by(&clerk, &store, Some(&order), &fee(1)), freely);
    let lacking = Err(Refusal::Forbidden(Some(Permission::OrdersDiscount)));
    assert_eq!(by(&staff(Role::Warehouse), &store, Some(&order), &off(amount(1))), lacking);
    assert_eq!(
        by(&Actor::Customer(CUSTOMER), &store, Some(&order), &off(amount(1))),
        Err(Refusal::Forbidden(None))
    );
}

#[test]
fn no_setting_moves_the_money_of_an_order_that_is_placed() {
    let before = shop(true);
    let order = placed(&before);
    let Terms { tax, shipping, payment } = taxed();
    let (shipping, payments) = (shipping.into_iter().collect(), payment.into_iter().collect());
    let after = Store { tax, shipping, payments, ..shop(true) };
    for command in [amend(&[(10, 4), (11, 2)]), amend(&[(11, 1)]), off(amount(700)), fee(10)] {
        assert_eq!(
            operator(&after, Some(&order), &command),
            operator(&before, Some(&order), &command),
            "{command:?}"
        );
    }
}

#[test]
fn whoever_was_told_another_total_is_asked_again() {
    let store = shop(true);
    let order = placed(&store);
    let told = |amount| Some(Money { amount: Amount::new(amount), currency: store.currency });
    let wanted = |expected| adjust(Adjust { expected_total: told(expected), ..discount(amount(1_000)) });
    assert!(operator(&store, Some(&order), &wanted(5_987)).is_ok());
    let refused = operator(&store, Some(&order), &wanted(5_986));
    assert!(matches!(refused, Err(Refusal::PriceChanged { .. })));
}

#[test]
fn actions_say_whether_a_price_can_be_changed() {
    let store = shop(true);
    let products = products();
    let context = context(&store, &products);
    let blocked = |order: &Order, actor: &Actor| -> Vec<(String, Option<&str>)> {
        let actions = actions(order, &context, actor, NOW).into_iter();
        let of_price = actions.filter(|action| action.action.to_string().contains("adjust"));
        of_price.map(|action| (action.action.to_string(), action.blocked_by)).collect()
    };
    let order = placed(&store);
    let both = |adjust, remove| vec![("adjust".to_owned(), adjust), ("remove_adjustment".to_owned(), remove)];
    assert_eq!(blocked(&order, &staff(Role::Clerk)), both(None, Some("unknown-adjustment")));
    let adjusted = operator(&store, Some(&order), &off(amount(1))).expect("adjusted");
    assert_eq!(blocked(&adjusted, &staff(Role::Clerk)), both(None, None));
    let confirmed = operator(&store, Some(&adjusted), &OrderCommand::Confirm).expect("confirmed");
    assert_eq!(blocked(&confirmed, &Actor::Operator), both(None, Some("state-conflict")));
    assert_eq!(blocked(&order, &staff(Role::Auditor)), []);
    assert_eq!(blocked(&order, &Actor::Customer(CUSTOMER)), []);
}
