//! The table `throttles`: how often somebody has tried something lately, and who is known. Keys are hashes or ids, so that
//! no address and no account can be read from it.

use ordervault_domain::time::Timestamp;

use super::columns::{TableRow as _, table_row};
use super::times::MAX_CLOCK_LAG_MILLIS;
use crate::ahead::Question;
use crate::bulk::{BulkInsert, BulkUpdate, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::{Conn, Tx};

statements! {
    READ: Template = Template::new(
        "SELECT key, attempts, expires_at, blocked_until FROM throttles WHERE key {in_keys:1} ORDER BY key"
    );
    LOCK: Template = Template::new(
        "SELECT key, attempts, expires_at, blocked_until FROM throttles WHERE key {in_keys:1} ORDER BY key {lock}"
    );
    FORGET_EXPIRED: Template = Template::new(
        "DELETE FROM throttles WHERE key IN (
             SELECT key FROM throttles WHERE expires_at < $1 ORDER BY expires_at LIMIT $2
         )"
    );
    pub(crate) INSERT: BulkInsert =
        BulkInsert::new("throttles", CounterRow::COLUMNS).suffix("ON CONFLICT (key) DO NOTHING");
    pub(crate) UPDATE: BulkUpdate = BulkUpdate::new("throttles", &[("key", Text)], CounterRow::COLUMNS.split_at(1).1, "");
}

/// The attempts behind one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counter {
    pub key: String,
    /// How many were made that were no good. None: whoever comes under this key is known.
    pub attempts: i64,
    /// When they are forgotten.
    pub expires_at: Timestamp,
    /// No attempt is let through before.
    pub blocked_until: Timestamp,
}

table_row! {
    /// A row of the table.
    pub(crate) struct CounterRow {
        key: String,
        attempts: i64,
        expires_at: i64,
        blocked_until: i64,
    }
}

impl From<CounterRow> for Counter {
    fn from(row: CounterRow) -> Self {
        Self {
            key: row.key,
            attempts: row.attempts,
            expires_at: Timestamp::from_millis(row.expires_at),
            blocked_until: Timestamp::from_millis(row.blocked_until),
        }
    }
}

impl Counter {
    /// Do its attempts count now, within a window of so many milliseconds? What is kept for longer was counted by a clock that
    /// was ahead.
    pub(crate) fn counts(&self, window_millis: i64, now: Timestamp) -> bool {
        now < self.expires_at && self.expires_at <= now.plus_millis(window_millis + MAX_CLOCK_LAG_MILLIS)
    }

    /// Does it let nothing through now, within such a window?
    pub(crate) fn blocks(&self, window_millis: i64, now: Timestamp) -> bool {
        now < self.blocked_until && self.counts(window_millis, now)
    }

    /// As it is written.
    pub(crate) fn row(&self) -> CounterRow {
        CounterRow {
            key: self.key.clone(),
            attempts: self.attempts,
            expires_at: self.expires_at.millis(),
            blocked_until: self.blocked_until.millis(),
        }
    }
}

/// The counters of these keys, those that exist.
pub(crate) async fn read(conn: &mut Conn, keys: &[String]) -> Result<Vec<Counter>, Error> {
    let rows: Vec<CounterRow> = conn.fetch_all(&READ.bind((keys,))).await?;
    Ok(rows.into_iter().map(Counter::from).collect())
}

/// The same, locked.
pub(crate) async fn lock(conn: &mut Conn, keys: &[String]) -> Result<Vec<Counter>, Error> {
    let rows: Vec<CounterRow> = conn.fetch_packed(LOCK.bind((keys,))).await?;
    Ok(rows.into_iter().map(Counter::from).collect())
}

/// What [`lock`] asks.
pub(crate) fn question(keys: &[String]) -> Question {
    Question::of::<CounterRow>(LOCK.bind((keys,)))
}

/// Deletes some of the counters that have served their time before `now`.
pub(crate) async fn forget_expired(tx: &mut Tx, now: Timestamp, most: i64) -> Result<(), Error> {
    tx.execute(&FORGET_EXPIRED.bind((now.millis(), most))).await?;
    Ok(())
}
