//! Requests that a program makes up of the contract, right ones and wrong ones, one after another and in chains, against a demo shop:
//! as nobody, as a customer and as the owner. Whatever it finds fails the stage, but for what `schemathesis.toml` says is a fault of
//! the tool, or no fault.

use std::path::Path;
use std::process::Command;

use crate::demo::Demo;
use crate::shell::{self, Outcome};
use crate::tools;

const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// Made-up requests of each operation, beside those of its limits.
const EXAMPLES: &str = "1";
/// The same requests each time.
const SEED: &str = "1";
/// So long one reader may take.
const SECONDS: &str = "15";

/// What ends the session of whoever asks, or shuts their account: everything behind it would be refused.
const LAST_ACTS: [&str; 8] = [
    "logout_customer",
    "logout_staff",
    "end_session",
    "change_password",
    "change_staff_password",
    "change_email",
    "delete_me",
    "reset_member_password",
];

/// Nothing stands in the way of many requests.
const UNTHROTTLED: [(&str, &str); 11] = [
    ("ORDERVAULT_THROTTLES__LOOKUP_ADDRESS", "1000000/1s"),
    ("ORDERVAULT_THROTTLES__LOOKUP_NUMBER", "1000000/1s"),
    ("ORDERVAULT_THROTTLES__LOGIN_ACCOUNT", "1000000/1s"),
    ("ORDERVAULT_THROTTLES__LOGIN_STRANGERS", "1000000/1s"),
    ("ORDERVAULT_THROTTLES__LOGIN_ADDRESS", "1000000/1s"),
    ("ORDERVAULT_THROTTLES__REGISTER_ADDRESS", "1000000/1s"),
    ("ORDERVAULT_THROTTLES__PLACE_ACCOUNT", "1000000/1s"),
    ("ORDERVAULT_THROTTLES__ACT_ACCOUNT", "1000000/1s"),
    ("ORDERVAULT_THROTTLES__MAIL_ADDRESS", "1000000/1s"),
    ("ORDERVAULT_THROTTLES__CODE_ADDRESS", "1000000/1s"),
    ("ORDERVAULT_THROTTLES__CODE_MEMBER", "1000000/1s"),
];

/// Everything below `target/schemathesis`.
pub(crate) fn check() -> Outcome {
    let folder = shell::root().join("target/schemathesis");
    shell::empty(&folder)?;
    let packages = tools::installed(SCHEMATHESIS, |folder| tools::pip(folder, &[SCHEMATHESIS]))?;
    let demo = Demo::start(&folder.join("demo"), &UNTHROTTLED)?;
    let customer = r#"{"email":"ming@example.com","password":"correct horse battery"}"#;
    let owner = r#"{"email":"owner@example.com","password":"correct horse battery staple"}"#;
    let mut failed = vec![];
    for (reader, login) in [
        ("nobody", None),
        ("customer", Some(("/v1/auth/login", customer))),
        ("owner", Some(("/v1/staff/auth/login", owner))),
    ] {
        println!("as {reader}");
        let token = login.map(|(path, body)| token(&demo.url, path, body)).transpose()?;
        if let Err(reason) = ask(&packages, &demo.url, token.as_deref(), &folder.join(reader)) {
            failed.push(format!("as {reader}: {reason}"));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

fn ask(packages: &Path, url: &str, token: Option<&str>, reports: &Path) -> Outcome {
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", packages).args(["-m", "schemathesis.cli", "--config-file"]);
    python.arg(shell::root().join("crates/xtask/schemathesis.toml")).arg("run");
    python.arg(shell::root().join("openapi/openapi.json")).args(["--url", url]);
    python.args(["--mode", "all", "--continue-on-failure", "--no-color", "--warnings", "off"]);
    python.args(["--max-time", SECONDS, "--max-examples", EXAMPLES]);
    python.args(["--seed", SEED, "--generation-database", "none"]);
    for operation in LAST_ACTS {
        python.args(["--exclude-operation-id", operation]);
    }
    if let Some(token) = token {
        python.args(["--header", &format!("Authorization: Bearer {token}")]);
    }
    python.args(["--report", "json", "--report-json-path"]).arg(reports.with_extension("json"));
    shell::run(python.current_dir(packages))
}

/// Logs in.
fn token(url: &str, path: &str, body: &str) -> Result<String, String> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--fail", "--header", "Content-Type: application/json", "--data", body]);
    let answer = shell::output(curl.arg(format!("{url}{path}"))).ok_or("nobody can log in")?;
    let token = answer.split_once("\"access_token\":\"").and_then(|(_, token)| token.split('"').next());
    token.map(str::to_owned).ok_or_else(|| format!("no token in {answer}"))
}
