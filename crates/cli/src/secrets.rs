//! The secret file: what a command reads of it, or makes.

use ordervault_api::auth::{SecretError, Secrets};
use ordervault_persistence::sources::Sources;

use crate::config::Config;
use crate::exit::{Exit, Failure};

/// The keys of this installation; where the configuration lets it, a missing file is made.
///
/// # Errors
/// When the file is not there, is no secret file, or others can read it.
pub fn load(config: &Config, sources: &Sources) -> Result<Secrets, Failure> {
    let path = &config.auth.secret_file;
    let secrets = match config.auth.may_create_secret_file {
        true => Secrets::load_or_create(path, sources),
        false => Secrets::load(path),
    };
    secrets.map_err(|error| failure(&error))
}

/// The keys of this installation, for looking only. `None`: there is no file.
///
/// # Errors
/// When the file is no secret file, or others can read it.
pub fn existing(config: &Config) -> Result<Option<Secrets>, Failure> {
    match Secrets::load(&config.auth.secret_file) {
        Err(SecretError::Missing(_)) => Ok(None),
        secrets => secrets.map(Some).map_err(|error| failure(&error)),
    }
}

fn failure(error: &SecretError) -> Failure {
    let exit = match error {
        SecretError::Io(..) => Exit::CannotCreate,
        _ => Exit::Config,
    };
    Failure::new(exit, error.to_string())
}
