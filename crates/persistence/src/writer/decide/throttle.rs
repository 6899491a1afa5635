//! How often something may be tried. An attempt is counted before it is known whether it is a good one, so that not even
//! a thousand at once get more than their limit; a good one is taken back.

use ordervault_domain::time::Timestamp;

use super::decider::{Decider, OperationError};
use crate::tables::throttles::Counter;
use crate::writer::operation::{Effect, Throttle, ThrottleOperation};
use crate::writer::set::{Change, Exchange};

/// The wait before the first attempt of a [`Rate`](crate::writer::Rate)'s second half, if it backs off; then it doubles.
const FIRST_DELAY_MILLIS: i64 = 1_000;

/// Before every time: not the time of the attempt, for another process's clock may be a little behind it.
const NOT_BLOCKED: Timestamp = Timestamp::MIN;

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

impl Decider<'_> {
    pub(in crate::writer) fn throttle(
        &mut self,
        operation: &ThrottleOperation,
    ) -> Result<Effect, OperationError> {
        match operation {
            ThrottleOperation::Count(throttle) => {
                let counter = self.set.counter(&throttle.key);
                if let Some(counter) = counter.filter(|counter| self.now < counter.blocked_until) {
                    return Err(OperationError::Throttled { until: counter.blocked_until });
                }
                let counted = throttle.counted(counter, self.now);
                self.count(counted);
            }
            ThrottleOperation::TakeBack { key } => {
                let counter = self.set.counter(key).filter(|counter| counter.attempts > 0).cloned();
                if let Some(counter) = counter {
                    let attempts = counter.attempts - 1;
                    self.count(Counter { attempts, blocked_until: NOT_BLOCKED, ..counter });
                }
            }
        }
        Ok(Effect::Counted)
    }

    fn count(&mut self, counter: Counter) {
        self.set.apply(Change::Counter(Exchange::put(counter.key.clone(), counter)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writer::operation::Rate;

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
