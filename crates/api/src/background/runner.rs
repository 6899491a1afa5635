//! Runs jobs: each on its own, one server at a time, with pauses, until it is told to stop.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, join_all};
use ordervault_persistence::engine::Engine;
use ordervault_persistence::leader::Leader;

use super::backoff::Backoff;
use super::backups::MakeBackups;
use super::batches::RunBatches;
use super::deadlines::Deadlines;
use super::erasures::{EraseAccounts, EraseOrders};
use super::gone_words::MergeWords;
use super::job::{Job, JobError, Pace, Remaining, Tools};
use super::mails::SendMails;
use super::order_mails::OrderMails;
use super::sequencer::Sequencer;
use crate::state::AppState;
use crate::telemetry;

/// Longest wait of a new event for its number.
const OUTBOX_PAUSE: Duration = Duration::from_millis(100);

/// Between two walks through the customers who were erased, and two looks at whether words are to leave: it is about days.
const ERASURES_PAUSE: Duration = Duration::from_hours(1);

/// The background work of one process.
pub struct Background {
    tools: Tools,
    leader: Leader,
    sleep: Sleep,
    jobs: Vec<Scheduled>,
}

struct Scheduled {
    job: Box<dyn Job>,
    pace: Pace,
    backoff: Backoff,
}

/// Ready after so long.
type Sleep = Box<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;
/// Ready when it is time to end.
type Stop = Shared<BoxFuture<'static, ()>>;

impl Background {
    /// No jobs yet.
    pub fn new(tools: Tools) -> Self {
        let leader = Leader::new(tools.db.clone());
        let sleep: Sleep = Box::new(|pause| tokio::time::sleep(pause).boxed());
        Self { tools, leader, sleep, jobs: vec![] }
    }

    /// Everything that there is to do beside a server. Timed jobs look in this interval; `None`: other servers run them.
    pub fn of(state: &AppState, interval: Option<Duration>) -> Self {
        let (db, writer, sources) = (state.db.clone(), state.writer.clone(), state.sources.clone());
        let engine = db.engine();
        let mut background = Self::new(Tools { db, writer, sources });
        // On SQLite the writer numbers by itself.
        if engine == Engine::Postgres {
            background = background.with(Sequencer, Pace::every(OUTBOX_PAUSE));
        }
        let Some(interval) = interval else { return background };
        if let Some(backups) = &state.settings.backups {
            background = background.with(MakeBackups::new(backups.clone()), Pace::every(interval));
        }
        if let Some(mails) = SendMails::of(state) {
            let waker = state.mail_waker.clone();
            background = background
                .with(mails, Pace::every(interval).or_woken_by(waker.clone()))
                .with(OrderMails { waker }, Pace::every(interval));
        }
        // PostgreSQL's index of words has no parts to merge: rows go when they are vacuumed.
        if engine == Engine::Sqlite {
            background = background.with(MergeWords::default(), Pace::every(ERASURES_PAUSE));
        }
        background
            .with(RunBatches, Pace::every(interval).or_woken_by(state.waker.clone()))
            .with(Deadlines::breaches(), Pace::every(interval))
            .with(Deadlines::expiries(), Pace::every(interval))
            .with(EraseAccounts::of(state), Pace::every(interval))
            .with(EraseOrders::after(state.settings.retention), Pace::every(ERASURES_PAUSE))
    }

    /// With one more job.
    #[must_use]
    pub fn with(mut self, job: impl Job + 'static, pace: Pace) -> Self {
        self.jobs.push(Scheduled { job: Box::new(job), pace, backoff: Backoff::USUAL });
        self
    }

    /// With another way to let time pass, for tests.
    #[must_use]
    pub fn sleeping(
        self,
        sleep: impl Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self { sleep: Box::new(sleep), ..self }
    }

    /// Runs all jobs until `stop` is ready: those that are in a step then end it, the others end at once.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) {
        let stop: Stop = stop.boxed().shared();
        let (tools, leader, sleep) = (&self.tools, &self.leader, &self.sleep);
        let jobs = self.jobs.into_iter();
        join_all(jobs.map(|scheduled| scheduled.run(tools, leader, sleep, stop.clone()))).await;
    }
}

impl Scheduled {
    async fn run(mut self, tools: &Tools, leader: &Leader, sleep: &Sleep, stop: Stop) {
        while stop.clone().now_or_never().is_none() {
            let outcome = self.step(tools, leader).await;
            let Some(pause) = self.pause_after(outcome) else {
                // Others have their turn.
                tokio::task::yield_now().await;
                continue;
            };
            tokio::select! {
                () = stop.clone() => return,
                () = sleep(pause) => {}
                () = self.pace.woken(), if !self.backoff.is_failing() => {}
            }
        }
    }

    async fn step(&mut self, tools: &Tools, leader: &Leader) -> Result<Remaining, JobError> {
        let name = self.job.name();
        let step = AssertUnwindSafe(self.job.step(tools)).catch_unwind();
        match leader.alone(name, step).await? {
            Some(outcome) => outcome.unwrap_or(Err(JobError::Panicked)),
            // Another server is at it.
            None => Ok(Remaining::Nothing),
        }
    }

    /// The pause before the next step; `None`: there is more to do at once.
    fn pause_after(&mut self, outcome: Result<Remaining, JobError>) -> Option<Duration> {
        let job = self.job.name();
        match outcome {
            Ok(remaining) => {
                if self.backoff.reset() {
                    tracing::info!(job, "a job works again");
                }
                (remaining == Remaining::Nothing).then_some(self.pace.pause)
            }
            Err(error) => {
                telemetry::count_job_failure(job);
                if !self.backoff.is_failing() {
                    tracing::warn!(job, %error, "a job fails; it is tried again with pauses that double");
                }
                Some(self.backoff.pause())
            }
        }
    }
}
