//! What is left when all resources were looked at: rows that belong to nothing, units, and words as a whole.

use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;

use super::error::RepairError;
use super::kinds::Projected;
use super::ledger::{self, Units};
use super::report::entry;
use super::run::{PAGE, Run};
use super::strays::Strays;
use crate::db::Db;
use crate::error::Error;
use crate::scan::{Progress, Scan, Scanned as _};
use crate::tables::columns::id_and_version;
use crate::tx::Tx;
use crate::verify;
use crate::verify::resource::readable;
use crate::verify::stock::COUNT;
use crate::verify::words::Searched;

impl<P: FnMut(Progress) + Send> Run<'_, P> {
    pub(super) async fn strays(&mut self, strays: Strays) -> Result<(), RepairError> {
        if self.words.contains(&strays.table) {
            return Ok(());
        }
        let left = self.left_ids();
        let mut after = i64::MIN;
        loop {
            let mut ids = strays.next(&mut self.db.snapshot().await?, after).await?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = *last;
            ids.retain(|id| !left.contains(id));
            if ids.is_empty() {
                continue;
            }
            self.write(async |tx| strays.clear(tx, &ids).await).await?;
            for id in ids {
                self.report.rebuilt.add(strays.told(id));
            }
        }
    }

    /// Movements that no event explains, if there are more than were seen.
    pub(super) async fn movements(&mut self) -> Result<(), RepairError> {
        let (count,): (i64,) = self.db.read().await?.fetch_one(&COUNT.bind(())).await?;
        if self.report.looked_at.get("stock_movements").copied().unwrap_or_default() == count.unsigned_abs() {
            return Ok(());
        }
        let left = self.left_ids();
        let mut after = ledger::BEGINNING;
        loop {
            let mut conn = self.db.snapshot().await?;
            let (surplus, last) = ledger::unexplained(&mut conn, after, self.keys, &left).await?;
            drop(conn);
            if !surplus.is_empty() {
                self.write(async |tx| ledger::write(tx, &surplus).await).await?;
            }
            for misfit in surplus {
                self.note_misfit(misfit, 0);
            }
            let Some(last) = last else { return Ok(()) };
            after = last;
        }
    }

    /// The units of products, once the ledger is right.
    pub(super) async fn units(&mut self) -> Result<(), RepairError> {
        let mut after = i64::MIN;
        loop {
            let mut conn = self.db.snapshot().await?;
            let (mut units, last) = ledger::uncounted(&mut conn, after, &self.moved).await?;
            drop(conn);
            let surplus = self.surplus.get(Product::TABLE);
            let stays = |id: &i64| self.left.contains(&(Product::TABLE, *id));
            units.retain(|units| !surplus.is_some_and(|ids| ids.contains(&units.id)) && !stays(&units.id));
            let (possible, impossible): (Vec<Units>, Vec<Units>) =
                units.into_iter().partition(|units| units.can_be());
            if !possible.is_empty() {
                self.write(async |tx| ledger::count(tx, &possible).await).await?;
            }
            // Those of a row that is made anew are a part of that.
            let told = possible.into_iter().filter(|units| !self.recounted.contains(&units.id));
            told.for_each(|units| self.report.rebuilt.add(units.told()));
            for units in impossible {
                self.leave(units.id, units.told());
            }
            let Some(last) = last else { return Ok(()) };
            after = last;
        }
    }

    /// Rows to which neither a history leads nor anything else, unless others refer to them.
    pub(super) async fn remove_surplus<A: Projected>(&mut self) -> Result<(), RepairError> {
        let ids: Vec<i64> = self.surplus.remove(A::TABLE).unwrap_or_default().into_iter().collect();
        let mut conn = self.db.read().await?;
        let present: Vec<A::Row> = conn.fetch_all(&A::READ.bind((ids,))).await?;
        let mut ids: Vec<i64> = present.iter().map(|row| id_and_version(row).0).collect();
        let named: Vec<(i64,)> = conn.fetch_all(&A::NAMED.bind((ids.as_slice(),))).await?;
        drop(conn);
        ids.retain(|id| !named.contains(&(*id,)));
        for (id,) in named {
            self.leave(
                id,
                entry::<A>(id, "no history leads to this row, but other rows refer to it".to_owned()),
            );
        }
        for ids in ids.chunks(PAGE) {
            let remove = async |tx: &mut Tx| {
                A::clear_beside(tx, ids).await?;
                Ok(tx.execute(&A::DELETE.bind((ids,))).await.map(drop)?)
            };
            self.write(remove).await?;
            for id in ids {
                self.report.rebuilt.add(entry::<A>(*id, "no history leads to this row".to_owned()));
            }
        }
        Ok(())
    }

    pub(super) async fn fill_words(&mut self) -> Result<(), RepairError> {
        if self.applies() && self.words.contains(&Order::WORDS) {
            fill::<Order>(self.db).await?;
        }
        if self.applies() && self.words.contains(&Product::WORDS) {
            fill::<Product>(self.db).await?;
        }
        if self.applies() && self.words.contains(&Customer::WORDS) {
            fill::<Customer>(self.db).await?;
        }
        Ok(())
    }
}

/// Fills an index with the words of all rows.
async fn fill<A: Projected + Searched>(db: &Db) -> Result<(), Error> {
    let mut scan = Scan::new();
    loop {
        let mut tx = db.begin().await?;
        let ids = scan.next::<A>(tx.conn()).await?;
        if ids.is_empty() {
            return Ok(());
        }
        let page = readable::<A>(tx.conn(), ids, &mut verify::Report::default()).await?;
        let page: Vec<&A> = page.iter().map(|held| &held.state).collect();
        A::write_beside(&mut tx, A::WORDS, &page).await?;
        tx.commit().await.map_err(|error| Error::Db(error.into_inner()))?;
    }
}
