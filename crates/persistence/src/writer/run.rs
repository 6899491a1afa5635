//! The writer task: groups, and what becomes of them when something breaks.
//!
//! | what breaks | what follows |
//! | --- | --- |
//! | a rule says no | only that submission is refused |
//! | a product is held by somebody else | who needs it waits aside, at most 1.5 s, then 503; the others go on |
//! | a statement, before COMMIT | roll back, forget all decisions, run each submission alone through the same code |
//! | the same, alone | another process was faster: a few more tries; a lock: 503; storage: 503; else 500 |
//! | all of that takes too long | what was not run yet is sent away, certainly not written |
//! | the disk, in a statement or as COMMIT writes | 503 for all, certainly not written; nothing is tried before a look finds it well |
//! | the disk, as COMMIT flushes | unknown for all; the same |
//! | COMMIT without an answer | look whether the group took place, for all at once; not to be found out: unknown |
//! | a panic in a decision | that submission gets 500, the others notice nothing |
//! | a panic elsewhere | the task is started again |

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures_util::FutureExt;
use ordervault_domain::id::IdSequence;
use ordervault_domain::installation::{Installation, InstallationCommand};
use ordervault_domain::time::Timestamp;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::aside::Aside;
use super::decide::Decider;
use super::operation::{ActorRef, Class, Operation, Receipt, Submission, WriteError};
use super::queue::{Item, Queue};
use super::set::{IDEMPOTENCY_MILLIS, Named, WorkingSet};
use super::storage::{Storage, chain};
use crate::bundle::Bundle;
use crate::db::Db;
use crate::engine::Engine;
use crate::error::{CommitError, ConflictKind, DbError, Error};
use crate::seal::KeyRing;
use crate::sources::Sources;
use crate::tables::times::{self, MAX_CLOCK_LAG_MILLIS};
use crate::tables::{idempotency, installations, one_time_codes, sessions, throttles, writers};

/// Tries of a submission on its own when other processes keep being faster.
const MAX_TRIES: u32 = 4;
/// Longest random pause before another try, milliseconds.
const MAX_JITTER_MILLIS: u64 = 20;
/// A group begins nothing more after this time; what is left of it is sent away.
const GROUP_LIMIT: Duration = Duration::from_secs(10);
/// For so long the writer looks for the outcome of a commit whose answer was lost.
const SETTLE_LIMIT: Duration = Duration::from_secs(5);
/// Pause between two looks.
const SETTLE_PAUSE: Duration = Duration::from_millis(100);
/// How long to wait for work while something is to be looked at again.
const LOOK_PAUSE: Duration = Duration::from_millis(10);
/// Rows of writers that were not touched for so long are dropped at the start.
const WRITER_ROW_LIFE_MILLIS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Every so many groups idempotency keys, throttles and sessions that have served their time are dropped,
const CLEAN_UP_EVERY_GROUPS: i64 = 64;
/// at most so many: more than so many groups can have made.
const CLEAN_UP_ROWS: i64 = 128_000;

type SubmissionResult = Result<Receipt, WriteError>;

/// Everything the writer task keeps between groups.
pub(super) struct Run {
    db: Db,
    sources: Sources,
    keys: KeyRing,
    queue: Arc<Queue>,
    aside: Aside,
    storage: Storage,
    ids: IdSequence,
    writer_id: i64,
    /// Number of the last group that was written.
    groups: i64,
    /// Number of the last group that is known to have taken place.
    acknowledged: i64,
    /// The latest time that a record or a decision has.
    latest: Timestamp,
}

/// Why a group came to nothing.
enum Failure {
    /// Nothing was written.
    RolledBack(Error),
    /// Perhaps something was written; these would be the answers.
    Unknown(Vec<SubmissionResult>, DbError),
}

/// What became of a commit whose answer was lost.
enum Settled {
    Committed,
    RolledBack,
    Unknown,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::RolledBack(error)
    }
}

/// Ids of a later time than this are of a clock that was ahead. Those of another process whose clock is a little ahead are not
/// overtaken: it may still be at them.
fn ahead_of(now: Timestamp) -> Timestamp {
    now.plus_millis(MAX_CLOCK_LAG_MILLIS)
}

impl Run {
    pub(super) async fn new(
        db: Db,
        sources: Sources,
        keys: KeyRing,
        queue: Arc<Queue>,
        is_failing: Arc<AtomicBool>,
    ) -> Result<Self, Error> {
        let mut conn = db.read().await?;
        let (latest, mut ids) = (times::newest(&mut conn).await?, IdSequence::default());
        let now = sources.now();
        ids.overtake(writers::highest_id(&mut conn).await?, ahead_of(now));
        drop(conn);
        let writer_id = i64::from_le_bytes(sources.bytes::<8>()) & i64::MAX;
        let mut tx = db.begin().await?;
        writers::forget(&mut tx, now.plus_millis(-WRITER_ROW_LIFE_MILLIS), writer_id).await?;
        tx.commit().await.map_err(|error| Error::Db(error.into_inner()))?;
        Ok(Self {
            db,
            sources,
            keys,
            queue,
            aside: Aside::default(),
            storage: Storage::new(is_failing),
            ids,
            writer_id,
            groups: 0,
            acknowledged: 0,
            latest,
        })
    }

    /// The installation, which the first writer of a database makes.
    pub(super) async fn installation(&mut self) -> Result<Installation, Error> {
        let install = Submission {
            actor: ActorRef::System,
            login: None,
            request_id: "start".to_owned(),
            class: Class::Background,
            idempotency: None,
            operations: vec![Operation::Installation(InstallationCommand::Install)],
        };
        for _ in 0..MAX_TRIES {
            if let Some(found) = installations::installation(&mut self.db.read().await?).await? {
                return Ok(found);
            }
            match self.attempt(&[&install]).await {
                Err(Failure::RolledBack(error)) if !may_pass(&error) => return Err(error),
                Err(Failure::Unknown(_, error)) => return Err(Error::Db(error)),
                // Another process made it, or this one has: then it is there.
                Ok(_) | Err(Failure::RolledBack(_)) => {}
            }
        }
        Err(Error::Raced)
    }

    /// Runs groups until the queue is closed and empty.
    async fn run(&mut self) {
        while let Some(items) = self.next().await {
            self.group(items).await;
        }
    }

    /// The next group. As long as something is held, or the disk takes nothing, that is looked at in between.
    async fn next(&mut self) -> Option<Vec<Item>> {
        let queue = Arc::clone(&self.queue);
        loop {
            self.storage.look(&self.db, self.writer_id, self.acknowledged, self.latest).await;
            if !self.aside.is_empty() {
                queue.put_back(self.aside.look(&self.db).await);
            }
            if self.aside.is_empty() && !self.storage.is_failing() {
                return queue.take().await;
            }
            match tokio::time::timeout(LOOK_PAUSE, queue.take()).await {
                Ok(None) if self.aside.is_empty() => return None,
                Ok(None) => tokio::time::sleep(LOOK_PAUSE).await,
                Ok(group) => return group,
                Err(_) => {}
            }
        }
    }

    async fn group(&mut self, items: Vec<Item>) {
        let deadline = Instant::now() + GROUP_LIMIT;
        let mut items = self.aside.sort(&self.db, items).await;
        while !items.is_empty() {
            let submissions: Vec<&Submission> = items.iter().map(|item| &item.submission).collect();
            let attempt = match self.storage.is_failing() {
                true => Ok(vec![Err(WriteError::Storage); items.len()]),
                false => self.attempt(&submissions).await,
            };
            if let Err(Failure::RolledBack(Error::Db(DbError::LockTimeout(_)))) = &attempt {
                let before = items.len();
                items = self.aside.learn(&self.db, items).await;
                if items.len() < before {
                    continue;
                }
            }
            let outcomes = self.outcomes(attempt, &items, deadline).await;
            for (item, outcome) in items.into_iter().zip(outcomes) {
                // Whoever hung up does not hear what was done; it is done all the same.
                let _ = item.answer.send(outcome);
            }
            return;
        }
    }

    /// What becomes of each of a group that was attempted.
    async fn outcomes(
        &mut self,
        attempt: Result<Vec<SubmissionResult>, Failure>,
        items: &[Item],
        deadline: Instant,
    ) -> Vec<SubmissionResult> {
        match attempt {
            Ok(outcomes) => outcomes,
            Err(Failure::Unknown(outcomes, error)) => match self.settle(&error).await {
                Settled::Committed => outcomes,
                Settled::RolledBack => self.one_by_one(items, deadline).await,
                Settled::Unknown => vec![Err(WriteError::OutcomeUnknown); items.len()],
            },
            Err(Failure::RolledBack(Error::Db(error))) if error.is_of_the_disk() => {
                self.storage.failed(&error);
                vec![Err(WriteError::Storage); items.len()]
            }
            Err(Failure::RolledBack(error)) => {
                tracing::debug!(%error, items = items.len(), "a group was rolled back; its items run alone");
                self.one_by_one(items, deadline).await
            }
        }
    }

    /// Runs a group. What is traced of it stands under the request of its first submission.
    async fn attempt(&mut self, submissions: &[&Submission]) -> Result<Vec<SubmissionResult>, Failure> {
        let first = submissions.first().map(|submission| submission.request_id.as_str());
        let span = tracing::trace_span!("group", request_id = first);
        self.write(submissions).instrument(span).await
    }

    /// Load, decide, write, commit.
    async fn write(&mut self, submissions: &[&Submission]) -> Result<Vec<SubmissionResult>, Failure> {
        let now = match self.time_of(submissions).await {
            Ok(now) => now,
            Err(error) => return Ok(submissions.iter().map(|_| Err(error.clone())).collect()),
        };
        let named = Named::by(submissions.iter().copied());
        let questions = match self.db.engine() {
            Engine::Sqlite => named.questions(now),
            // It takes no questions with BEGIN.
            Engine::Postgres => vec![],
        };
        let mut tx = self.db.begin_asking(questions).await.map_err(Error::Db)?;
        let mut set = WorkingSet::load(&mut tx, named, now).await?;
        let (sources, keys) = (&self.sources, &self.keys);
        let mut decider = Decider { set: &mut set, ids: &mut self.ids, sources, keys, now };
        let outcomes: Vec<SubmissionResult> =
            submissions.iter().map(|submission| decider.decide(submission)).collect();
        if set.is_unchanged() {
            tx.rollback().await;
            return Ok(outcomes);
        }
        let (group, mut bundle) = (self.groups + 1, Bundle::default());
        writers::touch(&mut bundle, self.writer_id, group, now);
        set.flush(&mut tx, bundle, now, self.keys.sealing()).await?;
        self.groups = group;
        if self.groups % CLEAN_UP_EVERY_GROUPS == 0 {
            let oldest = now.millis() - IDEMPOTENCY_MILLIS;
            idempotency::forget_oldest(&mut tx, oldest, CLEAN_UP_ROWS).await?;
            throttles::forget_expired(&mut tx, now, CLEAN_UP_ROWS).await?;
            one_time_codes::forget_expired(&mut tx, now, CLEAN_UP_ROWS).await?;
            sessions::forget_outdated(&mut tx, now, CLEAN_UP_ROWS).await?;
        }
        match tx.commit().await {
            Ok(()) => {
                self.acknowledged = self.groups;
                Ok(outcomes)
            }
            Err(CommitError::RolledBack(error)) => Err(Failure::RolledBack(Error::Db(error))),
            Err(CommitError::Unknown(error)) => Err(Failure::Unknown(outcomes, error)),
        }
    }

    async fn one_by_one(&mut self, items: &[Item], deadline: Instant) -> Vec<SubmissionResult> {
        let mut outcomes = Vec::with_capacity(items.len());
        for item in items {
            outcomes.push(match Instant::now() < deadline {
                true => self.alone(&item.submission).await,
                false => Err(WriteError::NotExecuted),
            });
        }
        outcomes
    }

    /// One submission in a transaction of its own, a few times if other processes are faster.
    async fn alone(&mut self, submission: &Submission) -> SubmissionResult {
        for tried in 1..=MAX_TRIES {
            let (error, again) = match self.attempt(&[submission]).await {
                Ok(outcomes) => return only(outcomes),
                Err(Failure::RolledBack(error)) => {
                    let again = may_pass(&error);
                    (error, again)
                }
                Err(Failure::Unknown(outcomes, error)) => match self.settle(&error).await {
                    Settled::Committed => return only(outcomes),
                    Settled::RolledBack => (Error::Db(error), true),
                    Settled::Unknown => return Err(WriteError::OutcomeUnknown),
                },
            };
            if !again || tried == MAX_TRIES {
                let answer = answer_to(&error, submission);
                if let Error::Db(error) = &error
                    && (error.is_of_the_disk() || matches!(error, DbError::ConnectionLost(_)))
                {
                    self.storage.failed(error);
                }
                return Err(answer);
            }
            let jitter = u64::from(self.sources.bytes::<1>()[0]) * MAX_JITTER_MILLIS / 255;
            tokio::time::sleep(Duration::from_millis(jitter)).await;
        }
        Err(WriteError::Internal)
    }

    /// The answer to COMMIT was lost: looks whether the group took place.
    async fn settle(&mut self, error: &DbError) -> Settled {
        tracing::warn!(%error, "the answer to a commit was lost; looking for its outcome");
        if error.is_of_the_disk() || matches!(error, DbError::Damaged(_)) {
            // What the disk said it kept may be gone with its cache: never an answer of success.
            self.storage.failed(error);
            return Settled::Unknown;
        }
        let deadline = Instant::now() + SETTLE_LIMIT;
        while Instant::now() < deadline {
            match self.took_place().await {
                Ok(true) => {
                    self.acknowledged = self.groups;
                    return Settled::Committed;
                }
                Ok(false) => return Settled::RolledBack,
                Err(error) => tracing::debug!(%error, "the outcome cannot be looked up yet"),
            }
            tokio::time::sleep(SETTLE_PAUSE).await;
        }
        Settled::Unknown
    }

    async fn took_place(&self) -> Result<bool, Error> {
        let mut tx = self.db.begin().await?;
        let last = writers::last_group(&mut tx, self.writer_id).await?;
        tx.rollback().await;
        Ok(last == self.groups)
    }

    /// The time of a group's decisions: never before an earlier one. If the clock is far behind, one of the two is wrong, and only
    /// the operator gets on: with accounts, a restore and a repair, at the time of the newest record; with the correction, at that of the clock.
    async fn time_of(&mut self, group: &[&Submission]) -> Result<Timestamp, WriteError> {
        let now = self.sources.now();
        if self.behind(now) > MAX_CLOCK_LAG_MILLIS {
            self.look_for_correction(now).await;
        }
        let behind = self.behind(now);
        if behind <= MAX_CLOCK_LAG_MILLIS {
            self.latest = self.latest.later_of(now);
            return Ok(self.latest);
        }
        if group.iter().all(|submission| submission.corrects_clock()) {
            return Ok(now);
        }
        if group.iter().all(|submission| submission.passes_wrong_clock()) {
            return Ok(self.latest);
        }
        Err(WriteError::ClockBehind { behind_seconds: behind / 1_000 })
    }

    /// By how much the clock is behind the newest record, milliseconds.
    fn behind(&self, now: Timestamp) -> i64 {
        self.latest.millis() - now.millis()
    }

    /// Another process may have corrected what is taken for the newest time.
    async fn look_for_correction(&mut self, now: Timestamp) {
        let look = async {
            let mut conn = self.db.read().await?;
            Ok::<_, Error>((times::newest(&mut conn).await?, writers::highest_id(&mut conn).await?))
        };
        match look.await {
            Ok((newest, highest_id)) => {
                self.latest = newest;
                self.ids.overtake(highest_id, ahead_of(now));
            }
            Err(error) => tracing::debug!(%error, "the newest record cannot be looked up"),
        }
    }
}

fn only(mut outcomes: Vec<SubmissionResult>) -> SubmissionResult {
    outcomes.pop().unwrap_or(Err(WriteError::Internal))
}

/// Is it worth another try, because other processes were faster? A unique value may be one that they took in between:
/// the next look sees it.
fn may_pass(error: &Error) -> bool {
    let raced = matches!(error, Error::Raced | Error::Db(DbError::Serialization(_)));
    raced || matches!(error, Error::Db(DbError::Conflict { kind: ConflictKind::Unique, .. }))
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

/// Keeps a writer running until its queue is closed and empty. Whoever was being served by a broken run is told that the
/// outcome is unknown, because their way back is dropped with it.
pub(super) async fn supervise(mut run: Run) {
    while AssertUnwindSafe(run.run()).catch_unwind().await.is_err() {
        tracing::error!("the writer task panicked; it is started again");
    }
}
