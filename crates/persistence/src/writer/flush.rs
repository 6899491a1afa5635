//! The working set's changes to rows: few statements, whatever the number of orders. Inserts come sorted, and
//! idempotency keys first, so that a twin in another process waits there, before it holds anything.

use super::expect_rows;
use super::working_set::WorkingSet;
use crate::bulk::Bulk;
use crate::engine::Engine;
use crate::error::Error;
use crate::tables::search::SearchRows;
use crate::tables::{credentials, history, idempotency, orders, outbox, products, sessions, stock};
use crate::tx::Tx;

impl WorkingSet {
    /// Writes everything that changed.
    pub(crate) async fn flush(&mut self, tx: &mut Tx) -> Result<(), Error> {
        self.flush_keys(tx).await?;
        self.throttles.flush(tx).await?;
        self.batches.flush(tx).await?;
        self.stores.flush(tx).await?;
        self.members.flush(tx).await?;
        self.customers.flush(tx).await?;
        self.flush_sessions(tx).await?;
        self.products.flush(tx).await?;
        self.orders.flush(tx).await?;
        self.flush_lines(tx).await?;
        self.flush_stock(tx).await?;
        self.flush_search(tx).await?;
        self.flush_seen(tx).await?;
        self.flush_history(tx).await
    }

    async fn flush_keys(&mut self, tx: &mut Tx) -> Result<(), Error> {
        self.pending.keys.sort_by(|a, b| a.scoped_key.cmp(&b.scoped_key));
        let mut rows = idempotency::INSERT.rows();
        for key in &self.pending.keys {
            rows.push((&key.scoped_key, &key.fingerprint, key.entity_id, key.version, key.created_at));
        }
        expect_rows(rows.len(), tx.run_bulk(&idempotency::INSERT, &rows).await?)?;
        // Of several changes of one password in a batch the last one counts.
        let mut rows = credentials::UPSERT.rows();
        self.pending.credentials.reverse();
        self.pending.credentials.sort_by_key(|credential| credential.0);
        self.pending.credentials.dedup_by_key(|credential| credential.0);
        for (principal_id, hash, at) in &self.pending.credentials {
            rows.push((*principal_id, hash, at.millis()));
        }
        tx.run_bulk(&credentials::UPSERT, &rows).await?;
        Ok(())
    }

    async fn flush_sessions(&mut self, tx: &mut Tx) -> Result<(), Error> {
        let mut opened = sessions::INSERT.rows();
        let mut touched = sessions::UPDATE.rows();
        self.pending.touched.sort_unstable();
        self.pending.touched.dedup();
        // One that is new is written once, as it is in the end.
        let new = &self.pending.opened;
        self.pending.touched.retain(|id| !new.contains(id));
        for session in self.pending.opened.iter().filter_map(|id| self.sessions.get(id)) {
            opened.push(session.values());
        }
        for session in self.pending.touched.iter().filter_map(|id| self.sessions.get(id)) {
            touched.push(session.values());
        }
        expect_rows(opened.len(), tx.run_bulk(&sessions::INSERT, &opened).await?)?;
        expect_rows(touched.len(), tx.run_bulk(&sessions::UPDATE, &touched).await?)
    }

    async fn flush_lines(&self, tx: &mut Tx) -> Result<(), Error> {
        let mut stale = vec![];
        let mut rows = orders::INSERT_LINES.rows();
        for (before, after, _) in self.orders.changed() {
            match before {
                Some(before) if before.lines == after.lines => continue,
                Some(_) => stale.push(after.id.get()),
                None => {}
            }
            for (position, line) in (0i64..).zip(&after.lines) {
                rows.push((
                    after.id.get(),
                    position,
                    line.product_id.get(),
                    &line.sku,
                    &line.title,
                    line.category.clone(),
                    line.quantity,
                    line.unit_price.get(),
                    line.total.get(),
                ));
            }
        }
        if !stale.is_empty() {
            tx.execute(&orders::DELETE_LINES.bind((stale,))).await?;
        }
        expect_rows(rows.len(), tx.run_bulk(&orders::INSERT_LINES, &rows).await?)
    }

    /// Products whose own version did not move: what orders took or gave back.
    async fn flush_stock(&self, tx: &mut Tx) -> Result<(), Error> {
        let mut moved = products::MOVE_STOCK.rows();
        for (before, after, _) in self.products.changed() {
            let Some(before) = before.filter(|before| before.version == after.version) else { continue };
            let unmoved = before.on_hand == after.on_hand && before.reserved == after.reserved;
            if !unmoved {
                moved.push((after.id.get(), before.on_hand, before.reserved, after.on_hand, after.reserved));
            }
        }
        expect_rows(moved.len(), tx.run_bulk(&products::MOVE_STOCK, &moved).await?)?;
        let mut rows = stock::INSERT.rows();
        for row in &self.pending.moves {
            rows.push((row.product_id, row.entity_id, row.seq, row.on_hand, row.reserved));
        }
        expect_rows(rows.len(), tx.run_bulk(&stock::INSERT, &rows).await?)
    }

    async fn flush_search(&self, tx: &mut Tx) -> Result<(), Error> {
        let mut rows = SearchRows::new(tx.engine());
        for (before, after, _) in self.orders.changed() {
            rows.order(before, after);
        }
        for (before, after, _) in self.products.changed() {
            rows.product(before, after);
        }
        let (stale_orders, stale_products, insert_orders, insert_products) = rows.statements();
        if !rows.stale_orders.is_empty() {
            tx.execute(&stale_orders.bind((rows.stale_orders,))).await?;
        }
        if !rows.stale_products.is_empty() {
            tx.execute(&stale_products.bind((rows.stale_products,))).await?;
        }
        expect_rows(rows.orders.len(), tx.run_bulk(insert_orders, &rows.orders).await?)?;
        expect_rows(rows.products.len(), tx.run_bulk(insert_products, &rows.products).await?)
    }

    async fn flush_history(&mut self, tx: &mut Tx) -> Result<(), Error> {
        let mut history_rows = history::INSERT.rows();
        let mut personal = history::INSERT_PERSONAL.rows();
        let mut outbox_rows = outbox::INSERT.rows();
        let mut entries = std::mem::take(&mut self.pending.history);
        entries.sort_by_key(|row| (row.entity_id, row.seq));
        for row in entries {
            outbox_rows.push((row.entity_id, row.seq, row.recorded_at));
            row.push(&mut history_rows, &mut personal);
        }
        expect_rows(history_rows.len(), tx.run_bulk(&history::INSERT, &history_rows).await?)?;
        expect_rows(personal.len(), tx.run_bulk(&history::INSERT_PERSONAL, &personal).await?)?;
        expect_rows(outbox_rows.len(), tx.run_bulk(&outbox::INSERT, &outbox_rows).await?)?;
        if tx.engine() == Engine::Sqlite {
            outbox::number_all(tx).await?;
        }
        Ok(())
    }
}
