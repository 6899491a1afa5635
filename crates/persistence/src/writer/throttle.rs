//! How often something may be tried. An attempt is counted before it is known whether it is a good one, so that not even
//! a thousand at once get more than their limit; a good one is taken back.

use std::collections::HashMap;

use ordervault_domain::time::Timestamp;

use super::decide::{Decider, OperationError};
use super::expect_rows;
use super::operation::{Effect, ThrottleOperation};
use crate::bulk::Bulk as _;
use crate::error::Error;
use crate::tables::throttles::{self, Counter};
use crate::tx::{Conn, Tx};

/// The wait before the first attempt of a [`Rate`]'s second half, if it backs off; then it doubles.
const FIRST_DELAY_MILLIS: i64 = 1_000;

/// Before every time: not the time of the attempt, for another process's clock may be a little behind it.
const NOT_BLOCKED: Timestamp = Timestamp::MIN;

/// How often something may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many attempts.
    pub limit: u32,
    /// Within this time from the first one, milliseconds.
    pub window_millis: i64,
}

/// Something that somebody may try only so often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// A hash of what and who.
    pub key: String,
    /// How often.
    pub rate: Rate,
    /// Does everybody have to wait longer and longer before each attempt of the second half of the limit?
    pub backs_off: bool,
}

impl Throttle {
    /// The counter after one more attempt.
    fn counted(&self, counter: Option<&Counter>, now: Timestamp) -> Counter {
        let live = counter.filter(|counter| now < counter.expires_at);
        let attempts = live.map_or(0, |counter| counter.attempts) + 1;
        let expires_at = live.map_or(now.plus_millis(self.rate.window_millis), |counter| counter.expires_at);
        let limit = i64::from(self.rate.limit);
        // The fifth of ten failures is the first to be followed by a wait.
        let doublings = attempts - limit / 2;
        let blocked_until = if attempts >= limit {
            expires_at
        } else if self.backs_off && doublings >= 0 {
            let delay_millis = FIRST_DELAY_MILLIS << doublings.min(32);
            now.plus_millis(delay_millis).min(expires_at)
        } else {
            NOT_BLOCKED
        };
        Counter { key: self.key.clone(), attempts, expires_at, blocked_until }
    }
}

/// The counters that a batch works on, with the way back to before the submission at hand.
#[derive(Debug, Default)]
pub(crate) struct Throttles {
    /// As they were read; none: not there.
    original: HashMap<String, Option<Counter>>,
    changed: HashMap<String, Counter>,
    undo: Vec<(String, Option<Counter>)>,
}

impl Throttles {
    /// Reads and locks the counters of these keys.
    pub(crate) async fn load(&mut self, conn: &mut Conn, keys: &[String]) -> Result<(), Error> {
        if keys.is_empty() {
            return Ok(());
        }
        self.original.extend(keys.iter().map(|key| (key.clone(), None)));
        let counters = throttles::lock(conn, keys).await?;
        self.original.extend(counters.into_iter().map(|counter| (counter.key.clone(), Some(counter))));
        Ok(())
    }

    fn get(&self, key: &str) -> Option<&Counter> {
        self.changed.get(key).or_else(|| self.original.get(key)?.as_ref())
    }

    fn set(&mut self, counter: Counter) {
        let key = counter.key.clone();
        let before = self.changed.insert(key.clone(), counter);
        self.undo.push((key, before));
    }

    /// What was set since the last call stays.
    pub(crate) fn keep(&mut self) {
        self.undo.clear();
    }

    /// What was set since the last `keep` is taken back.
    pub(crate) fn roll_back(&mut self) {
        for (key, before) in self.undo.drain(..).rev() {
            match before {
                Some(counter) => self.changed.insert(key, counter),
                None => self.changed.remove(&key),
            };
        }
    }

    /// Is there nothing to write?
    pub(crate) fn is_unchanged(&self) -> bool {
        self.changed.is_empty()
    }

    /// Writes what changed, sorted by key.
    pub(crate) async fn flush(&self, tx: &mut Tx) -> Result<(), Error> {
        let mut counters: Vec<&Counter> = self.changed.values().collect();
        counters.sort_by(|a, b| a.key.cmp(&b.key));
        let (mut new, mut known) = (throttles::INSERT.rows(), throttles::UPDATE.rows());
        for counter in counters {
            match self.original.get(&counter.key) {
                Some(Some(_)) => known.push(counter.values()),
                _ => new.push(counter.values()),
            }
        }
        expect_rows(new.len(), tx.run_bulk(&throttles::INSERT, &new).await?)?;
        expect_rows(known.len(), tx.run_bulk(&throttles::UPDATE, &known).await?)
    }
}

impl Decider<'_> {
    pub(super) fn throttle(&mut self, act: &ThrottleOperation) -> Result<Effect, OperationError> {
        match act {
            ThrottleOperation::Count(throttle) => {
                let counter = self.set.throttles.get(&throttle.key);
                if let Some(counter) = counter.filter(|counter| self.now < counter.blocked_until) {
                    return Err(OperationError::Throttled { until: counter.blocked_until });
                }
                let counted = throttle.counted(counter, self.now);
                self.set.throttles.set(counted);
            }
            ThrottleOperation::TakeBack { key } => {
                let counter = self.set.throttles.get(key).filter(|counter| counter.attempts > 0).cloned();
                if let Some(counter) = counter {
                    let attempts = counter.attempts - 1;
                    self.set.throttles.set(Counter { attempts, blocked_until: NOT_BLOCKED, ..counter });
                }
            }
        }
        Ok(Effect::Counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn after(attempts: u32, backs_off: bool) -> Counter {
        let rate = Rate { limit: 10, window_millis: 900_000 };
        let throttle = Throttle { key: "k".into(), rate, backs_off };
        let first = throttle.counted(None, NOW);
        (1..attempts).fold(first, |counter, _| throttle.counted(Some(&counter), NOW))
    }

    #[test]
    fn the_last_attempt_of_a_limit_blocks_to_the_end_of_its_window() {
        for attempts in 1..10 {
            assert_eq!(after(attempts, false).blocked_until, NOT_BLOCKED, "{attempts}");
        }
        let last = after(10, false);
        assert_eq!((last.attempts, last.blocked_until), (10, NOW.plus_millis(900_000)));
        // The next window begins with the next attempt.
        let rate = Rate { limit: 10, window_millis: 900_000 };
        let throttle = Throttle { key: "k".into(), rate, backs_off: false };
        let next = throttle.counted(Some(&last), NOW.plus_millis(900_000));
        assert_eq!((next.attempts, next.expires_at), (1, NOW.plus_millis(1_800_000)));
    }

    #[test]
    fn the_wait_doubles_from_the_fifth_of_ten_on() {
        let wait = |attempts| (after(attempts, true).blocked_until.millis() - NOW.millis()).max(0);
        let waits = (1..=10).map(wait);
        assert_eq!(waits.collect::<Vec<_>>(), [0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 900_000]);
    }

    #[test]
    fn an_attempt_that_is_not_the_last_blocks_nobody_whose_clock_is_behind() {
        assert!(NOW.plus_millis(-60_000) > after(1, true).blocked_until);
    }
}
