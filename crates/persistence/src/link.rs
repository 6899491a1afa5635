//! A connection of the driver, and where that of the last write transaction waits for the next one.

use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{Executor as _, Postgres, Sqlite};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::engine::POSTGRES_ANSWER_TIMEOUT;

/// Of either engine.
pub(crate) enum Link {
    /// A thread of its own with a connection to a file.
    Sqlite(PoolConnection<Sqlite>),
    /// A connection to a server.
    Postgres(PoolConnection<Postgres>),
}

impl Link {
    /// Not to be used by anybody after this.
    pub(crate) fn close_on_drop(&mut self) {
        match self {
            Link::Sqlite(connection) => connection.close_on_drop(),
            Link::Postgres(connection) => connection.close_on_drop(),
        }
    }

    /// Ends the transaction, or the connection.
    pub(crate) async fn roll_back(mut self, kept: Option<Kept>) {
        let rolled_back = match &mut self {
            Link::Sqlite(connection) => connection.execute("ROLLBACK").await.is_ok(),
            Link::Postgres(connection) => {
                let answer = connection.execute("ROLLBACK");
                matches!(tokio::time::timeout(POSTGRES_ANSWER_TIMEOUT, answer).await, Ok(Ok(_)))
            }
        };
        // Also when there was nothing to roll back, as after a BEGIN that failed.
        match rolled_back {
            true => self.put_back(kept),
            false => self.close_on_drop(),
        }
    }

    /// Waits for the next transaction, or goes back to its pool.
    pub(crate) fn put_back(self, kept: Option<Kept>) {
        if let Some(mut kept) = kept {
            *kept = Some(self);
        }
    }
}

/// The place where the connection of write transactions waits. A pool asks after each connection that comes back and that it lends: the
/// write queue would wait for that each time.
#[derive(Clone, Default)]
pub(crate) struct Keeper(Arc<Mutex<Option<Link>>>);

/// The place, held by whoever has the connection.
pub(crate) type Kept = OwnedMutexGuard<Option<Link>>;

impl Keeper {
    /// The place, as soon as nobody has it.
    pub(crate) async fn wait(&self) -> Kept {
        Arc::clone(&self.0).lock_owned().await
    }

    /// The place, unless somebody has it.
    pub(crate) fn try_now(&self) -> Option<Kept> {
        Arc::clone(&self.0).try_lock_owned().ok()
    }
}
