//! How each number of an order's price came about: one row a number, in the order of computing.

use actix_web::web;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{AdjustmentKind, Line, Order};
use ordervault_domain::totals::{Rate, Value};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::money::MoneyBody;
use crate::extract::Content;
use crate::names::{names, variants};
use crate::refusals::percent;

names! {
    /// What a row of the sheet of an order's price is about.
    SheetRow, KnownSheetRow: variants::<SheetRowKind>();
}

/// How amounts are told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct SheetQuery {
    /// With `text` each amount also stands as people read it.
    #[param(inline)]
    format: Option<SheetFormat>,
}

impl Content for SheetQuery {}

/// How amounts can be told besides as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SheetFormat {
    /// As people read them.
    Text,
}

/// What a row of the sheet is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum SheetRowKind {
    /// Price of a line.
    Line,
    /// What a discount takes off a line.
    Discount,
    /// The tax of a line.
    LineTax,
    /// Price of sending.
    Shipping,
    /// The tax of sending.
    ShippingTax,
    /// A fee.
    Fee,
    /// The tax of a fee.
    FeeTax,
    /// Sum of the lines.
    Subtotal,
    /// Sum of the discounts.
    DiscountTotal,
    /// Sum of the taxes.
    TaxTotal,
    /// What it costs all in all.
    Total,
}

/// How an order's price came about.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TotalsSheet)]
pub(crate) struct SheetBody {
    /// The version of the order.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// One row a number, in the order of computing.
    rows: Vec<SheetRowBody>,
}

/// How a number came about.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TotalsSheetRow)]
pub(crate) struct SheetRowBody {
    /// What it is.
    #[schema(value_type = SheetRow)]
    kind: &'static str,
    /// The number of the line that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, example = 1)]
    line: Option<u32>,
    /// The number of the discount or fee that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, example = 1)]
    adjustment: Option<u32>,
    /// What it is computed from.
    #[schema(example = "3 × 1,999.00")]
    calculation: String,
    /// What that comes to.
    amount: MoneyBody,
    /// The same as people read it, where `format` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "5,997.00 TWD")]
    text: Option<String>,
}

/// Answers with the sheet of an order that the caller may see.
pub(crate) fn show(order: &Order, query: SheetQuery) -> web::Json<SheetBody> {
    let mut sheet = Sheet { order, with_text: query.format == Some(SheetFormat::Text), rows: vec![] };
    order.lines.iter().for_each(|line| sheet.line(line));
    sheet.shipping();
    sheet.fees();
    sheet.sums();
    web::Json(SheetBody { version: order.version, rows: sheet.rows })
}

struct Sheet<'a> {
    order: &'a Order,
    with_text: bool,
    rows: Vec<SheetRowBody>,
}

impl Sheet<'_> {
    fn line(&mut self, line: &Line) {
        let (no, price) = (Some(line.no), self.plain(line.unit_price));
        self.row(SheetRowKind::Line, no, None, format!("{} × {price}", line.quantity), line.total);
        let order = self.order;
        let mut left = line.total.get();
        for adjustment in &order.adjustments {
            let share = adjustment.share(line.no);
            if share == Amount::ZERO {
                continue;
            }
            let calculation = match adjustment.value {
                Value::Rate(rate) => format!("{} × {} %", self.plain(Amount::new(left)), percent(rate)),
                Value::Amount(wanted) => {
                    format!("{} ÷ {}", self.plain(wanted.min(adjustment.amount)), adjustment.shares.len())
                }
            };
            left -= share.get();
            self.row(SheetRowKind::Discount, no, Some(adjustment.no), calculation, share);
        }
        self.tax(SheetRowKind::LineTax, no, None, (line.net(), line.tax_rate, line.tax));
    }

    fn shipping(&mut self) {
        let order = self.order;
        let price = order.totals.shipping_total;
        let grams: u64 = order.lines.iter().map(Line::grams).sum();
        let calculation = match &order.terms.shipping {
            None => "–".to_owned(),
            Some(rule) if rule.bands.is_empty() => rule.code.to_string(),
            Some(rule) => format!("{}, {grams} g", rule.code),
        };
        self.row(SheetRowKind::Shipping, None, None, calculation, price);
        let rate = order.terms.shipping_rate();
        let tax = order.terms.taxed(price, rate).tax;
        self.tax(SheetRowKind::ShippingTax, None, None, (price, rate, tax));
    }

    fn fees(&mut self) {
        let order = self.order;
        let rate = order.terms.shipping_rate();
        for fee in order.adjustments.iter().filter(|adjustment| adjustment.kind == AdjustmentKind::Fee) {
            let calculation = match fee.value {
                Value::Rate(rate) => format!("{} %", percent(rate)),
                Value::Amount(amount) => self.plain(amount),
            };
            self.row(SheetRowKind::Fee, None, Some(fee.no), calculation, fee.amount);
            self.tax(SheetRowKind::FeeTax, None, Some(fee.no), (fee.amount, rate, fee.tax));
        }
    }

    fn sums(&mut self) {
        let totals = self.order.totals;
        let sum = |sheet: &Self, signed: &[(&str, Amount)]| {
            let parts = signed.iter().filter(|(_, amount)| *amount != Amount::ZERO);
            let parts = parts.map(|(sign, amount)| format!("{sign} {}", sheet.plain(*amount)));
            parts.collect::<Vec<_>>().join(" ").trim_start_matches("+ ").to_owned()
        };
        let lines: Vec<_> = self.order.lines.iter().map(|line| ("+", line.total)).collect();
        let discounts: Vec<_> = self.order.lines.iter().map(|line| ("+", line.discount)).collect();
        let taxes = self.rows.iter().filter(|row| row.kind.ends_with("_tax"));
        let taxes: Vec<_> = taxes.map(|row| ("+", Amount::new(row.amount.amount))).collect();
        let all = [
            ("+", totals.subtotal),
            ("−", totals.discount_total),
            ("+", totals.shipping_total),
            ("+", totals.fee_total),
            ("+", totals.added_tax_total),
        ];
        for (kind, parts, amount) in [
            (SheetRowKind::Subtotal, lines.as_slice(), totals.subtotal),
            (SheetRowKind::DiscountTotal, &discounts, totals.discount_total),
            (SheetRowKind::TaxTotal, &taxes, totals.tax_total),
            (SheetRowKind::Total, &all, totals.total),
        ] {
            let calculation = sum(self, parts);
            self.row(kind, None, None, calculation, amount);
        }
    }

    /// A row for a tax, where there is any: in the amount, or on top of it.
    fn tax(
        &mut self,
        kind: SheetRowKind,
        line: Option<u32>,
        adjustment: Option<u32>,
        (net, rate, tax): (Amount, Rate, Amount),
    ) {
        let Some(terms) = &self.order.terms.tax else { return };
        let (net, rate) = (self.plain(net), percent(rate));
        let calculation = match terms.prices_include_tax {
            true => format!("{net} × {rate} ÷ (100 + {rate})"),
            false => format!("{net} × {rate} %"),
        };
        self.row(kind, line, adjustment, calculation, tax);
    }

    fn row(
        &mut self,
        kind: SheetRowKind,
        line: Option<u32>,
        adjustment: Option<u32>,
        calculation: String,
        amount: Amount,
    ) {
        let currency = self.order.currency;
        let amount = MoneyBody::new(amount, currency);
        let text = self.with_text.then(|| amount.text());
        self.rows.push(SheetRowBody { kind: kind.into(), line, adjustment, calculation, amount, text });
    }

    fn plain(&self, amount: Amount) -> String {
        MoneyBody::new(amount, self.order.currency).grouped()
    }
}
