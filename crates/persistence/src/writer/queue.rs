//! The queue before the writer: who gets in, who comes next (letter g of the write queue).

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::operation::{ActorRef, Class, Receipt, Submission, WriteError};

/// Most submissions that may wait.
pub const MAX_WAITING_ITEMS: usize = 4_096;
/// Most memory that waiting submissions may hold.
pub const MAX_WAITING_BYTES: usize = 64 * 1024 * 1024;
/// When the oldest has waited longer than this, nobody else gets in.
pub const MAX_WAITING_AGE: Duration = Duration::from_secs(2);
/// A person's submission that was not taken up within this time is dropped.
pub const TAKE_UP_LIMIT: Duration = Duration::from_secs(5);
/// Most rows, about, that one group writes.
pub const MAX_GROUP_ROWS: usize = 2_000;
/// Of the queue and of a group, the share (one in so many) that one principal, or background work, may take.
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
        // Whoever signs in or orders without an account is nobody: all of them together are no principal.
        let many = matches!(actor, ActorRef::Anonymous | ActorRef::Guest(None));
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

    /// The next group, as soon as there is one; `None` when the queue is closed and empty.
    pub(crate) async fn take(&self) -> Option<Vec<Item>> {
        loop {
            {
                let mut waiting = self.lock();
                let group = waiting.group();
                if !group.is_empty() {
                    return Some(group);
                }
                if waiting.closed && waiting.background.is_empty() && waiting.interactive.is_empty() {
                    return None;
                }
            }
            self.arrived.notified().await;
        }
    }

    /// Puts those back in front who were taken and could not be served, in their order.
    pub(crate) fn put_back(&self, items: Vec<Item>) {
        let mut waiting = self.lock();
        for item in items.into_iter().rev() {
            waiting.bytes += item.submission.bytes();
            *waiting.of_principal.entry(item.submission.actor).or_default() += 1;
            match item.submission.class {
                Class::Interactive => waiting.interactive.push_front(item),
                Class::Background => waiting.background.push_front(item),
            }
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
    fn group(&mut self) -> Vec<Item> {
        let mut group = vec![];
        let mut rows = 0;
        let reserved = match self.background.is_empty() {
            true => 0,
            false => MAX_GROUP_ROWS / SHARE,
        };
        while let Some(item) = self.interactive.front() {
            let weight = item.submission.weight();
            if !group.is_empty() && rows + weight > MAX_GROUP_ROWS - reserved {
                break;
            }
            let Some(item) = self.interactive.pop_front() else { break };
            self.left(&item);
            if item.since.elapsed() > TAKE_UP_LIMIT {
                let _ = item.answer.send(Err(WriteError::NotExecuted));
                continue;
            }
            rows += weight;
            group.push(item);
        }
        let room = match self.interactive.is_empty() && group.is_empty() {
            true => MAX_GROUP_ROWS,
            false => MAX_GROUP_ROWS / SHARE,
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
            group.push(item);
        }
        group
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writer::operation::Operation;
    use ordervault_domain::id::{CustomerId, MemberId, OrderId};
    use ordervault_domain::order::OrderCommand;

    type Answer = oneshot::Receiver<Result<Receipt, WriteError>>;

    /// A submission that weighs 5 rows an operation and has waited so long.
    fn item(actor: ActorRef, class: Class, operations: usize, waited: Duration) -> (Item, Answer) {
        let id = Some(OrderId::from_i64(1));
        let operation = Operation::Order { id, expected_version: None, command: OrderCommand::Confirm };
        let submission = Submission {
            actor,
            login: None,
            request_id: String::new(),
            class,
            idempotency: None,
            operations: vec![operation; operations],
        };
        let (answer, outcome) = oneshot::channel();
        let since = Instant::now().checked_sub(waited).expect("the machine has been up for seconds");
        (Item { submission, answer, since }, outcome)
    }

    fn person(number: usize) -> ActorRef {
        ActorRef::Customer(CustomerId::from_i64(i64::try_from(number).expect("few")))
    }

    fn push(queue: &Queue, actor: ActorRef, class: Class, operations: usize) -> Result<Answer, WriteError> {
        let (item, outcome) = item(actor, class, operations, Duration::ZERO);
        queue.push(item).map(|()| outcome)
    }

    fn rows(group: &[Item], class: Class) -> usize {
        let of_class = group.iter().filter(|item| item.submission.class == class);
        of_class.map(|item| item.submission.weight()).sum()
    }

    #[tokio::test]
    async fn the_queue_holds_so_many_and_no_more() {
        let queue = Queue::default();
        for number in 0..MAX_WAITING_ITEMS {
            assert!(push(&queue, person(number), Class::Interactive, 1).is_ok());
        }
        assert_eq!(queue.depth(), MAX_WAITING_ITEMS);
        assert_eq!(push(&queue, person(0), Class::Interactive, 1).err(), Some(WriteError::Overloaded));
        let taken = queue.take().await.expect("a group");
        assert_eq!(rows(&taken, Class::Interactive), MAX_GROUP_ROWS);
        assert!(push(&queue, person(0), Class::Interactive, 1).is_ok());
    }

    #[tokio::test]
    async fn the_queue_holds_so_much_and_no_more() {
        let queue = Queue::default();
        let bytes = item(person(0), Class::Interactive, 1_000, Duration::ZERO).0.submission.bytes();
        let fit = MAX_WAITING_BYTES / bytes;
        assert!(fit < MAX_WAITING_ITEMS);
        for number in 0..fit {
            assert!(push(&queue, person(number), Class::Interactive, 1_000).is_ok());
        }
        assert_eq!(push(&queue, person(fit), Class::Interactive, 1_000).err(), Some(WriteError::Overloaded));
        assert_eq!(queue.take().await.map(|group| group.len()), Some(1));
        assert!(push(&queue, person(fit), Class::Interactive, 1_000).is_ok());
    }

    #[tokio::test]
    async fn nobody_joins_a_line_that_does_not_move() {
        let queue = Queue::default();
        let (old, _outcome) =
            item(person(1), Class::Interactive, 1, MAX_WAITING_AGE + Duration::from_millis(1));
        assert_eq!(queue.push(old), Ok(()));
        assert_eq!(push(&queue, person(2), Class::Interactive, 1).err(), Some(WriteError::Overloaded));
        assert_eq!(push(&queue, person(2), Class::Background, 1).err(), Some(WriteError::Overloaded));
        assert_eq!(queue.take().await.map(|group| group.len()), Some(1));
        assert!(push(&queue, person(2), Class::Interactive, 1).is_ok());
    }

    #[tokio::test]
    async fn nobody_fills_more_than_a_quarter_of_the_queue() {
        let member = ActorRef::Member(MemberId::from_i64(1));
        for greedy in [person(1), member, ActorRef::Importer, ActorRef::System, ActorRef::Operator] {
            let queue = Queue::default();
            for _ in 0..MAX_WAITING_ITEMS / SHARE {
                assert!(push(&queue, greedy, Class::Background, 1).is_ok());
            }
            assert_eq!(push(&queue, greedy, Class::Interactive, 1).err(), Some(WriteError::Overloaded));
            assert!(push(&queue, person(2), Class::Interactive, 1).is_ok());
            // Whoever signs in is one of many.
            for _ in 0..MAX_WAITING_ITEMS / 2 {
                assert!(push(&queue, ActorRef::Anonymous, Class::Interactive, 1).is_ok());
            }
            queue.take().await.expect("a group");
            assert!(push(&queue, greedy, Class::Interactive, 1).is_ok());
        }
    }

    #[tokio::test]
    async fn background_work_gets_a_quarter_of_a_group_while_others_wait() {
        let queue = Queue::default();
        let acts_of_a_group = MAX_GROUP_ROWS / 5;
        for number in 0..2 * acts_of_a_group {
            push(&queue, person(number), Class::Interactive, 1).expect("let in");
        }
        for _ in 0..acts_of_a_group {
            push(&queue, ActorRef::Importer, Class::Background, 1).expect("let in");
        }
        let full = (MAX_GROUP_ROWS * 3 / 4, MAX_GROUP_ROWS / 4);
        for expected in [full, full, (MAX_GROUP_ROWS / 2, MAX_GROUP_ROWS / 4)] {
            let group = queue.take().await.expect("a group");
            assert_eq!((rows(&group, Class::Interactive), rows(&group, Class::Background)), expected);
        }
        // Alone, it may have all of it.
        for _ in 0..acts_of_a_group {
            push(&queue, ActorRef::System, Class::Background, 1).expect("let in");
        }
        let group = queue.take().await.expect("a group");
        assert_eq!(rows(&group, Class::Background), MAX_GROUP_ROWS);
    }

    #[tokio::test]
    async fn one_that_is_heavier_than_a_group_goes_alone() {
        let queue = Queue::default();
        push(&queue, person(1), Class::Interactive, MAX_GROUP_ROWS).expect("let in");
        push(&queue, person(2), Class::Interactive, 1).expect("let in");
        assert_eq!(queue.take().await.map(|group| group.len()), Some(1));
        assert_eq!(queue.take().await.map(|group| group.len()), Some(1));
    }

    #[tokio::test]
    async fn who_waited_too_long_is_told_that_nothing_was_written() {
        let queue = Queue::default();
        let too_long = TAKE_UP_LIMIT + Duration::from_millis(1);
        let (late, answer) = item(person(1), Class::Interactive, 1, too_long);
        let (import, _outcome) = item(ActorRef::Importer, Class::Background, 1, too_long);
        // The import first: behind the late one nobody gets in any more.
        assert_eq!(queue.push(import), Ok(()));
        assert_eq!(queue.push(late), Ok(()));
        // Machines wait for as long as it takes.
        let group = queue.take().await.expect("a group");
        assert_eq!((group.len(), group[0].submission.class), (1, Class::Background));
        assert_eq!(answer.await.expect("an answer"), Err(WriteError::NotExecuted));
        assert_eq!(queue.depth(), 0);
    }

    #[tokio::test]
    async fn a_closed_queue_is_drained_and_then_over() {
        let queue = Queue::default();
        push(&queue, person(1), Class::Interactive, 1).expect("let in");
        push(&queue, ActorRef::Importer, Class::Background, 1).expect("let in");
        queue.close();
        assert_eq!(push(&queue, person(2), Class::Interactive, 1).err(), Some(WriteError::NotExecuted));
        assert_eq!(queue.take().await.map(|group| group.len()), Some(2));
        assert!(queue.take().await.is_none());
    }

    #[tokio::test]
    async fn an_abandoned_queue_answers_everybody() {
        let queue = Queue::default();
        let answers = [Class::Interactive, Class::Background].map(|class| push(&queue, person(1), class, 1));
        queue.abandon();
        for answer in answers {
            let answer = answer.expect("let in").await.expect("an answer");
            assert_eq!(answer, Err(WriteError::NotExecuted));
        }
        assert!(queue.take().await.is_none());
    }
}
