//! What may be tried only so often, and who is known: the counters, each with its rate.
//!
//! They live in the database, so that neither a restart nor another replica forgets them. Their keys are hashed with a
//! key of the server's: no address and no account can be read from them.

use ordervault_persistence::writer::{Rate, Throttle};

use crate::auth::{Secrets, hashed};
use crate::settings::Rates;

/// Makes throttles.
pub struct Throttles {
    pub(crate) rates: Rates,
    keys: Vec<[u8; 32]>,
}

impl Throttles {
    /// With a key derived from the secrets.
    pub fn new(rates: Rates, secrets: &Secrets) -> Self {
        Self { rates, keys: secrets.derive("throttle") }
    }

    /// One throttle for `who` (an account, a network), counted apart from those for other things.
    pub(crate) fn of(&self, what: &str, who: &[&[u8]], rate: Rate) -> Throttle {
        Throttle { key: self.key(what, who), rate }
    }

    /// The key of what and who.
    pub(crate) fn key(&self, what: &str, who: &[&[u8]]) -> String {
        hashed(&self.keys, &[&[what.as_bytes()], who].concat())
    }
}
