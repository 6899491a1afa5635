//! Follows the outbox, and lets the words of whoever was erased leave the file of SQLite.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ordervault_persistence::{MergeStep, events_behind, followed, merge_words, position};

use super::job::{Job, JobError, Remaining, Tools};

const NAME: &str = "gone_words";
/// A merge of a single part ends early when another part comes in between; the next one has several, and does not.
const ROUNDS: u32 = 2;

/// The follower that has the index of words merged when somebody was erased. It reads to the end first: one merge is for all who
/// were. What a stop or a failure ends is begun anew, because the position is noted last.
#[derive(Default)]
pub struct MergeWords {
    read_to: Option<i64>,
    is_any_erased: bool,
    is_merging: bool,
    /// Merges that were begun.
    rounds: u32,
}

impl MergeWords {
    async fn look(&mut self, tools: &Tools) -> Result<Remaining, JobError> {
        let read_to = match self.read_to {
            Some(read_to) => read_to,
            None => position(&tools.db, NAME).await?,
        };
        if !self.is_merging {
            let events = events_behind(&tools.db, read_to).await?;
            self.is_any_erased |= events.iter().any(|event| event.event == "erased");
            self.read_to = Some(events.last().map_or(read_to, |last| last.position));
            if !events.is_empty() {
                return Ok(Remaining::More);
            }
        }
        if self.is_any_erased {
            let step = if self.is_merging { MergeStep::Next } else { MergeStep::First };
            self.rounds += u32::from(step == MergeStep::First);
            self.is_merging = merge_words(&tools.db, step).await?;
            if self.is_merging || self.rounds < ROUNDS {
                return Ok(Remaining::More);
            }
        }
        followed(&tools.db, NAME, read_to).await?;
        (self.is_any_erased, self.rounds) = (false, 0);
        Ok(Remaining::Nothing)
    }
}

impl Job for MergeWords {
    fn name(&self) -> &'static str {
        NAME
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        self.look(tools).boxed()
    }
}
