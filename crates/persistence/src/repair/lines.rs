//! The lines of orders.

use ordervault_domain::order::Order;

use super::report::Entry;
use crate::bulk::Bulk as _;
use crate::error::{Error, expect_rows};
use crate::scan::Scanned as _;
use crate::tables::columns::TableRow as _;
use crate::tables::order_lines::{self, LineRow};
use crate::tx::{Conn, Tx};

pub(super) const TABLE: &str = "order_lines";

/// The orders of a page whose lines are not theirs.
pub(super) async fn differing(conn: &mut Conn, page: &[Order]) -> Result<Vec<Entry>, Error> {
    let ids: Vec<i64> = page.iter().map(|order| order.id.get()).collect();
    let stored: Vec<LineRow> = conn.fetch_all(&order_lines::OF_ORDERS.bind((ids,))).await?;
    let of = |id| stored.iter().filter(move |line| line.order_id == id).cloned();
    let others = page.iter().filter(|order| !LineRow::of(order).eq(of(order.id.get())));
    let entry = |order: &Order| Entry {
        table: TABLE,
        id: Some(order.id.get()),
        name: Order::text(order.id.get()),
        detail: "the lines are not those of the order".to_owned(),
    };
    Ok(others.map(entry).collect())
}

/// Writes the lines of some orders anew.
pub(super) async fn write(tx: &mut Tx, page: &[&Order]) -> Result<(), Error> {
    let ids: Vec<i64> = page.iter().map(|order| order.id.get()).collect();
    clear(tx, &ids).await?;
    let mut rows = order_lines::INSERT.rows();
    page.iter().flat_map(|order| LineRow::of(order)).for_each(|line| rows.push(line.values()));
    expect_rows(rows.len(), tx.run_bulk(&order_lines::INSERT, &rows).await?)
}

/// Removes the lines of some orders.
pub(super) async fn clear(tx: &mut Tx, ids: &[i64]) -> Result<(), Error> {
    tx.execute(&order_lines::DELETE.bind((ids,))).await?;
    Ok(())
}
