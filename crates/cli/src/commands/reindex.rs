//! `reindex`: folds anew what older rules have folded, beside servers.

use std::fmt::Write as _;

use ordervault_persistence::leader::Presence;
use ordervault_persistence::repair::{Reindexed, reindex};

use crate::args::Reindex;
use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};

pub(super) async fn run(context: &Context, args: &Reindex) -> Result<Exit, Failure> {
    let db = database::existing(&context.config).await?;
    let Some(presence) = Presence::among_others(&db).await? else {
        let why = "the database is being repaired: wait until that has ended";
        return Err(Failure::new(Exit::Unavailable, why));
    };
    let outcome = reindex(&db).await;
    // It has a connection, too.
    drop(presence);
    db.close().await;
    let report = outcome?;
    context.report(&report, args.json, told)?;
    Ok(if report.left.is_empty() { Exit::Ok } else { Exit::Findings })
}

/// What was folded, then every account that stays as it is.
fn told(report: &Reindexed) -> String {
    let mut text = String::new();
    for (table, rows) in &report.folded {
        let _ = writeln!(text, "{rows} × {table} folded anew");
    }
    if report.folded.is_empty() {
        text.push_str("everything is folded by today's rules\n");
    }
    for entry in &report.left.listed {
        let _ = writeln!(text, "stays as it is: {entry}");
    }
    for (table, total) in &report.left.totals {
        let _ = writeln!(
            text,
            "{total} × {table} would share an address, which only one may have: nothing was merged; give one of the two another \
             address, then run this again"
        );
    }
    text
}
