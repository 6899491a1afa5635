//! A load program: many clients place orders over HTTP against a running server, then read, list and search them as
//! customers and as staff.
//!
//! ```sh
//! cargo run --release -p ordervault-tests --bin load -- --url http://127.0.0.1:8080 \
//!     --staff-email owner@localhost --staff-password '…' --clients 16 --seconds 10
//! ```
//!
//! The server has to be started with throttles that so few customers on one machine do not meet:
//! `ORDERVAULT_THROTTLES__PLACE_ACCOUNT=1000000000/1m` and `ORDERVAULT_THROTTLES__REGISTER_ADDRESS=1000000000/1m`.
//!
//! It makes a store of its own with ample stock, and customers of its own, so it can run again and again on one database.
//! The answer is one JSON document: per phase requests, seconds, throughput, latencies, and errors by kind. Compare ratios
//! within one run, not numbers between machines. Access tokens live ten minutes: all phases together must be shorter.
#![expect(clippy::print_stdout, reason = "the measurements are the program's output")]

mod report;
mod target;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use serde_json::{Value, json};

use report::Tally;
use target::Target;

#[derive(Parser, Clone)]
#[command(about = "Places orders against a running server, then reads, lists and searches them")]
struct Options {
    /// Where the server listens.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// A staff account that may make stores and products, and has replaced its first password.
    #[arg(long)]
    staff_email: String,
    /// Its password.
    #[arg(long)]
    staff_password: String,
    /// Clients that ask at the same time, each waiting for its answer.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..))]
    clients: u64,
    /// Customers that the clients take turns to be.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..))]
    customers: u64,
    /// Length of each phase.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Sets this run's baskets and names apart from others'.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What to measure, in this order. What is not `place` asks for orders that it placed.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Phase::value_variants().to_vec())]
    phases: Vec<Phase>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Phase {
    /// A customer places an order of three lines.
    Place,
    /// A customer reads an order.
    Read,
    /// A customer lists their newest orders.
    List,
    /// A customer searches their orders for a product.
    Search,
    /// Staff read an order.
    StaffRead,
    /// Staff list the newest orders.
    StaffList,
    /// Staff list the newest orders of one store that wait for review.
    StaffFilter,
    /// Staff search for a customer's name.
    StaffSearch,
    /// Staff confirm an order, each order once; ends when all are.
    StaffConfirm,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let target = Arc::new(Target::open(Options::parse()).await?);
    let mut phases = vec![];
    for phase in &target.options.phases {
        phases.push(run(&target, *phase).await?);
    }
    let report = json!({
        "clients": target.options.clients,
        "customers": target.options.customers,
        "lines_per_order": target::LINES,
        "phases": phases,
    });
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

/// Runs one phase with all clients and sums it up.
async fn run(target: &Arc<Target>, phase: Phase) -> Result<Value, Box<dyn Error>> {
    let begun = Instant::now();
    let end = begun + Duration::from_secs(target.options.seconds);
    let clients: Vec<_> = (0..target.options.clients)
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
        all.add(client.await?);
    }
    let name = phase.to_possible_value().map(|name| name.get_name().to_owned());
    Ok(all.report(&name.unwrap_or_default(), begun.elapsed()))
}
