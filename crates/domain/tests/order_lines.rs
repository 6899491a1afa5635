//! Lines are numbered for ever: which line an amendment means, and at which price.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use common::{NOW, ORDER, context, fold, place, product, store};
use ordervault_domain::access::Actor;
use ordervault_domain::aggregate::{Aggregate, Envelope, Stamp};
use ordervault_domain::id::ProductId;
use ordervault_domain::money::{Amount, Money};
use ordervault_domain::order::{
    AmendedLine, Amendment, DuplicateKey, Line, MAX_LINES, Order, OrderCommand, OrderEvent, Totals, decide,
    stock_deltas,
};
use ordervault_domain::product::Product;
use ordervault_domain::refusal::{Refusal, Shortage};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Two products, the first at this price now.
fn products(price: i64) -> [Product; 2] {
    [Product { price: Amount::new(price), ..product(10, 1_000) }, product(11, 10)]
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
    assert_eq!(told(&order), [(1, 10, 1, 100), (2, 10, 2, 120), (3, 10, 1, 150), (4, 10, 1, 150)]);
    assert_eq!(order.totals.subtotal, Amount::new(640));
    // The stock and the basket know products only.
    let held: Vec<_> = stock_deltas(None, &order).iter().map(|moved| moved.reserved).collect();
    assert_eq!(held, [5]);
    assert_eq!(DuplicateKey::of_order(&order), DuplicateKey::of_order(&placed(&[(10, 5)])));
}

#[test]
fn further_pieces_come_in_at_todays_price_and_those_that_are_there_keep_theirs() {
    let order = placed(&[(10, 2)]);
    for more in [line(None, 10, 5), line(Some(1), 10, 5)] {
        let dearer = amended(&order, 120, &[more]).expect("amended");
        assert_eq!(told(&dearer), [(1, 10, 2, 100), (2, 10, 3, 120)]);
        // As it is already.
        assert_eq!(told(&amended(&dearer, 120, &[more]).expect("amended")), told(&dearer));
        // At the price of a line they go onto that line.
        let same = amended(&order, 100, &[more]).expect("amended");
        assert_eq!(told(&same), [(1, 10, 5, 100)]);
    }
    let dearer = amended(&order, 120, &[line(None, 10, 5)]).expect("amended");
    let more = amended(&dearer, 120, &[line(None, 10, 9)]).expect("amended");
    assert_eq!(told(&more), [(1, 10, 2, 100), (2, 10, 7, 120)]);
    // Of fewer the older stay, and at another price nothing becomes dearer.
    let fewer = amended(&dearer, 999, &[line(None, 10, 3)]).expect("amended");
    assert_eq!(told(&fewer), [(1, 10, 2, 100), (2, 10, 1, 120)]);
}

#[test]
fn a_product_of_another_title_is_a_line_of_its_own() {
    let order = placed(&[(10, 1)]);
    let (store, mut products) = (store(), products(100));
    products[0].title = "Smaller bags".into();
    let amendment = Amendment { lines: Some(vec![line(Some(1), 10, 2)]), ..Amendment::default() };
    let events = decide(
        Some(&order),
        &context(&store, &products),
        &Actor::Operator,
        &OrderCommand::Amend(amendment),
        NOW,
    );
    let order = fold(Some(order), &events.expect("amended"), NOW).expect("an order");
    let titles: Vec<_> = order.lines.iter().map(|line| (line.no, line.title.as_str())).collect();
    assert_eq!(titles, [(1, "Product 10"), (2, "Smaller bags")]);
}

#[test]
fn lines_that_would_become_too_many_are_refused() {
    let order = placed(&[(10, 1); MAX_LINES]);
    let named: Vec<_> = (1..).zip(&order.lines).map(|(no, _)| line(Some(no), 10, 1)).collect();
    assert_eq!(amended(&order, 120, &named).map(|order| order.lines.len()), Ok(MAX_LINES));
    let more: Vec<_> = named.iter().map(|line| AmendedLine { quantity: 2, ..*line }).collect();
    assert_eq!(amended(&order, 120, &more), Err(Refusal::TooManyLines { most: MAX_LINES }));
}

#[test]
fn whoever_expects_another_total_changes_nothing() {
    let order = placed(&[(10, 1)]);
    let ask = |amount, currency: &str, lines: Option<Vec<AmendedLine>>| {
        let expected_total =
            Some(Money { amount: Amount::new(amount), currency: currency.parse().expect("a currency") });
        let amendment = Amendment { lines, note: Some("new".into()), expected_total, ..Amendment::default() };
        decided(Some(&order), 120, &OrderCommand::Amend(amendment)).map(|order| order.totals.total.get())
    };
    let total = |amount| Money { amount: Amount::new(amount), currency: store().currency };
    let more = || Some(vec![line(None, 10, 2)]);
    assert_eq!(ask(220, "TWD", more()), Ok(220));
    assert_eq!(ask(100, "TWD", None), Ok(100));
    for (amount, currency) in [(200, "TWD"), (0, "TWD"), (220, "JPY")] {
        let expected = Money { amount: Amount::new(amount), currency: currency.parse().expect("a currency") };
        let refused = Err(Refusal::PriceChanged { expected, total: total(220) });
        assert_eq!(ask(amount, currency, more()), refused);
    }
}

proptest! {
    /// Whatever is asked for: pieces at another price than today's only become fewer, so do those of what is not sold any
    /// more, and there are as many of each product as were asked for.
    #[test]
    fn nothing_is_sold_at_a_price_of_old(
        ordered in vec((10..12_i64, 1..4_u32), 1..4),
        amendments in vec((vec((option::weighted(0.4, 1..7_u32), 10..12_i64, 1..6_u32), 1..4), 1..4_i64, any::<bool>()), 1..6),
    ) {
        let store = store();
        let mut order = placed(&ordered);
        for (lines, price, active) in amendments {
            let mut products = products(100 * price);
            products[0].active = active;
            products[1].on_hand = 1_000;
            let lines: Vec<_> = lines.iter().map(|&(no, product, quantity)| line(no, product, quantity)).collect();
            let amendment = Amendment { lines: Some(lines.clone()), ..Amendment::default() };
            let command = OrderCommand::Amend(amendment);
            let Ok(events) = decide(Some(&order), &context(&store, &products), &Actor::Operator, &command, NOW) else {
                continue;
            };
            let after = fold(Some(order.clone()), &events, NOW).expect("an order");
            let pieces = |order: &Order, product: &Product, price: Option<Amount>| -> u32 {
                let of_it = order.lines.iter().filter(|line| line.product_id == product.id);
                of_it.filter(|line| price.is_none_or(|price| line.unit_price == price)).map(|line| line.quantity).sum()
            };
            for product in &products {
                for price in order.lines.iter().chain(&after.lines).map(|line| line.unit_price) {
                    if price != product.price || !product.active {
                        prop_assert!(pieces(&after, product, Some(price)) <= pieces(&order, product, Some(price)));
                    }
                }
                let asked: u32 = lines.iter().filter(|line| line.product_id == product.id).map(|line| line.quantity).sum();
                prop_assert_eq!(pieces(&after, product, None), asked);
            }
            order = after;
        }
    }
}

#[test]
fn a_line_without_number_is_those_of_its_product_or_new() {
    let order = placed(&[(10, 1), (11, 1)]);
    let more = amended(&order, 120, &[line(None, 11, 2), line(None, 10, 4)]).expect("amended");
    assert_eq!(told(&more), [(1, 10, 1, 100), (2, 11, 2, 1_100), (3, 10, 3, 120)]);
    // The first of two takes the line, and so does the one that names it.
    let split = amended(&order, 120, &[line(None, 10, 1), line(None, 10, 2)]).expect("amended");
    assert_eq!(told(&split), [(1, 10, 1, 100), (3, 10, 2, 120)]);
    let split = amended(&order, 120, &[line(None, 10, 1), line(Some(1), 10, 2)]).expect("amended");
    assert_eq!(told(&split), [(1, 10, 1, 100), (3, 10, 1, 120), (4, 10, 1, 120)]);
    // Of two lines both are meant.
    let both = amended(&split, 130, &[line(None, 10, 3)]).expect("amended");
    assert_eq!(told(&both), told(&split));
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
    let decided = |products: &[Product], lines: &[AmendedLine]| {
        let amendment = Amendment { lines: Some(lines.to_vec()), ..Amendment::default() };
        let command = OrderCommand::Amend(amendment);
        decide(Some(&order), &context(&store, products), &Actor::Operator, &command, NOW)
    };
    assert_eq!(decided(&products, &[line(Some(1), 10, 1)]).map(|events| events.len()), Ok(1));
    for more in [&[line(Some(1), 10, 1), line(None, 10, 1)][..], &[line(None, 11, 1), line(Some(1), 10, 3)]] {
        assert_eq!(decided(&products, more), Err(Refusal::NotSold(vec![1])));
    }
    products[1].active = false;
    assert_eq!(
        decided(&products, &[line(Some(1), 10, 1), line(None, 11, 1)]),
        Err(Refusal::UnknownProduct(vec![1]))
    );
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
        let event = OrderEvent::Amended { lines: Some(lines), adjustments: None, totals: order.totals };
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
    assert_eq!(
        Totals::of(&older.lines, &[], Amount::ZERO, &older.terms).map(|totals| totals.total),
        Some(Amount::new(300))
    );
}
