//! What a decision is made from besides the order, and what it leads to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Order, OrderCommand, OrderEvent, Status};
use crate::aggregate::Envelope;
use crate::id::{CustomerId, ProductId, StoreId};
use crate::product::Product;
use crate::store::Store;
use crate::time::Timestamp;

/// What a command leads to.
pub(super) type Events = Vec<Envelope<OrderEvent>>;

/// What the writer knows besides the order.
#[derive(Clone, Debug, Default)]
pub struct DecisionContext<'a> {
    /// The store that the command or the order names, if it exists.
    pub store: Option<&'a Store>,
    /// The products that the command and the order name, as far as they exist.
    pub products: BTreeMap<ProductId, &'a Product>,
    /// Of the customers in whose accounts orders are, those who have left.
    pub erased_customers: BTreeSet<CustomerId>,
    /// Orders of the same buyer with the same basket as the one to be placed, from within the store's window.
    pub possible_duplicates: Vec<&'a Order>,
}

/// What a decision looks at besides the order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// The store.
    pub store: Option<StoreId>,
    /// The products.
    pub products: BTreeSet<ProductId>,
    /// The customers in whose accounts orders are.
    pub customers: BTreeSet<CustomerId>,
}

impl References {
    /// Is there nothing to look at?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.store.is_none() && self.products.is_empty() && self.customers.is_empty()
    }

    /// Those of a command on this order; none: on a new one.
    #[must_use]
    pub fn of(command: &OrderCommand, order: Option<&Order>) -> Self {
        let (store, asked) = command.named();
        let had = order.into_iter().flat_map(|order| order.lines.iter().map(|line| line.product_id));
        let customer = order.and_then(|order| order.customer_id);
        Self {
            store: store.or(order.map(|order| order.store_id)),
            products: asked.into_iter().chain(had).collect(),
            customers: customer
                .filter(|_| matches!(command, OrderCommand::Unlink { .. }))
                .into_iter()
                .collect(),
        }
    }
}

impl<'a> DecisionContext<'a> {
    /// When an order that enters this status now is due to leave it.
    pub(super) fn due_at(&self, status: Status, now: Timestamp) -> Option<Timestamp> {
        self.store.and_then(|store| store.policy.due_at(status, now))
    }

    /// When all of an order that enters this status now is due to have left.
    pub(super) fn shipping_due_at(&self, status: Status, now: Timestamp) -> Option<Timestamp> {
        let minutes = self.store.and_then(|store| store.policy.shipping_minutes);
        minutes.filter(|_| status == Status::Processing).map(|minutes| now.plus_minutes(minutes))
    }

    /// Until when the last step of the order can be taken back; none: at any time.
    pub(super) fn reversible_until(&self, order: &Order) -> Option<Timestamp> {
        let minutes = self.store?.policy.reversal_minutes?;
        Some(order.status_since.plus_minutes(minutes))
    }

    /// What there is of these references. The one way to a context, for whoever decides and for whoever foretells.
    pub fn of(
        references: &References,
        store: impl FnOnce(StoreId) -> Option<&'a Store>,
        product: impl Fn(ProductId) -> Option<&'a Product>,
        is_erased: impl Fn(CustomerId) -> bool,
    ) -> Self {
        let products = references.products.iter().filter_map(|id| Some((*id, product(*id)?))).collect();
        let erased_customers = references.customers.iter().copied().filter(|id| is_erased(*id)).collect();
        Self {
            store: references.store.and_then(store),
            products,
            erased_customers,
            possible_duplicates: vec![],
        }
    }
}
