//! How a store is taxed, how it sends and how it is paid, as JSON.

use std::collections::BTreeMap;

use ordervault_domain::money::Amount;
use ordervault_domain::totals::{
    Band, Code, PaymentKind, PaymentRule, Rate, Rounding, ShippingRule, TaxTerms,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::fields::Fields;
use crate::names;
use crate::problem::pointer;

/// How a store is taxed. Orders that are placed already keep the terms of their time.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = TaxTerms)]
pub(crate) struct TaxTermsBody {
    /// Is the tax in the prices already? Else it comes on top.
    #[schema(example = true)]
    prices_include_tax: bool,
    /// Which of two steps is taken by what lies right in the middle. Tax is rounded once per line, after discounts.
    #[serde(default)]
    #[schema(value_type = names::KnownRounding, required = false)]
    rounding: Rounding,
    /// Computed amounts are multiples of so many minor units: 100 where nobody pays cents.
    #[serde(default = "one")]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000, default = 1, example = 1)]
    step: u32,
    /// The rate of each class in thousandths of a percent: 19000 is 19 %. `standard` is that of products which say nothing.
    #[schema(example = json!({"standard": 5_000, "zero": 0}))]
    classes: BTreeMap<String, u32>,
    /// The class of sending and of fees.
    #[serde(default = "standard")]
    #[schema(min_length = 1, max_length = 32, default = "standard", example = "standard")]
    shipping_class: String,
}

fn one() -> u32 {
    1
}

fn standard() -> String {
    ordervault_domain::totals::STANDARD.to_owned()
}

/// A way of sending. Its price is taxed by the `shipping_class` of the tax terms.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = ShippingRule)]
pub(crate) struct ShippingRuleBody {
    /// What it is called in requests; unique in the store.
    #[schema(min_length = 1, max_length = 32, pattern = "^[a-z0-9_-]{1,32}$", example = "home")]
    code: String,
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, example = "宅配")]
    name: String,
    /// What it costs, in minor units of the store's currency, where there are no bands.
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 8_000)]
    price: i64,
    /// It costs nothing from goods of so much on, after discounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000_000_i64, example = 150_000)]
    free_above: Option<i64>,
    /// What it costs by weight, lightest first; what is heavier than the last is not sent so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20, example = json!([]))]
    bands: Vec<BandBody>,
}

/// A price up to a weight.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = ShippingBand)]
pub(crate) struct BandBody {
    /// Up to and with so many grams.
    #[validate(range(min = 1, max = 100_000_000))]
    #[schema(minimum = 1, maximum = 100_000_000, example = 5_000)]
    max_grams: u32,
    /// It costs so much, in minor units of the store's currency.
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 8_000)]
    price: i64,
}

/// A way of paying.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentRule)]
pub(crate) struct PaymentRuleBody {
    /// What it is called in requests; unique in the store.
    #[schema(min_length = 1, max_length = 32, pattern = "^[a-z0-9_-]{1,32}$", example = "transfer")]
    code: String,
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, example = "銀行轉帳")]
    name: String,
    /// When is to be paid: before the execution starts, when it arrives, or after an invoice.
    #[schema(value_type = names::KnownPaymentKind)]
    kind: PaymentKind,
}

impl From<&PaymentRule> for PaymentRuleBody {
    fn from(rule: &PaymentRule) -> Self {
        Self { code: rule.code.to_string(), name: rule.name.clone(), kind: rule.kind }
    }
}

/// The ways of paying of a request.
pub(crate) fn payment_rules(fields: &mut Fields, rules: &[PaymentRuleBody]) -> Vec<PaymentRule> {
    let rule = |(place, rule): (usize, &PaymentRuleBody)| {
        let code = fields.parsed(format!("/payments/{place}/code"), &rule.code, "not-a-code");
        let at = format!("/payments/{place}/name");
        let name = fields.line(&at, &rule.name, ordervault_domain::totals::MAX_RULE_NAME_CODE_POINTS);
        Some(PaymentRule { code: code?, name, kind: rule.kind })
    };
    rules.iter().enumerate().filter_map(rule).collect()
}

impl From<&TaxTerms> for TaxTermsBody {
    fn from(terms: &TaxTerms) -> Self {
        Self {
            prices_include_tax: terms.prices_include_tax,
            rounding: terms.rounding,
            step: terms.step,
            classes: terms.classes.iter().map(|(class, rate)| (class.to_string(), rate.get())).collect(),
            shipping_class: terms.shipping_class.to_string(),
        }
    }
}

impl TaxTermsBody {
    /// As the domain knows them; what does not fit together, the decision says.
    pub(crate) fn to_domain(&self, fields: &mut Fields) -> Option<TaxTerms> {
        let mut classes = BTreeMap::new();
        for (class, thousandths) in &self.classes {
            let at = pointer(["tax", "classes", class]);
            let code: Option<Code> = fields.parsed(at.clone(), class, "not-a-code");
            let rate = Rate::try_from(*thousandths).ok();
            if rate.is_none() {
                fields.fault(at, "not-a-rate");
            }
            classes.extend(code.zip(rate));
        }
        let shipping_class = fields.parsed("/tax/shipping_class", &self.shipping_class, "unknown-tax-class");
        Some(TaxTerms {
            prices_include_tax: self.prices_include_tax,
            rounding: self.rounding,
            step: self.step,
            classes,
            shipping_class: shipping_class?,
        })
    }
}

impl From<&ShippingRule> for ShippingRuleBody {
    fn from(rule: &ShippingRule) -> Self {
        let band = |band: &Band| BandBody { max_grams: band.max_grams, price: band.price.get() };
        Self {
            code: rule.code.to_string(),
            name: rule.name.clone(),
            price: rule.price.get(),
            free_above: rule.free_above.map(Amount::get),
            bands: rule.bands.iter().map(band).collect(),
        }
    }
}

/// The ways of sending of a request.
pub(crate) fn shipping_rules(fields: &mut Fields, rules: &[ShippingRuleBody]) -> Vec<ShippingRule> {
    let rule = |(place, rule): (usize, &ShippingRuleBody)| {
        let code = fields.parsed(format!("/shipping/{place}/code"), &rule.code, "not-a-code");
        let name = fields.line(
            &format!("/shipping/{place}/name"),
            &rule.name,
            ordervault_domain::totals::MAX_RULE_NAME_CODE_POINTS,
        );
        let band = |band: &BandBody| Band { max_grams: band.max_grams, price: Amount::new(band.price) };
        Some(ShippingRule {
            code: code?,
            name,
            price: Amount::new(rule.price),
            free_above: rule.free_above.map(Amount::new),
            bands: rule.bands.iter().map(band).collect(),
        })
    };
    rules.iter().enumerate().filter_map(rule).collect()
}
