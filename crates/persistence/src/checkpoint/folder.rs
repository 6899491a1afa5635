//! The folder of the checkpoints: a file for each, `checkpoint-00000012.json`, and `newest.json`, a copy of the last one, which
//! tells when that is gone.

use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::file::Checkpoint;
use crate::seal::KeyRing;

const NEWEST: &str = "newest.json";
const PREFIX: &str = "checkpoint-";
const SUFFIX: &str = ".json";
/// Longer files are no checkpoints.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// A folder of checkpoints.
pub struct Folder<'a>(&'a Path);

/// What is wrong with the files themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderFault {
    /// There is no checkpoint at all.
    Empty,
    /// A file is no checkpoint, or not the one that its name says.
    Altered(String),
    /// Checkpoints that others tell of are not there.
    Lost {
        /// The number of the first of them.
        first: u64,
        /// The number of the last of them.
        last: u64,
    },
    /// A checkpoint does not go on from the one before it.
    Unconnected(u64),
    /// The key of this checkpoint is not here.
    NotChecked(u64, String),
}

impl<'a> Folder<'a> {
    /// This folder, which need not be there.
    #[must_use]
    pub fn new(path: &'a Path) -> Self {
        Self(path)
    }

    /// The newest checkpoint, as it stands there.
    ///
    /// # Errors
    /// When the folder or a file cannot be read, or the newest file is no checkpoint.
    pub fn newest(&self) -> io::Result<Option<Checkpoint>> {
        let altered =
            |name: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{name} is no checkpoint"));
        let newest = match self.names()?.0.pop_last() {
            Some(number) => Some(self.read(&name_of(number))?.ok_or_else(|| altered(&name_of(number)))?),
            None => None,
        };
        // Should the last file be gone, its number is not given again.
        let copy = match self.read(NEWEST) {
            Ok(copy) => Some(copy.ok_or_else(|| altered(NEWEST))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(newest.into_iter().chain(copy).max_by_key(|checkpoint| checkpoint.number))
    }

    /// Writes a checkpoint: under another name first, so that nobody meets half a file, and never over another one.
    ///
    /// # Errors
    /// When it cannot be written, or there is one of this number.
    pub(super) fn add(&self, checkpoint: &Checkpoint) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(self.0)?;
        let text = serde_json::to_vec(checkpoint)?;
        let part = self.write_part(&text)?;
        let linked = std::fs::hard_link(&part, self.0.join(name_of(checkpoint.number)));
        let copied = linked.and_then(|()| std::fs::rename(&part, self.0.join(NEWEST)));
        if copied.is_err() {
            std::fs::remove_file(&part)?;
        }
        copied?;
        #[cfg(unix)]
        File::open(self.0)?.sync_all()?;
        Ok(())
    }

    fn write_part(&self, text: &[u8]) -> io::Result<PathBuf> {
        let part = self.0.join(format!("{NEWEST}-{}", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part)?;
        file.write_all(text)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        Ok(part)
    }

    /// Every checkpoint that can be trusted, in the order of their numbers, and what is wrong with the rest.
    ///
    /// # Errors
    /// When the folder or a file cannot be read.
    pub fn check(&self, keys: Option<&KeyRing>) -> io::Result<(Vec<Checkpoint>, Vec<FolderFault>)> {
        let (numbers, others) = self.names()?;
        let mut faults: Vec<FolderFault> = others.into_iter().map(FolderFault::Altered).collect();
        let (mut good, mut expected) = (vec![], 1);
        let mut before: Option<Checkpoint> = None;
        for number in numbers {
            if number > expected {
                faults.push(FolderFault::Lost { first: expected, last: number - 1 });
            }
            expected = number + 1;
            let found = self.read(&name_of(number))?.filter(|found| found.number == number);
            let sealed = found.as_ref().and_then(|found| keys.and_then(|keys| found.is_sealed(keys)));
            let Some(checkpoint) = found.filter(|_| sealed != Some(false)) else {
                faults.push(FolderFault::Altered(name_of(number)));
                before = None;
                continue;
            };
            if before.is_some_and(|before| before.number + 1 == number && before.seal != checkpoint.previous)
            {
                faults.push(FolderFault::Unconnected(number));
            }
            match sealed {
                Some(_) => good.push(checkpoint.clone()),
                None => faults.push(FolderFault::NotChecked(number, checkpoint.key_id.clone())),
            }
            before = Some(checkpoint);
        }
        match self.read(NEWEST) {
            Ok(Some(newest)) if newest.number >= expected => {
                faults.push(FolderFault::Lost { first: expected, last: newest.number });
            }
            Ok(Some(newest))
                if good.iter().all(|found| found.number != newest.number || *found == newest) => {}
            Ok(_) => faults.push(FolderFault::Altered(NEWEST.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                faults.push(if expected == 1 {
                    FolderFault::Empty
                } else {
                    FolderFault::Altered(NEWEST.to_owned())
                });
            }
            Err(error) => return Err(error),
        }
        Ok((good, faults))
    }

    /// The numbers of the files that are named like checkpoints, and other files that begin like one.
    fn names(&self) -> io::Result<(BTreeSet<u64>, Vec<String>)> {
        let (mut numbers, mut others) = (BTreeSet::new(), vec![]);
        let entries = match std::fs::read_dir(self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((numbers, others)),
            entries => entries?,
        };
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let Some(rest) = name.strip_prefix(PREFIX) else { continue };
            match rest.strip_suffix(SUFFIX).and_then(|number| number.parse().ok()) {
                Some(number) if name == name_of(number) => _ = numbers.insert(number),
                _ => others.push(name),
            }
        }
        others.sort();
        Ok((numbers, others))
    }

    fn read(&self, name: &str) -> io::Result<Option<Checkpoint>> {
        let mut text = vec![];
        File::open(self.0.join(name))?.take(MAX_FILE_BYTES).read_to_end(&mut text)?;
        Ok(Checkpoint::parse(&text))
    }
}

fn name_of(number: u64) -> String {
    format!("{PREFIX}{number:08}{SUFFIX}")
}
