//! Making a backup.

use std::fs;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use ordervault_domain::time::Timestamp;

use super::error::BackupError;
use super::folder::{Backup, BackupFolder, blocking, checksum, flush, private};
use super::manifest::{Maker, Manifest};
use crate::db::Db;
use crate::error::DbError;

/// Tries to cut the write-ahead log back after a backup,
const LOG_TRIES: u32 = 20;
/// with a pause between two.
const LOG_PAUSE: Duration = Duration::from_millis(250);
/// What has been copied is flushed to the disk that often.
const FLUSH_PAUSE: Duration = Duration::from_millis(200);

impl BackupFolder {
    /// Makes a backup of what is in the database now; a server may run beside it. What fails leaves nothing behind.
    ///
    /// # Errors
    /// When another backup is being made, the disk is full or fails, or the database cannot be read.
    pub async fn create(&self, db: &Db, maker: &Maker, now: Timestamp) -> Result<Backup, BackupError> {
        let _lock = self.lock()?;
        self.sweep()?;
        let name = Manifest::name(now);
        let unfinished = self.unfinished(&name);
        let outcome = self.write(db, maker, now, &name, &unfinished).await;
        cut_back_log(db).await;
        if outcome.is_err() {
            // What cannot be removed is swept by the next run.
            _ = fs::remove_file(&unfinished);
        }
        outcome
    }

    async fn write(
        &self,
        db: &Db,
        maker: &Maker,
        now: Timestamp,
        name: &str,
        unfinished: &Path,
    ) -> Result<Backup, BackupError> {
        // SQLite takes an empty file, which is ours alone from the start.
        private(unfinished).map_err(BackupError::io("make", unfinished))?;
        copy(db, unfinished).await?;
        let path = unfinished.to_owned();
        let size = blocking(move || {
            flush(&path)?;
            checksum(&path)
        })
        .await?;
        let copy = Db::open_copy(unfinished).await?;
        let manifest = Manifest::of(&copy, maker, now, size).await;
        copy.close().await;
        let backup = Backup { path: self.path().join(format!("{name}.db")), manifest: manifest? };
        let (folder, from, made) = (self.clone(), unfinished.to_owned(), backup.clone());
        blocking(move || folder.name(&from, &made)).await?;
        Ok(backup)
    }

    /// Gives the copy its name, and then the manifest.
    fn name(&self, copy: &Path, backup: &Backup) -> Result<(), BackupError> {
        let manifest = backup.path.with_extension("json");
        let unfinished = self.unfinished(&format!("{}-manifest", backup.name()));
        let text = serde_json::to_vec_pretty(&backup.manifest).map_err(crate::error::Error::Encode)?;
        private(&unfinished).map_err(BackupError::io("make", &unfinished))?;
        fs::write(&unfinished, text).map_err(BackupError::io("write", &unfinished))?;
        flush(&unfinished)?;
        fs::rename(copy, &backup.path).map_err(BackupError::io("name", &backup.path))?;
        flush(self.path())?;
        fs::rename(&unfinished, &manifest).map_err(BackupError::io("name", &manifest))?;
        flush(self.path())
    }
}

/// Copies the database. What is written goes to the disk bit by bit: all at once at the end, everybody else's commit would wait
/// for it.
async fn copy(db: &Db, unfinished: &Path) -> Result<(), BackupError> {
    let mut copying = pin!(db.copy_to(unfinished));
    let outcome = loop {
        tokio::select! {
            outcome = &mut copying => break outcome,
            () = tokio::time::sleep(FLUSH_PAUSE) => {
                let path = unfinished.to_owned();
                blocking(move || flush(&path)).await?;
            }
        }
    };
    outcome.map_err(|cause| match cause {
        DbError::StorageFull(_) | DbError::StorageIo(_) => {
            BackupError::Copy { path: unfinished.to_owned(), cause }
        }
        cause => cause.into(),
    })
}

/// The log has kept everything that was written while the copy was made. Whoever writes cuts it back sooner or later; so that
/// it is soon, also where nobody writes.
async fn cut_back_log(db: &Db) {
    for _ in 0..LOG_TRIES {
        match db.truncate_log().await {
            Ok(true) => return,
            Ok(false) => tokio::time::sleep(LOG_PAUSE).await,
            Err(error) => return tracing::debug!(%error, "the write-ahead log could not be cut back"),
        }
    }
}
