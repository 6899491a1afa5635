//! Rows beside the history that are sealed one by one: passwords, logins, batches and what became of their orders.

use ordervault_domain::id::{BatchId, CustomerId, SessionId};

use super::report::{Code, Finding, Report};
use super::slices::{Key, Sliced, walk};
use crate::db::Db;
use crate::error::Error;
use crate::seal::{KeyRing, Sealed};
use crate::statement::{Template, statements};
use crate::tables::batches::{BatchRow, ItemRow};
use crate::tables::columns::TableRow;
use crate::tables::credentials::CredentialRow;
use crate::tables::sessions::SessionRow;
use crate::tx::Conn;

statements! {
    CREDENTIALS: Template = Template::new(
        "SELECT * FROM credentials WHERE principal_id > $1 AND $2 = $2 ORDER BY principal_id LIMIT $3"
    );
    SESSIONS: Template = Template::new("SELECT * FROM sessions WHERE id > $1 AND $2 = $2 ORDER BY id LIMIT $3");
    BATCHES: Template = Template::new("SELECT * FROM batches WHERE id > $1 AND $2 = $2 ORDER BY id LIMIT $3");
    ITEMS: Template = Template::new(
        "SELECT * FROM batch_items WHERE (batch_id, order_id) > ($1, $2) ORDER BY batch_id, order_id LIMIT $3"
    );
}

/// The rows of one table.
struct SealedRows<'a, R> {
    statement: &'static Template,
    key: fn(&R) -> Key,
    /// The first part of a key as people read it.
    name: fn(i64) -> String,
    keys: Option<&'a KeyRing>,
}

/// Looks at every seal.
pub(super) async fn check(db: &Db, keys: Option<&KeyRing>, report: &mut Report) -> Result<(), Error> {
    let (principal, batch) =
        (|id| CustomerId::from_i64(id).to_string(), |id| BatchId::from_i64(id).to_string());
    let key = |row: &CredentialRow| (row.principal_id, 0);
    rows(db, SealedRows { statement: &CREDENTIALS, key, name: principal, keys }, report).await?;
    let (key, name) = (|row: &SessionRow| (row.id, 0), |id| SessionId::from_i64(id).to_string());
    rows(db, SealedRows { statement: &SESSIONS, key, name, keys }, report).await?;
    let key = |row: &BatchRow| (row.id, 0);
    rows(db, SealedRows { statement: &BATCHES, key, name: batch, keys }, report).await?;
    let key = |row: &ItemRow| (row.batch_id, row.order_id);
    rows(db, SealedRows { statement: &ITEMS, key, name: batch, keys }, report).await
}

async fn rows<R: TableRow + Sealed>(
    db: &Db,
    rows: SealedRows<'_, R>,
    report: &mut Report,
) -> Result<(), Error> {
    walk(db, &rows, report).await
}

impl<R: TableRow + Sealed> Sliced for SealedRows<'_, R> {
    const ROWS: i64 = 1_000;

    fn table(&self) -> &'static str {
        R::TABLE
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
        let page: Vec<R> = conn.fetch_all(&self.statement.bind((after.0, after.1, rows))).await?;
        for row in &page {
            match self.keys.and_then(|keys| keys.find(row.key_id())) {
                None => report.lacks_key(row.key_id()),
                Some(key) if row.is_sealed(key) => {}
                Some(_) => report.add(self.altered((self.key)(row).0)),
            }
        }
        Ok(page.last().map(self.key))
    }
}

impl<R: Sealed> SealedRows<'_, R> {
    fn altered(&self, id: i64) -> Finding {
        let (name, detail) = ((self.name)(id), "the seal is not that of this content".to_owned());
        Finding { code: Code::RowSeal, table: R::TABLE, id: Some(id), name, seq: None, detail }
    }
}
