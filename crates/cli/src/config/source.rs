//! What a configuration is made from: the environment, flags, and the memory of where each value was set.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// The environment variables of the process, by name.
pub type Environment = BTreeMap<String, String>;

/// Settings given as flags on the command line.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config`: the TOML file.
    pub config: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--database-url`.
    pub database_url: Option<String>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--metrics-listen`.
    pub metrics_listen: Option<String>,
    /// `--demo` or `demo …`, which is no setting, but which production refuses.
    pub demo: bool,
}

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nowhere.
    Default,
    /// In the configuration file.
    File(PathBuf),
    /// By this environment variable.
    Environment(String),
    /// By this flag.
    Flag(&'static str),
    /// In a file of its own, named by the source inside.
    SecretFile(PathBuf, Box<Source>),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
            Self::SecretFile(path, named_by) => write!(f, "{}, named by {named_by}", path.display()),
        }
    }
}
