//! The table `order_lines`.

use std::collections::BTreeMap;

use ordervault_domain::id::ProductId;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Line, Order, Units};

use super::columns::{Row, TableRow as _, packed_row, table_row};
use crate::bulk::{BulkInsert, BulkUpdate, ColumnType::*};
use crate::engine::Engine;
use crate::error::Error;
use crate::json::packed_rows;
use crate::statement::{Bind, Template, statements};
use crate::tx::Conn;

statements! {
    pub(crate) OF_ORDERS: Template = Template::new("SELECT * FROM order_lines WHERE order_id {in_keys:1} ORDER BY order_id, no");
    PRODUCTS: Template = Template::new("SELECT order_id, product_id FROM order_lines WHERE order_id {in_keys:1}");
    pub(crate) INSERT: BulkInsert = BulkInsert::new("order_lines", LineRow::COLUMNS);
    // Steps of the life move counters of lines that stay what they are.
    pub(crate) MOVE_UNITS: BulkUpdate = BulkUpdate::new("order_lines", &[("order_id", Int), ("no", Int)], LineRow::COLUMNS.split_at(UNITS_AT).1, "");
    pub(crate) DELETE: Template = Template::new("DELETE FROM order_lines WHERE order_id {in_keys:1}");
}

table_row! {
    /// A row of the table of lines.
    pub(crate) struct LineRow {
        pub(crate) order_id: i64,
        no: i64,
        product_id: i64,
        sku: String,
        title: String,
        category: Option<String>,
        quantity: i64,
        unit_price: i64,
        total: i64,
        discount: i64,
        tax_rate: i64,
        tax: i64,
        added_tax: i64,
        amount: i64,
        weight_grams: i64,
        cancelled: i64,
        allocated: i64,
        shipped: i64,
        delivered: i64,
        lost: i64,
        returned: i64,
        restocked: i64,
        replaced: i64,
        credited: i64,
        cancelled_value: i64,
        credited_value: i64,
    }
}

/// The lines of the order that is called so as one text, in SQL.
pub(crate) fn packed_lines(engine: Engine, order: &str) -> String {
    let lines = packed_rows(engine, &packed_row(engine, "l", LineRow::COLUMNS), " ORDER BY l.no");
    format!("CAST((SELECT {lines} FROM order_lines l WHERE l.order_id = {order}.id) AS TEXT)")
}

/// Where the columns of the counters begin.
const UNITS_AT: usize = 15;

impl LineRow {
    /// The line.
    pub(crate) fn line(self) -> Result<Line, Error> {
        let at = Row { table: "order_lines", id: self.order_id };
        Ok(Line {
            no: at.fitting("no", self.no)?,
            product_id: ProductId::from_i64(self.product_id),
            sku: self.sku,
            title: self.title,
            category: self.category,
            quantity: at.fitting("quantity", self.quantity)?,
            unit_price: Amount::new(self.unit_price),
            total: Amount::new(self.total),
            discount: Amount::new(self.discount),
            tax_rate: at
                .fitting::<u32>("tax_rate", self.tax_rate)?
                .try_into()
                .map_err(|_| at.inconsistent("tax_rate"))?,
            tax: Amount::new(self.tax),
            added_tax: Amount::new(self.added_tax),
            weight_grams: at.fitting("weight_grams", self.weight_grams)?,
        })
    }

    /// What has become of its units.
    fn units(&self) -> Result<Units, Error> {
        let at = Row { table: "order_lines", id: self.order_id };
        Ok(Units {
            cancelled: at.fitting("cancelled", self.cancelled)?,
            allocated: at.fitting("allocated", self.allocated)?,
            shipped: at.fitting("shipped", self.shipped)?,
            delivered: at.fitting("delivered", self.delivered)?,
            lost: at.fitting("lost", self.lost)?,
            returned: at.fitting("returned", self.returned)?,
            restocked: at.fitting("restocked", self.restocked)?,
            replaced: at.fitting("replaced", self.replaced)?,
            credited: at.fitting("credited", self.credited)?,
            cancelled_value: Amount::new(self.cancelled_value),
            credited_value: Amount::new(self.credited_value),
        })
    }

    /// The key, and the counters as they are now.
    pub(crate) fn moved(self) -> Vec<Bind> {
        let mut values = self.values();
        values.drain(2..UNITS_AT);
        values
    }

    /// Those of an order, sorted by number.
    pub(crate) fn of(order: &Order) -> impl Iterator<Item = Self> {
        order.lines.iter().map(|line| (line, order.units(line.no))).map(|(line, units)| Self {
            order_id: order.id.get(),
            no: line.no.into(),
            product_id: line.product_id.get(),
            sku: line.sku.clone(),
            title: line.title.clone(),
            category: line.category.clone(),
            quantity: line.quantity.into(),
            unit_price: line.unit_price.get(),
            total: line.total.get(),
            discount: line.discount.get(),
            tax_rate: line.tax_rate.get().into(),
            tax: line.tax.get(),
            added_tax: line.added_tax.get(),
            amount: line.amount().get(),
            weight_grams: line.weight_grams.into(),
            cancelled: units.cancelled.into(),
            allocated: units.allocated.into(),
            shipped: units.shipped.into(),
            delivered: units.delivered.into(),
            lost: units.lost.into(),
            returned: units.returned.into(),
            restocked: units.restocked.into(),
            replaced: units.replaced.into(),
            credited: units.credited.into(),
            cancelled_value: units.cancelled_value.get(),
            credited_value: units.credited_value.get(),
        })
    }
}

/// What has become of the lines, of those of which something has.
pub(super) fn units(rows: &[LineRow]) -> Result<BTreeMap<u32, Units>, Error> {
    let mut moved = BTreeMap::new();
    for row in rows {
        let units = row.units()?;
        if units != Units::default() {
            let at = Row { table: "order_lines", id: row.order_id };
            moved.insert(at.fitting("no", row.no)?, units);
        }
    }
    Ok(moved)
}

/// The products of the lines of these orders, by order.
pub(crate) async fn products(conn: &mut Conn, orders: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    Ok(conn.fetch_all(&PRODUCTS.bind((orders,))).await?)
}
