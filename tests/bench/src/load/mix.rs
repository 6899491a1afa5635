//! What people do at a shop all day: they read far more than they write.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::join;

use super::client::Client;
use super::measure::{measure, visits};
use super::report::{Failure, Figures, Tally};
use super::target::Target;
use super::visit::{Load, Phase};

/// Of twenty requests sixteen read, three place an order, and one is an act of staff.
const TURNS: [Phase; 20] = [
    Phase::Read,
    Phase::Place,
    Phase::StaffList,
    Phase::List,
    Phase::StaffRead,
    Phase::Read,
    Phase::StaffSearch,
    Phase::List,
    Phase::Place,
    Phase::StaffRead,
    Phase::Read,
    Phase::StaffConfirm,
    Phase::StaffList,
    Phase::SearchName,
    Phase::Read,
    Phase::Place,
    Phase::StaffFilter,
    Phase::List,
    Phase::StaffRead,
    Phase::SearchCharacters,
];

/// Orders that are placed before anything counts, so that there is something to read.
const FURNISHING_SECONDS: u64 = 2;

/// What a mixed load came to.
#[derive(Debug)]
pub struct Mix {
    /// By phase.
    pub phases: Vec<Figures>,
    /// All that only reads, together.
    pub reads: Figures,
    /// The exports that one more client asked for, one after the other.
    pub exports: Figures,
}

/// Has the clients do it all for the load's seconds, and one more client export the store's orders meanwhile; what phases the load
/// names does not matter.
///
/// # Errors
/// When the shop cannot be furnished. Requests that fail are counted instead.
pub async fn mix(load: Load) -> Result<Mix, Failure> {
    let target = Target::open(load).await?;
    let load = &target.load;
    let placing = async |client: &mut Client| target.ask(client, Phase::Place).await;
    measure("place", &load.url, load.clients, FURNISHING_SECONDS, placing).await;

    let begun = Instant::now();
    let end = begun + Duration::from_secs(load.seconds);
    let turn = Cell::new(0);
    let visiting = visits(&load.url, load.clients, async |mut client| {
        let mut tallies: BTreeMap<Phase, Tally> = BTreeMap::new();
        while Instant::now() < end {
            let mut phase = TURNS[turn.get() % TURNS.len()];
            turn.set(turn.get() + 1);
            let mut sent = Instant::now();
            let mut outcome = target.ask(&mut client, phase).await;
            if outcome.is_none() {
                // No order is left for this.
                phase = Phase::Place;
                sent = Instant::now();
                outcome = target.ask(&mut client, phase).await;
            }
            if let Some(outcome) = outcome {
                tallies.entry(phase).or_default().note(sent, outcome);
            }
        }
        tallies
    });
    let exporting = visits(&load.url, 1, async |mut client| {
        let mut tally = Tally::default();
        while Instant::now() < end {
            let sent = Instant::now();
            tally.note(sent, target.export(&mut client).await);
        }
        tally
    });
    let (visited, exported) = join(visiting, exporting).await;

    let mut all: BTreeMap<Phase, Tally> = BTreeMap::new();
    for (phase, tally) in visited.into_iter().flatten() {
        all.entry(phase).or_default().add(tally);
    }
    let (length, mut reads) = (begun.elapsed(), Tally::default());
    all.iter().filter(|(phase, _)| phase.only_reads()).for_each(|(_, tally)| reads.add(tally.clone()));
    let mut exports = Tally::default();
    for tally in exported {
        exports.add(tally);
    }
    Ok(Mix {
        phases: all.into_iter().map(|(phase, tally)| tally.figures(&phase.name(), length)).collect(),
        reads: reads.figures("reads", length),
        exports: exports.figures("exports", length),
    })
}
