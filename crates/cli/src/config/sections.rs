//! The configuration in force, section by section, each value with its type.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use ordervault_api::settings::{CorsOrigins, MailFault, MailSettings, Mode, Rates, Retention};
use ordervault_domain::country::Country;
use ordervault_domain::language::Language;
use ordervault_persistence::backup::{BackupFolder, Keep};
use ordervault_persistence::engine::Engine;

use super::error::ConfigError;
use super::layers::Values;
use super::source::Source;
use super::value::{self, DatabaseUrl, Secret};

/// Port of the API where only an address is given.
const API_PORT: u16 = 8080;
/// Port of the metrics where only an address is given.
const METRICS_PORT: u16 = 9464;

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

/// The configuration in force. The settings are explained in `SETTINGS` (`settings.rs`).
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is a setting, explained once in SETTINGS")]
pub struct Config {
    pub mode: Mode,
    pub data_dir: PathBuf,
    pub database: Database,
    pub server: Server,
    /// `None`: no metrics listener.
    pub metrics_listen: Option<SocketAddr>,
    pub metrics_public: bool,
    pub docs_enabled: bool,
    /// `None`: nobody knows.
    pub default_country: Option<Country>,
    pub default_language: Language,
    /// `None`: no mail is sent.
    pub mail: Option<MailSettings>,
    pub jobs: Jobs,
    pub backup: Backup,
    pub checkpoint: Checkpoint,
    pub auth: Auth,
    pub throttles: Rates,
    pub retention: Retention,
    pub first_run: FirstRun,
    pub log_format: LogFormat,
    /// A filter of `tracing-subscriber`.
    pub log_level: String,
    pub(super) values: Values,
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
    pub cors_origins: CorsOrigins,
    pub connections_per_client: u32,
    pub drain_pause: Duration,
}

/// Settings of section `jobs`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is a setting, explained once in SETTINGS")]
pub struct Jobs {
    pub enabled: bool,
    pub interval: Duration,
}

/// Settings of section `backup`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is a setting, explained once in SETTINGS")]
pub struct Backup {
    pub folder: BackupFolder,
    /// `None`: none are made without being asked for.
    pub schedule: Option<Duration>,
    pub keep: Keep,
}

/// Settings of section `checkpoint`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is a setting, explained once in SETTINGS")]
pub struct Checkpoint {
    pub folder: PathBuf,
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

/// A hundred years.
const MAX_RETENTION_DAYS: u32 = 36_525;
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

impl Config {
    /// Where a setting was set.
    #[must_use]
    pub fn source(&self, key: &str) -> &Source {
        self.values.get(key).1
    }

    /// The secret file, if it is where the first start makes one by itself.
    #[must_use]
    pub fn made_secret_file(&self) -> Option<&Path> {
        let is_ours = self.auth.may_create_secret_file && !self.values.is_set("auth.secret_file");
        is_ours.then_some(self.auth.secret_file.as_path())
    }

    /// Checks every value and gives it its type.
    pub(super) fn from_values(values: Values) -> Result<Self, ConfigError> {
        let database = Database::from_values(&values)?;
        let mode = read(&values, "mode", mode)?;
        let shared_secret = database.url.engine() == Engine::Postgres && mode == Mode::Production;
        Ok(Self {
            mode,
            data_dir: PathBuf::from(filled(&values, "data_dir", "the path of a folder")?),
            database,
            server: Server::from_values(&values)?,
            metrics_listen: read(&values, "metrics.listen", |text| {
                value::optional_address(text, METRICS_PORT)
            })?,
            metrics_public: read(&values, "metrics.public", value::flag)?,
            docs_enabled: read(&values, "docs.enabled", value::flag)?,
            default_country: read(&values, "defaults.country", value::optional_country)?,
            default_language: read(&values, "defaults.language", value::language)?,
            mail: mail(&values)?,
            jobs: Jobs::from_values(&values)?,
            backup: Backup::from_values(&values)?,
            checkpoint: Checkpoint::from_values(&values)?,
            auth: Auth::from_values(&values, !shared_secret)?,
            throttles: throttles(&values)?,
            retention: Retention {
                order_personal_days: read(&values, "retention.order_personal_days", |text| {
                    value::number(text, 0..=MAX_RETENTION_DAYS)
                })?,
            },
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
            readers: read(values, "database.readers", |text| value::number(text, 4..=64))?,
            migrate_on_start: read(values, "database.migrate_on_start", value::flag)?,
        })
    }
}

impl Server {
    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let public_url = |text: &str| if text.is_empty() { Ok(None) } else { value::web_url(text).map(Some) };
        Ok(Self {
            listen: read(values, "server.listen", |text| value::address(text, API_PORT))?,
            public_url: read(values, "server.public_url", public_url)?,
            replicas: read(values, "server.replicas", |text| value::number(text, 1..=1_000))?,
            trusted_proxies: read(values, "server.trusted_proxies", value::networks)?,
            cors_origins: read(values, "server.cors_origins", value::origins)?,
            connections_per_client: read(values, "server.connections_per_client", |text| {
                value::number(text, 1..=1_024)
            })?,
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

impl Backup {
    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let schedule = |text: &str| match text {
            "off" => Ok(None),
            text => value::duration(text, MINUTE..=7 * DAY)
                .map(Some)
                .map_err(|expected| format!("{expected}, or off")),
        };
        let count = |key| read(values, key, |text| value::number(text, 0..=1_000));
        Ok(Self {
            folder: BackupFolder::new(filled(values, "backup.folder", "the path of a folder")?),
            schedule: read(values, "backup.schedule", schedule)?,
            keep: Keep {
                hourly: count("backup.keep_hourly")?,
                daily: count("backup.keep_daily")?,
                weekly: count("backup.keep_weekly")?,
            },
        })
    }
}

impl Checkpoint {
    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        Ok(Self {
            folder: PathBuf::from(filled(values, "checkpoint.folder", "the path of a folder")?),
            interval: time(values, "checkpoint.interval", MINUTE, DAY)?,
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

/// Where there is a way for mail, there is a sender, and a page for the links.
fn mail(values: &Values) -> Result<Option<MailSettings>, ConfigError> {
    let (url, from) = (values.get("mail.url").0, values.get("mail.from").0);
    if url.is_empty() {
        return Ok(None);
    }
    let settings = MailSettings::new(url, from, values.get("mail.link_url").0).map_err(|fault| {
        let key = match fault {
            MailFault::Url => "mail.url",
            MailFault::From => "mail.from",
        };
        let set_in = values.get(key).1.clone();
        ConfigError::Invalid { key, set_in, expected: fault.to_string() }
    })?;
    read(values, "mail.link_url", value::web_url)?;
    Ok(Some(settings))
}

fn throttles(values: &Values) -> Result<Rates, ConfigError> {
    let rate = |key| read(values, key, value::rate);
    Ok(Rates {
        lookup_address: rate("throttles.lookup_address")?,
        lookup_number: rate("throttles.lookup_number")?,
        login_account: rate("throttles.login_account")?,
        login_strangers: rate("throttles.login_strangers")?,
        login_address: rate("throttles.login_address")?,
        register_address: rate("throttles.register_address")?,
        place_account: rate("throttles.place_account")?,
        act_account: rate("throttles.act_account")?,
        mail_address: rate("throttles.mail_address")?,
        code_address: rate("throttles.code_address")?,
        code_member: rate("throttles.code_member")?,
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
