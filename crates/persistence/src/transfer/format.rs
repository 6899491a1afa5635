//! The first and the last line, and what can go wrong.

use ordervault_domain::aggregate::Kind;
use serde::{Deserialize, Serialize};

use crate::error::{DbError, Error};
use crate::writer::WriteError;

/// What the first line says it is.
pub const FORMAT: &str = "ordervault-export";
/// The version that is written, and the highest that is read.
pub const VERSION: u32 = 2;
/// The lowest version that is read, and that of the programs from before the first release. Its states have another shape:
/// only its histories are looked at.
pub(super) const UNRELEASED_VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub format: String,
    pub version: u32,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Footer {
    pub end: Counts,
    /// Over all bytes before this line, in lower-case hexadecimal digits.
    pub sha256: String,
}

/// How many resources of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub stores: u64,
    pub products: u64,
    pub customers: u64,
    pub orders: u64,
}

impl Counts {
    /// All together.
    #[must_use]
    pub fn total(self) -> u64 {
        self.stores + self.products + self.customers + self.orders
    }

    /// The count of a kind that travels.
    pub(super) fn of(&mut self, kind: Kind) -> Option<&mut u64> {
        match kind {
            Kind::Store => Some(&mut self.stores),
            Kind::Product => Some(&mut self.products),
            Kind::Customer => Some(&mut self.customers),
            Kind::Order => Some(&mut self.orders),
            Kind::Member | Kind::Installation => None,
        }
    }
}

/// Why an export or import could not be carried on. What was adopted before stays; the same again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The file or stream.
    #[error("the export file cannot be read or written")]
    Io(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Database(#[from] Error),
    /// The first line is another one.
    #[error(
        "this is not an export of ordervault: its first line must be {{\"format\":\"{FORMAT}\",\"version\":{VERSION}}}"
    )]
    NotAnExport,
    /// Written by a later program.
    #[error(
        "the export has format version {version}, this program knows up to {VERSION}: use the program that wrote it, or a later one"
    )]
    UnknownVersion {
        /// The version that it has.
        version: u32,
    },
    /// The last line is not that of an export. Nothing was written.
    #[error("the export is cut off: its last line is missing; nothing was imported")]
    CutOff,
    /// The write queue takes nothing more.
    #[error("the import stopped after line {line}")]
    Write {
        /// The line that could not be written.
        line: u64,
        /// Why.
        #[source]
        cause: WriteError,
    },
}

impl From<DbError> for TransferError {
    fn from(error: DbError) -> Self {
        Self::Database(Error::Db(error))
    }
}
