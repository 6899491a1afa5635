//! Notices within seconds when the database is not the one any more that the server opened: deleted, replaced, put back. What
//! is written then would be lost or mixed up, so nothing is, until somebody has put it right and starts the server again.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ordervault_api::state::ReadyCheck;
use ordervault_domain::installation::Installation;
use ordervault_persistence::db::Db;
use ordervault_persistence::read;

use crate::config::Config;
use crate::database::Database;
use crate::shutdown::Shutdown;

/// Time between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// What was noticed.
pub(super) struct Watch(Arc<OnceLock<String>>);

/// The database as it was opened.
struct Opened {
    /// The file of a SQLite database, and what tells it from others.
    file: Option<(PathBuf, FileId)>,
    installation: Installation,
    db: Db,
}

/// Device and number of a file; nothing where there are no such things.
type FileId = (u64, u64);

impl Watch {
    /// Watches until the server is told to stop.
    pub(super) fn start(config: &Config, database: &Database, stop: Shutdown) -> Self {
        let lost = Arc::new(OnceLock::new());
        let opened = Opened {
            file: config.database.url.file().and_then(|file| Some((file.to_owned(), file_id(file)?))),
            installation: database.writer.installation().clone(),
            db: database.db.clone(),
        };
        let (told, writer) = (Arc::clone(&lost), database.writer.clone());
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = stop.clone().requested() => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
                if let Some(why) = opened.is_lost().await {
                    writer.cut_off();
                    tracing::error!(
                        "{why}: nothing is written any more; put it right, and start the server again"
                    );
                    // It is told once.
                    _ = told.set(why);
                    return;
                }
            }
        });
        Self(lost)
    }

    /// Says no from then on.
    pub(super) fn check(&self) -> ReadyCheck {
        let lost = Arc::clone(&self.0);
        ReadyCheck::new("installation", move || {
            let outcome = lost.get().cloned().map_or(Ok(()), Err);
            Box::pin(std::future::ready(outcome))
        })
    }
}

impl Opened {
    /// Why the database is not the one any more; what cannot be read now says nothing.
    async fn is_lost(&self) -> Option<String> {
        if let Some((path, id)) = &self.file {
            let found = file_id(path);
            return (found != Some(*id) && (found.is_some() || !path.exists()))
                .then(|| "the database file was deleted or replaced".to_owned());
        }
        let mut conn = self.db.read().await.ok()?;
        let found = read::installation(&mut conn).await.ok()??;
        let is_same = found.id == self.installation.id && found.epoch == self.installation.epoch;
        (!is_same).then(|| "the database was replaced or put back".to_owned())
    }
}

#[cfg(unix)]
fn file_id(path: &std::path::Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn file_id(path: &std::path::Path) -> Option<FileId> {
    path.exists().then_some((0, 0))
}
