//! Configuration in layers: built-in defaults, then a TOML file, then the environment, then flags; later ones win.
//!
//! - File: `--config PATH`, else the variable `ORDERVAULT_CONFIG`, else `./ordervault.toml` if it is there.
//! - Environment: `ORDERVAULT_MODE`, `ORDERVAULT_DATA_DIR`, otherwise `ORDERVAULT_SECTION__KEY`. An empty one counts as not set.
//! - Secrets can be named by file: `ORDERVAULT_DATABASE__URL_FILE`, or `url_file` in the TOML file.
//!
//! An unknown name is an error that tells the nearest known one. Every value remembers where it was set. The
//! environment comes in as an argument; nothing here reads it.

mod layers;
mod safety;
mod settings;
mod show;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
pub use layers::Source;
use layers::Values;
use ordervault_api::settings::Rates;
pub use settings::{Default as DefaultValue, SETTINGS, Secrecy, Setting};
pub use show::reference_page;
pub use value::{DatabaseUrl, Engine, Secret, mask_url};

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
    /// `--demo`, which is no setting, but which production refuses.
    pub demo: bool,
}

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
    /// Two sources of the same rank set one thing.
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

/// How strict the program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Convenient: interactive docs, own secrets, schema brought up to date by itself.
    Development,
    /// Refuses unsafe settings.
    Production,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// The configuration in force. The settings are explained in [`SETTINGS`].
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is a setting, explained once in SETTINGS")]
pub struct Config {
    pub mode: Mode,
    pub data_dir: PathBuf,
    pub database: Database,
    pub server: Server,
    /// `None`: no metrics listener.
    pub metrics_listen: Option<SocketAddr>,
    pub docs_enabled: bool,
    pub jobs: Jobs,
    pub auth: Auth,
    pub throttles: Rates,
    pub first_run: FirstRun,
    pub log_format: LogFormat,
    /// A filter of `tracing-subscriber`.
    pub log_level: String,
    values: Values,
}

/// Settings of section `database`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is a setting, explained once in SETTINGS")]
pub struct Database {
    pub url: DatabaseUrl,
    pub readers: u32,
    pub migrate_on_start: bool,
}

/// Settings of section `server`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is a setting, explained once in SETTINGS")]
pub struct Server {
    pub listen: SocketAddr,
    /// `None`: made from the address really listened on.
    pub public_url: Option<String>,
    pub replicas: u32,
    pub trusted_proxies: Vec<IpNet>,
    pub drain_pause: Duration,
}

/// Settings of section `jobs`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is a setting, explained once in SETTINGS")]
pub struct Jobs {
    pub enabled: bool,
    pub interval: Duration,
}

/// Settings of section `auth`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is a setting, explained once in SETTINGS")]
pub struct Auth {
    pub secret_file: PathBuf,
    /// Whether a missing secret file is made: not where replicas have to share one.
    pub may_create_secret_file: bool,
    pub customer_idle: Duration,
    pub customer_session: Duration,
    pub staff_idle: Duration,
    pub staff_session: Duration,
}

/// Settings of section `first_run`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is a setting, explained once in SETTINGS")]
pub struct FirstRun {
    pub owner_email: String,
    /// `None`: a random one, shown once.
    pub owner_password: Option<Secret>,
    /// In place of the password.
    pub owner_password_hash: Option<Secret>,
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

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

    /// Where a setting was set.
    #[must_use]
    pub fn source(&self, key: &str) -> &Source {
        self.values.get(key).1
    }

    fn from_values(values: Values) -> Result<Self, ConfigError> {
        let database = Database::from_values(&values)?;
        let mode = read(&values, "mode", mode)?;
        let shared_secret = database.url.engine() == Engine::Postgres && mode == Mode::Production;
        Ok(Self {
            mode,
            data_dir: PathBuf::from(filled(&values, "data_dir", "the path of a folder")?),
            database,
            server: Server::from_values(&values)?,
            metrics_listen: read(&values, "metrics.listen", value::optional_address)?,
            docs_enabled: read(&values, "docs.enabled", value::flag)?,
            jobs: Jobs::from_values(&values)?,
            auth: Auth::from_values(&values, !shared_secret)?,
            throttles: throttles(&values)?,
            first_run: FirstRun::from_values(&values)?,
            log_format: read(&values, "log.format", log_format)?,
            log_level: filled(&values, "log.level", "a level such as info")?,
            values,
        })
    }
}

impl Database {
    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        Ok(Self {
            url: read(values, "database.url", DatabaseUrl::parse)?,
            readers: read(values, "database.readers", |text| value::number(text, 1..=64))?,
            migrate_on_start: read(values, "database.migrate_on_start", value::flag)?,
        })
    }
}

impl Server {
    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let public_url = |text: &str| if text.is_empty() { Ok(None) } else { value::web_url(text).map(Some) };
        Ok(Self {
            listen: read(values, "server.listen", value::address)?,
            public_url: read(values, "server.public_url", public_url)?,
            replicas: read(values, "server.replicas", |text| value::number(text, 1..=1_000))?,
            trusted_proxies: read(values, "server.trusted_proxies", value::networks)?,
            drain_pause: time(values, "server.drain_pause", Duration::ZERO, 10 * MINUTE)?,
        })
    }
}

impl Jobs {
    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        Ok(Self {
            enabled: read(values, "jobs.enabled", value::flag)?,
            interval: time(values, "jobs.interval", SECOND, 10 * MINUTE)?,
        })
    }
}

impl Auth {
    fn from_values(values: &Values, may_create_secret_file: bool) -> Result<Self, ConfigError> {
        Ok(Self {
            secret_file: PathBuf::from(filled(values, "auth.secret_file", "the path of a file")?),
            may_create_secret_file,
            customer_idle: time(values, "auth.customer_idle", MINUTE, 365 * DAY)?,
            customer_session: time(values, "auth.customer_session", MINUTE, 365 * DAY)?,
            staff_idle: time(values, "auth.staff_idle", MINUTE, 30 * DAY)?,
            staff_session: time(values, "auth.staff_session", MINUTE, 30 * DAY)?,
        })
    }
}

impl FirstRun {
    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let secret = |text: &str| match text {
            "" => Ok(None),
            text => Ok(Some(Secret::new(text))),
        };
        let hash = |text: &str| match text.is_empty() || text.starts_with("$argon2id$") {
            true => secret(text),
            false => Err("an argon2id hash, which begins with $argon2id$".to_owned()),
        };
        Ok(Self {
            owner_email: filled(values, "first_run.owner_email", "an e-mail address")?,
            owner_password: read(values, "first_run.owner_password", secret)?,
            owner_password_hash: read(values, "first_run.owner_password_hash", hash)?,
        })
    }
}

fn throttles(values: &Values) -> Result<Rates, ConfigError> {
    let rate = |key| read(values, key, value::rate);
    Ok(Rates {
        lookup_address: rate("throttles.lookup_address")?,
        lookup_number: rate("throttles.lookup_number")?,
        login_account: rate("throttles.login_account")?,
        login_address: rate("throttles.login_address")?,
        register_address: rate("throttles.register_address")?,
        place_account: rate("throttles.place_account")?,
    })
}

fn read<T>(
    values: &Values,
    key: &'static str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, ConfigError> {
    let (text, source) = values.get(key);
    parse(text).map_err(|expected| ConfigError::Invalid { key, set_in: source.clone(), expected })
}

fn time(
    values: &Values,
    key: &'static str,
    least: Duration,
    most: Duration,
) -> Result<Duration, ConfigError> {
    read(values, key, |text| value::duration(text, least..=most))
}

fn filled(values: &Values, key: &'static str, expected: &str) -> Result<String, ConfigError> {
    read(
        values,
        key,
        |text| if text.trim().is_empty() { Err(expected.to_owned()) } else { Ok(text.to_owned()) },
    )
}

fn mode(text: &str) -> Result<Mode, String> {
    match text {
        "development" => Ok(Mode::Development),
        "production" => Ok(Mode::Production),
        _ => Err("development or production".to_owned()),
    }
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "auto" => Ok(LogFormat::Auto),
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        _ => Err("auto, pretty or json".to_owned()),
    }
}
