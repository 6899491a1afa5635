//! `backup`: whole copies of a SQLite database.

use std::fmt::Write as _;
use std::path::Path;

use ordervault_persistence::backup::{Backup, BackupError, Maker};
use ordervault_persistence::db::Db;
use ordervault_persistence::read;
use ordervault_persistence::verify::verify;

use super::tables::Tables;
use crate::args::BackupCommand;
use crate::config::Config;
use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};
use crate::{secrets, sources};

pub(super) async fn run(context: &Context, command: &BackupCommand) -> Result<Exit, Failure> {
    match command {
        BackupCommand::Create => create(context).await,
        BackupCommand::List => list(context).await,
        BackupCommand::Verify { backup } => check(context, backup.as_deref()).await,
        BackupCommand::Prune => prune(context).await,
    }
}

async fn create(context: &Context) -> Result<Exit, Failure> {
    let config = &context.config;
    let maker = maker(config)?;
    let db = database::existing(config).await?;
    let backup = config.backup.folder.create(&db, &maker, sources::system()?.now()).await;
    db.close().await;
    context.print(&line(&backup?))?;
    Ok(Exit::Ok)
}

async fn list(context: &Context) -> Result<Exit, Failure> {
    let folder = &context.config.backup.folder;
    let backups = folder.list()?;
    if backups.is_empty() {
        context.say(&format!("there are no backups in {}", folder.path().display()));
        return Ok(Exit::Ok);
    }
    let mut text = String::new();
    // Backups are there also for when the database is not.
    let db = database::existing(&context.config).await;
    for backup in &backups {
        text += &line(backup);
        if let Ok(db) = &db {
            text += &erased(&context.config, db, backup).await?;
        }
    }
    match db {
        Ok(db) => db.close().await,
        Err(_) => context.say("the database cannot be read: nobody can say who was erased since"),
    }
    context.print(&text)?;
    Ok(Exit::Ok)
}

async fn check(context: &Context, backup: Option<&Path>) -> Result<Exit, Failure> {
    let backup = find(&context.config, backup)?;
    let copy = backup.check().await?;
    let mut tables = Tables::new(context);
    let keys = secrets::existing(&context.config)?.map(|secrets| secrets.key_ring());
    let report = verify(&copy, keys.as_ref(), |progress| tables.show(progress)).await;
    tables.finish();
    copy.close().await;
    let report = report?;
    context.print(&line(&backup))?;
    if let Ok(db) = database::existing(&context.config).await {
        let erased = erased(&context.config, &db, &backup).await;
        db.close().await;
        context.print(&erased?)?;
    }
    context.print(&super::verify::told(&report))?;
    Ok(super::verify::exit(&report))
}

/// Who is in a backup and was erased since, and for how long; nothing where nobody is.
async fn erased(config: &Config, db: &Db, backup: &Backup) -> Result<String, Failure> {
    let made_at = backup.manifest.made_at;
    let (accounts, orders) = read::erased_since(&mut db.read().await?, made_at).await?;
    if (accounts, orders) == (0, 0) {
        return Ok(String::new());
    }
    let until = config.backup.keep.until(made_at).to_string();
    let day = until.split('T').next().unwrap_or_default();
    Ok(format!(
        "  tells of {accounts} accounts and {orders} orders that were erased since; pruned on {day}, if backups go on\n"
    ))
}

async fn prune(context: &Context) -> Result<Exit, Failure> {
    let backup = &context.config.backup;
    let removed = backup.folder.prune(backup.keep, sources::system()?.now()).await?;
    let mut text = String::new();
    for backup in &removed {
        let _ = writeln!(text, "removed {}", backup.name());
    }
    let _ = writeln!(text, "{} removed, {} kept", removed.len(), backup.folder.list()?.len());
    context.print(&text)?;
    Ok(Exit::Ok)
}

/// What the manifests of this program's backups say about it: its version, and which secret file belongs to them.
pub(super) fn maker(config: &Config) -> Result<Maker, Failure> {
    let keys = secrets::existing(config)?.map(|secrets| secrets.key_ring());
    let key = keys.map(|keys| keys.sealing().id().to_owned()).unwrap_or_default();
    Ok(Maker { program: env!("CARGO_PKG_VERSION"), key })
}

/// The backup of this name or path; without one, the newest.
pub(super) fn find(config: &Config, backup: Option<&Path>) -> Result<Backup, Failure> {
    let folder = &config.backup.folder;
    let Some(path) = backup else {
        let none = || {
            Failure::new(Exit::Unavailable, format!("there are no backups in {}", folder.path().display()))
        };
        return folder.list()?.into_iter().next().ok_or_else(none);
    };
    // A path leads to it from here, a name from the folder of backups.
    match Backup::open(path) {
        Err(BackupError::NoManifest(_)) => Ok(Backup::open(&folder.path().join(path))?),
        found => Ok(found?),
    }
}

/// A backup in one line.
fn line(backup: &Backup) -> String {
    let manifest = &backup.manifest;
    let count = |table: &str| manifest.rows.get(table).copied().unwrap_or_default();
    format!(
        "{}  {}  {} orders, {} events, {} bytes\n",
        backup.name(),
        manifest.made_at,
        count("orders"),
        count("events"),
        manifest.bytes
    )
}
