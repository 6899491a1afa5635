//! By what an order is called on the public board: nobody who reads it there learns the order's number, with which and a
//! contact somebody might be let in.

use ordervault_domain::id::OrderId;

use crate::auth::Secrets;
use crate::sealing::Sealing;

/// Makes the ids of orders on the board and reads them.
pub struct BoardIds(Sealing);

impl BoardIds {
    /// With keys derived from the secrets.
    pub fn new(secrets: &Secrets) -> Self {
        Self(Sealing::new(secrets, "board-order"))
    }

    /// The order's id on the board. Always the same as long as the signing key is.
    pub fn id(&self, order: OrderId) -> Option<String> {
        self.0.seal([&[], &[]], &[order.get()])
    }

    /// The order that is called this on the board.
    pub fn order(&self, id: &str) -> Option<OrderId> {
        match self.0.open([&[], &[]], id)?[..] {
            [order] => Some(OrderId::from_i64(order)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: OrderId = OrderId::from_i64(805_346_633_319_378_038);

    #[test]
    fn an_id_is_of_one_order_tells_nothing_and_outlives_one_change_of_keys() {
        let ids = BoardIds::new(&Secrets::from_keys([1; 32], None));
        let id = ids.id(ORDER).unwrap();
        assert_eq!((ids.id(ORDER), ids.order(&id)), (Some(id.clone()), Some(ORDER)));
        assert_eq!(id.len(), 32);
        assert!(!id.contains(&ORDER.to_string()) && ids.id(OrderId::from_i64(7)).unwrap()[..16] != id[..16]);
        for bad in ["", "AAAA", &id[1..], &format!("{id}A"), &ORDER.to_string(), &ORDER.number()] {
            assert_eq!(ids.order(bad), None, "{bad}");
        }
        assert_eq!(BoardIds::new(&Secrets::from_keys([2; 32], Some([1; 32]))).order(&id), Some(ORDER));
        assert_eq!(BoardIds::new(&Secrets::from_keys([2; 32], None)).order(&id), None);
    }
}
