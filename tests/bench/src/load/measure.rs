//! Clients that ask one after the other, and what that came to.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::client::Client;
use super::report::{Failure, Figures, Tally};

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
pub(super) async fn visits<T>(url: &str, clients: u64, visit: impl AsyncFn(Client) -> T) -> Vec<T> {
    join_all((0..clients).map(|_| visit(Client::of(url)))).await
}
