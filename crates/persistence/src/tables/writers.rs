//! The table `writers`: one row per writing process, touched by each of its batches. Whether a commit whose answer was
//! lost took place can be read there: the row's lock waits for the old transaction to end.

use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::{Conn, Tx};

statements! {
    TOUCH: Template = Template::new(
        "INSERT INTO writers (id, batch, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, updated_at = excluded.updated_at"
    );
    READ: Template = Template::new("SELECT batch FROM writers WHERE id = $1 {lock}");
    FORGET: Template = Template::new("DELETE FROM writers WHERE updated_at < $1 AND id <> $2");
    HIGHEST_ID: Template = Template::new(
        "SELECT MAX(id) AS id FROM (
             SELECT MAX(id) AS id FROM stores UNION ALL SELECT MAX(id) FROM products
             UNION ALL SELECT MAX(id) FROM customers UNION ALL SELECT MAX(id) FROM members
             UNION ALL SELECT MAX(id) FROM orders UNION ALL SELECT MAX(id) FROM sessions
         ) AS highest"
    );
}

/// Says that this batch of this writer took place, if its transaction does.
pub(crate) async fn touch(tx: &mut Tx, writer: i64, batch: i64, now: Timestamp) -> Result<(), Error> {
    tx.execute(&TOUCH.bind((writer, batch, now.millis()))).await?;
    Ok(())
}

/// The writer's last batch that took place, after any transaction that is still at it.
pub(crate) async fn last_batch(conn: &mut Conn, writer: i64) -> Result<Option<i64>, Error> {
    let row: Option<(i64,)> = conn.fetch_optional(&READ.bind((writer,))).await?;
    Ok(row.map(|row| row.0))
}

/// Drops rows of writers that are long gone.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp, but: i64) -> Result<(), Error> {
    tx.execute(&FORGET.bind((before.millis(), but))).await?;
    Ok(())
}

/// The highest id of all, which tells the latest time at which one was made.
pub(crate) async fn highest_id(conn: &mut Conn) -> Result<Option<i64>, Error> {
    let (id,): (Option<i64>,) = conn.fetch_one(&HIGHEST_ID.bind(())).await?;
    Ok(id)
}
