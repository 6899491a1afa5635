//! A load program: many clients place orders over HTTP against a running server, then read, list and search them.
//!
//! ```sh
//! cargo run --release -p ordervault-tests --bin load -- --url http://127.0.0.1:8080 \
//!     --staff-email owner@example.com --staff-password '…' --clients 16 --seconds 10
//! ```
//!
//! It makes a store of its own with ample stock, and customers of its own. The answer is one JSON document: per phase the
//! number of requests, errors, seconds, throughput and latencies. Compare ratios within one run, not numbers between machines.
#![expect(clippy::print_stdout, reason = "the measurements are the program's output")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

type Failure = Box<dyn Error + Send + Sync>;

/// Products that baskets are filled from.
const PRODUCTS: u64 = 200;
/// Units of each product in the house.
const UNITS: u64 = 900_000_000;
/// Lines of one order.
const LINES: u64 = 3;

#[derive(Parser, Clone)]
#[command(about = "Places orders against a running server, then reads, lists and searches them")]
struct Options {
    /// Where the server listens.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// A staff account that may make stores and products.
    #[arg(long)]
    staff_email: String,
    /// Its password.
    #[arg(long)]
    staff_password: String,
    /// Clients that ask at the same time, each waiting for its answer.
    #[arg(long, default_value_t = 16)]
    clients: u64,
    /// Customers that the clients take turns to be.
    #[arg(long, default_value_t = 20)]
    customers: u64,
    /// Length of each phase.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Sets this run's baskets and names apart from others'.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Everything that the clients share.
struct Shop {
    options: Options,
    client: Client,
    store: String,
    products: Vec<String>,
    tokens: Vec<String>,
    orders: std::sync::Mutex<Vec<(usize, String)>>,
    counter: AtomicU64,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let shop = Arc::new(Shop::open(Options::parse()).await?);
    let mut phases = vec![];
    for phase in [Phase::Place, Phase::Read, Phase::List, Phase::Search] {
        phases.push(run(&shop, phase).await?);
    }
    let report = json!({"clients": shop.options.clients, "lines_per_order": LINES, "phases": phases});
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Place,
    Read,
    List,
    Search,
}

/// Runs one phase with all clients and sums it up.
async fn run(shop: &Arc<Shop>, phase: Phase) -> Result<Value, Failure> {
    let begun = Instant::now();
    let end = begun + Duration::from_secs(shop.options.seconds);
    let clients = (0..shop.options.clients).map(|_| {
        let shop = Arc::clone(shop);
        tokio::spawn(async move {
            let (mut micros, mut errors) = (vec![], 0_u64);
            while Instant::now() < end {
                let sent = Instant::now();
                match shop.ask(phase).await {
                    Ok(()) => micros.push(sent.elapsed().as_micros()),
                    Err(_) => errors += 1,
                }
            }
            (micros, errors)
        })
    });
    let (mut micros, mut errors) = (vec![], 0);
    for client in clients.collect::<Vec<_>>() {
        let (measured, failed) = client.await?;
        micros.extend(measured);
        errors += failed;
    }
    let seconds = begun.elapsed().as_secs_f64();
    micros.sort_unstable();
    let at =
        |share: usize| micros.get(micros.len() * share / 1000).map_or(0.0, |micros| *micros as f64 / 1000.0);
    Ok(json!({
        "phase": format!("{phase:?}").to_lowercase(),
        "requests": micros.len(),
        "errors": errors,
        "seconds": (seconds * 100.0).round() / 100.0,
        "per_second": (micros.len() as f64 / seconds).round(),
        "p50_ms": at(500),
        "p99_ms": at(990),
    }))
}

impl Shop {
    /// Makes store, products and customers.
    async fn open(options: Options) -> Result<Self, Failure> {
        let client = Client::builder().pool_max_idle_per_host(1024).build()?;
        let mut shop = Self {
            options,
            client,
            store: String::new(),
            products: vec![],
            tokens: vec![],
            orders: std::sync::Mutex::default(),
            counter: AtomicU64::new(0),
        };
        let login = json!({"email": shop.options.staff_email, "password": shop.options.staff_password});
        let staff = text(&answer(shop.post("/v1/staff/auth/login").json(&login)).await?, "access_token")?;
        let stamp = shop.options.seed;
        let store = json!({"name": format!("Load {stamp}"), "currency": "TWD", "time_zone": "Asia/Taipei"});
        let made = answer(shop.post("/v1/staff/stores").bearer_auth(&staff).json(&store)).await?;
        shop.store = text(&made, "id")?;
        for number in 0..PRODUCTS {
            let product = json!({
                "store_id": shop.store, "sku": format!("LOAD-{number}"), "title": format!("保溫杯 {number}"),
                "category": format!("category {}", number % 7), "price": 1000 + number, "on_hand": UNITS,
            });
            let made = answer(shop.post("/v1/staff/products").bearer_auth(&staff).json(&product)).await?;
            shop.products.push(text(&made, "id")?);
        }
        for number in 0..shop.options.customers {
            let email = format!("load-{stamp}-{number}@example.com");
            let account = json!({"email": email, "password": "a long walk by the sea", "name": format!("Load {number}")});
            // An account of an earlier run with this seed is as good.
            let _ = shop.post("/v1/auth/register").json(&account).send().await?;
            let login = json!({"email": email, "password": "a long walk by the sea"});
            let tokens = answer(shop.post("/v1/auth/login").json(&login)).await?;
            shop.tokens.push(text(&tokens, "access_token")?);
        }
        Ok(shop)
    }

    /// One request of a phase, by the next customer.
    async fn ask(&self, phase: Phase) -> Result<(), Failure> {
        let turn = self.counter.fetch_add(1, Ordering::Relaxed);
        let who = usize::try_from(turn)? % self.tokens.len();
        match phase {
            Phase::Place => {
                let lines: Vec<Value> = (0..LINES)
                    .map(|line| {
                        let product = scatter(turn * LINES + line + self.options.seed) % PRODUCTS;
                        json!({"product_id": self.products[usize::try_from(product).unwrap_or_default()], "quantity": 1 + turn % 3})
                    })
                    .collect();
                let order = json!({
                    "store_id": self.store, "lines": lines, "note": format!("order {turn}"),
                    "contact": {"name": format!("Load {who}"), "phone": format!("+88691{:07}", turn % 10_000_000)},
                });
                let key = format!("load-{}-{turn}-{}", self.options.seed, self.store);
                let request = self.post("/v1/orders").header("Idempotency-Key", key).json(&order);
                let placed = answer(request.bearer_auth(&self.tokens[who])).await?;
                let mut orders = self.orders.lock().map_err(|_| "a client panicked")?;
                orders.push((who, text(&placed, "id")?));
            }
            Phase::Read => {
                let (who, id) = {
                    let orders = self.orders.lock().map_err(|_| "a client panicked")?;
                    let position = usize::try_from(scatter(turn))? % orders.len().max(1);
                    orders.get(position).cloned().ok_or("no order was placed")?
                };
                answer(self.get(&format!("/v1/orders/{id}")).bearer_auth(&self.tokens[who])).await?;
            }
            Phase::List => {
                answer(self.get("/v1/orders?limit=50").bearer_auth(&self.tokens[who])).await?;
            }
            Phase::Search => {
                let number = scatter(turn) % PRODUCTS;
                let path = format!("/v1/orders?limit=25&q=%E4%BF%9D%E6%BA%AB%20{number}");
                answer(self.get(&path).bearer_auth(&self.tokens[who])).await?;
            }
        }
        Ok(())
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.options.url))
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.options.url))
    }
}

/// The body of a 2xx answer.
async fn answer(request: RequestBuilder) -> Result<Value, Failure> {
    let response = request.send().await?;
    let status = response.status();
    let body = response.bytes().await?;
    if status.is_success() {
        return Ok(serde_json::from_slice(&body)?);
    }
    Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into())
}

fn text(body: &Value, member: &str) -> Result<String, Failure> {
    body.get(member)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| format!("no {member} in the answer").into())
}

/// Spreads consecutive numbers (the finaliser of SplitMix64).
fn scatter(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
