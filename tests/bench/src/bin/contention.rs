//! What a product costs that somebody else holds, and what it costs replicas to sell one product together.
//!
//! ```text
//! cargo run --release -p ordervault-bench --bin contention -- [--seconds 5] [--clients 64]
//! ```
//!
//! On a PostgreSQL of its own. Prints orders a second: of all products but one while nobody holds that one, the same while a
//! foreign session does and one client in sixteen wants it, and of one product alone by one server and by two.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for developers")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use futures_util::future::join_all;
use ordervault_domain::customer::Customer;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::statement::Template;
use ordervault_persistence::writer::ActorRef;
use ordervault_tests::queue::another_process;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, place, submission};
use ordervault_tests::twin::Fresh;

/// What held and hot products cost.
#[derive(Parser)]
struct Arguments {
    /// For how long to measure each
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many want to order at a time
    #[arg(long, default_value_t = 64)]
    clients: usize,
}

/// Of the clients, one in so many wants what is held.
const WANTS_HELD: usize = 16;
const PRODUCTS: usize = 50;
const PIECES: i64 = 1_000_000_000;

static HOLD: Template = Template::new("SELECT id FROM products WHERE id = $1 {lock}");

/// Shops on one database, one for each server, and what they sell.
struct Street {
    shops: Vec<Shop>,
    store: Arc<Store>,
    products: Vec<Arc<Product>>,
    customers: Vec<Arc<Customer>>,
}

impl Street {
    async fn open(db: &Db, clients: usize) -> Self {
        let mut shops = vec![];
        for seed in [1, 2] {
            let db = another_process(db).await;
            shops.push(Shop::with(&db, ManualClock::at(OPENING_MILLIS), seed).await);
        }
        let store = shops[0].store().await;
        let mut products = vec![];
        for _ in 0..PRODUCTS {
            products.push(shops[0].product(&store, PIECES).await);
        }
        let mut customers = vec![];
        for _ in 0..clients {
            customers.push(shops[0].customer().await);
        }
        Self { shops, store, products, customers }
    }

    /// Orders a second that the clients get, each of the shop and the product that it is given; of those that count.
    async fn rate(
        &self,
        arguments: &Arguments,
        wish: impl Fn(usize, usize) -> (usize, usize),
        counts: impl Fn(usize) -> bool,
    ) -> u64 {
        let until = Instant::now() + Duration::from_secs(arguments.seconds);
        let placed = AtomicU64::new(0);
        let clients = (0..arguments.clients).map(|client| {
            let (placed, wish, counts) = (&placed, &wish, &counts);
            async move {
                let actor = ActorRef::Customer(self.customers[client].id);
                // No two orders of a client are alike.
                for round in 0..u32::MAX {
                    if Instant::now() > until {
                        break;
                    }
                    let (shop, product) = wish(client, round as usize);
                    let act = place(self.store.id, &[(&self.products[product], 1 + round)]);
                    let order = submission(actor, vec![act]);
                    if self.shops[shop].writer.submit(order).await.is_ok() && counts(product) {
                        placed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        });
        join_all(clients).await;
        placed.into_inner() / arguments.seconds
    }
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let fresh = Fresh::on(Engine::Postgres).await;
    let street = Street::open(&fresh.db, arguments.clients).await;
    let mixed = |client: usize, round: usize| match client % WANTS_HELD {
        0 => (0, 0),
        _ => (0, 1 + (client + round) % (PRODUCTS - 1)),
    };
    println!(
        "free: {} orders/s of other products",
        street.rate(&arguments, mixed, |product| product > 0).await
    );
    let elsewhere = another_process(&fresh.db).await;
    let mut holder = elsewhere.begin().await.expect("a transaction");
    let held = HOLD.bind((street.products[0].id.get(),));
    let measured = street.rate(&arguments, mixed, |product| product > 0);
    // The server ends whoever idles in a transaction; this one does something now and then.
    let keep = async {
        loop {
            let _: (i64,) = holder.fetch_one(&held).await.expect("held");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let rate = tokio::select! {
        rate = measured => rate,
        () = keep => unreachable!("holds for ever"),
    };
    println!("held: {rate} orders/s of other products");
    holder.rollback().await;
    println!(
        "hot:  {} orders/s of one product by one server",
        street.rate(&arguments, |_, _| (0, 0), |_| true).await
    );
    let both = street.rate(&arguments, |client, _| (client % 2, 0), |_| true).await;
    println!("hot:  {both} orders/s of one product by two servers");
    for shop in street.shops {
        shop.close().await;
    }
    elsewhere.close().await;
    fresh.drop().await;
}
