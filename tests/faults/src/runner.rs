//! Runs scenarios: first the negative control, then as many rounds as were asked for.

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use ordervault_persistence::engine::Engine;

use tokio::time::timeout;

use crate::needs::Need;
use crate::report::{Row, Verdict};
use crate::trial::{Outcome, Trial};

/// A control that is not caught in so many rounds is never caught.
const CONTROL_ROUNDS: u64 = 3;
/// A round that takes longer has got stuck.
const ROUND_LIMIT: Duration = Duration::from_mins(10);
/// What is broken is told in so many lines a scenario, and counted beyond.
const MAX_NOTES: usize = 20;
/// Zero failures in N rounds bound the rate of failures at this / N, with a probability of 95 %.
const BOUND: f64 = 3.0;

/// Something that breaks, and what is promised all the same.
pub struct Scenario {
    /// Its name on the command line.
    pub name: &'static str,
    /// What is promised.
    pub promise: &'static str,
    /// What its negative control breaks.
    pub control: &'static str,
    /// On which engines it runs.
    pub engines: &'static [Engine],
    /// What not every machine has.
    pub needs: &'static [Need],
    /// How many rounds the short form takes, if it is a part of that.
    pub short: Option<u64>,
    /// How many rounds the full form takes.
    pub full: u64,
    /// One round.
    pub round: fn(Trial) -> LocalBoxFuture<'static, Outcome>,
}

/// How scenarios are to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program; called `ordervault`, it is that.
    pub program: PathBuf,
    /// As thorough as time allows?
    pub is_full: bool,
    /// Other than the scenario says: how many rounds.
    pub rounds: Option<u64>,
    /// From which each round has its own.
    pub seed: u64,
}

/// Runs a scenario on one engine.
pub async fn run(scenario: &Scenario, engine: Engine, plan: &Plan) -> Row {
    let mut row = Row {
        scenario: scenario.name,
        engine: engine.to_string(),
        verdict: Verdict::NotRun,
        struck: 0,
        checked: 0,
        broken: 0,
        bound: None,
        control: "–".to_owned(),
        seed: plan.seed,
        notes: vec![],
    };
    row.notes.extend(scenario.needs.iter().filter_map(|need| need.missing()).map(str::to_owned));
    if !row.notes.is_empty() {
        return row;
    }
    let rounds = plan.rounds.unwrap_or(match plan.is_full {
        true => scenario.full,
        false => scenario.short.unwrap_or_default(),
    });
    let trial = |seed, is_control| Trial {
        program: plan.program.clone(),
        engine,
        seed,
        is_full: plan.is_full,
        is_control,
    };
    let Some(caught) = control(scenario, plan.seed, &trial).await else {
        row.verdict = Verdict::Void;
        "NOT CAUGHT".clone_into(&mut row.control);
        row.notes.push(format!("nobody notices {}", scenario.control));
        return row;
    };
    row.control = format!("caught: {}", caught.chars().take_while(|c| *c != ':').collect::<String>());
    for round in 0..rounds {
        let outcome = guarded(scenario, trial(plan.seed + round, false)).await;
        row.struck += outcome.struck;
        row.checked += outcome.checked;
        row.broken += outcome.broken.len() as u64;
        let seed = plan.seed + round;
        row.notes.extend(outcome.broken.into_iter().map(|line| format!("seed {seed}: {line}")));
    }
    row.notes.truncate(MAX_NOTES);
    row.verdict = if row.broken == 0 && row.struck > 0 { Verdict::Held } else { Verdict::Broken };
    #[expect(clippy::cast_precision_loss, reason = "counts of rounds")]
    let bound = (row.verdict == Verdict::Held).then(|| (BOUND / row.struck as f64).min(1.0));
    row.bound = bound;
    row
}

/// What the control was caught by, if it was.
async fn control(scenario: &Scenario, seed: u64, trial: &impl Fn(u64, bool) -> Trial) -> Option<String> {
    for round in 0..CONTROL_ROUNDS {
        let outcome = guarded(scenario, trial(seed + round, true)).await;
        if let Some(line) = outcome.broken.into_iter().next() {
            return Some(line);
        }
    }
    None
}

/// A round that cannot be set up, or meets what it did not think of, is a broken promise as well, but no caught control.
async fn guarded(scenario: &Scenario, trial: Trial) -> Outcome {
    let is_control = trial.is_control;
    let round = AssertUnwindSafe((scenario.round)(trial)).catch_unwind();
    let why = match timeout(ROUND_LIMIT, round).await {
        Ok(Ok(outcome)) => return outcome,
        Ok(Err(panic)) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            format!("PANIC: {}", text.or_else(|| panic.downcast_ref().copied()).unwrap_or_default())
        }
        Err(_) => format!("STALL: the round does not end within {} s", ROUND_LIMIT.as_secs()),
    };
    let broken = if is_control { vec![] } else { vec![why] };
    Outcome { struck: 1, checked: 0, broken }
}
