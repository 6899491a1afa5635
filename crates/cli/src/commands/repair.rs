//! `repair`: tells what is not as the histories make it, and makes it anew.

use std::fmt::Write as _;

use ordervault_persistence::repair::{Report, repair};

use super::tables::Tables;
use crate::args::Repair;
use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};
use crate::server_lock::ServerLock;
use crate::{secrets, sources};

pub(super) async fn run(context: &Context, args: &Repair) -> Result<Exit, Failure> {
    let config = &context.config;
    let Some(secrets) = secrets::existing(config)? else {
        let file = config.auth.secret_file.display();
        let why =
            format!("the secret file {file} is missing, and without it nobody can tell which histories hold");
        return Err(Failure::new(Exit::Config, why));
    };
    let (keys, sources) = (secrets.key_ring(), sources::system()?);
    let _only_server = ServerLock::take(config)?;
    let (db, alone) = database::alone(config).await?;
    let mut tables = Tables::new(context);
    let outcome = repair(&db, &keys, args.apply.then_some(&sources), |progress| tables.show(progress)).await;
    tables.finish();
    // It has a connection, too.
    drop(alone);
    db.close().await;
    let report = outcome?;
    context.report(&report, args.json, told)?;
    let is_done = report.left.is_empty() && (report.applied || report.rebuilt.is_empty());
    Ok(if is_done { Exit::Ok } else { Exit::Findings })
}

/// Every entry on a line, then how many there are.
fn told(report: &Report) -> String {
    let mut text = String::new();
    let how = if report.applied { "made anew" } else { "to be made anew" };
    for (entries, how) in [(&report.rebuilt, how), (&report.left, "stays as it is")] {
        for entry in &entries.listed {
            let _ = writeln!(text, "{how}: {entry}");
        }
        for (table, total) in &entries.totals {
            let _ = writeln!(text, "{total} × {table} {how}");
        }
    }
    let rows: Vec<String> = report.looked_at.iter().map(|(table, rows)| format!("{rows} {table}")).collect();
    let _ = writeln!(text, "looked at {}", rows.join(", "));
    if let Some(epoch) = report.epoch {
        let _ = writeln!(text, "epoch {epoch} begins: what clients have read before is to be read again");
    }
    text.push_str(match (report.rebuilt.is_empty(), report.applied) {
        (true, _) => "nothing is to be made anew\n",
        (false, true) => "made anew from the histories\n",
        (false, false) => "nothing was changed: `ordervault repair --apply` makes it anew\n",
    });
    if !report.left.is_empty() {
        text.push_str(
            "what stays as it is has no history to go by: restore a backup, see docs/recovery.md\n",
        );
    }
    text
}
