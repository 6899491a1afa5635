//! What is tried too often, and who is known.

use std::collections::HashMap;

use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::tables::throttles::{self, Counter};
use crate::tx::Conn;
use crate::writer::Throttle;

/// Somebody who has tried something so often that they have to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// The throttle's key.
    pub key: String,
    /// Attempts in this window.
    pub attempts: i64,
    /// When the next one is let through.
    pub until: Timestamp,
}

/// Which of these throttles let nothing through now. The write queue has the last word; whoever asks here first spares it
/// those that are blocked anyway.
///
/// # Errors
/// When the database fails.
pub async fn blocked(conn: &mut Conn, throttles: &[Throttle], now: Timestamp) -> Result<Vec<Blocked>, Error> {
    let windows: HashMap<&str, i64> =
        throttles.iter().map(|throttle| (throttle.key.as_str(), throttle.rate.window_millis)).collect();
    let keys: Vec<String> = windows.keys().map(|key| (*key).to_owned()).collect();
    let counters = throttles::read(conn, &keys).await?.into_iter();
    let blocks = |counter: &Counter| {
        windows.get(counter.key.as_str()).is_some_and(|window| counter.blocks(*window, now))
    };
    let blocked = counters.filter(blocks).map(|counter| Blocked {
        key: counter.key,
        attempts: counter.attempts,
        until: counter.blocked_until,
    });
    Ok(blocked.collect())
}

/// Which of these keys are known now (see [`ThrottleOperation::Know`](crate::writer::ThrottleOperation::Know)).
///
/// # Errors
/// When the database fails.
pub async fn known(conn: &mut Conn, keys: &[String], now: Timestamp) -> Result<Vec<String>, Error> {
    let counters = throttles::read(conn, keys).await?.into_iter();
    let known = counters.filter(|counter| counter.attempts == 0 && now < counter.expires_at);
    Ok(known.map(|counter| counter.key).collect())
}
