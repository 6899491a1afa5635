//! The stock ledger, and the units of products, which are the sums over it.
//!
//! The ledger is append-only. What is wrong in it goes all the same, because the events say better: for the length of a
//! transaction nothing refuses that.

use std::collections::{HashMap, HashSet};

use ordervault_domain::product::Product;

use super::report::{Entry, entry};
use crate::bulk::{Bulk as _, BulkTemplate, ColumnType::Int};
use crate::error::{Error, expect_rows, onwards};
use crate::scan::RESOURCES_PER_PAGE;
use crate::seal::KeyRing;
use crate::statement::{Template, statements};
use crate::tables::products::MOVE_STOCK;
use crate::tables::stock::{self, StockMovement};
use crate::tx::{Conn, Tx};
use crate::verify::product::SUMS;
use crate::verify::stock::{AFTER, Known, MOVEMENTS_PER_PAGE, Misfit, key};

statements! {
    OPEN: Template = Template::forked(
        "DROP TRIGGER IF EXISTS stock_movements_no_delete",
        "ALTER TABLE stock_movements DISABLE TRIGGER stock_movements_no_delete"
    );
    CLOSE: Template = Template::forked(
        "CREATE TRIGGER stock_movements_no_delete BEFORE DELETE ON stock_movements
BEGIN
    SELECT RAISE(ABORT, 'stock_movements is append-only');
END",
        "ALTER TABLE stock_movements ENABLE TRIGGER stock_movements_no_delete"
    );
    REMOVE: BulkTemplate = BulkTemplate::new(
        "DELETE FROM stock_movements WHERE (product_id, entity_id, seq) IN (SELECT d.product_id, d.entity_id, d.seq FROM {rows})",
        &[("product_id", Int), ("entity_id", Int), ("seq", Int)]
    );
    UNITS: Template = Template::new("SELECT id, on_hand, reserved FROM products WHERE id > $1 ORDER BY id LIMIT $2");
}

/// Where the ledger's pages begin.
pub(super) const BEGINNING: (i64, i64, i64) = (i64::MIN, 0, 0);

/// Makes the ledger what the events make of it.
pub(super) async fn write(tx: &mut Tx, misfits: &[Misfit]) -> Result<(), Error> {
    let mut wrong = REMOVE.rows();
    misfits.iter().filter_map(|misfit| misfit.stored()).for_each(|stored| wrong.push(key(&stored)));
    if !wrong.is_empty() {
        tx.execute(&OPEN.bind(())).await?;
        expect_rows(wrong.len(), tx.run_bulk(&REMOVE, &wrong).await?)?;
        tx.execute(&CLOSE.bind(())).await?;
    }
    let mut rows = stock::INSERT.rows();
    for made in misfits.iter().filter_map(|misfit| misfit.made()) {
        rows.push((made.product_id, made.entity_id, made.seq, made.on_hand, made.reserved));
    }
    expect_rows(rows.len(), tx.run_bulk(&stock::INSERT, &rows).await?)
}

/// A page of the ledger behind a key: the movements that no event explains, and the last key; none at the end. `left`:
/// resources that stay as they are.
pub(super) async fn unexplained(
    conn: &mut Conn,
    after: (i64, i64, i64),
    keys: &KeyRing,
    left: &HashSet<i64>,
) -> Result<(Vec<Misfit>, Option<(i64, i64, i64)>), Error> {
    let page: Vec<StockMovement> =
        conn.fetch_all(&AFTER.bind((after.0, after.1, after.2, MOVEMENTS_PER_PAGE))).await?;
    let Some(last) = page.last() else { return Ok((vec![], None)) };
    onwards("stock_movements", last.entity_id, &after, &key(last))?;
    let known = Known::of(conn, &page, Some(keys)).await?;
    let surplus = page.iter().filter(|stored| !known.explains(stored) && !left.contains(&stored.entity_id));
    Ok((surplus.copied().map(Misfit::Surplus).collect(), Some(key(last))))
}

/// How the ledger tells of a misfit.
pub(super) fn told(misfit: Misfit) -> Entry {
    let finding = misfit.finding();
    let detail = match finding.seq {
        Some(seq) => format!("event {seq}: {}", finding.detail),
        None => finding.detail,
    };
    Entry { table: finding.table, id: finding.id, name: finding.name, detail }
}

/// Units of a product: as they are, and as the ledger makes them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    pub id: i64,
    stored: (i64, i64),
    summed: (i64, i64),
}

/// By how much sums will differ once the ledger is put right, by product.
pub(super) type Moved = HashMap<i64, (i64, i64)>;

/// Notes what putting the ledger right moves.
pub(super) fn note(moved: &mut Moved, misfit: Misfit) {
    let steps = [(misfit.made(), 1), (misfit.stored(), -1)];
    for (movement, sign) in steps.into_iter().filter_map(|(movement, sign)| Some((movement?, sign))) {
        let sum = moved.entry(movement.product_id).or_default();
        *sum = (sum.0 + sign * movement.on_hand, sum.1 + sign * movement.reserved);
    }
}

/// A page of products behind an id: those whose units are not the sums over the ledger, and the last id.
pub(super) async fn uncounted(
    conn: &mut Conn,
    after: i64,
    moved: &Moved,
) -> Result<(Vec<Units>, Option<i64>), Error> {
    let page: Vec<(i64, i64, i64)> = conn.fetch_all(&UNITS.bind((after, RESOURCES_PER_PAGE))).await?;
    let Some((last, ..)) = page.last() else { return Ok((vec![], None)) };
    onwards("products", *last, &after, last)?;
    let ids: Vec<i64> = page.iter().map(|(id, ..)| *id).collect();
    let sums: Vec<(i64, i64, i64)> = conn.fetch_all(&SUMS.bind((ids,))).await?;
    let sums: HashMap<i64, (i64, i64)> =
        sums.into_iter().map(|(id, on_hand, held)| (id, (on_hand, held))).collect();
    let units = page.iter().map(|(id, on_hand, reserved)| {
        let (sum, more) =
            (sums.get(id).copied().unwrap_or_default(), moved.get(id).copied().unwrap_or_default());
        Units { id: *id, stored: (*on_hand, *reserved), summed: (sum.0 + more.0, sum.1 + more.1) }
    });
    Ok((units.filter(|units| units.stored != units.summed).collect(), Some(*last)))
}

impl Units {
    /// Can a product have so many? Only a ledger with movements that nobody can judge makes others.
    pub(super) fn can_be(self) -> bool {
        (0..=self.summed.0).contains(&self.summed.1)
    }

    pub(super) fn told(self) -> Entry {
        let ((on_hand, reserved), (summed, held)) = (self.stored, self.summed);
        let detail =
            format!("on hand {on_hand}, reserved {reserved}; the movements make {summed} and {held}");
        entry::<Product>(self.id, detail)
    }
}

/// Writes units anew.
pub(super) async fn count(tx: &mut Tx, units: &[Units]) -> Result<(), Error> {
    let mut rows = MOVE_STOCK.rows();
    for units in units {
        let (stored, summed) = (units.stored, units.summed);
        rows.push((units.id, stored.0, stored.1, summed.0, summed.1));
    }
    expect_rows(rows.len(), tx.run_bulk(&MOVE_STOCK, &rows).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::statement::Sql as _;

    #[test]
    fn the_trigger_is_the_one_of_the_schema() {
        let schema = include_str!("../../../../migrations/sqlite/0001_init.sql");
        assert!(schema.contains(&format!("{};\n", CLOSE.text(Engine::Sqlite))));
    }
}
