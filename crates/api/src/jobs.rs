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
mod job;

use std::panic::AssertUnwindSafe;
use std::pin::pin;

use futures_util::FutureExt as _;
use ordervault_persistence::leader;

use crate::state::AppState;
use crate::telemetry;
use crate::waker::JobWaker;
pub use batches::RunBatches;
pub use deadlines::Deadlines;
pub use job::{Job, JobError, Progress, Tools};

/// The jobs of one process.
pub struct Jobs {
    tools: Tools,
    waker: JobWaker,
    jobs: Vec<Watched>,
}

struct Watched {
    job: Box<dyn Job>,
    is_failing: bool,
}

impl Jobs {
    /// No jobs yet.
    pub fn new(tools: Tools, waker: JobWaker) -> Self {
        Self { tools, waker, jobs: vec![] }
    }

    /// Every job that there is.
    pub fn all(state: &AppState) -> Self {
        let (db, writer, sources) = (state.db.clone(), state.writer.clone(), state.sources.clone());
        Self::new(Tools { db, writer, sources }, state.waker.clone())
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
    /// which is when `pause` is over, or for the waker. Ends between two steps when `stop` is ready.
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
                () = self.waker.woken() => {}
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
