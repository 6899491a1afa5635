//! Collects what was set where: TOML file, environment, flags. Later ones win.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use ordervault_api::settings::Mode;

use super::error::ConfigError;
use super::settings::{self, OTHER_VARIABLES, SETTINGS, Setting};
use super::source::{Environment, Flags, Source};

/// File looked for when none is named.
const USUAL_FILE: &str = "ordervault.toml";
/// Variable that names the configuration file, for containers without arguments.
const CONFIG_VARIABLE: &str = "ORDERVAULT_CONFIG";
const PREFIX: &str = "ORDERVAULT_";
/// Largest file read, configuration or secret.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// The text of every setting with its source.
#[derive(Clone)]
pub(super) struct Values(BTreeMap<&'static str, (String, Source)>);

/// Where each comes from: a value may be a secret.
impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(key, (_, source))| (key, source))).finish()
    }
}

impl Values {
    /// Puts the layers on top of each other.
    pub(super) fn collect(environment: &Environment, flags: &Flags) -> Result<Self, ConfigError> {
        let mut set = BTreeMap::new();
        if let Some(path) = config_file(environment, flags) {
            set.extend(from_file(&path)?);
        }
        set.extend(from_environment(environment)?);
        set.extend(from_flags(flags));
        let mut values = Self(set);
        values.fill_defaults();
        Ok(values)
    }

    /// Text and source of a setting.
    pub(super) fn get(&self, key: &str) -> (&str, &Source) {
        self.0.get(key).map_or(("", &Source::Default), |(text, source)| (text, source))
    }

    /// Whether anybody set it.
    pub(super) fn is_set(&self, key: &str) -> bool {
        *self.get(key).1 != Source::Default
    }

    fn fill_defaults(&mut self) {
        let mode = match self.get("mode").0 {
            "production" => Mode::Production,
            _ => Mode::Development,
        };
        for setting in SETTINGS.iter().filter(|setting| !self.is_set(setting.key)).collect::<Vec<_>>() {
            let text = setting.default.text(mode).unwrap_or_else(|| self.derive(setting.key));
            self.0.insert(setting.key, (text, Source::Default));
        }
    }

    /// What these are made from stands before them in the list, so it is filled in already.
    fn derive(&self, key: &str) -> String {
        let in_data_dir =
            |name: &str| Path::new(self.get("data_dir").0).join(name).to_string_lossy().into_owned();
        match key {
            "database.url" => format!("sqlite://{}", in_data_dir("ordervault.db")),
            "backup.folder" => in_data_dir("backups"),
            "auth.secret_file" => in_data_dir("secret.key"),
            "checkpoint.folder" => in_data_dir("checkpoints"),
            _ => String::new(),
        }
    }
}

type Assignments = BTreeMap<&'static str, (String, Source)>;

fn config_file(environment: &Environment, flags: &Flags) -> Option<PathBuf> {
    let named = flags
        .config
        .clone()
        .or_else(|| environment.get(CONFIG_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from));
    named.or_else(|| Some(PathBuf::from(USUAL_FILE)).filter(|path| path.exists()))
}

fn from_file(path: &Path) -> Result<Assignments, ConfigError> {
    let text = read_small_file(path).map_err(|reason| ConfigError::File {
        path: path.to_owned(),
        line: None,
        reason,
    })?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| ConfigError::File {
        path: path.to_owned(),
        line: error.span().map(|span| 1 + text[..span.start].matches('\n').count()),
        reason: error.message().replace('\n', " "),
    })?;
    let mut flat = Vec::new();
    flatten("", &table, &mut flat);
    let source = Source::File(path.to_owned());
    let mut assignments = Assignments::new();
    for (name, value) in flat {
        let (setting, from_file) = resolve(&name, "_file", |setting| setting.key.to_owned())
            .ok_or_else(|| unknown(&name, &source, |setting| setting.key.to_owned()))?;
        let text = scalar(value).ok_or_else(|| ConfigError::File {
            path: path.to_owned(),
            line: None,
            reason: format!("{name} must be a text, a whole number, true, false, or a list of texts"),
        })?;
        assign(&mut assignments, setting, from_file, text, source.clone())?;
    }
    Ok(assignments)
}

fn flatten<'a>(prefix: &str, table: &'a toml::Table, flat: &mut Vec<(String, &'a toml::Value)>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, flat),
            value => flat.push((key, value)),
        }
    }
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(toml::Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

fn from_environment(environment: &Environment) -> Result<Assignments, ConfigError> {
    let mut assignments = Assignments::new();
    for (name, text) in environment {
        // Compose files hand unset variables on as empty ones.
        if text.is_empty() || !is_setting(name) {
            continue;
        }
        let source = Source::Environment(name.clone());
        let (setting, from_file) = resolve(name, "_FILE", Setting::variable)
            .ok_or_else(|| unknown(name, &source, Setting::variable))?;
        assign(&mut assignments, setting, from_file, text.clone(), source)?;
    }
    Ok(assignments)
}

/// Whether a variable claims to be a setting; those below a section always do, misspelt or not.
fn is_setting(name: &str) -> bool {
    let is_other = || OTHER_VARIABLES.iter().any(|other| name.starts_with(other.name));
    name.starts_with(PREFIX) && (name.contains("__") || !is_other())
}

fn from_flags(flags: &Flags) -> Assignments {
    let path = |path: &PathBuf| path.to_string_lossy().into_owned();
    let given = [
        ("data_dir", "--data-dir", flags.data_dir.as_ref().map(path)),
        ("database.url", "--database-url", flags.database_url.clone()),
        ("server.listen", "--listen", flags.listen.clone()),
        ("metrics.listen", "--metrics-listen", flags.metrics_listen.clone()),
    ];
    given.into_iter().filter_map(|(key, flag, text)| Some((key, (text?, Source::Flag(flag))))).collect()
}

/// The setting that `name` means, and whether it names a file that holds the value.
fn resolve(
    name: &str,
    suffix: &str,
    spelling: impl Fn(&Setting) -> String,
) -> Option<(&'static Setting, bool)> {
    let find = |name: &str| SETTINGS.iter().find(|setting| spelling(setting) == name);
    if let Some(setting) = find(name) {
        return Some((setting, false));
    }
    let setting = name.strip_suffix(suffix).and_then(find)?;
    setting.may_come_from_file().then_some((setting, true))
}

fn unknown(name: &str, source: &Source, spelling: impl Fn(&Setting) -> String) -> ConfigError {
    let nearest = settings::nearest(name, SETTINGS.iter().map(spelling));
    ConfigError::Unknown { name: name.to_owned(), set_in: source.clone(), nearest }
}

fn assign(
    assignments: &mut Assignments,
    setting: &'static Setting,
    from_file: bool,
    text: String,
    source: Source,
) -> Result<(), ConfigError> {
    let (text, source) = if from_file {
        let path = PathBuf::from(text);
        let secret = read_small_file(&path).map_err(|reason| ConfigError::File {
            path: path.clone(),
            line: None,
            reason: format!("{reason} (it should hold {}, says {source})", setting.key),
        })?;
        (secret.trim_end_matches(['\r', '\n']).to_owned(), Source::SecretFile(path, Box::new(source)))
    } else {
        (text, source)
    };
    if let Some((_, other)) = assignments.get(setting.key) {
        return Err(ConfigError::Twice { key: setting.key, first: other.clone(), second: source });
    }
    assignments.insert(setting.key, (text, source));
    Ok(())
}

/// Reads a text file; the error is one line without the path.
fn read_small_file(path: &Path) -> Result<String, String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("larger than {} KiB", MAX_FILE_BYTES / 1024));
    }
    String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())
}
