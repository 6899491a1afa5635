//! What every handler can reach. Built once by the caller, shared by all workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::Writer;

use crate::auth::{AccessTokens, DeviceTokens, OneTimeCodes, OrderTokens, Passwords, RefreshTokens, Secrets};
use crate::board_ids::BoardIds;
use crate::cursors::Cursors;
use crate::known_logins::KnownLogins;
use crate::mail::Mailer;
use crate::places::Places;
use crate::settings::Settings;
use crate::store_names::StoreNames;
use crate::throttles::Throttles;
use crate::translations::Translations;
use crate::waker::JobWaker;

/// Connections of all clients together.
pub const MAX_CONNECTIONS: usize = 1_024;
/// Of the connections for reading, those that only short reads take: single orders, stores, sessions, `/readyz`.
pub const SHORT_READERS: u32 = 2;

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

/// What the operator may want to know although requests are welcome, in words.
#[derive(Clone)]
pub struct ReadyDetail {
    /// What it is about, for example `storage`.
    pub name: &'static str,
    tell: Arc<dyn Fn() -> Option<String> + Send + Sync>,
}

impl ReadyDetail {
    /// `None`: nothing is to be said now.
    pub fn new(name: &'static str, tell: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        Self { name, tell: Arc::new(tell) }
    }

    pub(crate) fn tell(&self) -> Option<String> {
        (self.tell)()
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
    /// Clock and randomness.
    pub sources: Sources,
    /// Hashing and checking of passwords.
    pub passwords: Passwords,
    /// Issuing and checking of access tokens.
    pub access_tokens: AccessTokens,
    /// Issuing and checking of refresh tokens.
    pub refresh_tokens: RefreshTokens,
    /// Issuing and checking of device tokens.
    pub device_tokens: DeviceTokens,
    /// Issuing and checking of look-up tokens.
    pub lookup_tokens: OrderTokens,
    /// Names possible duplicates to guests who have not proved to know them.
    pub duplicate_tokens: OrderTokens,
    /// What may be tried only so often.
    pub throttles: Throttles,
    /// Texts that people read.
    pub translations: Arc<Translations>,
    /// Sends mail; none: it is not configured.
    pub mailer: Option<Arc<Mailer>>,
    /// Making and reading of one-time codes.
    pub one_time_codes: OneTimeCodes,
    /// Where pages of lists end.
    pub cursors: Cursors,
    /// By what the public board names orders.
    pub board_ids: BoardIds,
    /// Who exports: one each.
    pub exports: Places,
    /// Connections of clients, and requests for clients of trusted proxies.
    pub connections: Places,
    /// Who reads lists, searches, histories and exports: half of them each.
    pub long_reads: Places,
    /// What `/readyz` asks.
    pub ready_checks: Vec<ReadyCheck>,
    /// What `/readyz` tells the operator besides.
    pub ready_details: Vec<ReadyDetail>,
    /// Who was let in a moment ago.
    pub known_logins: Arc<KnownLogins>,
    /// What customers call the stores.
    pub store_names: StoreNames,
    /// Wakes the job that carries out batches.
    pub waker: JobWaker,
    /// Wakes the job that sends mails.
    pub mail_waker: JobWaker,
    is_draining: AtomicBool,
}

impl AppState {
    /// A state whose keys come from the secret file.
    pub fn new(
        settings: Settings,
        build: BuildInfo,
        (db, writer): (Db, Writer),
        sources: Sources,
        secrets: &Secrets,
        ready_checks: Vec<ReadyCheck>,
    ) -> Self {
        let long_readers = db.readers().saturating_sub(SHORT_READERS).max(1) as usize;
        let connections_per_client = settings.connections_per_client.unwrap_or(MAX_CONNECTIONS);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            throttles: Throttles::new(settings.rates, secrets),
            translations: Arc::new(Translations::new(settings.default_language.as_ref())),
            cursors: Cursors::new(secrets, writer.installation().epoch),
            board_ids: BoardIds::new(secrets),
            mailer: settings.mail.as_ref().map(|mail| Arc::new(Mailer::new(mail))),
            one_time_codes: OneTimeCodes::new(secrets, writer.installation().epoch),
            settings,
            build,
            db,
            writer,
            passwords: Passwords::new(cores, sources.clone()),
            sources,
            access_tokens: AccessTokens::new(secrets),
            refresh_tokens: RefreshTokens::new(secrets),
            device_tokens: DeviceTokens::new(secrets),
            lookup_tokens: OrderTokens::for_lookups(secrets),
            duplicate_tokens: OrderTokens::for_duplicates(secrets),
            connections: Places::new(MAX_CONNECTIONS, connections_per_client),
            // While they read they are long reads: lists have the other half.
            exports: Places::new(long_readers.div_ceil(2), 1),
            long_reads: Places::new(long_readers, long_readers.div_ceil(2)),
            ready_checks,
            ready_details: vec![],
            known_logins: Arc::default(),
            store_names: StoreNames::default(),
            waker: JobWaker::default(),
            mail_waker: JobWaker::default(),
            is_draining: AtomicBool::new(false),
        }
    }

    /// The epoch of the installation: what clients remember from another one is void.
    pub fn epoch(&self) -> i64 {
        self.writer.installation().epoch
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.sources.now()
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
