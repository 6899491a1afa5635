//! Backups of a SQLite database: whole copies, made beside a running server, each with a manifest that says what is in it.
//!
//! A backup is two files in the folder of backups, `NAME.db` and `NAME.json`. The copy is made by SQLite itself
//! (`VACUUM INTO`) from one snapshot under another name, flushed, and gets its name; then the manifest does. Without a
//! manifest there is no backup: what a killed run leaves is removed by the next. PostgreSQL has tools of its own, see
//! `docs/recovery.md`.

mod create;
mod erasures;
mod error;
mod folder;
mod manifest;
mod prune;
mod restore;

pub use erasures::{ErasureJournal, Settled, settle_deletions};
pub use error::BackupError;
pub use folder::{Backup, BackupFolder};
pub use manifest::{Maker, Manifest};
pub use prune::Keep;
pub use restore::{begin_epoch, orders_not_in};

/// The fixed statements of these modules.
pub(crate) static ALL_STATEMENTS: &[crate::statement::Statements] =
    &[manifest::STATEMENTS, restore::STATEMENTS];
