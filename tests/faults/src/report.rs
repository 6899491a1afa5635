//! What came of all of it, as a table for people and as JSON for programs.

use std::fmt;

use serde::Serialize;

/// One scenario on one engine.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The scenario.
    pub scenario: &'static str,
    /// The engine.
    pub engine: String,
    /// What became of it.
    pub verdict: Verdict,
    /// How often the fault struck.
    pub struck: u64,
    /// What was looked at afterwards: acknowledged changes, answers, orders, pages.
    pub checked: u64,
    /// How often the promise was broken.
    pub broken: u64,
    /// With a probability of 95 % it is broken less often than this, per strike; none where it was broken or not tried.
    pub bound: Option<f64>,
    /// What became of the negative control.
    pub control: String,
    /// With which dice: the same seed repeats the run.
    pub seed: u64,
    /// What was broken, or why it did not run.
    pub notes: Vec<String>,
}

/// What became of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// The promise was kept every time, and the control was caught.
    Held,
    /// The promise was broken.
    Broken,
    /// The control was not caught: whatever the run says is worth nothing.
    Void,
    /// What it needs is not there.
    NotRun,
}

/// All scenarios that were asked for.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// One each.
    pub rows: Vec<Row>,
}

impl Report {
    /// Was every promise kept, and every scenario run?
    pub fn holds(&self) -> bool {
        !self.rows.is_empty() && self.rows.iter().all(|row| row.verdict == Verdict::Held)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| scenario | engine | verdict | N | checked | failures | bound | control | seed |")?;
        writeln!(f, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |")?;
        for row in &self.rows {
            let bound = row.bound.map_or_else(|| "–".to_owned(), |bound| format!("{:.2} %", bound * 100.0));
            let Row { scenario, engine, verdict, struck, checked, broken, control, seed, .. } = row;
            writeln!(
                f,
                "| {scenario} | {engine} | {verdict} | {struck} | {checked} | {broken} | {bound} | {control} | {seed} |"
            )?;
        }
        for row in self.rows.iter().filter(|row| !row.notes.is_empty()) {
            writeln!(f, "\n{} on {}:", row.scenario, row.engine)?;
            for note in &row.notes {
                writeln!(f, "- {note}")?;
            }
        }
        Ok(())
    }
}
