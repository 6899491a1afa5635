//! The tracking numbers by which orders are found.

use ordervault_domain::order::Order;

use super::report::Entry;
use crate::bulk::Bulk as _;
use crate::error::{Error, expect_rows};
use crate::scan::Scanned as _;
use crate::tables::columns::TableRow as _;
use crate::tables::parcels::{self, ParcelRow};
use crate::tx::{Conn, Tx};

pub(super) const TABLE: &str = "parcels";

/// The orders of a page whose parcels are not theirs.
pub(super) async fn differing(conn: &mut Conn, page: &[Order]) -> Result<Vec<Entry>, Error> {
    let ids: Vec<i64> = page.iter().map(|order| order.id.get()).collect();
    let stored: Vec<ParcelRow> = conn.fetch_all(&parcels::OF_ORDERS.bind((ids,))).await?;
    let of = |id| stored.iter().filter(move |parcel| parcel.order_id == id).cloned();
    let others = page.iter().filter(|order| !ParcelRow::of(order).eq(of(order.id.get())));
    let entry = |order: &Order| Entry {
        table: TABLE,
        id: Some(order.id.get()),
        name: Order::text(order.id.get()),
        detail: "the parcels are not those of the order".to_owned(),
    };
    Ok(others.map(entry).collect())
}

/// Writes the parcels of some orders anew.
pub(super) async fn write(tx: &mut Tx, page: &[&Order]) -> Result<(), Error> {
    let ids: Vec<i64> = page.iter().map(|order| order.id.get()).collect();
    clear(tx, &ids).await?;
    let mut rows = parcels::INSERT.rows();
    page.iter().flat_map(|order| ParcelRow::of(order)).for_each(|parcel| rows.push(parcel.values()));
    expect_rows(rows.len(), tx.run_bulk(&parcels::INSERT, &rows).await?)
}

/// Removes the parcels of some orders.
pub(super) async fn clear(tx: &mut Tx, ids: &[i64]) -> Result<(), Error> {
    tx.execute(&parcels::DELETE.bind((ids,))).await?;
    Ok(())
}
