//! Configuration in layers: built-in defaults, then a TOML file, then the environment, then flags; later ones win.
//!
//! - File: `--config PATH`, else the variable `ORDERVAULT_CONFIG`, else `./ordervault.toml` if it is there.
//! - Environment: `ORDERVAULT_MODE`, `ORDERVAULT_DATA_DIR`, otherwise `ORDERVAULT_SECTION__KEY`. An empty one counts as not set.
//! - Secrets can be named by file: `ORDERVAULT_DATABASE__URL_FILE`, or `url_file` in the TOML file.
//!
//! An unknown name is an error that tells the nearest known one. Every value remembers where it was set. The
//! environment comes in as an argument; nothing here reads it.

mod error;
mod layers;
mod load;
mod safety;
mod sections;
mod settings;
mod show;
mod source;
#[cfg(test)]
mod tests;
mod value;

pub use error::ConfigError;
pub use sections::{Auth, Backup, Checkpoint, Config, Database, FirstRun, Jobs, LogFormat, Server};
pub use settings::{DefaultValue, OTHER_VARIABLES, OtherVariable, SETTINGS, Secrecy, Setting};
pub use show::reference_page;
pub use source::{Environment, Flags, Source};
pub use value::{DatabaseUrl, Secret, mask_url};
