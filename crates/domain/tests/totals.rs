//! What an order costs: the examples of the field, bounds, and random baskets against a model that counts in numbers of any size.
#![expect(clippy::unwrap_used, reason = "tests may")]

use std::collections::BTreeMap;

use num_bigint::BigInt;
use ordervault_domain::money::{Amount, MAX_TOTAL_MINOR_UNITS};
use ordervault_domain::totals::{
    Band, Goods, Rate, Rounding, Share, ShippingRule, TaxTerms, Terms, Value, discount, kept, part,
    rule_faults, split,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

fn rate(thousandths: u32) -> Rate {
    thousandths.try_into().unwrap()
}

fn terms(prices_include_tax: bool, rounding: Rounding, step: u32, standard: u32) -> Terms {
    let classes = BTreeMap::from([("standard".parse().unwrap(), rate(standard))]);
    let shipping_class = "standard".parse().unwrap();
    let tax = TaxTerms { prices_include_tax, rounding, step, classes, shipping_class };
    Terms { tax: Some(tax), shipping: None, payment: None }
}

fn amounts(minor_units: &[i64]) -> Vec<Amount> {
    minor_units.iter().copied().map(Amount::new).collect()
}

/// One basket with a fixed discount over all lines and a price of sending, taxed as the first line.
struct Example {
    terms: Terms,
    /// Price, units, rate.
    lines: [(i64, u32, u32); 2],
    discount: i64,
    shipping: i64,
    /// Of each line: total, discount, tax, amount.
    told: [[i64; 4]; 2],
    tax: i64,
    total: i64,
    /// What goes with the units of the first line, one by one.
    one_by_one: [i64; 3],
}

/// In the currencies of three places: cents with tax included, no cents, tax on top.
#[test]
fn three_baskets_of_the_field() {
    let examples = [
        Example {
            terms: terms(true, Rounding::HalfEven, 1, 19_000),
            lines: [(1_999, 3, 19_000), (500, 1, 7_000)],
            discount: 1_000,
            shipping: 490,
            told: [[5_997, 923, 810, 5_074], [500, 77, 28, 423]],
            tax: 916,
            total: 5_987,
            one_by_one: [1_691, 1_691, 1_692],
        },
        Example {
            terms: terms(true, Rounding::HalfEven, 100, 5_000),
            lines: [(199_900, 3, 5_000), (50_000, 1, 5_000)],
            discount: 10_000,
            shipping: 8_000,
            told: [[599_700, 9_200, 28_100, 590_500], [50_000, 800, 2_300, 49_200]],
            tax: 30_800,
            total: 647_700,
            one_by_one: [196_800, 196_800, 196_900],
        },
        Example {
            terms: terms(false, Rounding::HalfEven, 1, 8_875),
            lines: [(1_999, 3, 8_875), (500, 1, 0)],
            discount: 1_000,
            shipping: 490,
            told: [[5_997, 923, 450, 5_524], [500, 77, 0, 423]],
            tax: 493,
            total: 6_480,
            one_by_one: [1_841, 1_841, 1_842],
        },
    ];
    for Example { terms, lines, discount: off, shipping, told, tax, total, one_by_one } in examples {
        let goods: Vec<Goods> = (1..)
            .zip(lines)
            .map(|(line, (price, units, _))| Goods {
                line,
                units,
                left: Amount::new(price * i64::from(units)),
            })
            .collect();
        let shares = discount(Value::Amount(Amount::new(off)), &goods, &terms);
        let (mut sum, mut taxes) = (0, 0);
        for ((goods, share), ((_, _, line_rate), told)) in
            goods.iter().zip(&shares).zip(lines.iter().zip(told))
        {
            let net = Amount::new(goods.left.get() - share.amount.get());
            let taxed = terms.taxed(net, rate(*line_rate));
            let amount = net.get() + taxed.added_tax.get();
            assert_eq!([goods.left.get(), share.amount.get(), taxed.tax.get(), amount], told);
            (sum, taxes) = (sum + amount, taxes + taxed.tax.get());
        }
        let sent = terms.taxed(Amount::new(shipping), terms.shipping_rate());
        assert_eq!(taxes + sent.tax.get(), tax);
        assert_eq!(sum + shipping + sent.added_tax.get(), total);
        let first = Amount::new(told[0][3]);
        let steps = (0..3).map(|units| {
            part(first, units + 1, 3, terms.step()).get() - part(first, units, 3, terms.step()).get()
        });
        assert_eq!(steps.collect::<Vec<_>>(), one_by_one);
    }
}

#[test]
fn what_lies_in_the_middle_is_rounded_as_the_terms_say() {
    use Rounding::{HalfEven, HalfUp};
    for (rounding, numerator, step, nearest) in [
        (HalfEven, 5, 1, 0),
        (HalfEven, 15, 1, 2),
        (HalfEven, 25, 1, 2),
        (HalfEven, 26, 1, 3),
        (HalfUp, 5, 1, 1),
        (HalfUp, 15, 1, 2),
        (HalfUp, 25, 1, 3),
        (HalfUp, 24, 1, 2),
        (HalfEven, 500, 100, 0),
        (HalfEven, 1_500, 100, 200),
        (HalfUp, 500, 100, 100),
        (HalfUp, 499, 100, 0),
    ] {
        assert_eq!(
            rounding.nearest(numerator, 10, step),
            Amount::new(nearest),
            "{rounding} {numerator} {step}"
        );
    }
}

#[test]
fn no_share_is_above_its_weight_whatever_the_step() {
    for (wanted, weights, step, shares) in [
        // Without the bound the second would get a hundred.
        (150, &[100, 50][..], 100, &[100, 50][..]),
        (1_000, &[60, 60], 100, &[60, 60]),
        (100, &[1, 1, 1], 1, &[1, 1, 1]),
        (2, &[1, 1, 1], 1, &[1, 1, 0]),
        (100, &[0, 0], 1, &[0, 0]),
        (7, &[], 1, &[]),
        (0, &[5], 1, &[0]),
        (MAX_TOTAL_MINOR_UNITS, &[MAX_TOTAL_MINOR_UNITS, 1], 1, &[MAX_TOTAL_MINOR_UNITS - 1, 1]),
    ] {
        assert_eq!(
            split(Amount::new(wanted), &amounts(weights), step),
            amounts(shares),
            "{wanted} {weights:?}"
        );
    }
}

#[test]
fn units_that_go_take_their_part_of_a_discount_along() {
    let terms = Terms::default();
    let share = |units, amount| Share { line: 1, units, amount: Amount::new(amount) };
    let goods = |units, left| Goods { line: 1, units, left: Amount::new(left) };
    let (off, half) = (Value::Amount(Amount::new(1_000)), Value::Rate(rate(50_000)));
    for (had, value, goods, stays) in [
        (share(3, 1_000), off, goods(3, 9_000), share(3, 1_000)),
        (share(3, 1_000), off, goods(2, 6_000), share(2, 666)),
        // Further units have no part in an amount, and those that go are the further ones.
        (share(3, 1_000), off, goods(5, 15_000), share(3, 1_000)),
        (share(3, 1_000), half, goods(5, 15_001), share(5, 7_500)),
        (share(3, 1_000), half, goods(2, 6_000), share(2, 3_000)),
        // Never below nothing.
        (share(3, 1_000), off, goods(2, 600), share(2, 600)),
    ] {
        assert_eq!(kept(had, value, goods, &terms), stays, "{had:?} {goods:?}");
    }
}

#[test]
fn sending_costs_by_weight_and_nothing_from_a_price_on() {
    let rule = ShippingRule {
        code: "home".parse().unwrap(),
        name: "Home".into(),
        price: Amount::new(9),
        free_above: Some(Amount::new(1_000)),
        bands: [(500, 80), (2_000, 120)]
            .map(|(max_grams, price)| Band { max_grams, price: Amount::new(price) })
            .into(),
    };
    let plain = ShippingRule { bands: vec![], ..rule.clone() };
    for (rule, goods, grams, price) in [
        (&rule, 999, 0, Some(80)),
        (&rule, 999, 500, Some(80)),
        (&rule, 999, 501, Some(120)),
        (&rule, 1_000, 501, Some(0)),
        (&rule, 1_000, 2_001, None),
        (&plain, 999, u64::MAX, Some(9)),
        (&plain, 1_000, 1, Some(0)),
    ] {
        assert_eq!(rule.price(Amount::new(goods), grams).map(Amount::get), price, "{goods} {grams}");
    }
    let faults = |rules: &[ShippingRule]| {
        let faults = rule_faults(rules).into_iter();
        faults.map(|fault| format!("{} {}", fault.pointer, fault.rule)).collect::<Vec<_>>().join(", ")
    };
    let light = |max_grams, price| Band { max_grams, price: Amount::new(price) };
    assert_eq!(faults(std::slice::from_ref(&rule)), "");
    assert_eq!(faults(&[rule.clone(), plain.clone()]), "/1/code duplicate");
    let bad = ShippingRule {
        name: " ".into(),
        price: Amount::new(-1),
        free_above: Some(Amount::new(-1)),
        bands: vec![light(5, 1), light(5, -1), light(0, 1)],
        ..plain
    };
    assert_eq!(
        faults(&[bad]),
        "/0/name not-a-name, /0/price amount-out-of-range, /0/free_above amount-out-of-range, /0/bands not-ascending, \
         /0/bands/1/price amount-out-of-range, /0/bands/2/max_grams out-of-range"
    );
}

#[test]
fn terms_say_what_is_wrong_with_them() {
    let Terms { tax: Some(good), .. } = terms(true, Rounding::HalfUp, 1, 19_000) else { unreachable!() };
    assert_eq!(good.faults(), []);
    let bad = TaxTerms {
        step: 0,
        classes: BTreeMap::from([("reduced".parse().unwrap(), rate(1))]),
        ..good.clone()
    };
    let faults: Vec<String> =
        bad.faults().into_iter().map(|fault| format!("{} {}", fault.pointer, fault.rule)).collect();
    assert_eq!(
        faults,
        ["/classes standard-class-missing", "/shipping_class unknown-tax-class", "/step out-of-range"]
    );
    assert_eq!(Rate::try_from(100_000).map(Rate::get), Ok(100_000));
    assert!(Rate::try_from(100_001).is_err());
    // A class that has gone is taxed as what says no other.
    assert_eq!(good.rate("gone".parse().ok().as_ref()), rate(19_000));
}

/// One basket: how it is computed, its lines and its discounts.
#[derive(Clone, Debug)]
struct Basket {
    prices_include_tax: bool,
    rounding: Rounding,
    step: u32,
    /// Price, units, rate.
    lines: Vec<(i64, u32, u32)>,
    discounts: Vec<Value>,
    /// Price and rate of sending.
    shipping: (i64, u32),
}

fn any_basket() -> impl Strategy<Value = Basket> {
    let price = || prop_oneof![3 => 0..100_000_i64, 1 => 0..MAX_TOTAL_MINOR_UNITS / 1_000];
    let any_rate = || prop_oneof![3 => prop::sample::select(vec![0, 5_000, 7_000, 8_875, 19_000, 25_500]), 1 => 0..=100_000_u32];
    let off = prop_oneof![
        price().prop_map(|amount| Value::Amount(Amount::new(amount))),
        any_rate().prop_map(|thousandths| Value::Rate(rate(thousandths)))
    ];
    let rounding = prop::sample::select(vec![Rounding::HalfEven, Rounding::HalfUp]);
    (
        any::<bool>(),
        rounding,
        prop::sample::select(vec![1_u32, 5, 10, 100, 1_000]),
        vec((price(), 1..100_u32, any_rate()), 1..8),
        vec(off, 0..4),
        (price(), any_rate()),
    )
        .prop_map(|(prices_include_tax, rounding, step, lines, discounts, shipping)| Basket {
            prices_include_tax,
            rounding,
            step,
            lines,
            discounts,
            shipping,
        })
}

/// Of each line discount, tax and amount; tax and added tax of sending.
type Told = (Vec<[i64; 3]>, [i64; 2]);

fn computed(basket: &Basket) -> Told {
    let terms = terms(basket.prices_include_tax, basket.rounding, basket.step, basket.shipping.1);
    let mut goods: Vec<Goods> = (1..)
        .zip(&basket.lines)
        .map(|(line, (price, units, _))| Goods {
            line,
            units: *units,
            left: Amount::new(price * i64::from(*units)),
        })
        .collect();
    let mut off = vec![0; goods.len()];
    for value in &basket.discounts {
        for (place, share) in discount(*value, &goods, &terms).into_iter().enumerate() {
            off[place] += share.amount.get();
            goods[place].left = Amount::new(goods[place].left.get() - share.amount.get());
        }
    }
    let lines = goods.iter().zip(&basket.lines).zip(off).map(|((goods, (_, _, line_rate)), off)| {
        let taxed = terms.taxed(goods.left, rate(*line_rate));
        [off, taxed.tax.get(), goods.left.get() + taxed.added_tax.get()]
    });
    let sent = terms.taxed(Amount::new(basket.shipping.0), terms.shipping_rate());
    (lines.collect(), [sent.tax.get(), sent.added_tax.get()])
}

/// The same by another way: in numbers of any size, twice the fraction instead of its remainder, one step after another.
fn modelled(basket: &Basket) -> Told {
    let step = BigInt::from(basket.step);
    let nearest = |numerator: BigInt, denominator: BigInt| -> BigInt {
        let (doubled, divisor) = (numerator * 2, denominator * &step);
        let below = &doubled / (&divisor * 2);
        let middle = (&below * 2 + 1) * &divisor;
        let is_up = doubled > middle
            || doubled == middle && (basket.rounding == Rounding::HalfUp || &below % 2 == BigInt::from(1));
        (below + i32::from(is_up)) * &step
    };
    let tax = |net: &BigInt, thousandths: u32| {
        let base = if basket.prices_include_tax { 100_000 + thousandths } else { 100_000 };
        nearest(net * thousandths, base.into())
    };
    let mut left: Vec<BigInt> =
        basket.lines.iter().map(|(price, units, _)| BigInt::from(*price) * units).collect();
    let whole = left.clone();
    for value in &basket.discounts {
        match value {
            Value::Rate(rate) => {
                for left in &mut left {
                    let off = nearest(&*left * rate.get(), 100_000.into()).min(left.clone());
                    *left -= off;
                }
            }
            Value::Amount(amount) => {
                let sum: BigInt = left.iter().sum();
                let wanted = BigInt::from(amount.get()).min(sum.clone());
                if sum == BigInt::ZERO {
                    continue;
                }
                let divisor = &sum * &step;
                let floors: Vec<BigInt> =
                    left.iter().map(|weight| &wanted * weight / &divisor * &step).collect();
                let mut shares = floors.clone();
                let mut waiting: Vec<usize> = vec![];
                while shares.iter().sum::<BigInt>() < wanted {
                    if waiting.is_empty() {
                        waiting = (0..left.len()).collect();
                    }
                    // The largest fraction beyond its floor, the first of equal ones.
                    let beyond = |place: &usize| &wanted * &left[*place] - &floors[*place] * &sum;
                    let best = waiting.iter().map(beyond).max().unwrap();
                    let next = waiting.iter().position(|place| beyond(place) == best).unwrap();
                    let place = waiting.remove(next);
                    let open = &wanted - shares.iter().sum::<BigInt>();
                    let room = &left[place] - &shares[place];
                    shares[place] += step.clone().min(open).min(room);
                }
                left.iter_mut().zip(shares).for_each(|(left, share)| *left -= share);
            }
        }
    }
    let small = |number: BigInt| i64::try_from(number).unwrap();
    let lines = whole.into_iter().zip(left).zip(&basket.lines).map(|((whole, left), (_, _, thousandths))| {
        let tax = tax(&left, *thousandths);
        let amount = if basket.prices_include_tax { left.clone() } else { &left + &tax };
        [small(whole - left), small(tax), small(amount)]
    });
    let sent = small(tax(&basket.shipping.0.into(), basket.shipping.1));
    (lines.collect(), [sent, if basket.prices_include_tax { 0 } else { sent }])
}

/// `PROPTEST_CASES=1000000` makes it a long one.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test may be told by the environment how long to go on")]
fn random_baskets_cost_what_a_model_of_any_size_says() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(50_000);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let law = |basket: Basket| {
        let (lines, shipping) = computed(&basket);
        prop_assert_eq!((&lines, shipping), (&modelled(&basket).0, modelled(&basket).1));
        for ([off, tax, amount], (price, units, _)) in lines.iter().zip(&basket.lines) {
            let total = price * i64::from(*units);
            prop_assert!((0..=total).contains(off) && *tax >= 0 && *amount >= 0);
            // Whichever way its units go, they go for exactly what the line costs.
            let cut = units / 2;
            let first = part(Amount::new(*amount), cut, *units, basket.step);
            prop_assert!((0..=*amount).contains(&first.get()) && first.get() % i64::from(basket.step) == 0);
            prop_assert_eq!(part(Amount::new(*amount), *units, *units, basket.step).get(), *amount);
        }
        Ok(())
    };
    if let Err(failure) = TestRunner::new(config).run(&any_basket(), law) {
        panic!("{failure}");
    }
}
