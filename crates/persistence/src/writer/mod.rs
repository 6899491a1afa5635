//! The write queue: every change of every process takes this way.
//!
//! One task takes all that waits (up to a limit), reads and locks what it touches, decides each submission against an
//! in-memory working set, writes with few statements, commits once, and answers each. So one fsync and a handful of
//! round trips serve many orders, and a client that hangs up cannot leave a transaction half open.
//!
//! What the task commits together is a group. Its way: `queue` → `set` (what it touches is read) → `dispatch` and `decide`
//! (each submission, all or none) → `set` (rows are written) → commit → answers; what happens when something breaks on the
//! way is in `run`, who waits for a product that somebody else holds in `aside`, and when a disk that failed is trusted again in
//! `storage`.

mod aside;
mod decide;
mod dispatch;
mod idempotency;
#[cfg(test)]
mod laws;
mod mail_operation;
mod operation;
mod queue;
mod run;
mod set;
mod storage;

pub use crate::tables::mails::{Mail, MailKind};
pub use crate::tables::one_time_codes::{OneTimeCode, Purpose};
pub use aside::ASIDE_LIMIT;
pub use decide::{MAX_SESSIONS_PER_PRINCIPAL, REUSE_GRACE_MILLIS};
pub use mail_operation::{CodeOperation, CodeOperationKind, MailOperation, MailOperationKind};
pub use operation::{
    ActorRef, Allowance, BatchOperation, Class, Effect, Idempotency, Operation, Rate, Receipt,
    SessionOperation, Submission, Throttle, ThrottleOperation, TokenHash, WriteError,
};
pub use queue::{MAX_GROUP_ROWS, MAX_WAITING_AGE, MAX_WAITING_BYTES, MAX_WAITING_ITEMS, TAKE_UP_LIMIT};
pub use set::{IDEMPOTENCY_MILLIS, MAX_PREVIEWS_PER_MEMBER, PREVIEW_MILLIS};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ordervault_domain::installation::Installation;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::db::Db;
use crate::error::Error;
use crate::seal::KeyRing;
use crate::sources::Sources;
use queue::{Item, Queue};

/// At a stop, what waits has so long to be written.
pub const DRAIN_LIMIT: Duration = Duration::from_secs(25);

/// The door to the write queue. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    queue: Arc<Queue>,
    installation: Arc<Installation>,
    keys: KeyRing,
    is_cut_off: Arc<AtomicBool>,
    is_failing: Arc<AtomicBool>,
}

/// The task behind a [`Writer`], to be stopped at the end.
pub struct WriterTask {
    queue: Arc<Queue>,
    task: JoinHandle<()>,
}

impl Writer {
    /// Starts the one writer of this process, which seals with the first of these keys. The first one on a database makes the
    /// installation.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn start(db: Db, sources: Sources, keys: KeyRing) -> Result<(Self, WriterTask), Error> {
        let queue = Arc::new(Queue::default());
        let is_failing = Arc::default();
        let mut run =
            run::Run::new(db, sources, keys.clone(), Arc::clone(&queue), Arc::clone(&is_failing)).await?;
        let installation = Arc::new(run.installation().await?);
        let task = tokio::spawn(run::supervise(run));
        let is_cut_off = Arc::default();
        let writer = Self { queue: Arc::clone(&queue), installation, keys, is_cut_off, is_failing };
        Ok((writer, WriterTask { queue, task }))
    }

    /// Hands over a submission and waits for what becomes of it. Dropping the future does not take it back.
    ///
    /// # Errors
    /// See [`WriteError`]; all but [`WriteError::OutcomeUnknown`] mean that nothing was written.
    pub async fn submit(&self, submission: Submission) -> Result<Receipt, WriteError> {
        if self.is_cut_off.load(Ordering::Relaxed) {
            return Err(WriteError::Storage);
        }
        let (answer, outcome) = oneshot::channel();
        self.queue.push(Item { submission, answer, since: Instant::now() })?;
        // The answer is lost only if the writer task broke down in the middle of it.
        outcome.await.unwrap_or(Err(WriteError::OutcomeUnknown))
    }

    /// From now on nothing is written: the database is not the one any more that was opened.
    pub fn cut_off(&self) {
        self.is_cut_off.store(true, Ordering::Relaxed);
    }

    /// The installation, as it was at the start.
    #[must_use]
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// The keys with which it seals.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// Does the database keep nothing at the moment? Then every submission is answered with [`WriteError::Storage`], until
    /// the database was opened anew and found well.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.is_failing.load(Ordering::Relaxed)
    }

    /// Number of submissions that wait.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.queue.depth()
    }
}

impl WriterTask {
    /// Lets nobody else in, writes what waits, and ends. What is left after [`DRAIN_LIMIT`] gets `NotExecuted`.
    pub async fn stop(self) {
        self.queue.close();
        let mut task = self.task;
        if tokio::time::timeout(DRAIN_LIMIT, &mut task).await.is_err() {
            self.queue.abandon();
            let _ = task.await;
        }
    }
}
