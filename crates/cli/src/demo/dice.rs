//! Dice that always fall the same way.

use std::sync::atomic::{AtomicU64, Ordering};

/// One fixed number for each number (the finaliser of splitmix64).
pub(super) fn mixed(number: u64) -> u64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut z = number.wrapping_add(1).wrapping_mul(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Numbers, one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dice {
    thrown: u64,
}

impl Dice {
    /// Those that begin here.
    pub(super) const fn from(start: u64) -> Self {
        Self { thrown: start }
    }

    /// A number below `sides`.
    pub(super) fn below(&mut self, sides: u64) -> u64 {
        self.thrown = self.thrown.wrapping_add(1);
        mixed(self.thrown) % sides.max(1)
    }

    /// The place of one of so many.
    pub(super) fn place(&mut self, of: usize) -> usize {
        usize::try_from(self.below(of as u64)).unwrap_or(0)
    }

    /// One of these.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.place(of.len()))
    }
}

/// Bytes, one after the other.
pub(super) fn bytes(start: u64) -> impl Fn(&mut [u8]) + Send + Sync + 'static {
    let thrown = AtomicU64::new(start);
    move |bytes| {
        for chunk in bytes.chunks_mut(8) {
            let number = mixed(thrown.fetch_add(1, Ordering::Relaxed));
            chunk.copy_from_slice(&number.to_le_bytes()[..chunk.len()]);
        }
    }
}
