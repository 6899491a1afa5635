//! How dear it is to read an order, the summary, and each question to the list of orders, with few and with many orders.
//!
//! ```text
//! cargo run --release -p ordervault-bench --bin list_queries -- [--orders 45000] [--orders 1000000] [--plans]
//! ```
//!
//! Orders are fabricated in databases of its own on both engines. Prints the median of the milliseconds of a page of 25
//! orders, and the ratio of the last size to the first.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for developers")]

use std::time::Instant;

use clap::Parser;
use ordervault_domain::access::Scope;
use ordervault_domain::id::MemberId;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::read::{self, count_orders, list_orders, list_statements};
use ordervault_persistence::tx::Conn;
use ordervault_tests::explain::plan;
use ordervault_tests::fabricate::{analyze, fabricate};
use ordervault_tests::list_queries::{ListQuery, last_order, questions};
use ordervault_tests::shop::OPENING_MILLIS;
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
/// Each is asked so often at least, and on until this time is over, because readers have to warm up.
const MIN_RUNS: usize = 15;
const MAX_RUNS: usize = 201;
const ENOUGH_MILLIS: f64 = 300.0;

/// What came out for one question.
struct Row {
    act: &'static str,
    name: &'static str,
    medians: Vec<f64>,
    found: usize,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut rows: Vec<Row> = vec![];
        for orders in &arguments.orders {
            let fresh = Fresh::on(engine).await;
            fabricate(&fresh.db, *orders).await;
            // SQLite is run without statistics.
            if engine == Engine::Postgres {
                analyze(&fresh.db).await;
            }
            let mut note = |act, name, (median, found)| match rows
                .iter_mut()
                .find(|row| (row.act, row.name) == (act, name))
            {
                Some(row) => (row.medians.push(median), row.found = found).0,
                None => rows.push(Row { act, name, medians: vec![median], found }),
            };
            note("read", "an order", measure(&fresh.db, an_order).await);
            note("read", "the summary", measure(&fresh.db, the_summary).await);
            let asked = questions().into_iter().filter(|question| question.name.contains(&arguments.only));
            for question in asked {
                note(
                    "list",
                    question.name,
                    measure(&fresh.db, async |conn| page(conn, &question).await).await,
                );
                note(
                    "count",
                    question.name,
                    measure(&fresh.db, async |conn| count(conn, &question).await).await,
                );
                if arguments.plans {
                    plans(&fresh.db, &question).await;
                }
            }
            fresh.drop().await;
        }
        println!("\n{engine}, milliseconds with {:?} orders, ratio, rows", arguments.orders);
        for Row { act, name, medians, found } in rows {
            let texts: Vec<String> = medians.iter().map(|median| format!("{median:8.2}")).collect();
            let ratio = medians.last().unwrap_or(&0.0) / medians.first().unwrap_or(&1.0);
            println!("{act:5} {name:55} {} {ratio:6.2} {found:5}", texts.join(" "));
        }
    }
}

/// The median of the milliseconds, and how many were found.
async fn measure(db: &Db, ask: impl AsyncFn(&mut Conn) -> usize) -> (f64, usize) {
    let mut millis: Vec<f64> = vec![];
    let mut found = 0;
    while millis.len() < MIN_RUNS || (millis.len() < MAX_RUNS && millis.iter().sum::<f64>() < ENOUGH_MILLIS) {
        let mut conn = db.read().await.expect("a reader");
        let start = Instant::now();
        found = ask(&mut conn).await;
        millis.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    millis.sort_by(f64::total_cmp);
    (millis[millis.len() / 2], found)
}

async fn page(conn: &mut Conn, question: &ListQuery) -> usize {
    let page = list_orders(conn, &Scope::Everything, &question.filter, question.sort, None, LIMIT).await;
    page.expect("a page").items.len()
}

async fn count(conn: &mut Conn, question: &ListQuery) -> usize {
    let counted = count_orders(conn, &Scope::Everything, &question.filter, question.sort).await;
    usize::try_from(counted.expect("a number").total).unwrap_or_default()
}

/// With its lines, as its page shows it.
async fn an_order(conn: &mut Conn) -> usize {
    let order = read::order(conn, &Scope::Everything, last_order()).await.expect("an answer");
    order.map_or(0, |order| order.lines.len())
}

/// What a member's home asks for again and again.
async fn the_summary(conn: &mut Conn) -> usize {
    let now = Timestamp::from_millis(OPENING_MILLIS);
    let summary = read::summary(conn, &Scope::Everything, MemberId::from_i64(1), now).await;
    summary.expect("a summary").today.len()
}

async fn plans(db: &Db, question: &ListQuery) {
    let engine = db.engine();
    for (name, statement) in
        list_statements(engine, &Scope::Everything, &question.filter, question.sort, None, LIMIT)
    {
        println!("--- {engine}: {}: {name}", question.name);
        println!("{}", statement.rendered(engine).expect("a text").0);
        let mut conn = db.read().await.expect("a reader");
        println!("{}", plan(&mut conn, statement).await);
    }
}
