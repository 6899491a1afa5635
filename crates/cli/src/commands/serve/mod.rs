//! `serve`: opens the database, makes the first owner, runs the API until it is told to stop.

mod addresses;
mod background;
mod greeting;
mod owner;
mod recheck;
mod watch;

use actix_web::web;
use ordervault_api::server::{self, Ends, Listeners};
use ordervault_api::settings::{Backups, Lifetime, Lifetimes, Mode, Settings};
use ordervault_api::state::{AppState, BuildInfo, ReadyCheck};
use ordervault_api::telemetry;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::backup::{ErasureJournal, Maker};
use ordervault_persistence::clock;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::migrate;
use ordervault_persistence::repair;
use ordervault_persistence::seal::KeyRing;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::{WriteError, Writer};

use crate::args::Serve;
use crate::config::{self, Config};
use crate::context::Context;
use crate::database::{self, Database};
use crate::demo;
use crate::exit::{Exit, Failure};
use crate::secrets;
use crate::server_lock::{ServerLock, refuse_lost};
use crate::shutdown::Shutdown;
use crate::sources;
use addresses::{Addresses, address_of, listen};
use greeting::Greeting;
use recheck::Recheck;
use watch::Watch;

/// The source's commit, when the build names it.
const COMMIT: Option<&str> = option_env!("ORDERVAULT_COMMIT");

pub(super) async fn run(context: &Context, args: &Serve) -> Result<Exit, Failure> {
    let config = &context.config;
    let stop = Shutdown::on_signals(config.server.drain_pause)?;
    let sources = sources::system()?;
    let api = listen(config.server.listen, "--listen")?;
    let metrics = config.metrics_listen.map(|address| listen(address, "--metrics-listen")).transpose()?;
    let addresses =
        Addresses { api: address_of(&api)?, metrics: metrics.as_ref().map(address_of).transpose()? };
    database::make_folder(&config.data_dir)?;
    refuse_lost(config, context.is_new)?;
    let only_server = ServerLock::take(config)?;
    // The secret file is made last: where there is one there was a database.
    let db = database::open(context).await?;
    let secrets = secrets::load(config, &sources)?;
    let keys = secrets.key_ring();
    let maker = Maker { program: env!("CARGO_PKG_VERSION"), key: keys.sealing().id().to_owned() };
    let has_demo_data = demo_data(context, args, &db, (&sources, &keys)).await?;
    let database = Database::start(db, sources.clone(), keys).await?;
    if let Some(only_server) = &only_server {
        only_server.name(database.writer.installation().id)?;
        only_server.started();
    }
    tell_of_clock(&database.db, sources.now()).await?;
    let owner = owner::make_first(config, &database, &sources).await?;
    let public_url = config
        .server
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{}", super::healthcheck::reachable(addresses.api)));
    let build = BuildInfo { version: env!("CARGO_PKG_VERSION"), commit: COMMIT };
    Greeting {
        config,
        build: &build,
        addresses: &addresses,
        public_url: &public_url,
        owner: owner.as_ref(),
        has_demo_data,
        style: context.log,
    }
    .print(context);
    warn(config, &database.db).await?;
    let watch = Watch::start(config, &database, stop.clone());
    let was_killed = only_server.as_ref().is_some_and(ServerLock::was_killed);
    let recheck = was_killed.then(|| Recheck::start(database.db.clone(), stop.clone()));
    let mut state = AppState::new(
        settings(config, public_url, has_demo_data, maker),
        build,
        (database.db.clone(), database.writer.clone()),
        sources,
        &secrets,
        vec![database_check(database.db.clone()), writes_check(database.writer.clone()), watch.check()],
    );
    state.ready_details.extend(recheck.map(|recheck| recheck.detail()));
    let state = web::Data::new(state);
    let background = background::start(&config.jobs, &config.checkpoint, &state, stop.clone());
    let metrics = metrics.map(|listener| Ok::<_, Failure>((listener, recorder()?))).transpose()?;
    let ends = Ends { announced: stop.clone().announced(), requested: stop.requested() };
    let outcome = server::run(state, Listeners { api, metrics }, ends).await;
    tracing::info!("stopping: writing what waits");
    if outcome.is_err() {
        background.abort();
    }
    // Whoever is told to stop ends after a step; what a panic of it would say stands in the log.
    _ = background.await;
    database.close().await;
    if let Some(only_server) = only_server {
        only_server.stopped();
    }
    outcome.map_err(|error| Failure::new(Exit::Io, format!("the server failed: {error}")))?;
    tracing::info!("stopped");
    Ok(Exit::Ok)
}

/// Whoever has customers needs backups.
/// What an operator should do something about.
async fn warn(config: &Config, db: &Db) -> Result<(), Failure> {
    warn_of_no_backups(config);
    if repair::is_due(db).await? {
        tracing::warn!(
            "phone numbers, e-mail addresses or words are stored as other rules than this program's fold them, and may not be found: \
             run `ordervault reindex`, beside this server"
        );
    }
    Ok(())
}

fn warn_of_no_backups(config: &Config) {
    let is_sqlite = config.database.url.engine() == Engine::Sqlite;
    if config.mode == Mode::Production && is_sqlite && config.backup.schedule.is_none() {
        tracing::warn!(
            "no backups are made by themselves: set backup.schedule, say to 1h, and backup.folder to another disk"
        );
    }
}

/// Nothing is written while the clock is far behind, which somebody has to know.
async fn tell_of_clock(db: &Db, now: Timestamp) -> Result<(), Failure> {
    if let Some(millis) = clock::behind(&mut db.read().await?, now).await? {
        tracing::error!("{}", WriteError::ClockBehind { behind_seconds: millis / 1_000 });
    }
    Ok(())
}

/// Loads the demo shop where it is asked for and nothing else is there; tells whether it is there.
async fn demo_data(
    context: &Context,
    args: &Serve,
    db: &Db,
    (sources, keys): (&Sources, &KeyRing),
) -> Result<bool, Failure> {
    let is_loaded = match args.demo {
        true => demo::load_into_empty(context, db, keys, sources).await?,
        false => demo::is_loaded(db).await?,
    };
    if args.demo && !is_loaded {
        context
            .say("the database is in use already, so the demo shop is not loaded: name another --data-dir");
    }
    Ok(is_loaded)
}

fn settings(config: &Config, public_url: String, has_demo_data: bool, maker: Maker) -> Settings {
    let millis = |time: std::time::Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let lifetime = |idle, absolute| Lifetime { idle_millis: millis(idle), absolute_millis: millis(absolute) };
    let auth = &config.auth;
    Settings {
        mode: config.mode,
        docs_enabled: config.docs_enabled,
        is_behind_tls: public_url.starts_with("https://"),
        public_url,
        default_country: config.default_country,
        default_language: Some(config.default_language.clone()),
        mail: config.mail.clone(),
        lifetimes: Lifetimes {
            customer: lifetime(auth.customer_idle, auth.customer_session),
            staff: lifetime(auth.staff_idle, auth.staff_session),
        },
        retention: config.retention,
        rates: config.throttles,
        backups: backups(config, maker),
        erasure_journal: Some(ErasureJournal::in_folder(&config.backup.folder)),
        trusted_proxies: config.server.trusted_proxies.clone(),
        cors_origins: config.server.cors_origins.clone(),
        connections_per_client: usize::try_from(config.server.connections_per_client).ok(),
        spool_folder: Some(config.data_dir.clone()),
        has_demo_data,
    }
}

/// Does the database answer, with the schema that this program knows?
fn database_check(db: Db) -> ReadyCheck {
    ReadyCheck::new("database", move || {
        let db = db.clone();
        Box::pin(async move {
            match migrate::status(&db).await {
                Ok(schema) if schema.is_current() => Ok(()),
                Ok(_) => Err("its schema is another program's".to_owned()),
                Err(error) => {
                    tracing::warn!(error = %Failure::from(error), "the database does not answer");
                    Err("it does not answer".to_owned())
                }
            }
        })
    })
}

/// Where backups are, and when they are made; `None` on PostgreSQL.
fn backups(config: &Config, maker: Maker) -> Option<Backups> {
    let config::Backup { folder, schedule, keep } = config.backup.clone();
    (config.database.url.engine() == Engine::Sqlite).then_some(Backups { folder, schedule, keep, maker })
}

/// Does the database keep what it is given?
fn writes_check(writer: Writer) -> ReadyCheck {
    ReadyCheck::new("writes", move || {
        let outcome = match writer.is_failing() {
            true => {
                Err("the database keeps nothing at the moment: look at its disk and at the log".to_owned())
            }
            false => Ok(()),
        };
        Box::pin(async { outcome })
    })
}

fn recorder() -> Result<metrics_exporter_prometheus::PrometheusHandle, Failure> {
    let recorder = telemetry::recorder().map_err(|error| Failure::caused(Exit::Internal, &error))?;
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder)
        .map_err(|_| Failure::new(Exit::Internal, "metrics are kept twice"))?;
    Ok(handle)
}
