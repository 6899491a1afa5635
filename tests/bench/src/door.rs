//! Placing orders of three lines over HTTP, beside the same engine's bare transactions; one after the other, round by round.

use std::path::Path;

use ordervault_persistence::engine::Engine;

use crate::bare::pgbench::{self, Script};
use crate::bare::{Bare, sqlite};
use crate::gates::{Bound, Gates, Round};
use crate::load::{Figures, Phase};
use crate::shop::{Effort, MANY, Shop, cluster};

/// Before anything counts: what was just made is still on its way to the disk, and nothing is prepared.
const WARM_UP: Effort = Effort { rounds: 1, seconds: 2 };

/// Measures the door of this program on this engine.
///
/// # Errors
/// When something does not run.
pub async fn measure(
    engine: Engine,
    program: &Path,
    effort: Effort,
    gates: &mut Gates,
) -> Result<(), String> {
    match engine {
        Engine::Sqlite => on_sqlite(program, effort, gates).await,
        Engine::Postgres => on_postgres(program, effort, gates).await,
    }
}

async fn on_sqlite(program: &Path, effort: Effort, gates: &mut Gates) -> Result<(), String> {
    let mut shop = Shop::open(program, None);
    placed(&mut shop, MANY, WARM_UP).await?;
    let (mut many, mut one) = (vec![], vec![]);
    for _ in 0..effort.rounds {
        let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        let bare = sqlite::order(folder.path(), effort.seconds).await?;
        many.push(throughput(&placed(&mut shop, MANY, effort).await?, bare));
        one.push(latency(&placed(&mut shop, 1, effort).await?, bare));
    }
    gates.add("SQLite, 64 clients ÷ bare loop", Bound::AtLeast(3.0, 5.0), many);
    gates.add("SQLite, one client, p50 ÷ bare transaction", Bound::AtMost(2.0, 1.5), one);
    Ok(())
}

async fn on_postgres(program: &Path, effort: Effort, gates: &mut Gates) -> Result<(), String> {
    let (limit, server) = (cluster(), cluster());
    pgbench::prepare(&limit.url())?;
    let mut shop = Shop::open(program, Some(&server.url()));
    pgbench::order(&limit.url(), Script::Steps, MANY, WARM_UP.seconds)?;
    placed(&mut shop, MANY, WARM_UP).await?;
    let [mut steps, mut pipelined, mut one_statement, mut tail, mut one] = [const { vec![] }; 5];
    for _ in 0..effort.rounds {
        let bare = |script, clients| pgbench::order(&limit.url(), script, clients, effort.seconds);
        let by_hand = bare(Script::Steps, MANY)?;
        let figures = placed(&mut shop, MANY, effort).await?;
        steps.push(throughput(&figures, by_hand));
        tail.push((
            figures.p99_ms / by_hand.middle_ms,
            format!("{:.1} ms against {:.1} ms", figures.p99_ms, by_hand.middle_ms),
        ));
        pipelined.push(throughput(&figures, bare(Script::Pipelined, MANY)?));
        one_statement.push(throughput(&figures, bare(Script::OneStatement, MANY)?));
        let alone = bare(Script::Steps, 1)?;
        one.push(latency(&placed(&mut shop, 1, effort).await?, alone));
    }
    gates.add("PostgreSQL, 64 clients ÷ pgbench, steps", Bound::AtLeast(2.0, 3.0), steps);
    gates.add("PostgreSQL, 64 clients ÷ pgbench, pipelined", Bound::None, pipelined);
    gates.add("PostgreSQL, 64 clients ÷ pgbench, one statement", Bound::None, one_statement);
    gates.add("PostgreSQL, 64 clients, p99 ÷ pgbench's mean", Bound::AtMost(2.0, 2.0), tail);
    gates.add("PostgreSQL, one client, p50 ÷ bare transaction", Bound::AtMost(2.0, 1.5), one);
    Ok(())
}

async fn placed(shop: &mut Shop, clients: u64, effort: Effort) -> Result<Figures, String> {
    let mut figures = shop.visit(&[Phase::Place], clients, effort.seconds).await?;
    figures.pop().ok_or_else(|| "nothing was measured".to_owned())
}

fn throughput(figures: &Figures, bare: Bare) -> Round {
    let ratio = figures.per_second / bare.per_second;
    (ratio, format!("{:.0} against {:.0} a second", figures.per_second, bare.per_second))
}

fn latency(figures: &Figures, bare: Bare) -> Round {
    (figures.p50_ms / bare.middle_ms, format!("{:.2} ms against {:.2} ms", figures.p50_ms, bare.middle_ms))
}
