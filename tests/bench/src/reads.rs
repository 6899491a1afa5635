//! Reading, listing and searching over HTTP with many clients, beside a bare handler of the same libraries on the same engine; one
//! after the other, round by round.

use std::path::Path;

use ordervault_persistence::engine::Engine;

use crate::bare::http::BareServer;
use crate::gates::{Bound, Gates, Round};
use crate::load::{Figures, Phase};
use crate::shop::{Effort, MANY, Shop, cluster};

/// What is read, and what it is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Row,
    Page,
}

/// What is measured: by whom it is called what, beside what, and which part of that is asked for.
const READS: [(Phase, &str, Beside, f64); 8] = [
    (Phase::Read, "customer: an order ÷ bare row", Beside::Row, 0.5),
    (Phase::StaffRead, "staff: an order ÷ bare row", Beside::Row, 0.5),
    (Phase::List, "customer: 50 orders ÷ bare 50 rows", Beside::Page, 0.4),
    (Phase::StaffList, "staff: 50 orders ÷ bare 50 rows", Beside::Page, 0.4),
    (Phase::SearchCharacters, "customer: search of two characters ÷ bare 50 rows", Beside::Page, 0.25),
    (Phase::StaffSearchCharacters, "staff: search of two characters ÷ bare 50 rows", Beside::Page, 0.25),
    (Phase::SearchName, "customer: search of a name ÷ bare 50 rows", Beside::Page, 0.25),
    (Phase::StaffSearch, "staff: search of a name ÷ bare 50 rows", Beside::Page, 0.25),
];

/// Measures what this program answers on this engine.
///
/// # Errors
/// When something does not run.
pub async fn measure(
    engine: Engine,
    program: &Path,
    effort: Effort,
    gates: &mut Gates,
) -> Result<(), String> {
    let clusters = (engine == Engine::Postgres).then(|| (cluster(), cluster()));
    let (bare, own) = clusters.as_ref().map(|(bare, own)| (bare.url(), own.url())).unzip();
    let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    let bare = BareServer::open(folder.path(), bare.as_deref()).await?;
    let mut shop = Shop::open(program, own.as_deref());
    let mut rounds: [Vec<Round>; READS.len()] = Default::default();
    let phases: Vec<Phase> = [Phase::Place].into_iter().chain(READS.map(|(phase, ..)| phase)).collect();
    for _ in 0..effort.rounds {
        let row = bare.read_one(MANY, effort.seconds).await?;
        let page = bare.read_page(MANY, effort.seconds).await?;
        let figures = shop.visit(&phases, MANY, effort.seconds).await?;
        for ((figures, (_, _, beside, _)), rounds) in figures.iter().skip(1).zip(READS).zip(&mut rounds) {
            let limit = if beside == Beside::Row { &row } else { &page };
            rounds.push(throughput(figures, limit));
        }
    }
    for ((_, name, _, least), rounds) in READS.into_iter().zip(rounds) {
        gates.add(&format!("{engine}, {name}"), Bound::AtLeast(least, least), rounds);
    }
    bare.close().await;
    Ok(())
}

fn throughput(figures: &Figures, limit: &Figures) -> Round {
    let ratio = figures.per_second / limit.per_second;
    (ratio, format!("{:.0} against {:.0} a second", figures.per_second, limit.per_second))
}
