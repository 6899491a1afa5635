//! `config show|check`: the work was done when the configuration was loaded.

use crate::args::ConfigCommand;
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) fn run(context: &Context, command: ConfigCommand) -> Result<Exit, Failure> {
    match command {
        ConfigCommand::Show => context.print(&context.config.to_string())?,
        ConfigCommand::Check => context.print("the configuration is good\n")?,
    }
    Ok(Exit::Ok)
}
