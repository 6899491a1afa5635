//! Many clients place orders over HTTP at a running server, then read, list and search them as customers and as staff.
//!
//! They make a store of their own with ample stock, and customers of their own, so they can come again and again to one
//! database. Compare ratios within one run, not numbers between machines. Access tokens live ten minutes: all phases together
//! must be shorter.

mod report;
mod target;
mod visit;

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::ValueEnum as _;

pub use report::{Failure, Figures};
pub use target::LINES;
pub use visit::{Load, Phase, WITHOUT_THROTTLES};

use report::Tally;
use target::Target;

/// Makes store, products and customers, then runs the phases one after another: what each came to, in their order.
///
/// # Errors
/// When the shop cannot be furnished. Requests of phases that fail are counted instead.
pub async fn run(load: Load) -> Result<Vec<Figures>, Failure> {
    let target = Arc::new(Target::open(load).await?);
    let mut figures = vec![];
    for phase in &target.load.phases {
        figures.push(measure(&target, *phase).await);
    }
    Ok(figures)
}

/// Runs one phase with all clients and sums it up.
async fn measure(target: &Arc<Target>, phase: Phase) -> Figures {
    let begun = Instant::now();
    let end = begun + Duration::from_secs(target.load.seconds);
    let clients: Vec<_> = (0..target.load.clients)
        .map(|_| {
            let target = Arc::clone(target);
            tokio::spawn(async move {
                let mut tally = Tally::default();
                while Instant::now() < end {
                    let sent = Instant::now();
                    let Some(outcome) = target.ask(phase).await else { break };
                    tally.note(sent, outcome);
                }
                tally
            })
        })
        .collect();
    let mut all = Tally::default();
    for client in clients {
        match client.await {
            Ok(tally) => all.add(tally),
            Err(error) => all.fail(&Failure::new("broken client", error.to_string())),
        }
    }
    let name = phase.to_possible_value().map(|name| name.get_name().to_owned());
    all.figures(&name.unwrap_or_default(), begun.elapsed())
}
