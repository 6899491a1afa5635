//! What the configuration decides about the HTTP side.

mod mail;

pub(crate) use mail::Way;
pub use mail::{MailFault, MailSettings};

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use ordervault_domain::country::Country;
use ordervault_domain::language::Language;
use ordervault_domain::time::{DAY_MILLIS, HOUR_MILLIS};
use ordervault_persistence::Realm;
use ordervault_persistence::backup::{BackupFolder, ErasureJournal, Keep, Maker};
use ordervault_persistence::writer::Rate;

const MINUTE_MILLIS: i64 = 60_000;

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
    /// Where national phone numbers are dialled when no store is at hand; a new store has it that names none.
    pub default_country: Option<Country>,
    /// What people are written in who have not said what they read; none: English.
    pub default_language: Option<Language>,
    /// How mail goes out; none: it does not.
    pub mail: Option<MailSettings>,
    /// How long logins live.
    pub lifetimes: Lifetimes,
    /// How long it is kept who ordered.
    pub retention: Retention,
    /// How often what can be abused may be tried.
    pub rates: Rates,
    /// Proxies that are believed when they tell for whom they ask.
    pub trusted_proxies: Vec<IpNet>,
    /// Web pages of other origins that may read answers.
    pub cors_origins: CorsOrigins,
    /// How many connections one client address may have at a time. None: all that there are.
    pub connections_per_client: Option<usize>,
    /// Where backups are, and when they are made; none on PostgreSQL.
    pub backups: Option<Backups>,
    /// Where it is written down which accounts were erased, for a restore; `None`: nowhere.
    pub erasure_journal: Option<ErasureJournal>,
    /// The folder of files that are gone when their request is: exports until they are read. None: the system's folder for such.
    pub spool_folder: Option<PathBuf>,
    /// Whether demo data is loaded, as the landing page should say.
    pub has_demo_data: bool,
}

/// Web pages of other origins that may read answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorsOrigins {
    /// These, as browsers write them: `https://shop.example`, `http://localhost:5173`.
    pub exact: Vec<String>,
    /// All others: stores and products, without a login.
    pub any_for_catalogue: bool,
}

/// Where backups are, and when they are made.
#[derive(Debug, Clone)]
pub struct Backups {
    /// Where.
    pub folder: BackupFolder,
    /// The time between two; `None`: they are made by hand.
    pub schedule: Option<Duration>,
    /// How many are kept.
    pub keep: Keep,
    /// What their manifests say about this program.
    pub maker: Maker,
}

/// How long it is kept who ordered, once the account is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// From the day on which an order was closed.
    pub order_personal_days: u32,
}

impl Default for Retention {
    /// Ten years: as long as the tax laws of many countries have invoices kept.
    fn default() -> Self {
        const DAYS_OF_TEN_YEARS: u32 = 3_653;
        Self { order_personal_days: DAYS_OF_TEN_YEARS }
    }
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
    /// Of customers.
    pub customer: Lifetime,
    /// Of staff.
    pub staff: Lifetime,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            customer: Lifetime { idle_millis: 14 * DAY_MILLIS, absolute_millis: 30 * DAY_MILLIS },
            staff: Lifetime { idle_millis: 2 * HOUR_MILLIS, absolute_millis: 12 * HOUR_MILLIS },
        }
    }
}

impl Lifetimes {
    /// Those of a realm.
    #[must_use]
    pub const fn of(&self, realm: Realm) -> Lifetime {
        match realm {
            Realm::Customer => self.customer,
            Realm::Staff => self.staff,
        }
    }
}

/// How often each of them may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Failed look-ups from one address.
    pub lookup_address: Rate,
    /// Failed look-ups of one order number; the right proof passes all the same.
    pub lookup_number: Rate,
    /// Failed logins to one account from one device or address.
    pub login_account: Rate,
    /// Failed logins to one account by strangers: from all addresses that have never logged in to it.
    pub login_strangers: Rate,
    /// Failed logins from one device or address.
    pub login_address: Rate,
    /// Registrations from one address.
    pub register_address: Rate,
    /// Orders placed by one account, or from one address without an account.
    pub place_account: Rate,
    /// Changes of orders by one account, or with the grant for one order.
    pub act_account: Rate,
    /// Mails asked for from one address.
    pub mail_address: Rate,
    /// Wrong one-time codes from one address.
    pub code_address: Rate,
    /// One-time codes that one member hands out.
    pub code_member: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        let rate = |limit, minutes| Rate { limit, window_millis: minutes * MINUTE_MILLIS };
        Self {
            lookup_address: rate(5, 10),
            lookup_number: rate(5, 10),
            login_account: rate(5, 15),
            login_strangers: rate(100, 24 * 60),
            login_address: rate(30, 1),
            register_address: rate(5, 60),
            place_account: rate(20, 1),
            act_account: rate(120, 1),
            mail_address: rate(5, 60),
            code_address: rate(10, 10),
            code_member: rate(20, 60),
        }
    }
}

impl Rates {
    /// So high that nobody meets them: for measurements and tests of other things.
    #[must_use]
    pub fn unlimited() -> Self {
        let rate = Rate { limit: u32::MAX, window_millis: MINUTE_MILLIS };
        Self {
            lookup_address: rate,
            lookup_number: rate,
            login_account: rate,
            login_strangers: rate,
            login_address: rate,
            register_address: rate,
            place_account: rate,
            act_account: rate,
            mail_address: rate,
            code_address: rate,
            code_member: rate,
        }
    }
}
