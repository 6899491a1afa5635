//! Whether a request was made before.

use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::tables::idempotency;
use crate::tx::Conn;
use crate::writer::{IDEMPOTENCY_MILLIS, Idempotency, Receipt, WriteError};

/// What a request with this key is told, if the key was used before. For requests that are refused because of what the
/// first one has done.
///
/// # Errors
/// When the database fails.
pub async fn used_key(
    conn: &mut Conn,
    asked: &Idempotency,
    now: Timestamp,
) -> Result<Option<Result<Receipt, WriteError>>, Error> {
    let oldest = now.millis() - IDEMPOTENCY_MILLIS;
    let record = idempotency::read(conn, &asked.scoped_key, oldest).await?;
    Ok(record.map(|record| record.answer(asked)))
}
