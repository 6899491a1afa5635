//! The shop that the clients visit, and what they ask for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::client::{Client, Request};
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
/// The first two characters of each product's title (保溫), as a URL has them.
const CHARACTERS: &str = "%E4%BF%9D%E6%BA%AB";
const PASSWORD: &str = "a long walk by the sea";

/// Everything that the clients share.
pub(crate) struct Target {
    pub(crate) load: Load,
    staff_token: String,
    store: String,
    /// The first day of a month a year before the newest order was placed, if there was one before this run.
    year_before: Option<String>,
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

/// An order, as it is asked for.
#[derive(Serialize)]
struct Basket<'a> {
    store_id: &'a str,
    lines: Vec<BasketLine<'a>>,
    note: String,
    contact: Contact,
}

#[derive(Serialize)]
struct BasketLine<'a> {
    product_id: &'a str,
    quantity: u64,
}

#[derive(Serialize)]
struct Contact {
    name: String,
    phone: String,
}

impl Target {
    /// Makes store, products and customers.
    pub(crate) async fn open(load: Load) -> Result<Self, Failure> {
        let mut client = Client::of(&load.url);
        let login = json!({"email": load.staff_email, "password": load.staff_password});
        let staff_token = logged_in(&mut client, "/v1/staff/auth/login", &login).await?;
        let mut make = async |path: &str, body: Value| -> Result<String, Failure> {
            let request = Request::post(path).bearer(&staff_token).json(&body);
            let made: Made = parsed(&client.ask(request).await?)?;
            Ok(made.id)
        };
        let name = format!("Load {}", load.seed);
        let store = json!({"name": name, "currency": "TWD", "time_zone": "Asia/Taipei"});
        let store = make("/v1/staff/stores", store).await?;
        let mut products = vec![];
        for number in 0..PRODUCTS {
            let product = json!({
                "store_id": store, "sku": format!("LOAD-{number}"), "title": format!("保溫杯 {number}"),
                "category": format!("category {}", number % 7), "price": 1000 + number, "on_hand": UNITS,
            });
            products.push(make("/v1/staff/products", product).await?);
        }
        let mut customer_tokens = vec![];
        for number in 0..load.customers {
            let email = format!("load-{}-{number}@example.com", load.seed);
            let account = json!({"email": email, "password": PASSWORD, "name": name_of(load.seed, number)});
            // An account of an earlier run with this seed is as good.
            client.answer(Request::post("/v1/auth/register").json(&account)).await?;
            let login = json!({"email": email, "password": PASSWORD});
            customer_tokens.push(logged_in(&mut client, "/v1/auth/login", &login).await?);
        }
        let newest = Request::get("/v1/staff/orders?limit=1").bearer(&staff_token);
        let newest: Value = parsed(&client.ask(newest).await?)?;
        let year_before = newest["items"][0]["placed_at"].as_str().and_then(year_before);
        let (orders, [turns, confirmed]) = (Mutex::default(), [const { AtomicU64::new(0) }; 2]);
        Ok(Self {
            load,
            staff_token,
            store,
            year_before,
            products,
            customer_tokens,
            orders,
            turns,
            confirmed,
        })
    }

    /// One request of a phase, by the next customer. `None`: there is no order (left) that it could ask for.
    pub(crate) async fn ask(&self, client: &mut Client, phase: Phase) -> Option<Result<(), Failure>> {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        let customer = turn % self.load.customers;
        let request = match phase {
            Phase::Place => return Some(self.place(client, turn, customer).await),
            Phase::Read => {
                let (customer, id) = self.order(scatter(turn))?;
                self.as_customer(customer, &format!("/v1/orders/{id}"))
            }
            Phase::List => self.as_customer(customer, "/v1/orders?limit=50"),
            Phase::Search => {
                let product = format!("{CHARACTERS}%20{}", scatter(turn) % PRODUCTS);
                self.as_customer(customer, &format!("/v1/orders?limit=50&q={product}"))
            }
            Phase::SearchCharacters => {
                self.as_customer(customer, &format!("/v1/orders?limit=50&q={CHARACTERS}"))
            }
            Phase::SearchName => {
                let name = name_of(self.load.seed, customer);
                self.as_customer(customer, &format!("/v1/orders?limit=50&q={name}"))
            }
            Phase::StaffRead => {
                let (_, id) = self.order(scatter(turn))?;
                self.as_staff(Request::get(&format!("/v1/staff/orders/{id}")))
            }
            Phase::StaffList => self.as_staff(Request::get("/v1/staff/orders?limit=50")),
            Phase::StaffFilter => self.as_staff(Request::get(&format!(
                "/v1/staff/orders?limit=50&status=pending_review&store={}",
                self.store
            ))),
            Phase::StaffSearch => {
                let name = name_of(self.load.seed, customer);
                self.as_staff(Request::get(&format!("/v1/staff/orders?limit=50&q={name}")))
            }
            Phase::StaffSearchCharacters => {
                self.as_staff(Request::get(&format!("/v1/staff/orders?limit=50&q={CHARACTERS}")))
            }
            Phase::StaffDeep => {
                let before = self.year_before.as_ref()?;
                self.as_staff(Request::get(&format!("/v1/staff/orders?limit=50&placed_before={before}")))
            }
            Phase::StaffNumber => {
                let (_, id) = self.order(scatter(turn))?;
                self.as_staff(Request::get(&format!("/v1/staff/orders?limit=50&number={id}")))
            }
            Phase::StaffSummary => self.as_staff(Request::get("/v1/staff/summary")),
            Phase::StaffHistory => self.as_staff(Request::get("/v1/staff/history?limit=50")),
            Phase::StaffConfirm => {
                let next = self.confirmed.fetch_add(1, Ordering::Relaxed);
                let (_, id) = self.order(next).filter(|_| next < self.placed())?;
                self.as_staff(Request::post(&format!("/v1/staff/orders/{id}/confirm")))
            }
        };
        Some(client.ask(request).await.map(drop))
    }

    /// One export of all orders of this run's store.
    pub(crate) async fn export(&self, client: &mut Client) -> Result<(), Failure> {
        let orders = Request::get(&format!("/v1/staff/orders.csv?store={}", self.store));
        client.ask(self.as_staff(orders)).await.map(drop)
    }

    async fn place(&self, client: &mut Client, turn: u64, customer: u64) -> Result<(), Failure> {
        let first = scatter(turn + self.load.seed) % PRODUCTS;
        // No two baskets of a customer are alike: the quantity rises with each round of turns.
        let quantity = 1 + turn / self.load.customers;
        let line = |line| {
            let product_id: &String = pick(&self.products, first + line * STRIDE);
            BasketLine { product_id, quantity }
        };
        let basket = Basket {
            store_id: &self.store,
            lines: (0..LINES).map(line).collect(),
            note: format!("order {turn}"),
            contact: Contact {
                name: name_of(self.load.seed, customer),
                phone: format!("+88691{:07}", turn % 10_000_000),
            },
        };
        let request = Request::post("/v1/orders")
            .bearer(self.token_of(customer))
            .header("idempotency-key", &format!("load-{turn}-{}", self.store))
            .json(&basket);
        let placed: Made = parsed(&client.ask(request).await?)?;
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

    fn as_customer(&self, customer: u64, path: &str) -> Request {
        Request::get(path).bearer(self.token_of(customer))
    }

    fn token_of(&self, customer: u64) -> &String {
        pick(&self.customer_tokens, customer)
    }

    fn as_staff(&self, request: Request) -> Request {
        request.bearer(&self.staff_token)
    }
}

/// The first day of the same month of the year before, by a time such as 2026-01-05T08:30:00.000Z.
fn year_before(time: &str) -> Option<String> {
    let (year, month) = (time.get(..4)?.parse::<u32>().ok()?, time.get(5..7)?);
    Some(format!("{}-{month}-01T00:00:00Z", year.checked_sub(1)?))
}

/// A name of one word that no other customer's name begins with.
fn name_of(seed: u64, customer: u64) -> String {
    format!("Load{seed}x{customer:06}")
}

async fn logged_in(client: &mut Client, path: &str, login: &Value) -> Result<String, Failure> {
    let tokens: Tokens = parsed(&client.ask(Request::post(path).json(login)).await?)?;
    Ok(tokens.access_token)
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
