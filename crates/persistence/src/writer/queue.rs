//! The queue before the writer: who gets in, who comes next.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::act::{ActorRef, Class, Receipt, Submission, WriteError};

/// Most submissions that may wait.
pub const MAX_WAITING_ITEMS: usize = 4_096;
/// Most memory that waiting submissions may hold.
pub const MAX_WAITING_BYTES: usize = 64 * 1024 * 1024;
/// When the oldest has waited longer than this, nobody else gets in.
pub const MAX_WAITING_AGE: Duration = Duration::from_secs(2);
/// A person's submission that was not taken up within this time is dropped.
pub const TAKE_UP_LIMIT: Duration = Duration::from_secs(5);
/// Most rows, about, that one batch writes.
pub const MAX_BATCH_ROWS: usize = 2_000;
/// Of the queue and of a batch, the share (one in so many) that one principal, or background work, may take.
const SHARE: usize = 4;

/// A submission with the way back to whoever waits for it.
pub(crate) struct Item {
    pub submission: Submission,
    pub answer: oneshot::Sender<Result<Receipt, WriteError>>,
    pub since: Instant,
}

#[derive(Default)]
struct Waiting {
    interactive: VecDeque<Item>,
    background: VecDeque<Item>,
    bytes: usize,
    of_principal: HashMap<ActorRef, usize>,
    closed: bool,
}

/// Submissions that wait, in two classes.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

impl Queue {
    /// Gets in line.
    pub(crate) fn push(&self, item: Item) -> Result<(), WriteError> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(WriteError::NotExecuted);
        }
        let items = waiting.interactive.len() + waiting.background.len();
        let bytes = item.submission.bytes();
        let actor = item.submission.actor;
        let of_principal = waiting.of_principal.get(&actor).copied().unwrap_or_default();
        // Whoever signs in is nobody yet: all of them together are no principal.
        let many = actor == ActorRef::Anonymous;
        let oldest = waiting.interactive.front().map(|item| item.since.elapsed());
        if items >= MAX_WAITING_ITEMS
            || waiting.bytes + bytes > MAX_WAITING_BYTES
            || oldest.is_some_and(|age| age > MAX_WAITING_AGE)
            || (!many && of_principal >= MAX_WAITING_ITEMS / SHARE)
        {
            return Err(WriteError::Overloaded);
        }
        waiting.bytes += bytes;
        *waiting.of_principal.entry(actor).or_default() += 1;
        match item.submission.class {
            Class::Interactive => waiting.interactive.push_back(item),
            Class::Background => waiting.background.push_back(item),
        }
        drop(waiting);
        self.arrived.notify_one();
        Ok(())
    }

    /// The next batch, as soon as there is one; `None` when the queue is closed and empty.
    pub(crate) async fn take(&self) -> Option<Vec<Item>> {
        loop {
            {
                let mut waiting = self.lock();
                let batch = waiting.batch();
                if !batch.is_empty() {
                    return Some(batch);
                }
                if waiting.closed && waiting.background.is_empty() && waiting.interactive.is_empty() {
                    return None;
                }
            }
            self.arrived.notified().await;
        }
    }

    /// Lets nobody else in.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }

    /// Sends away whoever still waits.
    pub(crate) fn abandon(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        let left: Vec<Item> = waiting.take_all();
        drop(waiting);
        for item in left {
            let _ = item.answer.send(Err(WriteError::NotExecuted));
        }
        self.arrived.notify_one();
    }

    /// Number of waiting submissions.
    pub(crate) fn depth(&self) -> usize {
        let waiting = self.lock();
        waiting.interactive.len() + waiting.background.len()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn batch(&mut self) -> Vec<Item> {
        let mut batch = vec![];
        let mut rows = 0;
        let reserved = match self.background.is_empty() {
            true => 0,
            false => MAX_BATCH_ROWS / SHARE,
        };
        while let Some(item) = self.interactive.front() {
            let weight = item.submission.weight();
            if !batch.is_empty() && rows + weight > MAX_BATCH_ROWS - reserved {
                break;
            }
            let Some(item) = self.interactive.pop_front() else { break };
            self.left(&item);
            if item.since.elapsed() > TAKE_UP_LIMIT {
                let _ = item.answer.send(Err(WriteError::NotExecuted));
                continue;
            }
            rows += weight;
            batch.push(item);
        }
        let room = match self.interactive.is_empty() && batch.is_empty() {
            true => MAX_BATCH_ROWS,
            false => MAX_BATCH_ROWS / SHARE,
        };
        let mut rows = 0;
        while let Some(item) = self.background.front() {
            let weight = item.submission.weight();
            if rows > 0 && rows + weight > room {
                break;
            }
            let Some(item) = self.background.pop_front() else { break };
            self.left(&item);
            rows += weight;
            batch.push(item);
        }
        batch
    }

    fn left(&mut self, item: &Item) {
        self.bytes -= item.submission.bytes().min(self.bytes);
        if let Some(count) = self.of_principal.get_mut(&item.submission.actor) {
            *count -= 1;
            if *count == 0 {
                self.of_principal.remove(&item.submission.actor);
            }
        }
    }

    fn take_all(&mut self) -> Vec<Item> {
        self.bytes = 0;
        self.of_principal.clear();
        self.interactive.drain(..).chain(self.background.drain(..)).collect()
    }
}
