//! The stages that every change has to pass, with the time that each takes.

use std::time::{Duration, Instant};

use crate::shell::{self, Outcome, cargo, in_root};
use crate::{browser, clients, linters, postgres, schemathesis, snapshots, tools};

type Stage = (&'static str, fn() -> Outcome);

const STAGES: [Stage; 12] = [
    ("format", || shell::run(&mut cargo(&["fmt", "--all", "--check"]))),
    ("lint", lint),
    ("docs", docs),
    ("dependencies", dependencies),
    ("licences", licences),
    ("contract", linters::check),
    ("snapshots", snapshots::check),
    ("postgresql", postgres::ensure),
    ("test", || shell::run(&mut cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]))),
    // Behind the tests, which have built the program that they talk to.
    ("clients", clients::check),
    ("schemathesis", schemathesis::check),
    ("browser", browser::check),
];

/// Runs the stages of these names, or all; also after one has failed, so that one run tells everything.
pub(crate) fn run(only: &[String]) -> Outcome {
    if let Some(unknown) = only.iter().find(|name| !STAGES.iter().any(|(stage, _)| stage == name)) {
        return Err(format!("no stage {unknown}: {}", STAGES.map(|(name, _)| name).join(", ")));
    }
    let before = changes();
    let mut report = Vec::new();
    for (name, stage) in STAGES {
        if !only.is_empty() && !only.iter().any(|stage| stage == name) {
            continue;
        }
        println!("\n== {name} ==");
        let started = Instant::now();
        let outcome = stage();
        if let Err(reason) = &outcome {
            println!("{reason}");
        }
        report.push((name, started.elapsed(), outcome.is_ok()));
    }
    // Tests compare every generated file with what they would generate. None may have rewritten one on the way.
    report.push(("generated files", Duration::ZERO, before == changes()));
    println!("\n== stages ==");
    for (name, time, passed) in &report {
        println!("{:16} {:>4} s  {}", name, time.as_secs(), if *passed { "ok" } else { "FAILED" });
    }
    println!(
        "{:16} {:>4} s",
        "together",
        report.iter().map(|(_, time, _)| *time).sum::<Duration>().as_secs()
    );
    let failed: Vec<_> = report.iter().filter(|(_, _, passed)| !passed).map(|(name, _, _)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

fn lint() -> Outcome {
    shell::run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))
}

fn docs() -> Outcome {
    let arguments = ["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"];
    shell::run(cargo(&arguments).env("RUSTDOCFLAGS", "--deny warnings"))
}

/// Each entry of each manifest has to be used.
fn dependencies() -> Outcome {
    shell::run(&mut tools::SHEAR.command(&["--locked"])?)
}

/// Licences, banned crates and sources; known vulnerabilities come from another network address, and are another tool's job.
fn licences() -> Outcome {
    shell::run(&mut tools::DENY.command(&["--locked", "check", "bans", "licenses", "sources"])?)
}

/// What version control sees as changed or new; `None` without it.
fn changes() -> Option<String> {
    shell::output(&mut in_root("git", &["status", "--porcelain"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_that_is_not_there_is_a_failure() {
        let error = run(&["lint".into(), "licenses".into()]).expect_err("no such stage");
        assert_eq!(
            error,
            "no stage licenses: format, lint, docs, dependencies, licences, contract, snapshots, postgresql, test, clients, schemathesis, browser"
        );
    }
}
