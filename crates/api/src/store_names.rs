//! What customers call the stores, as it was read a moment ago, so that not every answer about an order reads it again. Nothing is
//! decided by it, and a new name is seen after [`KNOWN_MILLIS`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ordervault_domain::id::StoreId;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;

use crate::known_logins::KNOWN_MILLIS;

/// The names by their stores, with when they were read. There are as few as there are stores.
#[derive(Debug, Default)]
pub struct StoreNames(Mutex<HashMap<StoreId, (Arc<str>, Timestamp)>>);

impl StoreNames {
    /// The name, if it was read a moment ago.
    pub fn get(&self, id: StoreId, now: Timestamp) -> Option<Arc<str>> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (name, read_at) = names.get(&id)?;
        let is_fresh = (0..KNOWN_MILLIS).contains(&(now.millis() - read_at.millis()));
        is_fresh.then(|| Arc::clone(name))
    }

    /// Keeps what was read at this time.
    pub fn keep(&self, stores: &[Store], read_at: Timestamp) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.extend(stores.iter().map(|store| (store.id, (store.name.as_str().into(), read_at))));
    }
}
