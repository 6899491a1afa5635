//! What the two engines have in common: settings, migrations, schema, and the promises of the executor.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

mod counters;
mod engines;
mod installation;
mod opening;
mod schema;
mod stages;
mod triggers;
mod upgrade;
mod views;
