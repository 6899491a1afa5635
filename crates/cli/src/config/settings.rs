//! The list of all settings. To add one: a row here, a field of its section in `sections.rs` and its reading in
//! that section's `from_values`; the documentation page is generated from this list.

use ordervault_api::settings::{Lifetimes, Mode, Rates};
use ordervault_persistence::engine::DEFAULT_READERS;
use ordervault_persistence::writer::Rate;

use super::value;

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Dotted name, as in the TOML file.
    pub key: &'static str,
    /// Value when nobody sets it.
    pub default: DefaultValue,
    /// How much of the value may be shown.
    pub secrecy: Secrecy,
    /// What it means, with its unit or form.
    pub help: &'static str,
}

/// Where a value comes from that nobody set. What another crate needs as well has its default there and nowhere else.
#[derive(Debug, Clone, Copy)]
pub enum DefaultValue {
    /// Always the same.
    Fixed(&'static str),
    /// One of the API's rates.
    Rate(fn(&Rates) -> Rate),
    /// One of the API's lifetimes of logins, in milliseconds.
    LoginMillis(fn(&Lifetimes) -> i64),
    /// The database's number of connections for reading.
    Readers,
    /// Depends on the mode.
    ByMode {
        /// In development mode.
        development: &'static str,
        /// In production mode.
        production: &'static str,
    },
    /// Made from other settings, as described.
    Derived(&'static str),
}

/// How much of a value may be shown. Secret settings can also be given as the name of a file that holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// All of it.
    Open,
    /// All but the password inside the URL.
    UrlPassword,
    /// Nothing.
    Hidden,
}

impl DefaultValue {
    /// The value as it would be written; `None` where it is made from other settings.
    #[must_use]
    pub fn text(self, mode: Mode) -> Option<String> {
        match (self, mode) {
            (Self::Fixed(text), _)
            | (Self::ByMode { development: text, .. }, Mode::Development)
            | (Self::ByMode { production: text, .. }, Mode::Production) => Some(text.to_owned()),
            (Self::Rate(rate), _) => Some(value::rate_text(rate(&Rates::default()))),
            (Self::LoginMillis(millis), _) => Some(value::time_text(millis(&Lifetimes::default()))),
            (Self::Readers, _) => Some(DEFAULT_READERS.to_string()),
            (Self::Derived(_), _) => None,
        }
    }
}

impl Setting {
    /// The environment variable that sets it.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("ORDERVAULT_{}", self.key.replace('.', "__").to_uppercase())
    }

    /// Whether a file can hold the value.
    #[must_use]
    pub fn may_come_from_file(&self) -> bool {
        self.secrecy != Secrecy::Open
    }
}

const fn open(key: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { key, default: DefaultValue::Fixed(default), secrecy: Secrecy::Open, help }
}

const fn rate(key: &'static str, of: fn(&Rates) -> Rate, help: &'static str) -> Setting {
    Setting { key, default: DefaultValue::Rate(of), secrecy: Secrecy::Open, help }
}

const fn login_time(key: &'static str, of: fn(&Lifetimes) -> i64, help: &'static str) -> Setting {
    Setting { key, default: DefaultValue::LoginMillis(of), secrecy: Secrecy::Open, help }
}

/// All settings, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    open(
        "mode",
        "development",
        "`development`, or `production`, which refuses to start with unsafe settings",
    ),
    open(
        "data_dir",
        "./data",
        "folder of everything that is kept in files; made when missing, private to the user",
    ),
    Setting {
        key: "database.url",
        default: DefaultValue::Derived("`ordervault.db` in `data_dir`"),
        secrecy: Secrecy::UrlPassword,
        help: "`sqlite://FILE` or `postgres://USER:PASSWORD@HOST/DATABASE`",
    },
    Setting {
        key: "database.readers",
        default: DefaultValue::Readers,
        secrecy: Secrecy::Open,
        help: "connections for reading, 4 to 64: 2 of them for short reads alone, the rest also for lists, searches, histories and exports; those for writing are apart, 1 on SQLite and 4 on PostgreSQL",
    },
    Setting {
        key: "database.migrate_on_start",
        default: DefaultValue::ByMode { development: "true", production: "false" },
        secrecy: Secrecy::Open,
        help: "whether `serve` and other commands that write bring the schema up to date; otherwise `ordervault migrate` does",
    },
    open(
        "server.listen",
        "127.0.0.1:8080",
        "address and port of the API, or one of the two; port 0 takes a free one",
    ),
    Setting {
        key: "server.public_url",
        default: DefaultValue::Derived("`http://` and `server.listen`"),
        secrecy: Secrecy::Open,
        help: "address under which clients reach the API, for links in answers",
    },
    open("server.replicas", "1", "how many servers share the database; more than 1 needs PostgreSQL"),
    Setting {
        key: "server.trusted_proxies",
        default: DefaultValue::Derived("none"),
        secrecy: Secrecy::Open,
        help: "addresses or networks of proxies in front, with commas between, such as `10.0.0.0/8`; only what they say in `X-Forwarded-For` is believed, and behind any other all clients count as one",
    },
    Setting {
        key: "server.cors_origins",
        default: DefaultValue::Derived("none"),
        secrecy: Secrecy::Open,
        help: "web pages that may call the API from elsewhere, with commas between, such as `https://shop.example,http://localhost:5173`; `*`: any page may read stores and products, without a login; the board and the API description are open to any page",
    },
    open(
        "server.connections_per_client",
        "100",
        "how many connections one client address may have at a time, 1 to 1024, and of a trusted proxy how many requests for one address; of IPv6 addresses the first 64 bits count",
    ),
    open(
        "server.drain_pause",
        "0s",
        "time between the signal to stop, when `/readyz` begins to say no, and the end of new connections, at most 10m; as long as a proxy takes to notice, and nothing without one",
    ),
    open(
        "metrics.listen",
        "127.0.0.1:9464",
        "address and port of `/metrics`, a listener of its own without login; `off`: none",
    ),
    open(
        "metrics.public",
        "false",
        "whether `metrics.listen` may be an address that others than this machine reach, in production mode",
    ),
    Setting {
        key: "docs.enabled",
        default: DefaultValue::ByMode { development: "true", production: "false" },
        secrecy: Secrecy::Open,
        help: "whether `/docs` shows the interactive API pages; `/openapi.json` is always there",
    },
    open(
        "defaults.country",
        "",
        "country (ISO 3166-1 alpha-2, like `TW`) in which phone numbers without a country code are dialled when no store is at hand, as in lists over several; a new store has it that names none",
    ),
    open(
        "defaults.language",
        "en",
        "language (BCP 47, like `zh-Hant`) in which people are written to who have not said what they read; one of those that there are texts in",
    ),
    Setting {
        key: "mail.url",
        default: DefaultValue::Derived("none: no mail is sent"),
        secrecy: Secrecy::UrlPassword,
        help: "by which way mail goes out: `smtps://USER:PASSWORD@HOST`, `smtp://USER:PASSWORD@HOST?tls=required`, or `file:FOLDER`, which writes each into a file",
    },
    open("mail.from", "", "from whom mail is, such as `Tea House <shop@example.com>`"),
    open(
        "mail.link_url",
        "",
        "page of the shop that links in mails lead to; `#password-reset=CODE` or `#email-verification=CODE` stands behind it",
    ),
    open(
        "jobs.enabled",
        "true",
        "whether this server runs timed jobs, such as noting missed deadlines; of several servers at least one has to",
    ),
    Setting {
        key: "checkpoint.folder",
        default: DefaultValue::Derived("`checkpoints` in `data_dir`"),
        secrecy: Secrecy::Open,
        help: "folder of the checkpoints; best on another disk, or where the database's users cannot write",
    },
    open(
        "checkpoint.interval",
        "1h",
        "time between two checkpoints, from 1m to 1d; none while nothing happens",
    ),
    open(
        "retention.order_personal_days",
        "3653",
        "days for which it is kept who bought, from the day on which an order was closed, once the customer has deleted the \
         account; ten years, as tax laws of many countries ask, some of them from the end of the year on",
    ),
    open("jobs.interval", "5s", "time between two looks of the timed jobs, from 1s to 10m"),
    Setting {
        key: "backup.folder",
        default: DefaultValue::Derived("`backups` in `data_dir`"),
        secrecy: Secrecy::Open,
        help: "folder of the backups of this shop, when it is on SQLite; name one on another disk than the database",
    },
    open(
        "backup.schedule",
        "off",
        "time between two backups that `serve` makes of a SQLite database, from 1m to 7d; `off`: none",
    ),
    open("backup.keep_hourly", "24", "the newest backup of each of so many hours is kept"),
    open("backup.keep_daily", "7", "the newest backup of each of so many days is kept"),
    open("backup.keep_weekly", "4", "the newest backup of each of so many weeks is kept"),
    Setting {
        key: "auth.secret_file",
        default: DefaultValue::Derived("`secret.key` in `data_dir`, made at the first start"),
        secrecy: Secrecy::Open,
        help: "file with the keys that sign tokens, readable by its owner only, the same for all replicas",
    },
    login_time(
        "auth.customer_idle",
        |logins| logins.customer.idle_millis,
        "a customer's session ends after so long without use",
    ),
    login_time(
        "auth.customer_session",
        |logins| logins.customer.absolute_millis,
        "a customer's session ends after so long in any case",
    ),
    login_time(
        "auth.staff_idle",
        |logins| logins.staff.idle_millis,
        "a staff session ends after so long without use",
    ),
    login_time(
        "auth.staff_session",
        |logins| logins.staff.absolute_millis,
        "a staff session ends after so long in any case",
    ),
    rate(
        "throttles.lookup_address",
        |rates| rates.lookup_address,
        "failed look-ups of orders from one address, in this time",
    ),
    rate(
        "throttles.lookup_number",
        |rates| rates.lookup_number,
        "failed look-ups of one order number by phone number or e-mail address, in this time; stops nobody who has the right one",
    ),
    rate(
        "throttles.login_account",
        |rates| rates.login_account,
        "failed logins to one account from one device or address, in this time",
    ),
    rate(
        "throttles.login_strangers",
        |rates| rates.login_strangers,
        "failed logins to one account from all addresses that have never logged in to it, in this time; stops nobody who has",
    ),
    rate(
        "throttles.login_address",
        |rates| rates.login_address,
        "failed logins from one device or address, in this time",
    ),
    rate(
        "throttles.register_address",
        |rates| rates.register_address,
        "new accounts from one address, in this time",
    ),
    rate(
        "throttles.place_account",
        |rates| rates.place_account,
        "orders of one account, or from one address without an account, in this time",
    ),
    rate(
        "throttles.act_account",
        |rates| rates.act_account,
        "changes of orders by one account, or by a guest with the grant for one order, in this time",
    ),
    rate(
        "throttles.mail_address",
        |rates| rates.mail_address,
        "mails asked for from one address, for a new password or to confirm an address, in this time",
    ),
    rate(
        "throttles.code_address",
        |rates| rates.code_address,
        "wrong one-time codes from one address, in this time",
    ),
    rate(
        "throttles.code_member",
        |rates| rates.code_member,
        "one-time codes that one member hands out, in this time",
    ),
    open(
        "first_run.owner_email",
        "owner@localhost",
        "e-mail of the owner account that the first start makes",
    ),
    Setting {
        key: "first_run.owner_password",
        default: DefaultValue::Derived("a random one, shown once"),
        secrecy: Secrecy::Hidden,
        help: "password of that account; remove it after the first start",
    },
    Setting {
        key: "first_run.owner_password_hash",
        default: DefaultValue::Derived("made from the password"),
        secrecy: Secrecy::Hidden,
        help: "argon2id hash of that password (`$argon2id$v=19$…`), in place of the password itself",
    },
    open("log.format", "auto", "`pretty`, `json`, or `auto`: pretty on a terminal, JSON otherwise"),
    open(
        "log.level",
        "info",
        "`error`, `warn`, `info`, `debug` or `trace`, also by module: `info,sqlx=warn`",
    ),
];

/// A variable with our prefix that is no setting.
#[derive(Debug)]
pub struct OtherVariable {
    /// Its name, or how the names of several begin.
    pub name: &'static str,
    /// Who reads it, and what it means.
    pub meaning: &'static str,
}

/// The variables of `ORDERVAULT_…` that are left alone, because they belong to others than the settings.
pub const OTHER_VARIABLES: &[OtherVariable] = &[
    OtherVariable {
        name: "ORDERVAULT_CONFIG",
        meaning: "names the TOML file, for containers without arguments",
    },
    OtherVariable {
        name: "ORDERVAULT_COMMIT",
        meaning: "read by the build: the source's commit, as `/version` tells it",
    },
    OtherVariable {
        name: "ORDERVAULT_TEST_",
        meaning: "read by the tests: `ORDERVAULT_TEST_POSTGRES` names a server to use in place of a throwaway cluster, `ORDERVAULT_TEST_SEED` the seed of random runs, `ORDERVAULT_TEST_NAMES` how many names and titles are looked for",
    },
    OtherVariable {
        name: "ORDERVAULT_BLESS",
        meaning: "read by the tests: generated files are written anew",
    },
    OtherVariable {
        name: "ORDERVAULT_OLIST_DATA",
        meaning: "read by a test: the folder of the published data set",
    },
    OtherVariable {
        name: "ORDERVAULT_SERVICE_",
        meaning: "given to every container by an orchestrator that has a service named `ordervault`",
    },
    OtherVariable { name: "ORDERVAULT_PORT", meaning: "the same" },
];

/// The one of `names` that is written most like `name`, unless all are too far off.
pub(super) fn nearest(name: &str, names: impl Iterator<Item = String>) -> Option<String> {
    let (distance, nearest) = names
        .map(|candidate| (distance(name, &candidate), candidate))
        .min_by_key(|(distance, _)| *distance)?;
    (distance <= name.len().max(nearest.len()) / 2).then_some(nearest)
}

/// Levenshtein distance in bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
