//! Pauses after failures.

use std::time::Duration;

/// Doubles the pause with each failure in a row, up to a longest one.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    /// The last pause, while it fails.
    last: Option<Duration>,
}

impl Backoff {
    /// From a second to half a minute: nothing is hammered, and nothing is forgotten for long.
    pub const USUAL: Self = Self::new(Duration::from_secs(1), Duration::from_secs(30));

    /// From the first pause to the longest.
    #[must_use]
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, last: None }
    }

    /// Has it failed, and not worked since?
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.last.is_some()
    }

    /// The pause after one more failure.
    pub fn pause(&mut self) -> Duration {
        let pause = self.last.map_or(self.first, |last| last.saturating_mul(2).min(self.longest));
        self.last = Some(pause);
        pause
    }

    /// It works. Tells whether it had failed.
    pub fn reset(&mut self) -> bool {
        self.last.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(5));
        let pauses: Vec<u64> = (0..5).map(|_| backoff.pause().as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 5, 5]);
        assert!(backoff.is_failing() && backoff.reset());
        assert!(!backoff.is_failing() && !backoff.reset());
        assert_eq!(backoff.pause(), Duration::from_secs(1));
    }
}
