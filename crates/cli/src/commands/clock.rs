//! `clock repair`: the way on when the clock was ahead for a while.

use std::fmt::Write as _;

use ordervault_domain::time::Timestamp;
use ordervault_persistence::clock::{self, WrittenAhead};
use ordervault_persistence::read::Counted;

use crate::args::{ClockCommand, ClockRepair};
use crate::context::Context;
use crate::database::{self, Database};
use crate::exit::{Exit, Failure};
use crate::{secrets, sources};

/// Orders that are listed.
const MAX_LISTED_ORDERS: usize = 1_000;

pub(super) async fn run(context: &Context, command: &ClockCommand) -> Result<Exit, Failure> {
    match command {
        ClockCommand::Repair(args) => repair(context, args).await,
    }
}

async fn repair(context: &Context, args: &ClockRepair) -> Result<Exit, Failure> {
    let sources = sources::system()?;
    let db = database::existing(&context.config).await?;
    let now = sources.now();
    let mut conn = db.read().await?;
    let newest = clock::newest(&mut conn).await?;
    if clock::behind(&mut conn, now).await?.is_none() {
        drop(conn);
        db.close().await;
        let why = format!(
            "the clock shows {now} and is not behind the newest record, which is of {newest}: there is nothing to repair"
        );
        return Err(Failure::new(Exit::Usage, why));
    }
    let ahead = clock::written_ahead(&mut conn, now, MAX_LISTED_ORDERS).await?;
    drop(conn);
    context.print(&told(newest, now, &ahead))?;
    if args.dry_run {
        db.close().await;
        context.print("nothing was changed\n")?;
        return Ok(Exit::Ok);
    }
    let keys = secrets::load(&context.config, &sources)?.key_ring();
    let database = Database::start(db, sources, keys).await?;
    let outcome = async {
        clock::correct(&database.writer).await?;
        if args.end_sessions {
            clock::end_sessions_ahead(&database.db, &database.writer, now).await?;
        }
        Ok::<_, Failure>(())
    }
    .await;
    database.close().await;
    outcome?;
    let sessions = if args.end_sessions { "; those logins are ended" } else { "" };
    context.print(&format!("corrected: times go on from {now}; servers go on by themselves{sessions}\n"))?;
    Ok(Exit::Ok)
}

/// What was written in a time to come, and what to do about it.
fn told(newest: Timestamp, now: Timestamp, ahead: &WrittenAhead) -> String {
    let mut text = format!(
        "the newest record is of {newest}, the clock shows {now}: if that is right, the clock was ahead\n\
         orders that were changed in a time to come: {}\n",
        number(ahead.orders)
    );
    for (order, due_at) in &ahead.listed {
        let due_at = due_at.map_or_else(|| "no deadline".to_owned(), |due_at| format!("due {due_at}"));
        let _ = writeln!(text, "  {}  {due_at}", order.number());
    }
    if ahead.orders.total > 0 {
        text.push_str(
            "  their deadlines and windows end so much later: look at them; their next step sets new ones\n",
        );
    }
    let _ = write!(
        text,
        "logins that began then and are open: {} (they end so much later; --end-sessions ends them)\n\
         counts of attempts that were made then: {} (they count no more)\n\
         idempotency keys that were used then: {} (they are remembered so much longer)\n",
        number(ahead.sessions),
        number(ahead.throttles),
        number(ahead.keys)
    );
    text
}

fn number(counted: Counted) -> String {
    match counted.is_lower_bound {
        true => format!("more than {}", counted.total),
        false => counted.total.to_string(),
    }
}
