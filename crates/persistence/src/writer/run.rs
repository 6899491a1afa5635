//! The writer task: batches, and what becomes of them when something breaks.
//!
//! | what breaks | what follows |
//! | --- | --- |
//! | a rule says no | only that submission is refused |
//! | a statement, before COMMIT | roll back, forget all decisions, run each submission alone through the same code |
//! | the same, alone | another process was faster: a few more tries; a lock: 503; storage: 503; else 500 |
//! | COMMIT without an answer | look whether the batch took place, for all at once; not to be found out: unknown |
//! | a panic in a decision | that submission gets 500, the others notice nothing |
//! | a panic elsewhere | the task is started again |

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use ordervault_domain::id::{IdSequence, time_of};
use ordervault_domain::time::Timestamp;
use tokio::time::Instant;

use super::act::{Receipt, Submission, WriteError};
use super::decide::Decider;
use super::queue::{Item, Queue};
use super::working_set::WorkingSet;
use crate::db::Db;
use crate::error::{CommitError, DbError, Error};
use crate::sources::Sources;
use crate::tables::writers;

/// Tries of a submission on its own when other processes keep being faster.
const MAX_TRIES: u32 = 4;
/// Longest random pause before another try, milliseconds.
const MAX_JITTER_MILLIS: u64 = 20;
/// For so long the writer looks for the outcome of a commit whose answer was lost.
const SETTLE_LIMIT: Duration = Duration::from_secs(5);
/// Pause between two looks.
const SETTLE_PAUSE: Duration = Duration::from_millis(100);
/// The clock may be behind the newest record by so much; more, and nothing is written.
const MAX_CLOCK_LAG_MILLIS: i64 = 60_000;
/// Rows of writers that were not touched for so long are dropped at the start.
const WRITER_ROW_LIFE_MILLIS: i64 = 7 * 24 * 60 * 60 * 1_000;

type Outcome = Result<Receipt, WriteError>;

/// Everything the writer task keeps between batches.
pub(super) struct Run {
    db: Db,
    sources: Sources,
    queue: Arc<Queue>,
    ids: IdSequence,
    writer_id: i64,
    batch: i64,
    /// The latest time that a record or a decision has.
    latest: Timestamp,
}

/// Why a batch came to nothing.
enum Failure {
    /// Nothing was written.
    RolledBack(Error),
    /// Perhaps something was written; these would be the answers.
    Unknown(Vec<Outcome>, DbError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::RolledBack(error)
    }
}

impl Run {
    pub(super) async fn new(db: Db, sources: Sources, queue: Arc<Queue>) -> Result<Self, Error> {
        let highest = writers::highest_id(&mut db.read().await?).await?;
        let now = sources.now();
        let latest = highest.map_or(now, |id| time_of(id).later_of(Timestamp::MIN));
        let writer_id = i64::from_le_bytes(sources.bytes::<8>()) & i64::MAX;
        let mut tx = db.begin().await?;
        writers::forget(&mut tx, now.plus_millis(-WRITER_ROW_LIFE_MILLIS), writer_id).await?;
        tx.commit().await.map_err(|error| Error::Db(error.into_inner()))?;
        Ok(Self { db, sources, queue, ids: IdSequence::default(), writer_id, batch: 0, latest })
    }

    /// Runs batches until the queue is closed and empty.
    async fn run(&mut self) {
        let queue = Arc::clone(&self.queue);
        while let Some(items) = queue.take().await {
            self.batch(items).await;
        }
    }

    async fn batch(&mut self, items: Vec<Item>) {
        let submissions: Vec<&Submission> = items.iter().map(|item| &item.submission).collect();
        let outcomes = match self.attempt(&submissions).await {
            Ok(outcomes) => outcomes,
            Err(Failure::Unknown(outcomes, error)) => self.settle(&submissions, outcomes, error).await,
            Err(Failure::RolledBack(error)) => {
                tracing::debug!(%error, items = items.len(), "a batch was rolled back; its items run alone");
                let mut outcomes = Vec::with_capacity(items.len());
                for submission in submissions {
                    outcomes.push(self.alone(submission).await);
                }
                outcomes
            }
        };
        for (item, outcome) in items.into_iter().zip(outcomes) {
            // Whoever hung up does not hear what was done; it is done all the same.
            let _ = item.answer.send(outcome);
        }
    }

    /// Load, decide, write, commit.
    async fn attempt(&mut self, submissions: &[&Submission]) -> Result<Vec<Outcome>, Failure> {
        let now = match self.now() {
            Ok(now) => now,
            Err(error) => return Ok(submissions.iter().map(|_| Err(error.clone())).collect()),
        };
        let mut tx = self.db.begin().await.map_err(Error::Db)?;
        let mut set = WorkingSet::load(&mut tx, submissions.iter().copied(), now).await?;
        let outcomes: Vec<Outcome> =
            submissions.iter().map(|submission| self.decide(&mut set, submission, now)).collect();
        if set.is_unchanged() {
            tx.rollback().await;
            return Ok(outcomes);
        }
        set.flush(&mut tx).await?;
        self.batch += 1;
        writers::touch(&mut tx, self.writer_id, self.batch, now).await?;
        match tx.commit().await {
            Ok(()) => Ok(outcomes),
            Err(CommitError::RolledBack(error)) => Err(Failure::RolledBack(Error::Db(error))),
            Err(CommitError::Unknown(error)) => Err(Failure::Unknown(outcomes, error)),
        }
    }

    /// One submission; a panic in it is its own affair.
    fn decide(&mut self, set: &mut WorkingSet, submission: &Submission, now: Timestamp) -> Outcome {
        let mark = set.mark();
        let mut decider = Decider { set, ids: &mut self.ids, sources: &self.sources, now };
        let decided = catch_unwind(AssertUnwindSafe(|| decider.decide(submission)));
        decided.unwrap_or_else(|_| {
            tracing::error!(request_id = submission.request_id, "a decision panicked");
            set.roll_back(mark);
            Err(WriteError::Internal)
        })
    }

    /// One submission in a transaction of its own, a few times if other processes are faster.
    async fn alone(&mut self, submission: &Submission) -> Outcome {
        for tried in 1..=MAX_TRIES {
            let error = match self.attempt(&[submission]).await {
                Ok(mut outcomes) => return outcomes.pop().unwrap_or(Err(WriteError::Internal)),
                Err(Failure::Unknown(outcomes, error)) => {
                    let mut settled = Box::pin(self.settle(&[submission], outcomes, error)).await;
                    return settled.pop().unwrap_or(Err(WriteError::Internal));
                }
                Err(Failure::RolledBack(error)) => error,
            };
            let again = matches!(
                error,
                Error::Raced | Error::Db(DbError::Serialization(_) | DbError::Conflict { .. })
            );
            if !again || tried == MAX_TRIES {
                return Err(answer_to(&error, submission));
            }
            let jitter = u64::from(self.sources.bytes::<1>()[0]) * MAX_JITTER_MILLIS / 255;
            tokio::time::sleep(Duration::from_millis(jitter)).await;
        }
        Err(WriteError::Internal)
    }

    /// The answer to COMMIT was lost: looks whether the batch took place, for all of its submissions at once.
    async fn settle(
        &mut self,
        submissions: &[&Submission],
        outcomes: Vec<Outcome>,
        error: DbError,
    ) -> Vec<Outcome> {
        tracing::warn!(%error, "the answer to a commit was lost; looking for its outcome");
        let unknown = || submissions.iter().map(|_| Err(WriteError::OutcomeUnknown)).collect();
        if matches!(error, DbError::StorageIo(_) | DbError::StorageFull(_)) {
            // What the disk said it kept may be gone with its cache: never an answer of success.
            return unknown();
        }
        let deadline = Instant::now() + SETTLE_LIMIT;
        while Instant::now() < deadline {
            match self.took_place().await {
                Ok(true) => return outcomes,
                Ok(false) => {
                    let mut outcomes = Vec::with_capacity(submissions.len());
                    for submission in submissions {
                        outcomes.push(Box::pin(self.alone(submission)).await);
                    }
                    return outcomes;
                }
                Err(error) => tracing::debug!(%error, "the outcome cannot be looked up yet"),
            }
            tokio::time::sleep(SETTLE_PAUSE).await;
        }
        unknown()
    }

    async fn took_place(&self) -> Result<bool, Error> {
        let mut tx = self.db.begin().await?;
        let last = writers::last_batch(tx.conn(), self.writer_id).await?;
        tx.rollback().await;
        Ok(last == Some(self.batch))
    }

    /// The time of a decision: never before an earlier one, and not if the clock lies.
    fn now(&mut self) -> Result<Timestamp, WriteError> {
        let now = self.sources.now();
        let behind = self.latest.millis() - now.millis();
        if behind > MAX_CLOCK_LAG_MILLIS {
            return Err(WriteError::ClockBehind { behind_seconds: behind / 1_000 });
        }
        self.latest = self.latest.later_of(now);
        Ok(self.latest)
    }
}

/// What a submission is told when it failed on its own.
fn answer_to(error: &Error, submission: &Submission) -> WriteError {
    let request_id = submission.request_id.as_str();
    match error {
        Error::Raced | Error::Db(DbError::Serialization(_) | DbError::LockTimeout(_) | DbError::Busy(_)) => {
            tracing::warn!(request_id, %error, "a row is held or changed by others for too long");
            WriteError::Locked
        }
        Error::Db(error) if error.is_transient() => {
            tracing::error!(request_id, error = %chain(error), "the database cannot store anything");
            WriteError::Storage
        }
        error => {
            tracing::error!(request_id, error = %chain(error), "a submission could not be written");
            WriteError::Internal
        }
    }
}

/// An error with its sources, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// Keeps a writer running until its queue is closed and empty. Whoever was being served by a broken run is told that the
/// outcome is unknown, because their way back is dropped with it.
pub(super) async fn supervise(mut run: Run) {
    while AssertUnwindSafe(run.run()).catch_unwind().await.is_err() {
        tracing::error!("the writer task panicked; it is started again");
    }
}
