//! Lines are numbered for ever: which line an amendment means, and at which price.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

mod common;

use common::{NOW, ORDER, context, fold, place, product, store};
use ordervault_domain::access::Actor;
use ordervault_domain::aggregate::{Aggregate, Envelope, Stamp};
use ordervault_domain::id::ProductId;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{
    AmendedLine, Amendment, DuplicateKey, Line, Order, OrderCommand, OrderEvent, Totals, decide, stock_deltas,
};
use ordervault_domain::product::Product;
use ordervault_domain::refusal::{Refusal, Shortage};

/// Two products, the first at this price now.
fn products(price: i64) -> [Product; 2] {
    [Product { price: Amount::new(price), ..product(10, 10) }, product(11, 10)]
}

fn line(no: Option<u32>, product: i64, quantity: u32) -> AmendedLine {
    AmendedLine { no, product_id: ProductId::from_i64(product), quantity }
}

fn decided(order: Option<&Order>, price: i64, command: &OrderCommand) -> Result<Order, Refusal> {
    let (store, products) = (store(), products(price));
    let events = decide(order, &context(&store, &products), &Actor::Operator, command, NOW)?;
    Ok(fold(order.cloned(), &events, NOW).expect("an order"))
}

fn placed(lines: &[(i64, u32)]) -> Order {
    decided(None, 100, &place(lines)).expect("placed")
}

fn amended(order: &Order, price: i64, lines: &[AmendedLine]) -> Result<Order, Refusal> {
    let amendment = Amendment { lines: Some(lines.to_vec()), ..Amendment::default() };
    decided(Some(order), price, &OrderCommand::Amend(amendment))
}

/// Number, product, quantity and price of each line.
fn told(order: &Order) -> Vec<(u32, i64, u32, i64)> {
    let lines = order.lines.iter();
    lines.map(|line| (line.no, line.product_id.get(), line.quantity, line.unit_price.get())).collect()
}

#[test]
fn lines_of_one_product_at_different_prices_stay_apart() {
    let order = placed(&[(10, 1)]);
    assert_eq!(told(&order), [(1, 10, 1, 100)]);
    let order = amended(&order, 120, &[line(None, 10, 2), line(Some(1), 10, 1)]).expect("amended");
    assert_eq!(told(&order), [(1, 10, 1, 100), (2, 10, 2, 120)]);
    let order = amended(&order, 150, &[line(Some(2), 10, 3), line(Some(1), 10, 2)]).expect("amended");
    assert_eq!(told(&order), [(1, 10, 2, 100), (2, 10, 3, 120)]);
    assert_eq!(order.totals.subtotal, Amount::new(560));
    // The stock and the basket know products only.
    let held: Vec<_> = stock_deltas(None, &order).iter().map(|moved| moved.reserved).collect();
    assert_eq!(held, [5]);
    assert_eq!(DuplicateKey::of_order(&order), DuplicateKey::of_order(&placed(&[(10, 5)])));
}

#[test]
fn a_line_without_number_is_the_only_one_of_its_product_or_new() {
    let order = placed(&[(10, 1), (11, 1)]);
    let more = amended(&order, 120, &[line(None, 11, 2), line(None, 10, 4)]).expect("amended");
    assert_eq!(told(&more), [(1, 10, 4, 100), (2, 11, 2, 1_100)]);
    // The first of two takes the line, and so does the one that names it.
    let split = amended(&order, 120, &[line(None, 10, 1), line(None, 10, 2)]).expect("amended");
    assert_eq!(told(&split), [(1, 10, 1, 100), (3, 10, 2, 120)]);
    let split = amended(&order, 120, &[line(None, 10, 1), line(Some(1), 10, 2)]).expect("amended");
    assert_eq!(told(&split), [(1, 10, 2, 100), (3, 10, 1, 120)]);
    // Of two lines nobody knows which one is meant.
    let anew = amended(&split, 130, &[line(None, 10, 3)]).expect("amended");
    assert_eq!(told(&anew), [(4, 10, 3, 130)]);
}

#[test]
fn the_number_of_a_line_that_has_gone_is_not_given_again() {
    let order = placed(&[(10, 1), (11, 1)]);
    let order = amended(&order, 100, &[line(Some(1), 10, 1)]).expect("amended");
    assert_eq!((told(&order), order.last_line_no), (vec![(1, 10, 1, 100)], 2));
    let order = amended(&order, 100, &[line(Some(1), 10, 1), line(None, 11, 1)]).expect("amended");
    assert_eq!((told(&order), order.last_line_no), (vec![(1, 10, 1, 100), (3, 11, 1, 1_100)], 3));
}

#[test]
fn a_product_that_is_not_sold_any_more_stays_on_its_line() {
    let order = placed(&[(10, 2)]);
    let (store, mut products) = (store(), products(100));
    products[0].active = false;
    let decided = |lines: &[AmendedLine]| {
        let amendment = Amendment { lines: Some(lines.to_vec()), ..Amendment::default() };
        let command = OrderCommand::Amend(amendment);
        decide(Some(&order), &context(&store, &products), &Actor::Operator, &command, NOW)
    };
    assert_eq!(decided(&[line(Some(1), 10, 1)]).map(|events| events.len()), Ok(1));
    let more = decided(&[line(Some(1), 10, 1), line(None, 10, 1)]);
    assert_eq!(more, Err(Refusal::UnknownProduct(vec![1])));
}

#[test]
fn numbers_that_the_order_does_not_have_are_refused() {
    let order = placed(&[(10, 1), (11, 1)]);
    let order = amended(&order, 100, &[line(Some(2), 11, 1)]).expect("amended");
    let refused = |lines: &[AmendedLine]| amended(&order, 100, lines).map(|order| told(&order));
    assert_eq!(refused(&[line(Some(2), 11, 1), line(Some(1), 10, 1)]), Err(Refusal::UnknownLine { line: 1 }));
    assert_eq!(
        refused(&[line(Some(2), 11, 1), line(Some(2), 11, 1)]),
        Err(Refusal::LineNamedTwice { line: 1 })
    );
    assert_eq!(refused(&[line(Some(2), 10, 1)]), Err(Refusal::LineOfAnotherProduct { line: 0 }));
}

#[test]
fn what_is_short_is_told_by_the_places_of_the_request() {
    let order = placed(&[(10, 1), (11, 1)]);
    let short = amended(&order, 100, &[line(Some(2), 11, 99), line(Some(1), 10, 1)]);
    let product_id = ProductId::from_i64(11);
    let shortage = Shortage { line: 0, product_id, requested: 99, available: 10 + 1 };
    assert_eq!(short.map(|order| told(&order)), Err(Refusal::InsufficientStock(vec![shortage])));
}

/// What the events say is what counts; a history that numbers lines otherwise is none.
#[test]
fn a_history_that_uses_a_number_again_does_not_fit() {
    let order = placed(&[(10, 1), (11, 1)]);
    let order = amended(&order, 100, &[line(Some(1), 10, 1)]).expect("amended");
    let with = |numbers: &[u32]| {
        let lines = numbers.iter().map(|no| Line { no: *no, ..order.lines[0].clone() }).collect();
        let event = OrderEvent::Amended { lines: Some(lines), totals: order.totals };
        let stamp = Stamp { seq: order.version + 1, recorded_at: NOW, occurred_at: NOW };
        Order::apply(Some(order.clone()), ORDER.get(), &Envelope::of(event), stamp)
    };
    assert!(with(&[1, 3]).is_ok());
    for wrong in [&[2][..], &[3, 1], &[1, 1], &[0, 3]] {
        assert!(with(wrong).is_err(), "{wrong:?}");
    }
    // Those from before there were numbers count as they stand.
    let older = with(&[0, 0, 0]).expect("lines by their places");
    assert_eq!(
        (older.lines.iter().map(|line| line.no).collect::<Vec<_>>(), older.last_line_no),
        (vec![1, 2, 3], 3)
    );
    assert_eq!(Totals::of(&older.lines, Amount::ZERO).map(|totals| totals.total), Some(Amount::new(300)));
}
