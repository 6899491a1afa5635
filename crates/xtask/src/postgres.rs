//! Makes sure that the tests find PostgreSQL's programs. They start their own throwaway servers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::apt;
use crate::shell::{self, Outcome};

/// Oldest major version that ordervault supports.
const MIN_MAJOR: u32 = 15;
/// Where Debian and its relatives keep one folder a version.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";
const PACKAGE: &str = "postgresql";

/// Installs PostgreSQL where it is missing and this user may; otherwise tells the line that does.
pub(crate) fn ensure() -> Outcome {
    if found() {
        return Ok(());
    }
    let missing = format!("no PostgreSQL {MIN_MAJOR} or newer (initdb, postgres)");
    println!("{missing}: installing it");
    apt::install(PACKAGE).map_err(|reason| format!("{missing}; {reason}"))?;
    if found() { Ok(()) } else { Err(format!("{missing}, although Debian's {PACKAGE} was installed")) }
}

fn found() -> bool {
    let on_path = shell::output(Command::new("initdb").arg("--version")).and_then(|text| major(&text));
    let servers = shell::output(Command::new("postgres").arg("--version")).is_some();
    (servers && on_path.is_some_and(|major| major >= MIN_MAJOR))
        || debian_binaries(Path::new(DEBIAN_FOLDER)).is_some()
}

/// The folder of programs of the newest version that is new enough.
fn debian_binaries(folder: &Path) -> Option<PathBuf> {
    let versions =
        fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let suitable = versions.filter(|version: &u32| *version >= MIN_MAJOR);
    let binaries = suitable.map(|version| (version, folder.join(version.to_string()).join("bin")));
    let complete = binaries.filter(|(_, bin)| bin.join("initdb").exists() && bin.join("postgres").exists());
    complete.max_by_key(|(version, _)| *version).map(|(_, bin)| bin)
}

/// The major version in `initdb (PostgreSQL) 15.20 (Debian …)`.
fn major(text: &str) -> Option<u32> {
    let version = text.split_whitespace().nth(2)?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        let cases = [
            ("initdb (PostgreSQL) 15.20 (Debian 15.20-1)", Some(15)),
            ("initdb (PostgreSQL) 18beta1", Some(18)),
            ("initdb (PostgreSQL)", None),
            ("", None),
        ];
        for (text, version) in cases {
            assert_eq!(major(text), version, "{text}");
        }
    }

    #[test]
    fn only_whole_and_new_enough_installations_count() {
        let folder = std::env::temp_dir().join(format!("ordervault-xtask-{}", std::process::id()));
        let install = |version: &str, programs: &[&str]| {
            let bin = folder.join(version).join("bin");
            fs::create_dir_all(&bin).unwrap();
            for program in programs {
                fs::write(bin.join(program), "").unwrap();
            }
        };
        install("13", &["initdb", "postgres"]);
        install("17", &["initdb"]);
        assert_eq!(debian_binaries(&folder), None);
        install("15", &["initdb", "postgres"]);
        install("16", &["initdb", "postgres"]);
        assert_eq!(debian_binaries(&folder), Some(folder.join("16/bin")));
        fs::remove_dir_all(&folder).unwrap();
    }
}
