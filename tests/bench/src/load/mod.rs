//! Many clients place orders over HTTP at a running server, then read, list and search them as customers and as staff.
//!
//! They make a store of their own with ample stock, and customers of their own, so they can come again and again to one
//! database. Compare ratios within one run, not numbers between machines. Access tokens live ten minutes: all phases together
//! must be shorter.

mod client;
mod mix;
mod report;
mod target;
mod visit;

use std::time::{Duration, Instant};

use futures_util::future::join_all;

pub(crate) use client::{Client, Request};
pub use mix::{Mix, mix};
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
    let target = Target::open(load).await?;
    let (load, mut figures) = (&target.load, vec![]);
    for phase in &load.phases {
        let asking = async |client: &mut Client| target.ask(client, *phase).await;
        figures.push(measure(&phase.name(), &load.url, load.clients, load.seconds, asking).await);
    }
    Ok(figures)
}

/// So many clients ask this server for so many seconds, each waiting for its answer, and ending when there is nothing (left) to
/// ask for.
pub(crate) async fn measure(
    name: &str,
    url: &str,
    clients: u64,
    seconds: u64,
    ask: impl AsyncFn(&mut Client) -> Option<Result<(), Failure>>,
) -> Figures {
    let begun = Instant::now();
    let end = begun + Duration::from_secs(seconds);
    let tallies = visits(url, clients, async |mut client| {
        let mut tally = Tally::default();
        while Instant::now() < end {
            let sent = Instant::now();
            let Some(outcome) = ask(&mut client).await else { break };
            tally.note(sent, outcome);
        }
        tally
    });
    let mut all = Tally::default();
    tallies.await.into_iter().for_each(|tally| all.add(tally));
    all.figures(name, begun.elapsed())
}

/// What so many clients of this server bring back from their visits, which they pay it at the same time.
async fn visits<T>(url: &str, clients: u64, visit: impl AsyncFn(Client) -> T) -> Vec<T> {
    join_all((0..clients).map(|_| visit(Client::of(url)))).await
}
