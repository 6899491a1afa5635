//! The seeds of random runs. Each is printed, so that a run that failed can be looked into:
//!
//! ```text
//! ORDERVAULT_TEST_SEED=17 cargo test -p ordervault-tests a_random_test
//! ```
//!
//! runs it on its fixed seeds, as always, and on that one. Without the variable the last one is fresh: another one each time.
//!
//! What a fresh seed leads to may be dull. That something happened at all is asserted over all seeds together.
#![expect(clippy::panic, clippy::print_stdout, reason = "a test says what it ran on, and fails")]

use std::fmt::Debug;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;

use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};

use crate::twin::Fresh;

/// Names the one seed to run on.
pub const SEED_VARIABLE: &str = "ORDERVAULT_TEST_SEED";
/// Of proptest: how many inputs each law is tried on.
const CASES_VARIABLE: &str = "PROPTEST_CASES";

/// The seeds to run on: these, and the one that the environment names or a fresh one. Each is printed when it is taken,
/// so that the last one printed is the one that failed.
pub fn seeds(fixed: &[u64]) -> impl Iterator<Item = u64> {
    let another = variable(SEED_VARIABLE).unwrap_or_else(fresh);
    let seeds = fixed.iter().copied().chain([another]);
    seeds.inspect(|seed| println!("running on {SEED_VARIABLE}={seed}"))
}

/// Runs a body on each seed, each time on a new database of this engine, verified in the end.
pub async fn on_each(engine: Engine, fixed: &[u64], mut body: impl AsyncFnMut(Db, u64)) {
    for seed in seeds(fixed) {
        let fresh = Fresh::on(engine).await;
        body(fresh.db.clone(), seed).await;
        fresh.finish().await;
    }
}

/// Tries a law on random inputs, so many for each seed unless `PROPTEST_CASES` says otherwise.
///
/// # Panics
/// When an input breaks the law: with the smallest one that does.
pub fn check<S>(cases: u32, inputs: &S, law: impl Fn(S::Value) -> TestCaseResult)
where
    S: Strategy,
    S::Value: Debug,
{
    let cases = variable(CASES_VARIABLE).unwrap_or(cases);
    for seed in seeds(&[1]) {
        // A seed says enough to fail again: no files of failures beside the sources.
        let config =
            Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
        if let Err(failure) = TestRunner::new(config).run(inputs, &law) {
            panic!("{SEED_VARIABLE}={seed}: {failure}");
        }
    }
}

/// The same for all tests of a process.
fn fresh() -> u64 {
    static FRESH: OnceLock<u64> = OnceLock::new();
    *FRESH.get_or_init(|| RandomState::new().hash_one(0))
}

/// A number from the environment.
///
/// # Panics
/// When it is none.
#[expect(clippy::disallowed_methods, reason = "a setting of the tests")]
pub fn variable<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}
