//! Which orders a [`Scope`] reaches. The persistence crate has the same as an SQL condition; a law on both engines says
//! that they agree.

use super::Order;
use crate::access::Scope;

impl Scope {
    /// Is this order in reach?
    #[must_use]
    pub fn covers(&self, order: &Order) -> bool {
        match self {
            Self::Customer(id) => order.customer_id == Some(*id) && !order.is_deleted(),
            Self::Guest(grant) => *grant == Some(order.grant()) && !order.is_deleted(),
            Self::Board(stores) => stores.contains(&order.store_id) && order.is_public(),
            Self::Staff { stores, statuses, trash, .. } => {
                stores.covers(order.store_id)
                    && statuses.contains(order.status())
                    && (*trash || !order.is_deleted())
            }
            Self::Everything => true,
        }
    }
}
