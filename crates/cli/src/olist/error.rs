//! Why a folder cannot be read at all.

use std::path::PathBuf;

use crate::exit::{Exit, Failure};

/// Why a folder cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum OlistError {
    /// Some of the seven files are not there.
    #[error("{} has no {}; each of the seven files is needed, as .csv or .csv.gz", folder.display(), names.join(", "))]
    MissingFiles {
        /// The folder looked into.
        folder: PathBuf,
        /// The missing files, without extension.
        names: Vec<&'static str>,
    },
    /// A file is there twice, and only the operator knows which one counts.
    #[error("{} has both {name}.csv and {name}.csv.gz; keep one of them", folder.display())]
    BothForms {
        /// The folder looked into.
        folder: PathBuf,
        /// The file, without extension.
        name: &'static str,
    },
    /// The first line is not there.
    #[error("{} is empty: its first line must name the columns", path.display())]
    NoHeader {
        /// The file.
        path: PathBuf,
    },
    /// The first line lacks columns that are needed.
    #[error("{} has no column {}; its first line must name the columns as published", path.display(), columns.join(", "))]
    MissingColumns {
        /// The file.
        path: PathBuf,
        /// The missing columns.
        columns: Vec<&'static str>,
    },
    /// A gzip'ed file ends too early.
    #[error("{} is cut off after line {line}: copy or download it again", path.display())]
    CutOff {
        /// The file.
        path: PathBuf,
        /// The last whole line.
        line: u64,
    },
    /// The file cannot be opened or read, or its compression is damaged.
    #[error("cannot read {} (after line {line})", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The last line read, 0 when it could not be opened.
        line: u64,
        /// What the system or the decompressor says.
        source: std::io::Error,
    },
}

impl From<OlistError> for Failure {
    fn from(error: OlistError) -> Self {
        Self::caused(Exit::Io, &error)
    }
}
