//! Why a command was not carried out: a closed list, one variant per rule, in the words of the business.

use std::fmt;

use strum::{EnumDiscriminants, EnumIter, EnumString, IntoStaticStr};

use crate::access::Permission;
use crate::id::{OrderId, ProductId};
use crate::money::{Amount, Currency, MAX_TOTAL_MINOR_UNITS, Money};
use crate::parcel::LineUnits;
use crate::status::{FulfillmentState, Status};
use crate::time::Timestamp;
use crate::totals::{Rate, TermsFault};

/// A rule that says no. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, IntoStaticStr, EnumDiscriminants)]
#[strum(serialize_all = "kebab-case")]
#[strum_discriminants(
    name(Rule),
    derive(EnumString, IntoStaticStr, EnumIter),
    strum(serialize_all = "kebab-case"),
    doc = "The rule alone, named like the refusal."
)]
pub enum Refusal {
    /// There is no such thing, or it is outside the actor's scope; the two are never told apart.
    NotFound,
    /// The actor lacks the permission for this kind of act.
    Forbidden(Option<Permission>),
    /// The actor's account is not active (any more).
    Inactive,
    /// The account to which something is to be done is not active.
    AccountDeactivated,
    /// The account was erased: nothing is done to it any more.
    AccountErased,
    /// Orders of the customer are open, who has not said that the account shall be deleted all the same.
    OpenOrders(Vec<OpenOrder>),
    /// The caller's expected version is not the current one.
    VersionConflict {
        /// The version that it has now.
        current: i64,
    },
    /// The act does not fit the order's status.
    StateConflict {
        /// The status that it has now.
        current: Status,
    },
    /// The time for it is over: the customer's for changes, or that in which a step can be taken back.
    CutOffPassed {
        /// When it ended.
        at: Timestamp,
    },
    /// The buyer has changed the order too often.
    TooManyChanges {
        /// The version up to which they may.
        most: i64,
    },
    /// Some lines ask for more than there is.
    InsufficientStock(Vec<Shortage>),
    /// Lines whose product does not exist, is not sold or belongs to another store; positions from 0.
    UnknownProduct(Vec<usize>),
    /// Lines that ask for further pieces of a product that is on the order and not sold any more; positions from 0.
    NotSold(Vec<usize>),
    /// It costs something else than the caller was told.
    PriceChanged {
        /// What they were told.
        expected: Money,
        /// What it costs.
        total: Money,
    },
    /// The same buyer has just placed these orders with the same basket.
    PossibleDuplicate(Vec<OrderId>),
    /// The order is in another customer's account.
    InAnotherAccount,
    /// The store does not exist or takes no orders.
    UnknownStore,
    /// There is no such customer.
    UnknownCustomer,
    /// The order would have no line.
    NoLines,
    /// The order would have too many lines.
    TooManyLines {
        /// So many it may have.
        most: usize,
    },
    /// A line asks for nothing, or for more than can be ordered at once.
    QuantityOutOfRange {
        /// Position of the line in the request, from 0.
        line: usize,
        /// So many can be ordered at once.
        most: u32,
    },
    /// The order has no line of the number that the request names.
    UnknownLine {
        /// Position of the line in the request, from 0.
        line: usize,
    },
    /// The line of that number is one of another product.
    LineOfAnotherProduct {
        /// Position of the line in the request, from 0.
        line: usize,
    },
    /// Two lines of the request name the same line of the order.
    LineNamedTwice {
        /// Position of the second one in the request, from 0.
        line: usize,
    },
    /// It is not said who gets the order.
    NameMissing,
    /// There is no way to reach whoever gets the order.
    Unreachable,
    /// A line or the order would exceed the largest amount.
    AmountOutOfRange,
    /// Another thing already has this value.
    Duplicate {
        /// The field that has to be unique.
        field: &'static str,
    },
    /// A price is below nothing or above the largest amount.
    PriceOutOfRange,
    /// A new product would begin with fewer units than none, or with more than fit in the house.
    OpeningStockOutOfRange {
        /// So many fit.
        most: i64,
    },
    /// More units would be on hand than fit in the house.
    StockAboveLimit {
        /// So many fit.
        most: i64,
    },
    /// On hand would fall below what is reserved for orders.
    StockBelowReserved {
        /// Reserved units.
        reserved: i64,
    },
    /// Tax terms or ways of sending that nothing can be computed by.
    UnfitTerms(Vec<TermsFault>),
    /// The product's store has no such tax class.
    UnknownTaxClass,
    /// The order's store does not send in such a way.
    UnknownShipping,
    /// The goods are too heavy to be sent so.
    TooHeavy,
    /// A discount or fee is of nothing, or above the largest amount.
    AdjustmentOutOfRange,
    /// The order has as many discounts and fees as it may have.
    TooManyAdjustments {
        /// So many it may have.
        most: usize,
    },
    /// A discount would take nothing off, or a fee be nothing.
    NothingToAdjust,
    /// The order has no discount or fee of this number.
    UnknownAdjustment,
    /// All discounts together would be more than the member may give.
    DiscountAboveLimit {
        /// The share of the goods' price that they may give.
        limit: Rate,
    },
    /// The order's store is not paid in such a way.
    UnknownPaymentRule,
    /// An amount that is paid, paid back or let go of is nothing, or above the largest amount.
    PaymentOutOfRange,
    /// Money of another currency than the order's.
    CurrencyMismatch {
        /// The order's.
        of: Currency,
    },
    /// Something that happened is said to happen later than now.
    NotYet {
        /// Which time it is about.
        field: &'static str,
    },
    /// The order has as many payments as it may have.
    TooManyPayments {
        /// So many it may have.
        most: usize,
    },
    /// The order has as many refunds as it may have.
    TooManyRefunds {
        /// So many it may have.
        most: usize,
    },
    /// The order has no payment of this number.
    UnknownPayment,
    /// The order has no refund of this number.
    UnknownRefund,
    /// Nothing was paid that is not owed, or is not on its way back already.
    NothingRefundable,
    /// More would be paid back than may be.
    RefundExceedsPayment {
        /// So much may.
        most: Money,
    },
    /// More would be paid back than the member may have paid back.
    RefundAboveLimit {
        /// So much they may.
        limit: Amount,
    },
    /// More would be let go of than the difference is.
    WriteOffExceedsBalance {
        /// What is missing; below nothing: what the shop owes.
        open: Money,
    },
    /// It has to be paid first.
    PaymentRuleNotMet {
        /// What is missing.
        open: Money,
    },
    /// Something is owed yet, or on its way back.
    BalanceNotSettled {
        /// What is missing; below nothing: what the shop owes.
        open: Money,
    },
    /// The order would cost less than was given back, or let go of, already.
    TotalBelowCredits {
        /// How much that is.
        given: Money,
    },
    /// Money is here for the order.
    MoneyKept {
        /// How much.
        kept: Money,
    },
    /// Units are asked for that are called off, in a fulfillment, or never were ordered.
    UnitsNotOpen(Vec<NotOpen>),
    /// Units are in parcels, or have left: these of each line.
    UnitsOut(Vec<LineUnits>),
    /// Units have not arrived: these of each line.
    UnitsUndelivered(Vec<LineUnits>),
    /// Of the units of a fulfillment that came back others are told of than were in it: these of each line.
    UnitsBackDiffer(Vec<LineUnits>),
    /// Units are called off or sent, so lines and prices stay.
    UnitsMoved,
    /// The order has no fulfillment of this number.
    UnknownFulfillment,
    /// The act does not fit how far the fulfillment is.
    FulfillmentConflict {
        /// How far that is now.
        current: FulfillmentState,
    },
    /// The order has as many fulfillments as it can have.
    TooManyFulfillments {
        /// So many.
        most: usize,
    },
    /// A fulfillment would have too many parcels.
    TooManyParcels {
        /// So many it may have.
        most: usize,
    },
    /// A fulfillment would have arrived before it left, or in the future.
    DeliveryTimeOutOfRange,
    /// A member would have no role.
    NoRole,
    /// The shop would be left without an active owner.
    LastOwner,
    /// Nobody deactivates themselves or resets their own password.
    OwnAccount,
    /// The store has products or orders, so its currency stays.
    CurrencyFixed,
    /// Every order of the batch has had its turn: there is nothing left to cancel.
    BatchCompleted,
    /// No order that the member can have seen stands at this position.
    PositionNotReached,
    /// The hashes, personal values or events of a history to be taken over do not fit together.
    BrokenHistory,
    /// A member cannot be given (or, holding them, be changed by somebody without) these rights.
    BeyondOwnRights,
    /// The credentials or the session are not (any longer) good.
    InvalidCredentials,
}

impl Refusal {
    /// None of these permissions, of which one is needed, is the actor's; no permission: nobody can be given the right.
    #[must_use]
    pub fn lacking(permissions: &[Permission]) -> Self {
        Self::Forbidden(permissions.first().copied())
    }
}

/// In words, to whoever asked. What it is about in their request is for those to say who read the request.
impl fmt::Display for Refusal {
    #[expect(clippy::too_many_lines, reason = "a table, one line a refusal")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Forbidden(Some(permission)) => return write!(f, "this takes the permission {permission}"),
            Self::VersionConflict { current } => {
                return write!(f, "it has changed, and has version {current} now");
            }
            Self::StateConflict { current } => return write!(f, "not while the order is {current}"),
            Self::CutOffPassed { at } => return write!(f, "this was possible until {at}"),
            Self::TooManyChanges { most } => {
                return write!(f, "an order is changed by its buyer up to version {most}");
            }
            Self::UnknownProduct(lines) => {
                let lines: Vec<String> = lines.iter().map(|line| (line + 1).to_string()).collect();
                return write!(f, "its store has no such product (line {})", lines.join(", "));
            }
            Self::PriceChanged { expected, total } if expected.currency != total.currency => {
                return write!(
                    f,
                    "prices are in {}, not in {}: it costs {total}",
                    total.currency, expected.currency
                );
            }
            Self::PriceChanged { total, .. } => return write!(f, "it costs {total} now"),
            Self::QuantityOutOfRange { most, .. } => return write!(f, "a quantity is from 1 to {most}"),
            Self::TooManyLines { most } => return write!(f, "an order has at most {most} lines"),
            Self::PriceOutOfRange => {
                return write!(f, "a price is from 0 to {MAX_TOTAL_MINOR_UNITS} minor units");
            }
            Self::OpeningStockOutOfRange { most } => {
                return write!(f, "units in the house are from 0 to {most}");
            }
            Self::StockAboveLimit { most } => {
                return write!(f, "there are at most {most} units of a product in the house");
            }
            Self::TooManyAdjustments { most } => {
                return write!(f, "an order has at most {most} discounts and fees");
            }
            Self::DiscountAboveLimit { limit } => {
                return write!(
                    f,
                    "discounts are up to {} thousandths of a percent of the goods",
                    limit.get()
                );
            }
            Self::CurrencyMismatch { of } => return write!(f, "the order is in {of}"),
            Self::NotYet { field } => return write!(f, "{field} is later than now"),
            Self::TooManyPayments { most } => return write!(f, "an order has at most {most} payments"),
            Self::TooManyRefunds { most } => return write!(f, "an order has at most {most} refunds"),
            Self::RefundExceedsPayment { most } => return write!(f, "at most {most} can be paid back"),
            Self::RefundAboveLimit { limit } => {
                return write!(f, "refunds are up to {} minor units", limit.get());
            }
            Self::WriteOffExceedsBalance { open } => return write!(f, "{open} is missing"),
            Self::PaymentRuleNotMet { open } => return write!(f, "{open} is to be paid first"),
            Self::BalanceNotSettled { open } => return write!(f, "{open} is missing yet"),
            Self::TotalBelowCredits { given } => return write!(f, "{given} of it was given back already"),
            Self::MoneyKept { kept } => return write!(f, "{kept} is here for the order: pay it back first"),
            Self::FulfillmentConflict { current } => {
                return write!(f, "not while the fulfillment is {current}");
            }
            Self::TooManyFulfillments { most } => {
                return write!(f, "an order has at most {most} fulfillments");
            }
            Self::TooManyParcels { most } => return write!(f, "a fulfillment has at most {most} parcels"),
            Self::StockBelowReserved { reserved } => {
                return write!(f, "the {reserved} pieces that open orders reserve must stay in the house");
            }
            Self::Duplicate { field: "id" } => {
                "something else has the id that it would get; neither of them is changed"
            }
            Self::Duplicate { field } => return write!(f, "another one has this {field} already"),
            Self::NotFound => "it is not there",
            Self::Forbidden(None) => "this is nobody's right",
            Self::Inactive => "the account is not active",
            Self::AccountDeactivated => "the account is deactivated: activate it first",
            Self::AccountErased => "the account was deleted, and nothing is known of the customer any more",
            Self::OpenOrders(_) => "orders of the account are open",
            Self::InsufficientStock(_) => "there is not enough in stock",
            Self::NotSold(_) => "a product is not sold any more: the order keeps the pieces that it has",
            Self::PossibleDuplicate(_) => "the same was ordered a short while ago",
            Self::InAnotherAccount => "the order is in another account",
            Self::UnknownStore => "there is no such store",
            Self::UnknownCustomer => "there is no customer with this id",
            Self::NoLines => "an order has at least one line",
            Self::UnknownLine { .. } => "the order has no line of this number",
            Self::LineOfAnotherProduct { .. } => "the line of this number is one of another product",
            Self::LineNamedTwice { .. } => "a line of the order is named once",
            Self::NameMissing => "give the name of the person who gets the order",
            Self::Unreachable => "give a phone number or an e-mail address",
            Self::AmountOutOfRange => "it costs more than an order can",
            Self::UnfitTerms(_) => "nothing can be computed by these terms",
            Self::UnknownTaxClass => "the store has no such tax class",
            Self::UnknownShipping => "the store does not send so",
            Self::TooHeavy => "the goods are too heavy to be sent so",
            Self::AdjustmentOutOfRange => "a discount or fee is more than nothing",
            Self::NothingToAdjust => "this would change nothing of the price",
            Self::UnknownAdjustment => "the order has no discount or fee of this number",
            Self::UnknownPaymentRule => "the store is not paid so",
            Self::PaymentOutOfRange => "what is paid is more than nothing",
            Self::UnknownPayment => "the order has no payment of this number",
            Self::UnknownRefund => "the order has no refund of this number",
            Self::NothingRefundable => "nothing is here that could be paid back",
            Self::UnitsNotOpen(_) => "so many units are not open",
            Self::UnitsOut(_) => "units are in parcels, or have left",
            Self::UnitsUndelivered(_) => "units have not arrived",
            Self::UnitsBackDiffer(_) => "other units came back than had left",
            Self::UnitsMoved => "units are called off or sent, so lines and prices stay",
            Self::UnknownFulfillment => "the order has no fulfillment of this number",
            Self::DeliveryTimeOutOfRange => "it arrived after it left, and not in the future",
            Self::NoRole => "a member has at least one role",
            Self::LastOwner => "the shop would be left without an active owner",
            Self::OwnAccount => "nobody deactivates their own account or resets their own password",
            Self::CurrencyFixed => "a store's currency stays once it has products or orders",
            Self::BatchCompleted => "every order of the batch has had its turn",
            Self::PositionNotReached => "no order of your stores has come so far",
            Self::BrokenHistory => "the hashes, personal values or events of the history do not fit together",
            Self::BeyondOwnRights => "nobody grants or changes rights beyond their own",
            Self::InvalidCredentials => "the credentials are not good (any longer)",
        };
        f.write_str(words)
    }
}

/// An order that is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOrder {
    /// The order.
    pub id: OrderId,
    /// Where it stands.
    pub status: Status,
}

/// Units that are asked for and not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOpen {
    /// Position in the request, from 0.
    pub line: usize,
    /// The number of the line.
    pub no: u32,
    /// Units of the line that the request asks for up to there.
    pub asked: u32,
    /// Units of the line that are open.
    pub open: u32,
}

/// A line that asks for more than is available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// Position of the line in the request, from 0.
    pub line: usize,
    /// The product.
    pub product_id: ProductId,
    /// Units of the product that all lines together ask for.
    pub requested: i64,
    /// Units that could be had.
    pub available: i64,
}
