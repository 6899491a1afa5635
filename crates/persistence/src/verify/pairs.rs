//! Rows that must have a counterpart in another table: walked through in the order of their keys, each with whether it
//! has one.

use ordervault_domain::id::{CustomerId, MemberId, OrderId, ProductId, SessionId};

use super::report::{Code, Finding, Report};
use super::slices::{Key, Sliced, walk, whole};
use crate::db::Db;
use crate::engine::Engine;
use crate::error::{Error, onwards};
use crate::statement::{Template, statements};
use crate::tx::Conn;

/// Keys that are in memory at a time.
pub(crate) const KEYS_PER_PAGE: i64 = 5_000;
/// Gaps in the outbox that are looked for by position.
const MAX_GAPS: i64 = 50;

statements! {
    // Counterparts are selected and not asked whether they EXIST: then PostgreSQL may read a whole table for each page. What they
    // must be like beside their key stands in a CASE: as a condition it might have an index of its own, which leads to very many.
    HISTORY_IN_OUTBOX: Template = Template::new(
        "SELECT h.entity_id, h.seq, (
             SELECT 1 FROM outbox o
             WHERE o.entity_id = h.entity_id AND o.seq = h.seq AND o.recorded_at >= h.recorded_at
                 AND o.arrived_in IS NOT DISTINCT FROM
                     CASE WHEN h.kind = 'order' AND h.type = 'placed' THEN h.store_id END) IS NOT NULL AS fits
         FROM history h WHERE (h.entity_id, h.seq) > ($1, $2) ORDER BY h.entity_id, h.seq LIMIT $3"
    );
    OUTBOX_IN_HISTORY: Template = Template::new(
        "SELECT o.entity_id, o.seq, (
             SELECT 1 FROM history h WHERE h.entity_id = o.entity_id AND h.seq = o.seq) IS NOT NULL AS fits
         FROM outbox o WHERE (o.entity_id, o.seq) > ($1, $2) ORDER BY o.entity_id, o.seq LIMIT $3"
    );
    LINES_HAVE_ORDER: Template = Template::new(
        "SELECT l.order_id, l.no, (SELECT 1 FROM orders o WHERE o.id = l.order_id) IS NOT NULL AS fits
         FROM order_lines l WHERE (l.order_id, l.no) > ($1, $2) ORDER BY l.order_id, l.no LIMIT $3"
    );
    PARCELS_HAVE_ORDER: Template = Template::new(
        "SELECT d.order_id AS id, CAST(0 AS BIGINT) AS seq, (SELECT 1 FROM orders o WHERE o.id = d.order_id) IS NOT NULL AS fits
         FROM (SELECT DISTINCT order_id FROM parcels WHERE order_id > $1 AND $2 = $2 ORDER BY order_id LIMIT $3) AS d
         ORDER BY d.order_id"
    );
    PERSONAL_IN_HISTORY: Template = Template::new(
        "SELECT p.entity_id, p.seq, (
             SELECT 1 FROM history h WHERE h.entity_id = p.entity_id AND h.seq = p.seq) IS NOT NULL AS fits
         FROM personal_values p WHERE (p.entity_id, p.seq) > ($1, $2) ORDER BY p.entity_id, p.seq LIMIT $3"
    );
    SNAPSHOTS_IN_HISTORY: Template = Template::new(
        "SELECT s.entity_id, s.seq, (
             SELECT 1 FROM history h WHERE h.entity_id = s.entity_id AND h.seq = s.seq) IS NOT NULL AS fits
         FROM state_snapshots s WHERE (s.entity_id, s.seq) > ($1, $2) ORDER BY s.entity_id, s.seq LIMIT $3"
    );
    pub(crate) HISTORY_HAS_ROW: Template = Template::new(
        "SELECT d.entity_id AS id, CAST(0 AS BIGINT) AS seq,
             (SELECT 1 FROM orders WHERE id = d.entity_id) IS NOT NULL OR (SELECT 1 FROM products WHERE id = d.entity_id) IS NOT NULL
             OR (SELECT 1 FROM customers WHERE id = d.entity_id) IS NOT NULL OR (SELECT 1 FROM stores WHERE id = d.entity_id) IS NOT NULL
             OR (SELECT 1 FROM members WHERE id = d.entity_id) IS NOT NULL
             OR (SELECT 1 FROM installations WHERE id = d.entity_id) IS NOT NULL AS fits
         FROM (SELECT DISTINCT entity_id FROM history WHERE entity_id > $1 AND $2 = $2 ORDER BY entity_id LIMIT $3) AS d
         ORDER BY d.entity_id"
    );
    MARKS_HAVE_MEMBER: Template = Template::new(
        "SELECT s.member_id, CAST(0 AS BIGINT) AS seq, (SELECT 1 FROM members m WHERE m.id = s.member_id) IS NOT NULL AS fits
         FROM seen_marks s WHERE s.member_id > $1 AND $2 = $2 ORDER BY s.member_id LIMIT $3"
    );
    SEEN_HAVE_MEMBER_AND_ORDER: Template = Template::new(
        "SELECT s.member_id, s.order_id, (SELECT 1 FROM members m WHERE m.id = s.member_id) IS NOT NULL
             AND (SELECT 1 FROM orders o WHERE o.id = s.order_id) IS NOT NULL AS fits
         FROM seen_orders s WHERE (s.member_id, s.order_id) > ($1, $2) ORDER BY s.member_id, s.order_id LIMIT $3"
    );
    CREDENTIALS_HAVE_PRINCIPAL: Template = Template::new(
        "SELECT k.principal_id, CAST(0 AS BIGINT) AS seq, (SELECT 1 FROM customers c WHERE c.id = k.principal_id) IS NOT NULL
             OR (SELECT 1 FROM members m WHERE m.id = k.principal_id) IS NOT NULL AS fits
         FROM credentials k WHERE k.principal_id > $1 AND $2 = $2 ORDER BY k.principal_id LIMIT $3"
    );
    PASSWORDS_ARE_THE_LAST: Template = Template::new(
        "SELECT k.principal_id, CAST(0 AS BIGINT) AS seq, (
             SELECT MAX(h.seq) FROM history h WHERE h.entity_id = k.principal_id AND h.seq > k.version
                 AND h.type IN ('registered', 'created', 'password_changed', 'password_reset')) IS NULL AS fits
         FROM credentials k WHERE k.principal_id > $1 AND $2 = $2 ORDER BY k.principal_id LIMIT $3"
    );
    SESSIONS_HAVE_PRINCIPAL: Template = Template::new(
        "SELECT s.id, CAST(0 AS BIGINT) AS seq,
             CASE s.realm WHEN 'staff' THEN (SELECT 1 FROM members m WHERE m.id = s.principal_id) IS NOT NULL
             ELSE (SELECT 1 FROM customers c WHERE c.id = s.principal_id) IS NOT NULL END AS fits
         FROM sessions s WHERE s.id > $1 AND $2 = $2 ORDER BY s.id LIMIT $3"
    );
    // Nothing waits for a customer who has left, and no code is good for them.
    MAILS_HAVE_READER: Template = Template::new(
        "SELECT d.entity_id AS id, CAST(0 AS BIGINT) AS seq,
             (SELECT CASE WHEN c.erased_at IS NULL THEN 1 END FROM customers c WHERE c.id = d.entity_id) IS NOT NULL
             OR (SELECT 1 FROM orders o WHERE o.id = d.entity_id) IS NOT NULL AS fits
         FROM (SELECT DISTINCT entity_id FROM mails WHERE entity_id > $1 AND $2 = $2 ORDER BY entity_id LIMIT $3) AS d
         ORDER BY d.entity_id"
    );
    CODES_HAVE_CUSTOMER: Template = Template::new(
        "SELECT d.customer_id AS id, CAST(0 AS BIGINT) AS seq,
             (SELECT CASE WHEN c.erased_at IS NULL THEN 1 END FROM customers c WHERE c.id = d.customer_id) IS NOT NULL AS fits
         FROM (SELECT DISTINCT customer_id FROM one_time_codes WHERE customer_id > $1 AND $2 = $2 ORDER BY customer_id LIMIT $3) AS d
         ORDER BY d.customer_id"
    );
    ORDER_SEARCH_HAS_ROW: Template = Template::forked(
        "SELECT s.rowid, CAST(0 AS BIGINT) AS seq, (SELECT 1 FROM orders o WHERE o.id = s.rowid) IS NOT NULL AS fits
         FROM order_search s WHERE s.rowid > $1 AND $2 = $2 ORDER BY s.rowid LIMIT $3",
        "SELECT s.id, CAST(0 AS BIGINT) AS seq, (SELECT 1 FROM orders o WHERE o.id = s.id) IS NOT NULL AS fits
         FROM order_search s WHERE s.id > $1 AND $2 = $2 ORDER BY s.id LIMIT $3"
    );
    PRODUCT_SEARCH_HAS_ROW: Template = Template::forked(
        "SELECT s.rowid, CAST(0 AS BIGINT) AS seq, (SELECT 1 FROM products p WHERE p.id = s.rowid) IS NOT NULL AS fits
         FROM product_search s WHERE s.rowid > $1 AND $2 = $2 ORDER BY s.rowid LIMIT $3",
        "SELECT s.id, CAST(0 AS BIGINT) AS seq, (SELECT 1 FROM products p WHERE p.id = s.id) IS NOT NULL AS fits
         FROM product_search s WHERE s.id > $1 AND $2 = $2 ORDER BY s.id LIMIT $3"
    );
    CUSTOMER_SEARCH_HAS_ROW: Template = Template::forked(
        "SELECT s.rowid, CAST(0 AS BIGINT) AS seq, (SELECT 1 FROM customers c WHERE c.id = s.rowid) IS NOT NULL AS fits
         FROM customer_search s WHERE s.rowid > $1 AND $2 = $2 ORDER BY s.rowid LIMIT $3",
        "SELECT s.id, CAST(0 AS BIGINT) AS seq, (SELECT 1 FROM customers c WHERE c.id = s.id) IS NOT NULL AS fits
         FROM customer_search s WHERE s.id > $1 AND $2 = $2 ORDER BY s.id LIMIT $3"
    );
    KEYS_IN_HISTORY: Template = Template::new(
        "SELECT k.scoped_key, k.entity_id, k.version, (
             SELECT 1 FROM history h WHERE h.entity_id = k.entity_id AND h.seq = k.version) IS NOT NULL
             OR (SELECT 1 FROM batches b WHERE b.id = k.entity_id AND k.version = 1) IS NOT NULL AS fits
         FROM idempotency_keys k WHERE k.scoped_key > $1 ORDER BY k.scoped_key LIMIT $2"
    );
    IN_ORDER: Template = Template::new(
        "SELECT b.entity_id, b.seq, COALESCE(b.position > a.position, b.position IS NULL) AS fits
         FROM outbox b JOIN outbox a ON a.entity_id = b.entity_id AND a.seq = b.seq - 1
         WHERE (b.entity_id, b.seq) > ($1, $2) ORDER BY b.entity_id, b.seq LIMIT $3"
    );
    pub(crate) AHEAD: Template = Template::new(
        "SELECT name, position FROM followers WHERE position > (SELECT COALESCE(MAX(position), 0) FROM outbox)"
    );
    POSITIONS: Template = Template::new(
        "SELECT COUNT(position), COALESCE(MIN(position), 1), COALESCE(MAX(position), 0), COUNT(*) FROM outbox"
    );
    GAPS: Template = Template::new(
        "SELECT o.entity_id, o.position FROM outbox o
         WHERE o.position <> 1 AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.position = o.position - 1)
         ORDER BY o.position LIMIT $1"
    );
}

/// Pairs of id and sequence number, each with whether it has its counterpart.
struct PairCheck {
    /// The id as people read it.
    name: fn(i64) -> String,
    statement: &'static Template,
    table: &'static str,
    code: Code,
    detail: &'static str,
}

const CHECKS: &[PairCheck] = &[
    PairCheck {
        name: order,
        statement: &HISTORY_HAS_ROW,
        table: "history",
        code: Code::HistoryWithoutRow,
        detail: "the resource with this history is not there",
    },
    PairCheck {
        name: order,
        statement: &HISTORY_IN_OUTBOX,
        table: "history",
        code: Code::OutboxMissing,
        detail: "the event is not in the outbox, or with another time or arrival",
    },
    PairCheck {
        name: order,
        statement: &OUTBOX_IN_HISTORY,
        table: "outbox",
        code: Code::OutboxWithoutEvent,
        detail: "the history does not have this event",
    },
    PairCheck {
        name: order,
        statement: &IN_ORDER,
        table: "outbox",
        code: Code::OutboxOrder,
        detail: "the position is before that of the event before",
    },
    PairCheck {
        name: order,
        statement: &LINES_HAVE_ORDER,
        table: "order_lines",
        code: Code::LinkBroken,
        detail: "the order of this line does not exist",
    },
    PairCheck {
        name: order,
        statement: &PARCELS_HAVE_ORDER,
        table: "parcels",
        code: Code::LinkBroken,
        detail: "the order of these parcels does not exist",
    },
    PairCheck {
        name: order,
        statement: &PERSONAL_IN_HISTORY,
        table: "personal_values",
        code: Code::PersonalWithoutEvent,
        detail: "the history does not have the event of these values",
    },
    PairCheck {
        name: order,
        statement: &SNAPSHOTS_IN_HISTORY,
        table: "state_snapshots",
        code: Code::SnapshotDiffers,
        detail: "the history does not have the event of this state",
    },
    PairCheck {
        name: order,
        statement: &CREDENTIALS_HAVE_PRINCIPAL,
        table: "credentials",
        code: Code::PrincipalMissing,
        detail: "the password belongs to nobody",
    },
    PairCheck {
        name: order,
        statement: &PASSWORDS_ARE_THE_LAST,
        table: "credentials",
        code: Code::PasswordOutdated,
        detail: "the password is older than the last event that set one",
    },
    PairCheck {
        name: session,
        statement: &SESSIONS_HAVE_PRINCIPAL,
        table: "sessions",
        code: Code::PrincipalMissing,
        detail: "the login belongs to nobody",
    },
    PairCheck {
        name: member,
        statement: &MARKS_HAVE_MEMBER,
        table: "seen_marks",
        code: Code::PrincipalMissing,
        detail: "the member whose mark this is does not exist",
    },
    PairCheck {
        name: member,
        statement: &SEEN_HAVE_MEMBER_AND_ORDER,
        table: "seen_orders",
        code: Code::PrincipalMissing,
        detail: "the member or the order that they have seen does not exist",
    },
    PairCheck {
        name: order,
        statement: &MAILS_HAVE_READER,
        table: "mails",
        code: Code::PrincipalMissing,
        detail: "the mail is to be written to nobody",
    },
    PairCheck {
        name: customer,
        statement: &CODES_HAVE_CUSTOMER,
        table: "one_time_codes",
        code: Code::PrincipalMissing,
        detail: "the code opens the account of nobody",
    },
    PairCheck {
        name: order,
        statement: &ORDER_SEARCH_HAS_ROW,
        table: "order_search",
        code: Code::SearchWithoutRow,
        detail: "the words lead to an order that is not there",
    },
    PairCheck {
        name: product,
        statement: &PRODUCT_SEARCH_HAS_ROW,
        table: "product_search",
        code: Code::SearchWithoutRow,
        detail: "the words lead to a product that is not there",
    },
    PairCheck {
        name: customer,
        statement: &CUSTOMER_SEARCH_HAS_ROW,
        table: "customer_search",
        code: Code::SearchWithoutRow,
        detail: "the words lead to a customer that is not there",
    },
];

/// Looks for rows without their counterpart, and for gaps in the outbox.
pub(super) async fn check(db: &Db, report: &mut Report) -> Result<(), Error> {
    for check in CHECKS {
        walk(db, check, report).await?;
    }
    let outcome = keys(&mut db.read().await?, report).await;
    whole("idempotency_keys", outcome, report)?;
    let outcome = followers(&mut db.read().await?, report).await;
    whole("followers", outcome, report)?;
    let outcome = positions(&mut db.read().await?, report).await;
    whole("outbox", outcome, report)
}

/// Rows of these are counted by another check.
const SEEN_ALREADY: [Code; 5] = [
    Code::HistoryWithoutRow,
    Code::OutboxMissing,
    Code::OutboxOrder,
    Code::LinkBroken,
    Code::PasswordOutdated,
];

impl Sliced for PairCheck {
    const ROWS: i64 = KEYS_PER_PAGE;

    fn table(&self) -> &'static str {
        self.table
    }

    fn name(&self, id: i64) -> String {
        (self.name)(id)
    }

    async fn look(
        &self,
        conn: &mut Conn,
        after: Key,
        rows: i64,
        report: &mut Report,
    ) -> Result<Option<Key>, Error> {
        let page: Vec<(i64, i64, bool)> =
            conn.fetch_all(&self.statement.bind((after.0, after.1, rows))).await?;
        let last = page.last().map(|(id, seq, _)| (*id, *seq));
        if !SEEN_ALREADY.contains(&self.code) {
            report.looked(self.table, page.len());
        }
        for (id, seq, _) in page.into_iter().filter(|(.., fits)| !fits) {
            let (name, seq) = ((self.name)(id), (seq != 0).then_some(seq));
            let finding = dangling(self.table, self.code, id, seq, self.detail);
            report.add(Finding { name, ..finding });
        }
        Ok(last)
    }
}

async fn keys(conn: &mut Conn, report: &mut Report) -> Result<(), Error> {
    let mut after = String::new();
    loop {
        let page: Vec<(String, i64, i64, bool)> =
            conn.fetch_all(&KEYS_IN_HISTORY.bind((&after, KEYS_PER_PAGE))).await?;
        let Some((last, id, ..)) = page.last() else { return Ok(()) };
        onwards("idempotency_keys", *id, &after, last)?;
        after.clone_from(last);
        report.looked("idempotency_keys", page.len());
        for (_, id, version, _) in page.into_iter().filter(|(.., fits)| !fits) {
            let detail = "a key stands for an event that never happened";
            report.add(dangling("idempotency_keys", Code::IdempotencyDangling, id, Some(version), detail));
        }
    }
}

async fn followers(conn: &mut Conn, report: &mut Report) -> Result<(), Error> {
    for (name, position) in conn.fetch_all::<(String, i64)>(&AHEAD.bind(())).await? {
        let detail = format!("{name} stands at {position}, beyond the last event");
        let code = Code::FollowerAhead;
        report.add(Finding { code, table: "followers", id: None, name: String::new(), seq: None, detail });
    }
    Ok(())
}

async fn positions(conn: &mut Conn, report: &mut Report) -> Result<(), Error> {
    let (count, lowest, highest, all): (i64, i64, i64, i64) = conn.fetch_one(&POSITIONS.bind(())).await?;
    if conn.engine() == Engine::Sqlite && all != count {
        let detail = format!("{} events have no position", all - count);
        report.add(Finding {
            id: None,
            name: String::new(),
            ..dangling("outbox", Code::OutboxUnsequenced, 0, None, detail)
        });
    }
    if (lowest, highest) == (1, count) {
        return Ok(());
    }
    for (id, position) in conn.fetch_all::<(i64, i64)>(&GAPS.bind((MAX_GAPS,))).await? {
        let detail = "the position before this one is missing";
        report.add(dangling("outbox", Code::OutboxGap, id, Some(position), detail));
    }
    Ok(())
}

fn session(id: i64) -> String {
    SessionId::from_i64(id).to_string()
}

fn member(id: i64) -> String {
    MemberId::from_i64(id).to_string()
}

fn customer(id: i64) -> String {
    CustomerId::from_i64(id).to_string()
}

fn product(id: i64) -> String {
    ProductId::from_i64(id).to_string()
}

/// Also where the kind is not known: whatever the id named may be gone.
fn order(id: i64) -> String {
    OrderId::from_i64(id).to_string()
}

fn dangling(
    table: &'static str,
    code: Code,
    id: i64,
    seq: Option<i64>,
    detail: impl Into<String>,
) -> Finding {
    Finding { code, table, id: Some(id), name: order(id), seq, detail: detail.into() }
}
