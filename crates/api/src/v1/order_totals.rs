//! How what an order costs comes about, as JSON: discounts, fees and tax.

use std::collections::BTreeMap;

use ordervault_domain::money::Amount;
use ordervault_domain::order::{Adjustment, AdjustmentKind, Line, Order};
use ordervault_domain::totals::{Rate, Value};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::MoneyBody;
use crate::names;

/// A discount or a fee.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Adjustment)]
pub(crate) struct AdjustmentBody {
    /// Its number within the order. No other one gets it, even when this one is taken away.
    #[schema(minimum = 1, example = 1)]
    pub no: u32,
    /// Less, or more?
    #[schema(value_type = names::AdjustmentKind)]
    pub kind: &'static str,
    /// Why.
    #[schema(value_type = names::AdjustReason)]
    pub reason: &'static str,
    /// What the customer showed for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "SPRING")]
    pub code: Option<String>,
    /// The share that was wanted, in thousandths of a percent. Left out: an amount was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>, nullable = false, minimum = 0, maximum = 100_000, example = 10_000)]
    pub rate: Option<Rate>,
    /// What a discount takes off each line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<ShareBody>,
    /// What it comes to.
    pub amount: MoneyBody,
    /// The tax in or on a fee.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tax: Option<MoneyBody>,
}

/// What a discount takes off a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AdjustmentShare)]
pub(crate) struct ShareBody {
    /// The number of the line.
    #[schema(minimum = 1, example = 1)]
    pub line: u32,
    /// How much.
    pub amount: MoneyBody,
}

/// The tax of one rate.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaxOfRate)]
pub(crate) struct TaxOfRateBody {
    /// The rate, in thousandths of a percent.
    #[schema(value_type = u32, minimum = 0, maximum = 100_000, example = 19_000)]
    pub rate: Rate,
    /// What is taxed so, after discounts, without the tax.
    pub base: MoneyBody,
    /// The tax.
    pub tax: MoneyBody,
}

/// How an order is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderShipping)]
pub(crate) struct OrderShippingBody {
    /// What the way is called in requests.
    #[schema(example = "home")]
    pub code: String,
    /// What people call it.
    #[schema(example = "宅配")]
    pub name: String,
}

impl OrderShippingBody {
    /// How this order is sent, if that is said.
    pub(crate) fn of(order: &Order) -> Option<Self> {
        let rule = order.terms.shipping.as_ref()?;
        Some(Self { code: rule.code.to_string(), name: rule.name.clone() })
    }
}

impl AdjustmentBody {
    /// Those of an order.
    pub(crate) fn of(order: &Order) -> Vec<Self> {
        order.adjustments.iter().map(|adjustment| Self::new(adjustment, order)).collect()
    }

    fn new(adjustment: &Adjustment, order: &Order) -> Self {
        let money = |amount| MoneyBody::new(amount, order.currency);
        Self {
            no: adjustment.no,
            kind: adjustment.kind.into(),
            reason: adjustment.reason.into(),
            code: adjustment.code.clone(),
            rate: match adjustment.value {
                Value::Rate(rate) => Some(rate),
                Value::Amount(_) => None,
            },
            shares: adjustment
                .shares
                .iter()
                .map(|share| ShareBody { line: share.line, amount: money(share.amount) })
                .collect(),
            amount: money(adjustment.amount),
            tax: (adjustment.kind == AdjustmentKind::Fee).then(|| money(adjustment.tax)),
        }
    }
}

impl TaxOfRateBody {
    /// The tax of an order by its rates; none where nothing is taxed.
    pub(crate) fn of(order: &Order) -> Vec<Self> {
        if order.terms.tax.is_none() {
            return vec![];
        }
        let mut rates: BTreeMap<Rate, (i64, i64)> = BTreeMap::new();
        for (rate, net, tax, added) in taxed(order) {
            let sums = rates.entry(rate).or_default();
            sums.0 += net.get() - (tax.get() - added.get());
            sums.1 += tax.get();
        }
        let money = |amount| MoneyBody::new(Amount::new(amount), order.currency);
        rates
            .into_iter()
            .map(|(rate, (base, tax))| Self { rate, base: money(base), tax: money(tax) })
            .collect()
    }
}

/// Whatever is taxed: its rate, what it costs after discounts, the tax, and what of it comes on top.
fn taxed(order: &Order) -> impl Iterator<Item = (Rate, Amount, Amount, Amount)> {
    let line = |line: &Line| (line.tax_rate, line.net(), line.tax, line.added_tax);
    let rate = order.terms.shipping_rate();
    let sent = order.terms.taxed(order.totals.shipping_total, rate);
    let fees = order.adjustments.iter().filter(|adjustment| adjustment.kind == AdjustmentKind::Fee);
    let fees = fees.map(move |fee| (rate, fee.amount, fee.tax, fee.added_tax));
    let shipping = (rate, order.totals.shipping_total, sent.tax, sent.added_tax);
    let is_sent = order.totals.shipping_total > Amount::ZERO;
    order.lines.iter().map(line).chain(is_sent.then_some(shipping)).chain(fees)
}
