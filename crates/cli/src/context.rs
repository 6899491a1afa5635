//! What every command is given.

use std::io::{self, Write};

use crate::config::{Config, Environment};
use crate::exit::Failure;
use crate::logging;
use crate::progress::{Progress, Style};

/// The configuration in force and the terminal.
#[derive(Debug)]
pub struct Context {
    /// The configuration in force.
    pub config: Config,
    /// How progress is shown on standard error.
    pub progress: Style,
    /// How log lines are written.
    pub log: logging::Style,
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

    /// Says something on standard error that is no result, unless the operator wants quiet.
    pub fn say(&self, text: &str) {
        if self.progress != Style::Quiet {
            complain(text);
        }
    }

    /// Begins to show how far something is. `total`: the number of steps, where it is known.
    #[must_use]
    pub fn start(&self, what: &str, total: Option<u64>) -> Progress {
        Progress::start(self.progress, what, total)
    }
}

/// One line on standard error. If that is gone as well, there is nobody left to tell.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
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
