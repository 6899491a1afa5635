//! How often something may be tried, and who is known.

use ordervault_domain::time::Timestamp;

use super::decider::{Decider, OperationError};
use crate::tables::throttles::Counter;
use crate::writer::operation::{Allowance, Effect, Throttle, ThrottleOperation};
use crate::writer::set::{Change, Exchange};

/// Before every time: not the time of the attempt, for another process's clock may be a little behind it.
const NOT_BLOCKED: Timestamp = Timestamp::MIN;

impl Throttle {
    /// The counter after one more attempt.
    fn counted(&self, counter: Option<&Counter>, now: Timestamp) -> Counter {
        let live = counter.filter(|counter| counter.counts(self.rate.window_millis, now));
        let attempts = live.map_or(0, |counter| counter.attempts) + 1;
        let expires_at = live.map_or(now.plus_millis(self.rate.window_millis), |counter| counter.expires_at);
        let blocked_until = if attempts >= i64::from(self.rate.limit) { expires_at } else { NOT_BLOCKED };
        Counter { key: self.key.clone(), attempts, expires_at, blocked_until }
    }
}

impl Decider<'_> {
    pub(in crate::writer) fn throttle(
        &mut self,
        operation: &ThrottleOperation,
    ) -> Result<Effect, OperationError> {
        let counter = self.set.counter(operation.key());
        if let ThrottleOperation::Count(Throttle { rate, .. })
        | ThrottleOperation::LetThrough(Throttle { rate, .. }) = operation
            && let Some(counter) = counter.filter(|counter| counter.blocks(rate.window_millis, self.now))
        {
            return Err(OperationError::Throttled { until: counter.blocked_until });
        }
        let after = match operation {
            ThrottleOperation::Count(throttle) => throttle.counted(counter, self.now),
            ThrottleOperation::LetThrough(_) => return Ok(Effect::LetThrough),
            ThrottleOperation::Know { key, for_millis } => {
                let until = self.now.plus_millis(*for_millis);
                let expires_at = counter.map_or(until, |counter| counter.expires_at.later_of(until));
                Counter { key: key.clone(), attempts: 0, expires_at, blocked_until: NOT_BLOCKED }
            }
        };
        let effect = match operation {
            ThrottleOperation::Count(Throttle { rate, .. }) => Effect::Counted(Allowance {
                left: u32::try_from(i64::from(rate.limit) - after.attempts).unwrap_or(0),
                window_ends_at: after.expires_at,
            }),
            ThrottleOperation::LetThrough(_) | ThrottleOperation::Know { .. } => Effect::LetThrough,
        };
        self.set.apply(Change::Counter(Exchange::put(after.key.clone(), after)));
        Ok(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writer::operation::Rate;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    #[test]
    fn the_last_attempt_of_a_limit_blocks_to_the_end_of_its_window() {
        let throttle = Throttle { key: "k".into(), rate: Rate { limit: 10, window_millis: 900_000 } };
        let first = throttle.counted(None, NOW);
        let after =
            |attempts| (1..attempts).fold(first.clone(), |counter, _| throttle.counted(Some(&counter), NOW));
        for attempts in 1..10 {
            // Nor whoever's clock is behind.
            assert_eq!(after(attempts).blocked_until, NOT_BLOCKED, "{attempts}");
        }
        let last = after(10);
        assert_eq!((last.attempts, last.blocked_until), (10, NOW.plus_millis(900_000)));
        // The next window begins with the next attempt.
        let next = throttle.counted(Some(&last), NOW.plus_millis(900_000));
        assert_eq!((next.attempts, next.expires_at), (1, NOW.plus_millis(1_800_000)));
        // What a clock a week ahead has counted stops nobody once it is right again; a replica's that is a little ahead does.
        for (ahead_millis, attempts, blocks) in [(60_000, 11, true), (7 * 86_400_000, 1, false)] {
            let ahead = (0..10).fold(None, |counter: Option<Counter>, _| {
                Some(throttle.counted(counter.as_ref(), NOW.plus_millis(ahead_millis)))
            });
            assert_eq!(ahead.as_ref().map(|ahead| ahead.blocks(900_000, NOW)), Some(blocks));
            assert_eq!(throttle.counted(ahead.as_ref(), NOW).attempts, attempts);
        }
    }
}
