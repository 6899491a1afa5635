//! What a rule of the business that said no looks like outside: the one table from refusals to problems.

use ordervault_domain::money::{MAX_TOTAL_MINOR_UNITS, Money};
use ordervault_domain::parcel::LineUnits;
use ordervault_domain::refusal::{NotOpen, OpenOrder, Refusal, Shortage};
use ordervault_domain::totals::Rate;

use crate::problem::{Code, FieldError, OpenOrderBody, Problem, Remedy, RemedyKind};
use crate::translations::{Text, label};

/// What a rule that said no looks like outside.
#[expect(clippy::too_many_lines, reason = "a table, one entry a refusal")]
pub(crate) fn refused(refusal: &Refusal) -> Problem {
    let problem = Problem::new(Code::of(refusal.into()));
    let said = || said(refusal);
    let (errors, detail) = match refusal {
        Refusal::Forbidden(Some(_))
        | Refusal::BeyondOwnRights
        | Refusal::StateConflict { .. }
        | Refusal::CutOffPassed { .. }
        | Refusal::TooManyChanges { .. }
        | Refusal::BatchCompleted
        | Refusal::AccountDeactivated
        | Refusal::AccountErased
        | Refusal::DiscountAboveLimit { .. }
        | Refusal::UnknownAdjustment
        | Refusal::UnknownRefund
        | Refusal::RefundExceedsPayment { .. }
        | Refusal::RefundAboveLimit { .. }
        | Refusal::WriteOffExceedsBalance { .. }
        | Refusal::PaymentRuleNotMet { .. }
        | Refusal::BalanceNotSettled { .. }
        | Refusal::TotalBelowCredits { .. }
        | Refusal::MoneyKept { .. }
        | Refusal::UnitsOut(_)
        | Refusal::UnitsUndelivered(_)
        | Refusal::UnknownFulfillment
        | Refusal::FulfillmentConflict { .. }
        | Refusal::StockBelowReserved { .. } => (vec![], Some(said())),
        // Their codes say it all, and whoever knows the order or the versions adds to it.
        Refusal::NotFound
        | Refusal::Forbidden(None)
        | Refusal::Inactive
        | Refusal::InvalidCredentials
        | Refusal::VersionConflict { .. }
        | Refusal::PossibleDuplicate(_)
        | Refusal::UnitsMoved
        | Refusal::InAnotherAccount
        | Refusal::OpenOrders(_)
        | Refusal::NothingRefundable
        | Refusal::LastOwner
        | Refusal::OwnAccount
        | Refusal::CurrencyFixed => (vec![], None),
        Refusal::InsufficientStock(shortages) => (shortages.iter().map(short).collect(), None),
        Refusal::UnitsNotOpen(lines) => (lines.iter().map(not_open).collect(), None),
        Refusal::UnknownProduct(lines) => (of_lines(lines, "product_id", "unknown-product"), None),
        Refusal::NotSold(lines) => (of_lines(lines, "quantity", "not-sold"), None),
        Refusal::PriceChanged { expected, total } => {
            let is_other = expected.currency != total.currency;
            let code = if is_other { "other-currency" } else { "price-changed" };
            (vec![FieldError::new("/expected_total", code).detail(said())], Some(said()))
        }
        Refusal::UnknownStore => (vec![FieldError::new("/store_id", "unknown-store")], None),
        Refusal::AmountOutOfRange => (vec![FieldError::new("/lines", "amount-out-of-range")], None),
        Refusal::Duplicate { field } => (vec![FieldError::new(format!("/{field}"), "duplicate")], None),
        Refusal::QuantityOutOfRange { line, .. } => {
            at(format!("/lines/{line}/quantity"), "out-of-range", said())
        }
        Refusal::UnknownCustomer => at("/customer_id", "unknown-customer", said()),
        Refusal::NoLines => at("/lines", "too-few", said()),
        Refusal::TooManyLines { .. } => at("/lines", "too-many", said()),
        Refusal::UnknownLine { line } => at(format!("/lines/{line}/no"), "unknown-line", said()),
        Refusal::LineOfAnotherProduct { line } => {
            at(format!("/lines/{line}/product_id"), "other-product", said())
        }
        Refusal::LineNamedTwice { line } => at(format!("/lines/{line}/no"), "duplicate", said()),
        Refusal::NameMissing => at("/contact/name", "missing", said()),
        Refusal::Unreachable => at("/contact/phone", "missing", said()),
        Refusal::PriceOutOfRange => at("/price", "amount-out-of-range", said()),
        Refusal::OpeningStockOutOfRange { .. } => at("/on_hand", "out-of-range", said()),
        Refusal::StockAboveLimit { .. } => at("/delta", "out-of-range", said()),
        Refusal::UnfitTerms(faults) => {
            (faults.iter().map(|fault| FieldError::new(fault.pointer.clone(), fault.rule)).collect(), None)
        }
        Refusal::UnknownTaxClass => (vec![FieldError::new("/tax_class", "unknown-tax-class")], None),
        Refusal::UnknownShipping => (vec![FieldError::new("/shipping", "unknown-shipping")], None),
        Refusal::TooHeavy => (vec![FieldError::new("/shipping", "too-heavy")], None),
        Refusal::AdjustmentOutOfRange => (vec![FieldError::new("/amount", "amount-out-of-range")], None),
        Refusal::TooManyAdjustments { .. } => at("", "too-many", said()),
        Refusal::NothingToAdjust => (vec![FieldError::new("", "nothing-to-adjust")], None),
        Refusal::UnknownPaymentRule => (vec![FieldError::new("/payment", "unknown-payment-rule")], None),
        Refusal::UnknownPayment => (vec![FieldError::new("/payment", "unknown-payment")], None),
        Refusal::PaymentOutOfRange => (vec![FieldError::new("/amount/amount", "amount-out-of-range")], None),
        Refusal::CurrencyMismatch { .. } => at("/amount/currency", "other-currency", said()),
        Refusal::NotYet { field } => (vec![FieldError::new(format!("/{field}"), "later-than-now")], None),
        Refusal::TooManyPayments { .. } | Refusal::TooManyRefunds { .. } => at("", "too-many", said()),
        Refusal::TooManyFulfillments { .. } => at("", "too-many", said()),
        Refusal::UnitsBackDiffer(_) => at("/lines", "units-differ", said()),
        Refusal::TooManyParcels { .. } => at("/parcels", "too-many", said()),
        Refusal::DeliveryTimeOutOfRange => at("/at", "out-of-range", said()),
        Refusal::NoRole => at("/roles", "too-few", said()),
        Refusal::PositionNotReached => at("/up_to", "out-of-range", said()),
        Refusal::BrokenHistory => (vec![FieldError::new("", "broken-history")], None),
    };
    let problem = match refusal {
        Refusal::PriceChanged { total, .. } => with_total(problem, *total),
        Refusal::OpenOrders(orders) => with_open_orders(problem, orders),
        _ => problem,
    };
    let problem = problem.errors(errors);
    match detail {
        Some(detail) => problem.detail(detail),
        None => problem,
    }
}

/// The message of this refusal, with what it names.
fn said(refusal: &Refusal) -> Text {
    let text = Text::new(format!("refusal-{}", <&str>::from(refusal)));
    match refusal {
        Refusal::Forbidden(Some(permission)) => text.with("permission", <&str>::from(permission)),
        Refusal::StateConflict { current } => text.with("status", label("status", (*current).into())),
        Refusal::CutOffPassed { at } => text.with("at", at.to_string()),
        Refusal::TooManyChanges { most } => text.with("most", *most),
        Refusal::PriceChanged { expected, total } if expected.currency != total.currency => {
            Text::new("refusal-price-in-other-currency")
                .with("currency", total.currency.code())
                .with("expected", expected.currency.code())
                .with("total", total.to_string())
        }
        Refusal::PriceChanged { total, .. } => text.with("total", total.to_string()),
        Refusal::QuantityOutOfRange { most, .. } => text.with("most", *most),
        Refusal::TooManyLines { most } => text.with("most", *most),
        Refusal::PriceOutOfRange => text.with("most", MAX_TOTAL_MINOR_UNITS),
        Refusal::OpeningStockOutOfRange { most } | Refusal::StockAboveLimit { most } => {
            text.with("most", *most)
        }
        Refusal::TooManyAdjustments { most }
        | Refusal::TooManyPayments { most }
        | Refusal::TooManyRefunds { most }
        | Refusal::TooManyFulfillments { most }
        | Refusal::TooManyParcels { most } => text.with("most", *most),
        Refusal::CurrencyMismatch { of } => text.with("currency", of.code()),
        Refusal::RefundExceedsPayment { most } => text.with("most", most.to_string()),
        Refusal::RefundAboveLimit { limit } => text.with("limit", limit.get()),
        Refusal::WriteOffExceedsBalance { open }
        | Refusal::PaymentRuleNotMet { open }
        | Refusal::BalanceNotSettled { open } => text.with("open", open.to_string()),
        Refusal::TotalBelowCredits { given } => text.with("given", given.to_string()),
        Refusal::MoneyKept { kept } => text.with("kept", kept.to_string()),
        Refusal::UnitsOut(lines) | Refusal::UnitsUndelivered(lines) | Refusal::UnitsBackDiffer(lines) => {
            text.with("lines", by_line(lines))
        }
        Refusal::FulfillmentConflict { current } => {
            text.with("state", label("fulfillment", (*current).into()))
        }
        Refusal::DiscountAboveLimit { limit } => text.with("limit", percent(*limit)),
        Refusal::StockBelowReserved { reserved } => text.with("reserved", *reserved),
        _ => text,
    }
}

/// As people write it, without decimals that say nothing: `8.875`.
pub(crate) fn percent(rate: Rate) -> String {
    let (whole, thousandths) = (rate.get() / 1_000, rate.get() % 1_000);
    let decimals = format!("{thousandths:03}");
    format!("{whole}.{decimals}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What it costs now, and how to get it for that.
fn with_total(problem: Problem, total: Money) -> Problem {
    problem.total(total).remedy(Remedy::new(RemedyKind::AcceptTotal, Text::new("remedy-accept-total")))
}

/// Which they are, and how to leave all the same.
fn with_open_orders(problem: Problem, orders: &[OpenOrder]) -> Problem {
    let remedy = Remedy::new(RemedyKind::DeleteAnyway, Text::new("remedy-delete-anyway"));
    problem
        .open_orders(orders.iter().map(OpenOrderBody::from).collect())
        .remedy(remedy.request("POST", "/v1/me/delete"))
}

/// One field of the request, the rule that it breaks, and that rule in words.
fn at(pointer: impl Into<String>, code: &'static str, words: Text) -> (Vec<FieldError>, Option<Text>) {
    (vec![FieldError::new(pointer, code).detail(words)], None)
}

/// The same field of each of these lines, and the rule that it breaks.
fn of_lines(lines: &[usize], field: &str, code: &'static str) -> Vec<FieldError> {
    lines.iter().map(|line| FieldError::new(format!("/lines/{line}/{field}"), code)).collect()
}

/// Units line by line: `1: 2, 3: 1`.
fn by_line(lines: &[LineUnits]) -> String {
    lines.iter().map(|line| format!("{}: {}", line.no, line.units)).collect::<Vec<_>>().join(", ")
}

/// Units that are not open.
fn not_open(line: &NotOpen) -> FieldError {
    let said = Text::new("refusal-units-not-open")
        .with("line", line.no)
        .with("asked", line.asked)
        .with("open", line.open);
    FieldError::new(format!("/lines/{}/units", line.line), "units-not-open").detail(said)
}

/// A line that asks for more than there is.
fn short(shortage: &Shortage) -> FieldError {
    let said = Text::new("refusal-insufficient-stock")
        .with("requested", shortage.requested)
        .with("available", shortage.available.max(0));
    FieldError::new(format!("/lines/{}/quantity", shortage.line), "insufficient-stock").detail(said)
}

#[cfg(test)]
mod tests {
    use ordervault_domain::access::Permission;
    use ordervault_domain::id::{OrderId, ProductId};
    use ordervault_domain::money::Amount;
    use ordervault_domain::order::{FulfillmentState, Status};
    use ordervault_domain::refusal::Rule;
    use ordervault_domain::time::Timestamp;
    use ordervault_domain::totals::{Rounding, TaxTerms};
    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::translations::Locale;

    fn twd(minor_units: i64) -> Money {
        Money { amount: Amount::new(minor_units), currency: "TWD".parse().unwrap() }
    }

    /// A refusal by this rule, and what is told of it besides its code: the detail, or pointer, code and words of a field.
    #[expect(clippy::too_many_lines, reason = "a table, one row a rule")]
    fn told(rule: Rule) -> (Refusal, &'static str) {
        match rule {
            Rule::NotFound => (Refusal::NotFound, ""),
            Rule::Forbidden => (
                Refusal::Forbidden(Some(Permission::OrdersConfirm)),
                "this takes the permission orders:confirm",
            ),
            Rule::Inactive => (Refusal::Inactive, ""),
            Rule::VersionConflict => (Refusal::VersionConflict { current: 2 }, ""),
            Rule::StateConflict => (
                Refusal::StateConflict { current: Status::Completed },
                "the order is completed, which does not allow this",
            ),
            Rule::CutOffPassed => (
                Refusal::CutOffPassed { at: Timestamp::from_millis(0) },
                "this was possible until 1970-01-01T00:00:00.000Z",
            ),
            Rule::TooManyChanges => {
                (Refusal::TooManyChanges { most: 500 }, "an order is changed by its buyer up to version 500")
            }
            Rule::InsufficientStock => {
                let product_id = ProductId::from_i64(1);
                let short = Shortage { line: 2, product_id, requested: 5, available: -1 };
                (
                    Refusal::InsufficientStock(vec![short]),
                    "/lines/2/quantity insufficient-stock asked for 5, available 0",
                )
            }
            Rule::UnknownProduct => (
                Refusal::UnknownProduct(vec![1]),
                "/lines/1/product_id unknown-product there is no such product in this store",
            ),
            Rule::NotSold => (
                Refusal::NotSold(vec![0]),
                "/lines/0/quantity not-sold this product is not sold any more: the order keeps the pieces that it has",
            ),
            Rule::PriceChanged => {
                let money = |amount| Money { amount: Amount::new(amount), currency: "TWD".parse().unwrap() };
                (
                    Refusal::PriceChanged { expected: money(100_000), total: money(150_000) },
                    "/expected_total price-changed it costs 1500.00 TWD now",
                )
            }
            Rule::PossibleDuplicate => (Refusal::PossibleDuplicate(vec![OrderId::from_i64(1)]), ""),
            Rule::UnknownStore => (Refusal::UnknownStore, "/store_id unknown-store there is no such store"),
            Rule::UnknownCustomer => {
                (Refusal::UnknownCustomer, "/customer_id unknown-customer there is no customer with this id")
            }
            Rule::NoLines => (Refusal::NoLines, "/lines too-few an order has at least one line"),
            Rule::TooManyLines => {
                (Refusal::TooManyLines { most: 200 }, "/lines too-many an order has at most 200 lines")
            }
            Rule::QuantityOutOfRange => (
                Refusal::QuantityOutOfRange { line: 3, most: 1_000_000 },
                "/lines/3/quantity out-of-range a quantity is from 1 to 1000000",
            ),
            Rule::UnknownLine => (
                Refusal::UnknownLine { line: 1 },
                "/lines/1/no unknown-line the order has no line of this number",
            ),
            Rule::LineOfAnotherProduct => (
                Refusal::LineOfAnotherProduct { line: 1 },
                "/lines/1/product_id other-product the line of this number is one of another product",
            ),
            Rule::LineNamedTwice => (
                Refusal::LineNamedTwice { line: 1 },
                "/lines/1/no duplicate a line of the order is named once",
            ),
            Rule::NameMissing => {
                (Refusal::NameMissing, "/contact/name missing give the name of the person who gets the order")
            }
            Rule::Unreachable => {
                (Refusal::Unreachable, "/contact/phone missing give a phone number or an e-mail address")
            }
            Rule::AmountOutOfRange => (
                Refusal::AmountOutOfRange,
                "/lines amount-out-of-range the amount is outside the allowed range",
            ),
            Rule::Duplicate => (Refusal::Duplicate { field: "sku" }, "/sku duplicate this value is taken"),
            Rule::PriceOutOfRange => (
                Refusal::PriceOutOfRange,
                "/price amount-out-of-range a price is from 0 to 1000000000000 minor units",
            ),
            Rule::OpeningStockOutOfRange => (
                Refusal::OpeningStockOutOfRange { most: 1_000_000_000 },
                "/on_hand out-of-range units in the house are from 0 to 1000000000",
            ),
            Rule::StockAboveLimit => (
                Refusal::StockAboveLimit { most: 1_000_000_000 },
                "/delta out-of-range there are at most 1000000000 units of a product in the house",
            ),
            Rule::StockBelowReserved => (
                Refusal::StockBelowReserved { reserved: 2 },
                "the 2 pieces that open orders reserve must stay in the house",
            ),
            Rule::UnfitTerms => {
                let tax = TaxTerms {
                    prices_include_tax: true,
                    rounding: Rounding::HalfEven,
                    step: 1,
                    classes: [].into(),
                    shipping_class: "standard".parse().unwrap(),
                };
                let faults = tax.faults().into_iter().map(|fault| fault.under("/tax")).collect();
                (
                    Refusal::UnfitTerms(faults),
                    "/tax/classes standard-class-missing there has to be a class called standard; \
                     /tax/shipping_class unknown-tax-class the store has no such tax class",
                )
            }
            Rule::UnknownTaxClass => {
                (Refusal::UnknownTaxClass, "/tax_class unknown-tax-class the store has no such tax class")
            }
            Rule::UnknownShipping => {
                (Refusal::UnknownShipping, "/shipping unknown-shipping the store does not send in such a way")
            }
            Rule::TooHeavy => {
                (Refusal::TooHeavy, "/shipping too-heavy the goods are too heavy to be sent in this way")
            }
            Rule::AdjustmentOutOfRange => (
                Refusal::AdjustmentOutOfRange,
                "/amount amount-out-of-range the amount is outside the allowed range",
            ),
            Rule::TooManyAdjustments => (
                Refusal::TooManyAdjustments { most: 20 },
                " too-many an order has at most 20 discounts and fees",
            ),
            Rule::NothingToAdjust => {
                (Refusal::NothingToAdjust, " nothing-to-adjust this would change nothing of the price")
            }
            Rule::UnknownAdjustment => {
                (Refusal::UnknownAdjustment, "the order has no discount or fee of this number")
            }
            Rule::DiscountAboveLimit => (
                Refusal::DiscountAboveLimit { limit: 12_500.try_into().unwrap() },
                "you may give discounts of up to 12.5 % of the goods' price, all together",
            ),
            Rule::UnknownPaymentRule => (
                Refusal::UnknownPaymentRule,
                "/payment unknown-payment-rule the store is not paid in such a way",
            ),
            Rule::PaymentOutOfRange => (
                Refusal::PaymentOutOfRange,
                "/amount/amount amount-out-of-range the amount is outside the allowed range",
            ),
            Rule::CurrencyMismatch => (
                Refusal::CurrencyMismatch { of: twd(1).currency },
                "/amount/currency other-currency the order is in TWD",
            ),
            Rule::NotYet => {
                (Refusal::NotYet { field: "paid_at" }, "/paid_at later-than-now this is later than now")
            }
            Rule::TooManyPayments => {
                (Refusal::TooManyPayments { most: 100 }, " too-many an order has at most 100 payments")
            }
            Rule::TooManyRefunds => {
                (Refusal::TooManyRefunds { most: 200 }, " too-many an order has at most 200 refunds")
            }
            Rule::UnknownPayment => {
                (Refusal::UnknownPayment, "/payment unknown-payment the order has no payment of this number")
            }
            Rule::UnknownRefund => (Refusal::UnknownRefund, "the order has no refund of this number"),
            Rule::NothingRefundable => (Refusal::NothingRefundable, ""),
            Rule::RefundExceedsPayment => {
                (Refusal::RefundExceedsPayment { most: twd(500) }, "at most 5.00 TWD can be paid back so")
            }
            Rule::RefundAboveLimit => (
                Refusal::RefundAboveLimit { limit: Amount::new(500) },
                "you may have up to 500 minor units paid back",
            ),
            Rule::WriteOffExceedsBalance => {
                (Refusal::WriteOffExceedsBalance { open: twd(500) }, "5.00 TWD is open")
            }
            Rule::PaymentRuleNotMet => {
                (Refusal::PaymentRuleNotMet { open: twd(500) }, "5.00 TWD is to be paid first")
            }
            Rule::BalanceNotSettled => (Refusal::BalanceNotSettled { open: twd(500) }, "5.00 TWD is open"),
            Rule::TotalBelowCredits => {
                (Refusal::TotalBelowCredits { given: twd(500) }, "5.00 TWD of it was given back already")
            }
            Rule::MoneyKept => (Refusal::MoneyKept { kept: twd(500) }, "5.00 TWD is here for the order"),
            Rule::UnitsNotOpen => (
                Refusal::UnitsNotOpen(vec![NotOpen { line: 1, no: 3, asked: 5, open: 2 }]),
                "/lines/1/units units-not-open asked for 5 of line 3, of which 2 are open",
            ),
            Rule::UnitsOut => (
                Refusal::UnitsOut(vec![LineUnits { no: 1, units: 2 }, LineUnits { no: 3, units: 1 }]),
                "units are in parcels, or have left (line: units): 1: 2, 3: 1",
            ),
            Rule::UnitsUndelivered => (
                Refusal::UnitsUndelivered(vec![LineUnits { no: 1, units: 2 }]),
                "units have not arrived (line: units): 1: 2",
            ),
            Rule::UnitsBackDiffer => (
                Refusal::UnitsBackDiffer(vec![LineUnits { no: 1, units: 2 }]),
                "/lines units-differ tell of all units that had left (line: units): 1: 2",
            ),
            Rule::UnitsMoved => (Refusal::UnitsMoved, ""),
            Rule::UnknownFulfillment => {
                (Refusal::UnknownFulfillment, "the order has no fulfillment of this number")
            }
            Rule::FulfillmentConflict => (
                Refusal::FulfillmentConflict { current: FulfillmentState::Shipped },
                "the fulfillment is shipped, which does not allow this",
            ),
            Rule::TooManyFulfillments => (
                Refusal::TooManyFulfillments { most: 100 },
                " too-many an order has at most 100 fulfillments",
            ),
            Rule::TooManyParcels => (
                Refusal::TooManyParcels { most: 50 },
                "/parcels too-many a fulfillment has at most 50 parcels",
            ),
            Rule::DeliveryTimeOutOfRange => (
                Refusal::DeliveryTimeOutOfRange,
                "/at out-of-range parcels arrive after they left, and not in the future",
            ),
            Rule::NoRole => (Refusal::NoRole, "/roles too-few a member has at least one role"),
            Rule::InAnotherAccount => (Refusal::InAnotherAccount, ""),
            Rule::LastOwner => (Refusal::LastOwner, ""),
            Rule::OwnAccount => (Refusal::OwnAccount, ""),
            Rule::CurrencyFixed => (Refusal::CurrencyFixed, ""),
            Rule::AccountDeactivated => {
                (Refusal::AccountDeactivated, "the account is deactivated: activate it first")
            }
            Rule::AccountErased => (
                Refusal::AccountErased,
                "the account was deleted, and nothing is known of the customer any more",
            ),
            Rule::OpenOrders => (Refusal::OpenOrders(vec![]), ""),
            Rule::BatchCompleted => (Refusal::BatchCompleted, "every order of the batch has had its turn"),
            Rule::PositionNotReached => {
                (Refusal::PositionNotReached, "/up_to out-of-range no order of your stores has come so far")
            }
            Rule::BrokenHistory => (
                Refusal::BrokenHistory,
                " broken-history the hashes, personal values or events of the history do not fit together",
            ),
            Rule::BeyondOwnRights => {
                (Refusal::BeyondOwnRights, "nobody grants or changes rights beyond their own")
            }
            Rule::InvalidCredentials => (Refusal::InvalidCredentials, ""),
        }
    }

    #[test]
    fn every_refusal_is_told_with_its_code_and_its_field() {
        for rule in Rule::iter() {
            let (refusal, expected) = told(rule);
            assert_eq!(Rule::from(&refusal), rule);
            let problem = refused(&refusal);
            assert_eq!(problem.code(), Code::of(rule), "{rule:?}");
            let errors = problem.field_errors().iter();
            let told = |error: &FieldError| {
                format!("{} {} {}", error.pointer, error.code, error.detail.in_english())
            };
            let errors: Vec<String> = errors.map(told).collect();
            let happened = problem.code().happened().in_english();
            let expected = if expected.is_empty() { &happened } else { expected };
            let body = serde_json::to_value(problem.body("request", Locale::english())).unwrap();
            let detail = body["detail"].as_str().unwrap().to_owned();
            assert_eq!(if errors.is_empty() { detail } else { errors.join("; ") }, expected, "{rule:?}");
        }
    }
}
