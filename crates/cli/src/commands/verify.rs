//! `verify`: recomputes everything that is stored and names what does not fit.

use std::fmt::Write as _;
use std::time::Duration;

use ordervault_domain::id::OrderId;
use ordervault_persistence::db::Db;
use ordervault_persistence::repair::mends;
use ordervault_persistence::seal::KeyRing;
use ordervault_persistence::verify::{Report, verify_behind, verify_checkpoints, verify_order};

use super::tables::Tables;
use crate::args::Verify;
use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};
use crate::secrets;
use crate::shutdown::Shutdown;

pub(super) async fn run(context: &Context, args: &Verify) -> Result<Exit, Failure> {
    let config = &context.config;
    let keys = secrets::existing(config)?.map(|secrets| secrets.key_ring());
    let db = database::readable(config).await?;
    let report = look(context, &db, keys.as_ref(), args).await;
    db.close().await;
    let report = report?;
    context.report(&report, args.json, |report| told(report) + &remedy(report))?;
    Ok(exit(&report))
}

/// What to do about what was found, where it can be mended.
fn remedy(report: &Report) -> String {
    let mut text = String::new();
    for (table, rows) in &report.stale {
        let _ =
            writeln!(text, "{rows} × {table} folded by other rules than today's: run `ordervault reindex`");
    }
    if report.totals.keys().any(|code| mends(*code)) {
        text.push_str("what is made from the histories can be made anew: see `ordervault repair`\n");
    }
    text
}

/// How a command ends that verified something.
pub(super) fn exit(report: &Report) -> Exit {
    match (report.totals.is_empty(), report.not_checked.is_empty()) {
        (true, true) => Exit::Ok,
        (true, false) => Exit::Usage,
        (false, _) => Exit::Findings,
    }
}

async fn look(context: &Context, db: &Db, keys: Option<&KeyRing>, args: &Verify) -> Result<Report, Failure> {
    if let Some(order) = args.order {
        let mut report = Report::default();
        return match verify_order(db, keys, order, &mut report).await? {
            true => Ok(report),
            false => Err(Failure::new(Exit::Usage, format!("there is no order {}", order.number()))),
        };
    }
    let stop = Shutdown::on_signals(Duration::ZERO)?;
    let (mut tables, mut report) = (Tables::new(context), Report::default());
    let outcome = tokio::select! {
        outcome = verify_behind(db, keys, args.after, &mut report, |progress| tables.show(progress)) => Some(outcome),
        () = stop.requested() => None,
    };
    tables.finish();
    match outcome {
        None => note_stop(&mut report, args.after),
        Some(outcome) => {
            outcome?;
            if args.checkpoints {
                verify_checkpoints(db, keys, &context.config.checkpoint.folder, &mut report).await?;
            }
        }
    }
    Ok(report)
}

/// What is left to be done of a run that was stopped.
fn note_stop(report: &mut Report, after: Option<OrderId>) {
    report.up_to = report.up_to.or(after);
    let rest = match report.up_to {
        Some(order) => format!("what is behind order {0}: go on with --after {0}", order.number()),
        None => "all the rest: the run was stopped".to_owned(),
    };
    report.not_checked.insert(rest, 1);
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
    for (what, times) in &report.not_checked {
        let _ = writeln!(text, "not checked: {what} ({times} ×)");
    }
    let told = match (report.totals.is_empty(), report.not_checked.is_empty()) {
        (true, true) => "everything holds",
        (true, false) => "everything that was checked holds",
        (false, _) => "NOT everything holds",
    };
    let _ = writeln!(text, "{told}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_stopped_says_how_to_go_on() {
        let (mut report, order) = (Report::default(), OrderId::from_i64(7));
        report.up_to = Some(order);
        note_stop(&mut report, None);
        assert!(
            told(&report).contains(&format!("go on with --after {} ", order.number())),
            "{}",
            told(&report)
        );
        assert_eq!(exit(&report), Exit::Usage);
        let mut early = Report::default();
        note_stop(&mut early, None);
        assert!(told(&early).contains("not checked: all the rest"));
        let mut again = Report::default();
        note_stop(&mut again, Some(order));
        assert_eq!(again.up_to, Some(order));
    }
}
