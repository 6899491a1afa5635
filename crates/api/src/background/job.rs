//! What a job is, and what it works with.

use std::time::Duration;

use futures_util::future::BoxFuture;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::checkpoint::CheckpointError;
use ordervault_persistence::db::Db;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::{WriteError, Writer};

use crate::mail::NotSent;
use crate::waker::JobWaker;

/// Some work that comes up again and again.
pub trait Job: Send {
    /// Names it in the log, in the metrics and towards other servers.
    fn name(&self) -> &'static str;

    /// Does a bounded piece of the work.
    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>>;
}

/// What a step leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    /// There is more to do right away.
    More,
    /// Nothing, for now.
    Nothing,
}

/// When a job with nothing to do looks again.
#[derive(Clone)]
pub struct Pace {
    /// The pause between two looks.
    pub pause: Duration,
    /// Who may end the pause.
    pub waker: Option<JobWaker>,
}

impl Pace {
    /// After this pause, always.
    #[must_use]
    pub fn every(pause: Duration) -> Self {
        Self { pause, waker: None }
    }

    /// Or earlier, when it is woken.
    #[must_use]
    pub fn or_woken_by(self, waker: JobWaker) -> Self {
        Self { waker: Some(waker), ..self }
    }

    /// Ready when it is woken.
    pub(super) async fn woken(&self) {
        match &self.waker {
            Some(waker) => waker.woken().await,
            None => std::future::pending().await,
        }
    }
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The database could not be read or written.
    #[error(transparent)]
    Database(#[from] ordervault_persistence::Error),
    /// A backup could not be made.
    #[error(transparent)]
    Backup(#[from] ordervault_persistence::backup::BackupError),
    /// No checkpoint could be taken.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Mail does not go out.
    #[error(transparent)]
    Mail(#[from] NotSent),
    /// The write queue did not take it.
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
    /// Clock and randomness.
    pub sources: Sources,
}

impl Tools {
    /// The time.
    pub fn now(&self) -> Timestamp {
        self.sources.now()
    }
}
