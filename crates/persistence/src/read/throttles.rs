//! What is tried too often.

use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::tables::throttles;
use crate::tx::Conn;

/// Until when the strictest of these throttles lets nothing through; none: never blocked. The write queue has the last
/// word; whoever asks here first spares it those that are blocked anyway.
///
/// # Errors
/// When the database fails.
pub async fn blocked_until(conn: &mut Conn, keys: &[String]) -> Result<Option<Timestamp>, Error> {
    let counters = throttles::read(conn, keys).await?;
    Ok(counters.into_iter().map(|counter| counter.blocked_until).max())
}
