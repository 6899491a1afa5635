//! The program under test: a shop of its own, its server, its clients, and what became of their orders.
#![expect(clippy::expect_used, reason = "a scenario that cannot be set up fails")]

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ordervault_persistence::engine::Engine;
use ordervault_persistence::statement::Template;
use ordervault_tests::http::Request;
use ordervault_tests::postgres::{copy_of, empty_database, free_port};
use ordervault_tests::program::{Installation, Running};
use ordervault_tests::shop::{PASSWORD, PASSWORD_HASH};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::clients::{Clients, Counter, told};
use crate::hasty;
use crate::ledger::{Found, Intent, Ledger, Number, Told, differences};
use crate::trial::{Outcome, Trial};

/// So many clients order at the same time.
pub const CLIENTS: u64 = 8;
/// So soon after a fault has gone a shop has to take orders again.
const RECOVERY: Duration = Duration::from_mins(1);
/// Who signs in as the owner.
pub const OWNER: &str = "owner@localhost";
/// How many units of the product there are.
const UNITS: u64 = 100_000_000;
/// Orders that clients of the ledger placed: their notes begin with numbers.
static FOUND: Template = Template::new("SELECT note, version FROM orders WHERE note <> '' ORDER BY id");

/// A shop, its server and its clients' ledger.
pub struct Subject {
    /// Where it lives.
    pub installation: Installation,
    /// Where its clients order.
    pub counter: Counter,
    /// What they were told.
    pub ledger: Arc<Ledger>,
    /// Where the server listens, each time it is started.
    pub listen: SocketAddr,
    /// What it is started with besides.
    pub environment: Vec<(String, String)>,
    server: Option<Running>,
}

/// A place for a shop: a folder with SQLite, or an empty PostgreSQL database.
pub async fn installation(trial: &Trial) -> Installation {
    let url = match trial.engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(empty_database().await),
    };
    Installation::of(&trial.program, url)
}

impl Subject {
    /// A new shop.
    pub async fn open(trial: &Trial) -> Self {
        Self::on(installation(trial).await).await
    }

    /// A new shop in this place.
    pub async fn on(installation: Installation) -> Self {
        Self::with(installation, &[]).await
    }

    /// A new shop in this place, whose server has these variables, too.
    pub async fn with(installation: Installation, environment: &[(&str, &str)]) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let own = [("ORDERVAULT_FIRST_RUN__OWNER_PASSWORD_HASH", PASSWORD_HASH)];
        let all = own.iter().chain(environment);
        let environment = all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let [token, store, product] = [const { String::new() }; 3];
        let counter = Counter { address: listen, token, store, product, is_forgetful: false };
        let ledger = Arc::new(Ledger::open().expect("a folder for the ledger"));
        let mut subject = Self { installation, counter, ledger, listen, environment, server: None };
        subject.start().expect("a server");
        subject.furnish().await;
        subject
    }

    /// The clients go on with a new login of the owner.
    pub async fn sign_in(&mut self) {
        self.counter.token.clear();
        let login = json!({"email": OWNER, "password": PASSWORD});
        let tokens = self.make(Request::post("/v1/staff/auth/login").json(&login)).await;
        self.counter.token = text(&tokens["access_token"]);
    }

    /// Owner, store and product.
    async fn furnish(&mut self) {
        self.sign_in().await;
        let store = json!({"name": "Casa", "currency": "EUR", "time_zone": "Europe/Lisbon"});
        let store = self.make(Request::post("/v1/staff/stores").json(&store)).await;
        self.counter.store = text(&store["id"]);
        let product =
            json!({"store_id": store["id"], "sku": "A", "title": "Azulejo", "price": 100, "on_hand": UNITS});
        let product = self.make(Request::post("/v1/staff/products").json(&product)).await;
        self.counter.product = text(&product["id"]);
    }

    async fn make(&self, request: Request) -> Value {
        let request =
            if self.counter.token.is_empty() { request } else { request.bearer(&self.counter.token) };
        let answer = request.send(self.counter.address).await;
        assert!(answer.status < 300, "{}: {}", request.line(), answer.text());
        answer.json()
    }

    /// The control of every promise about acknowledged orders: from now on clients are told yes before it is true.
    pub async fn be_hasty(&mut self, trial: &Trial) {
        if trial.is_control {
            self.counter.address = hasty::before(self.listen).await.expect("a proxy");
        }
    }

    /// Starts the server and waits until it listens. An error tells what it said instead.
    pub fn start(&mut self) -> Result<(), String> {
        self.server = None;
        let pairs = self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<_> = pairs.collect();
        self.server = Some(self.installation.serve_at(self.listen, &pairs)?);
        Ok(())
    }

    /// Starts one more server, with the same variables, at another address.
    pub fn start_another(&self, listen: SocketAddr) -> Option<Running> {
        let pairs = self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Some(self.installation.serve_at(listen, &pairs.collect::<Vec<_>>()).expect("another server"))
    }

    /// The server, which runs.
    pub fn server(&mut self) -> &mut Running {
        self.server.as_mut().expect("the server was started")
    }

    /// Ends the server without asking it.
    pub fn kill(&mut self) {
        // Dropping it kills and waits.
        self.server = None;
    }

    /// Lets clients order while something happens to the shop.
    pub async fn under_load<T>(&mut self, fault: impl AsyncFnOnce(&mut Self) -> T) -> T {
        let clients = Clients::start(CLIENTS, &self.counter, &self.ledger);
        let value = fault(self).await;
        clients.stop().await.expect("the ledger can be written");
        value
    }

    /// Places an order, for scenarios that are about one: the number of the intent, and its id.
    pub async fn place(&self) -> (Number, String) {
        let number = self.ledger.intend(Intent::Place).expect("the ledger can be written");
        let request = self.counter.request(number, &Intent::Place);
        let told = told(Some(&request.send(self.listen).await));
        self.ledger.note(number, told.clone()).expect("the ledger can be written");
        match told {
            Told::Done { order, .. } => (number, order),
            Told::Unknown | Told::Refused => unreachable!("nothing is broken yet"),
        }
    }

    /// Do clients get their orders in while something else goes on? The control is a server that stands still.
    pub async fn goes_on(&mut self, trial: &Trial) -> Option<String> {
        const ORDERS: u64 = 50;
        let limit = if trial.is_control { RECOVERY / 6 } else { RECOVERY };
        if trial.is_control {
            self.server().signal("STOP");
        }
        let orders = async |subject: &mut Self| timeout(limit, subject.ledger.more_done(ORDERS)).await;
        let outcome = self.under_load(orders).await;
        if trial.is_control {
            self.server().signal("CONT");
        }
        outcome.err().map(|_| format!("STALL: fewer than {ORDERS} orders in {} s", limit.as_secs()))
    }

    /// Repeats what was never answered, under the same keys, until it is; past the controls that came between. What was answered
    /// last, if that does not succeed.
    pub async fn converge(&self) -> Option<String> {
        let started = Instant::now();
        let mut last = None;
        let mut counter = self.counter.clone();
        counter.address = self.listen;
        for (number, (intent, _)) in
            self.ledger.entries().iter().filter(|(_, (_, answer))| *answer == Told::Unknown)
        {
            loop {
                let answer = counter.ask(&counter.request(*number, intent)).await;
                let told = told(answer.as_ref());
                let is_done = matches!(told, Told::Done { .. });
                if is_done {
                    self.ledger.note(*number, told).expect("the ledger can be written");
                }
                // A confirmation that happened the first time is refused: the order has another version.
                let is_told = match intent {
                    Intent::Place => is_done,
                    Intent::Confirm { .. } => answer.as_ref().is_some_and(|answer| answer.status != 503),
                };
                if is_told {
                    break;
                }
                if started.elapsed() > RECOVERY {
                    let said = answer.map_or_else(|| "no answer".to_owned(), |answer| answer.text());
                    last = Some(format!("UNANSWERED: {number} {intent:?}: {said}"));
                    break;
                }
                sleep(Duration::from_millis(50)).await;
            }
        }
        last
    }

    /// Places an order of its own until one is taken; how it went wrong, if none is.
    pub async fn recovers(&mut self) -> Option<String> {
        let started = Instant::now();
        let mut last = String::new();
        while started.elapsed() < RECOVERY {
            if let Some(end) = self.server().has_ended() {
                return Some(format!("the server ended by itself: {end}"));
            }
            let number = self.ledger.intend(Intent::Place).expect("the ledger can be written");
            let counter = Counter { address: self.listen, ..self.counter.clone() };
            let answer = counter.ask(&counter.request(number, &Intent::Place)).await;
            let told = told(answer.as_ref());
            self.ledger.note(number, told.clone()).expect("the ledger can be written");
            if matches!(told, Told::Done { .. }) {
                return None;
            }
            last = answer.map_or_else(|| "no answer".to_owned(), |answer| answer.text());
            sleep(Duration::from_millis(100)).await;
        }
        Some(format!("no order is taken within {} s: {last}", RECOVERY.as_secs()))
    }

    /// Stops the server and compares what clients were told with what is in the database, which has to hold together.
    pub async fn judge(&mut self, struck: u64) -> Outcome {
        let mut outcome = Outcome { struck, ..Outcome::default() };
        outcome.check(self.converge().await);
        if let Some(server) = self.server.take() {
            server.signal("TERM");
            let (code, _, said) = server.end();
            outcome.check((code != Some(0)).then(|| format!("the server ends with {code:?}: {said}")));
        }
        let entries = self.ledger.entries();
        let done = entries.values().filter(|(_, told)| matches!(told, Told::Done { .. })).count();
        outcome.checked += done as u64;
        outcome.broken.extend(differences(&entries, &found(&self.installation).await));
        outcome.check(verify(&self.installation));
        outcome
    }
}

/// The orders of clients of the ledger in the database of an installation.
pub async fn found(installation: &Installation) -> Vec<Found> {
    let db = installation.db().await;
    let mut conn = db.read().await.expect("a connection");
    let rows: Vec<(String, i64)> = conn.fetch_all(&FOUND.bind(())).await.expect("orders");
    drop(conn);
    db.close().await;
    // What was amended since has more behind a stroke.
    let number = |note: &str| note.split('/').next().and_then(|number| number.parse().ok());
    let found = rows.into_iter().filter_map(|(note, version)| Some((number(&note)?, version)));
    found.map(|(number, version)| Found { number, version }).collect()
}

/// What `verify` finds in the database of an installation, if anything.
pub fn verify(installation: &Installation) -> Option<String> {
    let output = installation.run(&["-q", "verify"]);
    let said = [output.stdout, output.stderr].concat();
    (!output.status.success()).then(|| format!("verify: {}", String::from_utf8_lossy(&said)))
}

/// The same shop once more, to be broken; no server runs on it.
pub async fn copy(trial: &Trial, shop: &Installation) -> Installation {
    let url = match trial.engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(copy_of(&shop.url()).await),
    };
    let copy = Installation::of(&trial.program, url);
    let copied = Command::new("cp").arg("-a").arg(shop.path().join("data")).arg(copy.path()).status();
    assert!(copied.expect("cp starts").success(), "the folder can be copied");
    copy
}

/// A string of JSON.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
