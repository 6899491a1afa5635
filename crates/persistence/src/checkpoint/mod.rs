//! Checkpoints: what the database was at a time, told in small files outside of it. Each says how many events there were and
//! what they were, all in one hash, and is sealed; so it shows when the newest events are cut off, some are taken out, or an
//! older database is put in the place of this one.
//!
//! A checkpoint goes on from the one before: only what has come since is read. `docs/tamper-evidence.md` describes the file.

mod file;
mod folder;

use std::path::Path;

use ordervault_domain::time::Timestamp;

pub use file::{Checkpoint, CheckpointKind, Root};
pub use folder::{Folder, FolderFault};

use crate::db::Db;
use crate::error::{DbError, Error, onwards};
use crate::migrate;
use crate::seal::KeyRing;
use crate::statement::{Template, statements};
use crate::tables::installations::installation;
use crate::tx::Conn;

/// Events that are read at a time.
const EVENTS_PER_PAGE: i64 = 5_000;

statements! {
    HASHES: Template = Template::new(
        "SELECT o.position, h.hash FROM outbox o JOIN history h ON h.entity_id = o.entity_id AND h.seq = o.seq
         WHERE o.position > $1 AND o.position <= $2 ORDER BY o.position LIMIT $3"
    );
    LAST: Template = Template::new("SELECT COALESCE(MAX(position), 0) FROM outbox");
}

/// What became of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was written.
    Written(Checkpoint),
    /// Nothing has happened since this one.
    NothingNew(Checkpoint),
}

/// Why no checkpoint was written. One line, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The database.
    #[error(transparent)]
    Database(#[from] Error),
    /// The folder.
    #[error("the folder of checkpoints {folder} cannot be used: {cause}", folder = .folder.display())]
    Folder {
        /// Which.
        folder: std::path::PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The newest checkpoint is not one to go on from.
    #[error("the newest checkpoint does not fit: {0}; `ordervault verify --checkpoints` tells more")]
    Unfit(String),
}

impl From<DbError> for CheckpointError {
    fn from(error: DbError) -> Self {
        Self::Database(Error::Db(error))
    }
}

/// Writes the next checkpoint of this database into the folder, which is made where it is missing.
///
/// # Errors
/// When the newest checkpoint was altered, or tells of more events than there are; when database or folder fail. Then
/// nothing is written.
pub async fn take(db: &Db, keys: &KeyRing, folder: &Path, now: Timestamp) -> Result<Taken, CheckpointError> {
    let newest = newest(folder)?;
    if let Some(newest) = &newest
        && newest.is_sealed(keys) != Some(true)
    {
        let number = newest.number;
        return Err(CheckpointError::Unfit(format!("number {number} was altered, or its key is not here")));
    }
    let mut conn = db.read().await?;
    let next = blank(&mut conn, CheckpointKind::Regular, now, newest.as_ref()).await?;
    let (mut root, last) =
        (newest.as_ref().map(Checkpoint::root).unwrap_or_default(), last(&mut conn).await?);
    if let Some(newest) = newest.as_ref().filter(|newest| newest.position > last) {
        let (number, told) = (newest.number, newest.position);
        return Err(CheckpointError::Unfit(format!(
            "number {number} tells of {told} events, and the database has {last}: it is an older one, or was cut"
        )));
    }
    while advance(&mut conn, &mut root, last).await? {}
    drop(conn);
    let next = next.of(root);
    match newest {
        Some(newest) if next.says_what(&newest) => Ok(Taken::NothingNew(newest)),
        newest => write(next, newest, keys, folder).map(Taken::Written),
    }
}

/// Writes a checkpoint of a database that was put back to this position, which gives up what former checkpoints tell of
/// what came after it. Its key need not be that of the former ones.
///
/// # Errors
/// When the newest checkpoint was altered, or is one of another installation; when database or folder fail. Then nothing is
/// written.
pub async fn take_restored(
    db: &Db,
    keys: &KeyRing,
    folder: &Path,
    position: i64,
    now: Timestamp,
) -> Result<Checkpoint, CheckpointError> {
    let newest = newest(folder)?;
    if let Some(newest) = &newest
        && newest.is_sealed(keys) == Some(false)
    {
        return Err(CheckpointError::Unfit(format!("number {} was altered", newest.number)));
    }
    let mut conn = db.read().await?;
    let next = blank(&mut conn, CheckpointKind::Restored, now, newest.as_ref()).await?;
    let next = next.of(root(&mut conn, position).await?);
    drop(conn);
    write(next, newest, keys, folder)
}

fn newest(folder: &Path) -> Result<Option<Checkpoint>, CheckpointError> {
    Folder::new(folder).newest().map_err(failed(folder))
}

/// Writes a checkpoint behind the newest one.
fn write(
    next: Checkpoint,
    newest: Option<Checkpoint>,
    keys: &KeyRing,
    folder: &Path,
) -> Result<Checkpoint, CheckpointError> {
    let next = match newest {
        Some(newest) => next.after(&newest),
        None => next,
    };
    let next = next.sealed(keys.sealing());
    Folder::new(folder).add(&next).map_err(failed(folder))?;
    Ok(next)
}

fn failed(folder: &Path) -> impl Fn(std::io::Error) -> CheckpointError {
    |cause| CheckpointError::Folder { folder: folder.to_owned(), cause }
}

/// A checkpoint of this database that tells of no events yet. It has to be of the installation of the newest one.
async fn blank(
    conn: &mut Conn,
    kind: CheckpointKind,
    now: Timestamp,
    newest: Option<&Checkpoint>,
) -> Result<Checkpoint, CheckpointError> {
    let mut next = Checkpoint::blank(kind, now);
    if let Some(installation) = installation(conn).await? {
        (next.installation, next.epoch) = (installation.id.to_string(), installation.epoch);
    }
    next.migrations = migrate::applied(conn).await?;
    match newest.filter(|newest| newest.installation != next.installation) {
        Some(others) => Err(CheckpointError::Unfit(format!(
            "number {} is one of another installation, {}; name another checkpoint.folder",
            others.number, others.installation
        ))),
        None => Ok(next),
    }
}

/// The position of the last event.
pub(crate) async fn last(conn: &mut Conn) -> Result<i64, DbError> {
    Ok(conn.fetch_one::<(i64,)>(&LAST.bind(())).await?.0)
}

/// The events up to a position, as far as they have positions.
///
/// # Errors
/// When the database fails.
pub async fn root(conn: &mut Conn, up_to: i64) -> Result<Root, Error> {
    let mut root = Root::default();
    while advance(conn, &mut root, up_to).await? {}
    Ok(root)
}

/// Goes on with the next events up to a position. False: there are none.
pub(crate) async fn advance(conn: &mut Conn, root: &mut Root, up_to: i64) -> Result<bool, Error> {
    let rows: Vec<(i64, String)> =
        conn.fetch_all(&HASHES.bind((root.position, up_to, EVENTS_PER_PAGE))).await?;
    for (position, hash) in &rows {
        onwards("outbox", *position, &root.position, position)?;
        root.add(*position, hash);
    }
    Ok(!rows.is_empty())
}
