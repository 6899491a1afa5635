//! What requests led to: latencies, and failures by kind.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// Why a request came to nothing.
#[derive(Debug)]
pub struct Failure {
    /// What it is counted as: status and problem code, or what happened on the way.
    kind: String,
    detail: String,
}

/// What a phase came to. Requests are those that succeeded; latencies are theirs.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// What was done.
    pub phase: String,
    /// How often it was.
    pub requests: usize,
    /// How long it took, all together.
    pub seconds: f64,
    /// How many a second.
    pub per_second: f64,
    /// Half of them were answered within this time.
    pub p50_ms: f64,
    /// All but one in a hundred were.
    pub p99_ms: f64,
    /// How many failed, by kind.
    pub errors: BTreeMap<String, u64>,
}

/// Whatever one client, or all of them, measured.
#[derive(Clone, Default)]
pub(crate) struct Tally {
    micros: Vec<u128>,
    errors: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
}

impl Failure {
    /// Something that no answer says.
    pub fn new(kind: &str, detail: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), detail: detail.into() }
    }

    /// An answer that is not 2xx.
    pub(crate) fn answered(status: u16, body: &[u8]) -> Self {
        let code =
            serde_json::from_slice(body).map_or_else(|_| "no problem".to_owned(), |body: Problem| body.code);
        Self { kind: format!("{status} {code}"), detail: String::from_utf8_lossy(body).into_owned() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.detail)
    }
}

impl std::error::Error for Failure {}

impl Figures {
    /// Themselves, if nothing failed: a figure with errors in it says nothing.
    ///
    /// # Errors
    /// What failed, and how often.
    pub fn without_errors(self) -> Result<Self, String> {
        let Self { phase, errors, .. } = &self;
        if errors.is_empty() { Ok(self) } else { Err(format!("requests of {phase} failed: {errors:?}")) }
    }
}

impl Tally {
    /// Takes down one request.
    pub(crate) fn note(&mut self, sent: Instant, outcome: Result<(), Failure>) {
        match outcome {
            Ok(()) => self.micros.push(sent.elapsed().as_micros()),
            Err(failure) => *self.errors.entry(failure.kind).or_default() += 1,
        }
    }

    /// Takes over another's.
    pub(crate) fn add(&mut self, other: Self) {
        self.micros.extend(other.micros);
        for (kind, count) in other.errors {
            *self.errors.entry(kind).or_default() += count;
        }
    }

    /// The sum over a phase of this length.
    #[expect(clippy::cast_precision_loss, reason = "counts and microseconds of a run are far below 2^52")]
    pub(crate) fn figures(mut self, phase: &str, length: Duration) -> Figures {
        self.micros.sort_unstable();
        let at = |share: usize| {
            let micros = self.micros.get(self.micros.len() * share / 1000);
            micros.map_or(0.0, |micros| *micros as f64 / 1000.0)
        };
        let seconds = length.as_secs_f64();
        Figures {
            phase: phase.to_owned(),
            requests: self.micros.len(),
            seconds: (seconds * 100.0).round() / 100.0,
            per_second: (self.micros.len() as f64 / seconds).round(),
            p50_ms: at(500),
            p99_ms: at(990),
            errors: self.errors,
        }
    }
}
