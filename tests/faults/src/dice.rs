//! Chance that is the same for the same seed.

use ordervault_tests::shop::seeded;

type Bytes = dyn Fn(&mut [u8]) + Send + Sync;

/// Dice that always fall the same way.
pub struct Dice(Box<Bytes>);

impl Dice {
    /// Of this seed.
    pub fn of(seed: u64) -> Self {
        Self(Box::new(seeded(seed)))
    }

    /// A number below the end, which is not 0.
    pub fn below(&self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        u64::from_le_bytes(bytes) % end
    }

    /// One of these, of which there is at least one.
    pub fn pick<'a, T>(&self, of: &'a [T]) -> &'a T {
        let place = self.below(of.len() as u64);
        &of[usize::try_from(place).unwrap_or_default()]
    }
}
