//! The table `writers`: one row per writing process, touched by each group that it commits. Whether a commit whose answer was
//! lost took place can be read there, once the old transaction has ended and lets go of the row.

use ordervault_domain::time::Timestamp;

use crate::bulk::{Bulk as _, BulkInsert, ColumnType::*};
use crate::bundle::Bundle;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::{Conn, Tx};

statements! {
    TOUCH: BulkInsert = BulkInsert::new("writers", &[("id", Int), ("last_group", Int), ("updated_at", Int)])
        .suffix("ON CONFLICT (id) DO UPDATE SET last_group = excluded.last_group, updated_at = excluded.updated_at");
    // An upsert and not a read with a lock: it also waits for a transaction that has only just inserted the row.
    LAST_GROUP: Template = Template::new(
        "INSERT INTO writers (id, last_group, updated_at) VALUES ($1, 0, 0)
         ON CONFLICT (id) DO UPDATE SET last_group = writers.last_group RETURNING last_group"
    );
    FORGET: Template = Template::new("DELETE FROM writers WHERE updated_at < $1 AND id <> $2");
    HIGHEST_ID: Template = Template::new(
        "SELECT MAX(id) AS id FROM (
             SELECT MAX(id) AS id FROM stores UNION ALL SELECT MAX(id) FROM products
             UNION ALL SELECT MAX(id) FROM customers UNION ALL SELECT MAX(id) FROM members
             UNION ALL SELECT MAX(id) FROM orders UNION ALL SELECT MAX(id) FROM sessions
             UNION ALL SELECT MAX(id) FROM batches UNION ALL SELECT MAX(id) FROM installations
         ) AS highest"
    );
}

/// Says that this group of this writer took place, if its transaction does.
pub(crate) fn touch(bundle: &mut Bundle, writer: i64, group: i64, now: Timestamp) {
    let mut rows = TOUCH.rows();
    rows.push((writer, group, now.millis()));
    bundle.add(&TOUCH, rows);
}

/// The number of the writer's last group that took place, after any transaction that is still at it; 0 if none did. To
/// be rolled back.
pub(crate) async fn last_group(tx: &mut Tx, writer: i64) -> Result<i64, Error> {
    let (group,): (i64,) = tx.fetch_one(&LAST_GROUP.bind((writer,))).await?;
    Ok(group)
}

/// Drops rows of writers that are long gone.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp, but: i64) -> Result<(), Error> {
    tx.execute(&FORGET.bind((before.millis(), but))).await?;
    Ok(())
}

/// The highest id of all; 0 if there is none. New ones are above it.
pub(crate) async fn highest_id(conn: &mut Conn) -> Result<i64, Error> {
    let (id,): (Option<i64>,) = conn.fetch_one(&HIGHEST_ID.bind(())).await?;
    Ok(id.unwrap_or(0))
}
