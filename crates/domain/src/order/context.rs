//! What a decision is made from besides the order, and what it leads to.

use std::collections::BTreeMap;

use super::{Order, OrderEvent};
use crate::aggregate::Envelope;
use crate::id::ProductId;
use crate::product::Product;
use crate::store::Store;

/// What a command leads to.
pub(super) type Events = Vec<Envelope<OrderEvent>>;

/// What the writer knows besides the order.
#[derive(Clone, Debug, Default)]
pub struct DecisionContext<'a> {
    /// The store that the command or the order names, if it exists.
    pub store: Option<&'a Store>,
    /// The products that the command and the order name, as far as they exist.
    pub products: BTreeMap<ProductId, &'a Product>,
    /// Orders of the same buyer with the same basket as the one to be placed, from within the store's window.
    pub possible_duplicates: Vec<&'a Order>,
}
