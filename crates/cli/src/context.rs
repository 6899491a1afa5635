//! What every command is given.

use std::io::{self, Write};

use serde::Serialize;

use crate::config::{Config, Environment};
use crate::exit::{Exit, Failure, complain};
use crate::logging::LogStyle;
use crate::progress::{ProgressDisplay, ProgressMeter};

/// The configuration in force and the terminal.
#[derive(Debug)]
pub struct Context {
    /// The configuration in force.
    pub config: Config,
    /// How progress is shown on standard error.
    pub progress: ProgressDisplay,
    /// How log lines are written.
    pub log: LogStyle,
    /// May a new shop take the place of one that was there?
    pub is_new: bool,
}

impl Context {
    /// Prints to standard output, which is for results only.
    ///
    /// # Errors
    /// When nobody reads it any more, or the file behind it is full.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }

    /// Prints a report: for programs, or as it is told to people.
    ///
    /// # Errors
    /// As above.
    pub fn report<R: Serialize>(
        &self,
        report: &R,
        as_json: bool,
        told: impl FnOnce(&R) -> String,
    ) -> Result<(), Failure> {
        let text = match as_json {
            true => {
                serde_json::to_string(report).map_err(|error| Failure::caused(Exit::Internal, &error))? + "\n"
            }
            false => told(report),
        };
        self.print(&text)
    }

    /// Says something on standard error that is no result, unless the operator wants quiet.
    pub fn say(&self, text: &str) {
        if self.progress != ProgressDisplay::Quiet {
            complain(text);
        }
    }

    /// Begins to show how far something is. `total`: the number of steps, where it is known.
    #[must_use]
    pub fn start(&self, what: &str, total: Option<u64>) -> ProgressMeter {
        ProgressMeter::start(self.progress, what, total)
    }
}

/// The variables of this process. One of ours that is no UTF-8 is as good as misspelt.
///
/// # Errors
/// Names the variable.
pub fn process_environment() -> Result<Environment, String> {
    let mut environment = Environment::new();
    for (name, text) in std::env::vars_os() {
        let Ok(name) = name.into_string() else { continue };
        match text.into_string() {
            Ok(text) => {
                environment.insert(name, text);
            }
            Err(_) if name.starts_with("ORDERVAULT_") => return Err(format!("{name} is not UTF-8")),
            Err(_) => {}
        }
    }
    Ok(environment)
}
