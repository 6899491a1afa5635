//! Prints the configuration in force, and the reference page of all settings.

use std::fmt;

use ordervault_api::settings::Mode;

use super::sections::Config;
use super::settings::{DefaultValue, OTHER_VARIABLES, SETTINGS, Secrecy};
use super::value::mask_url;

/// The configuration as a TOML file, each value with its source, secrets masked.
impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = SETTINGS.iter().map(|setting| setting.key.len()).max().unwrap_or_default();
        for setting in SETTINGS {
            let (text, source) = self.values.get(setting.key);
            let shown = match setting.secrecy {
                Secrecy::Hidden if !text.is_empty() => "***".to_owned(),
                Secrecy::UrlPassword => mask_url(text),
                _ => text.to_owned(),
            };
            let bare = shown.parse::<u32>().is_ok() || shown.parse::<bool>().is_ok();
            let value = if bare { shown } else { toml::Value::String(shown).to_string() };
            writeln!(f, "{:width$} = {value}  # {source}", setting.key)?;
        }
        Ok(())
    }
}

/// The page `docs/configuration.md`.
#[must_use]
pub fn reference_page() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         <!-- Generated from crates/cli/src/config/settings.rs by `cargo xtask bless`. -->\n\n\
         Later ones win: defaults, a TOML file, the environment, flags.\n\n\
         - File: `--config PATH`, else the variable `ORDERVAULT_CONFIG`, else `./ordervault.toml` if it is there.\n\
         - Environment: `ORDERVAULT_` and the name in capitals, a dot becoming two underscores: `ORDERVAULT_MODE`,\n\
         \x20 `ORDERVAULT_SERVER__LISTEN`. An empty variable counts as not set.\n\
         - Flags: `--data-dir`, `--database-url`; for `serve` also `--listen` and `--metrics-listen`.\n\
         - Secrets (marked 🔒) can stand in a file of their own: add `_FILE` to the variable or `_file` to the name,\n\
         \x20 and give the path.\n\n\
         `ordervault config show` prints every value with its source, `ordervault config check` only looks for mistakes.\n\
         Times are written `500ms`, `30s`, `10m`, `2h`, `14d`.\n\n\
         | setting | default | meaning |\n| --- | --- | --- |\n",
    );
    for setting in SETTINGS {
        let lock = if setting.may_come_from_file() { " 🔒" } else { "" };
        let default = match setting.default {
            DefaultValue::Derived(how) => how.to_owned(),
            DefaultValue::ByMode { development, production } => {
                format!("`{development}`, in production `{production}`")
            }
            default => format!("`{}`", default.text(Mode::Development).unwrap_or_default()),
        };
        page.push_str(&format!("| `{}`{lock} | {default} | {} |\n", setting.key, setting.help));
    }
    page.push_str(OTHERS);
    for other in OTHER_VARIABLES {
        let more = if other.name.ends_with('_') { "…" } else { "" };
        page.push_str(&format!("| `{}{more}` | {} |\n", other.name, other.meaning));
    }
    page.push_str(REFUSED);
    page
}

const OTHERS: &str = "
## Variables that are no settings

Any other variable with the prefix `ORDERVAULT_` is taken for a misspelt setting and refused.

| variable | meaning |
| --- | --- |
";

const REFUSED: &str = "
## What production mode refuses

With `mode = \"production\"` the program does not start with `--demo`, with an in-memory database,
with the first owner's password in the environment, with a password in a file that everybody on the machine can read, with
`jobs.enabled = false` on the only server, with `/metrics` where others reach it (unless `metrics.public = true`), with
`server.trusted_proxies` that take in nearly everybody, with throttles a hundred times as wide as the default, or on PostgreSQL
without `auth.secret_file`. A database that is a symbolic link, and a data folder or database that everybody on the machine
can read or write, are refused as well; what the group can read is warned of. In every mode it refuses more than one replica on SQLite.
";
