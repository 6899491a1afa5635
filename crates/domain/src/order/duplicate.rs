//! What makes two orders look like the same one, placed twice: store, buyer and basket.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Order, Place, Source};
use crate::contact::Contact;
use crate::country::Country;
use crate::id::{CustomerId, ProductId, StoreId};

/// Store, buyer and basket of an order. Equal for orders that may be one placed twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DuplicateKey {
    store_id: StoreId,
    buyer: Buyer,
    basket: BTreeMap<ProductId, u64>,
}

/// Who buys, as far as two orders can be compared by it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Buyer {
    Customer(CustomerId),
    /// Somebody without an account, by what they can be reached by.
    Reach(String),
}

impl DuplicateKey {
    /// That of an order that was placed here. None for imported ones, and those that nobody can be told by.
    #[must_use]
    pub fn of_order(order: &Order) -> Option<Self> {
        if order.source == Source::Import {
            return None;
        }
        let lines = order.lines.iter().map(|line| (line.product_id, line.quantity));
        Self::new(order.store_id, Buyer::new(order.customer_id, &order.contact, order.country)?, lines)
    }

    /// That of an order to be placed, for this customer if they have an account, in a store of this country.
    #[must_use]
    pub fn of_place(place: &Place, customer_id: Option<CustomerId>, home: Option<Country>) -> Option<Self> {
        let lines = place.lines.iter().map(|line| (line.product_id, line.quantity));
        Self::new(place.store_id, Buyer::new(customer_id, &place.contact, home)?, lines)
    }

    fn new(store_id: StoreId, buyer: Buyer, lines: impl Iterator<Item = (ProductId, u32)>) -> Option<Self> {
        let mut basket = BTreeMap::new();
        for (product_id, quantity) in lines {
            *basket.entry(product_id).or_default() += u64::from(quantity);
        }
        (!basket.is_empty()).then_some(Self { store_id, buyer, basket })
    }

    /// A number that is equal for equal values, to look them up by. Others may have it, too, but hardly ever do.
    #[must_use]
    pub fn key(&self) -> i64 {
        let mut hasher = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        };
        part(&self.store_id.get().to_be_bytes());
        match &self.buyer {
            Buyer::Customer(id) => part(&id.get().to_be_bytes()),
            Buyer::Reach(text) => part(text.as_bytes()),
        }
        for (product_id, quantity) in &self.basket {
            part(&product_id.get().to_be_bytes());
            part(&quantity.to_be_bytes());
        }
        let hash: [u8; 32] = hasher.finalize().into();
        i64::from_be_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]])
            & i64::MAX
    }
}

impl Buyer {
    fn new(customer_id: Option<CustomerId>, contact: &Contact, home: Option<Country>) -> Option<Self> {
        let reach = || contact.reach(home).map(Self::Reach);
        customer_id.map(Self::Customer).or_else(reach)
    }
}
