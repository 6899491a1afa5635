//! From the journal to rows: few statements, whatever the number of orders. Inserts come sorted, and idempotency keys
//! first, so that a twin in another process waits there, before it holds anything.

use std::collections::{BTreeSet, HashMap};

use ordervault_domain::batch::BatchStatus;
use ordervault_domain::time::Timestamp;

use super::net::{Net, changed, written};
use super::working_set::{Held, WorkingSet};
use crate::bulk::Bulk as _;
use crate::bundle::Bundle;
use crate::engine::Engine;
use crate::error::{Error, expect_rows};
use crate::seal::Key;
use crate::tables::batches::ItemRow;
use crate::tables::columns::{TableRow as _, json_text};
use crate::tables::credentials::CredentialRow;
use crate::tables::order_lines::{self, LineRow};
use crate::tables::outbox::{self, OutboxRows};
use crate::tables::parcels::{self, ParcelRow};
use crate::tables::search::SearchRows;
use crate::tables::{
    arrivals, batches, credentials, history, idempotency, mails, one_time_codes, products, sessions,
    snapshots, stock, throttles,
};
use crate::tx::Tx;

/// How long a preview is remembered.
pub const PREVIEW_MILLIS: i64 = 60 * 60 * 1_000;
/// Previews of one member that are remembered.
pub const MAX_PREVIEWS_PER_MEMBER: i64 = 10;

impl WorkingSet {
    /// Writes everything that changed, decided at this time, with what is in the bundle already; what has no history is sealed
    /// with this key. What most groups write goes in the bundle.
    pub(crate) async fn flush(
        mut self,
        tx: &mut Tx,
        mut bundle: Bundle,
        now: Timestamp,
        key: &Key,
    ) -> Result<(), Error> {
        let mut net = Net::of(std::mem::take(&mut self.journal));
        self.flush_keys(&mut bundle, &net);
        self.flush_passwords(tx, &net, key).await?;
        self.flush_codes(tx, &net).await?;
        self.flush_mails(tx, &net).await?;
        self.flush_counters(&mut bundle, &net);
        flush_previews(tx, &net, now).await?;
        self.flush_batches(tx, &net, key).await?;
        states(&mut bundle, changed(&self, &net.installations));
        states(&mut bundle, changed(&self, &net.stores));
        states(&mut bundle, changed(&self, &net.members));
        states(&mut bundle, changed(&self, &net.customers));
        self.flush_sessions(&mut bundle, &net, key);
        states(&mut bundle, changed(&self, &net.products));
        states(&mut bundle, changed(&self, &net.orders));
        self.flush_lines(tx, &mut bundle, &net).await?;
        self.flush_parcels(tx, &mut bundle, &net).await?;
        self.flush_stock(&mut bundle, &net);
        self.flush_search(tx, &mut bundle, &net).await?;
        flush_history(&mut bundle, tx.engine(), &mut net);
        tx.run_bundle(bundle).await?;
        erase(tx, &net.erased).await?;
        self.flush_seen(tx, &net).await?;
        // The sequencer must not come in between.
        if self.newest.is_some() {
            outbox::number_all(tx).await?;
        }
        Ok(())
    }

    fn flush_keys(&self, bundle: &mut Bundle, net: &Net) {
        let mut rows = idempotency::INSERT.rows();
        for (_, key) in written(&self.keys, &net.keys) {
            rows.push((&key.scoped_key, &key.fingerprint, key.entity_id, key.version, key.created_at));
        }
        bundle.add(&idempotency::INSERT, rows);
    }

    async fn flush_passwords(&self, tx: &mut Tx, net: &Net, key: &Key) -> Result<(), Error> {
        let (mut rows, mut gone) = (credentials::UPSERT.rows(), vec![]);
        for principal_id in net.passwords.keys().copied() {
            match self.password(principal_id) {
                Some(password) => rows.push(CredentialRow::new(principal_id, password, key).values()),
                None => gone.push(principal_id),
            }
        }
        if !gone.is_empty() {
            tx.execute(&credentials::DELETE.bind((gone,))).await?;
        }
        tx.run_bulk(&credentials::UPSERT, &rows).await?;
        Ok(())
    }

    async fn flush_codes(&self, tx: &mut Tx, net: &Net) -> Result<(), Error> {
        let (mut good, mut void) = (one_time_codes::UPSERT.rows(), one_time_codes::DELETE.rows());
        for (customer_id, purpose) in net.codes.keys() {
            match self.code(*customer_id, *purpose) {
                Some(code) => good.push(code.row().values()),
                None => void.push((*customer_id, <&str>::from(purpose))),
            }
        }
        tx.run_bulk(&one_time_codes::DELETE, &void).await?;
        tx.run_bulk(&one_time_codes::UPSERT, &good).await?;
        Ok(())
    }

    async fn flush_mails(&self, tx: &mut Tx, net: &Net) -> Result<(), Error> {
        let (mut waiting, mut settled) = (mails::UPSERT.rows(), mails::DELETE.rows());
        for key @ (entity_id, kind) in net.mails.keys() {
            match self.mails.get(key) {
                Some(mail) => waiting.push(mail.row().values()),
                None => settled.push((*entity_id, <&str>::from(kind))),
            }
        }
        tx.run_bulk(&mails::DELETE, &settled).await?;
        tx.run_bulk(&mails::UPSERT, &waiting).await?;
        Ok(())
    }

    fn flush_counters(&self, bundle: &mut Bundle, net: &Net) {
        let (mut new, mut known) = (throttles::INSERT.rows(), throttles::UPDATE.rows());
        for (is_new, counter) in written(&self.counters, &net.counters) {
            if is_new { &mut new } else { &mut known }.push(counter.row().values());
        }
        bundle.add(&throttles::INSERT, new);
        bundle.add(&throttles::UPDATE, known);
    }

    async fn flush_batches(&self, tx: &mut Tx, net: &Net, key: &Key) -> Result<(), Error> {
        let (mut opened, mut items) = (batches::INSERT.rows(), batches::INSERT_ITEMS.rows());
        let (mut known, mut settled) = (batches::UPDATE.rows(), batches::SETTLE_ITEMS.rows());
        let mut cancelled = vec![];
        for (is_new, batch) in written(&self.batches, &net.batches) {
            match is_new {
                true => opened.push(batches::row(batch, key).values()),
                false => known.push(batches::row(batch, key).values()),
            }
            cancelled.extend((batch.status == BatchStatus::Cancelled).then_some(batch.id.get()));
        }
        for id in net.batch_items.keys() {
            for (order_id, version) in self.new_items.get(id).into_iter().flat_map(|items| items.iter()) {
                items.push(ItemRow::waiting(*id, *order_id, *version).sealed(key).values());
            }
        }
        for (id, order_id) in net.item_results.keys() {
            let Some(result) = self.item_results.get(&(*id, *order_id)) else { continue };
            let version = self.version_wanted(*id, *order_id);
            let item = ItemRow::waiting(*id, *order_id, version);
            let item = item.settled(result.outcome, result.code, result.done_version);
            settled.push(item.sealed(key).settling());
        }
        expect_rows(opened.len(), tx.run_bulk(&batches::INSERT, &opened).await?)?;
        expect_rows(items.len(), tx.run_bulk(&batches::INSERT_ITEMS, &items).await?)?;
        expect_rows(settled.len(), tx.run_bulk(&batches::SETTLE_ITEMS, &settled).await?)?;
        if !cancelled.is_empty() {
            tx.execute(&batches::CANCEL_ITEMS.bind((cancelled,))).await?;
        }
        expect_rows(known.len(), tx.run_bulk(&batches::UPDATE, &known).await?)
    }

    fn flush_sessions(&self, bundle: &mut Bundle, net: &Net, key: &Key) {
        let (mut opened, mut known) = (sessions::INSERT.rows(), sessions::UPDATE.rows());
        for (is_new, session) in written(&self.sessions, &net.sessions) {
            if is_new { &mut opened } else { &mut known }.push(session.row(key).values());
        }
        bundle.add(&sessions::INSERT, opened);
        bundle.add(&sessions::UPDATE, known);
    }

    async fn flush_lines(&self, tx: &mut Tx, bundle: &mut Bundle, net: &Net) -> Result<(), Error> {
        let mut stale = vec![];
        let (mut rows, mut moved) = (order_lines::INSERT.rows(), order_lines::MOVE_UNITS.rows());
        for (before, after, _) in changed(self, &net.orders) {
            match before {
                Some(before) if before.lines == after.lines => {
                    if before.units != after.units {
                        LineRow::of(after).for_each(|row| moved.push(row.moved()));
                    }
                    continue;
                }
                Some(_) => stale.push(after.id.get()),
                None => {}
            }
            LineRow::of(after).for_each(|row| rows.push(row.values()));
        }
        if !stale.is_empty() {
            tx.execute(&order_lines::DELETE.bind((stale,))).await?;
        }
        bundle.add(&order_lines::INSERT, rows);
        bundle.add(&order_lines::MOVE_UNITS, moved);
        Ok(())
    }

    async fn flush_parcels(&self, tx: &mut Tx, bundle: &mut Bundle, net: &Net) -> Result<(), Error> {
        let (mut stale, mut rows) = (vec![], parcels::INSERT.rows());
        for (before, after, _) in changed(self, &net.orders) {
            let had: Vec<ParcelRow> = before.into_iter().flat_map(ParcelRow::of).collect();
            if ParcelRow::of(after).eq(had.iter().cloned()) {
                continue;
            }
            stale.extend((!had.is_empty()).then_some(after.id.get()));
            ParcelRow::of(after).for_each(|row| rows.push(row.values()));
        }
        if !stale.is_empty() {
            tx.execute(&parcels::DELETE.bind((stale,))).await?;
        }
        bundle.add(&parcels::INSERT, rows);
        Ok(())
    }

    /// Products whose own version did not move: what orders took or gave back.
    fn flush_stock(&self, bundle: &mut Bundle, net: &Net) {
        let mut moved = products::MOVE_STOCK.rows();
        for (before, after, _) in changed(self, &net.products) {
            let Some(before) = before.filter(|before| before.version == after.version) else { continue };
            let unmoved = before.on_hand == after.on_hand && before.reserved == after.reserved;
            if !unmoved {
                moved.push((after.id.get(), before.on_hand, before.reserved, after.on_hand, after.reserved));
            }
        }
        bundle.add(&products::MOVE_STOCK, moved);
        let mut rows = stock::INSERT.rows();
        for row in &net.stock_movements {
            rows.push((row.product_id, row.entity_id, row.seq, row.on_hand, row.reserved));
        }
        bundle.add(&stock::INSERT, rows);
    }

    async fn flush_search(&self, tx: &mut Tx, bundle: &mut Bundle, net: &Net) -> Result<(), Error> {
        let mut rows = SearchRows::new(tx.engine());
        for (before, after, _) in changed(self, &net.orders) {
            rows.order(before, after);
        }
        for (before, after, _) in changed(self, &net.products) {
            rows.product(before, after);
        }
        for (before, after, _) in changed(self, &net.customers) {
            rows.customer(before, after);
        }
        rows.write(tx, bundle).await
    }

    async fn flush_seen(&self, tx: &mut Tx, net: &Net) -> Result<(), Error> {
        let mut seen = arrivals::SEE.rows();
        net.seen.iter().for_each(|row| seen.push(*row));
        tx.run_bulk(&arrivals::SEE, &seen).await?;
        let mut marks = arrivals::MOVE_MARK.rows();
        for (member_id, position) in net.marks.keys().filter_map(|id| self.mark(*id).map(|mark| (*id, mark)))
        {
            marks.push((member_id, position));
        }
        tx.run_bulk(&arrivals::MOVE_MARK, &marks).await?;
        tx.run_bulk(&arrivals::DROP_BELOW_MARK, &marks).await?;
        Ok(())
    }
}

/// The rows of states that changed: one insert, one guarded update.
fn states<'a, A: Held + 'a>(
    bundle: &mut Bundle,
    changed: impl Iterator<Item = (Option<&'a A>, &'a A, &'a str)>,
) {
    let (mut inserted, mut updated) = (A::INSERT.rows(), A::UPDATE.rows());
    for (before, after, head) in changed {
        match before {
            None => inserted.push(after.row(head).values()),
            Some(before) if before.version() != after.version() => {
                let values = after.row(head).values();
                updated.push(A::update(after.raw_id(), before.version(), values));
            }
            Some(_) => {}
        }
    }
    bundle.add(A::INSERT, inserted);
    bundle.add(A::UPDATE, updated);
}

/// Clears personal values and states, also those that were written a moment ago.
async fn erase(tx: &mut Tx, erased: &BTreeSet<i64>) -> Result<(), Error> {
    if !erased.is_empty() {
        let ids: Vec<i64> = erased.iter().copied().collect();
        tx.execute(&history::ERASE_PERSONAL.bind((ids.as_slice(),))).await?;
        tx.execute(&snapshots::DELETE.bind((ids,))).await?;
    }
    Ok(())
}

async fn flush_previews(tx: &mut Tx, net: &Net, now: Timestamp) -> Result<(), Error> {
    if net.previews.is_empty() {
        return Ok(());
    }
    let mut rows = batches::REMEMBER_PREVIEW.rows();
    for (digest, (member_id, versions)) in &net.previews {
        let until = now.plus_millis(PREVIEW_MILLIS).millis();
        rows.push((digest, member_id.get(), json_text(versions), now.millis(), until));
    }
    expect_rows(rows.len(), tx.run_bulk(&batches::REMEMBER_PREVIEW, &rows).await?)?;
    let members: Vec<i64> = net.previews.values().map(|(member_id, _)| member_id.get()).collect();
    let forget = batches::FORGET_PREVIEWS.bind((now.millis(), members, MAX_PREVIEWS_PER_MEMBER));
    tx.execute(&forget).await?;
    Ok(())
}

fn flush_history(bundle: &mut Bundle, engine: Engine, net: &mut Net) {
    let mut history_rows = history::INSERT.rows();
    let mut personal = history::INSERT_PERSONAL.rows();
    let mut snapshots = snapshots::WRITE.rows();
    let mut outbox_rows = OutboxRows::new();
    // Events are numbered in the order of their times, and those of a resource in their own, also where they are taken over from
    // a shop whose clock was corrected.
    let mut latest = HashMap::new();
    for row in std::mem::take(&mut net.history) {
        let at = latest.entry(row.entity_id).or_insert(row.recorded_at);
        *at = row.recorded_at.max(*at);
        outbox_rows.push(&row, *at);
        row.push(&mut history_rows, &mut personal);
    }
    for row in std::mem::take(&mut net.snapshots) {
        snapshots.push(row.values());
    }
    bundle.add(&history::INSERT, history_rows);
    bundle.add(&history::INSERT_PERSONAL, personal);
    bundle.add(&snapshots::WRITE, snapshots);
    outbox_rows.write(bundle, engine);
}
