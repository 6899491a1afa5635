//! Writes down outside of the database what is in it, again and again.

use std::path::PathBuf;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ordervault_persistence::checkpoint::{Taken, take};

use super::job::{Job, JobError, Remaining, Tools};

/// The job that takes checkpoints. Each server that runs it has a folder, of its own or in common.
pub struct Checkpoints {
    /// Where they go.
    pub folder: PathBuf,
}

impl Job for Checkpoints {
    fn name(&self) -> &'static str {
        "checkpoints"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        async {
            let (keys, now) = (tools.writer.keys(), tools.now());
            let taken = take(&tools.db, keys, &self.folder, now).await?;
            if let Taken::Written(new) = taken {
                tracing::info!(number = new.number, events = new.position, "a checkpoint was taken");
            }
            Ok(Remaining::Nothing)
        }
        .boxed()
    }
}
