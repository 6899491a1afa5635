//! Why a command was not carried out: a closed list, one variant per rule, in the words of the business.

use strum::{EnumDiscriminants, EnumIter, EnumString, IntoStaticStr};

use crate::access::Permission;
use crate::id::{OrderId, ProductId};
use crate::status::Status;
use crate::time::Timestamp;

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
    /// The customer's time for changes is over.
    CutOffPassed {
        /// When it ended.
        at: Timestamp,
    },
    /// Some lines ask for more than there is.
    InsufficientStock(Vec<Shortage>),
    /// Lines whose product does not exist, is not sold or belongs to another store; positions from 0.
    UnknownProduct(Vec<usize>),
    /// The same buyer has just placed these orders with the same basket.
    LooksLike(Vec<OrderId>),
    /// The store does not exist or takes no orders.
    UnknownStore,
    /// A field's content breaks a rule.
    Invalid {
        /// JSON pointer into the request body.
        pointer: String,
        /// Machine-readable code of the rule.
        code: &'static str,
        /// The rule in words.
        detail: &'static str,
    },
    /// A line or the order would exceed the largest amount.
    AmountOutOfRange,
    /// Another thing already has this value.
    Duplicate {
        /// The field that has to be unique.
        field: &'static str,
    },
    /// On hand would fall below what is reserved for orders.
    StockBelowReserved {
        /// Reserved units.
        reserved: i64,
    },
    /// The shop would be left without an active owner.
    LastOwner,
    /// Nobody deactivates themselves or resets their own password.
    OwnAccount,
    /// The store has orders, so its currency stays.
    CurrencyFixed,
    /// Every order of the batch has had its turn: there is nothing left to cancel.
    BatchCompleted,
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
