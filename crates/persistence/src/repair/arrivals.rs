//! The arrivals of orders: what the follower of the outbox has noted.

use std::collections::HashMap;

use ordervault_domain::order::Order;

use super::report::Entry;
use crate::bulk::Bulk as _;
use crate::error::{Error, expect_rows};
use crate::scan::Scanned as _;
use crate::statement::{Template, statements};
use crate::tables::arrivals::NOTE;
use crate::tx::{Conn, Tx};

pub(super) const TABLE: &str = "order_arrivals";

statements! {
    PLACED: Template = Template::new(
        "SELECT b.entity_id, h.store_id, b.position,
             b.position <= COALESCE((SELECT position FROM followers WHERE name = 'arrivals'), 0) AS is_due
         FROM outbox b JOIN history h ON h.entity_id = b.entity_id AND h.seq = b.seq
         WHERE b.entity_id {in_keys:1} AND b.seq = 1 AND b.position IS NOT NULL AND h.kind = 'order' AND h.type = 'placed'"
    );
    STORED: Template = Template::new("SELECT order_id, store_id, position FROM order_arrivals WHERE order_id {in_keys:1}");
    DELETE: Template = Template::new("DELETE FROM order_arrivals WHERE order_id {in_keys:1}");
    // Whoever else has one of these positions has it wrongly.
    RELEASE: Template = Template::new("DELETE FROM order_arrivals WHERE position {in_keys:1}");
}

/// Where some orders that were placed here have their first event: store and position, and whether the follower has come there.
async fn placed(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, (i64, i64, bool)>, Error> {
    let rows: Vec<(i64, Option<i64>, i64, bool)> = conn.fetch_all(&PLACED.bind((ids,))).await?;
    let of_store = |(id, store, position, is_due)| Some((id, (store?, position, is_due)));
    Ok(rows.into_iter().filter_map(of_store).collect())
}

/// The orders of a page whose arrivals are not theirs. What the follower has not come to yet it will note itself.
pub(super) async fn differing(conn: &mut Conn, page: &[Order]) -> Result<Vec<Entry>, Error> {
    let ids: Vec<i64> = page.iter().map(|order| order.id.get()).collect();
    let placed = placed(conn, &ids).await?;
    let stored: Vec<(i64, i64, i64)> = conn.fetch_all(&STORED.bind((ids.as_slice(),))).await?;
    let stored: HashMap<i64, (i64, i64)> =
        stored.into_iter().map(|(id, store, position)| (id, (store, position))).collect();
    let mut entries = vec![];
    for id in ids {
        let detail = match (placed.get(&id), stored.get(&id)) {
            (Some((store, position, true)), Some(stored)) if (*store, *position) != *stored => {
                "the arrival is at another position or in another store"
            }
            (Some((.., true)), None) => "the arrival is not there",
            (None, Some(_)) => "no event tells of this arrival",
            _ => continue,
        };
        let (name, detail) = (Order::text(id), detail.to_owned());
        entries.push(Entry { table: TABLE, id: Some(id), name, detail });
    }
    Ok(entries)
}

/// Writes the arrivals of some orders anew.
pub(super) async fn write(tx: &mut Tx, page: &[&Order]) -> Result<(), Error> {
    let ids: Vec<i64> = page.iter().map(|order| order.id.get()).collect();
    let placed = placed(tx.conn(), &ids).await?;
    let mut rows = NOTE.rows();
    for (id, (store, position, _)) in &placed {
        rows.push((*id, *store, *position));
    }
    clear(tx, &ids).await?;
    let positions: Vec<i64> = placed.values().map(|(_, position, _)| *position).collect();
    tx.execute(&RELEASE.bind((positions,))).await?;
    expect_rows(rows.len(), tx.run_bulk(&NOTE, &rows).await?)
}

/// Removes the arrivals of some orders.
pub(super) async fn clear(tx: &mut Tx, ids: &[i64]) -> Result<(), Error> {
    tx.execute(&DELETE.bind((ids,))).await?;
    Ok(())
}
