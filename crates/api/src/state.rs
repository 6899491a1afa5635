//! What every handler can reach. Built once by the caller, shared by all workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use ipnet::IpNet;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::Writer;
use tokio::sync::Semaphore;

use crate::auth::{AccessTokens, OrderTokens, Passwords, RefreshTokens};
use crate::jobs::JobWaker;
use crate::throttles::{Rates, Throttles};
use crate::v1::Cursors;

/// Exports that run at the same time. Each holds one of the connections for reading until its client has read all.
pub const MAX_EXPORTS: usize = 2;

/// Reads the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Fills bytes with randomness fit for secrets.
#[derive(Clone)]
pub struct Entropy(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) -> Result<(), EntropyError> + Send + Sync;

/// The source of randomness failed.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no randomness: {0}")]
pub struct EntropyError(pub String);

impl Entropy {
    /// The operating system's.
    pub fn system() -> Self {
        Self::new(|bytes| getrandom::fill(bytes).map_err(|error| EntropyError(error.to_string())))
    }

    /// Any other source, for repeatable tests.
    pub fn new(fill: impl Fn(&mut [u8]) -> Result<(), EntropyError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// Fills the whole slice.
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        (self.0)(bytes)
    }
}

/// How the server is meant to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// On a developer's machine.
    #[default]
    Development,
    /// For customers.
    Production,
}

impl Mode {
    /// The name shown to people.
    pub const fn name(self) -> &'static str {
        match self {
            Mode::Development => "development",
            Mode::Production => "production",
        }
    }
}

/// What the configuration decides about the HTTP side.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Shown on the landing page and by `/version`.
    pub mode: Mode,
    /// Whether `/docs` is served.
    pub docs_enabled: bool,
    /// Whether TLS is in front, so that browsers may be told to insist on it.
    pub is_behind_tls: bool,
    /// Where clients reach this server, without a trailing slash; the landing page's examples use it.
    pub public_url: String,
    /// How long logins live.
    pub lifetimes: Lifetimes,
    /// How often what can be abused may be tried.
    pub rates: Rates,
    /// Proxies that are believed when they tell for whom they ask.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether demo data is loaded, as the landing page should say.
    pub has_demo_data: bool,
}

/// How long the logins of one realm live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// A refresh token that is not used within this time is no good any more.
    pub idle_millis: i64,
    /// After this time one has to log in again in any case.
    pub absolute_millis: i64,
}

/// How long logins live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Customers: 14 and 30 days by default.
    pub customer: Lifetime,
    /// Staff: 2 and 12 hours by default.
    pub staff: Lifetime,
}

impl Default for Lifetimes {
    fn default() -> Self {
        const HOUR_MILLIS: i64 = 60 * 60 * 1000;
        const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;
        Self {
            customer: Lifetime { idle_millis: 14 * DAY_MILLIS, absolute_millis: 30 * DAY_MILLIS },
            staff: Lifetime { idle_millis: 2 * HOUR_MILLIS, absolute_millis: 12 * HOUR_MILLIS },
        }
    }
}

impl Lifetimes {
    /// Those of a realm.
    #[must_use]
    pub const fn of(&self, realm: crate::auth::Realm) -> Lifetime {
        match realm {
            crate::auth::Realm::Customer => self.customer,
            crate::auth::Realm::Staff => self.staff,
        }
    }
}

/// Which build this is.
#[derive(Debug, Clone)]
pub struct BuildInfo {
    /// The released version.
    pub version: &'static str,
    /// The source's commit, when known.
    pub commit: Option<&'static str>,
}

/// One thing that must work before requests are welcome.
#[derive(Clone)]
pub struct ReadyCheck {
    /// Its name in the answer, for example `database`.
    pub name: &'static str,
    check: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

impl ReadyCheck {
    /// A check that says in plain words, safe for strangers, what is wrong.
    pub fn new(
        name: &'static str,
        check: impl Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    ) -> Self {
        Self { name, check: Arc::new(check) }
    }

    pub(crate) async fn run(&self) -> Result<(), String> {
        (self.check)().await
    }
}

/// The shared state; handlers take it as `state: web::Data<AppState>`.
pub struct AppState {
    /// The configuration's decisions.
    pub settings: Settings,
    /// The build.
    pub build: BuildInfo,
    /// The database, to read from.
    pub db: Db,
    /// The write queue, the only way to change anything.
    pub writer: Writer,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Hashing and checking of passwords.
    pub passwords: Passwords,
    /// Issuing and checking of access tokens.
    pub access_tokens: AccessTokens,
    /// Issuing and checking of refresh tokens.
    pub refresh_tokens: RefreshTokens,
    /// Issuing and checking of look-up tokens.
    pub lookup_tokens: OrderTokens,
    /// Names orders to guests who have not proved to know them.
    pub look_alike_tokens: OrderTokens,
    /// What may be tried only so often.
    pub throttles: Throttles,
    /// Where pages of lists end.
    pub cursors: Cursors,
    /// One permit for each export that may run at the same time.
    pub exports: Arc<Semaphore>,
    /// What `/readyz` asks.
    pub ready_checks: Vec<ReadyCheck>,
    /// Wakes the timed jobs of this process.
    pub bell: JobWaker,
    is_draining: AtomicBool,
}

impl AppState {
    /// A state whose keys come from the secret file.
    pub fn new(
        settings: Settings,
        build: BuildInfo,
        (db, writer): (Db, Writer),
        clock: Clock,
        entropy: Entropy,
        secrets: &crate::auth::Secrets,
        ready_checks: Vec<ReadyCheck>,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            throttles: Throttles::new(settings.rates, secrets),
            settings,
            build,
            db,
            writer,
            passwords: Passwords::new(cores, entropy.clone()),
            clock,
            entropy,
            access_tokens: AccessTokens::new(secrets),
            refresh_tokens: RefreshTokens::new(secrets),
            lookup_tokens: OrderTokens::for_lookups(secrets),
            look_alike_tokens: OrderTokens::for_look_alikes(secrets),
            cursors: Cursors::new(secrets),
            exports: Arc::new(Semaphore::new(MAX_EXPORTS)),
            ready_checks,
            bell: JobWaker::default(),
            is_draining: AtomicBool::new(false),
        }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// From now on `/readyz` says no, so that a proxy sends new requests elsewhere.
    pub fn start_draining(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
    }

    /// Whether the server is stopping.
    pub fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Relaxed)
    }
}
