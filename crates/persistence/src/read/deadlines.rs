//! Orders whose time is up: what the timers look for.

use ordervault_domain::id::{OrderId, StoreId};
use ordervault_domain::installation::{OPEN_ORDERS_FOR_UNASKED_EXPIRY, expiries_wait};
use ordervault_domain::time::Timestamp;

use super::page::{Counted, MAX_COUNTED};
use crate::error::Error;
use crate::statement::{Statement, Template, statements};
use crate::tables::installations::installation;
use crate::tx::Conn;

statements! {
    // What is overdue is decided again, order by order, by the command that notes it; this only has to find them all.
    OVERDUE: Template = Template::new(
        "SELECT due_at, id FROM orders
         WHERE due_at IS NOT NULL AND breached_at IS NULL AND due_at < $1 AND (due_at, id) > ($2, $3)
         ORDER BY due_at, id LIMIT $4"
    );
    // No order is older in its status than it is at all, so the index over the time of placing finds them. CROSS JOIN has
    // SQLite begin with the stores, most of which let orders wait: then nothing is read of their orders. OFFSET has
    // PostgreSQL do the same. Where statistics say that few orders wait, SQLite has to be told the index.
    WAITED: Template = Template::forked(
        "SELECT o.status_since, o.id
         FROM (SELECT id, $1 - 60000 * COALESCE(CAST($5 AS BIGINT), cancel_unconfirmed_minutes) AS latest
               FROM stores WHERE CAST($6 AS BIGINT) IS NULL OR id = $6) AS s
         CROSS JOIN orders o INDEXED BY orders_by_store_and_status
         WHERE o.store_id = s.id AND o.status = 'pending_review' AND o.placed_at <= s.latest
             AND o.status_since <= s.latest AND (o.status_since, o.id) > ($2, $3)
         ORDER BY o.status_since, o.id LIMIT $4",
        "SELECT o.status_since, o.id
         FROM (SELECT id, $1 - 60000 * COALESCE($5, cancel_unconfirmed_minutes) AS latest
               FROM stores WHERE $6::bigint IS NULL OR id = $6) AS s
         CROSS JOIN LATERAL (
             SELECT status_since, id FROM orders
             WHERE store_id = s.id AND status = 'pending_review' AND placed_at <= s.latest AND status_since <= s.latest
             OFFSET 0) AS o
         WHERE (o.status_since, o.id) > ($2, $3)
         ORDER BY o.status_since, o.id LIMIT $4"
    );
    // The same orders, without those that had waited long enough at an earlier time.
    EXPIRING: Template = Template::forked(
        "SELECT COUNT(*), MIN(expires_at)
         FROM (SELECT o.status_since + s.wait AS expires_at
               FROM (SELECT id, 60000 * cancel_unconfirmed_minutes AS wait FROM stores) AS s
               CROSS JOIN orders o INDEXED BY orders_by_store_and_status
               WHERE o.store_id = s.id AND o.status = 'pending_review' AND o.placed_at <= $1 - s.wait
                   AND o.status_since <= $1 - s.wait AND o.status_since > $2 - s.wait
               LIMIT $3) AS expiring",
        "SELECT COUNT(*), MIN(expires_at)
         FROM (SELECT o.status_since + s.wait AS expires_at
               FROM (SELECT id, 60000 * cancel_unconfirmed_minutes AS wait FROM stores) AS s
               CROSS JOIN LATERAL (
                   SELECT status_since FROM orders
                   WHERE store_id = s.id AND status = 'pending_review' AND placed_at <= $1 - s.wait
                       AND status_since <= $1 - s.wait AND status_since > $2 - s.wait
                   OFFSET 0) AS o
               LIMIT $3) AS expiring"
    );
    OPEN: Template = Template::new(
        "SELECT COUNT(*)
         FROM (SELECT 1 FROM orders WHERE status IN ('pending_review', 'confirmed', 'processing') LIMIT $1) AS open"
    );
}

/// An order whose time is up, and where a list of such orders goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeUp {
    /// When it was due, or since when it has waited.
    pub at: Timestamp,
    /// The order.
    pub id: OrderId,
}

/// A store as if its policy cancelled unconfirmed orders after so many minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// The store.
    pub store_id: StoreId,
    /// The minutes.
    pub minutes: u32,
}

/// Orders that were due before `now` without a note of it, the longest due first.
///
/// # Errors
/// When the database fails.
pub async fn overdue(
    conn: &mut Conn,
    now: Timestamp,
    after: Option<TimeUp>,
    limit: usize,
) -> Result<Vec<TimeUp>, Error> {
    Ok(found(conn.fetch_all(&overdue_statement(now, after, limit)).await?))
}

/// Orders that have waited for a confirmation for as long as their store's policy lets them, the longest first; or only
/// those of one store, as if its policy were another.
///
/// # Errors
/// When the database fails.
pub async fn waited_too_long(
    conn: &mut Conn,
    now: Timestamp,
    what_if: Option<WhatIf>,
    after: Option<TimeUp>,
    limit: usize,
) -> Result<Vec<TimeUp>, Error> {
    Ok(found(conn.fetch_all(&waited_statement(now, what_if, after, limit)).await?))
}

/// What expires now, and what does not before somebody has approved it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiries {
    /// Orders may expire that were due to by then. `None`: none may.
    pub until: Option<Timestamp>,
    /// Those that wait.
    pub waiting: Option<WaitingExpiries>,
}

/// Orders of the whole shop that are due to expire, are more than may unasked, and that nobody has approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingExpiries {
    /// How many.
    pub orders: Counted,
    /// Since when the first of those counted is due.
    pub since: Timestamp,
}

/// Looks at everything that is due to expire, all stores together, so that no part of it goes unnoticed because the others were
/// not looked at. Reads no more than it takes: open orders only where many expire, and so many as make the share small.
/// Beyond [`MAX_COUNTED`] they wait whatever share they are.
///
/// # Errors
/// When the database fails.
pub async fn expiries(conn: &mut Conn, now: Timestamp) -> Result<Expiries, Error> {
    let approved = installation(conn).await?.and_then(|installation| installation.expiries_approved(now));
    let (due, since): (i64, Option<i64>) = conn.fetch_one(&expiring_statement(now, approved)).await?;
    let orders = Counted::of(due);
    let waits = orders.is_lower_bound
        || expiries_wait(due, 0) && {
            let (open,): (i64,) = conn.fetch_one(&open_statement(due)).await?;
            expiries_wait(due, open)
        };
    Ok(match since.filter(|_| waits) {
        None => Expiries { until: Some(now), waiting: None },
        Some(since) => {
            let since = Timestamp::from_millis(since);
            Expiries { until: approved, waiting: Some(WaitingExpiries { orders, since }) }
        }
    })
}

fn overdue_statement(now: Timestamp, after: Option<TimeUp>, limit: usize) -> Statement {
    let (at, id) = keys(after);
    OVERDUE.bind((now.millis(), at, id, rows(limit)))
}

fn waited_statement(
    now: Timestamp,
    what_if: Option<WhatIf>,
    after: Option<TimeUp>,
    limit: usize,
) -> Statement {
    let (at, id) = keys(after);
    let minutes = what_if.map(|what_if| i64::from(what_if.minutes));
    let store_id = what_if.map(|what_if| what_if.store_id.get());
    WAITED.bind((now.millis(), at, id, rows(limit), minutes, store_id))
}

fn expiring_statement(now: Timestamp, approved: Option<Timestamp>) -> Statement {
    let approved = approved.unwrap_or(Timestamp::MIN);
    EXPIRING.bind((now.millis(), approved.millis(), MAX_COUNTED + 1))
}

/// Open orders, up to as many as make it certain that so many expire unasked.
fn open_statement(due: i64) -> Statement {
    OPEN.bind((due * OPEN_ORDERS_FOR_UNASKED_EXPIRY,))
}

/// Where a list begins: before everything, or after an order of it.
fn keys(after: Option<TimeUp>) -> (i64, i64) {
    after.map_or((i64::MIN, i64::MIN), |after| (after.at.millis(), after.id.get()))
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn found(rows: Vec<(i64, i64)>) -> Vec<TimeUp> {
    let time_up = |(at, id)| TimeUp { at: Timestamp::from_millis(at), id: OrderId::from_i64(id) };
    rows.into_iter().map(time_up).collect()
}
