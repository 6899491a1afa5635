//! Follows the outbox and notes which orders came, so that each member can be told what is new for them.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ordervault_persistence::{ARRIVALS, follow, note_arrivals};

use super::job::{Job, JobError, Remaining, Tools};

/// The follower that notes arrivals. What it has not come to yet counts as new.
pub struct Arrivals;

impl Job for Arrivals {
    fn name(&self) -> &'static str {
        ARRIVALS
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        async {
            let followed = follow(&tools.db, ARRIVALS, |events| note_arrivals(&tools.db, events)).await?;
            Ok(if followed > 0 { Remaining::More } else { Remaining::Nothing })
        }
        .boxed()
    }
}
