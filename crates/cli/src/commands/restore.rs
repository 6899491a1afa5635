//! `restore`: puts a backup in the place of the database.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ordervault_domain::customer::DELETION_GRACE_DAYS;
use ordervault_domain::id::OrderId;
use ordervault_domain::installation::Installation;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::backup::{
    Backup, ErasureJournal, Settled, begin_epoch, orders_not_in, settle_deletions,
};
use ordervault_persistence::checkpoint::take_restored;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::seal::KeyRing;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::{migrate, read};

use super::backup::find;
use crate::args::Restore;
use crate::config::Config;
use crate::context::Context;
use crate::database::{self, Database};
use crate::exit::{Exit, Failure};
use crate::server_lock::ServerLock;
use crate::{secrets, sources};

/// Of the missing orders so many are listed.
const MAX_LISTED_ORDERS: usize = 1_000;
/// What SQLite keeps beside a file, by the end of the name.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

pub(super) async fn run(context: &Context, args: &Restore) -> Result<Exit, Failure> {
    match &args.backup {
        Some(backup) => replace(context, args, backup).await,
        None => in_place(context, args).await,
    }
}

/// The database was put back already: what is left is the new epoch.
async fn in_place(context: &Context, args: &Restore) -> Result<Exit, Failure> {
    let _only_server = ServerLock::take(&context.config)?;
    let (db, alone) = database::alone(&context.config).await?;
    let sources = sources::system()?;
    let keys = secrets::load(&context.config, &sources)?.key_ring();
    let database = Database::start_as(alone, db, sources.clone(), keys.clone()).await?;
    let outcome = begin_epoch(&database.db, &database.writer, args.keep_sessions).await;
    let journal = ErasureJournal::in_folder(&context.config.backup.folder);
    let settled = settle_deletions(&database.db, &database.writer, &journal).await;
    database.close().await;
    let (position, installation) = outcome?;
    context.print(&epoch_line(position, &installation, args.keep_sessions))?;
    context.print(&settled_lines(settled?))?;
    write_down(context, position, (&sources, &keys)).await
}

/// Writes down outside of the database what it was put back to. That it cannot be undoes no restore.
async fn write_down(
    context: &Context,
    position: i64,
    (sources, keys): (&Sources, &KeyRing),
) -> Result<Exit, Failure> {
    let (db, folder) = (database::existing(&context.config).await?, &context.config.checkpoint.folder);
    let outcome = take_restored(&db, keys, folder, position, sources.now()).await;
    db.close().await;
    let (told, exit) = match outcome {
        Ok(new) => (format!("checkpoint {} in {}\n", new.number, folder.display()), Exit::Ok),
        Err(error) => (format!("no checkpoint was written: {error}\n"), Exit::Findings),
    };
    context.print(&told)?;
    Ok(exit)
}

async fn replace(context: &Context, args: &Restore, backup: &Path) -> Result<Exit, Failure> {
    let (config, sources) = (&context.config, sources::system()?);
    let Some(file) = config.database.url.file() else {
        let how =
            "put a PostgreSQL database back with its own tools, then run `ordervault restore --in-place`";
        return Err(Failure::new(Exit::Config, format!("backups are copies of a SQLite file: {how}")));
    };
    let backup = find(config, Some(backup))?;
    if file.parent() == Some(config.data_dir.as_path()) {
        database::make_folder(&config.data_dir)?;
    }
    let only_server = ServerLock::take(config)?;
    let is_there = fs::metadata(file).is_ok_and(|metadata| metadata.len() > 0);
    if is_there && !args.replace {
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "there is a database {}: with --replace it is put aside under another name",
                file.display()
            ),
        ));
    }
    if !args.other_secret {
        refuse_other_secret(config, &backup)?;
    }
    refuse_used(file).await?;
    backup.check().await?.close().await;
    let unfinished = Unfinished(with_end(file, "-restoring"));
    unfinished.remove();
    let keys = secrets::load(config, &sources)?.key_ring();
    let journal = ErasureJournal::in_folder(&config.backup.folder);
    let put = put(&backup, &unfinished.0, (&sources, &keys), args.keep_sessions, Some(&journal)).await?;
    let lost = match is_there {
        true => lost(&put, file).await,
        false => String::new(),
    };
    put.db.close().await;
    // What a command that began meanwhile writes would be put aside with the file.
    refuse_used(file).await?;
    let aside = is_there.then(|| with_end(file, &format!("-before-{}", compact(sources.now()))));
    exchange(&unfinished.0, file, aside.as_deref()).map_err(|error| {
        Failure::new(Exit::Io, format!("cannot put the backup in the place of {}: {error}", file.display()))
    })?;
    if let Some(only_server) = only_server {
        only_server.name(put.installation.id)?;
    }
    let mut text = format!("restored {}\n", backup.name());
    text.push_str(&epoch_line(put.position, &put.installation, args.keep_sessions));
    text.push_str(&settled_lines(put.settled));
    if let Some(aside) = aside {
        let _ = writeln!(text, "the database that was there is kept as {}", aside.display());
    }
    text.push_str(&lost);
    context.print(&text)?;
    write_down(context, put.position, (&sources, &keys)).await
}

/// Refuses a file that somebody else has opened, such as an import. One that cannot be read is nobody's.
async fn refuse_used(file: &Path) -> Result<(), Failure> {
    match file.exists() && Db::is_open_elsewhere(file).await.unwrap_or(false) {
        true => Err(Failure::new(
            Exit::Unavailable,
            format!("another process has opened {}: stop it first", file.display()),
        )),
        false => Ok(()),
    }
}

/// A copy of a backup in its new place, in its new epoch.
pub(super) struct Put {
    /// Open, for looking at it.
    pub(super) db: Db,
    position: i64,
    installation: Installation,
    settled: Settled,
}

/// Copies a backup to a place where nothing is, begins a new epoch there, and erases who stands in the journal.
pub(super) async fn put(
    backup: &Backup,
    place: &Path,
    (sources, keys): (&Sources, &KeyRing),
    keeps_sessions: bool,
    journal: Option<&ErasureJournal>,
) -> Result<Put, Failure> {
    backup.copy_to(place).await?;
    let options = DbOptions::new(format!("sqlite:{}", place.display()));
    let database = Database::start(Db::open(&options).await?, sources.clone(), keys.clone()).await?;
    let outcome = begin_epoch(&database.db, &database.writer, keeps_sessions).await;
    let settled = match journal {
        Some(journal) => settle_deletions(&database.db, &database.writer, journal).await,
        None => Ok(Settled::default()),
    };
    // The last connection writes the log into the file.
    database.close().await;
    let (position, installation) = outcome?;
    Ok(Put { db: Db::open(&options).await?, position, installation, settled: settled? })
}

/// The backup works with the keys that it was made with.
fn refuse_other_secret(config: &Config, backup: &Backup) -> Result<(), Failure> {
    let key = &backup.manifest.key;
    let keys = secrets::existing(config)?.map(|secrets| secrets.key_ring());
    if key.is_empty() || keys.is_some_and(|keys| keys.find(key).is_some()) {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Config,
        format!(
            "the secret file {} is missing, or another one than this backup belongs to: put that one there, or go on \
             without it by --other-secret",
            config.auth.secret_file.display()
        ),
    ))
}

/// What was acknowledged after the backup and is not in it, as far as the old file can be read.
async fn lost(put: &Put, file: &Path) -> String {
    match orders_lost(put, file).await {
        Ok(Some(orders)) if orders.is_empty() => "no order is missing that was in it\n".to_owned(),
        Ok(Some(orders)) => {
            let mut text =
                format!("orders that were placed after the backup and are missing: {}\n", orders.len());
            for order in orders.iter().take(MAX_LISTED_ORDERS) {
                let _ = writeln!(text, "  {}", order.number());
            }
            if orders.len() > MAX_LISTED_ORDERS {
                let _ = writeln!(text, "  and {} more", orders.len() - MAX_LISTED_ORDERS);
            }
            text
        }
        Ok(None) => "it was of another shop\n".to_owned(),
        Err(failure) => format!("which orders are missing cannot be told: {failure}\n"),
    }
}

/// `None`: it is of another installation.
async fn orders_lost(put: &Put, file: &Path) -> Result<Option<Vec<OrderId>>, Failure> {
    let old = Db::open(&DbOptions::new(format!("sqlite:{}", file.display()))).await?;
    let read = async {
        migrate::status(&old).await?;
        let found = read::installation(&mut old.read().await?).await?;
        if found.is_none_or(|found| found.id != put.installation.id) {
            return Ok(None);
        }
        orders_not_in(&put.db, &old, put.position).await.map(Some)
    };
    let outcome: Result<_, ordervault_persistence::Error> = read.await;
    old.close().await;
    Ok(outcome?)
}

/// The old files get other names, then the new one gets theirs. Interrupted in between, the server refuses to start, and the
/// same command goes on.
fn exchange(new: &Path, file: &Path, aside: Option<&Path>) -> std::io::Result<()> {
    // Without the log of the old file: it would be taken for that of the new one.
    for end in BESIDE {
        let beside = with_end(file, end);
        match aside {
            Some(aside) if beside.exists() => fs::rename(&beside, with_end(aside, end))?,
            None if beside.exists() => fs::remove_file(&beside)?,
            _ => {}
        }
    }
    if let Some(aside) = aside {
        fs::rename(file, aside)?;
    }
    fs::rename(new, file)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

fn epoch_line(position: i64, installation: &Installation, keeps_sessions: bool) -> String {
    let sessions = if keeps_sessions { "sessions are kept" } else { "all sessions are ended" };
    format!("put back to position {position}; epoch {} begins, {sessions}\n", installation.epoch)
}

fn settled_lines(Settled { erased, waiting }: Settled) -> String {
    let mut text = String::new();
    if erased > 0 {
        let _ = writeln!(text, "accounts that were erased after the backup, and are erased again: {erased}");
    }
    if waiting > 0 {
        let _ = writeln!(
            text,
            "accounts that were to be erased, and have their {DELETION_GRACE_DAYS} days again: {waiting}"
        );
    }
    text
}

fn compact(time: Timestamp) -> String {
    time.to_string().chars().filter(|symbol| !"-:.".contains(*symbol)).collect()
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(end);
    PathBuf::from(path)
}

/// A file that is gone in the end, unless it got another name.
struct Unfinished(PathBuf);

impl Unfinished {
    fn remove(&self) {
        for end in ["", BESIDE[0], BESIDE[1]] {
            // Mostly there is none.
            _ = fs::remove_file(with_end(&self.0, end));
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.remove();
    }
}
