//! `verify`: recomputes everything that is stored and names what does not fit.

use std::fmt::Write as _;

use ordervault_persistence::verify::{Report, verify};

use super::tables::Tables;
use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};

pub(super) async fn run(context: &Context) -> Result<Exit, Failure> {
    let db = database::existing(&context.config).await?;
    let mut tables = Tables::new(context);
    let report = verify(&db, |progress| tables.show(progress)).await;
    tables.finish();
    db.close().await;
    let report = report?;
    context.print(&told(&report))?;
    Ok(if report.is_clean() { Exit::Ok } else { Exit::Findings })
}

/// Every finding on a line, then what was looked at.
fn told(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let _ = writeln!(text, "{finding}");
    }
    for (code, total) in &report.totals {
        let _ = writeln!(text, "{total} × {code}");
    }
    let rows: Vec<String> = report.looked_at.iter().map(|(table, rows)| format!("{rows} {table}")).collect();
    let _ = writeln!(text, "looked at {}", rows.join(", "));
    let _ = writeln!(text, "{}", if report.is_clean() { "everything holds" } else { "NOT everything holds" });
    text
}
