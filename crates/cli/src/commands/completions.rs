//! `completions`: what a shell needs to complete the command line.

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::args::Cli;
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) fn run(context: &Context, shell: Shell) -> Result<Exit, Failure> {
    let mut text = vec![];
    generate(shell, &mut Cli::command(), "ordervault", &mut text);
    context.print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Ok)
}
