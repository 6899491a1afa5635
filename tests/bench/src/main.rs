//! `cargo xtask bench`: how fast the product is beside the limit, against what is asked for; see [`ordervault_bench`].
//!
//! Called `ordervault`, it is the program that it measures, so that it measures no older one; `--program` names another.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the report is the program's output")]

use std::env::{args_os, current_exe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use ordervault::context::process_environment;
use ordervault_bench::door;
use ordervault_bench::gates::Gates;
use ordervault_bench::shop::{Database, Effort, engine_name};
use ordervault_bench::{mixed, reads, scale};
use ordervault_persistence::engine::Engine;
use ordervault_tests::program::NAME;

/// Measures the product beside the limit.
#[derive(Debug, Parser)]
#[command(name = "ordervault-bench")]
struct Options {
    /// What to measure; all but `scale`, if nothing is named
    #[arg(value_enum)]
    subjects: Vec<Subject>,
    /// Only on this engine: sqlite or postgres
    #[arg(long)]
    engine: Option<String>,
    /// Rounds, of which the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Made-up orders: `scale` takes several sizes, `mixed` the first of them
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000])]
    orders: Vec<u64>,
    /// For `mixed`, a data folder with the demo shop and whatever was put beside it, instead of made-up orders; it is written to
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// The same in a PostgreSQL database
    #[arg(long)]
    database_url: Option<String>,
    /// The program to measure, instead of the one built along
    #[arg(long)]
    program: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// Placing orders, beside bare transactions
    Door,
    /// Reading, listing and searching orders, beside a bare handler
    Reads,
    /// All that people do at once: how long they wait, memory, time to get ready
    Mixed,
    /// The same questions to shops of several sizes
    Scale,
}

impl Options {
    /// What `mixed` is measured on.
    fn database(&self, engine: Engine) -> Database {
        match (engine, &self.data_dir, &self.database_url) {
            (Engine::Sqlite, Some(folder), _) => Database::Folder(folder.clone()),
            (Engine::Postgres, _, Some(url)) => Database::Url(url.clone()),
            _ => Database::MadeUp(self.orders.first().copied().unwrap_or_default()),
        }
    }
}

fn main() -> ExitCode {
    let called = args_os().next().unwrap_or_default();
    if Path::new(&called).file_name().is_some_and(|name| name == NAME) {
        return match process_environment() {
            Ok(environment) => ordervault::run(args_os(), &environment),
            Err(error) => complain(&error),
        };
    }
    match report(&Options::parse()) {
        Ok(gates) if gates.are_met() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => complain(&error),
    }
}

// One thread: the cores are for what is measured.
#[tokio::main(flavor = "current_thread")]
async fn report(options: &Options) -> Result<Gates, String> {
    let built = current_exe().map_err(|error| error.to_string())?;
    let program = options.program.clone().unwrap_or(built);
    let program = program.canonicalize().map_err(|error| format!("{}: {error}", program.display()))?;
    let effort = Effort { rounds: options.rounds, seconds: options.seconds };
    let mut gates = Gates::default();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if options.engine.as_ref().is_some_and(|only| only != engine_name(engine)) {
            continue;
        }
        for subject in Subject::value_variants() {
            let is_asked = match options.subjects.is_empty() {
                true => *subject != Subject::Scale,
                false => options.subjects.contains(subject),
            };
            if !is_asked {
                continue;
            }
            eprintln!("{subject:?} on {engine} …");
            match subject {
                Subject::Door => door::measure(engine, &program, effort, &mut gates).await?,
                Subject::Reads => reads::measure(engine, &program, effort, &mut gates).await?,
                Subject::Mixed => {
                    let database = options.database(engine);
                    println!(
                        "{}",
                        mixed::measure(engine, &program, &database, options.seconds, &mut gates).await?
                    );
                }
                Subject::Scale => {
                    let (sizes, seconds) = (&options.orders, options.seconds);
                    println!("{}", scale::measure(engine, &program, sizes, seconds, &mut gates).await?);
                }
            }
        }
    }
    println!("{gates}");
    Ok(gates)
}

fn complain(error: &str) -> ExitCode {
    eprintln!("ordervault-bench: {error}");
    ExitCode::from(2)
}
