//! Clock and randomness, which come in from outside: tests and imports decide what time it is and which bytes fall.

use std::sync::Arc;

use ordervault_domain::time::Timestamp;

type Clock = dyn Fn() -> Timestamp + Send + Sync;
type Random = dyn Fn(&mut [u8]) + Send + Sync;

/// Tells the time and throws the dice. Cheap to clone.
#[derive(Clone)]
pub struct Sources {
    clock: Arc<Clock>,
    random: Arc<Random>,
}

impl Sources {
    /// From a clock and a filler of bytes. The filler has to be unpredictable outside of tests.
    pub fn new(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        random: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        Self { clock: Arc::new(clock), random: Arc::new(random) }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Unpredictable bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }
}
