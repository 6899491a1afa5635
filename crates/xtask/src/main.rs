//! The project's own chores: `cargo xtask test|ci|bless|bench`.
//!
//! To add one: a variant of [`Task`] and a function in the module that knows its subject.
//!
//! # Rooms, from top to bottom
//!
//! - `ci`: the stages that every change has to pass
//! - `linters`: what other tools say about the contract
//! - `clients`: what other tools make of the contract, and the examples
//! - `browser`: the pages in a browser
//! - `schemathesis`: requests that a program makes up of the contract
//! - `demo`: a demo shop for a stage
//! - `node`: Node.js and its packages
//! - `postgres`, `tools`: find or install what the tests and the stages need
//! - `snapshots`: committed files that no test names
//! - `apt`: installs packages of Debian
//! - `shell`: runs other programs

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the person at the terminal")]

mod apt;
mod browser;
mod ci;
mod clients;
mod demo;
mod linters;
mod node;
mod postgres;
mod schemathesis;
mod shell;
mod snapshots;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use shell::{Outcome, cargo};

/// Chores of the ordervault project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run all tests on SQLite and PostgreSQL, which is installed where it is missing and may be
    Test {
        /// Handed on to `cargo test`, such as a filter
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Everything that has to pass: format, lints, docs, dependencies, licences, contract, tests, clients, pages, generated files
    Ci {
        /// Only these stages, such as `licences`
        stages: Vec<String>,
    },
    /// Measure the product beside the limit, against what is asked for
    Bench {
        /// Handed on to the bench program, such as `door --engine sqlite --rounds 1`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Write every committed generated file anew, by running the tests that compare them
    Bless {
        /// Handed on to `cargo test`, such as a filter
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Test { arguments } => test(&arguments),
        Task::Ci { stages } => ci::run(&stages),
        Task::Bless { arguments } => bless(&arguments),
        Task::Bench { arguments } => bench(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn test(arguments: &[String]) -> Outcome {
    postgres::ensure()?;
    shell::run(cargo(&["test", "--workspace"]).args(arguments))
}

/// `pgbench` comes with PostgreSQL's server.
fn bench(arguments: &[String]) -> Outcome {
    postgres::ensure()?;
    shell::run(
        cargo(&["run", "--release", "--locked", "--package", "ordervault-bench", "--"]).args(arguments),
    )
}

fn bless(arguments: &[String]) -> Outcome {
    postgres::ensure()?;
    // All tests go on after a failure: a file that was stale a moment ago may fail one test and please the next.
    shell::run(cargo(&["test", "--workspace", "--no-fail-fast"]).args(arguments).env("ORDERVAULT_BLESS", "1"))
}
