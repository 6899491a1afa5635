//! The commands, one file or folder each. How to add one stands in the crate's description.
//!
//! A command prints results to standard output and everything else to standard error, and ends with an [`Exit`] or
//! with a [`Failure`], whose line the caller prints.

mod backup;
mod checkpoint;
mod clock;
mod completions;
mod config;
mod demo;
mod drill;
mod export;
mod healthcheck;
mod import;
mod member;
mod migrate;
mod openapi;
mod reindex;
mod repair;
mod restore;
mod serve;
mod tables;
mod verify;

use crate::args::Command;
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// Carries out `command`.
///
/// # Errors
/// The reason why it ended early.
pub async fn run(context: &Context, command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Serve(args) => serve::run(context, args).await,
        Command::Migrate(_) => migrate::run(context).await,
        Command::Member(command) => member::run(context, command).await,
        Command::Config(command) => config::run(context, *command),
        Command::Openapi(command) => openapi::run(context, *command),
        Command::Verify(args) => verify::run(context, args).await,
        Command::Repair(args) => repair::run(context, args).await,
        Command::Reindex(args) => reindex::run(context, args).await,
        Command::Checkpoint => checkpoint::run(context).await,
        Command::Backup(command) => backup::run(context, command).await,
        Command::Restore(args) => restore::run(context, args).await,
        Command::Clock(command) => clock::run(context, command).await,
        Command::Drill => drill::run(context).await,
        Command::Import(command) => import::run(context, command).await,
        Command::Export(command) => export::run(context, command).await,
        Command::Demo(command) => demo::run(context, command).await,
        Command::Completions { shell } => completions::run(context, *shell),
        Command::Healthcheck => healthcheck::run(context),
    }
}
