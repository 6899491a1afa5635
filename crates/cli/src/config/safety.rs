//! What production mode refuses. Each refusal names the setting and a value that works.

use ordervault_api::settings::Mode;
use ordervault_persistence::engine::Engine;

use super::sections::Config;
use super::source::Source;

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
        "--demo loads made-up orders and well-known passwords, which production mode refuses: \
         leave --demo out, or set mode = \"development\"",
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
    refusals
}
