//! Gives new events their places in the outbox, where several servers write at once.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ordervault_persistence::sequence;

use super::job::{Job, JobError, Remaining, Tools};

/// The job that numbers the outbox.
pub struct Sequencer;

impl Job for Sequencer {
    fn name(&self) -> &'static str {
        "sequencer"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        async {
            match sequence(&tools.db).await? {
                0 => Ok(Remaining::Nothing),
                // There may be more than one step's worth.
                _ => Ok(Remaining::More),
            }
        }
        .boxed()
    }
}
