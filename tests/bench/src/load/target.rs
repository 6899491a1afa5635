//! The shop that the clients visit, and what they ask for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

use super::report::Failure;
use super::visit::{Load, Phase};

/// Lines of one order.
pub const LINES: u64 = 3;
/// Products that baskets are filled from.
const PRODUCTS: u64 = 200;
/// Between the products of one basket, so that they differ.
const STRIDE: u64 = 67;
/// Units of each product in the house.
const UNITS: u64 = 900_000_000;
const PASSWORD: &str = "a long walk by the sea";

/// Everything that the clients share.
pub(crate) struct Target {
    pub(crate) load: Load,
    client: Client,
    staff_token: String,
    store: String,
    products: Vec<String>,
    customer_tokens: Vec<String>,
    /// Who placed it, and its id.
    orders: Mutex<Vec<(u64, String)>>,
    turns: AtomicU64,
    /// How many of the orders were taken up to be confirmed.
    confirmed: AtomicU64,
}

#[derive(Deserialize)]
struct Made {
    id: String,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
}

impl Target {
    /// Makes store, products and customers.
    pub(crate) async fn open(load: Load) -> Result<Self, Failure> {
        let mut target = Self {
            load,
            client: Client::builder().pool_max_idle_per_host(usize::MAX).build()?,
            staff_token: String::new(),
            store: String::new(),
            products: vec![],
            customer_tokens: vec![],
            orders: Mutex::default(),
            turns: AtomicU64::new(0),
            confirmed: AtomicU64::new(0),
        };
        let login = json!({"email": target.load.staff_email, "password": target.load.staff_password});
        target.staff_token = target.login("/v1/staff/auth/login", &login).await?;
        let name = format!("Load {}", target.load.seed);
        let store = json!({"name": name, "currency": "TWD", "time_zone": "Asia/Taipei"});
        target.store = target.make("/v1/staff/stores", &store).await?;
        for number in 0..PRODUCTS {
            let product = json!({
                "store_id": target.store, "sku": format!("LOAD-{number}"), "title": format!("保溫杯 {number}"),
                "category": format!("category {}", number % 7), "price": 1000 + number, "on_hand": UNITS,
            });
            target.products.push(target.make("/v1/staff/products", &product).await?);
        }
        for number in 0..target.load.customers {
            let email = format!("load-{}-{number}@example.com", target.load.seed);
            let account = json!({"email": email, "password": PASSWORD, "name": target.name_of(number)});
            // An account of an earlier run with this seed is as good.
            target.post("/v1/auth/register").json(&account).send().await?;
            let login = json!({"email": email, "password": PASSWORD});
            target.customer_tokens.push(target.login("/v1/auth/login", &login).await?);
        }
        Ok(target)
    }

    /// One request of a phase, by the next customer. `None`: there is no order (left) that it could ask for.
    pub(crate) async fn ask(&self, phase: Phase) -> Option<Result<(), Failure>> {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        let customer = turn % self.load.customers;
        let outcome = match phase {
            Phase::Place => self.place(turn, customer).await,
            Phase::Read => {
                let (customer, id) = self.order(scatter(turn))?;
                self.as_customer(customer, &format!("/v1/orders/{id}")).await
            }
            Phase::List => self.as_customer(customer, "/v1/orders?limit=50").await,
            Phase::Search => {
                let number = scatter(turn) % PRODUCTS;
                self.as_customer(customer, &format!("/v1/orders?limit=25&q=%E4%BF%9D%E6%BA%AB%20{number}"))
                    .await
            }
            Phase::StaffRead => {
                let (_, id) = self.order(scatter(turn))?;
                self.as_staff(&format!("/v1/staff/orders/{id}")).await
            }
            Phase::StaffList => self.as_staff("/v1/staff/orders?limit=50").await,
            Phase::StaffFilter => {
                self.as_staff(&format!(
                    "/v1/staff/orders?limit=50&status=pending_review&store={}",
                    self.store
                ))
                .await
            }
            Phase::StaffSearch => {
                self.as_staff(&format!("/v1/staff/orders?limit=25&q={}", self.name_of(customer))).await
            }
            Phase::StaffConfirm => {
                let next = self.confirmed.fetch_add(1, Ordering::Relaxed);
                let (_, id) = self.order(next).filter(|_| next < self.placed())?;
                let request = self.post(&format!("/v1/staff/orders/{id}/confirm"));
                answer(request.bearer_auth(&self.staff_token)).await.map(drop)
            }
        };
        Some(outcome)
    }

    async fn place(&self, turn: u64, customer: u64) -> Result<(), Failure> {
        let first = scatter(turn + self.load.seed);
        // No two baskets of a customer are alike: the quantity rises with each round of turns.
        let quantity = 1 + turn / self.load.customers;
        let lines: Vec<Value> = (0..LINES)
            .map(|line| json!({"product_id": pick(&self.products, first % PRODUCTS + line * STRIDE), "quantity": quantity}))
            .collect();
        let order = json!({
            "store_id": self.store, "lines": lines, "note": format!("order {turn}"),
            "contact": {"name": self.name_of(customer), "phone": format!("+88691{:07}", turn % 10_000_000)},
        });
        let request = self.post("/v1/orders").bearer_auth(pick(&self.customer_tokens, customer)).json(&order);
        let request = request.header("Idempotency-Key", format!("load-{turn}-{}", self.store));
        let placed: Made = parsed(&answer(request).await?)?;
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).push((customer, placed.id));
        Ok(())
    }

    /// Of the orders that were placed the one at this place, counting round and round.
    fn order(&self, place: u64) -> Option<(u64, String)> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        (!orders.is_empty()).then(|| pick(&orders, place).clone())
    }

    /// Number of orders that were placed.
    fn placed(&self) -> u64 {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).len() as u64
    }

    /// A name of one word that no other customer's name begins with.
    fn name_of(&self, customer: u64) -> String {
        format!("Load{}x{customer:06}", self.load.seed)
    }

    async fn as_customer(&self, customer: u64, path: &str) -> Result<(), Failure> {
        answer(self.get(path).bearer_auth(pick(&self.customer_tokens, customer))).await.map(drop)
    }

    async fn as_staff(&self, path: &str) -> Result<(), Failure> {
        answer(self.get(path).bearer_auth(&self.staff_token)).await.map(drop)
    }

    async fn login(&self, path: &str, login: &Value) -> Result<String, Failure> {
        let tokens: Tokens = parsed(&answer(self.post(path).json(login)).await?)?;
        Ok(tokens.access_token)
    }

    /// Has staff make a thing; its id.
    async fn make(&self, path: &str, body: &Value) -> Result<String, Failure> {
        let made: Made = parsed(&answer(self.post(path).bearer_auth(&self.staff_token).json(body)).await?)?;
        Ok(made.id)
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.load.url))
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.load.url))
    }
}

/// The body of a 2xx answer.
async fn answer(request: RequestBuilder) -> Result<Vec<u8>, Failure> {
    let response = request.send().await?;
    let status = response.status();
    let body = response.bytes().await?;
    if status.is_success() { Ok(body.to_vec()) } else { Err(Failure::answered(status, &body)) }
}

fn parsed<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::new("unexpected answer", error.to_string()))
}

/// The item at this place, counting round and round. The list must not be empty.
fn pick<T>(items: &[T], place: u64) -> &T {
    let length = items.len() as u64;
    &items[usize::try_from(place % length).unwrap_or_default()]
}

/// Spreads consecutive numbers (the finaliser of `SplitMix64`).
fn scatter(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
