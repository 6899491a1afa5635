//! Why a backup cannot be made, checked or restored.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{DbError, Error};
use crate::writer::WriteError;

/// Why a backup cannot be made, checked or restored. Nothing is harmed by any of them.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// The database, or the copy of it.
    #[error(transparent)]
    Database(#[from] Error),
    /// The database could not be read, or the copy not be written.
    #[error("cannot copy the database to {}: is there room, is the disk well?", path.display())]
    Copy {
        /// The copy.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: DbError,
    },
    /// The write queue of the copy.
    #[error("the copy cannot be written")]
    Write(#[from] WriteError),
    /// Another run is at it.
    #[error("another backup is being made or removed in {}: wait for it", .0.display())]
    Busy(PathBuf),
    /// No manifest beside it, or one that cannot be read.
    #[error("{} is no backup: there is no manifest beside it that can be read", .0.display())]
    NoManifest(PathBuf),
    /// The copy is not there, or shorter or longer.
    #[error("{} is cut off: it has {found} bytes, its manifest says {expected}", path.display())]
    Cut {
        /// The copy.
        path: PathBuf,
        /// Its size.
        found: u64,
        /// The size that it had.
        expected: u64,
    },
    /// The copy has other bytes.
    #[error("{} was altered: its checksum is not that of its manifest", .0.display())]
    Altered(PathBuf),
    /// The copy is whole, but the manifest tells something else about it.
    #[error("the manifest of {} does not tell what is in it", .0.display())]
    Mismatch(PathBuf),
    /// Made by a program with another schema.
    #[error(
        "{} has schema {schema}, this program {known}: restore it with the program that made it, ordervault {program}, and upgrade then",
        path.display()
    )]
    Schema {
        /// The copy.
        path: PathBuf,
        /// Its schema.
        schema: i64,
        /// The schema of this program.
        known: i64,
        /// The version of the program that made it.
        program: String,
    },
    /// Not one of the backups is whole.
    #[error("not one backup in {} is whole, so none is removed", .0.display())]
    NoneWhole(PathBuf),
}

impl BackupError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io { doing, path: path.to_owned(), cause }
    }
}

impl From<DbError> for BackupError {
    fn from(error: DbError) -> Self {
        Self::Database(Error::Db(error))
    }
}
