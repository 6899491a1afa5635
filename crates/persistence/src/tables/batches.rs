//! The tables `batches`, `batch_items` and `batch_previews`.

use ordervault_domain::batch::{Batch, BatchAction, ItemOutcome};
use ordervault_domain::id::{BatchId, MemberId, OrderId};
use ordervault_domain::order::OrderCommandKind;
use ordervault_domain::time::Timestamp;

use super::columns::{Row, TableRow as _, json_text, millis, table_row, time};
use crate::bulk::{Bulk as _, BulkInsert, BulkTemplate, BulkUpdate, ColumnType::*};
use crate::error::Error;
use crate::seal::{Key, Seal, Sealed};
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    LOCK: Template = Template::new("SELECT * FROM batches WHERE id {in_keys:1} ORDER BY id {lock}");
    ITEMS: BulkTemplate = BulkTemplate::new(
        "SELECT i.batch_id, i.order_id, i.version, i.result <> 'waiting' AS is_settled FROM batch_items i
         JOIN {rows} ON i.batch_id = d.batch_id AND i.order_id = d.order_id",
        &[("batch_id", Int), ("order_id", Int)],
    );
    pub(crate) INSERT: BulkInsert = BulkInsert::new("batches", BatchRow::COLUMNS);
    pub(crate) UPDATE: BulkUpdate = BulkUpdate::new("batches", &[("id", Int)], BatchRow::COLUMNS.split_at(1).1, "");
    pub(crate) INSERT_ITEMS: BulkInsert = BulkInsert::new("batch_items", ItemRow::COLUMNS);
    pub(crate) SETTLE_ITEMS: BulkUpdate = BulkUpdate::new(
        "batch_items",
        &[("batch_id", Int), ("order_id", Int)],
        &[("result", Text), ("code", Text), ("done_version", Int), ("seal", Text)],
        "AND batch_items.result = 'waiting'",
    );
    pub(crate) CANCEL_ITEMS: Template = Template::new(
        "UPDATE batch_items SET result = 'cancelled' WHERE batch_id {in_keys:1} AND result = 'waiting'"
    );
    pub(crate) REMEMBER_PREVIEW: BulkInsert = BulkInsert::new("batch_previews", &[
        ("digest", Text), ("member_id", Int), ("versions", Text), ("created_at", Int), ("expires_at", Int),
    ]).suffix("ON CONFLICT (digest) DO UPDATE SET created_at = excluded.created_at, expires_at = excluded.expires_at");
    // Whoever asks again and again keeps the latest ones.
    pub(crate) FORGET_PREVIEWS: Template = Template::new(
        "DELETE FROM batch_previews WHERE digest IN (
             SELECT digest FROM batch_previews WHERE expires_at <= $1
             UNION ALL SELECT digest FROM batch_previews earlier WHERE member_id {in_keys:2} AND (
                 SELECT COUNT(*) FROM batch_previews later
                 WHERE later.member_id = earlier.member_id AND later.created_at > earlier.created_at) >= $3)"
    );
}

/// An order of a batch before its turn, or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The version that the order must still have, if it matters.
    pub version: Option<i64>,
    /// Has it had its turn, or will it never have one?
    pub is_settled: bool,
}

table_row! {
    /// A row of the table.
    pub(crate) struct BatchRow {
        pub(crate) id: i64,
        created_by: i64,
        action: String,
        reason: Option<String>,
        correction: Option<String>,
        comment: Option<String>,
        undoes: Option<i64>,
        stores: String,
        request_id: String,
        status: String,
        total: i64,
        succeeded: i64,
        already_applied: i64,
        refused: i64,
        created_at: i64,
        started_at: Option<i64>,
        finished_at: Option<i64>,
        seal: String,
    }
}

table_row! {
    /// A row of the table of a batch's orders.
    pub(crate) struct ItemRow {
        pub(crate) batch_id: i64,
        pub(crate) order_id: i64,
        version: Option<i64>,
        pub(crate) result: String,
        code: Option<String>,
        done_version: Option<i64>,
        seal: String,
    }
}

impl ItemRow {
    /// An order that waits; not sealed yet.
    pub(crate) fn waiting(batch: BatchId, order: OrderId, version: Option<i64>) -> Self {
        Self {
            batch_id: batch.get(),
            order_id: order.get(),
            version,
            result: <&str>::from(ItemOutcome::Waiting).to_owned(),
            code: None,
            done_version: None,
            seal: String::new(),
        }
    }

    /// The same after its turn.
    pub(crate) fn settled(self, outcome: ItemOutcome, code: Option<&str>, done_version: Option<i64>) -> Self {
        let (result, code) = (<&str>::from(outcome).to_owned(), code.map(str::to_owned));
        Self { result, code, done_version, ..self }
    }

    pub(crate) fn sealed(self, key: &Key) -> Self {
        Self { seal: self.seal_under(key), ..self }
    }

    /// The values of the statement that settles it.
    pub(crate) fn settling(self) -> (i64, i64, String, Option<String>, Option<i64>, String) {
        (self.batch_id, self.order_id, self.result, self.code, self.done_version, self.seal)
    }
}

impl Sealed for ItemRow {
    const TABLE: &'static str = "batch_items";

    fn put(&self, seal: &mut Seal) {
        // A batch that is cancelled says so itself, for all of its orders that waited.
        let result = if self.result == "cancelled" { "waiting" } else { &self.result };
        seal.int(self.batch_id).int(self.order_id).int_if_any(self.version).text(result);
        seal.text_if_any(self.code.as_deref()).int_if_any(self.done_version);
    }

    fn seal(&self) -> &str {
        &self.seal
    }
}

impl Sealed for BatchRow {
    const TABLE: &'static str = "batches";

    fn put(&self, seal: &mut Seal) {
        seal.int(self.id)
            .int(self.created_by)
            .text(&self.action)
            .text_if_any(self.reason.as_deref())
            .text_if_any(self.correction.as_deref())
            .text_if_any(self.comment.as_deref())
            .int_if_any(self.undoes)
            .text(&self.stores)
            .text(&self.request_id)
            .text(&self.status)
            .int(self.total)
            .int(self.succeeded)
            .int(self.already_applied)
            .int(self.refused)
            .int(self.created_at)
            .int_if_any(self.started_at)
            .int_if_any(self.finished_at);
    }

    fn seal(&self) -> &str {
        &self.seal
    }
}

impl TryFrom<BatchRow> for Batch {
    type Error = Error;

    fn try_from(row: BatchRow) -> Result<Self, Error> {
        let at = Row { table: "batches", id: row.id };
        let kind: OrderCommandKind = at.parsed("action", &row.action)?;
        let action = action(kind, row.correction.as_deref(), row.reason.as_deref(), row.comment);
        Ok(Self {
            id: BatchId::from_i64(row.id),
            created_by: MemberId::from_i64(row.created_by),
            action: action.ok_or_else(|| at.inconsistent("reason"))?,
            undoes: row.undoes.map(BatchId::from_i64),
            stores: at.json("stores", &row.stores)?,
            request_id: row.request_id,
            status: at.parsed("status", &row.status)?,
            total: row.total,
            succeeded: row.succeeded,
            already_applied: row.already_applied,
            refused: row.refused,
            created_at: Timestamp::from_millis(row.created_at),
            started_at: time(row.started_at),
            finished_at: time(row.finished_at),
        })
    }
}

/// The action that a row tells; `None`: there is no such one.
pub(crate) fn action(
    kind: OrderCommandKind,
    correction: Option<&str>,
    reason: Option<&str>,
    comment: Option<String>,
) -> Option<BatchAction> {
    match correction {
        Some(correction) if kind == OrderCommandKind::Adjust => {
            Some(BatchAction::correct(serde_json::from_str(correction).ok()?, reason?.parse().ok()?, comment))
        }
        Some(_) => None,
        None => BatchAction::new(kind, reason, comment).ok(),
    }
}

/// A batch as it is written. What somebody said about it goes when it is finished.
pub(crate) fn row(batch: &Batch, key: &Key) -> BatchRow {
    let (reason, comment) = batch.action.why();
    let row = BatchRow {
        id: batch.id.get(),
        created_by: batch.created_by.get(),
        action: batch.action.kind().to_string(),
        reason: reason.map(str::to_owned),
        correction: batch.action.correction().map(|correction| json_text(&correction)),
        comment: comment.filter(|_| !batch.is_finished()).map(str::to_owned),
        undoes: batch.undoes.map(BatchId::get),
        stores: json_text(&batch.stores),
        request_id: batch.request_id.clone(),
        status: batch.status.to_string(),
        total: batch.total,
        succeeded: batch.succeeded,
        already_applied: batch.already_applied,
        refused: batch.refused,
        created_at: batch.created_at.millis(),
        started_at: millis(batch.started_at),
        finished_at: millis(batch.finished_at),
        seal: String::new(),
    };
    BatchRow { seal: row.seal_under(key), ..row }
}

/// The batches with these ids, locked.
pub(crate) async fn lock(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Batch>, Error> {
    let rows: Vec<BatchRow> = conn.fetch_all(&LOCK.bind((ids,))).await?;
    rows.into_iter().map(Batch::try_from).collect()
}

/// These orders of batches, by batch and order.
pub(crate) async fn items(
    conn: &mut Conn,
    keys: &[(BatchId, OrderId)],
) -> Result<impl Iterator<Item = ((BatchId, OrderId), Item)>, Error> {
    let mut rows = ITEMS.rows();
    for (batch, order) in keys {
        rows.push((batch.get(), order.get()));
    }
    let found: Vec<(i64, i64, Option<i64>, bool)> = conn.fetch_bulk(&ITEMS, &rows).await?;
    Ok(found.into_iter().map(|(batch, order, version, is_settled)| {
        ((BatchId::from_i64(batch), OrderId::from_i64(order)), Item { version, is_settled })
    }))
}
