//! All that people do at once, over HTTP with many clients: how long they wait, what the server needs of memory, and how soon it is
//! ready on a database that is there already.

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use futures_util::future::{Either, select};
use ordervault_persistence::engine::Engine;

use crate::gates::{Bound, Gates};
use crate::load::Figures;
use crate::shop::{Database, MANY, Shop, cluster};

/// How long a server rests before its memory counts as that of an idle one.
const REST: Duration = Duration::from_secs(2);
/// Between two looks at its memory.
const LOOK: Duration = Duration::from_millis(200);

/// Measures this program on this engine, in a shop with so many made-up orders or in one that is there; the table of phases.
///
/// # Errors
/// When something does not run.
pub async fn measure(
    engine: Engine,
    program: &Path,
    database: &Database,
    seconds: u64,
    gates: &mut Gates,
) -> Result<String, String> {
    let cluster = (engine == Engine::Postgres && !database.is_there()).then(cluster);
    let url = cluster.as_ref().map(|cluster| cluster.url());
    let mut shop = Shop::grown(program, url.as_deref(), database)?;
    let ready = shop.restart().await?;
    tokio::time::sleep(REST).await;
    let (idle, most) = (shop.memory_mib()?, Cell::new(0.0_f64));
    let process = shop.process();
    let looking = Box::pin(async {
        loop {
            tokio::time::sleep(LOOK).await;
            most.set(most.get().max(crate::shop::anonymous_mib(process).unwrap_or_default()));
        }
    });
    let mix = match select(Box::pin(shop.mix(MANY, seconds)), looking).await {
        Either::Left((mix, _)) => mix?,
        Either::Right((never, _)) => never,
    };
    let mut add = |name: &str, most: f64, measured: f64, unit: &str| {
        let figures = format!("{measured:.1} {unit} against {most} {unit}");
        gates.add(&format!("{engine}, {name}"), Bound::AtMost(most, most), vec![(measured, figures)]);
    };
    let placing = mix.phases.iter().find(|figures| figures.phase == "place");
    add("mixed: p99 of placing", 100.0, placing.map_or(f64::NAN, |figures| figures.p99_ms), "ms");
    add("mixed: p99 of reading", 100.0, mix.reads.p99_ms, "ms");
    add("anonymous memory, idle", 45.0, idle, "MiB");
    add("anonymous memory under mixed load", 100.0, most.get(), "MiB");
    add("from start to ready", 150.0, ready.as_secs_f64() * 1_000.0, "ms");
    Ok(table(mix.phases.iter().chain([&mix.reads, &mix.exports])))
}

fn table<'a>(phases: impl Iterator<Item = &'a Figures>) -> String {
    let mut table = "| what | a second | p50 | p99 | failed |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for Figures { phase, per_second, p50_ms, p99_ms, errors, .. } in phases {
        let failed = match errors.is_empty() {
            true => "–".to_owned(),
            false => format!("{errors:?}"),
        };
        table += &format!("| {phase} | {per_second:.0} | {p50_ms:.1} ms | {p99_ms:.1} ms | {failed} |\n");
    }
    table
}
