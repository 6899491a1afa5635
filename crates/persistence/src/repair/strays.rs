//! Rows that belong to a resource of which there is neither a history nor a row.

use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;

use super::report::Entry;
use super::{lines, parcels, snapshots, words};
use crate::engine::Engine;
use crate::error::{Error, onwards};
use crate::scan::Scanned as _;
use crate::statement::{Template, statements};
use crate::tx::{Conn, Tx};
use crate::verify::pairs::KEYS_PER_PAGE;
use crate::verify::words::Searched as _;

statements! {
    // By the first event, which its key leads to: asked for the kind, SQLite reads all events of that kind for each row.
    SNAPSHOTS: Template = Template::new(
        "SELECT DISTINCT s.entity_id FROM state_snapshots s WHERE s.entity_id > $1
             AND NOT EXISTS (SELECT 1 FROM history h WHERE h.entity_id = s.entity_id) ORDER BY s.entity_id LIMIT $2"
    );
    LINES: Template = Template::made(|_| of_no_order("order_lines"));
    PARCELS: Template = Template::made(|_| of_no_order("parcels"));
    ORDER_WORDS: Template = Template::made(|engine| stray_words(engine, "order", "orders"));
    PRODUCT_WORDS: Template = Template::made(|engine| stray_words(engine, "product", "products"));
    CUSTOMER_WORDS: Template = Template::made(|engine| stray_words(engine, "customer", "customers"));
}

/// The orders, which are not there, of rows of this table.
fn of_no_order(table: &str) -> String {
    format!(
        "SELECT DISTINCT l.order_id FROM {table} l WHERE l.order_id > $1
             AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = l.order_id)
             AND COALESCE((SELECT h.kind FROM history h WHERE h.entity_id = l.order_id ORDER BY h.seq LIMIT 1), '') <> 'order'
             ORDER BY l.order_id LIMIT $2"
    )
}

/// Words of resources of a kind, which have a table of their own.
fn stray_words(engine: Engine, kind: &str, table: &str) -> String {
    let id = match engine {
        Engine::Sqlite => "rowid",
        Engine::Postgres => "id",
    };
    format!(
        "SELECT s.{id} FROM {kind}_search s WHERE s.{id} > $1
             AND NOT EXISTS (SELECT 1 FROM {table} r WHERE r.id = s.{id})
             AND COALESCE((SELECT h.kind FROM history h WHERE h.entity_id = s.{id} ORDER BY h.seq LIMIT 1), '') <> '{kind}'
             ORDER BY s.{id} LIMIT $2"
    )
}

/// A table in which rows may stray.
#[derive(Clone, Copy)]
pub(super) struct Strays {
    pub table: &'static str,
    statement: &'static Template,
    name: fn(i64) -> String,
}

pub(super) const STRAYS: [Strays; 6] = [
    Strays { table: snapshots::TABLE, statement: &SNAPSHOTS, name: Order::text },
    Strays { table: lines::TABLE, statement: &LINES, name: Order::text },
    Strays { table: parcels::TABLE, statement: &PARCELS, name: Order::text },
    Strays { table: Order::WORDS, statement: &ORDER_WORDS, name: Order::text },
    Strays { table: Product::WORDS, statement: &PRODUCT_WORDS, name: Product::text },
    Strays { table: Customer::WORDS, statement: &CUSTOMER_WORDS, name: Customer::text },
];

impl Strays {
    /// The next ones behind an id; none at the end.
    pub(super) async fn next(self, conn: &mut Conn, after: i64) -> Result<Vec<i64>, Error> {
        let ids: Vec<(i64,)> = conn.fetch_all(&self.statement.bind((after, KEYS_PER_PAGE))).await?;
        let ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
        if let Some(last) = ids.last() {
            onwards(self.table, *last, &after, last)?;
        }
        Ok(ids)
    }

    /// Removes them.
    pub(super) async fn clear(self, tx: &mut Tx, ids: &[i64]) -> Result<(), Error> {
        match self.table {
            snapshots::TABLE => snapshots::clear(tx, ids).await,
            lines::TABLE => lines::clear(tx, ids).await,
            parcels::TABLE => parcels::clear(tx, ids).await,
            Order::WORDS => words::clear::<Order>(tx, ids).await,
            Product::WORDS => words::clear::<Product>(tx, ids).await,
            _ => words::clear::<Customer>(tx, ids).await,
        }
    }

    pub(super) fn told(self, id: i64) -> Entry {
        let detail = "nothing tells of what this row belongs to".to_owned();
        Entry { table: self.table, id: Some(id), name: (self.name)(id), detail }
    }
}
