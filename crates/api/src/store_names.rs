//! What customers call the stores, as it was read a moment ago, so that not every answer about an order reads it again. Nothing is
//! decided by it. What another process renames is seen here after [`KNOWN_MILLIS`]; what this one does, at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ordervault_domain::id::StoreId;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read;

use crate::known_logins::KNOWN_MILLIS;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;

/// The names by their stores, with when they were read. There are as few as there are stores.
#[derive(Debug, Default)]
pub struct StoreNames(Mutex<HashMap<StoreId, (Arc<str>, Timestamp)>>);

impl StoreNames {
    fn get(&self, id: StoreId, now: Timestamp) -> Option<Arc<str>> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (name, read_at) = names.get(&id)?;
        let is_fresh = (0..KNOWN_MILLIS).contains(&(now.millis() - read_at.millis()));
        is_fresh.then(|| Arc::clone(name))
    }

    fn keep(&self, id: StoreId, name: &Arc<str>, read_at: Timestamp) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(id, (Arc::clone(name), read_at));
    }

    /// Forgets all, because one may have changed.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// What customers call this store.
///
/// # Errors
/// When it cannot be read, or is not there.
pub(crate) async fn store_name(state: &AppState, id: StoreId) -> Result<Arc<str>, Problem> {
    let now = state.now();
    if let Some(name) = state.store_names.get(id, now) {
        return Ok(name);
    }
    let store = read::store(&mut reader(state).await?, id).await.map_err(failed)?;
    let name = store.ok_or_else(|| Problem::new(Code::NotFound))?.name.into();
    state.store_names.keep(id, &name, now);
    Ok(name)
}
