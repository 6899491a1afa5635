//! A connection to read with, and what a failed read looks like outside.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use ordervault_persistence::tx::Conn;
use ordervault_persistence::{DbError, Error};

use crate::places::{NoPlace, Place};
use crate::problem::{Code, Problem};
use crate::state::AppState;

/// Seconds after which a database that is overloaded or away is worth another try.
const RETRY_AFTER_SECONDS: u32 = 1;
/// How long a long read waits for others to end.
const LONG_READ_PATIENCE: Duration = Duration::from_secs(2);

/// A connection to read with.
pub(crate) async fn reader(state: &AppState) -> Result<Conn, Problem> {
    state.db.read().await.map_err(|error| failed(Error::Db(error)))
}

/// A connection for what may read much: lists, searches, histories, exports. Together they never have all connections, and
/// nobody has more than half of them, besides the one of an export.
pub(crate) struct LongReader {
    conn: Conn,
    _place: Place,
}

impl Deref for LongReader {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for LongReader {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// A connection to read much with, for this customer or member, or for a stranger.
pub(crate) async fn long_reader(state: &AppState, who: Option<i64>) -> Result<LongReader, Problem> {
    let place = long_read(state, who).await?;
    Ok(LongReader { conn: reader(state).await?, _place: place })
}

/// The same with one state throughout.
pub(crate) async fn long_snapshot(state: &AppState, who: Option<i64>) -> Result<LongReader, Problem> {
    let place = long_read(state, who).await?;
    let conn = state.db.snapshot().await.map_err(|error| failed(Error::Db(error)))?;
    Ok(LongReader { conn, _place: place })
}

async fn long_read(state: &AppState, who: Option<i64>) -> Result<Place, Problem> {
    state.long_reads.take(who, LONG_READ_PATIENCE).await.map_err(|why| {
        let code = match why {
            NoPlace::Own => Code::RateLimited,
            NoPlace::Others => Code::Overloaded,
        };
        Problem::new(code).retry_after(RETRY_AFTER_SECONDS)
    })
}

/// What a failed read looks like outside.
pub(crate) fn failed(error: Error) -> Problem {
    match &error {
        Error::Db(DbError::Busy(_)) => {
            Problem::new(Code::Overloaded).retry_after(RETRY_AFTER_SECONDS).cause(error)
        }
        Error::Db(inner) if inner.is_transient() => {
            Problem::new(Code::StorageUnavailable).retry_after(RETRY_AFTER_SECONDS).cause(error)
        }
        _ => Problem::internal(error),
    }
}
