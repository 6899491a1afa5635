//! Who may hash a password next. A hash takes a core and 19 MiB, so that few are made at the same time; the memory goes with
//! the permit and is used again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::Block;
use tokio::sync::oneshot;

use crate::problem::{Code, Problem};

/// Those of one lane who may wait at the same time.
pub(super) const PLACES_PER_LANE: usize = 16;
const MAX_WAIT: Duration = Duration::from_secs(2);
const RETRY_AFTER_SECONDS: u32 = 2;

/// Where somebody waits. Each lane has places of its own, and whoever waits in an earlier one goes first: so a flood of
/// strangers takes no place of those who have logged in before, and costs them one hash of waiting. Which lane is for
/// whom never depends on whether there is an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Staff from where staff has logged in lately, or with an open session.
    Staff,
    /// Customers from where a customer has logged in lately, or with an open session.
    Customers,
    /// Everybody else.
    Strangers,
}

const LANES: usize = Lane::Strangers as usize + 1;

/// All permits, and who waits for one.
pub(super) struct Permits(Mutex<State>);

struct State {
    /// The memory of the permits that nobody has.
    idle: Vec<Vec<Block>>,
    /// By lane.
    waiting: [VecDeque<oneshot::Sender<Permit>>; LANES],
}

/// Permission to make one hash. Dropped, it goes to whoever is next.
pub(super) struct Permit {
    permits: Arc<Permits>,
    /// None: passed on.
    memory: Option<Vec<Block>>,
}

impl Permits {
    pub(super) fn new(permits: usize) -> Arc<Self> {
        let idle = (0..permits).map(|_| vec![]).collect();
        Arc::new(Self(Mutex::new(State { idle, waiting: std::array::from_fn(|_| VecDeque::new()) })))
    }

    /// A permit, at once or as soon as it is one's turn. 503 `overloaded` when too many wait, or for too long.
    pub(super) async fn take(self: &Arc<Self>, lane: Lane) -> Result<Permit, Problem> {
        let overloaded = || Problem::new(Code::Overloaded).retry_after(RETRY_AFTER_SECONDS);
        let turn = self.wait(lane).ok_or_else(overloaded)?;
        match tokio::time::timeout(MAX_WAIT, turn).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(closed)) => Err(Problem::internal(closed)),
            Err(_) => Err(overloaded()),
        }
    }

    /// None: the lane is full.
    fn wait(self: &Arc<Self>, lane: Lane) -> Option<oneshot::Receiver<Permit>> {
        let (turn, waiter) = oneshot::channel();
        let mut state = self.lock();
        if let Some(memory) = state.idle.pop() {
            drop(state);
            // Nobody has dropped the other end yet.
            _ = turn.send(self.permit(memory));
            return Some(waiter);
        }
        let waiting = state.waiting.get_mut(lane as usize)?;
        waiting.retain(|turn| !turn.is_closed());
        if waiting.len() >= PLACES_PER_LANE {
            return None;
        }
        waiting.push_back(turn);
        Some(waiter)
    }

    fn permit(self: &Arc<Self>, memory: Vec<Block>) -> Permit {
        Permit { permits: Arc::clone(self), memory: Some(memory) }
    }

    /// Hands a permit's memory to whoever waits first, or keeps it.
    fn pass_on(self: &Arc<Self>, mut memory: Vec<Block>) {
        loop {
            let mut state = self.lock();
            let Some(turn) = state.waiting.iter_mut().find_map(VecDeque::pop_front) else {
                state.idle.push(memory);
                return;
            };
            drop(state);
            match turn.send(self.permit(memory)) {
                Ok(()) => return,
                // Gone in the meantime.
                Err(mut permit) => memory = permit.memory.take().unwrap_or_default(),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// So much memory, in blocks of 1 KiB; what stands in it is left from the hash before.
    pub(super) fn memory(&mut self, blocks: usize) -> &mut [Block] {
        let memory = self.memory.get_or_insert_default();
        if memory.len() < blocks {
            memory.resize(blocks, Block::default());
        }
        memory
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(memory) = self.memory.take() {
            self.permits.pass_on(memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_cannot_be_served_in_time_is_told_to_come_back() {
        let permits = Permits::new(1);
        let busy = permits.take(Lane::Strangers).await.unwrap_or_else(|_| unreachable!());
        // Paused time runs on by itself while everybody waits.
        assert_eq!(
            permits.take(Lane::Staff).await.err().map(|problem| problem.code()),
            Some(Code::Overloaded)
        );
        drop(busy);
        assert!(permits.take(Lane::Strangers).await.is_ok());
    }

    #[tokio::test]
    async fn a_full_lane_takes_no_place_of_another_and_earlier_lanes_go_first() {
        let permits = Permits::new(1);
        let busy = permits.take(Lane::Strangers).await.unwrap_or_else(|_| unreachable!());
        let mut strangers: Vec<_> =
            (0..PLACES_PER_LANE).map(|_| permits.wait(Lane::Strangers).unwrap()).collect();
        assert!(permits.wait(Lane::Strangers).is_none());
        let customer = permits.wait(Lane::Customers).unwrap();
        let staff = permits.wait(Lane::Staff).unwrap();
        drop(busy);
        let permit = staff.now_or_never().unwrap().unwrap();
        drop(permit);
        // Whoever leaves frees their place, and is passed over.
        strangers.remove(0);
        strangers.push(permits.wait(Lane::Strangers).unwrap());
        let permit = customer.now_or_never().unwrap().unwrap();
        drop(permit);
        for stranger in strangers {
            drop(stranger.now_or_never().unwrap().unwrap());
        }
        assert_eq!(permits.lock().idle.len(), 1);
    }

    #[tokio::test]
    async fn a_permit_brings_its_memory_along() {
        let permits = Permits::new(1);
        for _ in 0..3 {
            let mut permit = permits.take(Lane::Strangers).await.unwrap_or_else(|_| unreachable!());
            assert_eq!(permit.memory(64).len(), 64);
        }
        assert_eq!(permits.lock().idle.iter().map(Vec::len).collect::<Vec<_>>(), [64]);
    }
}
