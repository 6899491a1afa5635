//! The `ordervault` program: configuration, commands, and the readers of foreign data. Business rules live elsewhere.
//!
//! [`run`] is the whole program with everything it is given as arguments; `main.rs` only calls it.
//!
//! # Rooms, from top to bottom
//!
//! An import goes down this list, never up.
//!
//! - `commands`: what each command does, one file or folder each; `serve` among them
//! - `demo`: the made-up shop of `serve --demo`, and the made-up orders of `demo seed`
//! - `olist`: the reader of the Olist data set, and what it makes of it
//! - `accounts`, `intake`, `database`: what several commands need: staff accounts, long imports, an open database
//! - `ids`: ids for what has one elsewhere
//! - `secrets`: the keys of the installation
//! - `server_lock`: which shop runs on a SQLite file, and that one server does
//! - `context`: what every command is given
//! - `logging`: the log's level and form
//! - `args`: the command line
//! - `config`: settings, layers, values, what production mode refuses
//! - `progress`, `shutdown`, `sources`, `rights`: the terminal, signals, clock and randomness, who else may reach a file
//! - `exit`: exit codes, and what errors mean as one line for the operator
//!
//! # How to add one more
//!
//! - **A command**: a variant of [`args::Command`] (or of the command's own enum, for a subcommand); a file under `commands/`
//!   with `run`, `mod` and a line in [`commands::run`]; a row in the table of `README.md`; a test in `crates/cli/tests/program/`.
//! - **A setting**: a row in `config/settings.rs`; a field and its reading in `config/sections.rs`; in `config/safety.rs` what
//!   production mode refuses, if anything; a wrong value in the table of `config/tests.rs`; `cargo xtask bless` writes
//!   `docs/configuration.md`.
//! - **A flag that is a setting**: the flag in `args.rs` and in [`args::Cli::settings`], a field of [`config::Flags`], a line in
//!   `from_flags` of `config/layers.rs`.
//! - **A source of imports**: a variant of [`args::Import`] and its arm in `commands/import/mod.rs`; a room like [`olist`] that
//!   reads everything before anything is imported and makes [`intake::Piece`]s with ids that are the same on every run; a
//!   file under `commands/import/` that hands them to [`intake::Intake`]; a row in `README.md`; a test in
//!   `crates/cli/tests/program/import.rs` that imports twice.

pub mod accounts;
pub mod args;
pub mod commands;
pub mod config;
pub mod context;
pub mod database;
pub mod demo;
pub mod exit;
pub mod ids;
pub mod intake;
pub mod logging;
pub mod olist;
pub mod progress;
pub mod rights;
pub mod secrets;
pub mod server_lock;
pub mod shutdown;
pub mod sources;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use args::Cli;
use config::{Config, Environment};
use context::Context;
use exit::{Exit, Failure, complain};
use logging::LogStyle;
use progress::ProgressDisplay;

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
    let log = LogStyle::of(&config, &cli.command);
    let (progress, is_new) = (ProgressDisplay::detect(cli.global.quiet), cli.is_new());
    let context = Context { config, progress, log, is_new };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Unavailable, format!("cannot start threads: {error}")))?;
    runtime.block_on(async {
        shutdown::outlive_file_size_limit()?;
        commands::run(&context, &cli.command).await
    })
}
