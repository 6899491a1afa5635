//! Many clients at a running server; see [`ordervault_bench::load`].
//!
//! ```sh
//! cargo run --release -p ordervault-bench --bin load -- --url http://127.0.0.1:8080 \
//!     --staff-email owner@localhost --staff-password '…' --clients 16 --seconds 10
//! ```
//!
//! The server has to be started with throttles that so few customers on one machine do not meet:
//! `ORDERVAULT_THROTTLES__PLACE_ACCOUNT=1000000000/1m` and `ORDERVAULT_THROTTLES__REGISTER_ADDRESS=1000000000/1m`.
//! The answer is one JSON document: per phase requests, seconds, throughput, latencies, and errors by kind.
#![expect(clippy::print_stdout, reason = "the measurements are the program's output")]

use std::error::Error;

use clap::Parser;
use ordervault_bench::load::{LINES, Load, run};
use serde_json::json;

/// Places orders at a running server, then reads, lists and searches them.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    load: Load,
}

// One thread: the cores are for what is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Options { load } = Options::parse();
    let (clients, customers) = (load.clients, load.customers);
    let phases = run(load).await?;
    let report = json!({
        "clients": clients, "customers": customers, "lines_per_order": LINES, "phases": phases,
    });
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
