//! How what an order costs comes about: discounts, tax and sending, from prices and from terms that stand fixed with the order.
//!
//! Whole minor units only, and no room for overflow: products of two amounts are counted in 128 bits. What is computed is a
//! multiple of the terms' step, where that can be; sums are exact everywhere.
//!
//! The order of computing: price × units → discounts → tax, once per line → sending and fees, with their tax → sums.

mod code;
mod discount;
mod fault;
mod paying;
mod rate;
mod rounding;
mod shipping;
mod split;
mod tax;
mod terms;

pub use code::{Code, MAX_CODE_CHARACTERS, NoCode};
pub use discount::{Goods, Share, Value, discount, kept};
pub use fault::TermsFault;
pub use paying::{MAX_PAYMENT_RULES, PaymentKind, PaymentRule, payment_rule_faults};
pub use rate::{Rate, RateOutOfRange, WHOLE};
pub use rounding::Rounding;
pub use shipping::{
    Band, MAX_BANDS, MAX_GRAMS, MAX_RULE_NAME_CODE_POINTS, MAX_RULES, ShippingRule, rule_faults,
};
pub use split::{part, split};
pub use tax::{MAX_CLASSES, MAX_STEP_MINOR_UNITS, STANDARD, TaxTerms, Taxed};
pub use terms::Terms;
