//! Rows beside the history that are sealed one by one: passwords, logins, batches and what became of their orders.

use ordervault_domain::id::{BatchId, CustomerId, SessionId};

use super::report::{Code, Finding, Report};
use crate::error::Error;
use crate::seal::{KeyRing, Sealed};
use crate::statement::{Template, statements};
use crate::tables::batches::{BatchRow, ItemRow};
use crate::tables::credentials::CredentialRow;
use crate::tables::sessions::SessionRow;
use crate::tx::Conn;

/// Rows that are in memory at a time.
const ROWS_PER_PAGE: i64 = 1_000;

statements! {
    CREDENTIALS: Template = Template::new(
        "SELECT * FROM credentials WHERE principal_id > $1 ORDER BY principal_id LIMIT $2"
    );
    PASSWORDS_SET: Template = Template::new(
        "SELECT entity_id, MAX(seq) FROM history WHERE entity_id {in_keys:1}
             AND type IN ('registered', 'created', 'password_changed', 'password_reset')
         GROUP BY entity_id"
    );
    SESSIONS: Template = Template::new("SELECT * FROM sessions WHERE id > $1 ORDER BY id LIMIT $2");
    BATCHES: Template = Template::new("SELECT * FROM batches WHERE id > $1 ORDER BY id LIMIT $2");
    ITEMS: Template = Template::new(
        "SELECT * FROM batch_items
         WHERE (batch_id, order_id) > ($1, $2) ORDER BY batch_id, order_id LIMIT $3"
    );
}

/// Looks at every seal.
pub(super) async fn check(conn: &mut Conn, keys: Option<&KeyRing>, report: &mut Report) -> Result<(), Error> {
    credentials(conn, keys, report).await?;
    sessions(conn, keys, report).await?;
    let mut after = i64::MIN;
    loop {
        let page: Vec<BatchRow> = conn.fetch_all(&BATCHES.bind((after, ROWS_PER_PAGE))).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in &page {
            look(keys, row, (row.id, BatchId::from_i64(row.id).to_string()), report);
        }
    }
    let mut after = (i64::MIN, 0);
    loop {
        let page: Vec<ItemRow> = conn.fetch_all(&ITEMS.bind((after.0, after.1, ROWS_PER_PAGE))).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.batch_id, last.order_id);
        for row in &page {
            look(keys, row, (row.batch_id, BatchId::from_i64(row.batch_id).to_string()), report);
        }
    }
}

async fn credentials(conn: &mut Conn, keys: Option<&KeyRing>, report: &mut Report) -> Result<(), Error> {
    let mut after = i64::MIN;
    loop {
        let page: Vec<CredentialRow> = conn.fetch_all(&CREDENTIALS.bind((after, ROWS_PER_PAGE))).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.principal_id;
        let ids: Vec<i64> = page.iter().map(|row| row.principal_id).collect();
        let set: Vec<(i64, i64)> = conn.fetch_all(&PASSWORDS_SET.bind((ids,))).await?;
        for row in &page {
            let id = row.principal_id;
            let name = CustomerId::from_i64(id).to_string();
            look(keys, row, (id, name.clone()), report);
            if set.iter().any(|(principal, seq)| *principal == id && *seq > row.version) {
                let detail = "the password is older than the last event that set one";
                report.add(finding(Code::PasswordOutdated, "credentials", id, name, detail));
            }
        }
    }
}

async fn sessions(conn: &mut Conn, keys: Option<&KeyRing>, report: &mut Report) -> Result<(), Error> {
    let mut after = i64::MIN;
    loop {
        let page: Vec<SessionRow> = conn.fetch_all(&SESSIONS.bind((after, ROWS_PER_PAGE))).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id;
        let name = |id| SessionId::from_i64(id).to_string();
        for row in &page {
            look(keys, row, (row.id, name(row.id)), report);
        }
    }
}

fn look<Row: Sealed>(keys: Option<&KeyRing>, row: &Row, (id, name): (i64, String), report: &mut Report) {
    let key = row.key_id();
    match keys.and_then(|keys| keys.find(key)) {
        None => report.lacks_key(key),
        Some(key) if row.is_sealed(key) => {}
        Some(_) => {
            report.add(finding(Code::RowSeal, Row::TABLE, id, name, "the seal is not that of this content"));
        }
    }
}

fn finding(code: Code, table: &'static str, id: i64, name: String, detail: &str) -> Finding {
    Finding { code, table, id: Some(id), name, seq: None, detail: detail.to_owned() }
}
