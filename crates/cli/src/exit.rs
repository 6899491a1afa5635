//! How the program ends: exit codes, and the one line that tells why. What the errors of the database mean stands here;
//! a reader of foreign data turns its own errors into a [`Failure`].

use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

use ordervault_persistence::backup::BackupError;
use ordervault_persistence::clock::ClockError;
use ordervault_persistence::repair::RepairError;
use ordervault_persistence::transfer::TransferError;
use ordervault_persistence::writer::WriteError;
use ordervault_persistence::{DbError, Error};

/// The exit codes; those from 64 up are the ones of `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, nothing to remark.
    Ok = 0,
    /// Done as far as possible, but there are findings: rows left out, verification failed.
    Findings = 1,
    /// The command line is wrong, or something could not be checked for want of a key.
    Usage = 2,
    /// The database or the server cannot be reached, or the port is taken.
    Unavailable = 69,
    /// A mistake in this program.
    Internal = 70,
    /// A file or folder cannot be made.
    CannotCreate = 73,
    /// Reading or writing failed.
    Io = 74,
    /// The configuration is wrong or unsafe, or the schema or a key file does not fit.
    Config = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command ended early: one line for the operator, what failed and what to do, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// The line, without the program's name. Several only where several things are to be changed.
    pub message: String,
}

impl Failure {
    /// A failure with its line.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// An error with all its causes in one line.
    #[must_use]
    pub fn caused(exit: Exit, error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message.push_str(": ");
            message.push_str(&error.to_string());
            cause = error.source();
        }
        Self { exit, message: message.replace('\n', " ") }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        let exit = match &error {
            DbError::Unusable(_) => Exit::Config,
            DbError::File(_) => Exit::CannotCreate,
            DbError::StorageFull(_) | DbError::StorageIo(_) | DbError::Damaged(_) => Exit::Io,
            DbError::Conflict { .. } | DbError::Other(_) => Exit::Internal,
            _ => Exit::Unavailable,
        };
        Self::caused(exit, &error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Db(error) => error.into(),
            Error::Raced => Self::caused(Exit::Unavailable, &error),
            error => Self::caused(Exit::Internal, &error),
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match &error {
            WriteError::Refused { refusal, .. } => Self::new(Exit::Usage, refusal.to_string()),
            WriteError::Internal | WriteError::KeyReused => Self::caused(Exit::Internal, &error),
            WriteError::Storage => Self::caused(Exit::Io, &error),
            _ => Self::caused(Exit::Unavailable, &error),
        }
    }
}

impl From<ClockError> for Failure {
    fn from(error: ClockError) -> Self {
        match error {
            ClockError::Read(error) => error.into(),
            ClockError::Write(error) => error.into(),
        }
    }
}

impl From<RepairError> for Failure {
    fn from(error: RepairError) -> Self {
        match error {
            RepairError::Database(error) => error.into(),
            RepairError::Write(error) => error.into(),
            error => Self::caused(Exit::Io, &error),
        }
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Database(error) => error.into(),
            TransferError::Write { .. } => Self::caused(Exit::Unavailable, &error),
            _ => Self::caused(Exit::Io, &error),
        }
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Database(error) => error.into(),
            BackupError::Write(error) => error.into(),
            BackupError::Busy(_) => Self::caused(Exit::Unavailable, &error),
            BackupError::Schema { .. } => Self::caused(Exit::Config, &error),
            _ => Self::caused(Exit::Io, &error),
        }
    }
}

/// Standard output went away or is full.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(Exit::Io, format!("cannot write the output: {error}"))
    }
}

/// One line on standard error. If that is gone as well, there is nobody left to tell.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
}
