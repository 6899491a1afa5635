//! `verify`: recomputes everything that is stored and names what does not fit.

use std::fmt::Write as _;

use ordervault_persistence::verify::{Report, verify};

use super::tables::Tables;
use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};
use crate::secrets;

pub(super) async fn run(context: &Context) -> Result<Exit, Failure> {
    let keys = secrets::existing(&context.config)?.map(|secrets| secrets.key_ring());
    let db = database::existing(&context.config).await?;
    let mut tables = Tables::new(context);
    let report = verify(&db, keys.as_ref(), |progress| tables.show(progress)).await;
    tables.finish();
    db.close().await;
    let report = report?;
    context.print(&told(&report))?;
    Ok(exit(&report))
}

/// How a command ends that verified something.
pub(super) fn exit(report: &Report) -> Exit {
    match (report.totals.is_empty(), report.not_checked.is_empty()) {
        (true, true) => Exit::Ok,
        (true, false) => Exit::Usage,
        (false, _) => Exit::Findings,
    }
}

/// Every finding on a line, then what was looked at.
pub(super) fn told(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let _ = writeln!(text, "{finding}");
    }
    for (code, total) in &report.totals {
        let _ = writeln!(text, "{total} × {code}");
    }
    let rows: Vec<String> = report.looked_at.iter().map(|(table, rows)| format!("{rows} {table}")).collect();
    let _ = writeln!(text, "looked at {}", rows.join(", "));
    for (key, seals) in &report.not_checked {
        let _ = writeln!(
            text,
            "not checked: key {key}, with which {seals} rows are sealed; it belongs into auth.secret_file"
        );
    }
    let told = match (report.totals.is_empty(), report.not_checked.is_empty()) {
        (true, true) => "everything holds",
        (true, false) => "everything that was checked holds",
        (false, _) => "NOT everything holds",
    };
    let _ = writeln!(text, "{told}");
    text
}
