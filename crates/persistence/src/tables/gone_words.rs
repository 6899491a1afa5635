//! Words of rows that are gone from an index of words: FTS5 passes them over, and they stay in the file until the parts of the index
//! that have them are merged (<https://www.sqlite.org/fts5.html>, sections 4.4.2 and 6.8).

use crate::db::Db;
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::{Template, statements};

/// Pages that are written in one transaction: about a megabyte.
const PAGES_PER_STEP: i64 = 256;
/// A merge that did nothing changes fewer rows than this.
const LEAST_CHANGES: i64 = 2;

statements! {
    MERGE_ORDERS: Template = Template::forked(
        "INSERT INTO order_search (order_search, rank) VALUES ('merge', $1)", "SELECT $1::bigint WHERE FALSE"
    );
    MERGE_CUSTOMERS: Template = Template::forked(
        "INSERT INTO customer_search (customer_search, rank) VALUES ('merge', $1)", "SELECT $1::bigint WHERE FALSE"
    );
    CHANGES: Template = Template::forked("SELECT total_changes()", "SELECT 0::bigint");
}

/// Which step it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeStep {
    /// The first one: all parts that there are now are to be merged.
    First,
    /// Goes on.
    Next,
}

/// One step in which the indexes of orders and customers become one part each, without words of rows that are gone: what others write
/// in between becomes further parts. False: it is done. PostgreSQL has no such parts.
///
/// # Errors
/// When the database fails.
pub async fn merge_words(db: &Db, step: MergeStep) -> Result<bool, Error> {
    if db.engine() == Engine::Postgres {
        return Ok(false);
    }
    let pages = match step {
        MergeStep::First => -PAGES_PER_STEP,
        MergeStep::Next => PAGES_PER_STEP,
    };
    let mut is_more = false;
    for merge in [&MERGE_ORDERS, &MERGE_CUSTOMERS] {
        let mut tx = db.begin().await?;
        let (before,): (i64,) = tx.fetch_one(&CHANGES.bind(())).await?;
        tx.execute(&merge.bind((pages,))).await?;
        let (after,): (i64,) = tx.fetch_one(&CHANGES.bind(())).await?;
        tx.commit().await.map_err(|error| Error::Db(error.into_inner()))?;
        is_more |= after - before >= LEAST_CHANGES;
    }
    Ok(is_more)
}
