//! Who else on this machine may reach a file.

use std::path::Path;

/// What the rights of others and of the group allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Everybody may read or write it.
    pub everybody: bool,
    /// The group may.
    pub group: bool,
}

/// The rights of others to a file or folder; `None` where it is not there, or where files have no such rights.
#[must_use]
pub fn of(path: &Path) -> Option<Rights> {
    #[cfg(unix)]
    {
        const READ_OR_WRITE: u32 = 0o6;
        let mode = std::os::unix::fs::MetadataExt::mode(&path.metadata().ok()?);
        Some(Rights { everybody: mode & READ_OR_WRITE != 0, group: (mode >> 3) & READ_OR_WRITE != 0 })
    }
    #[cfg(not(unix))]
    {
        _ = path;
        None
    }
}
