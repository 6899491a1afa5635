//! What a server does unasked: timed jobs, deadlines, batches.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

mod batches;
mod deadlines;
mod erasures;
mod expiries;
mod followers;
mod jobs;
