//! The file beside a SQLite database, with `-server` behind its name: the one server holds it locked, and it says which
//! installation runs here, so that nobody begins a new shop unawares where the database of another one is missing; and, until the
//! server has stopped as it should, that it runs.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ordervault_domain::id::InstallationId;
use ordervault_persistence::db::Db;
use ordervault_persistence::{migrate, read};

use crate::config::Config;
use crate::exit::{Exit, Failure};

/// The second line of the file while a server runs, and after one that was killed.
const RUNNING: &str = "running";

/// Held by the one server on a SQLite file, until it is dropped or the process ends however it does.
pub struct ServerLock {
    file: File,
    path: PathBuf,
    was_killed: bool,
}

impl ServerLock {
    /// Sees to it that one server at a time runs on a SQLite file. Other commands may write beside it. `None`: PostgreSQL
    /// serves any number.
    ///
    /// # Errors
    /// When another server runs on the file, or the file beside it cannot be made.
    pub fn take(config: &Config) -> Result<Option<Self>, Failure> {
        let Some((database, path)) = beside(config) else { return Ok(None) };
        let cannot = |error: io::Error| {
            Failure::new(Exit::CannotCreate, format!("cannot make and lock {}: {error}", path.display()))
        };
        let mut options = File::options();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => {
                let text = fs::read_to_string(&path).unwrap_or_default();
                Ok(Some(Self { file, was_killed: text.lines().nth(1) == Some(RUNNING), path }))
            }
            Err(TryLockError::WouldBlock) => Err(Failure::new(
                Exit::Unavailable,
                format!(
                    "another server runs on {}: stop it first, or name another --data-dir; several servers need PostgreSQL",
                    database.display()
                ),
            )),
            Err(TryLockError::Error(error)) => Err(cannot(error)),
        }
    }

    /// Did the server before this one end without having stopped: killed, or with the machine?
    #[must_use]
    pub fn was_killed(&self) -> bool {
        self.was_killed
    }

    /// Writes down which installation runs here.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn name(&self, installation: InstallationId) -> Result<(), Failure> {
        let name = installation.to_string();
        if named(&self.path).as_deref() == Some(&name) {
            return Ok(());
        }
        self.file.set_len(0).map_err(|error| self.cannot(&error))?;
        self.append(&name)
    }

    /// Writes down that a server runs. Where that cannot be, nobody is told if it is killed.
    pub fn started(&self) {
        if !self.was_killed
            && let Err(error) = self.append(&format!("\n{RUNNING}\n"))
        {
            tracing::warn!("{error}");
        }
    }

    /// The server has stopped as it should. Where that cannot be written, the next one looks for damage.
    pub fn stopped(self) {
        let name = named(&self.path).unwrap_or_default();
        let cut = self.file.set_len(name.len() as u64).map_err(|error| self.cannot(&error));
        if let Err(error) = cut.and_then(|()| self.append("")) {
            tracing::warn!("{error}");
        }
    }

    fn append(&self, text: &str) -> Result<(), Failure> {
        let written = (&self.file).write_all(text.as_bytes()).and_then(|()| self.file.sync_all());
        written.map_err(|error| self.cannot(&error))
    }

    fn cannot(&self, error: &io::Error) -> Failure {
        Failure::new(Exit::Io, format!("cannot write {}: {error}", self.path.display()))
    }
}

/// Refuses to make a database where one has been: it is missing or empty, but the file beside it names an installation, or
/// the first start has made a secret file. `is_new`: that is meant.
///
/// # Errors
/// Names what says that there was one, and the way on.
pub fn refuse_lost(config: &Config, is_new: bool) -> Result<(), Failure> {
    let Some((database, path)) = beside(config) else { return Ok(()) };
    if is_new || fs::metadata(&database).is_ok_and(|metadata| metadata.len() > 0) {
        return Ok(());
    }
    let secret_file = config.made_secret_file().filter(|file| file.exists());
    match named(&path).map(|_| path.as_path()).or(secret_file) {
        None => Ok(()),
        Some(trace) => Err(Failure::new(
            Exit::Unavailable,
            format!(
                "the database {} is missing or empty, but {} is of a shop that ran here: put the file back, run `ordervault \
                 restore`, or begin a new shop with --new",
                database.display(),
                trace.display()
            ),
        )),
    }
}

/// Refuses a database of another installation than ran here. `is_new`: that is meant.
///
/// # Errors
/// Names both, and the way on; or the database cannot be read.
pub async fn refuse_foreign(config: &Config, db: &Db, is_new: bool) -> Result<(), Failure> {
    let Some((database, path)) = beside(config).filter(|_| !is_new) else { return Ok(()) };
    let Some(known) = named(&path) else { return Ok(()) };
    let found = match migrate::status(db).await?.applied {
        0 => None,
        _ => read::installation(&mut db.read().await?).await?,
    };
    let found = found.map(|installation| installation.id.to_string());
    if found.as_ref() == Some(&known) {
        return Ok(());
    }
    let found = found.map_or_else(|| "holds no shop".to_owned(), |found| format!("is of the shop {found}"));
    Err(Failure::new(
        Exit::Unavailable,
        format!(
            "the database {} {found}, but {} names {known}: put the right file back, run `ordervault restore`, or take this \
             one with --new",
            database.display(),
            path.display()
        ),
    ))
}

/// The installation that the file names, if it names one.
fn named(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.lines().next()?.to_owned()).filter(|name| !name.is_empty())
}

/// The file of a SQLite database, and the one beside it.
fn beside(config: &Config) -> Option<(PathBuf, PathBuf)> {
    let is_file = |file: &&Path| !file.as_os_str().to_string_lossy().contains(":memory:");
    let database = config.database.url.file().filter(is_file)?;
    let mut path = database.as_os_str().to_owned();
    path.push("-server");
    Some((database.to_owned(), PathBuf::from(path)))
}
