//! Amounts shared out and taken apart, so that the pieces add up to the whole.

use super::rounding::amount;
use crate::money::Amount;

/// Shares `wanted` out in proportion to `weights`: the bounded largest remainder. Each gets whole steps, rounded down; what is left
/// goes step by step to the largest remainders, of equal ones to the first. No share is greater than its weight, and together
/// they are `wanted`, or all the weights if these are less.
#[must_use]
pub fn split(wanted: Amount, weights: &[Amount], step: u32) -> Vec<Amount> {
    let weights: Vec<i128> = weights.iter().map(|weight| i128::from(weight.get().max(0))).collect();
    let (whole, step) = (weights.iter().sum::<i128>(), i128::from(step));
    let wanted = i128::from(wanted.get().max(0)).min(whole);
    if whole == 0 {
        return vec![Amount::ZERO; weights.len()];
    }
    let fraction = |weight: &i128| wanted * weight;
    let mut shares: Vec<i128> =
        weights.iter().map(|weight| fraction(weight) / (whole * step) * step).collect();
    let mut left = wanted - shares.iter().sum::<i128>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|place| std::cmp::Reverse(fraction(&weights[*place]) % (whole * step)));
    // A share that meets its bound leaves something for another round.
    while left > 0 {
        for place in &by_remainder {
            let more = step.min(left).min(weights[*place] - shares[*place]);
            shares[*place] += more;
            left -= more;
        }
    }
    shares.into_iter().map(amount).collect()
}

/// What belongs to the first `units` of `of` units that cost `whole` together, in whole steps: nothing for none of them, all for
/// all. So whoever takes units away in whatever portions, as the difference of two such parts, ends up with exactly `whole`.
#[must_use]
pub fn part(whole: Amount, units: u32, of: u32, step: u32) -> Amount {
    if units >= of {
        return whole;
    }
    let step = i128::from(step);
    amount(i128::from(whole.get()) * i128::from(units) / (i128::from(of) * step) * step)
}
