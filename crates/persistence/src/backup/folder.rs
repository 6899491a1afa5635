//! The folder of backups, and one backup in it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::BackupError;
use super::manifest::{Maker, Manifest};
use crate::db::Db;
use crate::migrate;

/// Bytes that are read at a time.
const READ_BYTES: usize = 256 * 1024;
/// The name of the file that is locked while a backup is made or removed.
const LOCK: &str = "lock";
/// How the names of unfinished files end.
const UNFINISHED: &str = "part";

/// Where backups are kept: best on another disk than the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupFolder(PathBuf);

/// A backup: a copy and its manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The copy.
    pub path: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
}

impl BackupFolder {
    /// In this folder, which is made with the first backup.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Its backups, the newest first: those whose manifests can be read.
    ///
    /// # Errors
    /// When the folder cannot be read. One that is not there has no backups.
    pub fn list(&self) -> Result<Vec<Backup>, BackupError> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
            Err(error) => return Err(BackupError::io("read the folder", &self.0)(error)),
        };
        let mut backups: Vec<Backup> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .filter_map(|path| Backup::open(&path).ok())
            .collect();
        backups.sort_by(|a, b| b.path.cmp(&a.path));
        Ok(backups)
    }

    /// Makes the folder if need be, and keeps others from making or removing backups until the answer is dropped.
    pub(super) fn lock(&self) -> Result<File, BackupError> {
        self.make()?;
        let path = self.0.join(LOCK);
        let lock = private(&path).map_err(BackupError::io("make", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(BackupError::Busy(self.0.clone())),
            Err(TryLockError::Error(error)) => Err(BackupError::io("lock", &path)(error)),
        }
    }

    /// Makes the folder if need be, for its owner alone.
    pub(super) fn make(&self) -> Result<(), BackupError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0).map_err(BackupError::io("make the folder", &self.0))
    }

    /// A name for something unfinished of this name.
    pub(super) fn unfinished(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.{UNFINISHED}"))
    }

    /// Removes what a killed run left: only whoever holds the lock may.
    pub(super) fn sweep(&self) -> Result<(), BackupError> {
        let entries = fs::read_dir(&self.0).map_err(BackupError::io("read the folder", &self.0))?;
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let is_copy = path.extension().is_some_and(|extension| extension == "db");
            let is_unfinished = path.extension().is_some_and(|extension| extension == UNFINISHED);
            if is_unfinished || is_copy && !path.with_extension("json").exists() {
                fs::remove_file(&path).map_err(BackupError::io("remove", &path))?;
            }
        }
        Ok(())
    }
}

impl Backup {
    /// The backup of which this is the copy or the manifest. Only the manifest is read.
    ///
    /// # Errors
    /// When there is no manifest, or none that can be read.
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let none = || BackupError::NoManifest(path.to_owned());
        let text = fs::read_to_string(path.with_extension("json")).map_err(|_| none())?;
        let manifest: Manifest = serde_json::from_str(&text).map_err(|_| none())?;
        match manifest.is_known() {
            true => Ok(Self { path: path.with_extension("db"), manifest }),
            false => Err(none()),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Is the copy to the bit what was made?
    ///
    /// # Errors
    /// [`BackupError::Cut`] and [`BackupError::Altered`], or when it cannot be read.
    pub fn check_bytes(&self) -> Result<(), BackupError> {
        let found = match fs::metadata(&self.path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(BackupError::io("read", &self.path)(error)),
        };
        if found != self.manifest.bytes {
            let (path, expected) = (self.path.clone(), self.manifest.bytes);
            return Err(BackupError::Cut { path, found, expected });
        }
        match checksum(&self.path)?.1 == self.manifest.sha256 {
            true => Ok(()),
            false => Err(BackupError::Altered(self.path.clone())),
        }
    }

    /// Opens the copy for reading, after a look at its bytes, and compares it with its manifest. The caller may go on to verify it.
    ///
    /// # Errors
    /// When it is not what was made, has another schema than this program, or its manifest tells something else.
    pub async fn check(&self) -> Result<Db, BackupError> {
        let backup = self.clone();
        blocking(move || backup.check_bytes()).await?;
        let copy = Db::open_copy(&self.path).await?;
        let outcome = self.compare(&copy).await;
        match outcome {
            Ok(()) => Ok(copy),
            Err(error) => {
                copy.close().await;
                Err(error)
            }
        }
    }

    /// Copies the copy to a place where nothing is, to the bit what was made, and flushes it.
    ///
    /// # Errors
    /// When there is something, the disk is full or fails, or the copy is not what was made.
    pub async fn copy_to(&self, path: &Path) -> Result<(), BackupError> {
        let (backup, path) = (self.clone(), path.to_owned());
        blocking(move || {
            let mut from = File::open(&backup.path).map_err(BackupError::io("read", &backup.path))?;
            let mut to = private(&path).map_err(BackupError::io("make", &path))?;
            io::copy(&mut from, &mut to).map_err(BackupError::io("write", &path))?;
            flush(&path)?;
            match checksum(&path)?.1 == backup.manifest.sha256 {
                true => Ok(()),
                false => Err(BackupError::Altered(backup.path)),
            }
        })
        .await
    }

    async fn compare(&self, copy: &Db) -> Result<(), BackupError> {
        let schema = migrate::status(copy).await?;
        if !schema.is_current() {
            let (path, program) = (self.path.clone(), self.manifest.program.clone());
            return Err(BackupError::Schema { path, schema: schema.applied, known: schema.known, program });
        }
        let maker = Maker { program: "", key: self.manifest.key.clone() };
        let size = (self.manifest.bytes, self.manifest.sha256.clone());
        let found = Manifest::of(copy, &maker, self.manifest.made_at, size).await?;
        match (Manifest { program: self.manifest.program.clone(), ..found }) == self.manifest {
            true => Ok(()),
            false => Err(BackupError::Mismatch(self.path.clone())),
        }
    }
}

/// Opens a file for its owner alone, made where it is missing.
pub(super) fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Size and SHA-256 of a file.
pub(super) fn checksum(path: &Path) -> Result<(u64, String), BackupError> {
    let failed = || BackupError::io("read", path);
    let mut file = File::open(path).map_err(failed())?;
    let (mut hasher, mut size, mut buffer) = (Sha256::new(), 0, vec![0; READ_BYTES]);
    loop {
        let read = file.read(&mut buffer).map_err(failed())?;
        if read == 0 {
            return Ok((size, hex::encode(hasher.finalize())));
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
    }
}

/// Flushes a file, or the names in a folder, to the disk.
pub(super) fn flush(path: &Path) -> Result<(), BackupError> {
    let file = File::open(path).map_err(BackupError::io("open", path))?;
    file.sync_all().map_err(BackupError::io("flush", path))
}

/// Runs what reads or flushes whole files beside everything else.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(BackupError::io("run", Path::new("a thread"))(io::Error::other(error))),
    }
}
