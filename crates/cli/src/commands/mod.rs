//! The commands, one file each. To add one: a variant in `args.rs`, a file here, a line in [`run`].
//!
//! A command prints results to standard output and everything else to standard error, and ends with an [`Exit`] or
//! with a [`Failure`], whose line the caller prints.

mod config;
mod export;
mod healthcheck;
mod import;
mod member;
mod migrate;
mod openapi;
mod serve;
mod verify;

use crate::args::Command;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::progress::Progress;
use ordervault_persistence::transfer::Progress as Walked;

/// Carries out `command`.
///
/// # Errors
/// The reason why it ended early.
pub async fn run(context: &Context, command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Serve(args) => serve::run(context, args).await,
        Command::Migrate => migrate::run(context).await,
        Command::Member(command) => member::run(context, command).await,
        Command::Config(command) => config::run(context, *command),
        Command::Openapi(command) => openapi::run(context, *command),
        Command::Verify => verify::run(context).await,
        Command::Import(command) => import::run(context, command).await,
        Command::Export(command) => export::run(context, command).await,
        Command::Healthcheck => healthcheck::run(context),
    }
}

/// Shows how far a walk over the tables is: one bar per table.
struct Tables<'a> {
    context: &'a Context,
    shown: Option<(&'static str, Progress, u64)>,
}

impl<'a> Tables<'a> {
    fn new(context: &'a Context) -> Self {
        Self { context, shown: None }
    }

    fn show(&mut self, at: Walked) {
        if self.shown.as_ref().is_none_or(|(table, ..)| *table != at.table) {
            self.finish();
            self.shown = Some((at.table, self.context.start(at.table, Some(at.total)), 0));
        }
        if let Some((_, progress, done)) = &mut self.shown {
            progress.advance(at.done.saturating_sub(*done));
            *done = at.done;
        }
    }

    fn finish(&mut self) {
        if let Some((_, progress, _)) = self.shown.take() {
            progress.finish();
        }
    }
}
