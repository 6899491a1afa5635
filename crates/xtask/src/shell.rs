//! Runs other programs, and moves files for them.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Nothing, or one line that tells what went wrong.
pub(crate) type Outcome = Result<(), String>;

/// Runs it with its output going to the terminal.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let line = describe(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed ({status})")),
        Err(error) => Err(format!("cannot run `{line}`: {error}")),
    }
}

/// Runs it and takes its standard output; `None` when it fails or is not there.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// Cargo, in the workspace's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    in_root("cargo", arguments)
}

/// A program, in the workspace's root.
pub(crate) fn in_root(program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Makes a folder anew, with nothing in it.
pub(crate) fn empty(folder: &Path) -> Outcome {
    let told = |error: std::io::Error| format!("cannot empty {}: {error}", folder.display());
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(told(error)),
        _ => fs::create_dir_all(folder).map_err(told),
    }
}

/// Copies a folder but for what its `.gitignore` names.
pub(crate) fn copy(from: &Path, to: &Path) -> Outcome {
    let copied = || -> std::io::Result<()> {
        let ignored = fs::read_to_string(from.join(".gitignore"))?;
        let ignored: Vec<_> = ignored.lines().map(|line| from.join(line)).collect();
        for file in files(from)?.iter().filter(|file| !ignored.iter().any(|path| file.starts_with(path))) {
            let target = to.join(file.strip_prefix(from).unwrap_or(file));
            fs::create_dir_all(target.parent().unwrap_or(to))?;
            fs::copy(file, target)?;
        }
        Ok(())
    };
    copied().map_err(|error| format!("cannot copy {}: {error}", from.display()))
}

/// All files below a folder, in order of their names.
pub(crate) fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut found = Vec::new();
    for entry in entries {
        match entry.file_type()?.is_dir() {
            true => found.extend(files(&entry.path())?),
            false => found.push(entry.path()),
        }
    }
    Ok(found)
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_and_absent_programs_are_told() {
        assert_eq!(run(&mut Command::new("true")), Ok(()));
        assert!(run(&mut Command::new("false")).is_err_and(|line| line.starts_with("`false` failed")));
        assert!(run(&mut Command::new("no-such-program")).is_err_and(|line| line.starts_with("cannot run")));
        assert_eq!(output(&mut Command::new("false")), None);
    }

    #[test]
    fn what_is_ignored_is_not_copied() {
        let folder = std::env::temp_dir().join(format!("ordervault-copied-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        empty(&from.join("src")).unwrap();
        empty(&from.join("node_modules/some")).unwrap();
        for (file, text) in [
            (".gitignore", "node_modules/\nsrc/generated.ts\n"),
            ("node_modules/some/index.js", ""),
            ("src/generated.ts", ""),
            ("src/main.ts", "text"),
        ] {
            fs::write(from.join(file), text).unwrap();
        }
        copy(&from, &to).unwrap();
        assert_eq!(files(&to).unwrap(), [to.join(".gitignore"), to.join("src/main.ts")]);
        empty(&to).unwrap();
        assert_eq!(files(&to).unwrap(), [""; 0].map(PathBuf::from));
        fs::remove_dir_all(&folder).unwrap();
        assert!(copy(&from, &to).is_err_and(|line| line.starts_with("cannot copy ")));
    }
}
