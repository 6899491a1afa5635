//! The real clock and the operating system's dice: the one place in the program that asks them.

use std::time::{SystemTime, UNIX_EPOCH};

use ordervault_domain::time::Timestamp;
use ordervault_persistence::sources::Sources;

use crate::exit::{Exit, Failure};

/// The sources of a running program.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn system() -> Result<Sources, Failure> {
    let mut probe = [0];
    getrandom::fill(&mut probe).map_err(|error| Failure::new(Exit::Internal, no_randomness(error)))?;
    Ok(Sources::new(now, fill))
}

#[expect(clippy::disallowed_methods, reason = "everybody else is given the time by this function")]
fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// A source that worked at the start does not fail later, unless the machine is broken. Ids and salts that can be
/// guessed would be worse than no server.
fn fill(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        tracing::error!("{}", no_randomness(error));
        std::process::exit(Exit::Internal as i32);
    }
}

fn no_randomness(error: getrandom::Error) -> String {
    format!("the operating system gives no randomness: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_runs_and_the_dice_fall_differently() {
        let sources = system().unwrap();
        assert!(sources.now() > "2026-01-01T00:00:00Z".parse().unwrap());
        assert_ne!(sources.bytes::<16>(), sources.bytes::<16>());
    }
}
