//! Committed files that tests generate and compare: one that no test names any more is nobody's promise.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{self, Outcome, files};

/// Where they lie, from the workspace's root.
const FOLDERS: [&str; 2] = ["tests/snapshots", "crates/domain/tests/matrices"];
/// Where tests are written.
const SOURCES: [&str; 2] = ["crates", "tests"];

/// Fails with the names of those that no Rust file names.
pub(crate) fn check() -> Outcome {
    let unnamed = unnamed(&shell::root()).map_err(|error| format!("cannot read the snapshots: {error}"))?;
    if unnamed.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = unnamed.iter().map(|file| file.display().to_string()).collect();
    Err(format!("no test names: {}", names.join(", ")))
}

fn unnamed(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut sources = String::new();
    for folder in SOURCES {
        for file in files(&root.join(folder))? {
            // Not here: below are names that no test of the program compares.
            if !file.starts_with(root.join("crates/xtask"))
                && file.extension().is_some_and(|extension| extension == "rs")
            {
                sources.push_str(&fs::read_to_string(file)?);
            }
        }
    }
    let mut unnamed = Vec::new();
    for folder in FOLDERS {
        for file in files(&root.join(folder))? {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            // As a literal of its own or the last part of a path: prose about the file does not compare it.
            if ![format!("\"{name}\""), format!("/{name}\"")].iter().any(|literal| sources.contains(literal))
            {
                unnamed.push(file.strip_prefix(root).unwrap_or(&file).to_owned());
            }
        }
    }
    Ok(unnamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_that_no_test_names_is_found() {
        let root = std::env::temp_dir().join(format!("ordervault-snapshots-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("crates/domain/tests/matrices/state.txt", "");
        write("tests/snapshots/sql.txt", "");
        write("crates/domain/tests/states.rs", r#"assert_committed("state.txt", &text); // see old.txt"#);
        write("tests/tests/schema.rs", r#"path.join("snapshots/sql.txt")"#);
        assert_eq!(unnamed(&root).unwrap(), Vec::<PathBuf>::new());

        write("tests/snapshots/old.txt", "");
        assert_eq!(unnamed(&root).unwrap(), [Path::new("tests/snapshots/old.txt")]);
        // Without the folder nothing would be looked at.
        fs::remove_dir_all(root.join("tests/snapshots")).unwrap();
        assert!(unnamed(&root).is_err());
        fs::remove_dir_all(&root).unwrap();
    }
}
