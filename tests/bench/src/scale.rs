//! The same questions to shops of several sizes: what grows with the shop.

use std::path::Path;
use std::time::Instant;

use ordervault_persistence::engine::Engine;

use crate::gates::{Bound, Gates};
use crate::load::Phase;
use crate::shop::{Database, MANY, Shop, cluster};

/// What one client is asked to do, whose median is told.
const ASKED: [(Phase, &str); 12] = [
    (Phase::StaffList, "staff: newest 50"),
    (Phase::StaffDeep, "staff: 50 of a year ago"),
    (Phase::StaffRead, "staff: an order"),
    (Phase::StaffNumber, "staff: by number"),
    (Phase::StaffSearchCharacters, "staff: two characters"),
    (Phase::StaffSearch, "staff: a name"),
    (Phase::StaffSummary, "staff: summary"),
    (Phase::StaffHistory, "staff: history"),
    (Phase::Read, "customer: an order"),
    (Phase::List, "customer: own orders"),
    (Phase::SearchCharacters, "customer: two characters"),
    (Phase::SearchName, "customer: a name"),
];

/// A row: what was measured, in what, and a figure for each size.
type Row = (String, &'static str, Vec<f64>);

/// Measures this program on this engine with so many made-up orders each; the table.
///
/// # Errors
/// When something does not run.
pub async fn measure(
    engine: Engine,
    program: &Path,
    sizes: &[u64],
    seconds: u64,
    gates: &mut Gates,
) -> Result<String, String> {
    let mut rows: Vec<Row> = vec![];
    for (place, orders) in sizes.iter().enumerate() {
        let figures = of_size(engine, program, *orders, seconds).await?;
        for (row, (name, unit, figure)) in figures.into_iter().enumerate() {
            match rows.get_mut(row) {
                Some((.., figures)) => figures.push(figure),
                None => rows.push((name, unit, vec![figure])),
            }
        }
        debug_assert!(rows.iter().all(|(.., figures)| figures.len() == place + 1));
    }
    for (name, _, figures) in rows.iter().take(2) {
        let (ratio, told) = (growth(figures), figures.iter().map(|figure| format!("{figure:.0}")));
        let told = told.collect::<Vec<_>>().join(", ");
        let name = format!("{engine}, {name}, largest ÷ smallest shop");
        gates.add(&name, Bound::AtLeast(0.85, 1.0), vec![(ratio, told)]);
    }
    Ok(table(engine, sizes, &rows))
}

fn growth(figures: &[f64]) -> f64 {
    figures.last().zip(figures.first()).map_or(f64::NAN, |(last, first)| last / first)
}

async fn of_size(
    engine: Engine,
    program: &Path,
    orders: u64,
    seconds: u64,
) -> Result<Vec<(String, &'static str, f64)>, String> {
    let cluster = (engine == Engine::Postgres).then(cluster);
    let url = cluster.as_ref().map(|cluster| cluster.url());
    let mut shop = Shop::grown(program, url.as_deref(), &Database::MadeUp(orders))?;
    let mut figures = vec![];
    for clients in [MANY, 1] {
        let placed = shop.visit(&[Phase::Place], clients, seconds).await?;
        let per_second = placed.first().map_or(f64::NAN, |figures| figures.per_second);
        let clients = if clients == 1 { "one client".to_owned() } else { format!("{clients} clients") };
        figures.push((format!("place, {clients}"), "/s", per_second));
    }
    // The first phase places what the others ask for.
    let phases: Vec<Phase> = [Phase::Place].into_iter().chain(ASKED.map(|(phase, _)| phase)).collect();
    let asked = shop.visit(&phases, 1, seconds).await?;
    for (asked, (_, name)) in asked.into_iter().skip(1).zip(ASKED) {
        figures.push((name.to_owned(), "ms", asked.p50_ms));
    }
    let mut run = |name: &str, arguments: &[&str]| -> Result<(), String> {
        let begun = Instant::now();
        shop.run(arguments)?;
        figures.push((name.to_owned(), "s", begun.elapsed().as_secs_f64()));
        Ok(())
    };
    run("verify", &["verify"])?;
    run("export", &["export", "jsonl", "shop.jsonl"])?;
    if engine == Engine::Sqlite {
        run("backup", &["backup", "create"])?;
    }
    Ok(figures)
}

fn table(engine: Engine, sizes: &[u64], rows: &[Row]) -> String {
    let cells = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let head = [engine.to_string()].into_iter().chain(sizes.iter().map(|size| format!("{size} orders")));
    let head: Vec<String> = head.chain(["largest ÷ smallest".to_owned()]).collect();
    let mut table = cells(vec!["---".to_owned(); head.len()]);
    table.insert_str(0, &cells(head));
    for (name, unit, figures) in rows {
        let told = figures.iter().map(|figure| match *unit {
            "/s" => format!("{figure:.0}{unit}"),
            _ => format!("{figure:.2} {unit}"),
        });
        let row = [name.clone()].into_iter().chain(told).chain([format!("{:.2}", growth(figures))]);
        table += &cells(row.collect());
    }
    table
}
