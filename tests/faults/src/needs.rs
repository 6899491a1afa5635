//! What a scenario needs of the machine, and whether it is there.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What not every machine has. A scenario of the short form needs none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The right to mount file systems.
    Root,
    /// A loop device, ext4, and Perl for one call of the operating system.
    LoopDisk,
    /// The right to trace processes, and `strace`.
    Strace,
    /// `libfaketime`.
    FakeTime,
}

impl Need {
    /// Why it is not there, if it is not.
    pub fn missing(self) -> Option<&'static str> {
        match self {
            Self::Root if !is_root() => Some("needs root, to mount file systems"),
            Self::LoopDisk if !is_root() || !works("losetup", "-f") || !works("mkfs.ext4", "-V") => {
                Some("needs root, a free loop device (losetup -f) and mkfs.ext4")
            }
            Self::LoopDisk if !works("perl", "-v") => Some("needs perl"),
            Self::Strace if !is_root() || !works("strace", "-V") => Some("needs root and strace"),
            Self::FakeTime if fake_time().is_none() => {
                Some("needs libfaketime (apt-get install libfaketime)")
            }
            _ => None,
        }
    }
}

/// The library, where Debian and others put it.
pub fn fake_time() -> Option<PathBuf> {
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/local/lib"];
    let files = folders.map(|folder| Path::new(folder).join("faketime/libfaketime.so.1"));
    files.into_iter().find(|file| file.exists())
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn works(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(argument).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
