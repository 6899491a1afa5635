//! PostgreSQL alone, by its own tool: `pgbench` sends an order as it would be written down by hand.

use std::process::Command;

use ordervault_tests::postgres::binaries;

use super::Bare;

const SCHEMA: &str = include_str!("../../sql/schema.sql");

/// How the statements of an order are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// One after another.
    Steps,
    /// All at once.
    Pipelined,
    /// As one.
    OneStatement,
}

impl Script {
    fn text(self) -> &'static str {
        match self {
            Self::Steps => include_str!("../../sql/steps.sql"),
            Self::Pipelined => include_str!("../../sql/pipelined.sql"),
            Self::OneStatement => include_str!("../../sql/one_statement.sql"),
        }
    }
}

/// Makes the tables in the empty database behind this URL.
///
/// # Errors
/// When there is no `psql`, or it fails.
pub fn prepare(url: &str) -> Result<(), String> {
    run("psql", &["--quiet", "-v", "ON_ERROR_STOP=1", "-c", SCHEMA, url]).map(drop)
}

/// So many clients order for so long.
///
/// # Errors
/// When there is no `pgbench`, or it fails.
pub fn order(url: &str, script: Script, clients: u64, seconds: u64) -> Result<Bare, String> {
    let file = tempfile::NamedTempFile::new().map_err(|error| format!("no temporary file: {error}"))?;
    std::fs::write(file.path(), script.text()).map_err(|error| format!("no temporary file: {error}"))?;
    let (path, clients, seconds) = (file.path().display(), clients.to_string(), seconds.to_string());
    let said = run(
        "pgbench",
        &["-n", "-M", "prepared", "-c", &clients, "-j", "1", "-T", &seconds, "-f", &path.to_string(), url],
    )?;
    let number = |label: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(label));
        let word = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        word.ok_or_else(|| format!("pgbench does not tell `{label}`:\n{said}"))
    };
    Ok(Bare { per_second: number("tps =")?, middle_ms: number("latency average =")? })
}

fn run(program: &str, arguments: &[&str]) -> Result<String, String> {
    let folder = binaries().ok_or("PostgreSQL 15 or later is needed")?;
    let output = Command::new(folder.join(program)).args(arguments).output();
    let output = output.map_err(|error| format!("{program} does not start: {error}"))?;
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(said.into_owned()) } else { Err(format!("{program}: {wrong}")) }
}
