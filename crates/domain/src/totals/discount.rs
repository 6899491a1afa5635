//! What is taken off the lines of an order, and what stays of that when lines change.

use serde::{Deserialize, Serialize};

use super::{Rate, Terms, part, split};
use crate::money::Amount;

/// How much somebody wants to take off, or to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// So many minor units.
    Amount(Amount),
    /// Such a share.
    Rate(Rate),
}

/// A line from which something can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goods {
    /// Its number.
    pub line: u32,
    /// Its units.
    pub units: u32,
    /// What it costs after what has been taken off already.
    pub left: Amount,
}

/// What is taken off one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The number of the line.
    pub line: u32,
    /// The units that it is taken off. Further ones of the line, which came later, have no part in a fixed amount.
    pub units: u32,
    /// How much, together.
    pub amount: Amount,
}

/// The shares of these lines in a discount: of an amount by what they cost, of a rate each its own. Never more than a line costs.
#[must_use]
pub fn discount(value: Value, goods: &[Goods], terms: &Terms) -> Vec<Share> {
    let amounts = match value {
        Value::Rate(rate) => goods.iter().map(|goods| rated(rate, goods.left, terms)).collect(),
        Value::Amount(amount) => {
            let weights: Vec<Amount> = goods.iter().map(|goods| goods.left).collect();
            split(amount, &weights, terms.step())
        }
    };
    let share = |(goods, amount): (&Goods, Amount)| Share { line: goods.line, units: goods.units, amount };
    goods.iter().zip(amounts).map(share).collect()
}

/// What stays of a share when its line has become these goods. A rate stays a rate. Of an amount each unit keeps its own, and
/// none is spread anew over the others: units that go take theirs along, further ones get none.
#[must_use]
pub fn kept(share: Share, value: Value, goods: Goods, terms: &Terms) -> Share {
    let Goods { line, units, left } = goods;
    let (units, amount) = match value {
        _ if share.units == units => (units, share.amount),
        Value::Rate(rate) => (units, rated(rate, left, terms)),
        Value::Amount(_) => {
            let stay = share.units.min(units);
            (stay, part(share.amount, stay, share.units, terms.step()))
        }
    };
    Share { line, units, amount: amount.min(left) }
}

fn rated(rate: Rate, of: Amount, terms: &Terms) -> Amount {
    terms.share(rate, of).min(of)
}
