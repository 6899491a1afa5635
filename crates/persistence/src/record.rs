//! What is read from a row.

use serde::de::DeserializeOwned;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::engine::Engine;

/// A row of either engine: whatever derives `FromRow`, and tuples of column types.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A row that can be read out of a text of many.
pub(crate) trait Packed: Record + DeserializeOwned {
    /// The row that is called so as a JSON array, in SQL.
    fn packed(engine: Engine, row: &str) -> String;
}
