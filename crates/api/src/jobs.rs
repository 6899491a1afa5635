//! Timed jobs: what the program does without being asked, such as noting deadlines that passed.
//!
//! # How to add one more
//!
//! A file under `jobs/` with a type that implements [`Job`], and `.with(…)` in [`Jobs::all`]. A step reads what is to be
//! done, hands it to the write queue as [`Class::Background`](ordervault_persistence::writer::Class) and tells whether
//! there is more. It is bounded (a few hundred commands, a few seconds at most), because a stop of the server waits for it.
//!
//! Of several servers on one database only one runs a step of a job at a time, whoever gets its lock. That saves work and is
//! no promise: the commands have to be such that two servers at once do no harm. A step that fails is tried again at the
//! next tick; the log tells once that a job fails and once that it works again.

mod batches;
mod deadlines;

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::leader;
use ordervault_persistence::writer::{WriteError, Writer};
use tokio::sync::Notify;

use crate::state::{AppState, Clock};
use crate::telemetry;
pub use batches::RunBatches;
pub use deadlines::Deadlines;

/// Some work that comes up again and again.
pub trait Job: Send {
    /// Names it in the log, in the metrics and towards other servers.
    fn name(&self) -> &'static str;

    /// Does a bounded piece of the work.
    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Progress, JobError>>;
}

/// What a step leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do right away.
    More,
    /// Nothing, until the next tick.
    Done,
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Nothing could be read.
    #[error(transparent)]
    Read(#[from] ordervault_persistence::Error),
    /// Nothing could be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A mistake in this program.
    #[error("it panicked")]
    Panicked,
}

/// What jobs work with.
#[derive(Clone)]
pub struct Tools {
    /// The database, to read from.
    pub db: Db,
    /// The write queue.
    pub writer: Writer,
    /// The time.
    pub clock: Clock,
}

impl Tools {
    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

/// Wakes the jobs of this process before their next tick. Clones ring for the same jobs.
#[derive(Clone, Default)]
pub struct JobWaker(Arc<Notify>);

impl JobWaker {
    /// There is something to do. What is rung while they are at work is heard afterwards.
    pub fn ring(&self) {
        self.0.notify_one();
    }
}

/// The jobs of one process.
pub struct Jobs {
    tools: Tools,
    bell: JobWaker,
    jobs: Vec<Watched>,
}

struct Watched {
    job: Box<dyn Job>,
    is_failing: bool,
}

impl Jobs {
    /// No jobs yet.
    pub fn new(tools: Tools, bell: JobWaker) -> Self {
        Self { tools, bell, jobs: vec![] }
    }

    /// Every job that there is.
    pub fn all(state: &AppState) -> Self {
        let tools =
            Tools { db: state.db.clone(), writer: state.writer.clone(), clock: Arc::clone(&state.clock) };
        Self::new(tools, state.bell.clone())
            .with(RunBatches)
            .with(Deadlines::breaches())
            .with(Deadlines::expiries())
    }

    /// With one more job.
    #[must_use]
    pub fn with(mut self, job: impl Job + 'static) -> Self {
        self.jobs.push(Watched { job: Box::new(job), is_failing: false });
        self
    }

    /// Runs one step of each job in turn, again and again while one of them has more to do; then waits for the next tick,
    /// which is when `pause` is over, or for the bell. Ends between two steps when `stop` is ready.
    pub async fn run<P: Future<Output = ()>>(
        mut self,
        pause: impl Fn() -> P,
        stop: impl Future<Output = ()>,
    ) {
        let mut stop = pin!(stop);
        loop {
            let mut progress = Progress::Done;
            for watched in &mut self.jobs {
                if stop.as_mut().now_or_never().is_some() {
                    return;
                }
                if watched.step(&self.tools).await == Progress::More {
                    progress = Progress::More;
                }
            }
            if progress == Progress::More {
                continue;
            }
            tokio::select! {
                () = pause() => {}
                () = self.bell.0.notified() => {}
                () = &mut stop => return,
            }
        }
    }
}

impl Watched {
    async fn step(&mut self, tools: &Tools) -> Progress {
        let name = self.job.name();
        let step = AssertUnwindSafe(self.job.step(tools)).catch_unwind();
        let outcome = match leader::alone(&tools.db, name, step).await {
            Ok(Some(Ok(outcome))) => outcome,
            Ok(Some(Err(_))) => Err(JobError::Panicked),
            // Another server is at it.
            Ok(None) => return Progress::Done,
            Err(error) => Err(error.into()),
        };
        match outcome {
            Ok(progress) => {
                if std::mem::take(&mut self.is_failing) {
                    tracing::info!(job = name, "a job works again");
                }
                progress
            }
            Err(error) => {
                telemetry::count_job_failure(name);
                if !std::mem::replace(&mut self.is_failing, true) {
                    tracing::warn!(job = name, %error, "a job fails; it is tried again at every tick");
                }
                Progress::Done
            }
        }
    }
}
