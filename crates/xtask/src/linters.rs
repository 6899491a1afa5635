//! What other people's tools say about the contract: one that validates it, and two linters, with all that they ask.

use std::process::Command;

use crate::node::Node;
use crate::shell::{self, Outcome};
use crate::tools;

/// What is checked, in the folder of the linters' settings.
const CONTRACT: &str = "openapi.json";

/// Validates the structure.
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";
const LINTERS: [&str; 2] = ["@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3"];

/// Checks the committed contract. The tools are put below `target/tools` where they are missing.
pub(crate) fn check() -> Outcome {
    let validator = tools::installed(VALIDATOR, |folder| tools::pip(folder, &[VALIDATOR]))?;
    let mut validate = Command::new("python3");
    validate.env("PYTHONPATH", validator).args(["-m", "openapi_spec_validator", CONTRACT]);
    on_contract(&mut validate)?;

    let node = Node::ready()?;
    let linters = node.packages(&LINTERS)?.join("node_modules");
    let mut redocly = node.script(linters.join("@redocly/cli/bin/cli.js"));
    redocly.args(["lint", "--config", "redocly.yaml", CONTRACT]).env("REDOCLY_TELEMETRY", "off");
    let mut spectral = node.script(linters.join("@stoplight/spectral-cli/dist/index.js"));
    spectral.args(["lint", "--fail-severity", "hint", CONTRACT]);
    // Both, so that one run tells everything.
    on_contract(&mut redocly).and(on_contract(&mut spectral))
}

fn on_contract(command: &mut Command) -> Outcome {
    shell::run(command.current_dir(shell::root().join("openapi")))
}
