//! Export and import of everything that a shop needs to move house, in a text format of our own: one line of JSON per
//! resource, history and all. The format is described in `docs/export-format.md`.
//!
//! [`export()`] writes the same bytes for the same content, whichever engine holds it. [`import()`] adopts each resource
//! through the write queue: what is there already is left alone, a broken line is accounted for and the rest goes on. [`salvage()`]
//! writes the same lines of what is whole in a damaged database.
//! Members, passwords and logins do not travel, nor does the installation: the shop that imports keeps its own.

mod export;
mod format;
mod import;
mod salvage;

pub use crate::scan::Progress;
pub use export::export;
pub use format::{Counts, FORMAT, TransferError, VERSION};
pub use import::{ImportProgress, Integrity, MAX_LISTED_LINES, RefusedLine, Summary, import, import_file};
pub use salvage::salvage;

/// The fixed statements of these modules.
pub(crate) static STATEMENTS: crate::statement::Statements = salvage::STATEMENTS;
