//! The `ordervault` program: configuration, commands, and the readers of foreign data. Business rules live elsewhere.
//!
//! [`run`] is the whole program with everything it is given as arguments; `main.rs` only calls it.

pub mod accounts;
pub mod args;
pub mod commands;
pub mod config;
pub mod context;
pub mod database;
pub mod demo;
pub mod exit;
pub mod intake;
pub mod logging;
pub mod olist;
pub mod progress;
pub mod refusal;
pub mod shutdown;
pub mod sources;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use args::Cli;
use config::{Config, Environment};
use context::{Context, complain};
use exit::{Exit, Failure};
use progress::Style;

/// Runs the program with these arguments (the first being its own name) and this environment, and tells its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, environment: &Environment) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(answer) => {
            // Help and version are answers, too; if nobody reads them, nothing can be done.
            let _ = answer.print();
            return if answer.use_stderr() { Exit::Usage.into() } else { Exit::Ok.into() };
        }
    };
    match carry_out(&cli, environment) {
        Ok(exit) => exit.into(),
        Err(failure) => fail(&failure),
    }
}

/// Prints why the program ends and tells its exit code.
#[must_use]
pub fn fail(failure: &Failure) -> ExitCode {
    for line in failure.message.lines() {
        complain(&format!("ordervault: {line}"));
    }
    failure.exit.into()
}

fn carry_out(cli: &Cli, environment: &Environment) -> Result<Exit, Failure> {
    let config = Config::load(environment, &cli.settings())?;
    logging::start(&config, &cli.command)?;
    let log = logging::Style::of(&config, &cli.command);
    let context = Context { config, progress: Style::detect(cli.global.quiet), log };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Unavailable, format!("cannot start threads: {error}")))?;
    runtime.block_on(commands::run(&context, &cli.command))
}
