//! `cargo run --release -p ordervault-faults -- --full`: breaks what a shop stands on, and tells what came of it.
//!
//! Called `ordervault`, it is the program that it tests, so that it tests no older one; `--program` names another.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the report is the program's output")]

use std::env::{args_os, current_exe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use ordervault::context::process_environment;
use ordervault_faults::report::Report;
use ordervault_faults::runner::{Plan, Scenario, run};
use ordervault_faults::scenarios::ALL;
use ordervault_persistence::engine::Engine;
use ordervault_tests::program::NAME;

/// Breaks what a shop stands on, and tells what came of it.
#[derive(Debug, Parser)]
#[command(name = "ordervault-faults")]
struct Options {
    /// Only these scenarios
    scenarios: Vec<String>,
    /// As thorough as time allows, also what needs privileges; otherwise what takes seconds and none
    #[arg(long)]
    full: bool,
    /// Only on this engine: sqlite or postgres
    #[arg(long)]
    engine: Option<String>,
    /// So many rounds of each scenario, instead of what it says
    #[arg(long)]
    rounds: Option<u64>,
    /// From which the rounds take theirs, one after another; the same seed repeats a run
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The program to test, instead of the one built along
    #[arg(long)]
    program: Option<PathBuf>,
    /// Also write the report as JSON into this file
    #[arg(long)]
    json: Option<PathBuf>,
    /// Tell what there is, and what each scenario promises
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    let called = args_os().next().unwrap_or_default();
    if Path::new(&called).file_name().is_some_and(|name| name == NAME) {
        return match process_environment() {
            Ok(environment) => ordervault::run(args_os(), &environment),
            Err(error) => complain(&error),
        };
    }
    let options = Options::parse();
    if options.list {
        for scenario in ALL {
            println!("{:14} {}\n{:14} control: {}", scenario.name, scenario.promise, "", scenario.control);
        }
        return ExitCode::SUCCESS;
    }
    match report(&options) {
        Ok(report) if report.holds() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => complain(&error),
    }
}

#[tokio::main]
async fn report(options: &Options) -> Result<Report, String> {
    let known = |name: &String| ALL.iter().any(|scenario| scenario.name == name);
    if let Some(unknown) = options.scenarios.iter().find(|name| !known(name)) {
        return Err(format!("there is no scenario {unknown}; --list tells all"));
    }
    let built = current_exe().map_err(|error| error.to_string())?;
    let program = options.program.clone().unwrap_or(built);
    let program = program.canonicalize().map_err(|error| format!("{}: {error}", program.display()))?;
    let plan = Plan { program, is_full: options.full, rounds: options.rounds, seed: options.seed };
    let mut report = Report::default();
    for (scenario, engine) in ALL.iter().filter(|scenario| is_meant(scenario, options)).flat_map(on_each) {
        if options.engine.as_ref().is_some_and(|only| *only != engine_name(engine)) {
            continue;
        }
        eprintln!("{} on {engine} …", scenario.name);
        report.rows.push(run(scenario, engine, &plan).await);
    }
    println!("{report}");
    if let Some(file) = &options.json {
        let text = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(report)
}

fn is_meant(scenario: &Scenario, options: &Options) -> bool {
    let is_named = options.scenarios.iter().any(|name| name == scenario.name);
    is_named || (options.scenarios.is_empty() && (options.full || scenario.short.is_some()))
}

fn on_each(scenario: &'static Scenario) -> impl Iterator<Item = (&'static Scenario, Engine)> {
    scenario.engines.iter().map(move |engine| (scenario, *engine))
}

fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

fn complain(error: &str) -> ExitCode {
    eprintln!("ordervault-faults: {error}");
    ExitCode::from(2)
}
