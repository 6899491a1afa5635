//! What a job is, and what it works with.

use futures_util::future::BoxFuture;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::{WriteError, Writer};

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
    /// Clock and randomness.
    pub sources: Sources,
}

impl Tools {
    /// The time.
    pub fn now(&self) -> Timestamp {
        self.sources.now()
    }
}
