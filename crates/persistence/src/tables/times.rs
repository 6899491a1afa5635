//! Times of the history: the newest of all, and where the clock was found to have been ahead. What was written before the last
//! such correction has times that count for nothing since; which events those are, their positions in the outbox tell.

use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

/// The clock may be behind the newest record by so much; more, and nothing is written.
pub const MAX_CLOCK_LAG_MILLIS: i64 = 60_000;

statements! {
    NEWEST: Template = Template::new(
        "SELECT h.recorded_at FROM history h
         WHERE COALESCE((SELECT o.position FROM outbox o WHERE o.entity_id = h.entity_id AND o.seq = h.seq),
                        9223372036854775807)
             >= (SELECT COALESCE(MAX(o.position), 0) FROM history c JOIN outbox o ON o.entity_id = c.entity_id AND o.seq = c.seq
                 WHERE c.kind = 'installation' AND c.type = 'clock_corrected')
         ORDER BY h.recorded_at DESC LIMIT 1"
    );
    BEFORE_CORRECTION: Template = Template::new(
        "SELECT entity_id FROM outbox WHERE entity_id {in_keys:1} GROUP BY entity_id
         HAVING MAX(COALESCE(position, 9223372036854775807))
             < (SELECT COALESCE(MAX(o.position), 0) FROM history c JOIN outbox o ON o.entity_id = c.entity_id AND o.seq = c.seq
                WHERE c.kind = 'installation' AND c.type = 'clock_corrected')"
    );
}

/// The time of the newest record, as far as records are not older than the last correction of the clock.
///
/// # Errors
/// When the database fails.
pub async fn newest(conn: &mut Conn) -> Result<Timestamp, Error> {
    let row: Option<(i64,)> = conn.fetch_optional(&NEWEST.bind(())).await?;
    Ok(row.map_or(Timestamp::MIN, |(millis,)| Timestamp::from_millis(millis)))
}

/// Those of these resources to which nothing has happened since the clock was last corrected.
pub(crate) async fn before_correction(conn: &mut Conn, ids: &[i64]) -> Result<Vec<i64>, Error> {
    let rows: Vec<(i64,)> = conn.fetch_all(&BEFORE_CORRECTION.bind((ids,))).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
