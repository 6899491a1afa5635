//! Why there is no usable configuration.

use std::path::PathBuf;

use super::source::Source;
use crate::exit::{Exit, Failure};

/// Why there is no usable configuration. Each is one line, a refusal one line each.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Nobody knows this name.
    #[error("unknown setting {name} ({place}){}", did_you_mean(nearest.as_deref()), place = place(set_in))]
    Unknown {
        /// As it was written.
        name: String,
        /// Where it was written.
        set_in: Source,
        /// The known name written most like it.
        nearest: Option<String>,
    },
    /// The value has the wrong form.
    #[error("{key} ({place}) must be {expected}", place = place(set_in))]
    Invalid {
        /// The setting.
        key: &'static str,
        /// Where it was set.
        set_in: Source,
        /// The form expected.
        expected: String,
    },
    /// Two sources of the same rank set the same setting.
    #[error("{key} is set twice, by {first} and by {second}; remove one of them")]
    Twice {
        /// The setting.
        key: &'static str,
        /// One of the sources.
        first: Source,
        /// The other one.
        second: Source,
    },
    /// A file cannot be read or understood.
    #[error("{}{}: {reason}", path.display(), line.map(|line| format!(", line {line}")).unwrap_or_default())]
    File {
        /// The file.
        path: PathBuf,
        /// The line at fault.
        line: Option<usize>,
        /// What is wrong.
        reason: String,
    },
    /// Production mode does not run like this.
    #[error("{}", .0.join("\n"))]
    Refused(Vec<String>),
}

fn place(source: &Source) -> String {
    match source {
        Source::Default => "its default".to_owned(),
        source => format!("in {source}"),
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "; `ordervault config show` lists all settings".to_owned(),
        |nearest| format!("; did you mean {nearest}?"),
    )
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::caused(Exit::Config, &error)
    }
}
