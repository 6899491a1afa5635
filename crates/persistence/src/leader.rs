//! Work that only one of several servers should do at a time, and work beside which nobody writes.
//!
//! Whoever holds the advisory lock of that name does it. The locks of a process belong to one session of its own, outside of any
//! transaction: work may take its time and keeps nothing open, and whoever dies loses them with the session. This saves work
//! and lock fights; nothing may depend on it, because a server that loses its session learns of that later.

use tokio::sync::Mutex;

use crate::db::Db;
use crate::engine::Engine;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    // The names are ours and few; keys of possible duplicates, which are hashes, too, are locked in transactions.
    LOCK: Template = Template::forked(
        "SELECT 1 AS held WHERE $1 = $1",
        "SELECT CASE WHEN pg_try_advisory_lock(hashtextextended('leader ' || $1, 0)) THEN 1 ELSE 0 END::bigint AS held"
    );
    UNLOCK: Template = Template::forked(
        "SELECT 1 AS held WHERE $1 = $1",
        "SELECT CASE WHEN pg_advisory_unlock(hashtextextended('leader ' || $1, 0)) THEN 1 ELSE 0 END::bigint AS held"
    );
    PRESENT: Template = Template::forked(
        "SELECT 1 AS held",
        "SELECT CASE WHEN pg_try_advisory_lock_shared(hashtextextended('writers', 0)) THEN 1 ELSE 0 END::bigint AS held"
    );
    ALONE: Template = Template::forked(
        "SELECT 1 AS held",
        "SELECT CASE WHEN pg_try_advisory_lock(hashtextextended('writers', 0)) THEN 1 ELSE 0 END::bigint AS held"
    );
}

/// That this process writes, or is the only one that may; for as long as it is kept. On SQLite a file says so, see
/// [`Db::is_open_elsewhere`].
pub struct Presence {
    _session: Option<Conn>,
}

impl Presence {
    /// Says that this process writes. `None`: somebody is at work who has to be alone.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn among_others(db: &Db) -> Result<Option<Self>, Error> {
        Self::with(db, &PRESENT).await
    }

    /// Keeps everybody else from writing. `None`: somebody does.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn alone(db: &Db) -> Result<Option<Self>, Error> {
        Self::with(db, &ALONE).await
    }

    async fn with(db: &Db, statement: &'static Template) -> Result<Option<Self>, Error> {
        if db.engine() == Engine::Sqlite {
            return Ok(Some(Self { _session: None }));
        }
        let mut session = db.session().await?;
        let (held,): (i64,) = session.fetch_one(&statement.bind(())).await?;
        Ok((held == 1).then_some(Self { _session: Some(session) }))
    }
}

/// Takes turns with the other servers on a database. One for each process.
pub struct Leader {
    db: Db,
    session: Mutex<Option<Conn>>,
}

impl Leader {
    /// Holds nothing yet.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, session: Mutex::new(None) }
    }

    /// Runs a step while no other server runs one of this name; `None`: another one is at it. A SQLite file has one server:
    /// there it just runs. If the answer is not waited for, the name stays taken until the leader is dropped.
    ///
    /// # Errors
    /// When the database fails before the step.
    pub async fn alone<T>(&self, name: &str, step: impl Future<Output = T>) -> Result<Option<T>, Error> {
        if self.db.engine() == Engine::Sqlite {
            return Ok(Some(step.await));
        }
        if !self.ask(&LOCK, name).await? {
            return Ok(None);
        }
        let outcome = step.await;
        // A session that is lost has lost the lock as well.
        if let Err(error) = self.ask(&UNLOCK, name).await {
            tracing::debug!(name, %error, "the session of the locks is lost, and they with it");
        }
        Ok(Some(outcome))
    }

    async fn ask(&self, statement: &'static Template, name: &str) -> Result<bool, Error> {
        let mut session = self.session.lock().await;
        let mut conn = match session.take() {
            Some(conn) => conn,
            None => self.db.session().await?,
        };
        // After an error, or if nobody waits for the answer any more, the connection is closed with all that it holds.
        let (held,): (i64,) = conn.fetch_one(&statement.bind((name,))).await?;
        *session = Some(conn);
        Ok(held == 1)
    }
}
