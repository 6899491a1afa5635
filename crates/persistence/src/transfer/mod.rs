//! Export and import of everything that a shop needs to move house, in a text format of our own: one line of JSON per
//! thing, history and all. The format is described in `docs/export-format.md`.
//!
//! [`export()`] writes the same bytes for the same content, whichever engine holds it. [`import()`] adopts each thing
//! through the write queue: what is there already is left alone, a broken line is accounted for and the rest goes on.
//! Members, passwords and logins do not travel.

mod export;
mod import;

use ordervault_domain::aggregate::Kind;
use ordervault_domain::refusal::Refusal;
use serde::{Deserialize, Serialize};

use crate::error::{DbError, Error};
pub use crate::walk::Progress;
use crate::writer::WriteError;
pub use export::export;
pub use import::{ImportProgress, Integrity, MAX_LISTED_LINES, RefusedLine, Summary, import, import_file};

/// What the first line says it is.
pub const FORMAT: &str = "ordervault-export";
/// The version that is written, and the highest that is read.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Footer {
    end: Counts,
    /// Over all bytes before this line, in lower-case hexadecimal digits.
    sha256: String,
}

/// How many things of each kind.
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
    fn of(&mut self, kind: Kind) -> Option<&mut u64> {
        match kind {
            Kind::Store => Some(&mut self.stores),
            Kind::Product => Some(&mut self.products),
            Kind::Customer => Some(&mut self.customers),
            Kind::Order => Some(&mut self.orders),
            Kind::Member => None,
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

/// A refusal in the words of an import.
fn reason(refusal: &Refusal) -> String {
    match refusal {
        Refusal::UnknownStore => "its store is not there".to_owned(),
        Refusal::UnknownProduct(lines) => {
            format!("products of its lines are not there, or belong to another store: {lines:?}")
        }
        Refusal::Duplicate { field: "id" } => "it is there already, with another history".to_owned(),
        Refusal::Duplicate { field } => format!("something else has the same {field}"),
        Refusal::UnknownCustomer => "its customer is not there".to_owned(),
        other => other.to_string(),
    }
}
