//! What some commands carry: orders to be made, and changes of them.

use super::{AdjustReason, AdjustmentKind, Status};
use crate::contact::Contact;
use crate::id::{CustomerId, OrderId, ProductId, StoreId};
use crate::money::{Amount, Currency, Money};
use crate::time::Timestamp;
use crate::totals::{Code, Value};

/// Longest customer's note, in code points.
pub const MAX_NOTE_CODE_POINTS: usize = 2_000;
/// Longest code of an adjustment, in code points.
pub const MAX_ADJUSTMENT_CODE_CODE_POINTS: usize = 50;
/// Longest comment on a command, in code points.
pub const MAX_COMMENT_CODE_POINTS: usize = 1_000;

/// A new order. Prices and totals are the server's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The store that sells.
    pub store_id: StoreId,
    /// The customer, when staff place for one; customers always place for themselves.
    pub customer_id: Option<CustomerId>,
    /// What is ordered.
    pub lines: Vec<LineRequest>,
    /// Who gets it, and where.
    pub contact: Contact,
    /// A note to the shop, may be empty.
    pub note: String,
    /// How it is sent; none: in the first way that the store has.
    pub shipping: Option<Code>,
    /// How it is to be paid; none: in the first way that the store has.
    pub payment: Option<Code>,
    /// Shall it be kept off the public board?
    pub unlisted: bool,
    /// Earlier orders like this one that it is not meant to repeat.
    pub not_duplicate_of: Vec<OrderId>,
    /// What the buyer was told that it costs; another total is refused.
    pub expected_total: Option<Money>,
}

/// A product and how many of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRequest {
    /// Which.
    pub product_id: ProductId,
    /// How many.
    pub quantity: u32,
}

/// A line as it shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmendedLine {
    /// The number of the line of the order that it is. `None`: the lines of the product that no other one names. Pieces that
    /// they have keep title and price; further ones come in at today's.
    pub no: Option<u32>,
    /// Which product; that of the line, if one is named.
    pub product_id: ProductId,
    /// How many.
    pub quantity: u32,
}

impl From<LineRequest> for AmendedLine {
    fn from(LineRequest { product_id, quantity }: LineRequest) -> Self {
        Self { no: None, product_id, quantity }
    }
}

/// A change to a placed order; `None` leaves a part as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amendment {
    /// All lines as they shall be; a line of the order that is not among them goes.
    pub lines: Option<Vec<AmendedLine>>,
    /// The whole contact as it shall be.
    pub contact: Option<Contact>,
    /// The note as it shall be; empty takes it away.
    pub note: Option<String>,
    /// What the actor says about it.
    pub comment: Option<String>,
    /// What the actor was told that the order costs then; another total is refused.
    pub expected_total: Option<Money>,
}

/// A discount or a fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjust {
    /// Which way it goes.
    pub kind: AdjustmentKind,
    /// How much.
    pub value: Value,
    /// The currency that an amount is told in; none: the order's.
    pub currency: Option<Currency>,
    /// The lines that it is about; none: all of them.
    pub lines: Option<Vec<u32>>,
    /// What a customer showed for it.
    pub code: Option<String>,
    /// Why.
    pub reason: AdjustReason,
    /// In words.
    pub comment: Option<String>,
    /// What the actor was told that the order costs then; another total is refused.
    pub expected_total: Option<Money>,
}

/// An order that was placed elsewhere, as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The store that sells.
    pub store_id: StoreId,
    /// The customer that bought.
    pub customer_id: Option<CustomerId>,
    /// Its key there; with the source's name in front, unique here.
    pub external_reference: String,
    /// Its status there, kept word for word.
    pub source_status: String,
    /// The currency of its amounts.
    pub currency: Currency,
    /// What was ordered; may be empty.
    pub lines: Vec<ImportedLine>,
    /// Price of sending.
    pub shipping_total: Amount,
    /// Who got it, and where.
    pub contact: Contact,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// The steps it has been through, in the order of the life cycle. The last gives its status here.
    pub steps: Vec<ImportedStep>,
}

/// A line of an imported order, with the price that was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedLine {
    /// Which product.
    pub product_id: ProductId,
    /// Units.
    pub quantity: u32,
    /// Price of one unit.
    pub unit_price: Amount,
}

/// A step of an imported order's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedStep {
    /// The status that it reached.
    pub to: Status,
    /// When, if the source knows.
    pub at: Option<Timestamp>,
}
