//! How dear each question to the list of orders is, with few and with many orders.
//!
//! ```text
//! cargo run --release -p ordervault-tests --bin questions -- [--orders 45000] [--orders 1000000] [--plans]
//! ```
//!
//! Orders are fabricated in databases of its own on both engines. Prints the median of the milliseconds of a page of 25
//! orders, and the ratio of the last size to the first.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for developers")]

use std::time::Instant;

use clap::Parser;
use ordervault_domain::access::Scope;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::read::{count_orders, list_orders, list_statements};
use ordervault_tests::explain::plan;
use ordervault_tests::fabricate::fabricate;
use ordervault_tests::questions::{Question, questions};
use ordervault_tests::twin::Fresh;

/// How dear each question to the list of orders is.
#[derive(Parser)]
struct Arguments {
    /// Number of orders; may be given several times
    #[arg(long = "orders", default_values_t = [45_000, 1_000_000])]
    orders: Vec<i64>,
    /// Print the query plans, too
    #[arg(long)]
    plans: bool,
    /// Only questions whose name has this in it
    #[arg(long, default_value = "")]
    only: String,
}

const LIMIT: u64 = 25;

/// What came out for one question.
struct Row {
    name: &'static str,
    counted: bool,
    medians: Vec<f64>,
    found: usize,
}
const RUNS: usize = 15;

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut rows: Vec<Row> = vec![];
        for orders in &arguments.orders {
            let fresh = Fresh::on(engine).await;
            fabricate(&fresh.db, *orders).await;
            let asked = questions().into_iter().filter(|question| question.name.contains(&arguments.only));
            for question in asked {
                for counted in [false, true] {
                    let (median, found) = measure(&fresh.db, &question, counted).await;
                    let is_it = |row: &&mut Row| row.name == question.name && row.counted == counted;
                    match rows.iter_mut().find(is_it) {
                        Some(row) => (row.medians.push(median), row.found = found).0,
                        None => rows.push(Row { name: question.name, counted, medians: vec![median], found }),
                    }
                }
                if arguments.plans {
                    plans(&fresh.db, &question).await;
                }
            }
            fresh.drop().await;
        }
        println!("\n{engine}, milliseconds with {:?} orders, ratio, rows", arguments.orders);
        for Row { name, counted, medians, found } in rows {
            let texts: Vec<String> = medians.iter().map(|median| format!("{median:8.2}")).collect();
            let ratio = medians.last().unwrap_or(&0.0) / medians.first().unwrap_or(&1.0);
            let act = if counted { "count" } else { "list" };
            println!("{act:5} {name:55} {} {ratio:6.2} {found:5}", texts.join(" "));
        }
    }
}

/// The median of the milliseconds, and how many orders the page has (or all have together, if counted).
async fn measure(db: &Db, question: &Question, counted: bool) -> (f64, usize) {
    let mut millis = vec![];
    let mut found = 0;
    for _ in 0..RUNS {
        let mut conn = db.read().await.expect("a reader");
        let start = Instant::now();
        if counted {
            let counted = count_orders(&mut conn, &Scope::Everything, &question.filter, question.sort).await;
            found = usize::try_from(counted.expect("a number").total).unwrap_or_default();
        } else {
            let page =
                list_orders(&mut conn, &Scope::Everything, &question.filter, question.sort, None, LIMIT)
                    .await;
            found = page.expect("a page").items.len();
        }
        millis.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    millis.sort_by(f64::total_cmp);
    (millis[millis.len() / 2], found)
}

async fn plans(db: &Db, question: &Question) {
    let engine = db.engine();
    for (name, statement) in
        list_statements(engine, &Scope::Everything, &question.filter, question.sort, LIMIT)
    {
        println!("--- {engine}: {}: {name}", question.name);
        println!("{}", statement.rendered(engine).expect("a text").0);
        let mut conn = db.read().await.expect("a reader");
        println!("{}", plan(&mut conn, statement).await);
    }
}
