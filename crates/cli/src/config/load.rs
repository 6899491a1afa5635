//! The way from layers to a configuration that may be used.

use super::error::ConfigError;
use super::layers::Values;
use super::safety;
use super::sections::Config;
use super::source::{Environment, Flags};

impl Config {
    /// Puts the layers on top of each other and checks every value.
    ///
    /// # Errors
    /// When a name is unknown, a value or a file has the wrong form, or production mode refuses the whole.
    pub fn load(environment: &Environment, flags: &Flags) -> Result<Self, ConfigError> {
        let config = Self::from_values(Values::collect(environment, flags)?)?;
        let refusals = safety::refusals(&config, flags.demo);
        if refusals.is_empty() { Ok(config) } else { Err(ConfigError::Refused(refusals)) }
    }
}
