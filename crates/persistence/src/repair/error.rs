//! Why a repair ends.

use crate::error::{DbError, Error};
use crate::verify::slices::cause;
use crate::writer::WriteError;

/// Why a repair ended.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// The database.
    #[error(transparent)]
    Database(Error),
    /// The event that says that rows were made anew cannot be written.
    #[error("the new epoch cannot be written down")]
    Write(#[from] WriteError),
    /// What is stored cannot be read everywhere: nothing can be written where it cannot be read.
    #[error(
        "some of what is stored cannot be read ({0}), and cannot be repaired in its place: restore a backup, or save what is \
         whole with `ordervault export jsonl FILE --salvage`"
    )]
    Unreadable(String),
    /// The installation cannot be told from its history.
    #[error(
        "the history of the installation does not hold, and without it nothing is repaired: restore a backup ({0})"
    )]
    Installation(String),
}

impl From<Error> for RepairError {
    fn from(error: Error) -> Self {
        match error {
            error if error.is_of_the_rows() => Self::Unreadable(cause(&error)),
            error => Self::Database(error),
        }
    }
}

impl From<DbError> for RepairError {
    fn from(error: DbError) -> Self {
        Error::Db(error).into()
    }
}
