//! One hash for all that ever happened.

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

/// Hashes that are in memory at a time.
const HASHES_PER_PAGE: i64 = 5_000;

statements! {
    PAGE: Template = Template::new(
        "SELECT o.position, h.hash FROM outbox o JOIN history h ON h.entity_id = o.entity_id AND h.seq = o.seq
         WHERE o.position > $1 AND o.position <= $2 ORDER BY o.position LIMIT $3"
    );
}

/// What a history comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The last position of the outbox.
    pub position: i64,
    /// How many events there are.
    pub events: u64,
    /// SHA-256 over the hashes of all events in the order of the outbox, in hexadecimal.
    pub sha256: String,
}

/// What the history comes to up to a position, as far as its events have positions.
///
/// # Errors
/// When the database fails.
pub async fn root(conn: &mut Conn, up_to: i64) -> Result<Root, Error> {
    let (mut hasher, mut position, mut events) = (Sha256::new(), 0, 0);
    loop {
        let page: Vec<(i64, String)> = conn.fetch_all(&PAGE.bind((position, up_to, HASHES_PER_PAGE))).await?;
        let Some((last, _)) = page.last() else { break };
        position = *last;
        events += page.len() as u64;
        for (_, hash) in &page {
            hasher.update(hash.as_bytes());
        }
    }
    Ok(Root { position, events, sha256: hex::encode(hasher.finalize()) })
}
