//! Clock and randomness, which come in from outside: tests and imports decide what time it is and which bytes fall.

use std::sync::Arc;

use ordervault_domain::time::Timestamp;

type Clock = dyn Fn() -> Timestamp + Send + Sync;
type Random = dyn Fn(&mut [u8]) + Send + Sync;

/// Tells the time and throws the dice. Cheap to clone.
#[derive(Clone)]
pub struct Sources {
    clock: Arc<Clock>,
    id_clock: Option<Arc<Clock>>,
    random: Arc<Random>,
}

impl Sources {
    /// From a clock and a filler of bytes. The filler has to be unpredictable outside of tests.
    pub fn new(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        random: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        Self { clock: Arc::new(clock), id_clock: None, random: Arc::new(random) }
    }

    /// With ids by another clock than what happens: of a made-up past that comes nearer, and whose ids are known.
    #[must_use]
    pub fn with_id_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { id_clock: Some(Arc::new(clock)), ..self }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The time of an id that is made now.
    pub(crate) fn id_time(&self, now: Timestamp) -> Timestamp {
        self.id_clock.as_ref().map_or(now, |clock| clock())
    }

    /// Unpredictable bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }
}
