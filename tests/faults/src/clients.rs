//! Clients that place and confirm orders, and write down what they mean to do and what they are told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ordervault_tests::http::{Answer, Request};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::ledger::{Intent, Ledger, Number, Told};

/// For so long a client waits for an answer.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// Between two attempts at a server that does not answer.
const PAUSE: Duration = Duration::from_millis(20);
/// Of so many acts of a client one is a confirmation.
const ACTS_PER_CONFIRMATION: u64 = 4;

/// Where clients order, and what.
#[derive(Clone, Debug)]
pub struct Counter {
    /// Whom they ask.
    pub address: SocketAddr,
    /// A member who may place and confirm.
    pub token: String,
    /// The store.
    pub store: String,
    /// Its only product.
    pub product: String,
    /// Do clients repeat what they ask under another key, as if they had forgotten the first? The control of every promise
    /// that nothing happens twice.
    pub is_forgetful: bool,
}

impl Counter {
    /// The request of an intent, under a key that is the same each time.
    pub fn request(&self, number: Number, intent: &Intent) -> Request {
        match intent {
            Intent::Place => self.place(number, "", 1),
            Intent::Confirm { order, .. } => {
                let confirm = Request::post(format!("/v1/staff/orders/{order}/confirm"));
                confirm.if_match("\"1\"").bearer(&self.token)
            }
        }
    }

    /// An order that names its intent, of a buyer of its own. Another quantity makes it another order than the one before.
    fn place(&self, number: Number, key: &str, quantity: u64) -> Request {
        let order = json!({
            "store_id": self.store,
            "lines": [{"product_id": self.product, "quantity": quantity}],
            "contact": {"name": "Ana", "phone": format!("+8869{number:08}")},
            "note": number.to_string(),
        });
        let request = Request::post("/v1/staff/orders").key(&format!("intent-{number}{key}"));
        request.json(&order).bearer(&self.token)
    }

    /// Sends a request; none when there was no whole answer in time.
    pub async fn ask(&self, request: &Request) -> Option<Answer> {
        timeout(PATIENCE, request.try_send(self.address)).await.ok()?.ok()
    }
}

/// What an answer, or none, means for whoever asked.
pub fn told(answer: Option<&Answer>) -> Told {
    match answer {
        Some(answer) if (200..300).contains(&answer.status) => {
            let body = answer.json();
            let order = body["id"].as_str().unwrap_or_default().to_owned();
            Told::Done { order, version: body["version"].as_i64().unwrap_or_default() }
        }
        Some(answer) if answer.status == 503 && answer.code() != "outcome-unknown" => Told::Refused,
        Some(answer) if answer.status < 500 => Told::Refused,
        _ => Told::Unknown,
    }
}

/// Clients at work.
pub struct Clients {
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<std::io::Result<()>>>,
}

impl Clients {
    /// So many, each waiting for an answer before it asks again.
    pub fn start(count: u64, counter: &Counter, ledger: &Arc<Ledger>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let work = |_| tokio::spawn(work(counter.clone(), Arc::clone(ledger), Arc::clone(&stop)));
        Self { tasks: (0..count).map(work).collect(), stop }
    }

    /// Lets each get its last answer.
    pub async fn stop(self) -> std::io::Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.map_err(std::io::Error::other)??;
        }
        Ok(())
    }
}

async fn work(counter: Counter, ledger: Arc<Ledger>, stop: Arc<AtomicBool>) -> std::io::Result<()> {
    let mut placed: Vec<(Number, String)> = vec![];
    while !stop.load(Ordering::Relaxed) {
        let intent = match placed.pop_if(|(number, _)| *number % ACTS_PER_CONFIRMATION == 0) {
            Some((placed, order)) => Intent::Confirm { placed, order },
            None => Intent::Place,
        };
        let number = ledger.intend(intent.clone())?;
        let told = told(counter.ask(&counter.request(number, &intent)).await.as_ref());
        if counter.is_forgetful && intent == Intent::Place {
            counter.ask(&counter.place(number, "-again", 2)).await;
        }
        ledger.note(number, told.clone())?;
        match told {
            Told::Done { order, .. } if intent == Intent::Place && !order.is_empty() => {
                placed.push((number, order));
            }
            Told::Done { .. } => {}
            Told::Unknown | Told::Refused => sleep(PAUSE).await,
        }
    }
    Ok(())
}
