//! What somebody is told whose key was used before.

use super::operation::{Idempotency, Receipt, WriteError};
use crate::tables::idempotency::Record;

impl Record {
    /// What somebody with this key is told.
    ///
    /// # Errors
    /// When the key stands for something else.
    pub(crate) fn answer(&self, asked: &Idempotency) -> Result<Receipt, WriteError> {
        if self.fingerprint != asked.fingerprint {
            return Err(WriteError::KeyReused);
        }
        Ok(Receipt::Replayed { entity_id: self.entity_id, version: self.version })
    }
}
