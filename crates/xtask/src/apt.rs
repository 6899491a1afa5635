//! Debian's packages.

use std::process::Command;

use crate::shell::{self, Outcome};

/// Installs packages, with blanks between their names, where this user may; otherwise tells the line that does.
pub(crate) fn install(packages: &str) -> Outcome {
    let line = format!("apt-get update && apt-get install --yes --no-install-recommends {packages}");
    let root = shell::output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let apt = shell::output(Command::new("apt-get").arg("--version")).is_some();
    if !(root && apt) {
        return Err(format!("install it, on Debian with: sudo sh -c '{line}'"));
    }
    shell::run(Command::new("sh").args(["-c", &line]).env("DEBIAN_FRONTEND", "noninteractive"))
}
