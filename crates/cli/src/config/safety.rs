//! What production mode refuses. Each refusal names the setting and a value that works.

use ipnet::IpNet;
use ordervault_api::settings::{MailSettings, Mode, Rates};
use ordervault_persistence::engine::Engine;

use super::sections::Config;
use super::settings::{DefaultValue, SETTINGS, Secrecy};
use super::source::Source;
use super::value::{self, mask_url};
use crate::rights;

/// The refusals, one line each. Empty in development mode, but for what cannot work at all.
pub(super) fn refusals(config: &Config, demo: bool) -> Vec<String> {
    let sqlite = config.database.url.engine() == Engine::Sqlite;
    let production = config.mode == Mode::Production;
    let mut refusals = Vec::new();
    let mut refuse = |unsafe_here: bool, refusal: &str| {
        if unsafe_here {
            refusals.push(refusal.to_owned());
        }
    };
    refuse(
        sqlite && config.server.replicas > 1,
        "server.replicas above 1 does not work with SQLite, which is a file of one server: \
         set server.replicas = 1, or database.url = \"postgres://…\"",
    );
    refuse(
        !sqlite && config.backup.schedule.is_some(),
        "backup.schedule makes copies of a SQLite file and does nothing for PostgreSQL, which has tools of its own: \
         set backup.schedule = \"off\" and see docs/recovery.md",
    );
    refuse(
        production && demo,
        "--demo and `demo seed` load made-up orders and well-known passwords, which production mode refuses: \
         leave them out, or set mode = \"development\"",
    );
    refuse(
        production && !sqlite && !config.values.is_set("auth.secret_file"),
        "auth.secret_file must be set in production mode on PostgreSQL, because all replicas sign with the same keys: \
         for example auth.secret_file = \"/run/secrets/ordervault_key\"",
    );
    refuse(
        production && config.database.url.expose().contains(":memory:"),
        "database.url = \"sqlite::memory:\" forgets every order at the end, which production mode refuses: \
         for example database.url = \"sqlite:///var/lib/ordervault/ordervault.db\"",
    );
    refuse(
        production && config.server.replicas == 1 && !config.jobs.enabled,
        "jobs.enabled = false on the only server leaves missed deadlines unnoted, which production mode refuses: \
         set jobs.enabled = true, or server.replicas above 1 where another server runs the jobs",
    );
    let password_source = config.source("first_run.owner_password");
    refuse(
        production && matches!(password_source, Source::Environment(_)),
        "first_run.owner_password stands in the environment, where it outlives the first start, which production mode \
         refuses: remove ORDERVAULT_FIRST_RUN__OWNER_PASSWORD, or for the first start name a file, \
         ORDERVAULT_FIRST_RUN__OWNER_PASSWORD_FILE=/run/secrets/owner_password",
    );
    refuse(
        production
            && config.metrics_listen.is_some_and(|address| !address.ip().is_loopback())
            && !config.metrics_public,
        "metrics.listen lets others than this machine read the metrics, which production mode refuses: \
         set metrics.listen = \"127.0.0.1:9464\", or metrics.public = true where only those reach it who may",
    );
    refuse(
        production && config.mail.as_ref().is_some_and(MailSettings::is_open),
        "mail.url sends links and passwords where others can read them, which production mode refuses: \
         set mail.url = \"smtps://…\", or \"smtp://…?tls=required\"",
    );
    refuse(
        production && config.server.trusted_proxies.iter().any(is_nearly_everybody),
        "server.trusted_proxies believes nearly everybody what they say about their address, so that nobody is throttled, \
         which production mode refuses: name the proxies, for example server.trusted_proxies = \"10.0.0.0/8\"",
    );
    if production {
        refusals.extend(absurd_throttles(config));
        refusals.extend(readable_secrets(config));
    }
    refusals
}

/// Networks of proxies are smaller; private ones are not larger either.
fn is_nearly_everybody(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < 8,
        IpNet::V6(network) => network.prefix_len() < 7,
    }
}

/// Throttles that let through more than so many times what they do by default are none.
const MAX_TIMES_DEFAULT: i128 = 100;

fn absurd_throttles(config: &Config) -> Vec<String> {
    let rates = SETTINGS.iter().filter_map(|setting| match setting.default {
        DefaultValue::Rate(rate) => Some((setting.key, rate)),
        _ => None,
    });
    let absurd = rates.filter_map(|(key, rate)| {
        let (set, usual) = (rate(&config.throttles), rate(&Rates::default()));
        let allowed = i128::from(usual.limit) * i128::from(set.window_millis) * MAX_TIMES_DEFAULT;
        let is_absurd = i128::from(set.limit) * i128::from(usual.window_millis) > allowed;
        let (set, usual) = (value::rate_text(set), value::rate_text(usual));
        is_absurd.then(|| {
            format!(
                "{key} = \"{set}\" throttles nobody, which production mode refuses: for example {key} = \"{usual}\""
            )
        })
    });
    absurd.collect()
}

/// Files in which everybody on the machine can read a password.
fn readable_secrets(config: &Config) -> Vec<String> {
    let secret = SETTINGS.iter().filter(|setting| {
        let text = config.values.get(setting.key).0;
        match setting.secrecy {
            Secrecy::Open => false,
            Secrecy::Hidden => !text.is_empty(),
            Secrecy::UrlPassword => mask_url(text) != text,
        }
    });
    let readable = secret.filter_map(|setting| {
        let (Source::File(path) | Source::SecretFile(path, _)) = config.source(setting.key) else { return None };
        let is_readable = rights::of(path).is_some_and(|rights| rights.everybody);
        let path = path.display();
        is_readable.then(|| {
            format!(
                "{} stands in {path}, which everybody on this machine can read, which production mode refuses: \
                 run chmod o-rw {path}",
                setting.key
            )
        })
    });
    readable.collect()
}
