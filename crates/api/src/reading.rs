//! A connection to read with, and what a failed read looks like outside.

use ordervault_persistence::tx::Conn;
use ordervault_persistence::{DbError, Error};

use crate::problem::{Code, Problem};
use crate::state::AppState;

/// Seconds after which an overloaded database is worth another try.
const RETRY_AFTER_SECONDS: u32 = 1;

/// A connection to read with.
pub(crate) async fn reader(state: &AppState) -> Result<Conn, Problem> {
    state.db.read().await.map_err(|error| failed(Error::Db(error)))
}

/// What a failed read looks like outside.
pub(crate) fn failed(error: Error) -> Problem {
    match &error {
        Error::Db(DbError::Busy(_)) => {
            Problem::new(Code::Overloaded).retry_after(RETRY_AFTER_SECONDS).cause(error)
        }
        Error::Db(inner) if inner.is_transient() => Problem::new(Code::StorageUnavailable).cause(error),
        _ => Problem::internal(error),
    }
}
