//! Batches against their orders. An order's `deleted_in` may name a batch that is not here: an import brings orders with
//! their histories, but no batches.

use ordervault_domain::id::BatchId;

use super::report::{Code, Finding, Report};
use super::slices::{Key, Sliced, walk, whole};
use crate::db::Db;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::batches::action;
use crate::tx::Conn;

/// Batches that are looked at with one statement.
const BATCHES_PER_PAGE: i64 = 100;

statements! {
    COUNTS: Template = Template::new(
        "SELECT b.id, b.action, b.reason, b.correction, COUNT(i.order_id) AS items,
             COUNT(i.order_id) = b.total
             AND COUNT(CASE WHEN i.result = 'succeeded' THEN 1 END) = b.succeeded
             AND COUNT(CASE WHEN i.result = 'already_applied' THEN 1 END) = b.already_applied
             AND COUNT(CASE WHEN i.result = 'refused' THEN 1 END) = b.refused
             AND (COUNT(CASE WHEN i.result = 'waiting' THEN 1 END) > 0) = (b.status IN ('pending', 'running'))
             AND (COUNT(CASE WHEN i.result = 'cancelled' THEN 1 END) > 0) = (b.status = 'cancelled')
             AND (b.started_at IS NOT NULL) = (b.succeeded + b.already_applied + b.refused > 0) AS fits
         FROM (SELECT * FROM batches WHERE id > $1 ORDER BY id LIMIT $2) AS b
             LEFT JOIN batch_items i ON i.batch_id = b.id
         GROUP BY b.id, b.action, b.reason, b.correction, b.total, b.succeeded, b.already_applied, b.refused, b.status, b.started_at ORDER BY b.id"
    );
    STRAY: Template = Template::new(
        "SELECT DISTINCT i.batch_id FROM batch_items i
         WHERE NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = i.batch_id) ORDER BY i.batch_id LIMIT $1"
    );
}

/// Looks for batches whose numbers and status are not those of their orders.
pub(super) async fn check(db: &Db, report: &mut Report) -> Result<(), Error> {
    walk(db, &Batches, report).await?;
    let outcome = strays(&mut db.read().await?, report).await;
    whole("batch_items", outcome, report)
}

struct Batches;

/// Id, action, reason, correction, number of orders, and whether these fit the numbers of the batch.
type BatchSlice = (i64, String, Option<String>, Option<String>, i64, bool);

impl Sliced for Batches {
    const ROWS: i64 = BATCHES_PER_PAGE;

    fn table(&self) -> &'static str {
        "batches"
    }

    fn name(&self, id: i64) -> String {
        BatchId::from_i64(id).to_string()
    }

    async fn look(
        &self,
        conn: &mut Conn,
        (after, _): Key,
        rows: i64,
        report: &mut Report,
    ) -> Result<Option<Key>, Error> {
        let page: Vec<BatchSlice> = conn.fetch_all(&COUNTS.bind((after, rows))).await?;
        let last = page.last().map(|(id, ..)| (*id, 0));
        report.looked("batches", page.len());
        for (id, kind, reason, correction, items, fits) in page {
            report.looked("batch_items", usize::try_from(items).unwrap_or_default());
            let kind = kind.parse().ok();
            let action = kind.and_then(|kind| action(kind, correction.as_deref(), reason.as_deref(), None));
            if action.is_none() {
                report.add(differing("batches", id, "there is no such action with this reason"));
            }
            if !fits {
                report.add(differing("batches", id, "its orders say otherwise"));
            }
        }
        Ok(last)
    }
}

async fn strays(conn: &mut Conn, report: &mut Report) -> Result<(), Error> {
    for (id,) in conn.fetch_all::<(i64,)>(&STRAY.bind((BATCHES_PER_PAGE,))).await? {
        report.add(differing("batch_items", id, "the batch of these orders is not there"));
    }
    Ok(())
}

fn differing(table: &'static str, id: i64, detail: &str) -> Finding {
    let (code, name) = (Code::BatchDiffers, BatchId::from_i64(id).to_string());
    Finding { code, table, id: Some(id), name, seq: None, detail: detail.to_owned() }
}
